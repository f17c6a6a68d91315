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

// Means over the seeds.
std::vector<double> drawn_means(const std::vector<Measured>& runs, std::uint64_t draw_number) {
    std::vector<double> means(metrics().size(), 0.0);
    for (const Measured& run : runs) {
        const std::vector<double> values = with_bill_drawn(run, draw_number);
        for (std::size_t metric = 0; metric < means.size(); ++metric) means[metric] += values[metric];
    }
    for (double& mean : means) mean /= static_cast<double>(runs.size());  // rounded as Design::value does
    return means;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

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

// How many deviations the shares of two groups of draws lie apart: as of two binomial samples with one share.
double deviations(double with, double lost_with, double without, double lost_without) {
    const double share = (lost_with + lost_without) / (with + without);
    const double deviation = std::sqrt(share * (1.0 - share) * (1.0 / with + 1.0 / without));
    return deviation == 0.0 ? 0.0 : (lost_with / with - lost_without / without) / deviation;
}

// The one which, low or high, tells most surely where the answer is another; none: no figure does beyond chance, of
// which there is much where there are many figures.
std::optional<AssumedOutcome::Flip> deciding_figure(const std::set<std::string>& figures,
                                                    const std::vector<bool>& lost) {
    constexpr double kSure = 3.5;
    constexpr std::size_t kLeastDraws = 5;  // with it, and without
    const auto lost_all = static_cast<std::size_t>(std::ranges::count(lost, true));
    std::optional<AssumedOutcome::Flip> found;
    double surest = kSure;
    for (const std::string& figure : figures)
        for (const Level level : {Level::low, Level::high}) {
            std::size_t with = 0, lost_with = 0;
            for (std::size_t n = 0; n < lost.size(); ++n) {
                const bool is_there = drawn_level(figure, n) == level;
                with += is_there;
                lost_with += is_there && lost[n];
            }
            const std::size_t without = lost.size() - with;
            if (with < kLeastDraws || without < kLeastDraws) continue;
            const double sure = deviations(static_cast<double>(with), static_cast<double>(lost_with),
                                           static_cast<double>(without), static_cast<double>(lost_all - lost_with));
            if (sure <= surest) continue;
            surest = sure;
            found = AssumedOutcome::Flip{figure, level, with, lost_with};
        }
    return found;
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
                                 const DrawnResults& runs, const std::vector<std::string>& optics_figures) {
    std::set<std::string> figures = bill_figures(comparison);
    figures.insert(optics_figures.begin(), optics_figures.end());
    AssumedOutcome outcome{.draws = draws, .stays = 0, .figures = figures.size(), .instead = {}, .flip = {}};
    std::vector<bool> lost(draws);
    const Values as_run = means(comparison);
    const std::size_t objective = number_of(*comparison.objective);
    const std::vector<GateOutcome> undrawn = gate_outcomes(comparison, as_run);
    std::vector<std::size_t> red(undrawn.size());
    std::vector<bool> moves(undrawn.size());
    std::map<std::size_t, std::size_t> others;  // who won how often
    const std::vector<double> nothing(metrics().size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t n = 0; n < draws; ++n) {
        Values values;
        for (std::size_t design = 0; design < comparison.designs.size(); ++design) {
            const std::vector<Measured>* drawn = runs(design, n);
            values.push_back(drawn == nullptr ? nothing : drawn_means(*drawn, n));
        }
        const std::vector<GateOutcome> gates = gate_outcomes(comparison, values);
        for (std::size_t gate = 0; gate < gates.size(); ++gate) {
            red[gate] += gates[gate].is_red();
            moves[gate] = moves[gate] || !same(gates[gate].value, undrawn[gate].value) ||
                          !same(gates[gate].bound, undrawn[gate].bound);
        }
        const std::vector<std::size_t> order = ranked(comparison, values, gates);
        const std::optional<std::size_t> first = order.empty() ? std::nullopt : std::optional(order[0]);
        lost[n] = first != winner;
        outcome.stays += !lost[n];
        outcome.ties += !lost[n] && order.size() > 1 && values[order[0]][objective] == values[order[1]][objective];
        if (lost[n] && !order.empty()) ++others[order[0]];
        outcome.none += lost[n] && order.empty();
    }
    for (std::size_t gate = 0; gate < red.size(); ++gate)
        outcome.red.push_back(moves[gate] ? std::optional(red[gate]) : std::nullopt);
    const auto most = std::ranges::max_element(others, {}, [](const auto& entry) { return entry.second; });
    if (most != others.end()) outcome.instead = most->first;
    outcome.flip = deciding_figure(figures, lost);
    return outcome;
}

}  // namespace lightloom
