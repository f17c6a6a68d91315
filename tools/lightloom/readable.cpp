#include "tools/lightloom/readable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace lightloom {
namespace {

struct Unit {
    const char* name;
    double size;
};

// `units` from the smallest to the largest. Four significant digits: "1.234", "12.34", "123.4".
std::string in_unit(double value, std::span<const Unit> units) {
    const Unit* unit = &units.front();
    for (const Unit& candidate : units)
        if (std::abs(value) >= candidate.size * 0.99995) unit = &candidate;
    const double scaled = value / unit->size;
    const double magnitude = std::abs(scaled);
    const int decimals = scaled == std::floor(scaled) && unit == &units.front() ? 0
                         : magnitude < 9.9995                                   ? 3
                         : magnitude < 99.995                                   ? 2
                                                                                : 1;
    return fmt::format("{:.{}f} {}", scaled, decimals, unit->name);
}

// Rounded, and a zero without its sign: "-0.00" says nothing.
double hundredths(double value) { return std::round(value * 100.0) / 100.0 + 0.0; }

}  // namespace

std::string readable_duration(double picoseconds) {
    static constexpr std::array<Unit, 5> units{{{"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}}};
    return in_unit(picoseconds, units);
}

std::string readable_bytes_per_second(double rate) {
    static constexpr std::array<Unit, 5> units{
        {{"B/s", 1}, {"kB/s", 1e3}, {"MB/s", 1e6}, {"GB/s", 1e9}, {"TB/s", 1e12}}};
    return in_unit(rate, units);
}

std::string readable_bytes(std::int64_t bytes) {
    static constexpr std::array names{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    for (; unit + 1 < names.size() && bytes != 0 && bytes % 1024 == 0; ++unit) bytes /= 1024;
    return fmt::format("{} {}", readable_count(bytes), names[unit]);
}

std::string readable_count(std::int64_t count) {
    std::string digits = fmt::format("{}", count);
    for (int i = static_cast<int>(digits.size()) - 3; i > (count < 0 ? 1 : 0); i -= 3)
        digits.insert(static_cast<std::size_t>(i), ",");
    return digits;
}

std::string readable_decibel(double value) { return fmt::format("{:+.2f} dB", hundredths(value)); }

std::string readable_dbm(double value) { return fmt::format("{:.2f} dBm", hundredths(value)); }

std::string readable_ratio(double ratio) { return ratio == 0.0 ? "0" : fmt::format("{:.2g}", ratio); }

std::string readable_percent(double share) {
    constexpr double kWhole = 9.95, kCountable = 1e15;
    const double percent = 100.0 * share;
    if (!(std::abs(percent) >= kWhole && std::abs(percent) < kCountable)) return fmt::format("{:.2g} %", percent);
    return readable_count(std::llround(percent)) + " %";
}

std::string readable_dollars(double dollars) {
    static constexpr std::array<Unit, 4> units{{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}};
    std::string text = '$' + in_unit(dollars, units);
    if (text.back() == ' ') text.pop_back();
    return text;
}

std::string readable_watts(double watts) {
    static constexpr std::array<Unit, 3> units{{{"W", 1}, {"kW", 1e3}, {"MW", 1e6}}};
    return in_unit(watts, units);
}

std::string readable_metres(double metres) {
    const bool is_far = metres >= 999.95;
    const double value = is_far ? metres / 1000.0 : metres;
    const char* unit = is_far ? "km" : "m";
    return value < 9999.5 ? fmt::format("{:.4g} {}", value, unit)
                          : fmt::format("{} {}", readable_count(std::llround(value)), unit);
}

std::string readable_bits_per_second(double rate) {
    static constexpr std::array<Unit, 5> units{
        {{"b/s", 1}, {"Mb/s", 1e6}, {"Gb/s", 1e9}, {"Tb/s", 1e12}, {"Pb/s", 1e15}}};
    return in_unit(rate, units);
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.at(0).size());
    for (const auto& row : rows)
        for (std::size_t n = 0; n < row.size(); ++n) widths[n] = std::max(widths[n], row[n].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t n = 0; n < row.size(); ++n) line += fmt::format("{:<{}}  ", row[n], widths[n]);
        text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return text;
}

}  // namespace lightloom
