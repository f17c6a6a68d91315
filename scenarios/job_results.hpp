// Job results: what each job of a scenario came to beside the others, and by itself.
#pragma once

#include <functional>

#include "scenarios/assembly.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// A row of result.jobs for each of jobs_of(), of a result that has its flows and collectives.
void add_job_results(RunResult& result, const Scenario& scenario, const Fabric& fabric);

/// Runs each job by itself, on the same plant, with the same faults, in the same place, and with the same numbers of
/// flows, by which switches hash; then fills in how long it took so, and how much longer beside the others.
/// @param goes_on  asked between windows. @return false: it said no, and the rest was left
bool run_jobs_alone(RunResult& result, const Scenario& scenario, const Plan& plan, const RunOptions& options,
                    const std::function<bool()>& goes_on);

}  // namespace lightloom
