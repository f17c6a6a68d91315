// Single figures of a comparison as text, for a table, a sentence or CSV. Not here: how they are put together
// (compare_text.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "comparison/statistics.hpp"
#include "models/optics/catalogue.hpp"
#include "scenarios/metrics.hpp"

namespace lightloom {

std::string value_text(const Metric& metric, double value);                  // "3.191 ms"; "-" for none
std::string cell_text(const Metric& metric, double value, double baseline);  // "3.191 ms x0.943"
std::string interval_text(const Metric& metric, const Interval& interval);   // "-1.2 us (-1.5 us to -0.9 us, 10 pairs)"
std::string_view unit_text(const Metric& metric);                            // "ps"; "1" for ratios and counts
std::string_view better_text(const Metric& metric);                          // "less"
std::string_view level_text(Assumption::Level level);                        // "low"
std::string column_name(const Metric& metric);                               // "completion (ps)"
std::string csv_line(const std::vector<std::string>& cells);                 // RFC 4180, no formulas

}  // namespace lightloom
