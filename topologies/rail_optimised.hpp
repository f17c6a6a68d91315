// Rail-optimised: in every scalable unit one leaf per GPU index, so that GPUs of one index in different servers are one
// hop apart. Two tiers, or three with spines per rail, as in NVIDIA's DGX SuperPOD reference architecture.
// Not here: NICs with several ports (topologies/multi_plane.hpp), all NICs of a server on one leaf (folded_clos.hpp).
#pragma once

#include <optional>

#include "topologies/topology.hpp"

namespace lightloom {

struct RailParameters {
    std::int64_t servers;          // a multiple of `servers_per_unit`
    std::int64_t gpus_per_server;  // one NIC each: also the number of rails, and of leaves per unit
    std::int64_t servers_per_unit;
    std::int64_t spines;                   // three tiers: a multiple of the groups (below)
    std::int64_t links_per_pair;           // cables between a leaf and each of its spines
    std::int64_t cores = 0;                // 0: two tiers, every leaf to every spine
    std::int64_t links_per_core = 1;       // cables between a spine and each of its cores
    Rate rate;                             // of every port, unless
    std::optional<Rate> uplink_rate = {};  // of leaf-spine cables
    std::optional<Rate> core_rate = {};    // of spine-core cables; else as leaf-spine cables
    std::int64_t units_per_group = 0;      // three tiers: this many units' leaves of a rail share spines; 0: all units'
};

/// Tiers "host-leaf", "leaf-spine" and, with cores, "spine-core". Nodes unit by unit (servers, then a leaf per rail),
/// spines group by group, cores. Three tiers: a group is one rail of `units_per_group` units; the cores of core
/// group j serve spine j of every group. Source of the shape: NVIDIA DGX B200 SuperPOD reference architecture, table of
/// switches and cables per scalable unit.
/// @throws TopologyError for a parameter that is out of range or does not fit the others
Topology rail_optimised(const RailParameters& parameters);

}  // namespace lightloom
