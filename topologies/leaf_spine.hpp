// Leaf-spine: two tiers of switches, every leaf connected to every spine, all NICs of a server to its one leaf.
// Not here: rail-optimised fabrics (topologies/rail_optimised.hpp), pods and cores (topologies/folded_clos.hpp).
#pragma once

#include <optional>

#include "topologies/topology.hpp"

namespace lightloom {

struct LeafSpineParameters {
    std::int64_t servers;          // a multiple of `leaves`: racks are equal
    std::int64_t gpus_per_server;  // one NIC each
    std::int64_t leaves, spines;
    std::int64_t links_per_pair;           // cables between one leaf and one spine
    Rate rate;                             // of every port, unless
    std::optional<Rate> uplink_rate = {};  // of leaf-spine cables
};

/// Tiers "host-leaf" and "leaf-spine". Nodes rack by rack (servers, then their leaf), then the spines; a leaf's ports:
/// down in the order of endpoints, then up spine by spine; a spine's: leaf by leaf.
/// @throws TopologyError for a parameter that is out of range or does not fit the others
Topology leaf_spine(const LeafSpineParameters& parameters);

}  // namespace lightloom
