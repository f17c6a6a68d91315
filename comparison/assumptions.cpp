#include "comparison/assumptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/random.hpp"

namespace lightloom {
namespace {

using Level = Assumption::Level;
constexpr std::uint64_t kSeed = 0x6c6f6f6d;  // draws are a property of the figures, not of a scenario

// FNV-1a, for a number that stands for a name.
std::uint64_t number_of_name(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

// Power and price of a bill in a draw; what is not assumed has three equal values.
std::vector<double> with_bill_drawn(const Measured& run, std::uint64_t draw_number) {
    std::vector<double> values = run.values;
    if (run.bill.empty()) return values;
    double watt = 0.0, dollars = 0.0;
    for (const BillItem& item : run.bill) {
        watt += item.watt[static_cast<std::size_t>(drawn_level(power_figure(item), draw_number))];
        const double price = item.dollars[static_cast<std::size_t>(drawn_level(price_figure(item), draw_number))];
        if (!std::isnan(price) || item.kind != "fibre") dollars += price;  // as the metric has it
    }
    const auto value = [&](const char* name) -> double& { return values[number_of(*metric_named(name))]; };
    value("watt_per_gpu") = watt / run.gpus;
    value("usd_per_gpu") = dollars / run.gpus;
    if (run.payload_bits > 0.0) value("energy_per_bit") = watt * run.end_seconds / run.payload_bits;
    return values;
}

// A draw is run with one set of seeds of several: what its figures change there is added to the mean over all.
std::vector<double> changed(const std::vector<double>& mean, const Design& design, std::vector<double> drawn,
                            std::uint64_t draw_number) {
    if (design.runs.size() == 1) return drawn;
    const std::vector<double>& as_run = design.runs[draw_number % design.runs.size()].values;
    for (std::size_t metric = 0; metric < drawn.size(); ++metric)
        drawn[metric] = mean[metric] + (drawn[metric] - as_run[metric]);
    return drawn;
}

std::set<std::string> bill_figures(const Comparison& comparison) {
    std::set<std::string> names;
    const Bearing bearing = bearing_of(comparison);
    for (const Design& design : comparison.designs)
        for (const BillItem& item : design.runs[0].bill) {
            if (bearing.power && item.watt[0] != item.watt[2]) names.insert(power_figure(item));
            if (bearing.prices && !std::isnan(item.dollars[1]) && item.dollars[0] != item.dollars[2])
                names.insert(price_figure(item));
        }
    return names;
}

}  // namespace

Level drawn_level(std::string_view figure, std::uint64_t draw_number) {
    return static_cast<Level>(draw(kSeed, number_of_name(figure), Purpose::selection, draw_number) % 3);
}

std::string name_of(const AssumedFigure& figure) {
    return fmt::format("{} of {} {}", figure.column, figure.table, figure.id);
}

Bearing bearing_of(const Comparison& comparison) {
    Bearing bearing;
    const auto take = [&](const Metric& metric) {
        bearing.prices |= metric.unit == MetricUnit::dollar;
        bearing.power |= metric.unit == MetricUnit::watt || metric.unit == MetricUnit::joule;
        const bool of_bill = metric.unit == MetricUnit::dollar || metric.unit == MetricUnit::watt ||
                             metric.name == "transceivers_per_gpu";
        bearing.runs |= !of_bill;
    };
    take(*comparison.objective);
    for (std::size_t design = 0; design < comparison.designs.size(); ++design)
        for (const Gate& gate : requirements(comparison, design)) take(*gate.metric);
    for (const Gate& gate : comparison.fail_if) take(*gate.metric);
    return bearing;
}

bool is_economic(const AssumedFigure& figure) {
    return figure.column.starts_with("price_") || (figure.table == "passives" && figure.column == "power_watt");
}

AssumedOutcome under_assumptions(const Comparison& comparison, std::optional<std::size_t> winner, std::size_t draws,
                                 const std::function<const Measured*(std::size_t design, std::size_t draw)>& runs,
                                 const std::vector<std::string>& optics_figures) {
    std::set<std::string> figures = bill_figures(comparison);
    figures.insert(optics_figures.begin(), optics_figures.end());
    AssumedOutcome outcome{.draws = draws, .stays = 0, .figures = figures.size(), .instead = {}, .flip = {}};
    std::vector<bool> lost(draws);
    const Values as_run = means(comparison);
    const std::size_t objective = number_of(*comparison.objective);
    std::map<std::size_t, std::size_t> others;  // who won how often
    const std::vector<double> nothing(metrics().size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t n = 0; n < draws; ++n) {
        Values values;
        for (std::size_t design = 0; design < comparison.designs.size(); ++design) {
            const Measured* run = runs(design, n);
            values.push_back(run == nullptr
                                 ? nothing
                                 : changed(as_run[design], comparison.designs[design], with_bill_drawn(*run, n), n));
        }
        const std::vector<GateOutcome> gates = gate_outcomes(comparison, values);
        outcome.red.resize(gates.size());
        for (std::size_t gate = 0; gate < gates.size(); ++gate) outcome.red[gate] += gates[gate].is_red();
        const std::vector<std::size_t> order = ranked(comparison, values, gates);
        const std::optional<std::size_t> first = order.empty() ? std::nullopt : std::optional(order[0]);
        lost[n] = first != winner;
        outcome.stays += !lost[n];
        outcome.ties += !lost[n] && order.size() > 1 && values[order[0]][objective] == values[order[1]][objective];
        if (lost[n] && !order.empty()) ++others[order[0]];
    }
    const auto most = std::ranges::max_element(others, {}, [](const auto& entry) { return entry.second; });
    if (most != others.end()) outcome.instead = most->first;
    // The figure and level at which the winner loses most often, of those that make a difference at all.
    double greatest = 0.0;
    const double all =
        static_cast<double>(draws - outcome.stays) / static_cast<double>(std::max<std::size_t>(draws, 1));
    for (const std::string& figure : figures)
        for (const Level level : {Level::low, Level::mid, Level::high}) {
            std::size_t with = 0, of_them = 0;
            for (std::size_t n = 0; n < draws; ++n) {
                if (drawn_level(figure, n) != level) continue;
                ++with;
                of_them += lost[n];
            }
            const double more = with == 0 ? 0.0 : static_cast<double>(of_them) / static_cast<double>(with) - all;
            if (more <= greatest + 1e-12) continue;
            greatest = more;
            outcome.flip = AssumedOutcome::Flip{figure, level, with, of_them};
        }
    return outcome;
}

}  // namespace lightloom
