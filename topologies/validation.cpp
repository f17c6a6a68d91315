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
    std::array<std::uint32_t, 3> seen{};  // of each NodeKind
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

void validate_endpoints(const Topology& t) {
    require(!t.endpoints.empty(), [] { return "the fabric has no server, so nobody to send"; });
    for (std::size_t e = 0; e < t.endpoints.size(); ++e) {
        const Topology::Endpoint& endpoint = t.endpoints[e];
        const auto name = [&] { return "endpoint " + number(e); };
        require(endpoint.nic.value < t.ports.size(), [&] { return name() + " has no NIC"; });
        const Topology::Port& nic = t.ports[endpoint.nic.value];
        require(nic.node == endpoint.server && t.nodes[nic.node.value].kind == NodeKind::server,
                [&] { return name() + ": its NIC is a port of " + t.node_name(nic.node) + ", not of its server"; });
        const NodeId leaf = t.ports[nic.peer.value].node;
        require(t.nodes[leaf.value].kind == NodeKind::leaf,
                [&] { return t.port_name(endpoint.nic) + ": a NIC must be connected to a leaf"; });
        require(endpoint.leaf == leaf && t.nodes[leaf.value].first_port + endpoint.down == nic.peer.value,
                [&] { return name() + " names another port than the one its NIC is connected to"; });
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
    validate_connected(topology);
}

}  // namespace lightloom
