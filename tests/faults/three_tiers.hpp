// A small fabric of three tiers with pods, for tests of selections and risk groups. Two pods of two leaves and two
// spines, two cores; two servers under each leaf with two NICs each; two cables from a leaf to each spine of its pod,
// and one from every spine to every core. Cables are numbered leaf by leaf, its hosts' and then its uplinks; last the
// cores'.
#pragma once

#include "topologies/builder.hpp"

namespace lightloom::testing {

inline Topology three_tiers() {
    TopologyBuilder builder;
    const Rate rate = *Rate::from({400'000'000'000});
    const std::uint32_t host_leaf = builder.add_tier("host-leaf", rate), up = builder.add_tier("leaf-spine", rate),
                        top = builder.add_tier("spine-core", rate);
    std::vector<NodeId> servers, leaves, spines, cores;
    for (int leaf = 0; leaf < 4; ++leaf) {
        for (int i = 0; i < 2; ++i) servers.push_back(builder.add_server(2));
        leaves.push_back(builder.add_leaf());
    }
    for (int i = 0; i < 4; ++i) spines.push_back(builder.add_spine());
    for (int i = 0; i < 2; ++i) cores.push_back(builder.add_spine());
    for (std::size_t leaf = 0; leaf < 4; ++leaf) {
        for (std::size_t i = 0; i < 2; ++i) builder.connect(servers[2 * leaf + i], leaves[leaf], host_leaf, 2);
        for (std::size_t i = 0; i < 2; ++i) builder.connect(leaves[leaf], spines[leaf / 2 * 2 + i], up, 2);
    }
    for (const NodeId spine : spines)
        for (const NodeId core : cores) builder.connect(spine, core, top);
    Topology topology = builder.build();
    for (std::size_t i = 0; i < 2; ++i) {
        topology.nodes[cores[i].value].kind = NodeKind::core;
        topology.nodes[cores[i].value].index = static_cast<std::uint32_t>(i);
        topology.nodes[cores[i].value].pod = Topology::Node::kNoPod;
    }
    for (std::size_t i = 4; i < 8; ++i) topology.nodes[servers[i].value].pod = 1;
    for (std::size_t i = 2; i < 4; ++i) topology.nodes[leaves[i].value].pod = topology.nodes[spines[i].value].pod = 1;
    return topology;
}

}  // namespace lightloom::testing
