// What a training job did, for the summary of a run and its --json.
#pragma once

#include <string>

#include "scenarios/run_result.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Nothing of a workload of another kind.
std::string training_lines(const TrainingFigures& figures);
/// @pre figures.steps > 0
JsonObject training_object(const TrainingFigures& figures);

}  // namespace lightloom
