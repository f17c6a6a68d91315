#include "topologies/graph.hpp"

#include <array>

#include "topologies/validation.hpp"

namespace lightloom {
namespace {

void number_ports(const Graph& graph, NodeId node, Topology& t) {
    const auto [begin, end] = boost::out_edges(node.value, graph);
    for (auto edge = begin; edge != end; ++edge) {
        const GraphCable& cable = graph[*edge];
        Topology::Cable& ends = t.cables[cable.id.value];
        (cable.lower == node && !ends.lower.valid() ? ends.lower : ends.upper) = PortId{t.ports.size()};
        ends.tier = cable.tier;
        t.ports.push_back({.node = node, .peer = {}, .cable = cable.id});
    }
}

void join_peers(Topology& t) {
    for (const Topology::Cable& cable : t.cables) {
        t.ports[cable.lower.value].peer = cable.upper;
        t.ports[cable.upper.value].peer = cable.lower;
    }
}

void number_endpoints(Topology& t) {
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const Topology::Node& server = t.nodes[n];
        if (server.kind != NodeKind::server) continue;
        for (std::size_t nic = server.first_port; nic < std::size_t{server.first_port} + server.ports; ++nic) {
            const PortId down = t.ports[nic].peer;
            const NodeId leaf = t.ports[down.value].node;
            t.endpoints.push_back({.server = NodeId{n},
                                   .nic = PortId{nic},
                                   .leaf = leaf,
                                   .down = down.value - t.nodes[leaf.value].first_port});
        }
    }
}

}  // namespace

Topology tables_of(const Graph& graph, std::vector<Topology::Tier> tiers) {
    Topology t;
    t.tiers = std::move(tiers);
    t.nodes.reserve(boost::num_vertices(graph));
    t.ports.reserve(2 * boost::num_edges(graph));
    t.cables.resize(boost::num_edges(graph));

    std::array<std::uint32_t, 3> seen{};  // of each NodeKind
    for (std::size_t n = 0; n < boost::num_vertices(graph); ++n) {
        const GraphNode& node = graph[n];
        const auto degree = static_cast<std::uint32_t>(boost::out_degree(n, graph));
        t.nodes.push_back({.kind = node.kind,
                           .index = seen[static_cast<std::size_t>(node.kind)]++,
                           .first_port = static_cast<std::uint32_t>(t.ports.size()),
                           .ports = degree});
        if (node.kind == NodeKind::server && degree != node.gpus)
            throw TopologyError(t.node_name(NodeId{n}) + " has " + std::to_string(node.gpus) + " GPUs but " +
                                std::to_string(degree) + " cables: each GPU needs a NIC, and each NIC a cable");
        number_ports(graph, NodeId{n}, t);
    }
    join_peers(t);
    number_endpoints(t);
    return t;
}

Graph graph_of(const Topology& topology) {
    Graph graph(topology.nodes.size());
    for (std::size_t n = 0; n < topology.nodes.size(); ++n) {
        const Topology::Node& node = topology.nodes[n];
        graph[n] = {node.kind, node.kind == NodeKind::server ? node.ports : 0};
    }
    for (std::size_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        const NodeId lower = topology.ports[cable.lower.value].node, upper = topology.ports[cable.upper.value].node;
        boost::add_edge(lower.value, upper.value, GraphCable{CableId{c}, lower, cable.tier}, graph);
    }
    return graph;
}

}  // namespace lightloom
