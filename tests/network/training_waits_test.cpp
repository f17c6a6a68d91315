// Where the time of a training step goes, measured in runs: bubbles, exposed collectives, ranks that wait for slow
// ones, groups in a server that send nothing. Oracles: closed forms of schedules, a collective run alone, sums.
#include <gtest/gtest.h>

#include <numeric>

#include "models/workload/training/in_server.hpp"
#include "models/workload/training/job.hpp"
#include "tests/support/fabric_harness.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

// Servers of some GPUs under one leaf: endpoint s x gpus + g is GPU g of server s.
Topology one_leaf(std::uint32_t servers, std::uint32_t gpus) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", gigabits(400));
    std::vector<NodeId> all;
    for (std::uint32_t s = 0; s < servers; ++s) all.push_back(builder.add_server(gpus));
    const NodeId leaf = builder.add_leaf();
    for (const NodeId server : all)
        for (std::uint32_t g = 0; g < gpus; ++g) builder.connect(server, leaf, tier);
    return builder.build();
}

/// Layers that all take equally long, 50 ms forward: no embedding, no head, and the optimizer takes no time.
TrainingStep even(Parallelism cut, std::int64_t layers) {
    TrainingStep step{.parallelism = cut};
    step.model = {.layers = layers, .hidden = 1024, .heads = 8, .kv_heads = 8, .head_dim = 128, .ffn = 4096};
    step.gpu = {.bf16_flops = 1e12, .hbm_bytes_per_s = 1e30, .link_bytes_per_s = 1e11};
    step.sequence = 1000;
    EXPECT_TRUE(mistakes(step).empty()) << mistakes(step).at(0).message;
    return step;
}

FabricCase job_case(const TrainingStep& step, std::uint32_t gpus_per_server, std::uint32_t iterations,
                    JobOptions options = {}) {
    const auto ranks = static_cast<std::uint32_t>(step.parallelism.ranks());
    std::vector<EndpointId> all;
    options.servers.clear();
    for (std::size_t i = 0; i < ranks; ++i) {
        all.push_back(EndpointId{i});
        options.servers.push_back(static_cast<std::uint32_t>(i) / gpus_per_server);
    }
    return {one_leaf(ranks / gpus_per_server, gpus_per_server), training_traffic(step, all, iterations, options),
            nanoseconds(100)};
}

std::int64_t waited(const FabricRun& run, std::uint32_t worker, Wait wait) {
    return run.fabric.exposure().of(worker)[static_cast<std::size_t>(wait)];
}

std::int64_t end_of(const FabricRun& run, std::uint32_t worker) {
    const Traffic& traffic = run.fabric.traffic();
    return run.fabric.iteration_end_ps(worker, traffic.programs[traffic.workers[worker].program].iterations - 1);
}

void expect_all_time_told(const FabricRun& run) {
    for (std::uint32_t worker = 0; worker < run.fabric.traffic().workers.size(); ++worker) {
        const Exposure::Sums& sums = run.fabric.exposure().of(worker);
        EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), std::int64_t{0}), end_of(run, worker));
    }
}

TEST(TrainingWaits, TheBubbleIsThatOfTheSchedule) {
    const std::int64_t p = 4, m = 6;
    const FabricCase parts = job_case(even({.pipeline = p, .micro_batches = m}, p), 1, 2);
    const FabricRun ran = run(parts);
    expect_all_time_told(ran);
    for (std::uint32_t stage = 0; stage < p; ++stage) {
        const auto computing = static_cast<double>(waited(ran, stage, Wait::computation));
        // (p - 1) / m of each step. Later stages are done earlier, by a backward each, and wait no more in the end.
        const double backward = 2.0 / 3.0 * computing / (2 * m);
        EXPECT_NEAR(static_cast<double>(waited(ran, stage, Wait::bubble)), computing * (p - 1) / m - stage * backward,
                    0.01 * computing);
        EXPECT_LT(static_cast<double>(waited(ran, stage, Wait::pipeline)), 0.01 * computing);
    }
    // The last stage cannot hide the way of the first activation to it: 2,048,000 bytes at 400 Gb/s.
    EXPECT_GT(waited(ran, 3, Wait::pipeline), 40'000'000);
}

TEST(TrainingWaits, AnExposedAllReduceTakesWhatItTakesAlone) {
    const TrainingStep step = even({.data = 2, .sharding = Sharding::none}, 1);
    const FabricCase parts = job_case(step, 1, 1);
    const FabricRun ran = run(parts);
    expect_all_time_told(ran);
    const CollectiveCall call{.ranks = 2, .bytes = stage_parameters(step, 0).dense * 4};
    const std::vector<Ranks> both{{EndpointId{std::size_t{0}}, EndpointId{std::size_t{1}}}};
    const FabricCase alone(one_leaf(2, 1), collective(both, call, 1), nanoseconds(100));
    const FabricRun all_reduce = run(alone);
    for (std::uint32_t rank = 0; rank < 2; ++rank) EXPECT_EQ(waited(ran, rank, Wait::data), end_of(all_reduce, rank));
}

TEST(TrainingWaits, AStepIsAsLongAsItsSlowestRank) {
    const TrainingStep step = even({.data = 4, .sharding = Sharding::none}, 2);
    const FabricCase alike = job_case(step, 1, 1);
    const FabricRun usual = run(alike);
    const FabricCase parts = job_case(step, 1, 1, {.stragglers = 1, .straggler_slowdown = 1.5, .seed = 5});
    const FabricRun ran = run(parts);
    expect_all_time_told(ran);
    const std::int64_t computing = waited(usual, 0, Wait::computation);
    std::vector<std::int64_t> each;
    for (std::uint32_t rank = 0; rank < 4; ++rank) each.push_back(waited(ran, rank, Wait::computation));
    EXPECT_EQ(std::ranges::count(each, computing), 3);
    EXPECT_NEAR(static_cast<double>(std::ranges::max(each)), static_cast<double>(computing) * 1.5, 10.0);
    for (std::uint32_t rank = 0; rank < 4; ++rank)
        EXPECT_NEAR(static_cast<double>(end_of(ran, rank)), static_cast<double>(end_of(usual, rank) + computing / 2),
                    0.002 * static_cast<double>(computing));
}

TEST(TrainingWaits, GroupsInAServerMeetAndSendNothing) {
    const TrainingStep step = even({.tensor = 2, .data = 2, .sharding = Sharding::none}, 3);
    const FabricCase parts =
        job_case(step, 2, 2, {.in_server_formula = true, .stragglers = 1, .straggler_slowdown = 2});
    const FabricRun ran = run(parts);
    expect_all_time_told(ran);
    const std::int64_t gradients = stage_parameters(step, 0).dense * 4;
    EXPECT_EQ(total_load(parts.traffic, Bytes{4096}).bytes, 2 * 2 * 2 * gradients);  // two rings of two ranks, twice

    // Each layer gathers and scatters twice each way; that of the gradients' second gathering is hidden. Who is slow
    // never waits for its neighbour.
    const std::int64_t once =
        in_server_ps({.kind = Collective::all_gather, .ranks = 2, .bytes = tensor_bytes(step)}, step.gpu);
    EXPECT_EQ(once, 3'400'000 + tensor_bytes(step) / 2 * 10);
    std::uint32_t slow = 0;
    while (parts.traffic.workers[slow].slowdown == kFactorOne) ++slow;
    EXPECT_EQ(waited(ran, slow, Wait::tensor), 2 * 3 * 8 * once);
    EXPECT_GT(waited(ran, slow ^ 1u, Wait::tensor), waited(ran, slow ^ 1u, Wait::computation) / 2);
}

TEST(TrainingWaits, NoThreadOrWindowShows) {
    const FabricCase parts =
        job_case(even({.tensor = 2, .data = 2, .pipeline = 2, .micro_batches = 2}, 2), 2, 2,
                 {.in_server_formula = true, .jitter = 0.1, .stragglers = 2, .straggler_slowdown = 1.3, .seed = 3});
    const FabricRun oracle = expect_one_digest(parts);
    expect_all_time_told(oracle);
    const FabricRun other = run(parts, {.threads = 2, .partitions = 3, .window_divisor = 2});
    for (std::uint32_t worker = 0; worker < 8; ++worker)
        EXPECT_EQ(other.fabric.exposure().of(worker), oracle.fabric.exposure().of(worker));
}

}  // namespace
}  // namespace lightloom::testing
