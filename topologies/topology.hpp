// Topology: what is connected to what, as tables over ids. Nodes, ports and cables are numbered once, in locality
// order (rack by rack), so that what works together lies together; the ports of a node are consecutive.
// Not here: how a generator builds one (topologies/leaf_spine.hpp), which way packets go (topologies/routes.hpp),
// what a cable is made of (models/optics).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "core/rate.hpp"

namespace lightloom {

/// A leaf has NICs below it, a spine has leaves, a core has spines; a scale-up node is one NVSwitch plane of a rack,
/// and has servers only: packets between racks never pass through one.
enum class NodeKind : std::uint8_t { server, leaf, spine, core, scale_up };
inline constexpr std::size_t kNodeKinds = 5;

struct Topology {
    /// A server (with its GPUs and NICs) or a switch. Its ports are [first_port, first_port + ports).
    struct Node {
        static constexpr std::uint32_t kNoPod = UINT32_MAX;
        NodeKind kind;
        std::uint32_t index;  // among its kind: leaf 3 has index 3
        std::uint32_t first_port;
        std::uint32_t ports;
        std::uint32_t pod = 0;  // unit of locality: pod, segment, scalable unit; kNoPod for what serves several
    };
    /// One end of a cable. As a sender it is one direction: from this node to the peer's.
    struct Port {
        NodeId node;
        PortId peer;
        CableId cable;
    };
    /// Two ports, `lower` being the one nearer to the servers.
    struct Cable {
        PortId lower, upper;
        std::uint32_t tier;  // index into `tiers`
    };
    struct Tier {
        std::string name;  // "host-leaf"
        Rate rate;
    };
    /// A GPU and its NIC: where messages begin and end. A NIC has `nics` ports (two leaves, or planes), [nic, nic +
    /// nics). Where GPUs of several servers have switches of their own, it has ports to those too, one to each.
    struct Endpoint {
        NodeId server;
        PortId nic;          // the server's port
        NodeId leaf;         // the switch its cable ends at
        std::uint32_t down;  // that switch's port, counted from the switch's first
        std::uint32_t nics = 1;
        PortId scale_up = {};  // [scale_up, scale_up + scale_ups)
        std::uint32_t scale_ups = 0;
    };
    /// One port of an endpoint's NIC and where its cable ends, as above.
    struct Attachment {
        PortId nic;
        NodeId leaf;
        std::uint32_t down;
    };
    /// A cable through optical circuit switches: lit only while their schedule is in `state`. When that is, is a matter
    /// of the scenario.
    struct Circuit {
        CableId cable;
        std::uint32_t state;
    };

    std::vector<Node> nodes;
    std::vector<Port> ports;
    std::vector<Cable> cables;
    std::vector<Tier> tiers;
    std::vector<Endpoint> endpoints;  // rack by rack: those of one server are consecutive
    std::vector<Circuit> circuits;    // in ascending order of cables; what is not listed is always lit

    /// @param i  in [0, endpoint.nics)
    Attachment attachment(const Endpoint& endpoint, std::uint32_t i) const;

    std::string node_name(NodeId node) const;  // "server 12", "scale-up 3"
    std::string port_name(PortId port) const;  // "leaf 3 port 7 -> spine 1"
};

/// Do two GPUs meet at the same scale-up nodes?
bool share_scale_up(const Topology& topology, const Topology::Endpoint& a, const Topology::Endpoint& b);

/// As in a node's name: "leaf", "scale-up".
const char* name_of(NodeKind kind);

/// Whether the endpoint's messages pass through such a node on their way to another rack.
constexpr bool forwards(NodeKind kind) { return kind != NodeKind::server && kind != NodeKind::scale_up; }

/// The ports of the node of this kind that has most; 0 if there is none.
std::uint32_t max_ports(const Topology& topology, NodeKind kind);

}  // namespace lightloom
