// Ranking: from designs and what is asked of them to an order, the gates that are red, and what one is ahead by.
// Not here: words and tables (tools/lightloom/compare_text.hpp), draws over assumptions (comparison/assumptions.hpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "comparison/assumed_bill.hpp"
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

enum class GateState { green, red, undecided };

struct GateOutcome {
    std::size_t design;
    Gate gate;
    bool is_required = false;  // by the design's scenario; else it must not hold
    double value = 0.0, bound = 0.0;
    std::optional<bool> holds;

    // What a mean over runs, and the middle of assumed figures, do not show: add_evidence.
    std::size_t runs = 1, red_runs = 0;  // each run by itself
    std::size_t unmeasured_runs = 0;
    double worst = 0.0;                    // the value that is furthest to the wrong side; NaN: it was not measured
    double worst_bound = 0.0;              // that it was compared with
    std::string worst_seeds{};             // of the run that has both
    Deviation assumed{};                   // of `value` less `bound`
    bool bill_decides = false;             // assumed figures of it do
    std::size_t draws = 0, red_draws = 0;  // of those that move the value or the bound; none: nothing drawn does

    /// With assumed figures in their middle. What could not be compared is red, too: nobody knows that it is not.
    bool is_red() const { return holds.value_or(!is_required) != is_required; }
    /// Undecided: red or not as assumed figures are. Draws that agree do not settle what the bill leaves open.
    GateState state() const {
        if (bill_decides || (red_draws > 0 && red_draws < draws)) return GateState::undecided;
        return (draws > 0 ? red_draws > 0 : is_red()) ? GateState::red : GateState::green;
    }
    bool fails() const { return state() == GateState::red; }
};

/// What a design must meet: what its own scenario requires, and what the baseline's does, which is asked of all.
std::vector<Gate> requirements(const Comparison& comparison, std::size_t design);

/// Requirements of each design, and the gates that make the command fail. Those that are relative to the baseline do
/// not concern it.
std::vector<GateOutcome> gate_outcomes(const Comparison& comparison, const Values& values);

/// To gates that were judged by means: how many runs are red by themselves, and whether assumed figures decide.
void add_evidence(const Comparison& comparison, std::vector<GateOutcome>& gates);

/// Designs with a value of the objective that meet their requirements, assumed figures being in their middle. Best
/// first; the first of equals first. @param gates  outcomes with these values
std::vector<std::size_t> ranked(const Comparison& comparison, const Values& values,
                                const std::vector<GateOutcome>& gates);

/// By the metric; with a NaN, no.
bool is_better(const Metric& metric, double value, double than);

/// By which share of its bound a value misses a gate, of decibels that of the ratio which they are; NaN: no number says
/// how much, as where it was not measured or is to be unequal.
double miss_of(const GateOutcome& gate);

/// The run with the worst value, and what it is; of equals the first. None is worse than any, and then it is a NaN.
struct WorstRun {
    std::size_t run = 0;
    double value = 0.0;
};
WorstRun worst_run(const Design& design, const Metric& metric);

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
