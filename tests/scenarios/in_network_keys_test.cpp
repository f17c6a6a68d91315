// Sums in leaves and spines in a scenario: what the keys do to a run, what a result says, and what is wrong with them.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/in_network.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/workload.hpp"
#include "tests/scenarios/scenario_reading.hpp"
#include "topologies/validation.hpp"

namespace lightloom::test {
namespace {

const std::string kSums = R"([topology]
servers = 8
gpus_per_server = 2
leaves = 4
spines = 2
[workload]
algorithm = "in-network"
bytes = "1MiB"
)";

Scenario read(const std::string& text) {
    const auto parsed = parse(text);
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

RunResult result_of(const std::string& text) {
    const Scenario scenario = read(text);
    return run(scenario, plan(scenario), {}, nullptr);
}

TEST(InNetworkKeys, AreReadPrintedAndReadAgain) {
    const Scenario scenario = read(kSums + "[in_network]\nlatency = \"1us\"\nmemory = \"64KiB\"\n");
    EXPECT_EQ(scenario.in_network, (ScenarioInNetwork{.latency = microseconds(1), .memory = Bytes{64 << 10}}));
    const std::string text = effective_toml(scenario);
    EXPECT_NE(text.find("[in_network]"), std::string::npos);
    EXPECT_EQ(parse(text).scenario, scenario);
    EXPECT_EQ(effective_toml(read(kLeast)).find("in_network"), std::string::npos) << "where nobody adds up";
}

// 16 GPUs: a ring sends 2 x 7/8 of the buffer by every NIC, and a sum the buffer once, so it takes about 4/7.
TEST(InNetworkKeys, TakeLessTimeThanARing) {
    std::string ring = kSums;
    ring.replace(ring.find("in-network"), 10, "ring");
    const RunResult sums = result_of(kSums), rings = result_of(ring);
    ASSERT_TRUE(sums.complete);
    const double ratio =
        static_cast<double>(sums.summary.completion_ps) / static_cast<double>(rings.summary.completion_ps);
    EXPECT_LT(ratio, 4.0 / 7.0);
    EXPECT_GT(sums.summary.bus_bandwidth, rings.summary.bus_bandwidth * 7.0 / 4.0);
}

TEST(InNetworkKeys, CountGpusAsRanksAndSwitchesAsNone) {
    const RunResult result = result_of(kSums);
    ASSERT_EQ(result.collectives.ranks.size(), 2u);  // rails
    EXPECT_EQ(result.collectives.ranks[0], 8u);
    EXPECT_EQ(result.topology.endpoints.size(), 16u);
    const auto messages = static_cast<std::int64_t>((1 << 20) / 4096);
    // Of each rail: from 8 GPUs and 4 leaves up, and down again.
    EXPECT_EQ(result.summary.messages, 2 * 2 * (8 + 4) * messages);
    const auto of_switches = std::ranges::count_if(
        result.flows.source, [&](std::uint32_t source) { return source >= result.topology.endpoints.size(); });
    EXPECT_EQ(of_switches, 2 * (4 + 4 + 8)) << "leaves to their root, roots to leaves, leaves to GPUs";
}

TEST(InNetworkKeys, LatencyAndChunkSayWhenASumIsReady) {
    const std::int64_t usual = result_of(kSums).summary.completion_ps;
    const std::int64_t slow = result_of(kSums + "[in_network]\nlatency = \"2300ns\"\n").summary.completion_ps;
    EXPECT_NEAR(static_cast<double>(slow - usual), 2 * 2e6, 2e5);
    EXPECT_GT(result_of(kSums + "chunk = \"256KiB\"\n").summary.completion_ps, usual + usual / 4)
        << "a switch waits for all of a chunk";
}

TEST(InNetworkKeys, AreOfOneJobBesideAnother) {
    const std::string jobs = R"([topology]
servers = 8
gpus_per_server = 2
leaves = 4
spines = 2
[[job]]
name = "sums"
gpus = 8
placement = "spread"
algorithm = "in-network"
bytes = "256KiB"
[[job]]
name = "rings"
bytes = "256KiB"
)";
    const RunResult result = result_of(jobs);
    EXPECT_TRUE(result.complete);
    EXPECT_GT(result.jobs.bus_bandwidth[0], 0.0);
    EXPECT_EQ(result.jobs.gpus, (std::vector<std::int64_t>{8, 8}));
}

// A cable of a tree that is down holds all of its ranks up, and the others go on: trees are laid once.
TEST(InNetworkKeys, TreesAreNotLaidAnew) {
    const std::string fault =
        "[[fault]]\nkind = \"down\"\nselect = \"tier=leaf-spine & leaf=0\"\nat = \"10us\"\nlasts = \"200us\"\n";
    const std::int64_t usual = result_of(kSums).summary.completion_ps;
    const RunResult result = result_of(kSums + fault);
    EXPECT_TRUE(result.complete);
    EXPECT_GT(result.summary.completion_ps, usual + 190'000'000);
}

TEST(InNetworkKeys, ArePlannedInWords) {
    const Scenario scenario = read(kSums);
    const Plan planned = plan(scenario);
    EXPECT_EQ(in_network_text(scenario, planned),
              "2 trees over 6 switches and 8 cables between them, roots spine 0, spine 1; a sum takes 300ns");
    EXPECT_EQ(in_network_text(read(kLeast), planned), "");
    EXPECT_EQ(expect(scenario, planned).packet_hops, run(scenario, plan(scenario), {}, nullptr).summary.frames_sent);
}

std::string only_error(const std::string& text) {
    const Errors errors = errors_of(text);
    EXPECT_EQ(errors.size(), 1u);
    return errors.empty() ? "" : errors.front();
}

TEST(InNetworkKeys, AreRefusedWhereNobodyAddsUp) {
    const std::string error = only_error(kLeast + "[in_network]\nlatency = \"1us\"\n");
    EXPECT_NE(error.find("s.toml:6:11: error: in_network.latency: no switch of the fabric adds up"), std::string::npos)
        << error;
}

TEST(InNetworkKeys, AreRefusedOnFabricsWithoutATree) {
    const std::string planes = only_error(
        "[topology]\nkind = \"multi-plane\"\nsegments = 2\nservers_per_segment = 2\ngpus_per_server = 2\n"
        "spines_per_plane = 2\n[workload]\nalgorithm = \"in-network\"\n");
    EXPECT_NE(planes.find("s.toml:8:13: error: workload.algorithm: NICs of 2 ports"), std::string::npos) << planes;
    EXPECT_NE(planes.find("topology.nics_per_gpu = 1"), std::string::npos) << planes;
    const std::string circuits = only_error(
        "[topology]\nkind = \"ocs-pods\"\npods = 2\nleaves_per_pod = 2\nspines_per_pod = 2\n"
        "servers_per_leaf = 2\n[workload]\nalgorithm = \"in-network\"\n");
    EXPECT_NE(circuits.find("s.toml:8:13: error: workload.algorithm: circuits between pods"), std::string::npos)
        << circuits;
}

TEST(InNetworkKeys, AreRefusedOnATorusOfOnesOwn) {
    const std::vector<Override> sums{{"workload.kind", "all-reduce"}, {"workload.algorithm", "in-network"}};
    const ScenarioFiles files = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/user-graph.toml", sums);
    ASSERT_EQ(files.errors.size(), 1u);
    const std::string error = to_string(files.errors.front());
    EXPECT_NE(error.find("workload.algorithm: in-network sums need a switch above all 16 leaves"), std::string::npos)
        << error;
}

// A job may be placed where there is a tree, though there is none over the whole fabric.
TEST(InNetworkKeys, OfAJobNeedATreeOfItsOwnOnly) {
    const auto with = [](const std::string& list) {
        const std::string job =
            "[[job]]\nname = \"a\"\nalgorithm = \"in-network\"\nbytes = \"64KiB\"\ngroups = \"all\"\n"
            "placement = \"listed\"\nlist = " +
            list + "\n";
        return read(
            "[topology]\nkind = \"ocs-pods\"\npods = 2\nleaves_per_pod = 2\nspines_per_pod = 2\n"
            "servers_per_leaf = 2\n" +
            job);
    };
    const Scenario inside = with("[\"0-3\"]"), across = with("[\"2-5\"]");
    EXPECT_TRUE(run(inside, plan(inside), {}, nullptr).complete);
    try {
        run(across, plan(across), {}, nullptr);
        ADD_FAILURE() << "no tree joins two pods";
    } catch (const WorkloadError& error) {
        EXPECT_EQ(std::string(error.what()).find("job a: in-network sums need a switch above all"), 0u) << error.what();
    }
}

// Two jobs of two rails have four trees, each with a root of its own.
TEST(InNetworkKeys, OfSeveralJobsTakeDifferentRoots) {
    std::string text = "[topology]\nservers = 8\ngpus_per_server = 2\nleaves = 4\nspines = 4\n";
    for (const std::string name : {"a", "b"})
        text += "[[job]]\nname = \"" + name + "\"\ngpus = 8\nalgorithm = \"in-network\"\nplacement = \"spread\"\n";
    const Scenario scenario = read(text);
    const std::string said = in_network_text(scenario, plan(scenario));
    EXPECT_NE(said.find("4 trees over"), std::string::npos) << said;
    EXPECT_NE(said.find("roots spine 0, spine 1, spine 2, spine 3"), std::string::npos) << said;
}

TEST(InNetworkKeys, AreRefusedWhereASwitchKeepsNoChunk) {
    const std::string error = only_error(kSums + "channels = 2\n[in_network]\nmemory = \"8191B\"\n");
    EXPECT_NE(error.find("in_network.memory: 8191B hold no chunk of 4KiB for each of 2 channels"), std::string::npos)
        << error;
    EXPECT_TRUE(errors_of(kSums + "channels = 2\n[in_network]\nmemory = \"8KiB\"\n").empty());
}

TEST(InNetworkKeys, AreOfAnAllReduceOnly) {
    std::string text = kSums;
    text.replace(text.find("algorithm"), 0, "kind = \"all-gather\"\n");
    const std::string error = only_error(text);
    EXPECT_NE(error.find("all-gather has no in-network form"), std::string::npos) << error;
}

}  // namespace
}  // namespace lightloom::test
