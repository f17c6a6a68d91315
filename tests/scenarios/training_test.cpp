// Training as a workload of a scenario: what is refused, and what a step is said to take. Oracle: operations on paper.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/training.hpp"

namespace lightloom {
namespace {

const std::string kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/";

Scenario step_scenario(const std::vector<Override>& overrides = {}) {
    return load_scenario(kCatalogue + "training-step.toml", overrides).loaded.value().scenario;
}

RunResult result_of(const Scenario& scenario) { return run(scenario, plan(scenario), {.threads = 1}, nullptr); }

TEST(Training, DataParallelIsWhatIsLeftOfTheGpus) {
    Scenario::Training training;
    training.tensor = 4;
    training.pipeline = 2;
    EXPECT_EQ(training_step(training, 32).parallelism.data, 4);
    EXPECT_TRUE(training_mistakes(training, 32, 1).empty());
    EXPECT_FALSE(training_mistakes(training, 30, 1).empty());
}

TEST(Training, AStepTakesAtLeastItsComputationAndMoreIterationsTakeAsLongEach) {
    const RunResult one = result_of(step_scenario());
    const RunResult::Training& t = one.training;
    ASSERT_EQ(t.steps, 1);
    EXPECT_GT(t.step_ps, t.computing_ps);
    EXPECT_EQ(t.step_ps, one.summary.completion_ps);
    const RunResult two = result_of(step_scenario({{"workload.iterations", "2"}}));
    ASSERT_EQ(two.training.steps, 2);
    EXPECT_NEAR(static_cast<double>(two.training.step_ps), static_cast<double>(t.step_ps),
                0.01 * static_cast<double>(t.step_ps));
}

// Six operations per parameter and token, but for the embedding, which is looked up: 0.53 of 8.03 billion.
TEST(Training, UtilisationIsOfTheModelsOperations) {
    const Scenario scenario = step_scenario();
    const RunResult::Training t = result_of(scenario).training;
    const double seconds = Time{t.step_ps}.seconds(), tokens = 8 * 128;
    EXPECT_NEAR(t.tokens_per_gpu_second, tokens / 32 / seconds, 1e-6 * t.tokens_per_gpu_second);
    const double flops = t.flops_utilisation * training_step(scenario.training, 32).peak_flops() * 32 * seconds;
    EXPECT_NEAR(flops, 6.0 * (8.03e9 - 0.53e9) * tokens, 0.02 * flops);
}

std::string complaints(const std::vector<Override>& overrides) {
    std::string all;
    const ScenarioFiles read = load_scenario(kCatalogue + "training-step.toml", overrides);
    for (const InputError& error : read.errors) all += error.key + ": " + error.message + '\n';
    return all;
}

TEST(Training, RefusesWhatContradicts) {
    const auto expect = [](const std::vector<Override>& overrides, const std::string& what) {
        EXPECT_NE(complaints(overrides).find(what), std::string::npos) << complaints(overrides);
    };
    expect({{"training.in_server", "formula"}, {"training.gpu", "mi300x"}},
           "does not say what the links of mi300x give");
    expect({{"training.stragglers.count", "2"}, {"training.stragglers.share", "0.1"}}, "counted twice");
    expect({{"training.stragglers.count", "33"}}, "training.stragglers.count: 33 stragglers among 32 GPUs");
    expect({{"training.routing", "drawn"}}, "llama3-8b has no experts to draw");
    expect({{"training.expert_skew", "0.5"}}, "experts are loaded evenly");
    expect({{"workload.iterations", "1000000"}, {"training.efficiency", "0.01"}, {"training.sequence", "8192"}},
           "more than 30 days");
    expect({{"training.stragglers.count", "1"},
            {"training.stragglers.slowdown", "1000"},
            {"workload.iterations", "1000000"}},
           "more than 30 days");
    expect({{"workload.channels", "2"}}, "says nothing here");
    expect({{"training.precision", "fp4"}}, "training.precision: h100 does not compute");
    expect({{"training.tensor", "7"}}, "training.tensor: 32 GPUs are no multiple");
    expect({{"checkpoint.every", "2"}}, "no checkpoint falls due in 1 steps");
    expect({{"checkpoint.every", "1"}}, "no server stores the checkpoints");
    expect({{"checkpoint.every", "1"}, {"checkpoint.servers", "8"}}, "8 servers of 8 store, and none trains");
    expect({{"checkpoint.servers", "1"}},
           "checkpoint.servers: 1 servers store checkpoints that nobody writes or reads");
    expect({{"checkpoint.every", "1"}, {"checkpoint.servers", "1"}}, "28 GPUs are no multiple");
    expect({{"checkpoint.every", "1"}, {"checkpoint.servers", "1"}, {"checkpoint.network", "front-end"}},
           "take a front-end network");
}

// Waits and computation of every rank add up to the steps, the last one's drain of the pipeline, too.
TEST(Training, WaitsAddUpToTheStep) {
    const RunResult::Training t = result_of(step_scenario()).training;
    ASSERT_EQ(t.ranks.endpoint.size(), 32u);
    for (std::size_t rank = 0; rank < 32; ++rank) {
        std::int64_t sum = t.ranks.computing_ps[rank];
        for (const auto& column : t.ranks.wait_ps) sum += column[rank];
        EXPECT_NEAR(static_cast<double>(sum), static_cast<double>(t.step_ps),
                    1.0 + static_cast<double>(t.ranks.wait_ps.size()));
    }
    ASSERT_EQ(t.step.duration_ps.size(), 1u);
    EXPECT_EQ(t.step.duration_ps[0], t.step_ps);
    EXPECT_GE(t.straggler_ratio, 1.0);
}

TEST(Training, ReckonsInServersUnlessANetworkJoinsTheirGpus) {
    EXPECT_FALSE(reckons_in_server(step_scenario()));
    EXPECT_TRUE(reckons_in_server(step_scenario({{"training.in_server", "formula"}})));
    EXPECT_TRUE(reckons_in_server(step_scenario({{"scale_up.kind", "none"}})));
    EXPECT_FALSE(reckons_in_server(step_scenario({{"scale_up.kind", "none"}, {"training.gpu", "mi300x"}})));
}

// A smaller model, and two copies of it in place of 32.
TEST(Training, TheStudiedStepRunsInSmall) {
    const LoadedScenario input = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/studies/llama3-70b-1024.toml",
                                               std::vector<Override>{{"training.model", "llama3-8b"},
                                                                     {"topology.servers", "8"},
                                                                     {"topology.servers_per_unit", "8"},
                                                                     {"transport.payload", "64000B"},
                                                                     {"transport.window", "16"}})
                                     .loaded.value();
    const RunResult result = run(input.scenario, plan(input.scenario), {.threads = 2}, nullptr);
    ASSERT_TRUE(result.complete);
    // Six operations a parameter and token, but the embedding's: 8.03 - 0.53 billion; 2 x 4 x 8,192 tokens
    // on 64 GPUs at half of their peak.
    const double computing_s = 6.0 * 7.5e9 * 65'536 / (64 * 0.5 * 989e12);
    EXPECT_GT(static_cast<double>(result.training.step_ps) * 1e-12, computing_s);
    EXPECT_LT(static_cast<double>(result.training.step_ps) * 1e-12, 4.0 * computing_s);
    // A half of each copy's gradients in fp32 and of its parameters in bf16 go over the fabric, and activations between
    // four stages: 8.4 MB a rank, there and back, of four micro-batches.
    const std::int64_t expected = std::int64_t{8'030'000'000} * 6 + std::int64_t{3 * 2 * 4 * 16} * 8192 * 4096 * 2 / 8;
    EXPECT_NEAR(static_cast<double>(result.summary.payload_bytes_delivered), static_cast<double>(expected),
                0.002 * static_cast<double>(expected));
}

TEST(Training, CheckpointsAreToldInARun) {
    const Scenario scenario = load_scenario(kCatalogue + "checkpoint.toml").loaded.value().scenario;
    EXPECT_EQ(training_gpus(scenario), 32);
    const RunResult result = result_of(scenario);
    const TrainingFigures::Checkpoints& c = result.training.checkpoints;
    ASSERT_EQ(c.begin_ps.size(), 1u);
    // 14 bytes of 8.03 billion parameters; 8 NICs of 50 GB/s store them
    EXPECT_NEAR(static_cast<double>(c.bytes), 14 * 8.03e9, 1e-3 * 14 * 8.03e9);
    EXPECT_NEAR(static_cast<double>(c.end_ps[0] - c.begin_ps[0]), 0.281e12, 0.015e12);
    EXPECT_GT(c.slowed_step_ps, c.clean_step_ps);
    EXPECT_GT(c.effective_share, 0.5);
    EXPECT_LT(c.effective_share, 1.0);
    EXPECT_NEAR(c.interruption_s, 50'676 * 3600.0 / 32, 0.001 * c.interruption_s);
}

TEST(Training, NoWorkloadOfAnotherKindHasFiguresOfIt) {
    EXPECT_EQ(result_of(load_scenario(kCatalogue + "pair.toml").loaded.value().scenario).training.steps, 0);
}

}  // namespace
}  // namespace lightloom
