// Cables that are down in a run: what they stall, and how soon traffic moves. Oracle: the definitions of detection and
// convergence; a ring loses no more than the outage when nobody reroutes.
#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

RunResult run_with(const std::vector<Override>& overrides) {
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/spine-down.toml", overrides);
    const LoadedScenario& input = loading.loaded.value();
    return run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
}

TEST(DownFaults, StallUntilRoutesFollow) {
    const RunResult whole = run_with({{"fault.0.at", "900s"}});
    const RunResult rerouted = run_with({});
    const RunResult left_alone = run_with({{"routing.failover", "false"}});
    for (const RunResult* result : {&whole, &rerouted, &left_alone}) EXPECT_TRUE(result->complete);
    EXPECT_EQ(whole.summary.frames_lost, 0);
    EXPECT_GT(rerouted.summary.frames_lost, 0);
    EXPECT_GT(left_alone.summary.frames_lost, 2 * rerouted.summary.frames_lost);
    const std::int64_t millisecond = 1'000'000'000;
    EXPECT_GT(rerouted.summary.completion_ps, whole.summary.completion_ps);
    EXPECT_LT(rerouted.summary.completion_ps, whole.summary.completion_ps + millisecond);  // detection and convergence
    EXPECT_GT(left_alone.summary.completion_ps, 3 * millisecond + 500'000'000);            // the spine is back
}

// 250 us and two tries: the flows through the dead spine give up before it is back, and so does the job.
TEST(DownFaults, LongerThanTheRetryBudgetFailFlows) {
    const RunResult failed = run_with({{"transport.retries", "2"}, {"routing.failover", "false"}});
    EXPECT_FALSE(failed.complete);
    EXPECT_EQ(failed.stopped_by, "failure");
    EXPECT_GT(failed.summary.flows_failed, 0);
    const RunResult patient = run_with({{"transport.retries", "20"}, {"routing.failover", "false"}});
    EXPECT_TRUE(patient.complete);
    EXPECT_EQ(patient.summary.flows_failed, 0);
}

}  // namespace
}  // namespace lightloom
