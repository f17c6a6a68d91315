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
    const Scenario::Training training{.tensor = 4, .pipeline = 2};
    EXPECT_EQ(training_step(training, 32).parallelism.data, 4);
    EXPECT_TRUE(training_mistakes(training, 32).empty());
    EXPECT_FALSE(training_mistakes(training, 30).empty());
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

TEST(Training, NoWorkloadOfAnotherKindHasFiguresOfIt) {
    EXPECT_EQ(result_of(load_scenario(kCatalogue + "pair.toml").loaded.value().scenario).training.steps, 0);
}

}  // namespace
}  // namespace lightloom
