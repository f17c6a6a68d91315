// The values of one key as a sweep file says them: a list, or { from, to, step or count, log }.
// Not here: what is done with them (sweeps/axis.hpp).
#pragma once

#include <optional>
#include <string>

#include "sweeps/axis.hpp"

namespace lightloom {

/// Whether a range says how many values it has; in a Latin hypercube the samples say that.
enum class Counted { no, yes };

struct ReadValues {
    std::optional<Values> values;  // else why not
    TextPosition at;
    std::string error, hint;
};
ReadValues values_of(const TomlValue& value, Counted counted);

/// Has the keys of a range, so that it is not the rest of a key with dots.
bool is_range(const TomlValue& value);

}  // namespace lightloom
