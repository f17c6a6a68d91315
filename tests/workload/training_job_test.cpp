// Training steps as traffic: every rank ends its steps whatever order messages come in, and what is sent is what the
// formulas say. Oracle: the stage's program, task by task, with each collective's textbook bytes.
#include "models/workload/training/job.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

#include "models/workload/collectives/bus_bandwidth.hpp"
#include "tests/workload/free_network.hpp"

namespace lightloom {
namespace {

TrainingStep small(Parallelism cut) {
    TrainingStep step{.parallelism = cut};
    step.model = *TrainingCatalogue::built_in().model("llama3-8b");
    step.gpu = *TrainingCatalogue::built_in().gpu("h100");
    step.sequence = 2048;
    return step;
}

std::vector<EndpointId> endpoints(std::int64_t n) {
    std::vector<EndpointId> all;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) all.push_back(EndpointId{i});
    return all;
}

std::vector<TrainingStep> steps() {
    return {small({.tensor = 2, .data = 2, .pipeline = 2, .micro_batches = 3}),
            small({.tensor = 1, .data = 4, .pipeline = 1, .micro_batches = 2, .sharding = Sharding::parameters}),
            small({.tensor = 1, .context = 2, .data = 1, .pipeline = 4, .micro_batches = 4, .virtual_stages = 2}),
            small({.tensor = 2, .data = 3, .pipeline = 2, .micro_batches = 2, .sharding = Sharding::none})};
}

TEST(TrainingJob, EveryRankEndsItsSteps) {
    for (const TrainingStep& step : steps()) {
        ASSERT_TRUE(mistakes(step).empty()) << mistakes(step).front().message;
        const std::int64_t ranks = step.parallelism.ranks();
        const Traffic traffic = training_traffic(step, endpoints(ranks), 2);
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            Network network(traffic, seed);
            network.run();
            EXPECT_EQ(network.done.size(), static_cast<std::size_t>(ranks));
            EXPECT_EQ(network.iterations.size(), static_cast<std::size_t>(2 * ranks));
        }
    }
}

/// Bytes that all ranks of a group send together in a collective of S bytes.
std::int64_t sent_together(const StageTask& task, std::int64_t ranks) {
    switch (task.collective) {
        case Collective::all_reduce: return 2 * (ranks - 1) * task.bytes;
        case Collective::all_gather:
        case Collective::reduce_scatter: return (ranks - 1) * task.bytes;
        case Collective::all_to_all: return (ranks - 1) * task.bytes;
        default: ADD_FAILURE() << "no such task"; return 0;
    }
}

TEST(TrainingJob, SendsWhatTheProgramsSay) {
    for (const TrainingStep& step : steps()) {
        const RankLayout layout(step.parallelism);
        std::int64_t expected = 0;
        for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage)
            for (const StageTask& task : stage_program(step, stage).tasks) {
                if (task.kind == StageTask::Kind::send) expected += task.bytes * step.parallelism.stage_ranks();
                if (task.kind != StageTask::Kind::collective) continue;
                const std::int64_t size = layout.group_size(task.group);
                expected += sent_together(task, size) * step.parallelism.stage_ranks() / size;
            }
        const Traffic traffic = training_traffic(step, endpoints(layout.ranks()), 3);
        EXPECT_EQ(total_load(traffic, {4096}).bytes, 3 * expected);
    }
}

// Tokens x experts x hidden x bytes an element go to experts and come back, less what stays at home.
TEST(TrainingJob, DrawnExpertsExchangeTheBytesOfTheFormula) {
    TrainingStep step{.parallelism = {.data = 4, .expert = 4, .micro_batches = 2, .sharding = Sharding::none}};
    step.model = *TrainingCatalogue::built_in().model("mixtral-8x7b");
    step.model.layers = 3;
    step.gpu = *TrainingCatalogue::built_in().gpu("h100");
    step.sequence = 512;
    step.element_bytes.dispatch = 1;
    ASSERT_TRUE(mistakes(step).empty()) << mistakes(step).front().message;
    const auto expert_bytes = [&](const JobOptions& options) {
        const Traffic traffic = training_traffic(step, endpoints(4), 1, options);
        Network network(traffic, 1);
        network.run();
        EXPECT_EQ(network.done.size(), 4u);
        const std::int64_t gradients = 2 * 3 * stage_parameters(step, 0).dense * 4;  // 2 (n - 1) S of a ring
        return total_load(traffic, {4096}).bytes - gradients;
    };
    // There and back in 3 layers, 2 micro-batches, forward and backward; 4 ranks
    const std::int64_t all = 3 * 2 * 2 * 4 * (dispatch_bytes(step) + combine_bytes(step));
    EXPECT_EQ(all, std::int64_t{3 * 2 * 2 * 4} * 512 * 2 * 4096 * (1 + 2));
    EXPECT_EQ(expert_bytes({}), all / 4 * 3);  // evenly, a quarter stays
    const std::int64_t drawn = expert_bytes({.experts = DrawnExperts{}, .seed = 1});
    EXPECT_NE(drawn, all / 4 * 3);
    EXPECT_NEAR(static_cast<double>(drawn), static_cast<double>(all) * 0.75, 0.03 * static_cast<double>(all));
    // What comes back goes the ways of what went there, twice as wide: all is of threes.
    EXPECT_EQ(drawn % (std::int64_t{3} * 4096 * 2 * 2), 0);
}

TEST(TrainingJob, TheEndsOfAPipelineAddUpTheMatrixThatTheyShare) {
    TrainingStep step = small({.tensor = 2, .data = 2, .pipeline = 3, .micro_batches = 3});
    const std::int64_t untied = total_load(training_traffic(step, endpoints(12), 1), {4096}).bytes;
    step.model.tied = true;  // its ends have both matrices still
    const Traffic traffic = training_traffic(step, endpoints(12), 1);
    const std::int64_t matrix = step.model.vocabulary * step.model.hidden * 4;  // gradients in fp32
    EXPECT_EQ(total_load(traffic, {4096}).bytes - untied, 2 * 2 * matrix);      // 2 (n - 1) S, in two replicas
    Network network(traffic, 1);
    network.run();
    EXPECT_EQ(network.done.size(), 12u);
}

// Tensor parallel over two servers of two GPUs: a ring for each GPU of a server, so that all NICs send.
TEST(TrainingJob, GroupsOverServersUseAllTheirNics) {
    const TrainingStep step = small({.tensor = 4, .data = 1, .pipeline = 1});
    const Traffic traffic = training_traffic(step, endpoints(4), 1, {.servers = {0, 0, 1, 1}});
    std::set<std::uint32_t> leaving;
    for (const Traffic::Flow& flow : traffic.flows)
        if (flow.source.value / 2 != flow.destination.value / 2) leaving.insert(flow.source.value);
    EXPECT_EQ(leaving, (std::set<std::uint32_t>{0, 1, 2, 3}));
    Network network(traffic, 1);
    network.run();
    EXPECT_EQ(network.done.size(), 4u);
}

// What is reckoned in a server waits for the rank that most tokens come to or go from.
TEST(TrainingJob, DrawnExpertsOfOneServerTakeAsLongAsTheBusiest) {
    TrainingStep step = small({.tensor = 1, .data = 8, .pipeline = 1, .expert = 8});
    step.model = *TrainingCatalogue::built_in().model("mixtral-8x7b");
    const auto exchanging_ps = [&](std::optional<DrawnExperts> experts) {
        const Traffic traffic = training_traffic(
            step, endpoints(8), 1,
            {.servers = std::vector<std::uint32_t>(8, 0), .in_server_formula = true, .experts = experts});
        std::int64_t sum = 0;
        for (const Program::Task& task : traffic.programs.front().tasks)
            if (task.is_meeting() && task.wait == Wait::expert) sum += task.duration_ps;
        return static_cast<double>(sum);
    };
    const double even = exchanging_ps(std::nullopt);
    EXPECT_GT(exchanging_ps(DrawnExperts{}), even);
    // Two of eight experts of a token, nearly always the same two: half of all that is sent goes to one rank, where an
    // eighth would; what it takes of the wire is (7/8) / 2 of all in place of (7/8) / 8.
    EXPECT_NEAR(exchanging_ps(DrawnExperts{.skew = 8.0}), 4.0 * even, 0.15 * 4.0 * even);
}

TEST(TrainingJob, StagesShareProgramsAndTasksShareCalls) {
    const TrainingStep step = small({.tensor = 2, .data = 4, .pipeline = 2, .micro_batches = 8});
    const Traffic traffic = training_traffic(step, endpoints(16), 1);
    EXPECT_EQ(traffic.programs.size(), 2u);
    EXPECT_EQ(traffic.workers.size(), 16u);
    EXPECT_LT(traffic.calls.size(), 20u);
    EXPECT_GT(traffic.programs[0].tasks.size(), 500u);
}

}  // namespace
}  // namespace lightloom
