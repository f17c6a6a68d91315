// When what happened in a run: collectives as bars, faults with what followed them. Many collectives share a bar: a
// timeline is to be looked at. Not here: how it is drawn (tools/report/charts.js).
#pragma once

#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Adds "collectives", "faults" and "events"; those that the result does not have are absent.
void add_timeline(JsonObject& json, const ResultReader& result);

}  // namespace lightloom
