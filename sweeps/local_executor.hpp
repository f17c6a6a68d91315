// Runs points of a sweep on this machine: each in a process forked from this one (a millisecond, while a new program
// would read the catalogue again, and a thread would take all down with it), as many at once as cores and memory allow.
// A process that is killed takes its children with it. Not here: what a point does (sweeps/point_run.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sweeps/sweep_folder.hpp"

namespace lightloom {

struct LocalLimits {
    unsigned cores = 1;
    unsigned threads = 1;           // of each point
    std::int64_t memory_bytes = 0;  // of all that run at once; 0: eight tenths of what is free
    double seconds = 0.0;           // after which no point is begun; 0: none
    unsigned retries = 0;           // of a point that failed
};

struct SweepProgress {
    std::size_t done = 0, failed = 0, running = 0, total = 0;
    bool elsewhere = false;  // what is left is being run by others, or waits in a queue
};

/// Called some ten times a second; false: give up. What has not ended then is killed and lost, the rest is kept.
using SweepWatcher = std::function<bool(const SweepProgress&)>;

/// Runs those of `points` (rows of the plan) that are not finished. To be called by a process without other threads.
/// @return false if the watcher gave up or the time was over
bool run_locally(const SweepPlan& plan, const std::vector<std::size_t>& points, const SweepFolder& folder,
                 const LocalLimits& limits, const SweepWatcher& watcher);

/// Bytes that processes may take now: what the kernel calls available, and no more than the control group allows.
std::int64_t free_memory();

}  // namespace lightloom
