// What the keys of a scenario get wrong together, each being right alone: counts that do not divide, buffers that hold
// no frame, faults that befall nothing, sizes that the engine's tables cannot count.
// Not here: whether a part fits its use (reach, medium: models/optics says when a run is planned).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace lightloom {

struct Contradiction {
    std::string key;  // the one that the user would change first
    std::string message, hint;
};

/// @param is_sound  whether the key's value could be read; what depends on one that could not is left alone, so that
///                  one mistake is not reported twice
std::vector<Contradiction> contradictions(const Scenario& scenario,
                                          const std::function<bool(std::string_view key)>& is_sound);

}  // namespace lightloom
