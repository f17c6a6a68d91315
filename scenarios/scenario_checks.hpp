// What the keys of a scenario get wrong together, each being right alone: counts that do not divide, buffers that hold
// no frame, faults that befall nothing, copper longer than it is made, sizes that the engine's tables cannot count.
// Not here: whether the optics close (models/optics says when a run is planned).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/scenario_text.hpp"
#include "scenarios/tiers.hpp"

namespace lightloom {

struct Contradiction {
    std::string key;  // the one that the user would change first
    std::string message, hint;
};

/// @param names     what is known of the modules' cables
/// @param is_sound  whether the key's value could be read; what depends on one that could not is left alone, so that
///                  one mistake is not reported twice
std::vector<Contradiction> contradictions(const Scenario& scenario, const ScenarioNames& names,
                                          const std::function<bool(std::string_view key)>& is_sound);

/// Those of [workload] and [training] only, on GPUs of such a shape. @param has_all_gpus  else a job has some of them
std::vector<Contradiction> workload_contradictions(const Scenario& scenario, const FabricShape& gpus,
                                                   const ScenarioNames& names,
                                                   const std::function<bool(std::string_view key)>& is_sound,
                                                   bool has_all_gpus);

}  // namespace lightloom
