// What the keys of a [[fault]] get wrong together, or with the fabric: what is missing, what excludes what, what is not
// there to be selected. Not here: a key that belongs to another kind of fault (misplaced(), scenarios/schema.hpp).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "scenarios/scenario_checks.hpp"
#include "scenarios/tiers.hpp"

namespace lightloom {

/// @param is_sound  as contradictions() has it   @param counts_are_sound  whether the shape may be counted in
std::vector<Contradiction> fault_contradictions(const Scenario& scenario, const FabricShape& shape,
                                                const ScenarioNames& names,
                                                const std::function<bool(std::string_view key)>& is_sound,
                                                bool counts_are_sound);

}  // namespace lightloom
