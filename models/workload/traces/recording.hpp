// The other way round: traffic of programs as traces, a node for each task of each rank. Streams become dependencies.
#pragma once

#include <span>
#include <vector>

#include "models/workload/traces/trace.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

struct Recording {
    std::vector<RankTrace> traces;
    std::vector<ProcessGroup> groups;
};

/// The first iteration of every worker, with what jitter and stragglers make of it. All-to-alls in which sizes differ
/// and exchanges of neighbours are written as their messages, all-gathers as what a rank gives, in whole bytes.
/// @param ranks  endpoint of every rank, each with one worker. @throws TraceError: there is no way to write it
Recording recorded(const Traffic& traffic, std::span<const EndpointId> ranks);

}  // namespace lightloom
