// What faults did to a run, for the summary: a line for each, and the same as JSON.
#pragma once

#include <string>
#include <vector>

#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// A line per fault, counted as in `--set fault.0...`; empty without faults.
std::string fault_lines(const Scenario& scenario, const RunResult& result);

/// One object per fault; what there is nothing to say of is null.
std::vector<JsonObject> fault_objects(const RunResult::Faults& faults);

}  // namespace lightloom
