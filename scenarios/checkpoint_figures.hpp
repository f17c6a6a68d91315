// From a run with checkpoints to what they cost: bursts, the steps that met them, and how often to write.
#pragma once

#include "scenarios/scenario.hpp"
#include "scenarios/scenario_checks.hpp"
#include "scenarios/training_figures.hpp"

namespace lightloom {

class Fabric;

/// Endpoints that store checkpoints on the fabric: those of its last servers.
std::int64_t storing_endpoints(const ScenarioCheckpoint& checkpoint, std::int64_t gpus_per_server);

/// What cannot be of checkpoints on such a fabric; empty: fine.
std::vector<Contradiction> checkpoint_mistakes(const Scenario& scenario);

/// @param figures  of a run that ended, with its steps
void add_checkpoints(TrainingFigures& figures, const Fabric& fabric, const Scenario& scenario,
                     const TrainingStep& step);

}  // namespace lightloom
