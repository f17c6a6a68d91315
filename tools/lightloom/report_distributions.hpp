// Latencies and flow completion times of a result as complementary distributions: at each time the share of samples
// that took as long or longer, so that the tail is as readable as the median. Not here: how they are drawn
// (tools/report/charts.js).
#pragma once

#include <vector>

#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Of every histogram, and of /flows; none where nothing was measured.
std::vector<JsonObject> distributions(const ResultReader& result);

}  // namespace lightloom
