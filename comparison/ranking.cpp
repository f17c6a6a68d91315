#include "comparison/ranking.hpp"

#include <algorithm>
#include <cmath>

namespace lightloom {
namespace {

// A key by which less is better.
double key_of(const Metric& metric, double value) { return metric.better == Better::more ? -value : value; }

bool same_seeds(const Measured& a, const Measured& b) {
    return a.plant_seed == b.plant_seed && a.traffic_seed == b.traffic_seed && a.faults_seed == b.faults_seed;
}

}  // namespace

Values means(const Comparison& comparison) {
    Values values;
    for (const Design& design : comparison.designs) {
        values.emplace_back();
        for (const Metric& metric : metrics()) values.back().push_back(design.value(metric));
    }
    return values;
}

std::vector<Gate> requirements(const Comparison& comparison, std::size_t design) {
    std::vector<std::string> texts = comparison.designs[design].question.require;
    for (const std::string& text : comparison.designs[comparison.baseline].question.require)
        if (std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
    std::vector<Gate> gates;
    for (const std::string& text : texts) {
        Gate gate = std::get<Gate>(parse_gate(text));
        if (!gate.is_relative || design != comparison.baseline) gates.push_back(std::move(gate));
    }
    return gates;
}

std::vector<GateOutcome> gate_outcomes(const Comparison& comparison, const Values& values) {
    std::vector<GateOutcome> outcomes;
    const auto judge = [&](std::size_t design, const Gate& gate, bool is_required) {
        const std::size_t column = number_of(*gate.metric);
        const double value = values[design][column], baseline = values[comparison.baseline][column];
        outcomes.push_back({design, gate, is_required, value, gate.bound(baseline), gate.holds(value, baseline)});
    };
    for (std::size_t design = 0; design < comparison.designs.size(); ++design) {
        for (const Gate& gate : requirements(comparison, design)) judge(design, gate, true);
        for (const Gate& gate : comparison.fail_if)
            if (!gate.is_relative || design != comparison.baseline) judge(design, gate, false);
    }
    return outcomes;
}

std::vector<std::size_t> ranked(const Comparison& comparison, const Values& values) {
    const std::size_t column = number_of(*comparison.objective);
    std::vector<bool> out(values.size());
    for (const GateOutcome& outcome : gate_outcomes(comparison, values))
        if (outcome.is_required && outcome.is_red()) out[outcome.design] = true;
    std::vector<std::size_t> order;
    for (std::size_t design = 0; design < values.size(); ++design)
        if (!out[design] && !std::isnan(values[design][column])) order.push_back(design);
    std::ranges::stable_sort(order, {},
                             [&](std::size_t design) { return key_of(*comparison.objective, values[design][column]); });
    return order;
}

std::optional<Interval> paired_lead(const Comparison& comparison, const Metric& metric, std::size_t a, std::size_t b) {
    const Design &first = comparison.designs[a], &second = comparison.designs[b];
    if (first.runs.size() != second.runs.size()) return std::nullopt;
    for (std::size_t run = 0; run < first.runs.size(); ++run)
        if (!same_seeds(first.runs[run], second.runs[run])) return std::nullopt;
    return paired_interval(first.values(metric), second.values(metric));
}

std::vector<bool> front_of(const Comparison& comparison, const Values& values) {
    if (comparison.axes.empty()) return {};
    std::vector<std::vector<double>> points;
    for (const std::vector<double>& of_design : values) {
        points.emplace_back();
        for (const Metric* axis : comparison.axes) points.back().push_back(key_of(*axis, of_design[number_of(*axis)]));
    }
    return pareto_front(points);
}

std::vector<Ahead> ahead(const Comparison& comparison, const Values& values, std::size_t runner_up,
                         std::size_t winner) {
    std::vector<Ahead> found;
    for (const Metric& metric : metrics()) {
        if (metric.better == Better::neither || &metric == comparison.objective) continue;
        const double ours = values[runner_up][number_of(metric)], theirs = values[winner][number_of(metric)];
        const double difference = key_of(metric, theirs) - key_of(metric, ours);
        const double share = metric.unit == MetricUnit::decibel ? std::pow(10.0, difference / 10.0) - 1.0
                                                                : difference / std::abs(theirs);
        if (std::isfinite(share) && share > kWorthTelling) found.push_back({&metric, share, difference});
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Ahead::share);
    return found;
}

}  // namespace lightloom
