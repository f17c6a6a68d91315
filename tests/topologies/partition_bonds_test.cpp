// Bonded cables are not cut, unless that would leave nothing to share out: rather there are fewer partitions.
#include "topologies/partition_bonds.hpp"

#include <gtest/gtest.h>

#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

Topology fabric() {  // 6 racks of 4 servers of 2 GPUs, 6 spines
    return leaf_spine({.servers = 24,
                       .gpus_per_server = 2,
                       .leaves = 6,
                       .spines = 6,
                       .links_per_pair = 1,
                       .rate = *Rate::from({400'000'000'000})});
}

bool cuts(const Topology& t, const PartitionPlan& plan, std::size_t cable) {
    return plan.of_node[t.ports[t.cables[cable].lower.value].node.value] !=
           plan.of_node[t.ports[t.cables[cable].upper.value].node.value];
}

std::vector<bool> of_tier(const Topology& t, std::uint32_t tier) {
    std::vector<bool> bonded;
    for (const Topology::Cable& cable : t.cables) bonded.push_back(cable.tier == tier);
    return bonded;
}

TEST(PartitionBonds, WithoutAnyThePlanStays) {
    const Topology t = fabric();
    for (const std::uint32_t partitions : {1u, 2u, 4u, 12u, 30u}) {
        const PartitionPlan plan = plan_partitions(t, partitions);
        EXPECT_EQ(keep_bonds(plan, t, std::vector<bool>(t.cables.size())).of_node, plan.of_node);
    }
}

TEST(PartitionBonds, AreNotCut) {
    const Topology t = fabric();
    const std::vector<bool> racks = of_tier(t, 0);
    PartitionPlan scattered{.partitions = 3, .of_node = {}};
    for (std::size_t node = 0; node < t.nodes.size(); ++node)  // every third server of a rack goes elsewhere
        scattered.of_node.push_back(static_cast<std::uint16_t>((node / 5 + (node % 5 == 2)) % 3));
    const PartitionPlan kept = keep_bonds(scattered, t, racks);
    for (std::size_t cable = 0; cable < t.cables.size(); ++cable) {
        if (racks[cable]) {
            EXPECT_FALSE(cuts(t, kept, cable)) << cable;
        }
    }
    for (std::size_t node = 0; node < 30; ++node) EXPECT_EQ(kept.of_node[node], node / 5 % 3) << "as most of its rack";
    for (std::size_t node = 30; node < t.nodes.size(); ++node) EXPECT_EQ(kept.of_node[node], scattered.of_node[node]);
}

TEST(PartitionBonds, AreCutWhereNothingElseCanBe) {
    const Topology t = fabric();
    const PartitionPlan two = plan_partitions(t, 2);
    EXPECT_EQ(keep_bonds(two, t, std::vector<bool>(t.cables.size(), true)).of_node, two.of_node) << "all are bonded";
    const PartitionPlan twelve = plan_partitions(t, 12);  // a rack would be two fair shares: no more than is allowed
    EXPECT_NE(keep_bonds(twelve, t, of_tier(t, 0)).of_node, twelve.of_node);
}

TEST(PartitionBonds, AreWorthMoreThanPartitions) {
    const Topology t = fabric();
    const PartitionPlan kept = keep_bonds(plan_partitions(t, 20), t, of_tier(t, 0));
    EXPECT_EQ(kept.partitions, 12u);
    for (std::size_t cable = 0; cable < t.cables.size(); ++cable)
        EXPECT_FALSE(t.cables[cable].tier == 0 && cuts(t, kept, cable)) << cable;
}

}  // namespace
}  // namespace lightloom
