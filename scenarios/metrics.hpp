// Metrics: the figures by which results are compared and gates are written, by name: "completion", "p99_9_latency".
// Each is read from the result file, so that whoever prints it prints what the file says.
// Not here: gates (scenarios/gates.hpp), comparing (comparison/).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/result_reader.hpp"

namespace lightloom {

enum class MetricUnit { picoseconds, bytes_per_second, decibel, watt, dollar, joule, ratio, count, bytes };
enum class Better { less, more, neither };

struct Metric {
    std::string_view name;
    MetricUnit unit;
    Better better;
    std::string_view meaning;
    std::string_view path;  // in the result; empty: reckoned from several of its columns
};

/// In the order of a table.
std::span<const Metric> metrics();
/// By name or alias. nullptr: there is none
const Metric* metric_named(std::string_view name);
/// Names by which it is known, too: p99_9 of p99_9_latency.
std::vector<std::string> aliases_of(const Metric& metric);
std::vector<std::string> metric_names();
inline std::size_t number_of(const Metric& metric) { return static_cast<std::size_t>(&metric - metrics().data()); }

/// "ps", "GB/s", ...: the units in which a gate may give the value, the first being the metric's own.
struct UnitName {
    std::string_view name;
    double factor;  // what one of it is, in the metric's own
};
std::span<const UnitName> units_of(MetricUnit unit);

/// Every metric of one result, in the order of metrics(); NaN where it was not measured, or would mislead: completion
/// of a run that did not end, the price of a fabric of which a part has none.
/// @throws ResultUnreadable
std::vector<double> measured(const ResultReader& result);

}  // namespace lightloom
