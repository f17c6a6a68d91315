// From the keys under [training] to a step of a model, and from a run of it to figures.
#pragma once

#include <string>
#include <vector>

#include "models/workload/training/demand.hpp"
#include "models/workload/training/job.hpp"
#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/scenario_checks.hpp"

namespace lightloom {

/// The step that all GPUs of a fabric take together; data parallel as far as they reach.
/// @param gpus  that a multiple of tensor x context x pipeline makes, else the last ones are left out
TrainingStep training_step(const Scenario::Training& training, std::int64_t gpus);

/// GPUs that train: all but those of servers that store.
std::int64_t training_gpus(const Scenario& scenario);

/// What a job of so many GPUs is beside its steps.
JobOptions job_options(const Scenario& scenario, const Topology& topology, std::int64_t gpus);

/// Whether collectives in a server are reckoned instead of sent.
bool reckons_in_server(const Scenario& scenario);

/// What cannot be of so many steps on so many GPUs; empty: fine.
std::vector<Contradiction> training_mistakes(const Scenario::Training& training, std::int64_t gpus, std::int64_t steps);

/// The traffic of the scenario's job. @param gpus  of the fabric, in the order of their ranks
Traffic training_traffic(const Scenario& scenario, const Topology& topology, Ranks gpus);

/// Share of what GPUs could compute that the model needs (MFU), of steps that take so long.
double flops_utilisation(const Scenario::Training& training, std::int64_t gpus, Duration step_time);

/// Figures of a run that ended.
RunResult::Training training_result(const Scenario& scenario, const Fabric& fabric);

}  // namespace lightloom
