// The study of a link that worsens across its cliff (scenarios/studies): each step is of its kind, and the collective's
// tail is longer at each.
#include <gtest/gtest.h>

#include <utility>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

RunResult result_at(const std::string& extra_loss) {
    const std::vector<Override> overrides{{"fault.0.extra_loss", extra_loss}};
    const LoadedScenario input =
        load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/studies/across-the-cliff.toml", overrides).loaded.value();
    return run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
}

RunResult result_when_down() {
    LoadedScenario input =
        load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/studies/across-the-cliff.toml", {}).loaded.value();
    input.scenario.faults[0].kind = FaultKind::down;
    input.scenario.faults[0].extra_loss.reset();
    return run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
}

std::int64_t tail(const RunResult& result) { return result.message_latency.quantile(0.999); }

// Of the bad fibre: cables of copper have error ratios of their own.
double ber(const RunResult& result) { return result.links.pre_fec_ber[result.summary.worst_link]; }

TEST(AcrossTheCliff, CorrectsThenRepeatsThenLosesLockThenFlapsThenIsDown) {
    const RunResult clean = result_at("0dB"), corrected = result_at("5dB"), repeated = result_at("5.5dB"),
                    unlocked = result_at("5.75dB"), flapping = result_at("5.8dB"), down = result_when_down();
    EXPECT_GT(ber(corrected), 10 * ber(clean));
    EXPECT_EQ(corrected.summary.frames_lost, 0);
    EXPECT_EQ(corrected.summary.completion_ps, clean.summary.completion_ps);

    EXPECT_GT(repeated.summary.retransmissions, 0);
    EXPECT_EQ(repeated.summary.lock_losses, 0);

    EXPECT_GT(unlocked.summary.lock_losses, 0);
    EXPECT_EQ(unlocked.summary.flaps, 0);

    EXPECT_GT(flapping.summary.flaps, 0);
    EXPECT_GT(flapping.summary.frames_lost_in_dark, unlocked.summary.frames_lost_in_dark);
    EXPECT_FALSE(down.complete);

    EXPECT_EQ(tail(corrected), tail(clean));
    EXPECT_GT(tail(repeated), 2 * tail(corrected));
    EXPECT_GT(tail(unlocked), tail(repeated));
    EXPECT_GT(tail(flapping), tail(unlocked));
    EXPECT_GT(tail(down), tail(flapping));
    for (const auto& [better, worse] :
         {std::pair(&corrected, &repeated), {&repeated, &unlocked}, {&unlocked, &flapping}, {&flapping, &down}})
        EXPECT_GT(worse->summary.completion_ps, better->summary.completion_ps);
}

}  // namespace
}  // namespace lightloom
