// TopologyBuilder: how a generator, or a test, says what is connected to what. Nodes get their ids, and the ports of a
// node their order, in the order of the calls: add the servers of a rack, then its leaf, rack by rack, then what is
// above.
#pragma once

#include "topologies/graph.hpp"
#include "topologies/validation.hpp"

namespace lightloom {

class TopologyBuilder {
public:
    TopologyBuilder() = default;
    /// Goes on from a topology.
    explicit TopologyBuilder(const Topology& topology);

    /// @return what connect() calls the tier
    std::uint32_t add_tier(std::string name, Rate rate);

    /// @param gpus  each with a NIC of its own
    /// @param nics_per_gpu  ports of each NIC, to be connected once each: GPU by GPU, before any scale-up node
    NodeId add_server(std::uint32_t gpus, std::uint32_t nics_per_gpu = 1, std::uint32_t pod = 0);
    NodeId add_leaf(std::uint32_t pod = 0);
    NodeId add_spine(std::uint32_t pod = 0);
    NodeId add_core();
    NodeId add_scale_up(std::uint32_t pod = 0);

    /// Cables side by side. @param lower  the end nearer to the servers
    void connect(NodeId lower, NodeId upper, std::uint32_t tier, std::uint32_t cables = 1);

    /// One cable that is lit only while the schedule of the optical circuit switches is in `state`.
    void connect_circuit(NodeId lower, NodeId upper, std::uint32_t tier, std::uint32_t state);

    /// @throws TopologyError as validate() does, and if a server has not one cable per port of its NICs
    Topology build() const;

private:
    NodeId add_node(const GraphNode& node);

    Graph graph_;
    std::vector<Topology::Tier> tiers_;
    std::vector<Topology::Circuit> circuits_;
};

}  // namespace lightloom
