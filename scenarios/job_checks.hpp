// What the keys of a [[job]] get wrong together, with the fabric, or with other jobs: names and GPUs that two of them
// claim, and whatever is wrong with a [workload] on so many GPUs.
// Not here: keys that belong to other jobs (misplaced(), scenarios/schema.hpp), how jobs are placed
// (models/workload/placement.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "scenarios/scenario_checks.hpp"
#include "scenarios/tiers.hpp"

namespace lightloom {

/// How many GPUs a job takes, of a scenario without contradictions.
std::int64_t gpus_of_job(const Scenario& scenario, std::size_t job, const FabricShape& shape);

/// @param is_sound  as contradictions() has it   @param counts_are_sound  whether the shape may be counted in
std::vector<Contradiction> job_contradictions(const Scenario& scenario, const FabricShape& shape,
                                              const ScenarioNames& names,
                                              const std::function<bool(std::string_view key)>& is_sound,
                                              bool counts_are_sound);

}  // namespace lightloom
