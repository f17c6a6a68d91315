// PartitionPlan: which partition of the engine owns which node. A plan changes how fast a run is, never its result.
#pragma once

#include <cstdint>
#include <vector>

#include "topologies/topology.hpp"

namespace lightloom {

struct PartitionPlan {
    std::uint32_t partitions = 1;
    std::vector<std::uint16_t> of_node;
};

/// Gives every partition consecutive whole racks (servers that share leaves or scale-up nodes, and those leaves: with
/// rails a scalable unit), balanced by their endpoints, and its share of the switches above them, a pod's spines to
/// those that have the pod. With more partitions than racks the servers are cut instead; with more than servers, some
/// partitions stay empty.
/// @param partitions  in [1, number of nodes]
PartitionPlan plan_partitions(const Topology& topology, std::uint32_t partitions);

}  // namespace lightloom
