// Next hops in fabrics small enough to know them by heart, and how few rows they are stored in.
#include "topologies/routes.hpp"

#include <gtest/gtest.h>

#include "topologies/builder.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

const Rate k400G = *Rate::from({400'000'000'000});

Topology fabric(std::int64_t leaves, std::int64_t spines, std::int64_t links_per_pair) {
    return leaf_spine({.servers = 2 * leaves,
                       .gpus_per_server = 3,
                       .leaves = leaves,
                       .spines = spines,
                       .links_per_pair = links_per_pair,
                       .rate = k400G});
}

std::vector<std::uint32_t> ports_of(const Routes& routes, NodeId node, std::uint32_t leaf) {
    const Routes::PortSet set = routes.next_hops(node, leaf);
    return {routes.ports.begin() + set.first, routes.ports.begin() + set.first + set.count};
}

std::vector<std::uint32_t> range(std::uint32_t first, std::uint32_t count) {
    std::vector<std::uint32_t> v(count);
    for (std::uint32_t i = 0; i < count; ++i) v[i] = first + i;
    return v;
}

class LeafSpineRoutes : public ::testing::TestWithParam<int> {};

TEST_P(LeafSpineRoutes, GoUpEveryUplinkAndDownEveryCableToTheLeaf) {
    const auto links = static_cast<std::uint32_t>(GetParam());
    constexpr std::uint32_t kLeaves = 5, kSpines = 3, kDown = 6;
    const Topology t = fabric(kLeaves, kSpines, links);
    const Routes routes = equal_cost_routes(t);
    ASSERT_EQ(routes.leaves, kLeaves);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const Topology::Node& node = t.nodes[n];
        if (node.kind == NodeKind::server) {
            EXPECT_EQ(routes.role_of_node[n], UINT32_MAX);
            continue;
        }
        for (std::uint32_t leaf = 0; leaf < kLeaves; ++leaf) {
            if (node.kind == NodeKind::leaf && node.index == leaf) continue;
            EXPECT_EQ(ports_of(routes, NodeId{n}, leaf),
                      node.kind == NodeKind::leaf ? range(kDown, kSpines * links) : range(leaf * links, links))
                << t.node_name(NodeId{n}) << " to leaf " << leaf;
        }
    }
}

TEST_P(LeafSpineRoutes, NeedTwoRoles) {
    const Routes routes = equal_cost_routes(fabric(6, 4, GetParam()));
    EXPECT_EQ(routes.sets.size(), 2u * routes.leaves);
}

INSTANTIATE_TEST_SUITE_P(LinksPerPair, LeafSpineRoutes, ::testing::Values(1, 4));

// server - leaf 0 - spine 0 - spine 1 - leaf 1 - server
TEST(Routes, FollowAChain) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("chain", k400G);
    const NodeId server0 = builder.add_server(1), leaf0 = builder.add_leaf();
    const NodeId server1 = builder.add_server(1), leaf1 = builder.add_leaf();
    const NodeId spine0 = builder.add_spine(), spine1 = builder.add_spine();
    builder.connect(server0, leaf0, tier);
    builder.connect(server1, leaf1, tier);
    builder.connect(leaf0, spine0, tier);
    builder.connect(spine0, spine1, tier);
    builder.connect(leaf1, spine1, tier);
    const Routes routes = equal_cost_routes(builder.build());
    EXPECT_EQ(ports_of(routes, leaf0, 1), range(1, 1));
    EXPECT_EQ(ports_of(routes, leaf1, 0), range(1, 1));
    EXPECT_EQ(ports_of(routes, spine0, 0), range(0, 1));
    EXPECT_EQ(ports_of(routes, spine0, 1), range(1, 1));
    EXPECT_EQ(ports_of(routes, spine1, 0), range(0, 1));
    EXPECT_EQ(ports_of(routes, spine1, 1), range(1, 1));
}

TEST(Routes, PreferTheShorterOfTwoWaysAndSortPorts) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    const NodeId server0 = builder.add_server(1), leaf0 = builder.add_leaf();
    const NodeId server1 = builder.add_server(1), leaf1 = builder.add_leaf();
    const NodeId spine0 = builder.add_spine(), spine1 = builder.add_spine(), spine2 = builder.add_spine();
    builder.connect(server0, leaf0, tier);
    builder.connect(server1, leaf1, tier);
    builder.connect(leaf0, spine0, tier);  // leaf 0: ports 1 and 4 to spine 0, 2 to spine 1, 3 the long way round
    builder.connect(leaf0, spine1, tier);
    builder.connect(leaf0, spine2, tier);
    builder.connect(leaf0, spine0, tier);
    builder.connect(leaf1, spine0, tier);
    builder.connect(leaf1, spine1, tier);
    builder.connect(spine1, spine2, tier);
    const Routes routes = equal_cost_routes(builder.build());
    EXPECT_EQ(ports_of(routes, leaf0, 1), (std::vector<std::uint32_t>{1, 2, 4}));
    EXPECT_EQ(ports_of(routes, spine2, 1), range(1, 1)) << "through spine 1, not back through leaf 0";
}

// Two pods of three leaves and two spines; only the first spine of a pod leads to the other pod.
TEST(Routes, ShareARowAmongTheLeavesOfAPod) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    std::vector<NodeId> leaves;
    for (int i = 0; i < 6; ++i) {
        const NodeId server = builder.add_server(1);
        leaves.push_back(builder.add_leaf());
        builder.connect(server, leaves.back(), tier);
    }
    const NodeId core = builder.add_spine();
    for (std::size_t pod = 0; pod < 2; ++pod) {
        const NodeId out = builder.add_spine(), in = builder.add_spine();
        for (std::size_t i = 3 * pod; i < 3 * pod + 3; ++i) {
            builder.connect(leaves[i], out, tier);
            builder.connect(leaves[i], in, tier);
        }
        builder.connect(out, core, tier);
    }
    const Routes routes = equal_cost_routes(builder.build());
    EXPECT_EQ(ports_of(routes, leaves[3], 4), (std::vector<std::uint32_t>{1, 2})) << "in the pod";
    EXPECT_EQ(ports_of(routes, leaves[3], 2), (std::vector<std::uint32_t>{1})) << "out of it";
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_EQ(routes.role_of_node[leaves[i].value], routes.role_of_node[leaves[i / 3 * 3].value]) << "leaf " << i;
    EXPECT_NE(routes.role_of_node[leaves[3].value], routes.role_of_node[leaves[0].value]);
    EXPECT_EQ(routes.sets.size() / routes.leaves, 7u) << "two kinds of leaf, five spines";
}

TEST(Routes, DoNotLeadThroughServers) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    const NodeId server = builder.add_server(2), leaf0 = builder.add_leaf(), leaf1 = builder.add_leaf();
    builder.connect(server, leaf0, tier);
    builder.connect(server, leaf1, tier);
    const Topology t = builder.build();
    const Routes routes = equal_cost_routes(t);
    EXPECT_EQ(routes.next_hops(leaf0, 1).count, 0u) << "a black hole, as long as nobody asks for it";
    EXPECT_EQ(routes.next_hops(leaf1, 0).count, 0u);
}

// Two leaves under one spine and, through the servers' scale-up ports, nearer to each other by a scale-up node.
TEST(Routes, DoNotLeadThroughScaleUpNodes) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    const NodeId server = builder.add_server(1), leaf0 = builder.add_leaf(), leaf1 = builder.add_leaf();
    const NodeId nvlink = builder.add_scale_up(), spine = builder.add_spine();
    builder.connect(server, leaf0, tier);
    builder.connect(server, nvlink, tier);
    builder.connect(leaf0, spine, tier);
    builder.connect(leaf1, spine, tier);
    const Topology t = builder.build();
    const Routes routes = equal_cost_routes(t);
    EXPECT_EQ(routes.role_of_node[nvlink.value], UINT32_MAX);
    EXPECT_EQ(ports_of(routes, leaf0, 1), std::vector<std::uint32_t>{1});
}

TEST(Routes, RefuseASwitchWithMorePortsThanTheirNumbersReach) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    const NodeId server = builder.add_server(65'536), leaf = builder.add_leaf();
    builder.connect(server, leaf, tier, 65'536);
    const Topology t = builder.build();
    EXPECT_THROW(equal_cost_routes(t), TopologyError);
}

std::vector<CableId> cables_between(const Topology& t, NodeId lower, NodeId upper) {
    std::vector<CableId> found;
    for (std::size_t i = 0; i < t.cables.size(); ++i)
        if (t.ports[t.cables[i].lower.value].node == lower && t.ports[t.cables[i].upper.value].node == upper)
            found.emplace_back(i);
    return found;
}
NodeId node_of(const Topology& t, NodeKind kind, std::uint32_t index) {
    for (std::size_t n = 0; n < t.nodes.size(); ++n)
        if (t.nodes[n].kind == kind && t.nodes[n].index == index) return NodeId{n};
    return {};
}

TEST(RoutesWithoutCables, GoRoundADeadOne) {
    const Topology t = fabric(4, 3, 1);
    const NodeId leaf = node_of(t, NodeKind::leaf, 2), spine = node_of(t, NodeKind::spine, 1);
    const Routes routes = equal_cost_routes_without(t, cables_between(t, leaf, spine));
    EXPECT_EQ(ports_of(routes, leaf, 0), (std::vector<std::uint32_t>{6, 8}));
    EXPECT_EQ(ports_of(routes, node_of(t, NodeKind::leaf, 0), 2), (std::vector<std::uint32_t>{6, 8}));
    EXPECT_EQ(ports_of(routes, node_of(t, NodeKind::leaf, 0), 1), range(6, 3));
    EXPECT_EQ(ports_of(routes, spine, 2), (std::vector<std::uint32_t>{0, 1, 3})) << "by way of another leaf";
    EXPECT_EQ(ports_of(routes, node_of(t, NodeKind::spine, 0), 2), range(2, 1));
}

TEST(RoutesWithoutCables, LeaveALeafThatIsCutOffWithoutAWay) {
    const Topology t = fabric(3, 2, 2);
    const NodeId leaf = node_of(t, NodeKind::leaf, 2);
    std::vector<CableId> dead;
    for (const std::uint32_t spine : {0u, 1u})
        for (const CableId cable : cables_between(t, leaf, node_of(t, NodeKind::spine, spine))) dead.push_back(cable);
    const Routes routes = equal_cost_routes_without(t, dead);
    for (const std::uint32_t other : {0u, 1u}) {
        EXPECT_TRUE(ports_of(routes, leaf, other).empty());
        EXPECT_TRUE(ports_of(routes, node_of(t, NodeKind::leaf, other), 2).empty());
        EXPECT_TRUE(ports_of(routes, node_of(t, NodeKind::spine, other), 2).empty());
        EXPECT_EQ(ports_of(routes, node_of(t, NodeKind::leaf, other), 1 - other), range(6, 4));
    }
}

TEST(RoutesWithoutCables, AreTheWholeOnesIfNoneIsDead) {
    const Topology t = fabric(5, 3, 2);
    const Routes whole = equal_cost_routes(t), same = equal_cost_routes_without(t, {});
    EXPECT_EQ(whole.role_of_node, same.role_of_node);
    EXPECT_EQ(whole.ports, same.ports);
}

// Oracle: a search that knows nothing of words of bits: hops to one leaf at a time by relaxing all cables until nothing
// changes. More than 64 leaves, and switches with more than 64 neighbours; some cables of a random half are dead.
TEST(RoutesWithoutCables, AgreeWithRelaxation) {
    const Topology t = fabric(70, 66, 1);
    std::vector<CableId> dead;
    std::vector<bool> is_dead(t.cables.size());
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < t.cables.size(); ++i) {
        state = state * 1664525u + 1013904223u;
        if (state >> 31 == 0 || t.nodes[t.ports[t.cables[i].lower.value].node.value].kind == NodeKind::server) continue;
        dead.emplace_back(i);
        is_dead[i] = true;
    }
    const Routes routes = equal_cost_routes_without(t, dead);
    for (const std::uint32_t leaf : {0u, 1u, 63u, 64u, 69u}) {
        std::vector<std::uint32_t> hops(t.nodes.size(), 1000);
        hops[node_of(t, NodeKind::leaf, leaf).value] = 0;
        const auto is_open = [&](const Topology::Port& port) {
            return t.nodes[port.node.value].kind != NodeKind::server && !is_dead[port.cable.value] &&
                   t.nodes[t.ports[port.peer.value].node.value].kind != NodeKind::server;
        };
        for (bool changed = true; changed;) {
            changed = false;
            for (const Topology::Port& port : t.ports) {
                const std::uint32_t through = hops[t.ports[port.peer.value].node.value] + 1;
                if (!is_open(port) || through >= hops[port.node.value]) continue;
                hops[port.node.value] = through;
                changed = true;
            }
        }
        for (std::size_t n = 0; n < t.nodes.size(); ++n) {
            if (t.nodes[n].kind == NodeKind::server || hops[n] == 0) continue;
            std::vector<std::uint32_t> expected;
            for (std::uint32_t p = 0; p < t.nodes[n].ports; ++p) {
                const Topology::Port& port = t.ports[t.nodes[n].first_port + p];
                if (is_open(port) && hops[t.ports[port.peer.value].node.value] + 1 == hops[n]) expected.push_back(p);
            }
            ASSERT_EQ(ports_of(routes, NodeId{n}, leaf), expected) << t.node_name(NodeId{n}) << " to leaf " << leaf;
        }
    }
}

TEST(WeightedRoutes, AreEvenInAWholeFabricAndFollowRates) {
    const Topology whole = fabric(4, 3, 2);
    const Routes even = weighted_routes(whole, equal_cost_routes(whole));
    EXPECT_EQ(ports_of(even, node_of(whole, NodeKind::leaf, 0), 1), range(6, 6));
    EXPECT_EQ(even.sets.size() / even.leaves, 2u) << "as few rows as without weights";
    TopologyBuilder builder;
    const std::uint32_t slow = builder.add_tier("slow", k400G),
                        fast = builder.add_tier("fast", *Rate::from({800'000'000'000}));
    const NodeId server0 = builder.add_server(1), leaf0 = builder.add_leaf();
    const NodeId server1 = builder.add_server(1), leaf1 = builder.add_leaf();
    const NodeId spine0 = builder.add_spine(), spine1 = builder.add_spine();
    builder.connect(server0, leaf0, slow);
    builder.connect(server1, leaf1, slow);
    for (const NodeId leaf : {leaf0, leaf1}) builder.connect(leaf, spine0, slow);
    for (const NodeId leaf : {leaf0, leaf1}) builder.connect(leaf, spine1, fast);
    const Topology t = builder.build();
    EXPECT_EQ(ports_of(weighted_routes(t, equal_cost_routes(t)), leaf0, 1), (std::vector<std::uint32_t>{1, 2, 2}));
}

}  // namespace
}  // namespace lightloom
