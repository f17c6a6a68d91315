// What scenarios/tutorial/README.md says of its six steps, run as it says them.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

struct Step {
    LoadedScenario input;
    RunResult result;
    double completion_us() const { return static_cast<double>(result.summary.completion_ps) / 1e6; }
};

Step step(const std::string& name, const std::vector<Override>& overrides = {}) {
    LoadedScenario input =
        load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/tutorial/" + name + ".toml", overrides).loaded.value();
    RunResult result = run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
    return {std::move(input), std::move(result)};
}

TEST(Tutorial, ALongerCableTakesTimeAndMargin) {
    const Step near = step("1-a-cable"), far = step("1-a-cable", {{"tier.host-leaf.length", "500m"}});
    const double later_ps = far.result.packet_latency.mean() - near.result.packet_latency.mean();
    EXPECT_NEAR(later_ps / 1e6, 3.9, 0.05);  // 800 m of glass
    EXPECT_NEAR(near.result.summary.worst_margin_db, 2.46, 0.005);
    EXPECT_NEAR(far.result.summary.worst_margin_db, 2.30, 0.005);
}

TEST(Tutorial, PauseKeepsAQueueFromDropping) {
    const Step dropping = step("2-a-queue"), pausing = step("2-a-queue", {{"switch.flow_control", "pause"}});
    EXPECT_EQ(dropping.result.summary.frames_dropped, 1932);
    EXPECT_NEAR(dropping.completion_us(), 905, 1);
    EXPECT_EQ(pausing.result.summary.frames_dropped, 0);
    EXPECT_NEAR(pausing.completion_us(), 173, 1);
}

TEST(Tutorial, SprayingAvoidsTheCollisionsOfEcmp) {
    EXPECT_NEAR(step("3-two-tiers").completion_us(), 68, 1);
    EXPECT_NEAR(step("3-two-tiers", {{"routing.policy", "spray"}}).completion_us(), 26, 1);
}

TEST(Tutorial, ACleanRingTakesWhatExplainWorksOut) {
    const Step ring = step("4-a-collective");
    const Plan prepared = plan(ring.input.scenario, ring.input.context());
    const double ideal_us = expect(ring.input.scenario, prepared).ring->completion.seconds() * 1e6;
    EXPECT_NEAR(ideal_us, 1322, 1);
    EXPECT_NEAR(ring.completion_us() / ideal_us, 1.004, 0.001);
}

TEST(Tutorial, OneDirtyFibrePastItsCliffStopsAll) {
    const Step dirty = step("5-dirt", {{"fault.0.extra_loss", "3dB"}}), dark = step("5-dirt");
    double before = INFINITY;  // copper has no margin
    for (const double margin_db : dark.result.links.margin_db) before = std::fmin(before, margin_db);
    EXPECT_NEAR(before, 1.98, 0.005);
    EXPECT_NEAR(dark.result.links.margin_db[dark.result.summary.worst_link], 4.96, 0.005);
    EXPECT_LT(dark.result.summary.worst_margin_db, 0.0);
    EXPECT_EQ(dirty.result.summary.frames_lost, 0);
    EXPECT_GT(dark.result.summary.lock_losses, 0);
    EXPECT_NEAR(dirty.completion_us(), 1338, 1);
    EXPECT_NEAR(dark.completion_us(), 37'860, 5);
}

TEST(Tutorial, RoutesLeadAroundASpineThatCrashes) {
    const Step led = step("6-failures"), stuck = step("6-failures", {{"routing.failover", "false"}});
    EXPECT_NEAR(led.completion_us(), 1769, 1);
    EXPECT_NEAR(stuck.completion_us(), 3103, 1);
    EXPECT_EQ(led.result.faults.groups_stalled.at(0), 4u);
}

}  // namespace
}  // namespace lightloom
