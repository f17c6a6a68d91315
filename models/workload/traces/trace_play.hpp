// The play that orders the nodes of a job, and finds out whether it can end.
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/traces/trace_job.hpp"

namespace lightloom {

/// Collectives of several ranks that are one: all of them are over at once.
struct TraceMeeting {
    std::vector<TraceJob::Place> nodes;
};

/// @param meetings  every collective of the job in one of them
/// @return every node once, after all that it waits for. @throws TraceError: some node waits for itself
std::vector<TraceJob::Place> play(const TraceJob& job, const std::vector<TraceMeeting>& meetings);

}  // namespace lightloom
