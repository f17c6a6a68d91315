#include "topologies/topology.hpp"

namespace lightloom {
namespace {

const char* kind_name(NodeKind kind) {
    switch (kind) {
        case NodeKind::server: return "server";
        case NodeKind::leaf: return "leaf";
        case NodeKind::spine: return "spine";
        case NodeKind::core: return "core";
        case NodeKind::scale_up: return "scale-up switch";
    }
    return "";
}

}  // namespace

std::string Topology::node_name(NodeId node) const {
    const Node& row = nodes[node.value];
    return std::string(kind_name(row.kind)) + " " + std::to_string(row.index);
}

std::string Topology::port_name(PortId port) const {
    const Port& row = ports[port.value];
    return node_name(row.node) + " port " + std::to_string(port.value - nodes[row.node.value].first_port) + " -> " +
           node_name(ports[row.peer.value].node);
}

}  // namespace lightloom
