#include "topologies/builder.hpp"

namespace lightloom {

TopologyBuilder::TopologyBuilder(const Topology& topology)
    : graph_(graph_of(topology)), tiers_(topology.tiers), circuits_(topology.circuits) {}

std::uint32_t TopologyBuilder::add_tier(std::string name, Rate rate) {
    tiers_.push_back({std::move(name), rate});
    return static_cast<std::uint32_t>(tiers_.size() - 1);
}

NodeId TopologyBuilder::add_server(std::uint32_t gpus, std::uint32_t nics_per_gpu, std::uint32_t pod) {
    return add_node({.kind = NodeKind::server, .gpus = gpus, .nics = nics_per_gpu, .pod = pod});
}
NodeId TopologyBuilder::add_leaf(std::uint32_t pod) {
    return add_node({.kind = NodeKind::leaf, .gpus = 0, .nics = 1, .pod = pod});
}
NodeId TopologyBuilder::add_spine(std::uint32_t pod) {
    return add_node({.kind = NodeKind::spine, .gpus = 0, .nics = 1, .pod = pod});
}
NodeId TopologyBuilder::add_core() {
    return add_node({.kind = NodeKind::core, .gpus = 0, .nics = 1, .pod = Topology::Node::kNoPod});
}
NodeId TopologyBuilder::add_scale_up(std::uint32_t pod) {
    return add_node({.kind = NodeKind::scale_up, .gpus = 0, .nics = 1, .pod = pod});
}

NodeId TopologyBuilder::add_node(const GraphNode& node) {
    const std::size_t vertex = boost::add_vertex(graph_);
    graph_[vertex] = node;
    return NodeId{vertex};
}

void TopologyBuilder::connect(NodeId lower, NodeId upper, std::uint32_t tier, std::uint32_t cables) {
    const std::size_t nodes = boost::num_vertices(graph_);
    if (lower.value >= nodes || upper.value >= nodes)
        throw TopologyError("a cable ends at a node that was never added");
    if (tier >= tiers_.size()) throw TopologyError("a cable is of a tier that was never added");
    for (std::uint32_t i = 0; i < cables; ++i)
        boost::add_edge(lower.value, upper.value, GraphCable{CableId{boost::num_edges(graph_)}, lower, tier}, graph_);
}

void TopologyBuilder::connect_circuit(NodeId lower, NodeId upper, std::uint32_t tier, std::uint32_t state) {
    circuits_.push_back({.cable = CableId{boost::num_edges(graph_)}, .state = state});
    connect(lower, upper, tier);
}

Topology TopologyBuilder::build() const {
    Topology topology = tables_of(graph_, tiers_);
    topology.circuits = circuits_;
    validate(topology);
    return topology;
}

}  // namespace lightloom
