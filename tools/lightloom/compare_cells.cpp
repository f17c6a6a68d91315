#include "tools/lightloom/compare_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

constexpr double kExactWhole = 9e15;

std::string signed_text(const Metric& metric, double value) {
    if (metric.unit == MetricUnit::decibel) return value_text(metric, value);
    return (value < 0.0 ? "-" : "+") + value_text(metric, std::abs(value));
}

// "-5", "-1.5e-9", "+35C": no function is called, no cell named.
bool is_quantity(const std::string& cell) {
    const std::size_t digits = cell.find_first_of("0123456789");
    if (digits > 1 || (digits == 1 && cell[0] != '-' && cell[0] != '+')) return false;
    const std::size_t unit = std::min(cell.find_first_not_of("0123456789.+-e", digits), cell.size());
    return std::all_of(cell.begin() + static_cast<std::ptrdiff_t>(unit), cell.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '%'; });
}

}  // namespace

std::string value_text(const Metric& metric, double value) {
    if (std::isnan(value)) return "-";
    switch (metric.unit) {
        case MetricUnit::picoseconds: return readable_duration(value);
        case MetricUnit::bytes_per_second: return readable_bytes_per_second(value);
        case MetricUnit::decibel: return readable_decibel(value);
        case MetricUnit::watt: return readable_watts(value);
        case MetricUnit::dollar: return readable_dollars(value);
        case MetricUnit::joule: return fmt::format("{:.4g} pJ", value * 1e12);
        case MetricUnit::bytes: return readable_bytes(std::llround(value));
        case MetricUnit::ratio: return fmt::format("{:.4g}", value);
        case MetricUnit::count:
            return value == std::floor(value) && std::abs(value) < kExactWhole
                       ? readable_count(static_cast<std::int64_t>(value))
                       : fmt::format("{:.4g}", value);
    }
    return "-";
}

std::string cell_text(const Metric& metric, double value, double baseline) {
    const std::string text = value_text(metric, value);
    if (std::isnan(value) || std::isnan(baseline)) return text;
    if (metric.unit == MetricUnit::decibel) return fmt::format("{} ({:+.2f})", text, value - baseline);
    return baseline == 0.0 ? text : fmt::format("{} x{:.3g}", text, value / baseline);
}

std::string interval_text(const Metric& metric, const Interval& interval) {
    return fmt::format("{} ({} to {}, {} pairs)", signed_text(metric, interval.mean), signed_text(metric, interval.low),
                       signed_text(metric, interval.high), interval.pairs);
}

std::string_view unit_text(const Metric& metric) {
    const std::string_view name = units_of(metric.unit).front().name;
    return name.empty() ? "1" : name;
}

std::string_view better_text(const Metric& metric) {
    switch (metric.better) {
        case Better::less: return "less";
        case Better::more: return "more";
        case Better::neither: return "-";
    }
    return "-";
}

std::string_view level_text(Assumption::Level level) {
    switch (level) {
        case Assumption::Level::low: return "low";
        case Assumption::Level::mid: return "middle";
        case Assumption::Level::high: return "high";
    }
    return "";
}

std::string column_name(const Metric& metric) {
    const std::string_view unit = unit_text(metric);
    return unit == "1" ? std::string(metric.name) : fmt::format("{} ({})", metric.name, unit);
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != cells.data()) line += ',';
        // A spreadsheet takes these for a formula; what is a number is none.
        const bool is_number = is_quantity(cell);
        const bool is_formula = !is_number && cell.find_first_of("=+-@") == 0;
        std::string quoted = is_formula ? "'" : "";
        for (const char c : cell) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        line += quoted.find_first_of(",\"\r\n") == std::string::npos ? quoted : '"' + quoted + '"';
    }
    return line + '\n';
}

}  // namespace lightloom
