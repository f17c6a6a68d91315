// NICs with several ports: each port to another leaf (dual ToR), and each of these leaves, where asked for, to a plane
// of spines of its own, as in Alibaba's HPN (SIGCOMM 2024) or multi-plane fat trees. Planes meet only in the servers.
// Not here: one-port NICs (topologies/rail_optimised.hpp, topologies/folded_clos.hpp).
#pragma once

#include <optional>

#include "topologies/topology.hpp"

namespace lightloom {

struct PlaneParameters {
    std::int64_t segments, servers_per_segment;
    std::int64_t gpus_per_server;
    std::int64_t nics_per_gpu;  // ports of a GPU's NIC
    bool rails;                 // a leaf per GPU index and port; else a leaf per port
    bool planes;                // leaves of port p to the spines of plane p; else one plane for all leaves
    std::int64_t spines_per_plane;
    std::int64_t links_per_pair;           // cables between a leaf and each of its spines
    std::int64_t cores_per_plane = 0;      // 0: two tiers
    std::int64_t links_per_core = 1;       // cables between a spine and each core of its plane
    Rate rate;                             // of one port of a NIC, and of all others, unless
    std::optional<Rate> uplink_rate = {};  // of leaf-spine cables
    std::optional<Rate> core_rate = {};    // of spine-core cables; else as leaf-spine cables
};

/// Tiers "host-leaf", "leaf-spine" and, with cores, "spine-core". Nodes segment by segment (servers, then leaves: by
/// GPU index, then port), spines plane by plane, cores plane by plane.
/// @throws TopologyError for a parameter that is out of range or does not fit the others
Topology multi_plane(const PlaneParameters& parameters);

}  // namespace lightloom
