// Scale-up: what joins GPUs among themselves, beside the fabric. Inside one server: NVLink through the server's own
// switches, taken as one non-blocking crossbar. Every GPU has a port into it, with its own exact clock; a packet is an
// event of the server's own node after that port's serialisation and the latency.
//
// In a rack of several servers: over the topology's scale-up nodes (topologies/scale_up_racks.hpp), which are switches
// like the fabric's, except that they cut through whatever comes, and know of no leaf but one that all of them take
// themselves for: so a frame leaves each by the port that it names. A flow has a pair of ports by each switch
// (models/network/port_pairs.hpp).
// Not here: the walk (models/network/scale_up_walk.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/quantity.hpp"
#include "core/rate.hpp"
#include "core/time.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// Frame::to_leaf of what stays in a rack.
inline constexpr std::uint16_t kScaleUpLeaf = 0xffff;

struct ScaleUpParameters {
    Rate rate_per_gpu;  // one way, inside a server; the topology has that of a rack's cables
    Duration latency;  // from a packet's last bit at one GPU to its effect at another; in a rack of a switch, first bit
    Bytes header{16};  // that a packet carries on it, in place of the fabric's; an answer is a header alone
    bool pxn = false;  // a packet for another rail goes to the GPU on that rail first, and leaves by its NIC
    bool racks = false;  // over scale-up nodes, not inside servers
};

/// How a packet leaves its server.
struct Egress {
    EndpointId nic;      // whose NIC it uses; the destination itself if that is in the same server or rack
    bool over_scale_up;  // it passes the source's scale-up port first
};

/// @param nic_of  per endpoint, whose NIC it uses, of the same server; none: each its own
/// PXN: K. Mahajan et al., NVIDIA, "Doubling all2all performance with NCCL 2.12", 2022: the rail is the destination's
/// place in its server, and the packet leaves by the NIC in the same place of the source's.
Egress egress_of(const Topology& topology, const ScaleUpParameters& scale_up, std::span<const EndpointId> nic_of,
                 EndpointId source, EndpointId destination);

}  // namespace lightloom
