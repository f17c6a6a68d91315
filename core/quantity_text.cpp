#include "core/quantity_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

namespace lightloom {
namespace {

/// A unit of a quantity that is counted in whole numbers.
struct WholeUnit {
    std::string_view name;
    std::int64_t factor;  // picoseconds, bytes or bits per second in one
};

/// A unit of a quantity that is measured. Powers of ten, so that scaling is a shift of the decimal point.
struct DecimalUnit {
    std::string_view name;
    int exponent;
};

constexpr std::array kTimeUnits = {
    WholeUnit{"ps", 1},
    WholeUnit{"ns", 1'000},
    WholeUnit{"us", 1'000'000},
    WholeUnit{"ms", 1'000'000'000},
    WholeUnit{"s", kPicosecondsPerSecond},
    WholeUnit{"min", 60 * kPicosecondsPerSecond},
    WholeUnit{"h", 3'600 * kPicosecondsPerSecond},
    WholeUnit{"d", 86'400 * kPicosecondsPerSecond},
};
constexpr std::array kSizeUnits = {
    WholeUnit{"B", 1},
    WholeUnit{"kB", 1'000},
    WholeUnit{"MB", 1'000'000},
    WholeUnit{"GB", 1'000'000'000},
    WholeUnit{"TB", 1'000'000'000'000},
    WholeUnit{"KiB", std::int64_t{1} << 10},
    WholeUnit{"MiB", std::int64_t{1} << 20},
    WholeUnit{"GiB", std::int64_t{1} << 30},
    WholeUnit{"TiB", std::int64_t{1} << 40},
};
constexpr std::array kRateUnits = {
    WholeUnit{"bps", 1},
    WholeUnit{"kbps", 1'000},
    WholeUnit{"Mbps", 1'000'000},
    WholeUnit{"Gbps", 1'000'000'000},
    WholeUnit{"Tbps", 1'000'000'000'000},
    WholeUnit{"b/s", 1},
    WholeUnit{"kb/s", 1'000},
    WholeUnit{"Mb/s", 1'000'000},
    WholeUnit{"Gb/s", 1'000'000'000},
    WholeUnit{"Tb/s", 1'000'000'000'000},
};
constexpr std::array kLengthUnits = {DecimalUnit{"m", 0}, DecimalUnit{"km", 3}, DecimalUnit{"mm", -3}};
constexpr std::array kLossUnits = {DecimalUnit{"dB", 0}};
constexpr std::array kPowerUnits = {DecimalUnit{"dBm", 0}};
constexpr std::array kTemperatureUnits = {DecimalUnit{"C", 0}};
constexpr std::array kAgeUnits = {DecimalUnit{"y", 0}};
constexpr std::array kWattUnits = {DecimalUnit{"W", 0}, DecimalUnit{"mW", -3}, DecimalUnit{"kW", 3},
                                   DecimalUnit{"MW", 6}};

/// What a kind of quantity is called, how it looks, and from where on it makes sense.
struct Form {
    std::string_view noun, units, example;
};

template <class T>
struct Dimension;
template <>
struct Dimension<Duration> {
    static constexpr Form form{"a time", "ps, ns, us, ms, s, min, h or d", "2.5us"};
    static constexpr std::span<const WholeUnit> units{kTimeUnits};
    static constexpr std::string_view smallest = "picoseconds";
};
template <>
struct Dimension<Bytes> {
    static constexpr Form form{"a size", "B, kB, MB, GB, TB, KiB, MiB, GiB or TiB", "256MiB"};
    static constexpr std::span<const WholeUnit> units{kSizeUnits};
    static constexpr std::string_view smallest = "bytes";
};
template <>
struct Dimension<BitRate> {
    static constexpr Form form{"a bit rate", "bps, kbps, Mbps, Gbps or Tbps", "400Gbps"};
    static constexpr std::span<const WholeUnit> units{kRateUnits};
    static constexpr std::string_view smallest = "bits per second";
};
template <>
struct Dimension<Metres> {
    static constexpr Form form{"a length", "mm, m or km", "150m"};
    static constexpr std::span<const DecimalUnit> units{kLengthUnits};
    static constexpr double least = 0.0;
};
template <>
struct Dimension<Decibel> {
    static constexpr Form form{"a loss", "dB", "3.5dB"};
    static constexpr std::span<const DecimalUnit> units{kLossUnits};
    static constexpr double least = -std::numeric_limits<double>::infinity();
};
template <>
struct Dimension<PowerDbm> {
    static constexpr Form form{"an optical power", "dBm", "-3dBm"};
    static constexpr std::span<const DecimalUnit> units{kPowerUnits};
    static constexpr double least = -std::numeric_limits<double>::infinity();
};
template <>
struct Dimension<Celsius> {
    static constexpr Form form{"a temperature", "C", "35C"};
    static constexpr std::span<const DecimalUnit> units{kTemperatureUnits};
    static constexpr double least = -273.15;
};
template <>
struct Dimension<Years> {
    static constexpr Form form{"an age", "y (years)", "3y"};
    static constexpr std::span<const DecimalUnit> units{kAgeUnits};
    static constexpr double least = 0.0;
};
template <>
struct Dimension<Watt> {
    static constexpr Form form{"a power drawn", "mW, W, kW or MW", "12W"};
    static constexpr std::span<const DecimalUnit> units{kWattUnits};
    static constexpr double least = 0.0;
};

/// A text cut at the place where its number ends; number is empty if there is none.
struct Split {
    bool negative = false;
    std::string_view number, unit;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Split split(std::string_view text) {
    Split parts;
    std::size_t at = 0;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) parts.negative = text[at++] == '-';
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    const bool has_whole = at > first;
    if (has_whole && at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        ++at;
        while (at < text.size() && is_digit(text[at])) ++at;
    }
    if (has_whole) parts.number = text.substr(first, at - first);
    while (at < text.size() && text[at] == ' ') ++at;
    parts.unit = text.substr(at);
    return parts;
}

template <class T>
bool has_unit(std::string_view unit) {
    return std::ranges::any_of(Dimension<T>::units, [&](const auto& known) { return known.name == unit; });
}

/// "a time" for "ns"; empty for what is no unit at all.
std::string_view what_is_measured_in(std::string_view unit) {
    std::string_view noun;
    const auto look = [&]<class... T>() { ((has_unit<T>(unit) ? void(noun = Dimension<T>::form.noun) : void()), ...); };
    look.template operator()<Duration, Bytes, BitRate, Metres, Decibel, PowerDbm, Celsius, Years, Watt>();
    return noun;
}

/// What is wrong with a text that cannot be a T whatever its number; empty if nothing is.
template <class T>
std::string fault_of_form(std::string_view text, const Split& parts) {
    constexpr Form form = Dimension<T>::form;
    if (text.empty()) return "is empty";
    if (parts.number.empty()) return fmt::format("{} is not {}", quoted_for_display(text), form.noun);
    if (parts.unit.empty()) return fmt::format("{} has no unit", text.substr(0, 60));
    if (has_unit<T>(parts.unit)) return {};
    if (const auto noun = what_is_measured_in(parts.unit); !noun.empty())
        return fmt::format("{} is {}, not {}", quoted_for_display(text), noun, form.noun);
    return fmt::format("{}: unknown unit {}", quoted_for_display(text), quoted_for_display(parts.unit));
}

struct Whole {
    std::int64_t value = 0;
    enum class Fault { none, fraction, overflow } fault = Fault::none;
};

/// number x factor without rounding. Nineteen significant digits times the largest factor, 8.64e16, stay below 2^127.
Whole whole_multiple(std::string_view number, std::int64_t factor) {
    const std::size_t point = number.find('.');
    if (point != std::string_view::npos) number = number.substr(0, number.find_last_not_of('0') + 1);
    __int128 digits = 0;
    __int128 divisor = 1;
    int significant = 0;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (number[i] == '.') continue;
        digits = digits * 10 + (number[i] - '0');
        if (digits > 0) ++significant;
        if (i > point) divisor *= 10;
        if (significant > 19 || divisor > static_cast<__int128>(1'000'000'000'000'000'000) * 10)
            return {0, i > point ? Whole::Fault::fraction : Whole::Fault::overflow};
    }
    const __int128 product = digits * factor;
    if (product / divisor > std::numeric_limits<std::int64_t>::max()) return {0, Whole::Fault::overflow};
    if (product % divisor != 0) return {0, Whole::Fault::fraction};
    return {static_cast<std::int64_t>(product / divisor), Whole::Fault::none};
}

template <class T>
Parsed<T> parse_number(const Split& parts, std::span<const WholeUnit> units, std::string_view text) {
    const auto unit = std::ranges::find(units, parts.unit, &WholeUnit::name);
    const Whole whole = whole_multiple(parts.number, unit->factor);
    const auto shown = quoted_for_display(text);
    if (whole.fault == Whole::Fault::fraction)
        return {{}, fmt::format("{} is not a whole number of {}", shown, Dimension<T>::smallest), {}};
    const Parsed<T> too_large{{}, fmt::format("{} is too large", shown), {}};
    if (whole.fault == Whole::Fault::overflow) return too_large;
    if (parts.negative && whole.value != 0) return {{}, fmt::format("{} is negative", shown), {}};
    return {T{whole.value}, {}, {}};
}

template <class T>
Parsed<T> parse_number(const Split& parts, std::span<const DecimalUnit> units, std::string_view text) {
    const auto unit = std::ranges::find(units, parts.unit, &DecimalUnit::name);
    const auto shown = quoted_for_display(text);
    const std::string scaled = fmt::format("{}{}e{}", parts.negative ? "-" : "", parts.number, unit->exponent);
    double value = 0.0;
    const auto [end, error] = std::from_chars(scaled.data(), scaled.data() + scaled.size(), value);
    if (error != std::errc{} || end != scaled.data() + scaled.size())
        return {{}, fmt::format("{} is out of the range of a number", shown), {}};
    if (value < Dimension<T>::least)
        return {{},
                Dimension<T>::least == 0.0 ? fmt::format("{} is negative", shown)
                                           : fmt::format("{} is below absolute zero", shown),
                {}};
    return {T{value}, {}, {}};
}

/// `count` of the smallest unit as a decimal of `factor`, which must be a power of ten, without trailing zeros.
std::string decimal(std::int64_t count, std::int64_t factor) {
    std::string text = fmt::format("{}", count / factor);
    if (count % factor == 0) return text;
    const auto width = fmt::formatted_size("{}", factor) - 1;
    text += fmt::format(".{:0{}}", count % factor, width);
    return text.substr(0, text.find_last_not_of('0') + 1);
}

/// @param units  ascending powers of 1,000. A negative count, which no text can name, is shown in the smallest.
std::string in_largest_unit(std::int64_t count, std::span<const WholeUnit> units) {
    const WholeUnit* best = &units[0];
    for (const WholeUnit& unit : units)
        if (count >= unit.factor) best = &unit;
    return decimal(count, best->factor) + std::string(best->name);
}

}  // namespace

template <class T>
Parsed<T> parse_quantity(std::string_view text) {
    const Split parts = split(text);
    Parsed<T> parsed{{}, fault_of_form<T>(text, parts), {}};
    if (parsed.error.empty()) parsed = parse_number<T>(parts, Dimension<T>::units, text);
    if (!parsed.value) parsed.hint = quantity_form<T>();
    return parsed;
}

template <class T>
std::string quantity_form() {
    constexpr Form form = Dimension<T>::form;
    return fmt::format("{} is a number and {}, such as \"{}\"", form.noun, form.units, form.example);
}

#define LIGHTLOOM_INSTANTIATE(T)                            \
    template Parsed<T> parse_quantity<T>(std::string_view); \
    template std::string quantity_form<T>();
LIGHTLOOM_INSTANTIATE(Duration)
LIGHTLOOM_INSTANTIATE(Bytes)
LIGHTLOOM_INSTANTIATE(BitRate)
LIGHTLOOM_INSTANTIATE(Metres)
LIGHTLOOM_INSTANTIATE(Decibel)
LIGHTLOOM_INSTANTIATE(PowerDbm)
LIGHTLOOM_INSTANTIATE(Celsius)
LIGHTLOOM_INSTANTIATE(Years)
LIGHTLOOM_INSTANTIATE(Watt)
#undef LIGHTLOOM_INSTANTIATE

std::string to_text(Duration time) { return in_largest_unit(time.ps, std::span{kTimeUnits}.first(5)); }
std::string to_text(BitRate rate) { return in_largest_unit(rate.bits_per_second, std::span{kRateUnits}.first(5)); }

std::string to_text(Bytes size) {
    const WholeUnit* best = &kSizeUnits[0];
    for (const WholeUnit& unit : std::span{kSizeUnits}.subspan(5))
        if (size.count != 0 && size.count % unit.factor == 0) best = &unit;
    return fmt::format("{}{}", size.count / best->factor, best->name);
}

std::string to_text(double value) {
    std::array<char, 1100> digits;  // the smallest double needs 1,077 places after the point
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed).ptr;
    return {digits.data(), end};
}

std::string to_text(Metres length) { return to_text(length.value) + "m"; }
std::string to_text(Decibel loss) { return to_text(loss.value) + "dB"; }
std::string to_text(PowerDbm power) { return to_text(power.value) + "dBm"; }
std::string to_text(Celsius temperature) { return to_text(temperature.value) + "C"; }
std::string to_text(Years age) { return to_text(age.value) + "y"; }
std::string to_text(Watt power) { return to_text(power.value) + "W"; }

std::string quoted_for_display(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    std::string shown = "\"";
    for (const char c : text.substr(0, kLongest)) {
        if (c >= ' ' && c <= '~')
            shown += c;
        else
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    shown += text.size() > kLongest ? "...\"" : "\"";
    return shown;
}

}  // namespace lightloom
