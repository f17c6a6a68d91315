// The groups of a result file that tell of jobs: /jobs, /message_sizes. Not here: the other groups
// (scenarios/result_groups.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

void write_message_sizes(const hdf5::Group& root, const RunResult::MessageSizes& sizes);
void write_jobs(const hdf5::Group& root, const RunResult::Jobs& jobs);

}  // namespace lightloom
