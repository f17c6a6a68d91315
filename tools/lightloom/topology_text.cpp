#include "tools/lightloom/topology_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/fabric.hpp"
#include "tools/lightloom/readable.hpp"
#include "topologies/hardware.hpp"

namespace lightloom {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string count_text(std::size_t count) { return readable_count(static_cast<std::int64_t>(count)); }

std::string_view plural_of(NodeKind kind) {
    switch (kind) {
        case NodeKind::server: return "servers";
        case NodeKind::leaf: return "leaves";
        case NodeKind::spine: return "spines";
        case NodeKind::core: return "cores";
        case NodeKind::scale_up: return "scale-up switches";
    }
    return "";
}

struct KindCount {
    NodeKind kind{};
    std::int64_t nodes = 0;
    std::uint32_t fewest_ports = UINT32_MAX, most_ports = 0;
};

std::vector<KindCount> kinds_in(const Topology& t) {
    std::map<NodeKind, KindCount> counts;
    const Hardware hardware(t);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const auto ports = static_cast<std::uint32_t>(hardware.ports(NodeId{n}).size());
        KindCount& count = counts[t.nodes[n].kind];
        count.kind = t.nodes[n].kind;
        ++count.nodes;
        count.fewest_ports = std::min(count.fewest_ports, ports);
        count.most_ports = std::max(count.most_ports, ports);
    }
    std::vector<KindCount> list;
    for (const auto& [kind, count] : counts) list.push_back(count);
    return list;
}

struct TierCount {
    std::string name;
    std::int64_t cables = 0;
    double rate_bps = 0.0, mean_m = 0.0, longest_m = 0.0;
    const Joint* joint = nullptr;
};

std::vector<TierCount> tiers_in(const FabricReport& report) {
    const Topology& t = report.topology;
    std::vector<TierCount> tiers(t.tiers.size());
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        tiers[i].name = t.tiers[i].name;
        tiers[i].rate_bps = static_cast<double>(t.tiers[i].rate.bit_rate().bits_per_second);
        tiers[i].joint = &report.cables.joints[i];
    }
    const Hardware hardware(t);
    for (std::uint32_t c = 0; c < t.cables.size(); ++c) {
        if (!hardware.is_counted(CableId{c})) continue;
        TierCount& tier = tiers[t.cables[c].tier];
        ++tier.cables;
        tier.mean_m += report.cables.length_m[c];
        tier.longest_m = std::max(tier.longest_m, report.cables.length_m[c]);
    }
    for (TierCount& tier : tiers) tier.mean_m /= static_cast<double>(std::max<std::int64_t>(tier.cables, 1));
    return tiers;
}

std::string modules_text(const Joint& joint) {
    return joint.lower == joint.upper ? joint.lower->id : joint.lower->id + " / " + joint.upper->id;
}

std::string counts_text(const FabricReport& report) {
    const Topology& t = report.topology;
    std::string text =
        fmt::format("{}: {} GPUs, {} nodes, {} cables\n\n", name_of(report.scenario.topology.kind),
                    count_text(t.endpoints.size()), count_text(t.nodes.size()), count_text(t.cables.size()));
    Rows nodes{{"  nodes", "count", "ports"}};
    for (const KindCount& kind : kinds_in(t))
        nodes.push_back({fmt::format("  {}", plural_of(kind.kind)), readable_count(kind.nodes),
                         kind.fewest_ports == kind.most_ports
                             ? fmt::format("{}", kind.most_ports)
                             : fmt::format("{} to {}", kind.fewest_ports, kind.most_ports)});
    text += aligned(nodes);
    Rows tiers{{"  tier", "cables", "rate", "bandwidth each way", "length", "modules"}};
    for (const TierCount& tier : tiers_in(report))
        tiers.push_back({"  " + tier.name, readable_count(tier.cables), readable_bits_per_second(tier.rate_bps),
                         readable_bits_per_second(tier.rate_bps * static_cast<double>(tier.cables)),
                         fmt::format("{}, at most {}", readable_metres(tier.mean_m), readable_metres(tier.longest_m)),
                         modules_text(*tier.joint)});
    return text + '\n' + aligned(tiers);
}

std::string injection_text(const Injection& gpu) {
    const auto range = [](const std::string& least, const std::string& most) {
        return least == most ? most : least + " to " + most;
    };
    const auto rate = [](BitRate r) { return readable_bits_per_second(static_cast<double>(r.bits_per_second)); };
    const std::string into_rack =
        gpu.scale_ups == 0 ? "" : fmt::format("; {} by {} into its rack", rate(gpu.into_rack), gpu.scale_ups);
    return fmt::format("  a GPU sends: {} by {} of its NIC{}\n", range(rate(gpu.least), rate(gpu.most)),
                       gpu.most_ports == 1
                           ? "the one port"
                           : range(fmt::format("{}", gpu.fewest_ports), fmt::format("{}", gpu.most_ports)) + " ports",
                       into_rack);
}

std::string answers_text(const FabricAnswers& answers, std::size_t endpoints) {
    std::string text = "\n" + injection_text(answers.injection);
    if (const auto& paths = answers.paths; paths && paths->pairs > 0)
        text += fmt::format(
            "  between leaves: {} cables at most, {}{}\n", paths->diameter,
            paths->fewest == paths->most
                ? fmt::format("{} shortest path{}", paths->fewest, paths->fewest == 1 ? "" : "s")
                : fmt::format("{} to {} shortest paths, {} in the middle", paths->fewest, paths->most, paths->median),
            paths->pairs_apart == 0 ? ""
                                    : fmt::format("; {} pairs meet in servers only", count_text(paths->pairs_apart)));
    if (answers.bisection)
        text += fmt::format("  bisection: {} of {} that the NICs of one half send ({:.3g})\n",
                            readable_bits_per_second(static_cast<double>(answers.bisection->flow.bits_per_second)),
                            readable_bits_per_second(static_cast<double>(answers.bisection->injection.bits_per_second)),
                            answers.bisection->share());
    for (const Oversubscription& tier : answers.oversubscription)
        text += fmt::format("  oversubscription of a {}: {:.4g} ({} down, {} up)\n", name_of(tier.kind), tier.ratio(),
                            readable_bits_per_second(static_cast<double>(tier.down.bits_per_second)),
                            readable_bits_per_second(static_cast<double>(tier.up.bits_per_second)));
    Rows rows{{"  without", "GPUs cut off from the top", "with less", "which keep at least"}};
    for (const auto& [failure, radius] : answers.failures)
        rows.push_back({"  " + failure.name, fmt::format("{} of {}", radius.cut_off, endpoints),
                        fmt::format("{}", radius.reduced),
                        radius.reduced == 0 ? "" : fmt::format("{:.4g}", radius.least_share)});
    return text + '\n' + aligned(rows);
}

std::string estimate_text(const Estimate& estimate, std::string (*readable)(double)) {
    if (!estimate.is_assumed) return readable(estimate.mid);
    return fmt::format("{} ({} to {}) ASSUMED", readable(estimate.mid), readable(estimate.low),
                       readable(estimate.high));
}

std::string price_text(const Estimate& price) { return estimate_text(price, readable_dollars); }
std::string power_text(const Estimate& power) { return estimate_text(power, readable_watts); }

std::string amount_text(const InventoryLine& line) {
    if (line.kind == ItemKind::fibre) return readable_metres(line.count);
    return readable_count(static_cast<std::int64_t>(line.count));
}

std::string counted(double number, const char* one, const char* more) {
    return fmt::format("{:.3g} {}", number, number == 1.0 ? one : more);
}

std::string inventory_text(const Inventory& inventory, double gpus) {
    Rows rows{{"  what", "for", "which", "count", "power", "price"}};
    for (const InventoryLine& line : inventory.lines)
        rows.push_back({fmt::format("  {}", name_of(line.kind)), line.use,
                        line.id.empty() ? "none in the catalogue" : line.id, amount_text(line),
                        line.power_watt.mid > 0.0 ? power_text(line.power_watt) : "",
                        line.has_price ? price_text(line.price_usd) : "unknown"});
    std::string text = '\n' + aligned(rows);
    text += fmt::format(
        "\n  {} transceivers, {} cable assembl{}, {} fibres of {} together\n", readable_count(inventory.transceivers),
        readable_count(inventory.cable_assemblies), inventory.cable_assemblies == 1 ? "y" : "ies",
        readable_count(static_cast<std::int64_t>(inventory.fibres)), readable_metres(inventory.fibre_km * 1e3));
    text += fmt::format("  {} of power, {}{}\n", power_text(inventory.power_watt), price_text(inventory.price_usd),
                        inventory.lines_without_price == 0
                            ? ""
                            : fmt::format(", without {} line{} whose price is unknown", inventory.lines_without_price,
                                          inventory.lines_without_price == 1 ? "" : "s"));
    text += fmt::format(
        "  per GPU: {}, {}, {}, {}, {}\n",
        counted(static_cast<double>(inventory.transceivers) / gpus, "transceiver", "transceivers"),
        counted(static_cast<double>(inventory.cable_assemblies) / gpus, "cable assembly", "cable assemblies"),
        counted(inventory.fibres / gpus, "fibre", "fibres"), power_text(inventory.power_watt * (1.0 / gpus)),
        price_text(inventory.price_usd * (1.0 / gpus)));
    return text;
}

JsonObject estimate_json(const Estimate& estimate) {
    return JsonObject()
        .add("low", estimate.low)
        .add("mid", estimate.mid)
        .add("high", estimate.high)
        .add("assumed", estimate.is_assumed);
}

JsonObject answers_json(const FabricAnswers& answers) {
    JsonObject json;
    json.add("gpu", JsonObject()
                        .add("ports", std::uint64_t{answers.injection.most_ports})
                        .add("send_bps", answers.injection.most.bits_per_second)
                        .add("scale_up_ports", std::uint64_t{answers.injection.scale_ups})
                        .add("scale_up_bps", answers.injection.into_rack.bits_per_second));
    if (const auto& paths = answers.paths)
        json.add("paths", JsonObject()
                              .add("diameter", std::uint64_t{paths->diameter})
                              .add("fewest", paths->fewest)
                              .add("median", paths->median)
                              .add("most", paths->most)
                              .add("pairs_apart", paths->pairs_apart));
    if (answers.bisection)
        json.add("bisection", JsonObject()
                                  .add("flow_bps", answers.bisection->flow.bits_per_second)
                                  .add("injection_bps", answers.bisection->injection.bits_per_second)
                                  .add("share", answers.bisection->share()));
    std::vector<JsonObject> tiers, failures;
    for (const Oversubscription& tier : answers.oversubscription)
        tiers.push_back(JsonObject().add("switch", name_of(tier.kind)).add("ratio", tier.ratio()));
    for (const auto& [failure, radius] : answers.failures)
        failures.push_back(JsonObject()
                               .add("without", failure.name)
                               .add("cut_off", radius.cut_off)
                               .add("reduced", radius.reduced)
                               .add("least_share", radius.least_share));
    return json.add("oversubscription", tiers).add("failures", failures);
}

JsonObject inventory_json(const Inventory& inventory, double gpus) {
    std::vector<JsonObject> lines;
    for (const InventoryLine& line : inventory.lines) {
        JsonObject json;
        json.add("what", name_of(line.kind)).add("for", line.use).add("id", line.id);
        json.add(line.kind == ItemKind::fibre ? "metres" : "count", line.count);
        json.add("power_watt", estimate_json(line.power_watt));
        if (line.has_price) json.add("price_usd", estimate_json(line.price_usd));
        lines.push_back(std::move(json));
    }
    const JsonObject per_gpu = JsonObject()
                                   .add("transceivers", static_cast<double>(inventory.transceivers) / gpus)
                                   .add("power_watt", estimate_json(inventory.power_watt * (1.0 / gpus)))
                                   .add("price_usd", estimate_json(inventory.price_usd * (1.0 / gpus)));
    return JsonObject()
        .add("lines", lines)
        .add("transceivers", inventory.transceivers)
        .add("cable_assemblies", inventory.cable_assemblies)
        .add("fibres", inventory.fibres)
        .add("fibre_km", inventory.fibre_km)
        .add("power_watt", estimate_json(inventory.power_watt))
        .add("price_usd", estimate_json(inventory.price_usd))
        .add("lines_without_price", inventory.lines_without_price)
        .add("per_gpu", per_gpu);
}

}  // namespace

FabricAnswers answers_of(const Topology& topology) {
    constexpr std::size_t kMostSteps = 2'000'000'000;  // some ten seconds
    constexpr std::size_t kMostCables = 200'000;
    FabricAnswers answers{
        .injection = injection_of(topology), .paths = {}, .bisection = {}, .oversubscription = {}, .failures = {}};
    std::size_t leaves = 0, servers = 0;
    for (const Topology::Node& node : topology.nodes) {
        leaves += node.kind == NodeKind::leaf;
        servers += node.kind == NodeKind::server;
    }
    if (leaves * (leaves + topology.cables.size()) <= kMostSteps) answers.paths = paths_between_leaves(topology);
    if (servers > 1 && topology.cables.size() <= kMostCables) answers.bisection = bisection_of(topology);
    answers.oversubscription = oversubscription_of(topology);
    for (Failure& failure : single_failures(topology)) {
        const BlastRadius radius = blast_radius(topology, failure);
        answers.failures.emplace_back(std::move(failure), radius);
    }
    return answers;
}

std::string topology_text(const FabricReport& report) {
    std::string text;
    if (!report.scenario.title.empty()) text += report.scenario.title + '\n';
    text += counts_text(report) + answers_text(report.answers, report.topology.endpoints.size());
    return text + inventory_text(report.inventory, static_cast<double>(report.topology.endpoints.size()));
}

JsonObject topology_json(const FabricReport& report) {
    std::vector<JsonObject> nodes, tiers;
    for (const KindCount& kind : kinds_in(report.topology))
        nodes.push_back(JsonObject()
                            .add("kind", plural_of(kind.kind))
                            .add("count", kind.nodes)
                            .add("fewest_ports", std::int64_t{kind.fewest_ports})
                            .add("most_ports", std::int64_t{kind.most_ports}));
    for (const TierCount& tier : tiers_in(report))
        tiers.push_back(JsonObject()
                            .add("tier", tier.name)
                            .add("cables", tier.cables)
                            .add("rate_bps", tier.rate_bps)
                            .add("mean_length_m", tier.mean_m)
                            .add("longest_m", tier.longest_m)
                            .add("lower_module", tier.joint->lower->id)
                            .add("upper_module", tier.joint->upper->id));
    const auto gpus = static_cast<std::int64_t>(report.topology.endpoints.size());
    return JsonObject()
        .add("format", "lightloom-topology")
        .add("format_version", std::int64_t{1})
        .add("title", report.scenario.title)
        .add("kind", name_of(report.scenario.topology.kind))
        .add("gpus", gpus)
        .add("nodes", nodes)
        .add("tiers", tiers)
        .add("graph", answers_json(report.answers))
        .add("inventory", inventory_json(report.inventory, static_cast<double>(gpus)));
}

}  // namespace lightloom
