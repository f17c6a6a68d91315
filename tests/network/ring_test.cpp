// Ring all-reduce, through the interface that tools use: a scenario in code, planned and run.
// Oracle: 2 (n - 1) (alpha + S / (n B)) of scenarios/expectation.hpp, a formula that the engine does not use.
#include <cmath>

#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"

namespace lightloom {
namespace {

Scenario ring(std::int64_t ranks, std::int64_t bytes) {  // under one leaf: nothing collides
    Scenario s;
    s.topology.servers = ranks;
    s.topology.gpus_per_server = s.topology.leaves = s.topology.spines = 1;
    s.workload.bytes = {bytes};
    return s;
}

// Relative to the formula.
double deviation(const Scenario& scenario, const RunResult& result) {
    const double expected = expect(scenario, plan(scenario)).ring->completion.seconds();
    return Duration{result.summary.completion_ps}.seconds() / expected - 1.0;
}

using RanksAndBytes = std::tuple<std::int64_t, std::int64_t>;
class RingAllReduce : public ::testing::TestWithParam<RanksAndBytes> {};
INSTANTIATE_TEST_SUITE_P(OneLeaf, RingAllReduce,
                         ::testing::Combine(::testing::Values(8, 64, 256),
                                            ::testing::Values(64 << 10, 1 << 20, 16 << 20)),
                         [](const auto& c) {
                             return std::to_string(std::get<0>(c.param)) + "Ranks" +
                                    std::to_string(std::get<1>(c.param) >> 10) + "KiB";
                         });

TEST_P(RingAllReduce, TakesTheFormulasTime) {
    const Scenario scenario = ring(std::get<0>(GetParam()), std::get<1>(GetParam()));
    const RunResult result = run(scenario, plan(scenario), {}, {});
    ASSERT_TRUE(result.complete);
    EXPECT_LT(std::abs(deviation(scenario, result)), 0.01) << deviation(scenario, result);
    RecordProperty("deviation_ppm", static_cast<int>(std::lround(1e6 * deviation(scenario, result))));
    EXPECT_EQ(result.summary.retransmissions, 0);
    EXPECT_EQ(result.summary.messages_delivered, scenario.topology.servers * 2 * (scenario.topology.servers - 1));
}

TEST(RingAllReduceVariants, AgreeWithTheFormulaToo) {
    Scenario cut_through = ring(8, 1 << 20), bare = ring(8, 1 << 20), repeated = ring(8, 1 << 20),
             ragged = ring(7, 1'000'003);
    cut_through.switches.forwarding = Forwarding::cut_through;
    bare.framing = {.preamble = {0}, .gap = {0}, .header = {64}, .acknowledgement = {64}};
    repeated.workload.iterations = 3;
    for (const Scenario& scenario : {cut_through, bare, repeated, ragged}) {
        const RunResult result = run(scenario, plan(scenario), {}, {});
        EXPECT_LT(std::abs(deviation(scenario, result)), 0.01) << deviation(scenario, result);
    }
}

TEST(RingAllReduceVariants, AWindowBelowTheBandwidthDelayProductIsSlowerByTheFormula) {
    Scenario scenario = ring(8, 16 << 20);
    const Duration with_room = expect(scenario, plan(scenario)).ring->completion;
    for (const std::int64_t window : {2, 4, 8}) {
        scenario.transport.window = window;
        const RunResult result = run(scenario, plan(scenario), {}, {});
        EXPECT_NEAR(deviation(scenario, result), 0.0, 0.01) << window;
        EXPECT_GT(result.summary.completion_ps, with_room.ps * 3 / 2) << window;
    }
}

Scenario flagship() {
    Scenario s;
    s.topology = {.servers = 32, .gpus_per_server = 8, .leaves = 8, .spines = 8, .links_per_pair = 4};
    s.leaf_spine = {.lower_module = "400gbase-dr4",
                    .upper_module = "400gbase-dr4",
                    .length = {Distribution::Kind::uniform, 20.0, 120.0},
                    .connectors = 4,
                    .connector_family = "mpo-apc-low-loss"};
    s.workload.bytes = {1 << 20};
    return s;
}

const RunResult& flagship_result() {
    static const RunResult result = run(flagship(), plan(flagship()), {}, {});
    return result;
}

TEST(RingOverSpines, IsNotFasterThanTheFormula) {
    ASSERT_TRUE(flagship_result().complete);
    EXPECT_GE(deviation(flagship(), flagship_result()), 0.0);
    EXPECT_LT(deviation(flagship(), flagship_result()), 0.5);  // sprayed packets collide, but do not pile up
}

TEST(RingOverSpines, EveryLeafSpineLinkCarriesTraffic) {
    const Topology& topology = flagship_result().topology;
    std::size_t links = 0;
    for (const Topology::Cable& cable : topology.cables) {
        if (topology.tiers[cable.tier].name != "leaf-spine") continue;
        ++links;
        EXPECT_GT(flagship_result().ports.frames_sent[cable.lower.value], 0) << topology.port_name(cable.lower);
        EXPECT_GT(flagship_result().ports.frames_sent[cable.upper.value], 0) << topology.port_name(cable.upper);
    }
    EXPECT_EQ(links, 8u * 8 * 4);
}

TEST(RingOverSpines, EveryRankEndsWithTheSameCount) {
    EXPECT_EQ(flagship_result().collectives.group.size(), 8u);
    for (std::size_t flow = 0; flow < flagship_result().flows.source.size(); ++flow) {
        EXPECT_EQ(flagship_result().flows.messages[flow], 62);
        EXPECT_EQ(flagship_result().flows.packets_delivered[flow], 62 * 8);  // 32 KiB chunks
    }
}

// Packed, three of four hops stay under a leaf; only the last server of a rack sends up.
TEST(RingOverSpines, PackedPlacementKeepsTrafficUnderTheLeaves) {
    Scenario packed = flagship();
    packed.workload.placement = Placement::packed;
    const RunResult result = run(packed, plan(packed), {}, {});
    const auto frames_up = [](const RunResult& r) {
        std::int64_t sum = 0;
        for (const Topology::Cable& cable : r.topology.cables)
            if (r.topology.tiers[cable.tier].name == "leaf-spine") sum += r.ports.frames_sent[cable.lower.value];
        return sum;
    };
    EXPECT_EQ(frames_up(result) * 4, frames_up(flagship_result()));
}

}  // namespace
}  // namespace lightloom
