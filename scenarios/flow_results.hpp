// Flow results: how long messages of patterns took, by their size, and how much longer than on an idle fabric.
#pragma once

#include "scenarios/assembly.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// Rows of result.message_sizes for each job of jobs_of() that is a pattern, of a result that has its flows.
void add_flow_results(RunResult& result, const Scenario& scenario, const Plan& plan);

}  // namespace lightloom
