// TopologyBuilder: how a generator, or a test, says what is connected to what. Nodes get their ids, and the ports of a
// node their order, in the order of the calls: add the servers of a rack, then its leaf, rack by rack, and spines last.
#pragma once

#include "topologies/graph.hpp"
#include "topologies/validation.hpp"

namespace lightloom {

class TopologyBuilder {
public:
    /// @return what connect() calls the tier
    std::uint32_t add_tier(std::string name, Rate rate);

    /// @param gpus  each with a NIC of its own, to be connected once
    NodeId add_server(std::uint32_t gpus);
    NodeId add_leaf();
    NodeId add_spine();

    /// Cables side by side. @param lower  the end nearer to the servers
    void connect(NodeId lower, NodeId upper, std::uint32_t tier, std::uint32_t cables = 1);

    /// @throws TopologyError as validate() does, and if a server has not one cable per GPU
    Topology build() const;

private:
    NodeId add_node(NodeKind kind, std::uint32_t gpus);

    Graph graph_;
    std::vector<Topology::Tier> tiers_;
};

}  // namespace lightloom
