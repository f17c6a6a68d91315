// What a summary says of several jobs, a row each, and of replays' ranks: as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Empty for a scenario that has no [[job]].
std::string job_lines(const Scenario& scenario, const RunResult& result);
std::vector<JsonObject> job_objects(const RunResult& result);

/// When the ranks of each replay were done. Empty where nothing was replayed.
std::string replay_lines(const RunResult& result);
std::vector<JsonObject> replay_objects(const RunResult& result);

}  // namespace lightloom
