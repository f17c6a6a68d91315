// Aggregation trees: the switches that add up what a group of GPUs sends, from the leaves of their NICs to one root.
// Every GPU's NIC has a cable to its leaf, every switch but the root one to its parent; what the children of a switch
// send is one stream above it, and the root's sum goes down to every child.
//
// Trees keep to the lowest switch that is above all the leaves; those of several groups are spread over such switches
// and over parallel cables by their number. Cables of circuit switches, which are not always lit, are in none.
// Not here: what travels (models/workload/in_network.hpp), what a switch takes to add (models/network).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "topologies/topology.hpp"

namespace lightloom {

struct AggregationTree {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Switch {
        NodeId node;
        std::uint32_t parent = kNone;  // in `switches`; none: the root
        PortId up = {};                // its port towards it
    };
    std::vector<Switch> switches;        // the root first, each after its parent
    std::vector<std::uint32_t> leaf_of;  // by endpoint: in `switches`

    /// Cables from one switch to another.
    std::size_t uplinks() const { return switches.size() - 1; }
};

/// @param nics    the endpoints whose NICs send, in the order of the ranks
/// @param number  of the tree: groups of different numbers take different roots, as far as there are several
/// @throws TopologyError  a NIC has several ports, or no switch is above all leaves by cables that are always lit
AggregationTree aggregation_tree(const Topology& topology, std::span<const EndpointId> nics, std::uint32_t number);

// A switch that adds up is an end of messages, as GPUs are: endpoints' numbers go on with those of the nodes.
inline EndpointId as_endpoint(const Topology& topology, NodeId of_switch) {
    return EndpointId{topology.endpoints.size() + of_switch.value};
}
inline bool is_switch(const Topology& topology, EndpointId end) { return end.value >= topology.endpoints.size(); }
/// A GPU's server, or the switch.
inline NodeId node_of(const Topology& topology, EndpointId end) {
    return is_switch(topology, end) ? NodeId{end.value - topology.endpoints.size()}
                                    : topology.endpoints[end.value].server;
}

}  // namespace lightloom
