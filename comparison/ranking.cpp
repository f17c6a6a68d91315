#include "comparison/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lightloom {
namespace {

// A key by which less is better.
double key_of(const Metric& metric, double value) { return metric.better == Better::more ? -value : value; }

// How far a value lies to the side where the gate is red; infinite: nobody knows.
double badness(const GateOutcome& gate, double value, double bound) {
    if (std::isnan(value) || std::isnan(bound)) return std::numeric_limits<double>::infinity();
    switch (gate.gate.compare) {
        case Gate::Operator::less:
        case Gate::Operator::at_most: return gate.is_required ? value - bound : bound - value;
        case Gate::Operator::more:
        case Gate::Operator::at_least: return gate.is_required ? bound - value : value - bound;
        case Gate::Operator::equal:
        case Gate::Operator::unequal: break;
    }
    const bool wants_equal = (gate.gate.compare == Gate::Operator::equal) == gate.is_required;
    return wants_equal ? std::abs(value - bound) : -std::abs(value - bound);
}

// Run by run, as its values are; of what is relative, against the baseline's run of the same number.
void add_runs(const Comparison& comparison, const std::vector<Measured>& runs, GateOutcome& gate) {
    const std::vector<Measured>& baseline = comparison.designs[comparison.baseline].runs;
    const std::size_t column = number_of(*gate.gate.metric);
    gate.runs = runs.size();
    double furthest = -std::numeric_limits<double>::infinity();
    for (std::size_t run = 0; run < runs.size(); ++run) {
        const double value = runs[run].values.at(column);
        const double against = baseline[baseline.size() == runs.size() ? run : 0].values.at(column);
        GateOutcome alone = gate;
        alone.holds = gate.gate.holds(value, against);
        gate.red_runs += alone.is_red();
        gate.unmeasured_runs += std::isnan(value);
        const double bad = badness(gate, value, gate.gate.bound(against));
        if (bad <= furthest) continue;
        furthest = bad;
        gate.worst = value;
        gate.worst_bound = gate.gate.bound(against);
        gate.worst_seeds = seeds_text(runs[run]);
    }
}

// Decibels are a ratio already.
double share_of(const Metric& metric, double difference, double whole) {
    return metric.unit == MetricUnit::decibel ? std::pow(10.0, difference / 10.0) - 1.0 : difference / std::abs(whole);
}

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

void add_evidence(const Comparison& comparison, std::vector<GateOutcome>& gates) {
    for (GateOutcome& gate : gates) {
        const std::vector<Measured>& runs = comparison.designs[gate.design].runs;
        add_runs(comparison, runs, gate);
        const double share = gate.gate.is_relative ? gate.gate.value : 0.0;
        gate.assumed = bill_deviation(*gate.gate.metric, runs, share, comparison.designs[comparison.baseline].runs);
        if (std::isnan(gate.value) || std::isnan(gate.bound)) continue;
        const auto is_red_at = [&](double deviation) {
            GateOutcome there = gate;
            there.holds = gate.gate.holds_of(gate.value + deviation, gate.bound);
            return there.is_red();
        };
        gate.bill_decides =
            is_red_at(gate.assumed.low) != gate.is_red() || is_red_at(gate.assumed.high) != gate.is_red();
    }
}

bool is_better(const Metric& metric, double value, double than) { return key_of(metric, value) < key_of(metric, than); }

double miss_of(const GateOutcome& gate) {
    const bool is_ordered = gate.gate.compare != Gate::Operator::equal && gate.gate.compare != Gate::Operator::unequal;
    if (!is_ordered) return std::numeric_limits<double>::quiet_NaN();
    return share_of(*gate.gate.metric, std::abs(gate.value - gate.bound), gate.bound);
}

WorstRun worst_run(const Design& design, const Metric& metric) {
    const std::vector<double> values = design.values(metric);
    const auto badness = [&](double value) {
        return std::isnan(value) ? std::numeric_limits<double>::infinity() : key_of(metric, value);
    };
    const auto worst = std::ranges::max_element(values, {}, badness);
    return {static_cast<std::size_t>(worst - values.begin()), *worst};
}

std::vector<std::size_t> ranked(const Comparison& comparison, const Values& values,
                                const std::vector<GateOutcome>& gates) {
    const std::size_t column = number_of(*comparison.objective);
    std::vector<bool> out(values.size());
    for (const GateOutcome& outcome : gates)
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
        const double share = share_of(metric, difference, theirs);
        if (std::isfinite(share) && share > kWorthTelling) found.push_back({&metric, share, difference});
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, &Ahead::share);
    return found;
}

}  // namespace lightloom
