// A fabric with short cables inside its racks and long ones between them: threads meet as seldom as the long ones
// allow, and neither length shows in the result. Oracle: tests/support/reference_engine.hpp.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr Duration kNode{nanoseconds(2)}, kShort{nanoseconds(5)}, kLong{nanoseconds(500)};

FabricCase short_racks() {
    const Topology t = leaf_spine(
        {.servers = 16, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 1, .rate = gigabits(400)});
    FabricCase parts(t, permutation(t, Bytes{200'000}, 3), kLong);
    parts.network.nic_latency = parts.network.switch_latency = kNode;
    for (std::size_t cable = 0; cable < t.cables.size(); ++cable)
        if (t.cables[cable].tier == 0) parts.channels[2 * cable].delay = parts.channels[2 * cable + 1].delay = kShort;
    return parts;
}

// The smallest frame is an acknowledgement: 72 bytes with its preamble, 1440 ps at 400 Gb/s; clocks keep fractions.
constexpr Duration kSmallest{1440 - 1};

TEST(TwoLengths, AreTheLeastOfAllChannelsAndOfThoseThatAreCut) {
    const FabricCase parts = short_racks();
    const Fabric fabric(parts.input(2));
    EXPECT_EQ(fabric.lookahead().least, kNode + kShort + kSmallest);
    const PartitionPlan plan = plan_partitions(parts.topology, 2);
    const Fabric::Lookahead cut = fabric.lookahead(plan.of_node);
    EXPECT_EQ(cut.least, kNode + kLong + kSmallest);
    ASSERT_TRUE(cut.port.valid());
    const auto partition = [&](PortId port) { return plan.of_node[parts.topology.ports[port.value].node.value]; };
    EXPECT_NE(partition(cut.port), partition(parts.peer(cut.port)));
    const std::vector<std::uint16_t> together(parts.topology.nodes.size(), 0);
    EXPECT_EQ(fabric.lookahead(together).least.ps, INT64_MAX);
    EXPECT_FALSE(fabric.lookahead(together).port.valid());
}

TEST(TwoLengths, ShortCablesAreTheOnesBelowATarget) {
    const FabricCase parts = short_racks();
    const std::vector<bool> below = Fabric(parts.input(1)).cables_below(kShortestPeriod);
    for (std::size_t cable = 0; cable < below.size(); ++cable)
        EXPECT_EQ(below[cable], parts.topology.cables[cable].tier == 0) << cable;
}

TEST(TwoLengths, BarriersFollowTheLongOne) {
    const FabricCase parts = short_racks();
    const auto simulated = [&](std::uint32_t partitions) {
        Fabric fabric(parts.input(partitions));
        const PartitionPlan plan = plan_partitions(parts.topology, partitions);
        SimulationOptions options;
        options.threads = options.partitions = partitions;
        options.partition_of = plan.of_node;
        return simulate(fabric, options);
    };
    const SimulationOutcome alone = simulated(1), cut = simulated(4);
    EXPECT_EQ(alone.window_length.ps, 1 << 13);
    EXPECT_EQ(alone.period_length.ps, 1 << 13);  // nobody to wait for
    EXPECT_EQ(cut.window_length.ps, 1 << 13);
    EXPECT_EQ(cut.period_length.ps, 1 << 18);
    EXPECT_EQ(cut.events, alone.events);
    EXPECT_LT(cut.windows * 8, alone.windows) << "a barrier in place of up to 32";
}

TEST(TwoLengths, DoNotShowInTheResult) {
    const FabricCase parts = short_racks();
    const std::uint64_t expected = run_on_oracle(parts).fabric.digest();
    for (const std::uint32_t threads : {1u, 2u})
        for (const std::uint32_t partitions : {1u, 2u, 4u, 16u})  // 16: racks are cut, both lengths are short
            for (const std::uint32_t divisor : {1u, 8u})
                EXPECT_EQ(run(parts, {threads, partitions, divisor}).fabric.digest(), expected)
                    << threads << " threads, " << partitions << " partitions, / " << divisor;
}

}  // namespace
}  // namespace lightloom::testing
