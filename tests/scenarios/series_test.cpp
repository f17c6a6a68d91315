// Samples in time from a scenario to a result file: which ports, how often, what is wrong with that, and what the file
// has, also while the run lasts. Values are held in tests/network/port_samples_test.cpp.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "scenarios/assembly.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/result_recovery.hpp"
#include "scenarios/scenario_files.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kRing = kLeast + R"([switch]
flow_control = "pause"
[workload]
kind = "all-reduce"
bytes = "1MiB"
)";

Scenario scenario_of(const std::string& text) {
    const ParsedScenario parsed = parse_scenario(text, "s.toml", {}, names_of(Catalogue::built_in()));
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}
RunResult result_of(const Scenario& scenario, const RunOptions& options = {}) {
    return run(scenario, plan(scenario), options, nullptr);
}

TEST(Series, AreOfThePortsAtBothEndsOfTheSelectedCables) {
    const auto ports = [](const std::string& keys) {
        return plan(scenario_of(kRing + "[series]\n" + keys)).sampled_ports;
    };
    const Topology topology = plan(scenario_of(kRing)).topology;
    EXPECT_TRUE(ports("").empty());
    EXPECT_EQ(ports("interval = \"1us\"").size(), topology.ports.size());
    const auto some = ports("interval = \"1us\"\nselect = \"leaf=1 & spine=0\"");
    ASSERT_EQ(some.size(), 2u);
    EXPECT_LT(some[0], some[1]);
    EXPECT_EQ(topology.ports[some[0]].peer.value, some[1]);
    EXPECT_EQ(topology.port_name(PortId{some[0]}).substr(0, 6), "leaf 1");
    EXPECT_EQ(ports("interval = \"1us\"\nselect = \"tier=host-leaf & random 3\"").size(), 6u);
}

TEST(Series, SayWhatIsWrongWithTheirKeys) {
    const auto errors = [](const std::string& keys) { return errors_of(kLeast + "[series]\n" + keys); };
    EXPECT_EQ(errors("interval = \"1ns\""), Errors{"s.toml:6:12: error: series.interval: \"1ns\" is out of range\n"
                                                   "    \"off\", or: possible is from 100ns to 1000000s"});
    EXPECT_EQ(errors("select = \"leaf=1\""),
              Errors{"s.toml:6:10: error: series.select: says which ports are sampled, and none is\n"
                     "    series.interval = \"10us\" says how often"});
    EXPECT_EQ(errors("interval = \"1us\"\nselect = \"tier=core\""),
              Errors{"s.toml:7:10: error: series.select: no tier \"core\"\n"
                     "    known are \"host-leaf\", \"leaf-spine\""});
    EXPECT_EQ(errors("interval = \"1us\"\nselect = \"tier=leaf-spine & spine=2\""),
              Errors{"s.toml:7:10: error: series.select: there is no spine 2\n"
                     "    there are 2, counted from 0"});
    EXPECT_EQ(errors("interval = \"1us\"\nselect = \"tier=host-leaf & spine=0\""),
              Errors{"s.toml:7:10: error: series.select: a cable of tier host-leaf has no spine\n"
                     "    leave spine out"});
}

TEST(Series, ChangeNoResultAndAreTheSameForAllThreads) {
    const RunResult off = result_of(scenario_of(kRing));
    EXPECT_EQ(off.series.samples(), 0u);
    const Scenario sampled = scenario_of(kRing + "[series]\ninterval = \"700ns\"\n");
    const RunResult one = result_of(sampled), three = result_of(sampled, {3, 5, 8});
    EXPECT_EQ(one.digest, off.digest);
    EXPECT_EQ(one.summary.end_ps, off.summary.end_ps);
    EXPECT_EQ(three.digest, off.digest);
    EXPECT_EQ(static_cast<std::int64_t>(one.series.samples()), off.summary.end_ps / 700'000);
    EXPECT_EQ(one.series.utilisation, three.series.utilisation);
    EXPECT_EQ(one.series.queue_bytes, three.series.queue_bytes);
    EXPECT_EQ(one.series.paused_ps, three.series.paused_ps);
}

// The time that a port was busy over the run is what its samples say, but for what was left of the last interval.
TEST(Series, AgreeWithThePortsOfTheRun) {
    const RunResult result = result_of(scenario_of(kRing + "[series]\ninterval = \"500ns\"\n"));
    for (std::size_t port = 0; port < result.series.ports.size(); ++port) {
        double busy_ps = 0;
        for (std::size_t i = port; i < result.series.utilisation.size(); i += result.series.ports.size())
            busy_ps += static_cast<double>(result.series.utilisation[i]) * 500'000;
        EXPECT_LE(busy_ps, static_cast<double>(result.ports.busy_ps[port]) + 20);
        EXPECT_GE(busy_ps, static_cast<double>(result.ports.busy_ps[port]) - 500'000);
    }
}

TEST(Series, AreOfTheLargestSizeOfASweep) {
    const RunResult sweep =
        result_of(scenario_of(kRing + "sizes = { from = \"256KiB\" }\n[series]\ninterval = \"1us\"\n"));
    const RunResult largest = result_of(scenario_of(kRing + "[series]\ninterval = \"1us\"\n"));
    EXPECT_EQ(sweep.series.utilisation, largest.series.utilisation);
}

/// In a folder of its own, gone afterwards.
class SeriesFile : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "lightloom_series_XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    std::string place(const char* name = "r.h5") const { return (folder / name).string(); }
    void read_in_python(const std::string& arguments) const {
        EXPECT_EQ(
            std::system(
                ("/usr/bin/python3 " LIGHTLOOM_SOURCE_DIR "/tests/scenarios/read_result.py " + arguments).c_str()),
            0)
            << arguments;
    }

    std::filesystem::path folder;
};

TEST_F(SeriesFile, HasThemAsTheyWereSampled) {
    const RunResult result = result_of(scenario_of(kRing + "[series]\ninterval = \"1us\"\nselect = \"spine=0\"\n"));
    ASSERT_GT(result.series.samples(), 20u);
    ResultFile::create(place(), header_of(result, "r")).finish(result);
    read_in_python("series " + place());

    const ResultReader reader = ResultReader::open(place());
    const std::size_t samples = result.series.samples(), ports = result.series.ports.size();
    EXPECT_EQ(reader.whole_column("series/time_ps").size(), samples);
    EXPECT_EQ(reader.whole_column("series/port").size(), ports);
    const std::vector<double> read = reader.grid_rows("series/utilisation", 3, 4, ports);
    for (std::size_t i = 0; i < 4 * ports; ++i) EXPECT_EQ(read[i], result.series.utilisation[3 * ports + i]);
    EXPECT_THROW(reader.grid_rows("series/utilisation", samples, 1, ports), ResultUnreadable);
    EXPECT_THROW(reader.grid_rows("series/utilisation", 0, 1, ports + 1), ResultUnreadable);
    EXPECT_THROW(reader.grid_rows("series/time_ps", 0, 1, ports), ResultUnreadable);
}

// What a kill leaves: the samples that were whole when the file was last written to.
TEST_F(SeriesFile, HasThoseOfARunThatWasKilled) {
    const RunResult result = result_of(scenario_of(kRing + "[series]\ninterval = \"1us\"\n"));
    {
        ResultFile file = ResultFile::create(place(), header_of(result, "r"));
        file.append_samples(result.series, 3);
        file.append_samples(result.series, 3);
        file.append_samples(result.series, 10);
    }  // as far as it came
    const ResultReader reader = ResultReader::open(place("r.h5.partial"));
    EXPECT_EQ(reader.whole_column("series/time_ps").size(), 10u);
    const std::size_t ports = result.series.ports.size();
    const std::vector<double> read = reader.grid_rows("series/queue_bytes", 0, 10, ports);
    for (std::size_t i = 0; i < 10 * ports; ++i) EXPECT_EQ(read[i], result.series.queue_bytes[i]);
}

// A quiet port's samples fold to next to nothing: what a file may take to read goes by what is in it, not by its size.
TEST_F(SeriesFile, IsReadAndRecoveredHoweverLittleItFoldsTo) {
    constexpr std::size_t kSamples = 400'000;
    RunResult result = result_of(scenario_of(kRing + "[series]\ninterval = \"1us\"\n"));
    result.series.ports = {0, 1};
    result.series.utilisation.clear();
    result.series.resize(kSamples);
    for (std::size_t i = 0; i < 2 * kSamples; ++i) result.series.utilisation[i] = 0.5f;
    {
        ResultFile file = ResultFile::create(place(), header_of(result, "r"));
        file.append_samples(result.series, kSamples);
    }  // as a kill leaves it
    EXPECT_LT(std::filesystem::file_size(place("r.h5.partial")), kSamples * 4);
    recover_result(place("r.h5.partial"), place());
    const ResultReader reader = ResultReader::open(place());
    EXPECT_EQ(reader.rows("series"), kSamples);
    EXPECT_EQ(reader.grid_rows("series/utilisation", kSamples - 1, 1, 2), (std::vector<double>{0.5, 0.5}));
}

TEST_F(SeriesFile, IsTheSameTwice) {
    const RunResult result = result_of(scenario_of(kRing + "[series]\ninterval = \"1us\"\n"));
    for (const char* name : {"a.h5", "b.h5"}) ResultFile::create(place(name), header_of(result, "r")).finish(result);
    EXPECT_EQ(std::system(("cmp " + place("a.h5") + " " + place("b.h5")).c_str()), 0);
}

}  // namespace
}  // namespace lightloom::test
