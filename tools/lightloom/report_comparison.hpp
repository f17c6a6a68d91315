// What a report says of results by the question of their scenarios: gates, met or not, and of several results which
// wins. The judging is that of `lightloom compare` (comparison/ranking.hpp), to whose words this adds none.
#pragma once

#include <vector>

#include "comparison/ranking.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// A result as one that is compared, called by its file.
Design design_of(const ResultReader& result);

std::vector<JsonObject> gate_objects(const std::vector<GateOutcome>& gates);

/// Of two designs or more, the first being the baseline, by its question; their names are made unique.
Comparison comparison_of(std::vector<Design> designs);

/// Metrics that no design has are absent.
JsonObject comparison_object(const ComparisonReport& report);

}  // namespace lightloom
