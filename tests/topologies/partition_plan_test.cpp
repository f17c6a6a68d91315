// Plans cover every node, balance endpoints and keep racks whole where they can.
#include "topologies/partition_plan.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "topologies/builder.hpp"
#include "topologies/folded_clos.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/rail_optimised.hpp"

namespace lightloom {
namespace {

const Rate k400G = *Rate::from({400'000'000'000});

Topology fabric() {  // 6 racks of 4 servers of 2 GPUs, 6 spines
    return leaf_spine(
        {.servers = 24, .gpus_per_server = 2, .leaves = 6, .spines = 6, .links_per_pair = 1, .rate = k400G});
}

std::vector<int> count(const Topology& t, const PartitionPlan& plan, NodeKind kind) {
    std::vector<int> counts(plan.partitions, 0);
    for (std::size_t n = 0; n < t.nodes.size(); ++n)
        if (t.nodes[n].kind == kind) ++counts.at(plan.of_node[n]);
    return counts;
}

std::size_t racks_cut(const Topology& t, const PartitionPlan& plan) {
    return static_cast<std::size_t>(std::count_if(t.endpoints.begin(), t.endpoints.end(), [&](const auto& endpoint) {
        return plan.of_node[endpoint.server.value] != plan.of_node[endpoint.leaf.value];
    }));
}

TEST(PartitionPlan, OfOneIsEverything) {
    const Topology t = fabric();
    const PartitionPlan plan = plan_partitions(t, 1);
    EXPECT_EQ(plan.of_node, std::vector<std::uint16_t>(t.nodes.size(), 0));
}

TEST(PartitionPlan, GivesWholeRacksAndAShareOfTheSpines) {
    const Topology t = fabric();
    for (const std::uint32_t partitions : {2u, 3u, 6u}) {
        const PartitionPlan plan = plan_partitions(t, partitions);
        const int share = 6 / static_cast<int>(partitions);
        ASSERT_EQ(plan.of_node.size(), t.nodes.size());
        EXPECT_EQ(count(t, plan, NodeKind::server), std::vector<int>(partitions, 4 * share));
        EXPECT_EQ(count(t, plan, NodeKind::leaf), std::vector<int>(partitions, share));
        EXPECT_EQ(count(t, plan, NodeKind::spine), std::vector<int>(partitions, share));
        EXPECT_EQ(racks_cut(t, plan), 0u);
        EXPECT_TRUE(std::is_sorted(plan.of_node.begin(), plan.of_node.end() - 6)) << "racks are consecutive";
    }
}

TEST(PartitionPlan, IsBalancedToARackWhereTheRacksDoNotDivide) {
    const Topology t = fabric();
    const PartitionPlan plan = plan_partitions(t, 4);
    const std::vector<int> servers = count(t, plan, NodeKind::server);
    EXPECT_EQ(*std::min_element(servers.begin(), servers.end()), 4);
    EXPECT_EQ(*std::max_element(servers.begin(), servers.end()), 8);
    EXPECT_EQ(racks_cut(t, plan), 0u);
}

TEST(PartitionPlan, CutsInsideRacksWhenThereAreMorePartitions) {
    const Topology t = fabric();
    const PartitionPlan plan = plan_partitions(t, 12);
    EXPECT_EQ(count(t, plan, NodeKind::server), std::vector<int>(12, 2));
    EXPECT_GT(racks_cut(t, plan), 0u);
}

TEST(PartitionPlan, StaysInRangeUpToOnePartitionPerNode) {
    const Topology t = fabric();
    for (std::uint32_t partitions = 1; partitions <= t.nodes.size(); ++partitions)
        for (const std::uint16_t partition : plan_partitions(t, partitions).of_node) EXPECT_LT(partition, partitions);
}

TEST(PartitionPlan, WeighsRacksByTheirEndpoints) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
    std::vector<NodeId> leaves;
    for (const std::uint32_t gpus : {12u, 4u, 4u, 4u}) {
        const NodeId server = builder.add_server(gpus);
        leaves.push_back(builder.add_leaf());
        builder.connect(server, leaves.back(), tier, gpus);
    }
    leaves.push_back(builder.add_leaf());  // without servers: weighs nothing, belongs somewhere
    const NodeId spine = builder.add_spine();
    for (const NodeId leaf : leaves) builder.connect(leaf, spine, tier);
    const PartitionPlan plan = plan_partitions(builder.build(), 2);
    EXPECT_EQ(plan.of_node, (std::vector<std::uint16_t>{0, 0, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(PartitionPlan, KeepsTheSwitchesOfAPodWithItsServers) {
    const Topology t = folded_clos({.pods = 4,
                                    .leaves_per_pod = 2,
                                    .spines_per_pod = 2,
                                    .cores = 4,
                                    .servers_per_leaf = 2,
                                    .gpus_per_server = 2,
                                    .rate = k400G});
    const PartitionPlan plan = plan_partitions(t, 4);
    for (std::size_t n = 0; n < t.nodes.size(); ++n)
        EXPECT_EQ(plan.of_node[n], t.nodes[n].kind == NodeKind::core ? t.nodes[n].index : t.nodes[n].pod);
}

TEST(PartitionPlan, KeepsTheRailLeavesOfAUnitWithItsServers) {
    const Topology t = rail_optimised(
        {.servers = 8, .gpus_per_server = 4, .servers_per_unit = 2, .spines = 4, .links_per_pair = 1, .rate = k400G});
    const PartitionPlan plan = plan_partitions(t, 4);
    EXPECT_EQ(racks_cut(t, plan), 0u);
    EXPECT_EQ(count(t, plan, NodeKind::leaf), std::vector<int>(4, 4));
    EXPECT_EQ(count(t, plan, NodeKind::spine), std::vector<int>(4, 1));
    for (std::uint32_t partitions = 1; partitions <= t.nodes.size(); ++partitions)
        for (const std::uint16_t partition : plan_partitions(t, partitions).of_node) EXPECT_LT(partition, partitions);
}

}  // namespace
}  // namespace lightloom
