// How a comparison looks: as a table with a verdict, as JSON, as CSV. Not here: what is compared (comparison/).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "comparison/assumptions.hpp"
#include "comparison/ranking.hpp"

namespace lightloom {

struct ComparisonReport {
    const Comparison& comparison;
    Values values;
    std::vector<GateOutcome> gates;
    std::vector<std::size_t> order;  // ranked
    std::vector<bool> front;
    std::optional<AssumedOutcome> assumed;  // of the first of them
    std::vector<std::string> undrawn = {};  // designs that are results, where figures of optics bear: they stay as run

    std::optional<std::size_t> winner() const { return order.empty() ? std::nullopt : std::optional(order[0]); }
};

/// Values, gates, order and front. @pre the designs have been read; the comparison outlives its report
ComparisonReport judged(const Comparison& comparison);
void take_draws(ComparisonReport& report, AssumedOutcome outcome);

/// Designs that did not complete, though the baseline did: what was measured of them is of a part of the work.
std::vector<std::size_t> unfinished(const Comparison& comparison);

/// Whether a gate is red, or a design unfinished.
bool fails(const ComparisonReport& report);

/// Who wins, by how much with what interval, why, who is out, and what would turn it. One paragraph, a sentence to a
/// line.
std::string verdict_text(const ComparisonReport& report);
std::string comparison_text(const ComparisonReport& report);
/// "format_version" rises when a name changes its meaning or goes. Values are in the units that stand beside them.
std::string comparison_json(const ComparisonReport& report);
/// A row per design, a column per metric with its unit.
std::string comparison_csv(const ComparisonReport& report);

}  // namespace lightloom
