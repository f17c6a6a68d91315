// A job of traces as traffic: a worker for every rank, with a program of its own. Collectives of a group are a stream,
// messages from one rank to another are one at either end; every other node is a stream by itself, and computations
// share a unit: the GPU, the processor, the memory.
//
// A message is taken as soon as it comes, in the order in which it was sent, whatever its tag; the receive that it
// belongs to is over when it has come and all that the receive depends on is done. A send is over when the NIC has the
// message, as in a training step (models/workload/training).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/workload/traces/trace_job.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

/// How a trace is run, beside what it says.
struct TraceReplay {
    std::function<Algorithm(Collective)> algorithm_of;
    std::uint32_t channels = 1;
    std::int64_t chunk_bytes = CollectiveCall{}.chunk_bytes;
    std::uint32_t iterations = 1;
    std::vector<std::uint32_t> servers{};  // by rank: which it is in; empty: each in one of its own
};

/// @param ranks  endpoint of every rank of the job
Traffic trace_traffic(const TraceJob& job, std::span<const EndpointId> ranks, const TraceReplay& replay);

}  // namespace lightloom
