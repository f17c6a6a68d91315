// Many jobs on one fabric: their keys, their mistakes, and what they do to each other.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/workload.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kFabric = R"([topology]
servers = 8
gpus_per_server = 2
leaves = 2
spines = 2
)";

const std::string kTwoJobs = kFabric + R"(
[[job]]
name = "a"
kind = "all-reduce"
bytes = "64KiB"
gpus = 8
[[job]]
name = "b"
kind = "incast"
bytes = "64KiB"
start = "5us"
)";

Scenario scenario_of(const std::string& text, const std::vector<Override>& overrides = {}) {
    const ParsedScenario parsed = parse_scenario(text, "s.toml", overrides, names_of(Catalogue::built_in()));
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

RunResult result_of(const Scenario& scenario) { return run(scenario, plan(scenario), {.threads = 1}, nullptr); }

/// Key and message of the only error.
std::string complaint(const std::string& text, const std::vector<Override>& overrides = {}) {
    const auto parsed = parse(text, overrides);
    if (parsed.errors.size() != 1) return std::to_string(parsed.errors.size()) + " errors";
    return parsed.errors[0].key + ": " + parsed.errors[0].message;
}

TEST(Jobs, TakeTheKeysOfWorkloadAndTraining) {
    const Scenario scenario = scenario_of(kTwoJobs + R"(senders = 3
traffic_class = 2
[[job]]
name = "c"
kind = "training"
placement = "listed"
list = ["6", "7/0-1"]
iterations = 2
training = { model = "llama3-8b", tensor = 2 }
)");
    ASSERT_EQ(scenario.jobs.size(), 3u);
    EXPECT_EQ(scenario.jobs[0].gpus, 8);
    EXPECT_EQ(scenario.jobs[1].workload.senders, 3);
    EXPECT_EQ(scenario.jobs[1].workload.traffic_class, 2);
    EXPECT_EQ(scenario.jobs[1].start, microseconds(5));
    EXPECT_EQ(scenario.jobs[2].training.tensor, 2);
    EXPECT_EQ(scenario.jobs[2].workload.iterations, 2);
    EXPECT_EQ(scenario.jobs[2].list, (std::vector<GpuRange>{{6}, {7, 0, 2}}));
}

TEST(Jobs, ReadBackAsTheyAreExplained) {
    Scenario scenario = scenario_of(kTwoJobs, {{"run.alone", "true"}, {"job.1.placement", "random"}});
    EXPECT_TRUE(scenario.alone);
    EXPECT_EQ(scenario_of(effective_toml(scenario)), scenario);
    scenario.jobs[1].placement = Placement::listed;
    scenario.jobs[1].list = {{4}, {5, 1, 1}};
    scenario.jobs[0].workload.kind = WorkloadKind::training;
    scenario.jobs[0].workload.bytes = Scenario::Workload{}.bytes;  // of a training they say nothing
    scenario.jobs[0].training.tensor = 4;
    EXPECT_EQ(scenario_of(effective_toml(scenario)), scenario);
}

TEST(Jobs, ExcludeAWorkload) {
    EXPECT_EQ(complaint(kTwoJobs, {{"workload.bytes", "1MiB"}}), "workload.bytes: is of a scenario without [[job]]");
    EXPECT_EQ(complaint(kFabric, {{"run.alone", "true"}}),
              "run.alone: a job that shares its fabric with none is alone");
}

TEST(Jobs, ErrorsNameTheJobAndItsKey) {
    const auto with = [](const std::string& key, const std::string& value) {
        return complaint(kTwoJobs, {{"job.1." + key, value}});
    };
    EXPECT_EQ(with("name", "a"), "job.1.name: job.0 has the same");
    EXPECT_EQ(with("gpus", "9"), "job.1.gpus: with the jobs before it, 17 GPUs are taken");
    EXPECT_EQ(with("senders", "8"), "job.1.senders: 8 senders and a receiver among 8 GPUs");
    EXPECT_EQ(with("byts", "8"), "job.1.byts: unknown key");
    EXPECT_EQ(with("training.tensor", "2"), "job.1.training.tensor: no model is trained");
    EXPECT_EQ(with("list", "[\"0\"]"), "job.1.list: says where ranks are");
    EXPECT_EQ(complaint(kTwoJobs, {{"job.1.placement", "listed"}}), "job.1.list: is missing");
    EXPECT_EQ(complaint(kTwoJobs, {{"job.0.gpus", "rest"}}), "job.1.gpus: job a takes the rest already");
    EXPECT_EQ(complaint(kTwoJobs, {{"job.0.gpus", "16"}}), "job.1.gpus: the other jobs leave none");
    EXPECT_EQ(complaint(kTwoJobs, {{"job.0.root", "5"}}), "job.0.root: there is no rank 5");
    EXPECT_EQ(complaint(kFabric + "[[job]]\nkind = \"incast\"\n"), "job.0.name: is missing");
}

// Their servers have different numbers of them, so nothing is known of groups before they are placed.
TEST(Jobs, OfGpusThatAreNoWholeServersAreChecked) {
    const auto alone = [](const std::string& keys) { return complaint(kFabric + "[[job]]\nname = \"a\"\n" + keys); };
    const std::string list = "placement = \"listed\"\nlist = [\"0\", \"1/0\"]\n";
    EXPECT_EQ(alone("kind = \"incast\"\nsenders = 8\n" + list), "job.0.senders: 8 senders and a receiver among 3 GPUs");
    EXPECT_EQ(alone("kind = \"training\"\ngpus = 3\ntraining = { model = \"llama3-8b\", tensor = 2 }\n"),
              "job.0.training.tensor: 3 GPUs are no multiple of tensor x context x pipeline = 2");
    EXPECT_EQ(alone("algorithm = \"bruck\"\n" + list), "job.0.algorithm: all-reduce has no bruck form");
    EXPECT_EQ(alone("root = 3\nkind = \"broadcast\"\n" + list), "job.0.root: there is no rank 3");
    EXPECT_EQ(alone("algorithm = \"auto\"\n" + list), "job.0.algorithm: NCCL's tuner is asked for a whole fabric only");
    EXPECT_EQ(alone("kind = \"trace\"\n" + list), "job.0.trace.prefix: names no trace");
    EXPECT_EQ(alone("sizes = { from = \"8B\" }\n" + list),
              "job.0.sizes.from: a sweep of sizes has the fabric to itself");
    EXPECT_EQ(alone("kind = \"permutation\"\nplacement = \"listed\"\nlist = [\"0/0\"]\n"),
              "job.0.list: permutation needs at least 2 GPUs");
    EXPECT_EQ(alone("algorithm = \"in-switch\"\ngroups = \"all\"\ngpus = 4\n[scale_up]\nkind = \"nvlink\"\n"),
              "0 errors");
}

// Each on its own rail: ranks 0 and 1 of two.
TEST(Jobs, WhosePlacesDoNotFitTheirCallAreRefused) {
    const std::string job =
        "[[job]]\nname = \"a\"\nkind = \"broadcast\"\nplacement = \"listed\"\n"
        "list = [\"0\", \"1/0\", \"2/1\"]\n";
    EXPECT_NO_THROW(plan(scenario_of(kFabric + job)));
    EXPECT_THROW(plan(scenario_of(kFabric + job + "root = 3\n")), WorkloadError);
}

TEST(Jobs, ArePaidTheLaunchesOfTheirOwnProtocol) {
    const std::string slow = kFabric + R"([engine]
ll.launch = "1us"
simple.launch = "500us"
[[job]]
name = "a"
gpus = 4
bytes = "64KiB"
protocol = "ll"
)";
    const RunResult one = result_of(scenario_of(slow));
    const RunResult two = result_of(scenario_of(slow + "[[job]]\nname = \"b\"\ngpus = 4\nbytes = \"64KiB\"\n"));
    EXPECT_EQ(two.jobs.completion_ps.at(0), one.jobs.completion_ps.at(0));
    EXPECT_GT(two.jobs.completion_ps.at(1), microseconds(500).ps);
}

TEST(Jobs, ThatListOneGpuAreBothNamed) {
    const auto lists = [](const std::string& a, const std::string& b) {
        return complaint(kFabric + "[[job]]\nname = \"a\"\nplacement = \"listed\"\nlist = " + a +
                         "\ngroups = \"all\"\n[[job]]\nname = \"b\"\nplacement = \"listed\"\nlist = " + b +
                         "\ngroups = \"all\"\n");
    };
    EXPECT_EQ(lists(R"(["0-3"])", R"(["4-7"])"), "0 errors");
    EXPECT_EQ(lists(R"(["0-3"])", R"(["3/1", "4"])"), "job.1.list: jobs a and b share GPU 1 of server 3");
    EXPECT_EQ(lists(R"(["0", "0/1"])", R"(["4"])"), "job.0.list: names GPU 1 of server 0 twice");
    EXPECT_EQ(lists(R"(["0-8"])", R"(["4"])"), "job.0.list: there is no server 8");
    EXPECT_EQ(lists(R"(["0/2"])", R"(["4"])"), "job.0.list: server 0 has no GPU 2");
    EXPECT_EQ(lists(R"(["x"])", R"(["4"])"), "job.0.list: found \"x\"");
    EXPECT_EQ(lists(R"(["0-4000000000"])", R"(["4"])"), "job.0.list: more than 65536 places");
}

TEST(Jobs, OneThatHasAllGpusIsTheWorkload) {
    const Scenario workload = scenario_of(kFabric + "[workload]\nbytes = \"64KiB\"\niterations = 2\n");
    const Scenario job =
        scenario_of(kFabric + "[[job]]\nname = \"a\"\nbytes = \"64KiB\"\niterations = 2\nplacement = \"spread\"\n");
    const RunResult one = result_of(workload), other = result_of(job);
    EXPECT_EQ(one.digest, other.digest);
    EXPECT_EQ(one.collectives.end_ps, other.collectives.end_ps);
    EXPECT_EQ(other.jobs.bus_bandwidth.at(0), one.summary.bus_bandwidth);
    EXPECT_EQ(one.jobs.name.at(0), "workload");
}

TEST(Jobs, BeginAtTheirStartAndEndTheRunWhenAllAreDone) {
    const RunResult result = result_of(scenario_of(kTwoJobs, {{"job.1.start", "1ms"}}));
    EXPECT_EQ(result.stopped_by, "done");
    EXPECT_EQ(result.jobs.gpus, (std::vector<std::int64_t>{8, 8}));
    EXPECT_LT(result.jobs.end_ps[0], milliseconds(1).ps);
    EXPECT_EQ(result.jobs.end_ps[1], result.summary.completion_ps);
    EXPECT_EQ(result.jobs.completion_ps[1], result.jobs.end_ps[1] - milliseconds(1).ps);
    EXPECT_EQ(result.jobs.flows[1], 7);
    EXPECT_EQ(result.jobs.payload_bytes[1], 7 * 65536);
    for (std::size_t i = 0; i < result.flows.job.size(); ++i) {
        const bool late = result.flows.job[i] == 1;
        EXPECT_EQ(result.flows.start_ps[i] >= milliseconds(1).ps, late);
        EXPECT_EQ(result.flows.source[i] >= 8, late);
    }
    // A message of an incast takes as long whenever it begins.
    EXPECT_EQ(result.jobs.completion_ps[1], result_of(scenario_of(kTwoJobs)).jobs.completion_ps[1]);
}

TEST(Jobs, ThatShareNoPortAreNotSlowed) {
    // Eight GPUs are a rack.
    const RunResult result = result_of(scenario_of(kTwoJobs, {{"run.alone", "true"}}));
    ASSERT_EQ(result.jobs.slowdown.size(), 2u);
    EXPECT_EQ(result.jobs.slowdown[0], 1.0);
    EXPECT_EQ(result.jobs.slowdown[1], 1.0);
    EXPECT_EQ(result.jobs.alone_ps, result.jobs.completion_ps);
}

TEST(Jobs, ANoisyNeighbourSlowsItsVictim) {
    const LoadedScenario input =
        load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/noisy-neighbour.toml").loaded.value();
    const RunResult result = run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
    EXPECT_GT(result.jobs.slowdown.at(0), 1.1);
    EXPECT_LT(result.jobs.slowdown.at(0), 4.0);
    EXPECT_LT(result.jobs.alone_ps[0], result.jobs.completion_ps[0]);
    EXPECT_GE(result.jobs.slowdown.at(1), 1.0);
}

// Of a training that has the fabric to itself /training has the same.
TEST(Jobs, TrainingsTellWhatTheyWaitFor) {
    const std::string training = "training = { model = \"llama3-8b\", tensor = 2, pipeline = 4, sequence = 16 }\n";
    const Scenario one = scenario_of(kFabric +
                                     "[workload]\nkind = \"training\"\nplacement = \"packed\"\n"
                                     "[training]\nmodel = \"llama3-8b\"\ntensor = 2\npipeline = 4\n"
                                     "sequence = 16\n");
    const Scenario job = scenario_of(kFabric + "[[job]]\nname = \"a\"\nkind = \"training\"\n" + training);
    const RunResult alone = run(one, plan(one), {}, nullptr), among = run(job, plan(job), {}, nullptr);
    ASSERT_GT(alone.training.exposed.wait.size(), 1u);
    EXPECT_EQ(among.job_waits.exposed.wait, alone.training.exposed.wait);
    EXPECT_EQ(among.job_waits.exposed.mean_ps, alone.training.exposed.mean_ps);
    EXPECT_EQ(among.job_waits.exposed.worst_ps, alone.training.exposed.worst_ps);
    EXPECT_EQ(among.job_waits.exposed.worst, alone.training.exposed.worst);
    EXPECT_TRUE(alone.job_waits.job.empty());

    // Two of them, each with rows of its own ranks.
    const Scenario two = scenario_of(kFabric + "[[job]]\nname = \"a\"\nkind = \"training\"\ngpus = 8\n" + training +
                                     "[[job]]\nname = \"b\"\nkind = \"training\"\n" + training);
    const JobWaits waits = run(two, plan(two), {}, nullptr).job_waits;
    ASSERT_EQ(std::ranges::count(waits.job, 0u), std::ranges::count(waits.job, 1u));
    ASSERT_GT(waits.job.size(), 2u);
    for (std::size_t i = 0; i < waits.job.size(); ++i) EXPECT_EQ(waits.exposed.worst[i] >= 8, waits.job[i] == 1) << i;
}

// Nothing is the bandwidth of several jobs, and a later start is no time of a collective's.
TEST(Jobs, HaveABandwidthEachAndNoneTogether) {
    const std::string ring = "[[job]]\nname = \"a\"\nbytes = \"1MiB\"\ngpus = 8\ngroups = \"all\"\n";
    const std::string other = "[[job]]\nname = \"b\"\nkind = \"incast\"\nbytes = \"8MiB\"\n";
    const RunResult two = result_of(scenario_of(kFabric + ring + other));
    EXPECT_EQ(two.summary.bus_bandwidth, 0.0);
    EXPECT_GT(two.jobs.bus_bandwidth.at(0), 0.0);
    EXPECT_EQ(result_of(scenario_of(kFabric + ring + "start = \"1ms\"\n")).summary.bus_bandwidth, 0.0);
    const RunResult one = result_of(scenario_of(kFabric + ring));
    EXPECT_EQ(one.summary.bus_bandwidth, one.jobs.bus_bandwidth.at(0));
    EXPECT_GT(one.summary.bus_bandwidth, 0.0);
}

// It shows where GPUs are placed that are no whole servers.
TEST(Jobs, WithLessThanAByteForEachAreRefused) {
    const Scenario scenario = scenario_of(kFabric +
                                          "[[job]]\nname = \"a\"\nbytes = \"2B\"\ngroups = \"all\"\n"
                                          "placement = \"listed\"\nlist = [\"0\", \"1/0\"]\n");
    EXPECT_THROW(traffic_of(scenario, plan(scenario)), WorkloadError);
}

TEST(Jobs, WhoseGroupsWouldDifferAreRefused) {
    const Scenario scenario = scenario_of(kTwoJobs, {{"job.0.gpus", "7"}});
    EXPECT_THROW(plan(scenario), WorkloadError);
    EXPECT_NO_THROW(plan(scenario_of(kTwoJobs, {{"job.0.gpus", "7"}, {"job.0.groups", "all"}})));
}

}  // namespace
}  // namespace lightloom::test
