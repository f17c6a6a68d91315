// Keys of switches, transport and circuits that are more than a number: classes, presets, what a hash reads, schedules.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "models/network/flow_control.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

Scenario read(const std::string& more) {
    const auto parsed = parse(kLeast + more);
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

TEST(Classes, AreListsOfNumbers) {
    const Scenario scenario = read("[switch]\nlossless = [3, 4]\nstrict = []\nweights = [1, 2, 3, 4, 5, 6, 7, 255]\n");
    EXPECT_EQ(scenario.switches.lossless, 0x18);
    EXPECT_EQ(scenario.switches.strict, 0);
    EXPECT_EQ(scenario.switches.weights, (std::array<std::uint8_t, 8>{1, 2, 3, 4, 5, 6, 7, 255}));
    EXPECT_EQ(parse(effective_toml(scenario)).scenario, scenario);
}

TEST(Classes, AreFromZeroToSeven) {
    const Errors errors = errors_of(kLeast + "[switch]\nlossless = [8]\nstrict = 7\nweights = [1, 2]\n");
    ASSERT_EQ(errors.size(), 3u);
    EXPECT_NE(errors[0].find("s.toml:6:13: error: switch.lossless: 8 is out of range"), std::string::npos) << errors[0];
    EXPECT_NE(errors[1].find("a list of traffic classes, from 0 to 7"), std::string::npos) << errors[1];
    EXPECT_NE(errors[2].find("found 2 weights"), std::string::npos) << errors[2];
}

TEST(Presets, SetSeveralKeysAndSingleKeysGoBeforeThem) {
    const Scenario plain = read("[switch]\npreset = \"roce-200g\"\n");
    EXPECT_EQ(plain.switches.flow_control, FlowControl::pause);
    EXPECT_EQ(plain.switches.ecn_threshold, Bytes{300'000});
    EXPECT_EQ(plain.switches.ecn_probability, 0.8);
    const Scenario own = read("[switch]\necn_threshold = \"100kB\"\npreset = \"roce-200g\"\n");
    EXPECT_EQ(own.switches.ecn_threshold, Bytes{100'000});
    EXPECT_EQ(own.switches.ecn_full, Bytes{1'200'000});
    const Scenario credits = read("[switch]\npreset = \"infiniband\"\n");
    EXPECT_EQ(credits.switches.flow_control, FlowControl::credit);
    EXPECT_EQ(credits.switches.forwarding, Forwarding::cut_through);
}

// Of the other tables too, whatever order they are read in.
TEST(Presets, SetKeysOfOtherTables) {
    const Scenario roce = read("[switch]\npreset = \"roce-400g\"\n");
    EXPECT_EQ(roce.switches.lossless, 0x08);
    EXPECT_EQ(roce.workload.traffic_class, 3);
    EXPECT_EQ(roce.transport.acknowledgement_class, 3);
    const Scenario own = read(
        "[workload]\ntraffic_class = 4\n[transport]\nacknowledgement_class = 5\n[switch]\npreset = \"roce-400g\"\n"
        "lossless = [4, 5]\n");
    EXPECT_EQ(own.switches.lossless, 0x30);
    EXPECT_EQ(own.workload.traffic_class, 4);
    EXPECT_EQ(own.transport.acknowledgement_class, 5);
    const Scenario infiniband = read("[framing]\ngap = \"1B\"\n[switch]\npreset = \"infiniband\"\n");
    EXPECT_EQ(infiniband.framing.header, Bytes{8 + 12 + 4 + 2});  // LRH, BTH, ICRC, VCRC
    EXPECT_EQ(infiniband.framing.acknowledgement, Bytes{30});     // and AETH
    EXPECT_EQ(infiniband.framing.preamble, Bytes{0});
    EXPECT_EQ(infiniband.framing.gap, Bytes{1});
    EXPECT_EQ(infiniband.transport.payload, Bytes{4096});
    const std::string text = effective_toml(infiniband);
    EXPECT_NE(text.find("header = \"26B\""), std::string::npos) << text;
    EXPECT_EQ(parse(text).scenario, infiniband);
}

TEST(Presets, OfRoceDropNothingAndWithoutTheirLosslessClassDo) {
    const auto dropped = [](const std::string& keys) {
        const std::string text =
            "[topology]\nservers = 4\ngpus_per_server = 8\nleaves = 2\nspines = 2\n[workload]\nkind = \"incast\"\n"
            "bytes = \"1MiB\"\n[switch]\npreset = \"roce-400g\"\nbuffer = \"8MiB\"\nqueue_limit = \"2MiB\"\n";
        const Scenario scenario = parse(text + keys).scenario.value();
        return run(scenario, plan(scenario), {}, nullptr).summary.frames_dropped;
    };
    EXPECT_EQ(dropped(""), 0);
    EXPECT_GT(dropped("lossless = [0]\n"), 0);
}

TEST(Presets, StandForTheirKeysInTheEffectiveScenario) {
    const Scenario scenario = read("[transport]\nretry_preset = \"nccl-2.23\"\n[switch]\npreset = \"roce-400g\"\n");
    const std::string text = effective_toml(scenario);
    EXPECT_EQ(text.find("preset"), std::string::npos);
    EXPECT_EQ(parse(text).scenario, scenario);
}

// NCCL user guide: T = 20 and 7 retries since 2.23, 18 since 2.14, 14 before: 30.06 s, 7.52 s and 0.47 s to an error.
TEST(RetryPresets, AreThoseOfNccl) {
    const auto seconds_to_failure = [](const std::string& preset) {
        const Scenario scenario = read("[transport]\nretry_preset = \"" + preset + "\"\n");
        return scenario.transport.timeout.seconds() * static_cast<double>(*scenario.transport.retries);
    };
    EXPECT_NEAR(seconds_to_failure("nccl-2.23"), 30.06, 0.01);
    EXPECT_NEAR(seconds_to_failure("nccl-2.14"), 7.52, 0.01);
    EXPECT_NEAR(seconds_to_failure("nccl-2.0"), 0.47, 0.01);
}

TEST(RetryPresets, AWrongNameIsAnsweredWithTheNearest) {
    const Errors errors = errors_of(kLeast + "[transport]\nretry_preset = \"nccl-2.32\"\n");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].find("nccl-2.23"), std::string::npos) << errors[0];
}

TEST(PathHash, ReadsWhatIsListed) {
    EXPECT_EQ(read("").routing.hash, 7u);
    EXPECT_EQ(read("[routing]\nhash = [\"flow\", \"attempt\"]\n").routing.hash, 5u);
    EXPECT_EQ(errors_of(kLeast + "[routing]\nhash = [\"flows\"]\n").size(), 1u);
}

TEST(Staleness, IsOffOrATimeAndForAdaptiveSwitches) {
    EXPECT_EQ(read("").routing.staleness, std::nullopt);
    EXPECT_EQ(read("[routing]\nstaleness = \"off\"\n").routing.staleness, std::nullopt);
    const Scenario scenario = read("[routing]\nstaleness = \"2us\"\npolicy = \"adaptive\"\n");
    EXPECT_EQ(scenario.routing.staleness, microseconds(2));
    EXPECT_EQ(parse(effective_toml(scenario)).scenario, scenario);
    const Errors blind = errors_of(kLeast + "[routing]\nstaleness = \"2us\"\n");
    ASSERT_EQ(blind.size(), 1u);
    EXPECT_NE(blind[0].find("s.toml:6:13: error: routing.staleness: only adaptive switches"), std::string::npos)
        << blind[0];
    const Errors brief = errors_of(kLeast + "[routing]\nstaleness = \"50ns\"\npolicy = \"adaptive\"\n");
    ASSERT_EQ(brief.size(), 1u);
    EXPECT_NE(brief[0].find("routing.staleness"), std::string::npos) << brief[0];
}

std::string pods(const std::string& schedule, const std::string& run) {
    return "[topology]\nkind = \"ocs-pods\"\npods = 4\nleaves_per_pod = 1\nservers_per_leaf = 1\n"
           "gpus_per_server = 1\nspines_per_pod = 1\n" +
           schedule + "[workload]\nkind = \"incast\"\nsenders = 1\nbytes = \"8MiB\"\n" + run;
}

TEST(CircuitSchedule, NeedsAnEndAndLightInEachState) {
    const Errors endless = errors_of(pods("states = 3\n", ""));
    ASSERT_EQ(endless.size(), 1u);
    EXPECT_NE(endless[0].find("run.until"), std::string::npos) << endless[0];
    const Errors dark = errors_of(pods("states = 3\nperiod = \"5us\"\ndark = \"5us\"\n", "[run]\nuntil = \"1ms\"\n"));
    ASSERT_EQ(dark.size(), 1u);
    EXPECT_NE(dark[0].find("topology.dark"), std::string::npos) << dark[0];
}

TEST(Circuits, TakeTurnsAndAllIsDelivered) {
    const Scenario still = parse(pods("circuits_per_spine = 3\n", "[run]\nuntil = \"20ms\"\n")).scenario.value();
    const Scenario turning =
        parse(pods("states = 3\nperiod = \"100us\"\ndark = \"20us\"\n", "[run]\nuntil = \"20ms\"\n")).scenario.value();
    const RunResult straight = run(still, plan(still), {}, nullptr);
    const RunResult in_turns = run(turning, plan(turning), {}, nullptr);
    ASSERT_TRUE(straight.complete);
    ASSERT_TRUE(in_turns.complete);
    // Two of three states have no circuit between these pods, but one round another pod: only the dark fifth of each
    // period is lost, and what a time-out adds to it.
    EXPECT_GT(in_turns.summary.completion_ps, straight.summary.completion_ps);
    EXPECT_GT(in_turns.summary.frames_lost_in_dark, 0);
    EXPECT_EQ(run(turning, plan(turning), {.threads = 2, .partitions = 4}, nullptr).digest, in_turns.digest);
}

class GraphFile : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("lightloom-graph-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    ScenarioFiles load(const std::string& graph) {
        std::ofstream(folder_ / "fabric.txt") << graph;
        std::ofstream(folder_ / "s.toml")
            << "[topology]\nkind = \"graph\"\nfile = \"fabric.txt\"\n[workload]\nkind = \"permutation\"\n";
        return load_scenario((folder_ / "s.toml").string());
    }

    std::filesystem::path folder_;
};

TEST_F(GraphFile, IsRead) {
    const ScenarioFiles files = load(
        "node a kind=server\nnode b kind=server\nnode l kind=leaf\n"
        "cable a l rate=400Gbps\ncable b l rate=400Gbps\n");
    ASSERT_TRUE(files.loaded) << to_string(files.errors.at(0));
    const Plan prepared = plan(files.loaded->scenario, files.loaded->context());
    EXPECT_EQ(prepared.topology.endpoints.size(), 2u);
    EXPECT_TRUE(run(files.loaded->scenario, prepared, {}, nullptr).complete);
}

TEST_F(GraphFile, IsRefusedWithItsOwnNameAndLine) {
    const ScenarioFiles files = load("node a kind=server\nnode l kind=leef\n");
    ASSERT_EQ(files.errors.size(), 1u);
    const std::string error = to_string(files.errors[0]);
    EXPECT_NE(error.find("fabric.txt:2"), std::string::npos) << error;
    EXPECT_NE(error.find("did you mean \"leaf\""), std::string::npos) << error;
}

TEST_F(GraphFile, HasNoCountsInTheScenario) {
    load("node a kind=server\nnode b kind=server\nnode l kind=leaf\ncable a l rate=1Gbps\ncable b l rate=1Gbps\n");
    std::ofstream(folder_ / "s.toml", std::ios::app) << "[topology.radix]\nleaf = 2\n";
    const std::vector<Override> overrides{{"topology.servers", "3"}};
    const ScenarioFiles files = load_scenario((folder_ / "s.toml").string(), overrides);
    ASSERT_EQ(files.errors.size(), 1u);
    EXPECT_NE(to_string(files.errors[0]).find("is no key of a graph fabric"), std::string::npos)
        << to_string(files.errors[0]);
}

}  // namespace
}  // namespace lightloom::test
