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

std::uint32_t cables_to_scale_up(const Graph& graph, std::size_t server) {
    std::uint32_t count = 0;
    const auto [begin, end] = boost::out_edges(server, graph);
    for (auto edge = begin; edge != end; ++edge) count += graph[boost::target(*edge, graph)].kind == NodeKind::scale_up;
    return count;
}

void require_a_cable_per_nic(const std::string& name, const GraphNode& server, std::uint32_t cables) {
    if (server.gpus > 0 && server.nics == 0) throw TopologyError(name + " has NICs without a port");
    if (cables == std::uint64_t{server.gpus} * server.nics) return;
    if (server.nics == 1)
        throw TopologyError(name + " has " + std::to_string(server.gpus) + " GPUs but " + std::to_string(cables) +
                            " cables: each GPU needs a NIC, and each NIC a cable");
    throw TopologyError(name + " has " + std::to_string(server.gpus) + " GPUs with " + std::to_string(server.nics) +
                        " NIC ports each but " + std::to_string(cables) + " cables: each port of a NIC needs a cable");
}

void number_endpoints(const Graph& graph, Topology& t) {
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const Topology::Node& server = t.nodes[n];
        if (server.kind != NodeKind::server) continue;
        const std::uint32_t gpus = graph[n].gpus, nics = graph[n].nics, scale_up = server.ports - gpus * nics;
        for (std::uint32_t gpu = 0; gpu < gpus; ++gpu) {
            const PortId nic{std::size_t{server.first_port} + gpu * nics};
            t.endpoints.push_back({.server = NodeId{n}, .nic = nic, .leaf = {}, .down = 0, .nics = nics});
            Topology::Endpoint& endpoint = t.endpoints.back();
            const Topology::Attachment first = t.attachment(endpoint, 0);
            endpoint.leaf = first.leaf;
            endpoint.down = first.down;
            if (scale_up == 0 || scale_up % gpus != 0) continue;
            endpoint.scale_ups = scale_up / gpus;
            endpoint.scale_up = PortId{std::size_t{server.first_port} + gpus * nics + gpu * endpoint.scale_ups};
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

    std::array<std::uint32_t, kNodeKinds> seen{};  // of each NodeKind
    for (std::size_t n = 0; n < boost::num_vertices(graph); ++n) {
        const GraphNode& node = graph[n];
        const auto degree = static_cast<std::uint32_t>(boost::out_degree(n, graph));
        t.nodes.push_back({.kind = node.kind,
                           .index = seen[static_cast<std::size_t>(node.kind)]++,
                           .first_port = static_cast<std::uint32_t>(t.ports.size()),
                           .ports = degree,
                           .pod = node.pod});
        if (node.kind == NodeKind::server)
            require_a_cable_per_nic(t.node_name(NodeId{n}), node, degree - cables_to_scale_up(graph, n));
        number_ports(graph, NodeId{n}, t);
    }
    join_peers(t);
    number_endpoints(graph, t);
    return t;
}

Graph graph_of(const Topology& topology) {
    Graph graph(topology.nodes.size());
    for (std::size_t n = 0; n < topology.nodes.size(); ++n) {
        const Topology::Node& node = topology.nodes[n];
        graph[n] = {.kind = node.kind, .gpus = 0, .nics = 1, .pod = node.pod};
    }
    for (const Topology::Endpoint& endpoint : topology.endpoints) {
        ++graph[endpoint.server.value].gpus;
        graph[endpoint.server.value].nics = endpoint.nics;
    }
    for (std::size_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        const NodeId lower = topology.ports[cable.lower.value].node, upper = topology.ports[cable.upper.value].node;
        boost::add_edge(lower.value, upper.value, GraphCable{CableId{c}, lower, cable.tier}, graph);
    }
    return graph;
}

}  // namespace lightloom
