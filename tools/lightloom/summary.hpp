// The summary of a run: the answer first, then how it was got; as text for people and as one JSON object for scripts.
// Every figure in it is in the result file too. Not here: how figures are computed (scenarios/run_result.hpp).
#pragma once

#include <string>

#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"

namespace lightloom {

/// What a scenario asks, in one line: "all-reduce (ring) of 64 MiB on 256 GPUs, 8 rings of 32".
std::string question(const Scenario& scenario);

/// @param file  where the result was written
std::string summary_text(const Scenario& scenario, const RunResult& result, const std::string& file);

/// One object on one line; its "format_version" rises when a name changes its meaning or goes.
std::string summary_json(const Scenario& scenario, const RunResult& result, const std::string& file);

}  // namespace lightloom
