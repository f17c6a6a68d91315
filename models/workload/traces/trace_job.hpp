// The traces of all ranks as one job: who is in which group, which collectives belong together, which receive takes
// which message, and an order of all nodes in which nothing comes before what it waits for. What does not fit together
// is refused here, before a run.
//
// The k-th collective of a group at one rank belongs to the k-th at every other, by id; the k-th send from one rank to
// another under a tag to the k-th receive. The order is that of a play in which computation takes its time, on a GPU, a
// processor and a memory of each rank that do one thing at a time, lowest id first, and communication takes none. A
// run keeps to it among the collectives of a group and among the messages from one rank to another, as a communicator
// of NCCL does, so that ranks cannot wait for each other in a circle; all else starts when it may.
// Not here: what it becomes (trace_traffic.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

/// What the size of an all-gather is in a trace: what a rank gives (as ASTRA-sim takes it), or what it has in the end
/// (as nccl-tests does).
enum class AllGatherSize : std::uint8_t { contribution, gathered };

/// recorded: a computation takes as long as the trace says, and by the roofline where it does not; roofline: the other
/// way round.
enum class ComputeTime : std::uint8_t { recorded, roofline };

struct TraceConventions {
    AllGatherSize all_gather = AllGatherSize::contribution;
    std::int64_t element_bytes = 1;  // in which the trace counts sizes
    ComputeTime compute = ComputeTime::recorded;
    double compute_scale = 1.0;                                           // of every duration
    double flops_per_second = 989e12, memory_bytes_per_second = 3.35e12;  // of a GPU, for the roofline
};

struct TraceJob {
    struct Place {
        std::uint32_t trace, node;
    };
    std::vector<RankTrace> traces;
    std::uint32_t ranks = 0;
    bool is_replicated = false;  // all ranks do what the one trace says
    TraceConventions conventions;
    double most_bytes = 0.0;                              // that a rank sends, nearly
    std::int64_t ends_ps = 0;                             // if communication took no time
    std::vector<ProcessGroup> groups;                     // without members: of all ranks
    std::vector<std::vector<std::uint32_t>> group_of;     // by trace and its number of the group
    std::vector<Place> order;                             // every node once
    std::vector<std::vector<std::uint32_t>> received_by;  // by trace and node: of a send, the receiver's node

    /// What the GPU, processor or memory of a rank does: how long.
    std::int64_t duration_ps(const TraceNode& node) const;
    /// In bytes, and of an all-gather what is gathered.
    std::int64_t bytes(const TraceNode& node, std::size_t members) const;
};

/// @param traces    of rank 0, 1, ...
/// @param groups    beside those that the traces describe
/// @param replicas  > 0: so many ranks do what the only trace says, all of them in each group
/// @throws TraceError
TraceJob trace_job(std::vector<RankTrace> traces, std::vector<ProcessGroup> groups, const TraceConventions& conventions,
                   std::uint32_t replicas = 0);

}  // namespace lightloom
