// What a summary says of several jobs: a row each, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Empty for a scenario that has no [[job]].
std::string job_lines(const Scenario& scenario, const RunResult& result);
std::vector<JsonObject> job_objects(const RunResult::Jobs& jobs);

}  // namespace lightloom
