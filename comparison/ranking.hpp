// Ranking: from designs and what is asked of them to an order, the gates that are red, and what one is ahead by.
// Not here: words and tables (tools/lightloom/compare_text.hpp), draws over assumptions (comparison/assumptions.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "comparison/design.hpp"
#include "comparison/statistics.hpp"
#include "scenarios/gates.hpp"

namespace lightloom {

struct Comparison {
    std::vector<Design> designs;
    std::size_t baseline = 0;
    const Metric* objective = nullptr;
    std::vector<Gate> fail_if;
    std::vector<const Metric*> axes;  // of the Pareto front
};

/// Values by design, then by metric: means over the runs.
using Values = std::vector<std::vector<double>>;
Values means(const Comparison& comparison);

struct GateOutcome {
    std::size_t design;
    Gate gate;
    bool is_required = false;  // by the design's scenario; else it must not hold
    double value = 0.0, bound = 0.0;
    std::optional<bool> holds;
    /// What could not be compared is red, too: nobody knows that it is not.
    bool is_red() const { return holds.value_or(!is_required) != is_required; }
};

/// What a design must meet: what its own scenario requires, and what the baseline's does, which is asked of all.
std::vector<Gate> requirements(const Comparison& comparison, std::size_t design);

/// Requirements of each design, and the gates that make the command fail. Those that are relative to the baseline do
/// not concern it.
std::vector<GateOutcome> gate_outcomes(const Comparison& comparison, const Values& values);

/// Designs with a value of the objective that meet their requirements, best first; the first of equals first.
std::vector<std::size_t> ranked(const Comparison& comparison, const Values& values);

/// Of the objective, `a` - `b`, where both have runs of the same seeds.
std::optional<Interval> paired_lead(const Comparison& comparison, const Metric& metric, std::size_t a, std::size_t b);

/// On the comparison's axes; empty without any.
std::vector<bool> front_of(const Comparison& comparison, const Values& values);

/// By which of all metrics the runner-up is ahead, and how far: what would turn the order. The furthest first.
struct Ahead {
    const Metric* metric;
    double share;       // by which it is better, of the winner's value; of decibels, of the ratio that they are
    double difference;  // in the metric's own unit, above zero
};
inline constexpr double kWorthTelling = 0.01;  // a share below which nobody is ahead
std::vector<Ahead> ahead(const Comparison& comparison, const Values& values, std::size_t runner_up, std::size_t winner);

}  // namespace lightloom
