// Checkpoints in runs: what is written and read, how long a burst takes on an idle fabric, who waits for it. Oracles:
// 14 bytes a parameter, and bytes over the bottleneck with the framing that packets have.
#include <gtest/gtest.h>

#include <numeric>

#include "models/workload/training/job.hpp"
#include "models/workload/training/run_metrics.hpp"
#include "tests/support/fabric_harness.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::uint32_t kRanks = 8, kGpus = 2;  // of a server

/// Eight ranks in four servers that end their steps together, and so many GPUs that store, two in a server, all under
/// one leaf.
struct Job {
    TrainingStep step{.parallelism = {.tensor = 2, .data = 4}};
    JobOptions options{.in_server_formula = true};
    std::uint32_t stores = 2, steps = 4;

    Job() {
        step.model = {.layers = 2, .hidden = 512, .heads = 8, .kv_heads = 8, .head_dim = 64, .ffn = 2048};
        step.gpu = {.bf16_flops = 1e13, .hbm_bytes_per_s = 1e30, .link_bytes_per_s = 1e11};
        step.sequence = 1024;
        options.checkpoints = {
            .every = 2, .front_end_bytes_per_s = 1e9, .store_bytes_per_s = 1e12, .copy_bytes_per_s = 1e10};
    }

    FabricCase parts() {
        TopologyBuilder builder;
        const std::uint32_t tier = builder.add_tier("any", gigabits(400));
        std::vector<NodeId> servers;
        for (std::uint32_t s = 0; s < (kRanks + stores) / kGpus; ++s) servers.push_back(builder.add_server(kGpus));
        const NodeId leaf = builder.add_leaf();
        for (const NodeId server : servers)
            for (std::uint32_t g = 0; g < kGpus; ++g) builder.connect(server, leaf, tier);
        std::vector<EndpointId> ranks;
        for (std::size_t i = 0; i < kRanks; ++i) ranks.push_back(EndpointId{i});
        for (std::uint32_t i = 0; i < kRanks + stores; ++i) options.servers.push_back(i / kGpus);
        for (std::size_t i = kRanks; i < kRanks + stores; ++i) options.checkpoints.stores.push_back(EndpointId{i});
        EXPECT_TRUE(mistakes(step).empty()) << mistakes(step).at(0).message;
        FabricCase made(builder.build(), training_traffic(step, ranks, steps, options), nanoseconds(100));
        made.transport.window = 32;  // four writers share a store's port
        return made;
    }

    std::int64_t model_bytes() const { return kCheckpointBytes * parameters(step.model); }
};

/// Ends of a worker's iterations, of all workers of a role.
std::vector<std::vector<std::int64_t>> ends_of(const FabricRun& run, Role role) {
    const Traffic& traffic = run.fabric.traffic();
    std::vector<std::vector<std::int64_t>> all;
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker) {
        const Program& program = traffic.programs[traffic.workers[worker].program];
        if (program.role != role) continue;
        std::vector<std::int64_t>& ends = all.emplace_back();
        for (std::uint32_t i = 0; i < program.iterations; ++i) ends.push_back(run.fabric.iteration_end_ps(worker, i));
    }
    return all;
}

std::int64_t stored_bytes(const FabricRun& run) {
    std::int64_t sum = 0;
    for (std::uint32_t flow = 0; flow < run.fabric.traffic().flows.size(); ++flow)
        if (run.fabric.traffic().flows[flow].destination.value >= kRanks)
            sum += run.fabric.flow_times(flow).payload_bytes;
    return sum;
}

TEST(Checkpoint, WritesFourteenBytesAParameter) {
    for (const bool one_replica : {false, true})
        for (const bool asynchronous : {false, true}) {
            Job job;
            job.options.checkpoints.one_replica = one_replica;
            job.options.checkpoints.asynchronous = asynchronous;
            const FabricCase parts = job.parts();
            const FabricRun ran = run(parts);
            EXPECT_TRUE(ran.fabric.all_acknowledged());
            EXPECT_EQ(stored_bytes(ran), 2 * job.model_bytes());  // after steps 2 and 4
            const auto writers = ends_of(ran, Role::writer);
            ASSERT_EQ(writers.size(), std::size_t{kRanks});
            for (const auto& ends : writers) EXPECT_EQ(ends.size(), 4u);
        }
}

TEST(Checkpoint, ABurstTakesItsBytesOverTheBottleneck) {
    for (const std::uint32_t stores : {2u, 4u}) {
        Job job;
        job.stores = stores;
        const FabricCase parts = job.parts();
        const FabricRun ran = run(parts);
        EXPECT_EQ(ran.dropped(), 0u);
        std::int64_t begin = INT64_MAX, end = 0;
        for (const auto& ends : ends_of(ran, Role::writer)) {
            begin = std::min(begin, ends[0]);
            end = std::max(end, ends[1]);
        }
        // Ports of 50 GB/s into each store; frames of 4,096 bytes have headers, preamble and gap besides.
        const Framing& framing = parts.network.framing;
        const double on_wire =
            static_cast<double>(4096 + framing.header.count + framing.preamble.count + framing.gap.count) / 4096;
        const double expected_ps = static_cast<double>(job.model_bytes()) * on_wire / (stores * 50e9) * 1e12;
        EXPECT_NEAR(static_cast<double>(end - begin), expected_ps, 0.02 * expected_ps) << stores;
    }
}

TEST(Checkpoint, TrainingStopsOnlyWhereItIsSynchronous) {
    std::int64_t waited[2] = {}, ended[2] = {};
    for (const bool asynchronous : {false, true}) {
        Job job;
        job.steps = 3;  // one checkpoint, and a step during which it may be written
        job.options.checkpoints.asynchronous = asynchronous;
        job.options.checkpoints.copy_bytes_per_s = 1e12;
        const FabricCase parts = job.parts();
        const FabricRun ran = run(parts);
        for (std::uint32_t worker = 0; worker < parts.traffic.workers.size(); ++worker) {
            if (parts.traffic.programs[parts.traffic.workers[worker].program].role != Role::rank) continue;
            const Exposure::Sums& sums = ran.fabric.exposure().of(worker);
            waited[asynchronous] = std::max(waited[asynchronous], sums[static_cast<std::size_t>(Wait::checkpoint)]);
            ended[asynchronous] = std::max(ended[asynchronous], ran.fabric.iteration_end_ps(worker, 2));
        }
    }
    EXPECT_GT(waited[0], 1'170'000'000);  // 117 MB into 100 GB/s
    EXPECT_LT(waited[1], 100'000'000);    // only the copy: 15 MB at 1 TB/s
    EXPECT_LT(ended[1], ended[0]);
}

TEST(Checkpoint, AWriterThatIsStillBusyIsWaitedFor) {
    Job job;
    job.options.checkpoints.every = 1;
    job.options.checkpoints.asynchronous = true;
    job.options.checkpoints.stores.clear();
    job.stores = 0;  // a front-end network of 1 GB/s a server: 29 MB take longer than a step
    const FabricCase parts = job.parts();
    const FabricRun ran = run(parts);
    for (const auto& ends : ends_of(ran, Role::writer)) {
        ASSERT_EQ(ends.size(), 8u);
        for (std::size_t i = 0; i < 8; i += 2) {
            EXPECT_EQ(ends[i + 1] - ends[i], job.model_bytes() / 4 * 1000);
            EXPECT_GE(ends[i], i > 0 ? ends[i - 1] : 1);
        }
    }
}

TEST(Checkpoint, ARestartIsReadBeforeAnythingBegins) {
    for (const Sharding sharding : {Sharding::optimizer, Sharding::none}) {
        Job job;
        job.step.parallelism.sharding = sharding;
        job.options.checkpoints.every = 0;
        job.options.checkpoints.restart = true;
        const FabricCase parts = job.parts();
        const FabricRun ran = run(parts);
        std::int64_t read = 0;
        for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow) {
            const bool reads = parts.traffic.flows[flow].source.value >= kRanks;
            if (reads) read += ran.fabric.flow_times(flow).payload_bytes;
            EXPECT_TRUE(reads || ran.fabric.flow_times(flow).start_ps > 1'170'000'000);
        }
        // Without shares of the optimizer's state all four replicas read all of it.
        EXPECT_EQ(read, (sharding == Sharding::none ? 4 : 1) * job.model_bytes());
        for (const auto& ends : ends_of(ran, Role::reader)) EXPECT_GT(ends[0], 1'170'000'000);
    }
}

TEST(Checkpoint, NoThreadOrWindowShows) {
    Job job;
    job.options.checkpoints.asynchronous = true;
    job.options.checkpoints.restart = true;
    job.step.model.layers = 2;
    job.step.model.hidden = 256;
    job.step.model.ffn = 512;
    job.step.model.head_dim = 32;
    expect_one_digest(job.parts());
}

}  // namespace
}  // namespace lightloom::testing
