// A circuit that is lost: what crosses it then is lost in the dark, nothing else is, and its flows go on by others.
// Oracles: the same run without the fault; a circuit that no traffic crosses.
#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

RunResult run_with(const std::vector<Override>& overrides, const RunOptions& how = {}) {
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/lost-circuit.toml", overrides);
    const LoadedScenario& input = loading.loaded.value();
    return run(input.scenario, plan(input.scenario, input.context()), how, nullptr);
}

TEST(CircuitLoss, LosesWhatCrossesTheCircuitAndDelaysIt) {
    const RunResult lost = run_with({}), never = run_with({{"fault.0.at", "1s"}});
    ASSERT_TRUE(lost.complete);
    ASSERT_TRUE(never.complete);
    EXPECT_EQ(never.summary.frames_lost, 0);
    EXPECT_EQ(lost.faults.kind.at(0), "circuit-loss");
    EXPECT_EQ(lost.faults.cables[0], 4u);
    EXPECT_EQ(lost.faults.from_ps[0], 20'000'000);
    EXPECT_EQ(lost.faults.to_ps[0], 520'000'000);
    EXPECT_GT(lost.faults.frames_lost[0], 0);
    EXPECT_EQ(lost.faults.frames_lost[0], lost.summary.frames_lost_in_dark);
    EXPECT_EQ(lost.summary.frames_lost, lost.summary.frames_lost_in_dark);
    EXPECT_GT(lost.faults.flows_stalled[0], 0u);
    EXPECT_GT(lost.summary.completion_ps, never.summary.completion_ps);
    EXPECT_EQ(lost.faults.to_detect_ps[0], 20'000'000);
    for (std::size_t port = 0; port < lost.ports.frames_lost.size(); ++port) {
        const PortId id{port};
        const auto& cable = lost.topology.cables[lost.topology.ports[port].cable.value];
        if (lost.topology.tiers[cable.tier].name == "circuit") continue;
        EXPECT_EQ(lost.ports.frames_lost[port], 0) << lost.topology.port_name(id);
    }
}

TEST(CircuitLoss, WithoutFailoverLosesMore) {
    EXPECT_GT(run_with({{"routing.failover", "false"}}).summary.frames_lost_in_dark,
              run_with({}).summary.frames_lost_in_dark);
}

}  // namespace
}  // namespace lightloom
