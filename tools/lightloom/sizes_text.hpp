// The sizes of a sweep as nccl-tests prints them, and for scripts. Not here: the runs (scenarios/size_sweep.hpp).
#pragma once

#include <string>
#include <vector>

#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Empty without a sweep. Its rows read back as a table of nccl-tests.
std::string sizes_table(const Scenario& scenario, const RunResult::Sizes& sizes);

std::vector<JsonObject> size_objects(const RunResult::Sizes& sizes);

}  // namespace lightloom
