// Folded Clos fabrics against the closed forms of Al-Fares et al. (SIGCOMM 2008) for switches of radix r.
#include "topologies/folded_clos.hpp"

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/routes.hpp"

namespace lightloom {
namespace {

ClosParameters full(std::int64_t radix) {
    const std::int64_t half = radix / 2;
    return {.pods = radix,
            .leaves_per_pod = half,
            .spines_per_pod = half,
            .cores = half * half,
            .servers_per_leaf = half,
            .gpus_per_server = 1,
            .rate = k400G};
}

class Radix : public ::testing::TestWithParam<std::int64_t> {};

// Radix 64 is DeepSeek's FT3 row: 65,536 endpoints, 5,120 switches, 131,072 links without those of the hosts.
TEST_P(Radix, OfThreeFullTiersGivesTheClosedForms) {
    const auto r = static_cast<std::size_t>(GetParam());
    const Topology t = folded_clos(full(GetParam()));
    const std::size_t hosts = r * r * r / 4;
    EXPECT_EQ(t.endpoints.size(), hosts);
    EXPECT_EQ(nodes_of(t, NodeKind::leaf), 2 * hosts / r);
    EXPECT_EQ(nodes_of(t, NodeKind::spine), 2 * hosts / r);
    EXPECT_EQ(nodes_of(t, NodeKind::core), hosts / r);
    EXPECT_EQ(t.nodes.size() - hosts, 5 * r * r / 4);
    EXPECT_EQ(t.cables.size() - hosts, 2 * hosts);
    EXPECT_EQ(max_ports(t, NodeKind::leaf), r);
    EXPECT_EQ(max_ports(t, NodeKind::spine), r);
    EXPECT_EQ(max_ports(t, NodeKind::core), r);
}

// Two tiers: r^2/2 endpoints on 3r/2 switches. Radix 64 is DeepSeek's FT2 row: 2,048 endpoints, 96 switches, 2,048
// links.
TEST_P(Radix, OfTwoFullTiersGivesTheClosedForms) {
    const std::int64_t r = GetParam();
    const Topology t = leaf_spine(
        {.servers = r * r / 2, .gpus_per_server = 1, .leaves = r, .spines = r / 2, .links_per_pair = 1, .rate = k400G});
    const auto hosts = static_cast<std::size_t>(r * r / 2);
    EXPECT_EQ(t.endpoints.size(), hosts);
    EXPECT_EQ(t.nodes.size() - hosts, static_cast<std::size_t>(3 * r / 2));
    EXPECT_EQ(t.cables.size() - hosts, hosts);
    EXPECT_EQ(max_ports(t, NodeKind::leaf), static_cast<std::size_t>(r));
    EXPECT_EQ(max_ports(t, NodeKind::spine), static_cast<std::size_t>(r));
}

INSTANTIATE_TEST_SUITE_P(Sizes, Radix, ::testing::Values(4, 8, 16, 64));

TEST(FoldedClos, LiesPodByPodAndEveryPathGoesUpAndDown) {
    const Topology t = folded_clos(full(4));
    EXPECT_EQ(t.node_name(NodeId{std::size_t{0}}), "server 0");
    EXPECT_EQ(t.node_name(NodeId{std::size_t{2}}), "leaf 0");
    EXPECT_EQ(t.node_name(NodeId{std::size_t{6}}), "spine 0");
    EXPECT_EQ(t.node_name(NodeId{std::size_t{8}}), "server 4");
    EXPECT_EQ(t.node_name(NodeId{t.nodes.size() - 1}), "core 3");
    EXPECT_EQ(t.nodes[15].pod, 1u);
    const Routes routes = equal_cost_routes(t);
    EXPECT_EQ(routes.next_hops(NodeId{std::size_t{2}}, 1).count, 2u) << "a leaf of the pod: over either spine";
    EXPECT_EQ(routes.next_hops(NodeId{std::size_t{6}}, 7).count, 2u) << "spine 0 of pod 0: over cores 0 and 1";
    EXPECT_EQ(routes.next_hops(NodeId{t.nodes.size() - 1}, 7).count, 1u) << "core 3: down to one spine of the pod";
}

TEST(FoldedClos, CallsCablesBetweenBuildingsCampus) {
    ClosParameters p = full(4);
    p.buildings = 2;
    const Topology t = folded_clos(p);
    EXPECT_EQ(cables_of(t, "spine-core") + cables_of(t, "campus"), 16u);
    EXPECT_EQ(cables_of(t, "campus"), 8u) << "of either building's pods, every second core is in the other";
    for (const Topology::Cable& cable : t.cables) {
        const Topology::Node& lower = t.nodes[t.ports[cable.lower.value].node.value];
        const Topology::Node& upper = t.nodes[t.ports[cable.upper.value].node.value];
        if (upper.kind != NodeKind::core) continue;
        EXPECT_EQ(t.tiers[cable.tier].name, lower.pod / 2 == upper.index % 2 ? "spine-core" : "campus");
    }
}

TEST(FoldedClos, OfOnePodNeedsNoCores) {
    ClosParameters p = full(4);
    p.pods = 1;
    p.cores = 0;
    EXPECT_EQ(folded_clos(p).tiers.size(), 2u);
}

TEST(FoldedClos, RefusesWhatCannotBe) {
    const auto refusal = [](auto change) {
        ClosParameters p = full(4);
        change(p);
        return refusal_of([&] { folded_clos(p); });
    };
    const std::string range = ": must be from 1 to 16777216";
    EXPECT_EQ(refusal([](auto& p) { p.pods = 0; }), "a folded Clos of 0 pods" + range);
    EXPECT_EQ(refusal([](auto& p) { p.leaves_per_pod = 0; }), "a folded Clos of 0 leaves per pod" + range);
    EXPECT_EQ(refusal([](auto& p) { p.spines_per_pod = 0; }), "a folded Clos of 0 spines per pod" + range);
    EXPECT_EQ(refusal([](auto& p) { p.cores = -1; }), "a folded Clos of -1 cores: must be from 0 to 16777216");
    EXPECT_EQ(refusal([](auto& p) { p.servers_per_leaf = 0; }), "a folded Clos of 0 servers per leaf" + range);
    EXPECT_EQ(refusal([](auto& p) { p.gpus_per_server = 0; }), "a folded Clos of 0 GPUs per server" + range);
    EXPECT_EQ(refusal([](auto& p) { p.leaf_spine_links = 0; }), "a folded Clos of 0 leaf-spine links" + range);
    EXPECT_EQ(refusal([](auto& p) { p.spine_core_links = 0; }), "a folded Clos of 0 spine-core links" + range);
    EXPECT_EQ(refusal([](auto& p) { p.buildings = 0; }), "a folded Clos of 0 buildings" + range);
    EXPECT_EQ(refusal([](auto& p) { p.buildings = 3; }), "4 pods cannot be shared out equally among 3 buildings");
    EXPECT_EQ(refusal([](auto& p) { p.cores = 3; }), "3 cores cannot be shared out equally among 2 spines of a pod");
    EXPECT_EQ(refusal([](auto& p) { p.cores = 0; }), "a folded Clos: 4 pods need cores between them");
    EXPECT_EQ(refusal([](auto& p) { p.pods = p.servers_per_leaf = 1 << 24; }),
              "a folded Clos of more than 16777216 ports is beyond the simulator");
}

}  // namespace
}  // namespace lightloom
