// Scale-up racks: servers whose GPUs switches of their own join (NVLink), beside any fabric. An NVL72 is 18 servers of
// 4 GPUs under 18 switches, and each GPU has a port to each of these: 1,296 cables.
// Not here: NVLink inside one server, which takes no cable (models/network/scale_up.hpp).
#pragma once

#include "topologies/topology.hpp"

namespace lightloom {

struct ScaleUpRacks {
    std::int64_t servers;   // of a rack: consecutive ones
    std::int64_t switches;  // of a rack
    Rate rate;              // of each cable
};

/// The same fabric, whose nodes, ports of NICs and cables keep their order, and after it tier "scale-up": rack by rack
/// its switches, and cables GPU by GPU, switch by switch. A GPU's port to switch i of its rack is `scale_up` + i, and
/// every switch has the GPUs of its rack in their order.
/// @throws TopologyError for a parameter that is out of range or does not divide, or if there are such switches already
Topology with_scale_up_racks(const Topology& fabric, const ScaleUpRacks& racks);

}  // namespace lightloom
