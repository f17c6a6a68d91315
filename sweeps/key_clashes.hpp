// Keys that a sweep sets in two places: of two values a point would get the later, and nobody would hear of the other.
// A table counts as the keys inside it, and a key clashes with what it is a part of: run.seed with run.seed.plant.
// Not here: what one axis gets wrong (sweeps/sweep_text.hpp).
#pragma once

#include <string>
#include <vector>

#include "sweeps/sweep_text.hpp"

namespace lightloom {

struct KeyClash {
    std::string key, other;  // the same, or one is a part of the other
    TextPosition at, other_at;
};

/// In the order of the text: each place that sets what one before it has set, once.
std::vector<KeyClash> key_clashes(const Sweep& sweep);

}  // namespace lightloom
