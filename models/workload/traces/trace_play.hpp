// The play that orders the nodes of a job, and finds out whether it can end.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/traces/trace_job.hpp"

namespace lightloom {

/// Simulated time is counted in 64 bits, which 106 days fill; what computes for longer than this was not meant.
inline constexpr std::int64_t kLongestJob_ps = std::int64_t{30} * 86'400 * 1'000'000'000'000;

/// Collectives of several ranks that are one: all of them are over at once.
struct TraceMeeting {
    std::vector<TraceJob::Place> nodes;
};

struct TracePlay {
    std::vector<TraceJob::Place> order;  // every node once, after all that it waits for
    std::int64_t ends_ps = 0;
};

/// @param meetings  every collective of the job in one of them
/// @throws TraceError: some node waits for itself, or ends later than any run
TracePlay play(const TraceJob& job, const std::vector<TraceMeeting>& meetings);

}  // namespace lightloom
