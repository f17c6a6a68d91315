// A sweep of sizes, as nccl-tests runs one: the same collective at each size, one after the other. Each size is a run
// of its own on an idle fabric, with the same plant and seeds, so a row is exactly what that size alone would give, and
// `algorithm = "auto"` chooses for each.
#pragma once

#include <vector>

#include "scenarios/assembly.hpp"

namespace lightloom {

/// From the smallest on, each `factor` times the last, as far as workload.bytes, which ends them. One without a sweep.
std::vector<Bytes> sizes_of(const Scenario::Workload& workload);

/// The scenario of one of its sizes alone.
Scenario at_size(const Scenario& scenario, Bytes size);

/// @return what the largest size gave, with a row for each in `sizes`, and a digest of all of theirs
RunResult run_sizes(const Scenario& scenario, const Plan& plan, const RunOptions& options, const Watcher& watcher);

}  // namespace lightloom
