// `lightloom explain`: a scenario with every default filled in, and what follows from it before anything is run. The
// output is itself a scenario: what is derived stands in comments.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>

#include "core/quantity_text.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/in_network.hpp"
#include "scenarios/scenario_text.hpp"
#include "scenarios/series.hpp"
#include "scenarios/size_sweep.hpp"
#include "scenarios/tuner.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/scenario_input.hpp"
#include "tools/lightloom/summary.hpp"
#include "tools/lightloom/warnings.hpp"

namespace lightloom {
namespace {

constexpr CommandHelp kHelp{
    .usage = "explain SCENARIO.toml [OPTION...]",
    .summary =
        "Prints the scenario with every default filled in, and what follows from it, as comments: the output\n"
        "is a scenario again.",
    .examples =
        "Examples:\n"
        "  lightloom explain my.toml\n"
        "  lightloom explain my.toml --keys > annotated.toml\n",
};

constexpr double kTypicalHopsPerSecond = 15e6;  // of one core of the machines that bench/README.md reports

void print_row(const char* name, const std::string& value) { std::cout << fmt::format("# {:<24}{}\n", name, value); }

std::string count_of(std::size_t count) { return readable_count(static_cast<std::int64_t>(count)); }

// Of the modules and cables of a bill: marked where one of them is assumed.
bool is_assumed(const Inventory& inventory, Estimate InventoryLine::*figure) {
    return std::ranges::any_of(inventory.lines, [=](const InventoryLine& line) {
        return line.kind != ItemKind::switches && line.kind != ItemKind::nics && (line.*figure).is_assumed;
    });
}

void print_links(const Plan& plan, int frame_bytes) {
    const LinkConditions& links = plan.links;
    double worst = INFINITY, loss = 0.0;
    for (const double margin : links.margin_db)
        if (margin < worst) worst = margin;  // false for a NaN: copper
    for (const double ratio : links.frame_loss_ratio) loss = std::max(loss, ratio);
    print_row("worst link margin", std::isfinite(worst) ? readable_decibel(worst) : "no optical link");
    print_row("worst frame loss ratio", fmt::format("{} of {}-byte frames", readable_ratio(loss), frame_bytes));
    double watts = 0.0, dollars = 0.0;
    for (std::size_t row = 0; row < links.directions(); ++row) {
        watts += links.power_watt[row];
        dollars += links.price_usd[row];
    }
    print_row(
        "modules and cables",
        fmt::format("{}{}, {}", readable_watts(watts),
                    is_assumed(plan.inventory, &InventoryLine::power_watt) ? " ASSUMED" : "",
                    std::isnan(dollars)                                     ? "the price of some is unknown"
                    : is_assumed(plan.inventory, &InventoryLine::price_usd) ? readable_dollars(dollars) + " ASSUMED"
                                                                            : readable_dollars(dollars)));
}

// What `run` will do and should come to. The ring's formula is stated where it is computed: scenarios/expectation.hpp.
void print_expected(const Scenario& scenario, const Plan& plan, const Expectation& e) {
    const std::string port = plan.topology.port_name(e.lookahead_port);
    print_row("lookahead", fmt::format("{} (the shortest channel: {})",
                                       readable_duration(static_cast<double>(e.lookahead.ps)), port));
    print_row("window", readable_duration(static_cast<double>(e.window.ps)) + " (the power of two of ps below it)");
    if (e.cut_port.valid()) {
        print_row("cut in two", fmt::format("{} (the shortest channel that is cut: {})",
                                            readable_duration(static_cast<double>(e.cut_lookahead.ps)),
                                            plan.topology.port_name(e.cut_port)));
        print_row("barriers", "every " + readable_duration(static_cast<double>(e.period.ps)) +
                                  " at most (the power of two of ps below it)");
    }
    print_row("ports", fmt::format("{} arithmetic, {} committed",
                                   count_of(plan.topology.ports.size() - e.committed_ports), e.committed_ports));
    if (scenario.switches.flow_control != FlowControl::none)
        print_row("headroom",
                  fmt::format("{} to {} a port and lossless class, from the delays of its link",
                              readable_bytes(e.least_headroom.count), readable_bytes(e.most_headroom.count)));
    print_row("messages", readable_count(e.messages) + ", " + readable_bytes(e.payload_bytes) + " of payload");
    const std::int64_t hops = e.packet_hops + e.scale_up_hops;
    print_row("packet-hops",
              readable_count(e.packet_hops) +
                  (e.scale_up_hops > 0 ? fmt::format(" and {} inside servers", readable_count(e.scale_up_hops)) : "") +
                  fmt::format(", about {} on one core at {} M/s",
                              readable_duration(static_cast<double>(hops) / kTypicalHopsPerSecond * 1e12),
                              kTypicalHopsPerSecond / 1e6));
    if (hops > 0)
        print_row("heaviest node", fmt::format("{:.2g} of the packet-hops: threads speed the run up by {:.0f} at most",
                                               e.heaviest_node_share, 1.0 / e.heaviest_node_share));
    if (!e.ring) return;
    const std::int64_t n = shape_of(scenario).servers;
    print_row(
        "expected completion",
        fmt::format("{} = {} x 2(n-1)(alpha + S/(nB)), if nothing collides or is lost and no tier is oversubscribed",
                    readable_duration(static_cast<double>(e.ring->completion.ps)), scenario.workload.iterations));
    print_row("  n, S", fmt::format("{}, {}", n, readable_bytes(scenario.workload.bytes.count)));
    print_row("  alpha", readable_duration(static_cast<double>(e.ring->alpha.ps)) +
                             " (of a chunk's last packet, idle path, after its NIC's port)");
    print_row("  B", readable_bytes_per_second(e.ring->payload_bytes_per_second) +
                         fmt::format(" ({}rate x payload / wire bytes of a packet and an acknowledgement)",
                                     e.ring->ports > 1 ? fmt::format("{} ports x ", e.ring->ports) : ""));
}

// What a fault befalls, as it was drawn: switches that crash, else cables by their lower ports.
std::string befallen(const Topology& topology, FaultKind kind, const PlannedFault& fault) {
    constexpr std::size_t kShown = 8;
    std::vector<std::string> names;
    for (const FaultTarget& target : fault.targets) {
        if (kind == FaultKind::crash)
            names.push_back(topology.node_name(target.node));
        else
            for (const CableId cable : target.cables)
                names.push_back(topology.port_name(topology.cables[cable.value].lower));
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
    return names.size() > kShown ? fmt::format("{} and {} more", text, count_of(names.size() - kShown)) : text;
}

// Each with what it befalls and how often: drawn ones are as they will be in the run.
void print_faults(const Scenario& scenario, const Plan& plan) {
    auto next = plan.occurrences.begin();
    for (std::size_t i = 0; i < plan.faults.size(); ++i) {
        std::size_t cables = 0, times = 0;
        for (const FaultTarget& target : plan.faults[i].targets) cables += target.cables.size();
        Time first = kNever;
        for (; next != plan.occurrences.end() && next->fault == i; ++next, ++times) first = std::min(first, next->from);
        const std::string when = times == 0
                                     ? "never before the end"
                                     : fmt::format("{}first at {}", times == 1 ? "" : count_of(times) + " times, ",
                                                   readable_duration(static_cast<double>((first - Time{0}).ps)));
        const auto counted = [](std::size_t n, std::string_view what) {
            return fmt::format("{} {}{}", count_of(n), what, n == 1 ? "" : "s");
        };
        print_row(fmt::format("fault {}", i).c_str(),
                  fmt::format("{} at {} with {}, {}", name_of(scenario.faults[i].kind),
                              counted(plan.faults[i].targets.size(), "place"), counted(cables, "cable"), when));
        print_row("  befalls", befallen(plan.topology, scenario.faults[i].kind, plan.faults[i]));
    }
}

// Ports into the networks that join the GPUs of a server. In a fabric of the user's own, servers may differ.
void print_scale_up(const Scenario& scenario, const Topology& topology) {
    if (scenario.scale_up_network.kind == ScaleUpKind::none) return;
    std::vector<std::size_t> gpus(topology.nodes.size());  // by node
    for (const Topology::Endpoint& endpoint : topology.endpoints) ++gpus[endpoint.server.value];
    std::erase(gpus, 0u);
    const auto [least, most] = std::ranges::minmax(gpus);
    print_row("scale-up ports",
              fmt::format("{}, one a GPU, {} a server in {} servers; each {}", count_of(topology.endpoints.size()),
                          least == most ? count_of(most) : fmt::format("{} to {}", least, most), count_of(gpus.size()),
                          to_text(scenario.scale_up_network.rate)));
}

// To three digits or four, rounded down: more bytes than can be counted are told as well.
std::string about_bytes(double bytes) {
    constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double count = std::floor(bytes);
    std::size_t unit = 0;
    for (; unit + 1 < kUnits.size() && (count > 9999.0 || (count > 0.0 && std::fmod(count, 1024.0) == 0.0)); ++unit)
        count = std::floor(count / 1024.0);
    return fmt::format("{} {}", readable_count(static_cast<std::int64_t>(count)), kUnits[unit]);
}

// How much the samples come to, and with them the result. A formula says how long the run lasts, `until` how long at
// most.
void print_sizes(const Scenario& scenario, const Plan& plan, const Expectation& e) {
    std::optional<Duration> length = scenario.until;
    if (e.ring) length = std::min(length.value_or(e.ring->completion), e.ring->completion);
    const auto interval = scenario.series.interval;
    const std::string most = interval && length && !e.ring ? "at most " : "";
    std::int64_t samples = 0;
    if (interval) {
        const auto row = static_cast<double>(plan.sampled_ports.size() * PortSeries::kBytesPerPlace);
        const std::string each = fmt::format("every {} of {} ports, {} each time", to_text(*interval),
                                             count_of(plan.sampled_ports.size()), about_bytes(row));
        if (length) {
            samples = length->ps / interval->ps;
            print_row("samples", fmt::format("{}: {}{} in {} come to {}", each, most, readable_count(samples),
                                             readable_duration(static_cast<double>(length->ps)),
                                             about_bytes(static_cast<double>(samples) * row)));
        } else {
            const double per_ms = row * 1e9 / static_cast<double>(interval->ps);
            print_row("samples", fmt::format("{}: {} for each ms of simulated time", each, about_bytes(per_ms)));
        }
    }
    print_row("result file",
              fmt::format("{}about {}{}, before compression", most, about_bytes(result_bytes(plan, e.flows, samples)),
                          interval && !length ? " and its samples" : ""));
}

void print_derived(const Scenario& scenario, const Plan& plan) {
    std::cout << "\n# What follows\n";
    print_row("question", question(scenario));
    if (const std::string chosen = tuning_text(scenario); !chosen.empty()) print_row("chosen", chosen);
    if (scenario.workload.smallest)
        print_row("sizes", fmt::format("{}, from {} to {}; what follows is of the last",
                                       count_of(sizes_of(scenario.workload).size()),
                                       to_text(*scenario.workload.smallest), to_text(scenario.workload.bytes)));
    if (const std::string sums = in_network_text(scenario, plan); !sums.empty()) print_row("in-network sums", sums);
    print_row("nodes", count_of(plan.topology.nodes.size()));
    print_row("endpoints", count_of(plan.topology.endpoints.size()));
    print_row("cables", count_of(plan.topology.cables.size()));
    print_scale_up(scenario, plan.topology);
    print_links(plan, full_frame_bytes(scenario));
    print_faults(scenario, plan);
    const Expectation expected = expect(scenario, plan);
    print_expected(scenario, plan, expected);
    print_sizes(scenario, plan, expected);
}

}  // namespace

int explain_command(const std::vector<std::string>& words) {
    Options options("Options", kHelpColumns);
    add_set_option(options);
    options.add_options()("keys", "say of every key what it means and what it may be");
    const Arguments arguments = parse_arguments(kHelp, options, words);

    const auto input = read_scenario(arguments);
    if (!input) return kExitUsersMistake;
    const auto plan = plan_or_complain(*input);
    if (!plan) return kExitUsersMistake;
    print_warnings(input->scenario, *plan);

    std::cout << effective_toml(input->scenario, arguments.count("keys") ? Help::with : Help::without);
    print_derived(input->scenario, *plan);
    return kExitFine;
}

}  // namespace lightloom
