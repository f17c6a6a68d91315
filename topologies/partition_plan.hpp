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

/// Cuts every tier of nodes into equal consecutive ranges, so that a rack stays whole where it can and every partition
/// holds the same share of each kind. @param partitions in [1, number of nodes]
PartitionPlan plan_partitions(const Topology& topology, std::uint32_t partitions);

}  // namespace lightloom
