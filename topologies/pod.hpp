// Pod: racks under one leaf each, every leaf connected to every spine of the pod. The part that folded_clos and
// ocs_pods share. Not here: what joins the pods.
#pragma once

#include "topologies/builder.hpp"

namespace lightloom {

struct PodShape {
    std::int64_t leaves, spines, servers_per_leaf, gpus_per_server, leaf_spine_links;
    std::uint32_t host_leaf, leaf_spine;  // tiers of the builder
};

/// Adds nodes rack by rack, then the spines, and the cables between them. @return the spines
std::vector<NodeId> add_pod(TopologyBuilder& builder, const PodShape& shape, std::uint32_t pod);

}  // namespace lightloom
