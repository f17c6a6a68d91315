// What a report shows of links: margin, error ratio and utilisation as histograms, the budget of each class of links,
// the worst links by name. However many links there are, what comes out is small.
// Not here: the fabric as a map (report_map.hpp), how it is drawn (tools/report/charts.js).
#pragma once

#include "scenarios/result_reader.hpp"
#include "tools/lightloom/json.hpp"
#include "tools/lightloom/report_fabric.hpp"

namespace lightloom {

/// Adds "margin", "error_ratio", "utilisation", "queue" (histograms with a row of counts per tier), "budgets" (per
/// tier) and "links" (the worst ones); those that the result has nothing for are absent.
void add_links(JsonObject& json, const ResultReader& result, const ReportedFabric& fabric);

}  // namespace lightloom
