#include "sweeps/values_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/quantity_text.hpp"
#include "scenarios/text_errors.hpp"
#include "sweeps/sweep_text.hpp"

namespace lightloom {
namespace {

const std::vector<std::string>& range_names() {
    static const std::vector<std::string> names{"from", "to", "step", "count", "log"};
    return names;
}

const TomlMember* member_of(const TomlValue& table, std::string_view name) {
    const auto found = std::ranges::find(table.members, name, &TomlMember::name);
    return found == table.members.end() ? nullptr : &*found;
}

ReadValues refused(TextPosition at, std::string error, std::string hint = {}) {
    return {std::nullopt, at, std::move(error), std::move(hint)};
}

/// Both ends as one kind: whole if both are.
std::optional<ReadValues> read_ends(const TomlValue& table, ValueRange& range) {
    const TomlMember *from = member_of(table, "from"), *to = member_of(table, "to");
    if (from == nullptr || to == nullptr)
        return refused(table.at, "a range needs from and to", R"({ from = "10m", to = "100m", step = "10m" })");
    for (const TomlMember* end : {from, to}) {
        const auto magnitude = magnitude_of(end->value);
        if (!magnitude || !std::isfinite(magnitude->number))
            return refused(end->value.at, end->name + " is no number and no quantity");
        (end == from ? range.from : range.to) = *magnitude;
    }
    if (!comparable(range.from.kind, range.to.kind))
        return refused(to->value.at, "to is another kind of value than from");
    if (range.from.kind != range.to.kind) range.from.kind = range.to.kind = Magnitude::Kind::real;
    if (range.to.number < range.from.number) return refused(to->value.at, "to is less than from");
    return std::nullopt;
}

std::optional<ReadValues> read_step(const TomlMember& step, ValueRange& range) {
    const auto magnitude = magnitude_of(step.value);
    // A step between powers is a ratio, and so on: a loss in dBm steps by dB.
    const bool fits =
        magnitude && (comparable(magnitude->kind, range.from.kind) ||
                      (range.from.kind == Magnitude::Kind::power && magnitude->kind == Magnitude::Kind::loss));
    if (!fits || !(magnitude->number > 0.0) || !std::isfinite(magnitude->number))
        return refused(step.value.at, "step is not a positive value of the same kind as from");
    if (magnitude->kind == Magnitude::Kind::real && range.from.kind == Magnitude::Kind::whole)
        range.from.kind = range.to.kind = Magnitude::Kind::real;
    range.step = magnitude->number;
    if ((range.to.number - range.from.number) / range.step >= static_cast<double>(kMostPoints))
        return refused(step.value.at, fmt::format("the range has more than {} values", kMostPoints));
    return std::nullopt;
}

std::optional<ReadValues> read_log(const TomlValue& table, ValueRange& range) {
    const TomlMember* log = member_of(table, "log");
    if (log == nullptr) return std::nullopt;
    if (log->value.kind != TomlValue::Kind::boolean) return refused(log->value.at, "log is true or false");
    range.logarithmic = log->value.boolean;
    const bool is_logarithm = range.from.kind == Magnitude::Kind::loss || range.from.kind == Magnitude::Kind::power;
    if (range.logarithmic && (!(range.from.number > 0.0) || is_logarithm))
        return refused(log->value.at, "equal ratios need a from above 0",
                       "and no decibels, which are logarithms already");
    return std::nullopt;
}

std::optional<ReadValues> read_count(const TomlValue& table, Counted counted, ValueRange& range) {
    const TomlMember *step = member_of(table, "step"), *count = member_of(table, "count");
    if (counted == Counted::no) {
        if (step == nullptr && count == nullptr) return std::nullopt;
        return refused((step != nullptr ? step : count)->at, "the samples say how many values there are");
    }
    if ((step == nullptr) == (count == nullptr)) return refused(table.at, "a range has either step or count");
    if (step != nullptr && range.logarithmic) return refused(step->at, "a range in equal ratios has a count, no step");
    if (step != nullptr) return read_step(*step, range);
    const std::int64_t n = count->value.integer;
    if (count->value.kind != TomlValue::Kind::integer || n < 1 || n > static_cast<std::int64_t>(kMostPoints))
        return refused(count->value.at, fmt::format("count is a whole number from 1 to {}", kMostPoints));
    range.count = static_cast<std::size_t>(n);
    return std::nullopt;
}

ReadValues range_of(const TomlValue& table, Counted counted) {
    for (const TomlMember& member : table.members)
        if (std::ranges::find(range_names(), member.name) == range_names().end())
            return refused(member.at, "a range has no " + quoted_for_display(member.name),
                           suggestion(member.name, range_names()));
    ValueRange range;
    range.at = table.at;
    if (auto wrong = read_ends(table, range)) return *wrong;
    if (auto wrong = read_log(table, range)) return *wrong;
    if (auto wrong = read_count(table, counted, range)) return *wrong;
    return {range, table.at, {}, {}};
}

}  // namespace

bool is_range(const TomlValue& value) {
    return value.kind == TomlValue::Kind::table && std::ranges::any_of(value.members, [](const TomlMember& member) {
               return std::ranges::find(range_names(), member.name) != range_names().end();
           });
}

ReadValues values_of(const TomlValue& value, Counted counted) {
    if (value.kind == TomlValue::Kind::table) return range_of(value, counted);
    if (value.kind != TomlValue::Kind::list)
        return refused(value.at, fmt::format("found {}", kind_name(value.kind)),
                       R"(values are a list, [4, 8], or a range, { from = 4, to = 16, step = 4 })");
    if (value.items.empty()) return refused(value.at, "the list is empty");
    return {ValueList{value.items}, value.at, {}, {}};
}

}  // namespace lightloom
