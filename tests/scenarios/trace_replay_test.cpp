// Traces as a workload: a scenario's own, written and replayed, takes as long as the scenario; traces of other programs
// run to their end, where there are any (LIGHTLOOM_REFERENCE); what is wrong with one is an error of the scenario.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "models/workload/loads.hpp"
#include "models/workload/traces/recording.hpp"
#include "models/workload/traces/trace_files.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

namespace fs = std::filesystem;

const std::string kReplay = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/chakra-replay.toml";

class TraceReplay : public ::testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& text = "") {
        const std::string path = (folder_ / name).string();
        std::ofstream(path) << text;
        return path;
    }
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    struct Pair {
        Scenario said, replayed;
        Recording recording;
    };
    // A scenario, and what it is when its workload has been written as traces.
    Pair written(const std::string& workload, const std::string& replayed_with) {
        const std::string fabric = R"([topology]
servers = 4
gpus_per_server = 2
leaves = 2
spines = 2
[scale_up]
kind = "nvlink"
)";
        Pair pair;
        pair.said = load_scenario(file("said.toml", fabric + workload)).loaded.value().scenario;
        const Plan prepared = plan(pair.said);
        const Ranks ranks = groups_of(prepared.topology, Grouping::all, pair.said.workload.placement).front();
        pair.recording = recorded(traffic_of(pair.said, prepared), ranks);
        write_trace_files(pair.recording.traces, pair.recording.groups, path("job"));
        pair.replayed =
            load_scenario(file("replayed.toml", fabric +
                                                    "[trace]\nprefix = \"job\"\nprocess_groups = \"job.groups.json\"\n"
                                                    "[workload]\nkind = \"trace\"\n" +
                                                    replayed_with))
                .loaded.value()
                .scenario;
        return pair;
    }
    void expect_the_same(const std::string& workload, const std::string& replayed_with = "") {
        const auto [said, replayed, recording] = written(workload, replayed_with);
        const RunResult once = run(said, plan(said), {}, nullptr), again = run(replayed, plan(replayed), {}, nullptr);
        EXPECT_TRUE(again.complete);
        EXPECT_EQ(again.summary.messages, once.summary.messages);
        EXPECT_EQ(again.summary.payload_bytes_delivered, once.summary.payload_bytes_delivered);
        EXPECT_EQ(again.summary.completion_ps, once.summary.completion_ps);
        EXPECT_EQ(again.digest, once.digest);
    }

private:
    const fs::path folder_ =
        fs::path(::testing::TempDir()) /
        (std::string("lightloom-") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(TraceReplay, OfACollectiveIsTheCollective) {
    expect_the_same("[workload]\nbytes = \"1MiB\"\n");
    expect_the_same("[workload]\nkind = \"all-gather\"\nbytes = \"1MiB\"\ngroups = \"all\"\n");
    expect_the_same("[workload]\nalgorithm = \"tree\"\nbytes = \"1MiB\"\nchannels = 2\niterations = 3\n",
                    "algorithm = \"tree\"\nchannels = 2\niterations = 3\n");
    // These know which ranks share a server.
    for (const std::string algorithm : {"tree", "hierarchical", "ring"}) {
        const std::string with = "algorithm = \"" + algorithm + "\"\nchannels = 2\n";
        expect_the_same("[workload]\ngroups = \"all\"\nbytes = \"1MiB\"\n" + with, with);
    }
    expect_the_same("[workload]\nkind = \"all-to-all\"\ngroups = \"all\"\nbytes = \"1MiB\"\nplacement = \"packed\"\n",
                    "placement = \"packed\"\n");
}

TEST_F(TraceReplay, OfATrainingStepIsTheStep) {
    expect_the_same(R"([workload]
kind = "training"
iterations = 2
[training]
model = "llama3-8b"
tensor = 2
pipeline = 4
micro_batches = 4
sequence = 16
)",
                    "iterations = 2\n");
}

// A trace holds one iteration.
TEST_F(TraceReplay, OfAnUnevenStepIsTheStep) {
    expect_the_same(R"([workload]
kind = "training"
[training]
model = "llama3-8b"
tensor = 2
pipeline = 4
micro_batches = 2
sequence = 16
jitter = 0.2
stragglers.count = 2
stragglers.slowdown = 3.0
)");
}

TEST_F(TraceReplay, RefusesATraceOfTheWrongSizeOrNone) {
    const auto error = [&](const std::vector<Override>& overrides) {
        return to_string(load_scenario(kReplay, overrides).errors.at(0));
    };
    EXPECT_NE(error({{"trace.prefix", "nothing"}}).find("there is no nothing.0.et"), std::string::npos);
    EXPECT_NE(error({{"trace.prefix", ""}}).find("names no trace"), std::string::npos);
    EXPECT_NE(error({{"topology.servers", "2"}}).find("has 8 ranks, and there are 4 GPUs for them"), std::string::npos);
    // Before a trace is read, let alone made a million of.
    EXPECT_NE(error({{"trace.replicas", "1000000"}}).find("1000000 ranks are more than the 16 GPUs there are"),
              std::string::npos);
    EXPECT_NE(error({{"workload.algorithm", "in-switch"}}).find("of a collective by itself, not of a trace"),
              std::string::npos);
    EXPECT_NE(error({{"workload.iterations", "1000000"}, {"trace.compute_scale", "1000"}})
                  .find("takes more than 30 days in all iterations"),
              std::string::npos);
    EXPECT_NE(error({{"trace.process_groups", ""}}).find("of which nothing says the ranks"), std::string::npos);
    EXPECT_NE(error({{"workload.kind", "all-reduce"}}).find("no trace is replayed"), std::string::npos);
    EXPECT_NE(error({{"workload.algorithm", "auto"}}).find("not for a trace's"), std::string::npos);
    EXPECT_NE(error({{"workload.bytes", "1MiB"}}).find("a trace says it of each of its own"), std::string::npos);
    EXPECT_NE(error({{"workload.sizes.from", "8B"}}).find("only a collective is run at several sizes"),
              std::string::npos);
    EXPECT_NE(error({{"trace.process_groups", "none.json"}}).find("trace.process_groups: "), std::string::npos);
    file("gap.0.et");
    file("gap.2.et");
    EXPECT_NE(error({{"trace.prefix", path("gap")}}).find("there is no gap.1.et, but there is one of rank 2"),
              std::string::npos);
    file("twice.0.et");
    file("twice.0.et.gz");
    EXPECT_NE(error({{"trace.prefix", path("twice")}}).find("are both of rank 0"), std::string::npos);
    file("cut.0.et", "\x05");
    EXPECT_NE(error({{"trace.prefix", path("cut")}}).find("cut.0.et: message 0 is cut off"), std::string::npos);
}

TEST_F(TraceReplay, OfAJobAmongOthersIsThatJobs) {
    const std::string job = file("job.toml", R"([topology]
servers = 8
gpus_per_server = 2
leaves = 2
spines = 2
rate = "400Gbps"
[scale_up]
kind = "nvlink"
[run]
alone = true
[[job]]
name = "replay"
kind = "trace"
gpus = 8
trace.prefix = ")" LIGHTLOOM_SOURCE_DIR R"(/scenarios/catalog/traces/training-step"
trace.process_groups = ")" LIGHTLOOM_SOURCE_DIR R"(/scenarios/catalog/traces/training-step.groups.json"
[[job]]
name = "other"
kind = "incast"
gpus = "rest"
)");
    const ScenarioFiles files = load_scenario(job, {});
    ASSERT_TRUE(files.loaded) << to_string(files.errors.at(0));
    const Scenario& both = files.loaded->scenario;
    const RunResult shared = run(both, plan(both), {}, nullptr);
    const Scenario only = load_scenario(kReplay).loaded.value().scenario;
    const RunResult alone = run(only, plan(only), {}, nullptr);
    ASSERT_EQ(shared.jobs.kind, (std::vector<std::string>{"trace", "incast"}));
    EXPECT_EQ(shared.jobs.flows_failed[0], 0);
    // Packed on the first GPUs, as the catalogue's fabric has it.
    EXPECT_EQ(shared.jobs.alone_ps[0], alone.summary.completion_ps);
    EXPECT_GE(shared.jobs.completion_ps[0], shared.jobs.alone_ps[0]);

    const auto error = [&](const std::vector<Override>& overrides) {
        return to_string(load_scenario(job, overrides).errors.at(0));
    };
    const std::string unnamed = file("unnamed.toml",
                                     "[topology]\nservers = 2\nleaves = 1\nspines = 1\n[[job]]\nname = \"a\"\n"
                                     "kind = \"trace\"\ntrace.prefix = \"none\"\n");
    EXPECT_EQ(to_string(load_scenario(unnamed).errors.at(0)),
              unnamed + ":8:16: error: job.0.trace.prefix: " + path("none") + ": there is no none.0.et");
    const std::string nothing = error({{"job.0.trace.prefix", "nothing"}});
    EXPECT_EQ(nothing.find("--set job.0.trace.prefix=nothing: error: job.0.trace.prefix: "), 0u) << nothing;
    EXPECT_NE(nothing.find("nothing: there is no nothing.0.et"), std::string::npos) << nothing;
    EXPECT_NE(error({{"job.0.gpus", "4"}}).find("job.0.trace.prefix: has 8 ranks, and there are 4 GPUs for them"),
              std::string::npos);
    EXPECT_NE(error({{"job.0.trace.replicas", "9"}}).find("job.0.trace.replicas: 9 ranks are more than the 8 GPUs"),
              std::string::npos);
    EXPECT_NE(error({{"job.0.kind", "all-reduce"}}).find("job.0.trace.prefix: no trace is replayed"),
              std::string::npos);
    EXPECT_NE(error({{"trace.prefix", "x"}}).find("trace.prefix: is of a scenario without [[job]]"), std::string::npos);
}

// Whoever knows no more than that one rank runs collectives has forgotten whose.
TEST_F(TraceReplay, RefusesOneRankThatTalksToNobody) {
    RankTrace trace;
    trace.nodes = {
        {.id = 1, .bytes = 1 << 20, .kind = TraceNode::Kind::collective, .collective = Collective::all_reduce}};
    trace.groups = {""};
    write_trace_files({trace}, {}, path("one"));
    const std::string fabric =
        "[topology]\nservers = 2\nleaves = 1\nspines = 1\n[workload]\nkind = \"trace\"\n[trace]\nprefix = \"one\"\n";
    const ScenarioFiles files = load_scenario(file("one.toml", fabric));
    ASSERT_EQ(files.errors.size(), 1u);
    EXPECT_NE(to_string(files.errors[0]).find("one.toml:8:10: error: trace.prefix: is the trace of one rank"),
              std::string::npos)
        << to_string(files.errors[0]);
    const std::string two = file("two.toml", fabric + "replicas = 2\n");
    EXPECT_TRUE(load_scenario(two).loaded);
    const std::vector<Override> bruck{{"workload.algorithm", "bruck"}};
    EXPECT_NE(to_string(load_scenario(two, bruck).errors.at(0)).find("no collective of the trace has a bruck form"),
              std::string::npos);
}

// What the processor does beside the GPU takes nothing from what is exposed.
TEST_F(TraceReplay, TellsWhatTheGpuComputes) {
    RankTrace trace;
    for (const bool on_cpu : {false, true})
        trace.nodes.push_back(
            {.id = on_cpu ? 2u : 1u, .duration_ps = 1'000'000'000, .kind = TraceNode::Kind::compute, .on_cpu = on_cpu});
    write_trace_files({trace, trace}, {}, path("both"));
    const Scenario replay = load_scenario(file("both.toml",
                                               "[topology]\nservers = 2\nleaves = 1\nspines = 1\n[workload]\nkind = "
                                               "\"trace\"\n[trace]\nprefix = \"both\"\n"))
                                .loaded.value()
                                .scenario;
    const ReplayRanks ranks = run(replay, plan(replay), {}, nullptr).replay_ranks;
    EXPECT_EQ(ranks.end_ps, (std::vector<std::int64_t>{1'000'000'000, 1'000'000'000}));
    EXPECT_EQ(ranks.computing_ps, ranks.end_ps);
    EXPECT_EQ(ranks.exposed_ps, (std::vector<std::int64_t>{0, 0}));
}

// Switches that add up have workers, too, and are no GPUs.
TEST_F(TraceReplay, StandsBesideSumsInTheNetwork) {
    const std::string traces = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/traces/training-step";
    const Scenario both =
        load_scenario(file("both.toml",
                           "[topology]\nservers = 8\ngpus_per_server = 2\nleaves = 2\nspines = 2\n"
                           "[scale_up]\nkind = \"nvlink\"\n[[job]]\nname = \"sums\"\ngpus = 8\n"
                           "algorithm = \"in-network\"\nbytes = \"1MiB\"\n[[job]]\nname = \"replay\"\n"
                           "kind = \"trace\"\ntrace = { prefix = \"" +
                               traces + "\", process_groups = \"" + traces + ".groups.json\" }\n"))
            .loaded.value()
            .scenario;
    const RunResult result = run(both, plan(both), {}, nullptr);
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.replay_ranks.endpoint, (std::vector<std::uint32_t>{8, 9, 10, 11, 12, 13, 14, 15}));
}

TEST_F(TraceReplay, TellsWhenEachRankWasDone) {
    const auto [said, replay, recording] = written(R"([workload]
kind = "training"
placement = "packed"
[training]
model = "llama3-8b"
tensor = 2
pipeline = 4
micro_batches = 2
sequence = 16
)",
                                                   "placement = \"packed\"\niterations = 2\n");
    const RunResult result = run(replay, plan(replay), {}, nullptr);
    const ReplayRanks& ranks = result.replay_ranks;
    ASSERT_EQ(ranks.rank, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(ranks.endpoint, ranks.rank);  // packed
    EXPECT_EQ(*std::ranges::max_element(ranks.end_ps), result.jobs.completion_ps[0]);
    for (std::size_t rank = 0; rank < 8; ++rank) {
        std::int64_t computing_ps = 0;
        for (const auto& node : recording.traces[rank].nodes)
            if (node.kind == TraceNode::Kind::compute) computing_ps += node.duration_ps;
        EXPECT_EQ(ranks.computing_ps[rank], 2 * computing_ps) << rank;
        EXPECT_EQ(ranks.exposed_ps[rank], ranks.end_ps[rank] - ranks.computing_ps[rank]) << rank;
        EXPECT_GT(ranks.exposed_ps[rank], 0) << rank;
    }
}

// --- Traces of other programs
class ReferenceTraces : public ::testing::Test {
protected:
    void SetUp() override {
        if (!fs::exists(kFolder)) GTEST_SKIP() << "no traces in " << kFolder;
    }
    // The catalogue's fabric with another trace.
    Scenario scenario(const std::string& prefix, std::vector<Override> overrides = {}) {
        overrides.push_back({"trace.prefix", (kFolder / prefix).string()});
        ScenarioFiles files = load_scenario(kReplay, overrides);
        for (const InputError& error : files.errors) ADD_FAILURE() << to_string(error);
        return files.loaded.value().scenario;
    }
    RunResult result(const Scenario& of) {
        const RunResult result = run(of, plan(of), {.threads = 2}, nullptr);
        EXPECT_TRUE(result.complete);
        EXPECT_EQ(result.summary.messages_delivered, result.summary.messages);
        return result;
    }
    const fs::path kFolder = fs::path(LIGHTLOOM_REFERENCE) / "chakra";
    const std::vector<Override> kNoGroups{{"trace.process_groups", ""}};
};

TEST_F(ReferenceTraces, MicroBenchmarksMoveTheirBytes) {
    const auto bytes = [&](const std::string& collective, const std::string& ranks) {
        return result(
                   scenario("astra-sim-microbench/" + collective + "/" + ranks + "npus_1MB/" + collective, kNoGroups))
            .summary.payload_bytes_delivered;
    };
    EXPECT_EQ(bytes("all_reduce", "4"), 4 * 2 * 3 * (1 << 20) / 4);
    EXPECT_EQ(bytes("all_reduce", "8"), 8 * 2 * 7 * (1 << 20) / 8);
    EXPECT_EQ(bytes("all_reduce", "16"), 16 * 2 * 15 * (1 << 20) / 16);
    EXPECT_EQ(bytes("all_gather", "8"), 8 * 7 * (1 << 20));  // a contribution each
    EXPECT_EQ(bytes("reduce_scatter", "8"), 8 * 7 * (1 << 20) / 8);
    EXPECT_EQ(bytes("all_to_all", "8"), 8 * 7 * (1 << 20) / 8);
}

TEST_F(ReferenceTraces, ACustomRingTakesAsLongAsItsReductionsAndMoves) {
    const RunResult ring = result(scenario("astra-sim-custom-ring/custom_allreduce", kNoGroups));
    EXPECT_EQ(ring.summary.payload_bytes_delivered, 8 * 14 * 131'072);
    EXPECT_GT(ring.summary.completion_ps, 7 * 7'000'000);
}

TEST_F(ReferenceTraces, TinyLlamaRunsToItsEnd) {
    const Scenario llama = scenario("stg-llama-tiny/llama_tiny",
                                    {{"trace.process_groups", (kFolder / "stg-llama-tiny/comm_group.json").string()}});
    ASSERT_EQ(llama.trace.job->ranks, 8u);
    const RankTrace &first = llama.trace.job->traces[0], &last = llama.trace.job->traces[7];
    EXPECT_EQ(first.nodes.size(), 348u);
    EXPECT_EQ(first.dependencies.size(), 469u);
    EXPECT_EQ(last.nodes.size(), 356u);
    EXPECT_EQ(last.dependencies.size(), 485u);
    const RunResult step = result(llama);
    EXPECT_GT(step.summary.completion_ps, 2'000'000'000);
    const RunResult cut = run(llama, plan(llama), {.threads = 2, .partitions = 3, .window_divisor = 2}, nullptr);
    EXPECT_EQ(cut.digest, step.digest);
}

// One rank was captured, its stale control dependencies go round in circles, and its gradients are those of ResNet-50.
TEST_F(ReferenceTraces, ResNetRunsToItsEnd) {
    const std::string capture = "pytorch-resnet50-ddp/chakra";
    const std::vector<Override> as_converted{{"trace.process_groups", ""},
                                             {"trace.replicas", "4"},
                                             {"trace.control_dependencies", "false"},
                                             {"trace.prefix", (kFolder / capture).string()}};
    std::vector<Override> followed = as_converted;
    followed[2].value = "true";
    EXPECT_NE(to_string(load_scenario(kReplay, followed).errors.at(0)).find("chakra.0.et.gz: node "),
              std::string::npos);

    const Scenario resnet = scenario(capture, as_converted);
    const RankTrace& trace = resnet.trace.job->traces[0];
    EXPECT_EQ(trace.nodes.size(), 3664u);
    EXPECT_EQ(trace.dependencies.size(), 181'878u);
    std::int64_t gradients = 0, kernels_ps = 0;
    for (const TraceNode& node : trace.nodes) {
        if (node.kind == TraceNode::Kind::collective && node.collective == Collective::all_reduce)
            gradients += node.bytes;
        if (node.kind == TraceNode::Kind::compute && !node.on_cpu) kernels_ps += node.duration_ps;
    }
    EXPECT_EQ(gradients, 102'228'128);
    EXPECT_GE(result(resnet).summary.completion_ps, kernels_ps);  // one after the other
}

}  // namespace
}  // namespace lightloom
