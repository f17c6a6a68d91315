#include "scenarios/gates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/quantity_text.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {
namespace {

using Operator = Gate::Operator;

// The longer before the shorter that it begins with.
constexpr std::array<std::pair<std::string_view, Operator>, 6> kOperators{{{"<=", Operator::at_most},
                                                                           {">=", Operator::at_least},
                                                                           {"==", Operator::equal},
                                                                           {"!=", Operator::unequal},
                                                                           {"<", Operator::less},
                                                                           {">", Operator::more}}};
constexpr std::size_t kLongestGate = 200;

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// What of the text is still to be read.
class Reading {
public:
    explicit Reading(std::string_view text) : text_(text) { skip_blanks(); }

    std::size_t column() const { return at_ + 1; }
    bool at_end() const { return at_ == text_.size(); }
    std::string_view rest() const { return text_.substr(at_); }
    bool take(std::string_view word) {
        if (!rest().starts_with(word)) return false;
        at_ += word.size();
        skip_blanks();
        return true;
    }
    std::string_view take_name() {
        const std::size_t begin = at_;
        while (!at_end() && is_name(text_[at_])) ++at_;
        const std::string_view name = text_.substr(begin, at_ - begin);
        skip_blanks();
        return name;
    }
    std::optional<double> take_number() {
        const bool plus = rest().starts_with('+');
        double value = 0.0;
        const char* const begin = text_.data() + at_ + (plus ? 1 : 0);
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (error != std::errc{} || !std::isfinite(value) || (plus && *begin == '-')) return std::nullopt;
        at_ = static_cast<std::size_t>(end - text_.data());
        skip_blanks();
        return value;
    }

private:
    void skip_blanks() {
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

GateError error_at(std::size_t column, std::string message, std::string hint) {
    return {column, std::move(message), std::move(hint)};
}

// Of a number, in the metric's own.
std::variant<double, GateError> read_unit(Reading& reading, const Metric& metric, double number) {
    const std::size_t unit_at = reading.column();
    const std::string_view unit = reading.rest();
    const auto units = units_of(metric.unit);
    for (const UnitName& known : units) {
        const std::string_view blanks = " \t";
        const std::string_view name = unit.substr(0, unit.find_last_not_of(blanks) + 1);
        if (name != known.name) continue;
        reading.take(name);
        return number * known.factor;
    }
    std::vector<std::string> names;
    for (const UnitName& known : units)
        if (!known.name.empty()) names.emplace_back(known.name);
    const std::string possible = names.empty()
                                     ? fmt::format("{} is a count", metric.name)
                                     : fmt::format("units of {} are: {}", metric.name, fmt::join(names, ", "));
    if (unit.empty()) return error_at(unit_at, "no unit", possible);
    if (unit.starts_with('%'))
        return error_at(unit_at, "no unit %", possible + "; relative to the baseline a % has its sign: +5%");
    return error_at(unit_at, fmt::format("no unit {}", quoted_for_display(unit)), possible);
}

// "baseline - 0.5dB"
std::optional<GateError> read_offset(Reading& reading, Gate& gate) {
    gate.is_relative = true;
    gate.value = 1.0;
    const std::size_t at = reading.column();
    const bool minus = reading.take("-");
    if (!minus && !reading.take("+")) return error_at(at, "no + or -", "as in baseline - 0.5dB");
    const std::optional<double> number = reading.take_number();
    if (!number || *number < 0.0) return error_at(at, "no number", "as in baseline - 0.5dB");
    const auto read = read_unit(reading, *gate.metric, minus ? -*number : *number);
    if (const auto* error = std::get_if<GateError>(&read)) return *error;
    gate.offset = std::get<double>(read);
    return std::nullopt;
}

// "1.2 x baseline", "baseline - 0.5dB", "+5%", "3.1ms", "1dB", "12"
std::optional<GateError> read_value(Reading& reading, Gate& gate) {
    const std::string form = gate.metric->unit == MetricUnit::decibel
                                 ? "a value in dB follows, such as 1dB or baseline - 0.5dB"
                                 : "a value with its unit, \"1.2 x baseline\" or \"+5%\" follows";
    if (reading.take("baseline")) return read_offset(reading, gate);
    const std::size_t at = reading.column();
    const bool is_signed = reading.rest().starts_with('+') || reading.rest().starts_with('-');
    const bool dollar_first = gate.metric->unit == MetricUnit::dollar && reading.take("$");
    const std::optional<double> number = reading.take_number();
    if (!number) return error_at(at, "no number", form);
    const std::size_t unit_at = reading.column();
    const std::string_view unit = reading.rest();
    const bool is_share = (is_signed && unit.starts_with('%')) || unit.starts_with('x') || unit.starts_with('*');
    if (is_share && gate.metric->unit == MetricUnit::decibel)
        return error_at(unit_at, fmt::format("{} is in dB, of which there are no shares", gate.metric->name),
                        "a bound in dB follows, such as 1dB or baseline - 0.5dB");
    if (dollar_first) {
        if (!unit.empty()) return error_at(unit_at, fmt::format("no unit {}", quoted_for_display(unit)), "$ is one");
        gate.value = *number;
        return std::nullopt;
    }
    if (is_signed && reading.take("%")) {
        gate.is_relative = true;
        gate.value = 1.0 + *number / 100.0;
        return std::nullopt;
    }
    if (reading.take("x") || reading.take("*")) {
        if (!reading.take("baseline")) return error_at(reading.column(), "no \"baseline\"", "as in 1.2 x baseline");
        gate.is_relative = true;
        gate.value = *number;
        return std::nullopt;
    }
    const auto read = read_unit(reading, *gate.metric, *number);
    if (const auto* error = std::get_if<GateError>(&read)) return *error;
    gate.value = std::get<double>(read);
    return std::nullopt;
}

}  // namespace

std::optional<bool> Gate::holds_of(double measured, double limit) const {
    if (std::isnan(measured) || std::isnan(limit)) return std::nullopt;
    switch (compare) {
        case Operator::less: return measured < limit;
        case Operator::at_most: return measured <= limit;
        case Operator::more: return measured > limit;
        case Operator::at_least: return measured >= limit;
        case Operator::equal: return measured == limit;
        case Operator::unequal: return measured != limit;
    }
    return std::nullopt;
}

std::variant<Gate, GateError> parse_gate(std::string_view text) {
    if (text.size() > kLongestGate) return error_at(1, "is longer than 200 bytes", "METRIC OPERATOR VALUE");
    Gate gate{.text = std::string(text)};
    Reading reading(text);
    const std::size_t name_at = reading.column();
    const std::string_view name = reading.take_name();
    const std::string form = "METRIC OPERATOR VALUE, such as p01_margin >= 1dB";
    if (name.empty()) return error_at(name_at, "no metric", form);
    gate.metric = metric_named(name);
    if (gate.metric == nullptr)
        return error_at(name_at, fmt::format("no metric \"{}\"", name), suggestion(name, metric_names()));
    bool found = false;
    const std::size_t operator_at = reading.column();
    for (const auto& [sign, compare] : kOperators) {
        if (found || !reading.take(sign)) continue;
        gate.compare = compare;
        found = true;
    }
    if (!found) return error_at(operator_at, "no comparison", "one of <, <=, >, >=, ==, != follows the metric");
    if (auto error = read_value(reading, gate)) return *error;
    if (!reading.at_end())
        return error_at(reading.column(), fmt::format("{} is too much", quoted_for_display(reading.rest())), form);
    return gate;
}

}  // namespace lightloom
