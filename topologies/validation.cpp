#include "topologies/validation.hpp"

#include <array>

#include <boost/graph/connected_components.hpp>

#include "topologies/graph.hpp"

namespace lightloom {
namespace {

void require(bool holds, const auto& sentence) {
    if (!holds) throw TopologyError(sentence());
}

std::string number(std::size_t n) { return std::to_string(n); }

// First of all: every later sentence names nodes and ports through these two tables.
void validate_nodes(const Topology& t) {
    std::array<std::uint32_t, kNodeKinds> seen{};  // of each NodeKind
    std::size_t next_port = 0;
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const Topology::Node& node = t.nodes[n];
        const std::string name = t.node_name(NodeId{n});
        require(node.index == seen[static_cast<std::size_t>(node.kind)]++,
                [&] { return "node " + number(n) + " is called " + name + ", which is not the next of its kind"; });
        require(node.first_port == next_port, [&] {
            return name + " has its first port at " + number(node.first_port) + ", but the ports before it end at " +
                   number(next_port);
        });
        require(node.ports > 0, [&] { return name + " has no cable"; });
        next_port += node.ports;
    }
    require(next_port == t.ports.size(),
            [&] { return "the nodes have " + number(next_port) + " ports, but there are " + number(t.ports.size()); });
}

void validate_port(const Topology& t, PortId id) {
    const Topology::Port& port = t.ports[id.value];
    require(port.peer.value < t.ports.size() && port.cable.value < t.cables.size(),
            [&] { return "port " + number(id.value) + " of the fabric is not connected"; });
    require(t.ports[port.peer.value].peer == id,
            [&] { return t.port_name(id) + ": the port at the other end has another peer"; });
    require(t.ports[port.peer.value].node != port.node,
            [&] { return t.port_name(id) + ": a cable from a node to itself"; });
    const Topology::Cable& cable = t.cables[port.cable.value];
    require((cable.lower == id && cable.upper == port.peer) || (cable.upper == id && cable.lower == port.peer),
            [&] { return t.port_name(id) + ": cable " + number(port.cable.value) + " has other ends"; });
    require(cable.tier < t.tiers.size(), [&] { return t.port_name(id) + ": its cable is of no known tier"; });
}

void validate_ports(const Topology& t) {
    for (std::size_t n = 0; n < t.nodes.size(); ++n)
        for (std::size_t p = t.nodes[n].first_port; p < std::size_t{t.nodes[n].first_port} + t.nodes[n].ports; ++p)
            require(t.ports[p].node == NodeId{n}, [&] {
                return "port " + number(p) + " lies among those of " + t.node_name(NodeId{n}) +
                       " but belongs elsewhere";
            });
    for (std::size_t p = 0; p < t.ports.size(); ++p) validate_port(t, PortId{p});
    require(t.ports.size() == 2 * t.cables.size(),
            [&] { return number(t.cables.size()) + " cables have " + number(t.ports.size()) + " ends"; });
}

void validate_nic_port(const Topology& t, const Topology::Endpoint& endpoint, std::uint32_t i, const auto& name) {
    const std::size_t port = std::size_t{endpoint.nic.value} + i;
    require(port < t.ports.size(), [&] { return name() + " has no NIC"; });
    const Topology::Port& nic = t.ports[port];
    require(nic.node == endpoint.server && t.nodes[nic.node.value].kind == NodeKind::server,
            [&] { return name() + ": its NIC is a port of " + t.node_name(nic.node) + ", not of its server"; });
    require(t.nodes[t.ports[nic.peer.value].node.value].kind == NodeKind::leaf,
            [&] { return t.port_name(PortId{port}) + ": a NIC must be connected to a leaf"; });
}

void validate_endpoints(const Topology& t) {
    require(!t.endpoints.empty(), [] { return "the fabric has no server, so nobody to send"; });
    std::size_t ports = 0;  // of the servers, that belong to an endpoint
    for (std::size_t e = 0; e < t.endpoints.size(); ++e) {
        const Topology::Endpoint& endpoint = t.endpoints[e];
        const auto name = [&] { return "endpoint " + number(e); };
        require(endpoint.nics > 0, [&] { return name() + " has no NIC"; });
        for (std::uint32_t i = 0; i < endpoint.nics; ++i) validate_nic_port(t, endpoint, i, name);
        ports += endpoint.nics;
        const Topology::Attachment first = t.attachment(endpoint, 0);
        require(endpoint.leaf == first.leaf && endpoint.down == first.down,
                [&] { return name() + " names another port than the one its NIC is connected to"; });
        if (e == 0) continue;
        const Topology::Endpoint& before = t.endpoints[e - 1];
        require(before.nic.value + before.nics <= endpoint.nic.value,
                [&] { return name() + " has a NIC that lies among the ports of the endpoint before it"; });
    }
    for (const Topology::Cable& cable : t.cables)
        ports -= t.nodes[t.ports[cable.lower.value].node.value].kind == NodeKind::server &&
                 t.nodes[t.ports[cable.upper.value].node.value].kind != NodeKind::scale_up;
    require(ports == 0, [] { return "some server's port is no endpoint's NIC"; });
}

void validate_scale_up(const Topology& t) {
    for (std::size_t p = 0; p < t.ports.size(); ++p) {
        const NodeKind peer = t.nodes[t.ports[t.ports[p].peer.value].node.value].kind;
        require(t.nodes[t.ports[p].node.value].kind != NodeKind::scale_up || peer == NodeKind::server,
                [&] { return t.port_name(PortId{p}) + ": a scale-up node must be connected to servers only"; });
    }
}

void validate_circuits(const Topology& t) {
    for (std::size_t c = 0; c < t.circuits.size(); ++c) {
        require(t.circuits[c].cable.value < t.cables.size(),
                [&] { return "circuit " + number(c) + " is of a cable that does not exist"; });
        require(c == 0 || t.circuits[c - 1].cable < t.circuits[c].cable,
                [&] { return "circuit " + number(c) + " is not in the order of the cables"; });
    }
}

void validate_connected(const Topology& t) {
    std::vector<std::uint32_t> component(t.nodes.size());
    if (boost::connected_components(graph_of(t), component.data()) == 1) return;
    for (std::size_t n = 1; n < component.size(); ++n)
        require(component[n] == component[0], [&] {
            return "there is no path from " + t.node_name(NodeId{std::size_t{0}}) + " to " + t.node_name(NodeId{n});
        });
}

}  // namespace

void validate(const Topology& topology) {
    validate_nodes(topology);
    validate_ports(topology);
    validate_endpoints(topology);
    validate_scale_up(topology);
    validate_circuits(topology);
    validate_connected(topology);
}

}  // namespace lightloom
