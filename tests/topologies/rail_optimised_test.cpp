// Rail-optimised fabrics against the counts of NVIDIA's reference architecture, and the shape that makes them rails.
#include "topologies/rail_optimised.hpp"

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/routes.hpp"

namespace lightloom {
namespace {

// Units of 2 servers of 2 GPUs: leaf u * 2 + g is that of GPU g in unit u.
RailParameters small() {
    return {.servers = 8, .gpus_per_server = 2, .servers_per_unit = 2, .spines = 2, .links_per_pair = 1, .rate = k400G};
}

// Source: NVIDIA DGX SuperPOD reference architecture (DGX B200), compute fabric: SUs, nodes, GPUs, leaf, spine and core
// switches, cables node-leaf, leaf-spine, spine-core. The switches have 64 ports of 400G.
struct SuperPod {
    std::int64_t units, spines, links_per_pair, cores, links_per_core, units_per_group;
    std::size_t gpus, leaves, node_leaf, leaf_spine, spine_core;
};

class SuperPods : public ::testing::TestWithParam<SuperPod> {};

TEST_P(SuperPods, HaveTheCountsOfTheReferenceArchitecture) {
    const SuperPod& pod = GetParam();
    const Topology t = rail_optimised({.servers = pod.units * 32,
                                       .gpus_per_server = 8,
                                       .servers_per_unit = 32,
                                       .spines = pod.spines,
                                       .links_per_pair = pod.links_per_pair,
                                       .cores = pod.cores,
                                       .links_per_core = pod.links_per_core,
                                       .rate = k400G,
                                       .units_per_group = pod.units_per_group});
    EXPECT_EQ(t.endpoints.size(), pod.gpus);
    EXPECT_EQ(nodes_of(t, NodeKind::leaf), pod.leaves);
    EXPECT_EQ(nodes_of(t, NodeKind::core), static_cast<std::size_t>(pod.cores));
    EXPECT_EQ(cables_of(t, "host-leaf"), pod.node_leaf);
    EXPECT_EQ(cables_of(t, "leaf-spine"), pod.leaf_spine);
    EXPECT_EQ(cables_of(t, "spine-core"), pod.spine_core);
    for (const NodeKind kind : {NodeKind::leaf, NodeKind::spine}) EXPECT_EQ(max_ports(t, kind), 64u);
    EXPECT_EQ(max_ports(t, NodeKind::core), pod.cores == 0 ? 0u : 64u);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SuperPods,
                         ::testing::Values(SuperPod{2, 8, 4, 0, 1, 0, 512, 16, 512, 512, 0},
                                           SuperPod{4, 16, 2, 0, 1, 0, 1024, 32, 1024, 1024, 0},
                                           SuperPod{8, 32, 1, 0, 1, 0, 2048, 64, 2048, 2048, 0},
                                           SuperPod{16, 128, 2, 64, 8, 0, 4096, 128, 4096, 4096, 4096},
                                           SuperPod{64, 512, 1, 256, 4, 32, 16384, 512, 16384, 16384, 16384}));

TEST(RailOptimised, PutsEqualGpusOfAUnitOnOneLeaf) {
    const Topology t = rail_optimised(small());
    for (std::size_t e = 0; e < t.endpoints.size(); ++e) {
        const std::size_t server = e / 2, gpu = e % 2;
        EXPECT_EQ(t.nodes[t.endpoints[e].leaf.value].index, server / 2 * 2 + gpu);
        EXPECT_EQ(t.endpoints[e].down, server % 2);
        EXPECT_EQ(t.nodes[t.endpoints[e].server.value].pod, server / 2);
        EXPECT_EQ(t.nodes[t.endpoints[e].leaf.value].pod, server / 2);
    }
}

TEST(RailOptimised, JoinsRailsAtTheSpinesOfTwoTiersAndAtTheCoresOfThree) {
    const Routes two = equal_cost_routes(rail_optimised(small()));
    EXPECT_EQ(two.sets.size(), 2u * 8) << "a row for all leaves, one for all spines";

    RailParameters p = small();
    p.spines = 4;  // two of each rail
    p.cores = 2;
    const Topology t = rail_optimised(p);
    const Routes three = equal_cost_routes(t);
    const NodeId leaf0 = t.endpoints[0].leaf;
    EXPECT_EQ(three.next_hops(leaf0, 1).count, 2u);
    EXPECT_EQ(three.next_hops(leaf0, 2).count, 2u) << "same rail, next unit: over the rail's two spines";
    std::size_t core_ports = 0;
    for (const Topology::Node& node : t.nodes)
        if (node.kind == NodeKind::core) core_ports += node.ports;
    EXPECT_EQ(core_ports, 4u) << "core j serves spine j of either rail";
}

TEST(RailOptimised, KeepsTheRatesOfItsTiers) {
    RailParameters p = small();
    p.spines = 4;
    p.cores = 2;
    p.uplink_rate = k200G;
    const Topology t = rail_optimised(p);
    EXPECT_EQ(t.tiers[0].rate, k400G);
    EXPECT_EQ(t.tiers[1].rate, k200G);
    EXPECT_EQ(t.tiers[2].rate, k200G) << "as the tier below it, unless said";
}

TEST(RailOptimised, RefusesWhatCannotBe) {
    const auto refusal = [](auto change) {
        RailParameters p = small();
        change(p);
        return refusal_of([&] { rail_optimised(p); });
    };
    const std::string range = ": must be from 1 to 16777216", head = "a rail-optimised fabric of ";
    EXPECT_EQ(refusal([](auto& p) { p.servers = 0; }), head + "0 servers" + range);
    EXPECT_EQ(refusal([](auto& p) { p.gpus_per_server = 0; }), head + "0 GPUs per server" + range);
    EXPECT_EQ(refusal([](auto& p) { p.servers_per_unit = -2; }), head + "-2 servers per unit" + range);
    EXPECT_EQ(refusal([](auto& p) { p.spines = 0; }), head + "0 spines" + range);
    EXPECT_EQ(refusal([](auto& p) { p.links_per_pair = 0; }), head + "0 links per pair" + range);
    EXPECT_EQ(refusal([](auto& p) { p.cores = -1; }), head + "-1 cores: must be from 0 to 16777216");
    EXPECT_EQ(refusal([](auto& p) { p.links_per_core = 0; }), head + "0 links per core" + range);
    EXPECT_EQ(refusal([](auto& p) { p.units_per_group = -1; }),
              head + "-1 units per group: must be from 0 to 16777216");
    EXPECT_EQ(refusal([](auto& p) { p.servers = 7; }),
              "a rail-optimised fabric: 7 servers are not a whole number of units of 2");
    EXPECT_EQ(refusal([](auto& p) { p.units_per_group = 2; }),
              "a rail-optimised fabric: units per group are for three tiers, but there are no cores");
    EXPECT_EQ(refusal([](auto& p) { p.cores = 1, p.units_per_group = 3; }),
              "a rail-optimised fabric: 4 units are not a whole number of groups of 3");
    EXPECT_EQ(refusal([](auto& p) { p.cores = 1, p.spines = 3; }),
              "3 spines cannot be shared out equally among 2 groups of a rail");
    EXPECT_EQ(refusal([](auto& p) { p.cores = 3, p.spines = 4; }),
              "3 cores cannot be shared out equally among 2 spines of a group");
    EXPECT_EQ(refusal([](auto& p) { p.spines = p.links_per_pair = 1 << 24; }),
              "a rail-optimised fabric of more than 16777216 ports is beyond the simulator");
}

}  // namespace
}  // namespace lightloom
