// Routes: which ports of a switch lie on a shortest path to a destination leaf. Hosts are offsets behind their leaf, so
// there is one row per (role, leaf), and switches whose rows agree share a role: 65,536 hosts need two rows, not 3e8.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "topologies/topology.hpp"

namespace lightloom {

struct Routes {
    /// Equal-cost next hops: ports[first .. first + count), counted from the switch's first port.
    struct PortSet {
        std::uint32_t first;
        std::uint32_t count;
    };

    std::uint32_t leaves = 0;                 // columns of `sets`; a leaf's column is its Topology::Node::index
    std::vector<std::uint32_t> role_of_node;  // UINT32_MAX for what does not forward
    std::vector<PortSet> sets;                // [role * leaves + leaf]; a leaf never reads its own column
    std::vector<std::uint16_t> ports;

    const PortSet& next_hops(NodeId node, std::uint32_t leaf) const {
        return sets[std::size_t{role_of_node[node.value]} * leaves + leaf];
    }
};

/// Shortest-path next hops from every switch to every leaf, over the switches alone: neither servers nor scale-up nodes
/// pass on what is not theirs. What cannot be reached so, as a leaf of another plane, has an empty set.
/// @throws TopologyError if some switch has more than 65,535 ports
Routes equal_cost_routes(const Topology& topology);

/// The same without some cables.
Routes equal_cost_routes_without(const Topology& topology, std::span<const CableId> dead);

/// The same sets with ports repeated, so that one of a set drawn evenly is drawn by capacity. A port weighs its rate,
/// times the part that the switch behind it could pass on towards the leaf if all cables that lead to that switch on
/// shortest paths were full. A set's heaviest port stands in it 8 times at most, its lightest once at least.
/// Source: Zhou et al., "WCMP: weighted cost multipathing for improved fairness in data centers", EuroSys 2014.
Routes weighted_routes(const Topology& topology, const Routes& routes);

}  // namespace lightloom
