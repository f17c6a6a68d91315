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
    try {
        equal_cost_routes(t);
        FAIL() << "accepted";
    } catch (const TopologyError& error) {
        EXPECT_STREQ(error.what(), "leaf 0 cannot reach leaf 1 without a server in between");
    }
}

TEST(Routes, RefuseASwitchWithMorePortsThanTheirNumbersReach) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    const NodeId server = builder.add_server(65'536), leaf = builder.add_leaf();
    builder.connect(server, leaf, tier, 65'536);
    const Topology t = builder.build();
    EXPECT_THROW(equal_cost_routes(t), TopologyError);
}

}  // namespace
}  // namespace lightloom
