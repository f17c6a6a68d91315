#include "topologies/topology.hpp"

#include <algorithm>

namespace lightloom {

const char* name_of(NodeKind kind) {
    switch (kind) {
        case NodeKind::server: return "server";
        case NodeKind::leaf: return "leaf";
        case NodeKind::spine: return "spine";
        case NodeKind::core: return "core";
        case NodeKind::scale_up: return "scale-up";
    }
    return "";
}

std::uint32_t max_ports(const Topology& topology, NodeKind kind) {
    std::uint32_t most = 0;
    for (const Topology::Node& node : topology.nodes)
        if (node.kind == kind) most = std::max(most, node.ports);
    return most;
}

bool share_scale_up(const Topology& topology, const Topology::Endpoint& a, const Topology::Endpoint& b) {
    const auto first = [&](const Topology::Endpoint& e) {
        return topology.ports[topology.ports[e.scale_up.value].peer.value].node;
    };
    return a.scale_ups > 0 && b.scale_ups > 0 && first(a) == first(b);
}

Topology::Attachment Topology::attachment(const Endpoint& endpoint, std::uint32_t i) const {
    const PortId nic{std::size_t{endpoint.nic.value} + i};
    const PortId down = ports[nic.value].peer;
    const NodeId leaf = ports[down.value].node;
    return {.nic = nic, .leaf = leaf, .down = down.value - nodes[leaf.value].first_port};
}

std::string Topology::node_name(NodeId node) const {
    const Node& row = nodes[node.value];
    return std::string(name_of(row.kind)) + " " + std::to_string(row.index);
}

std::string Topology::port_name(PortId port) const {
    const Port& row = ports[port.value];
    return node_name(row.node) + " port " + std::to_string(port.value - nodes[row.node.value].first_port) + " -> " +
           node_name(ports[row.peer.value].node);
}

}  // namespace lightloom
