// What a training job did, for the summary of a run and its --json.
#pragma once

#include <cstddef>
#include <string>

#include "scenarios/run_result.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Nothing of a workload of another kind.
std::string training_lines(const TrainingFigures& figures);
/// What ranks wait for in a step: a row of such.
JsonObject wait_object(const TrainingFigures::Exposed& exposed, std::size_t row);
/// @pre figures.steps > 0
JsonObject training_object(const TrainingFigures& figures);

}  // namespace lightloom
