// What a training job did, for the summary of a run and its --json.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/run_result.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Nothing of a workload of another kind.
std::string training_lines(const TrainingFigures& figures);
/// A wait of ranks, per step. @param wait  a Wait   @param worst  endpoint of the rank that waits longest
JsonObject wait_object(std::uint8_t wait, std::int64_t mean_ps, std::int64_t worst_ps, std::uint32_t worst);
/// @pre figures.steps > 0
JsonObject training_object(const TrainingFigures& figures);

}  // namespace lightloom
