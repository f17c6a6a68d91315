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

enum class NodeKind : std::uint8_t { server, leaf, spine, core, scale_up };

struct Topology {
    /// A server (with its GPUs and NICs) or a switch. Its ports are [first_port, first_port + ports).
    struct Node {
        NodeKind kind;
        std::uint32_t index;  // among its kind: leaf 3 has index 3
        std::uint32_t first_port;
        std::uint32_t ports;
        std::uint32_t pod = 0;  // unit of locality: pod, segment, scalable unit; of a core switch 0
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
    /// A GPU and its NIC: where messages begin and end.
    struct Endpoint {
        NodeId server;
        PortId nic;          // the server's port
        NodeId leaf;         // the switch its cable ends at
        std::uint32_t down;  // that switch's port, counted from the switch's first
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

    std::string node_name(NodeId node) const;  // "server 12", "leaf 3"
    std::string port_name(PortId port) const;  // "leaf 3 port 7 -> spine 1"
};

}  // namespace lightloom
