#include "topologies/builder.hpp"

namespace lightloom {

std::uint32_t TopologyBuilder::add_tier(std::string name, Rate rate) {
    tiers_.push_back({std::move(name), rate});
    return static_cast<std::uint32_t>(tiers_.size() - 1);
}

NodeId TopologyBuilder::add_server(std::uint32_t gpus) { return add_node(NodeKind::server, gpus); }
NodeId TopologyBuilder::add_leaf() { return add_node(NodeKind::leaf, 0); }
NodeId TopologyBuilder::add_spine() { return add_node(NodeKind::spine, 0); }

NodeId TopologyBuilder::add_node(NodeKind kind, std::uint32_t gpus) {
    const std::size_t vertex = boost::add_vertex(graph_);
    graph_[vertex] = {kind, gpus};
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

Topology TopologyBuilder::build() const {
    Topology topology = tables_of(graph_, tiers_);
    validate(topology);
    return topology;
}

}  // namespace lightloom
