#include "sweeps/axis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/random.hpp"

namespace lightloom {
namespace {

// A step that misses `to` by rounding only has met it.
constexpr double kSlack = 1e-9;

Magnitude at_share(const ValueRange& range, double share) {
    const double from = range.from.number, to = range.to.number;
    const double number = range.logarithmic ? from * std::pow(to / from, share) : from + share * (to - from);
    return {range.from.kind, number};
}

TextPosition place(const KeyValues& key, std::size_t index) {
    if (const auto* list = std::get_if<ValueList>(&key.values)) return list->values[index].at;
    return std::get<ValueRange>(key.values).at;
}

/// The value of a key at `share` of its range, in (0, 1); of a list, the one that the share falls on.
Setting setting_at(const KeyValues& key, double share) {
    if (const auto* list = std::get_if<ValueList>(&key.values)) {
        const auto size = static_cast<double>(list->values.size());
        const TomlValue& value = list->values[static_cast<std::size_t>(share * size)];
        return {key.key, toml_of(value), value.at};
    }
    const auto& range = std::get<ValueRange>(key.values);
    Magnitude magnitude = at_share(range, share);
    // Whole numbers are as likely at the ends as inside.
    if (magnitude.kind == Magnitude::Kind::whole && !range.logarithmic)
        magnitude.number = std::floor(range.from.number + share * (range.to.number - range.from.number + 1.0));
    return {key.key, toml_of(magnitude), range.at};
}

// A sweep's draws stand beside no scenario's: its seed and keys are its own, so they share the scenarios' purposes.
std::vector<std::size_t> shuffled(std::size_t n, std::uint64_t seed, std::uint64_t key) {
    std::vector<std::uint64_t> bits(n);
    for (std::size_t i = 0; i < n; ++i) bits[i] = draw(seed, key, Purpose::permutation, i);
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return bits[i]; });
    return order;
}

std::vector<AxisStep> latin_hypercube(const SweepAxis& axis) {
    std::vector<AxisStep> steps(axis.samples);
    for (std::size_t key = 0; key < axis.keys.size(); ++key) {
        const std::vector<std::size_t> strata = shuffled(axis.samples, axis.seed, key);
        for (std::size_t i = 0; i < axis.samples; ++i) {
            const double inside = uniform(draw(axis.seed, key, Purpose::arrival, i));
            const double share = (static_cast<double>(strata[i]) + inside) / static_cast<double>(axis.samples);
            // The sum may round up to the end of the last part.
            steps[i].push_back(setting_at(axis.keys[key], std::min(share, std::nextafter(1.0, 0.0))));
        }
    }
    return steps;
}

}  // namespace

std::string shown_value(const std::string& toml) {
    const TomlDocument document = parse_toml("x = " + toml);
    if (document.fault || document.root.members[0].value.kind != TomlValue::Kind::text) return toml;
    return document.root.members[0].value.text;
}

std::size_t steps_of(const Values& values) {
    if (const auto* list = std::get_if<ValueList>(&values)) return list->values.size();
    const auto& range = std::get<ValueRange>(values);
    if (range.step == 0.0) return range.count;
    const double steps = (range.to.number - range.from.number) / range.step;
    return static_cast<std::size_t>(steps + kSlack) + 1;
}

std::size_t steps_of(const SweepAxis& axis) {
    return axis.kind == SweepAxis::Kind::latin_hypercube ? axis.samples : steps_of(axis.keys.front().values);
}

std::vector<std::string> listed(const Values& values) {
    std::vector<std::string> all;
    if (const auto* list = std::get_if<ValueList>(&values)) {
        for (const TomlValue& value : list->values) all.push_back(toml_of(value));
        return all;
    }
    const auto& range = std::get<ValueRange>(values);
    const std::size_t steps = steps_of(values);
    for (std::size_t i = 0; i < steps; ++i) {
        const auto n = static_cast<double>(i);
        if (range.step != 0.0)
            all.push_back(toml_of(Magnitude{range.from.kind, range.from.number + n * range.step}));
        else
            all.push_back(toml_of(steps == 1 ? range.from : at_share(range, n / static_cast<double>(steps - 1))));
    }
    return all;
}

std::vector<AxisStep> expand(const SweepAxis& axis) {
    if (axis.kind == SweepAxis::Kind::latin_hypercube) return latin_hypercube(axis);
    std::vector<AxisStep> steps(steps_of(axis));
    for (const KeyValues& key : axis.keys) {
        const std::vector<std::string> values = listed(key.values);
        for (std::size_t i = 0; i < steps.size(); ++i) steps[i].push_back({key.key, values[i], place(key, i)});
    }
    return steps;
}

}  // namespace lightloom
