// What ports were doing over time, as a report shows it: mean, 99th percentile and greatest over the sampled ports, and
// the busiest of them by name. However many samples and ports there are, what comes out is some hundred points.
// Not here: how it is drawn (tools/report/series.js).
#pragma once

#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"
#include "tools/lightloom/report_fabric.hpp"

namespace lightloom {

/// Adds "series"; absent if nothing was sampled.
void add_series(JsonObject& json, const ResultReader& result, const ReportedFabric& fabric);

}  // namespace lightloom
