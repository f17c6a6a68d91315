// Graph: a fabric while it is being put together, and whatever Boost.Graph can be asked about one. Vertices are nodes
// and keep their numbers as NodeIds; parallel edges are parallel cables.
// Not here: the tables that a run reads (topologies/topology.hpp), the calls of a generator (topologies/builder.hpp).
#pragma once

#include <boost/graph/adjacency_list.hpp>

#include "topologies/topology.hpp"

namespace lightloom {

struct GraphNode {
    NodeKind kind;
    std::uint32_t gpus;      // of a server, each with a NIC; 0 for a switch
    std::uint32_t nics = 1;  // ports of a NIC, each with a cable of its own
    std::uint32_t pod = 0;
};

struct GraphCable {
    CableId id;
    NodeId lower;  // an undirected edge does not tell which of its ends is nearer to the servers
    std::uint32_t tier;
};

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, GraphNode, GraphCable>;

/// Numbers ports and endpoints: the ports of a node in the order its edges were added, endpoints in that of servers.
/// The cables of a server to scale-up nodes come after those of its NICs; where they can be shared out equally, a GPU
/// has its part of them, GPU by GPU.
/// Does not validate. @throws TopologyError if a server has not one cable per port of a NIC
Topology tables_of(const Graph& graph, std::vector<Topology::Tier> tiers);

/// The inverse of tables_of, except for circuits: one edge per cable, in the order of their ids.
Graph graph_of(const Topology& topology);

}  // namespace lightloom
