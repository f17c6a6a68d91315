// Axes of a sweep: what each says, and the list of settings that it comes to. Pure: no scenario, no file.
// Not here: reading them from text (sweeps/sweep_text.hpp), the product of all axes (sweeps/plan.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/toml_document.hpp"
#include "sweeps/magnitude.hpp"

namespace lightloom {

/// One key and its value, as TOML, and where the sweep says so.
struct Setting {
    std::string key, value;
    TextPosition at;
    friend bool operator==(const Setting&, const Setting&) = default;
};

/// A value as a table shows it: a text without its quotes, anything else as it is. @param toml  as of a Setting
std::string shown_value(const std::string& toml);

/// What one step along an axis sets: one key, or several that move together.
using AxisStep = std::vector<Setting>;

/// Values from `from` to `to`, both included: by `step` or `count`, evenly or in equal ratios.
struct ValueRange {
    Magnitude from, to;
    double step = 0.0;  // 0: by count
    std::size_t count = 0;
    bool logarithmic = false;
    TextPosition at;
};
struct ValueList {
    std::vector<TomlValue> values;
};
using Values = std::variant<ValueList, ValueRange>;

struct KeyValues {
    std::string key;
    TextPosition at;
    Values values;
};

struct SweepAxis {
    enum class Kind { one_key, zip, latin_hypercube };
    Kind kind = Kind::one_key;
    TextPosition at;
    std::vector<KeyValues> keys;  // of one_key just one; of zip as many values each
    std::size_t samples = 0;      // of a Latin hypercube
    std::uint64_t seed = 1;
};

/// How many steps an axis has, without making them.
std::size_t steps_of(const Values& values);
std::size_t steps_of(const SweepAxis& axis);

/// The values one by one, as TOML.
std::vector<std::string> listed(const Values& values);

/// In order. A Latin hypercube of n samples takes of each key one value out of each n-th part of its range; which parts
/// meet is drawn (counter-based: the same seed gives the same samples everywhere).
/// Source: McKay, Beckman and Conover, Technometrics 21 (1979) 239.
std::vector<AxisStep> expand(const SweepAxis& axis);

}  // namespace lightloom
