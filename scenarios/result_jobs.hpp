// The groups of a result file that tell of jobs: /jobs, /job_waits, /replay_ranks, /message_sizes. Not here: the others
// (scenarios/result_groups.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

void write_message_sizes(const hdf5::Group& root, const RunResult::MessageSizes& sizes);
void write_jobs(const hdf5::Group& root, const RunResult::Jobs& jobs);
void write_job_waits(const hdf5::Group& root, const JobWaits& waits);
void write_replay_ranks(const hdf5::Group& root, const ReplayRanks& ranks);

}  // namespace lightloom
