#include "sweeps/magnitude.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/quantity_text.hpp"

namespace lightloom {
namespace {

using Kind = Magnitude::Kind;

double base_number(Duration t) { return static_cast<double>(t.ps); }
double base_number(Bytes b) { return static_cast<double>(b.count); }
double base_number(BitRate r) { return static_cast<double>(r.bits_per_second); }
double base_number(auto quantity) { return quantity.value; }

template <class T>
std::optional<Magnitude> parsed_as(Kind kind, std::string_view text) {
    const auto parsed = parse_quantity<T>(text);
    if (!parsed.value) return std::nullopt;
    return Magnitude{kind, base_number(*parsed.value)};
}

double to_twelve_digits(double number) {
    const std::string text = fmt::format("{:.12g}", number);
    double rounded = number;
    std::from_chars(text.data(), text.data() + text.size(), rounded);
    return rounded;
}

// to_text() of a loss or a temperature has a sign where it needs one; a real number must not look like a whole one.
std::string real_text(double number) {
    if (!std::isfinite(number)) return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    std::string text = to_text(number);
    if (text.find('.') == std::string::npos) text += ".0";
    return text;
}

}  // namespace

std::optional<Magnitude> quantity_of(std::string_view text) {
    std::optional<Magnitude> found = parsed_as<Duration>(Kind::time, text);
    if (!found) found = parsed_as<Bytes>(Kind::size, text);
    if (!found) found = parsed_as<BitRate>(Kind::rate, text);
    if (!found) found = parsed_as<Metres>(Kind::length, text);
    if (!found) found = parsed_as<Decibel>(Kind::loss, text);
    if (!found) found = parsed_as<PowerDbm>(Kind::power, text);
    if (!found) found = parsed_as<Celsius>(Kind::temperature, text);
    if (!found) found = parsed_as<Years>(Kind::age, text);
    if (!found) found = parsed_as<Watt>(Kind::watts, text);
    return found;
}

std::optional<Magnitude> magnitude_of(const TomlValue& value) {
    switch (value.kind) {
        case TomlValue::Kind::integer: return Magnitude{Kind::whole, static_cast<double>(value.integer)};
        case TomlValue::Kind::real: return Magnitude{Kind::real, value.real};
        case TomlValue::Kind::text: return quantity_of(value.text);
        case TomlValue::Kind::boolean:
        case TomlValue::Kind::date:
        case TomlValue::Kind::list:
        case TomlValue::Kind::table: break;
    }
    return std::nullopt;
}

std::string toml_of(Magnitude magnitude) {
    const double number = to_twelve_digits(magnitude.number);
    const auto whole = static_cast<std::int64_t>(std::llround(magnitude.number));
    switch (magnitude.kind) {
        case Kind::whole: return fmt::format("{}", whole);
        case Kind::real: return real_text(number);
        case Kind::time: return toml_string(to_text(Duration{whole}));
        case Kind::size: return toml_string(to_text(Bytes{whole}));
        case Kind::rate: return toml_string(to_text(BitRate{whole}));
        case Kind::length: return toml_string(to_text(Metres{number}));
        case Kind::loss: return toml_string(to_text(Decibel{number}));
        case Kind::power: return toml_string(to_text(PowerDbm{number}));
        case Kind::temperature: return toml_string(to_text(Celsius{number}));
        case Kind::age: return toml_string(to_text(Years{number}));
        case Kind::watts: return toml_string(to_text(Watt{number}));
    }
    return {};
}

bool comparable(Kind a, Kind b) {
    const auto is_number = [](Kind kind) { return kind == Kind::whole || kind == Kind::real; };
    return a == b || (is_number(a) && is_number(b));
}

std::string_view unit_of(Kind kind) {
    switch (kind) {
        case Kind::whole:
        case Kind::real: return "1";
        case Kind::time: return "ps";
        case Kind::size: return "byte";
        case Kind::rate: return "bit/s";
        case Kind::length: return "m";
        case Kind::loss: return "dB";
        case Kind::power: return "dBm";
        case Kind::temperature: return "degC";
        case Kind::age: return "year";
        case Kind::watts: return "W";
    }
    return "1";
}

std::string toml_of(const TomlValue& value) {
    const auto joined = [](const auto& parts, auto text) {
        std::string all;
        for (const auto& part : parts) all += (all.empty() ? "" : ", ") + text(part);
        return all;
    };
    switch (value.kind) {
        case TomlValue::Kind::boolean: return value.boolean ? "true" : "false";
        case TomlValue::Kind::integer: return fmt::format("{}", value.integer);
        case TomlValue::Kind::real: return real_text(value.real);
        case TomlValue::Kind::date:
        case TomlValue::Kind::text: return toml_string(value.text);
        case TomlValue::Kind::list:
            return '[' + joined(value.items, [](const TomlValue& item) { return toml_of(item); }) + ']';
        case TomlValue::Kind::table:
            return "{ " +
                   joined(value.members,
                          [](const TomlMember& member) {
                              return toml_string(member.name) + " = " + toml_of(member.value);
                          }) +
                   " }";
    }
    return {};
}

}  // namespace lightloom
