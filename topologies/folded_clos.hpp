// Folded Clos in pods: racks under one leaf each, spines per pod, cores above the pods; also across buildings.
// Not here: a single tier of spines (topologies/leaf_spine.hpp), rails (topologies/rail_optimised.hpp).
#pragma once

#include <optional>

#include "topologies/topology.hpp"

namespace lightloom {

struct ClosParameters {
    std::int64_t pods, leaves_per_pod, spines_per_pod;
    std::int64_t cores;  // a multiple of spines_per_pod; 0 for a single pod only
    std::int64_t servers_per_leaf;
    std::int64_t gpus_per_server;                             // one NIC each, all to the server's leaf
    std::int64_t leaf_spine_links = 1, spine_core_links = 1;  // cables between a node and each of those above it
    std::int64_t buildings = 1;                               // pods in equal runs, cores round robin
    Rate rate;                                                // of every port, unless
    std::optional<Rate> uplink_rate = {};                     // of leaf-spine cables
    std::optional<Rate> core_rate = {};  // of spine-core and campus cables; else as leaf-spine cables
};

/// Tiers "host-leaf", "leaf-spine", with cores "spine-core", and with several buildings "campus": the spine-core cables
/// whose ends are in different ones. Nodes pod by pod (rack by rack, then the spines), then the cores. The cores are a
/// multiple of a pod's spines: those of core group j serve spine j of every pod.
/// Radix r without oversubscription: r pods, r/2 of everything else, (r/2)^2 cores, r^3/4 NICs, 5r^2/4 switches
/// (Al-Fares et al., A scalable, commodity data center network architecture, SIGCOMM 2008).
/// @throws TopologyError for a parameter that is out of range or does not fit the others
Topology folded_clos(const ClosParameters& parameters);

}  // namespace lightloom
