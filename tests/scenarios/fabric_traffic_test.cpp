// Traffic for fabric people in whole runs: load and waiting against the closed form of a queue, closed loops that never
// have too much under way, sizes from a file, and what is said of each class of sizes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/size_file.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kFabric = R"([topology]
servers = 17
gpus_per_server = 1
leaves = 1
spines = 1
)";

Scenario scenario_of(const std::string& text, const std::vector<Override>& overrides = {}) {
    const ParsedScenario parsed = parse_scenario(text, "s.toml", overrides, names_of(Catalogue::built_in()));
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

RunResult result_of(const Scenario& scenario) { return run(scenario, plan(scenario), {.threads = 1}, nullptr); }

std::string complaint(const std::string& text) {
    const auto parsed = parse(text);
    if (parsed.errors.size() != 1) return std::to_string(parsed.errors.size()) + " errors";
    return parsed.errors[0].key + ": " + parsed.errors[0].message;
}

// M/D/1 (Pollaczek and Khinchine): messages of one packet from many senders wait at the receiver's port for
// rho D / (2 (1 - rho)) on average, D being a packet's time with its gap, and rho the load with what is no payload. A
// sender's own port adds the same for a sixteenth of the load.
TEST(OpenLoop, WaitsAsTheQueueWithConstantServiceDoes) {
    const Scenario scenario = scenario_of(kFabric + R"([workload]
kind = "incast"
bytes = "4KiB"
arrivals = "poisson"
load = 0.7
duration = "4ms"
)");
    const RunResult result = result_of(scenario);
    ASSERT_TRUE(result.complete);
    const Framing& f = scenario.framing;
    const double wire = static_cast<double>((f.preamble + f.header + f.gap).count + 4096);
    const double service_ps = wire * 8 / 400e9 * 1e12, rho = 0.7 * wire / 4096;
    const auto waiting = [&](double load) { return load * service_ps / (2 * (1 - load)); };
    const RunResult::MessageSizes& m = result.message_sizes;
    ASSERT_EQ(m.largest_bytes, (std::vector<std::int64_t>{10'000, 0}));
    ASSERT_GT(m.messages[1], 30'000);
    EXPECT_NEAR(static_cast<double>(m.bytes[1]) * 8 / 0.004 / 400e9, 0.7, 0.7 * 4 / std::sqrt(m.messages[1]));
    const double idle_ps = m.mean_ps[1] / m.mean_slowdown[1];  // all have one
    EXPECT_NEAR(m.mean_ps[1] - idle_ps, waiting(rho) + waiting(rho / 16), 0.1 * waiting(rho));
}

TEST(ClosedLoop, NeverHasMoreUnderWay) {
    const RunResult result = result_of(scenario_of(kFabric + R"([workload]
kind = "uniform"
bytes = "64KiB"
arrivals = "closed"
outstanding = 3
messages = 40
)"));
    ASSERT_TRUE(result.complete);
    EXPECT_EQ(result.summary.messages_delivered, 17 * 40);
    std::map<std::uint32_t, std::vector<std::pair<std::int64_t, int>>> changes;  // by source
    for (std::size_t i = 0; i < result.flows.source.size(); ++i) {
        changes[result.flows.source[i]].push_back({result.flows.start_ps[i], 1});
        changes[result.flows.source[i]].push_back({result.flows.acknowledged_ps[i], -1});
    }
    ASSERT_EQ(changes.size(), 17u);
    for (auto& [source, of_source] : changes) {
        std::ranges::sort(of_source);  // at one instant the acknowledgement goes first
        int under_way = 0, most = 0, least = 3;
        for (std::size_t i = 0; i < of_source.size(); ++i) {
            under_way += of_source[i].second;
            most = std::max(most, under_way);
            // Whenever one ends another begins, until none is left.
            const bool over = i + 1 == of_source.size() || of_source[i + 1].first != of_source[i].first;
            if (over && i > 5 && i < of_source.size() - 6) least = std::min(least, under_way);
        }
        EXPECT_EQ(most, 3);
        EXPECT_EQ(least, 3);
    }
}

TEST(Slowdown, IsOneOnAnIdlePath) {
    for (const std::string forwarding : {"store-and-forward", "cut-through"})
        for (const std::string bytes : {"100B", "4KiB", "100000B"}) {
            const RunResult result = result_of(
                scenario_of("[topology]\nservers = 2\nleaves = 2\nspines = 1\ngpus_per_server = 1\n[workload]\nkind = "
                            "\"permutation\"\n",
                            {{"workload.bytes", bytes}, {"switch.forwarding", forwarding}}));
            for (const double slowdown : result.message_sizes.mean_slowdown) EXPECT_NEAR(slowdown, 1.0, 0.003) << bytes;
        }
}

TEST(FabricTraffic, KeysBelongToTheirArrivals) {
    const auto with = [](const std::string& keys) { return complaint(kLeast + "[workload]\n" + keys); };
    EXPECT_EQ(with("load = 0.5"), "workload.load: says nothing here");
    EXPECT_EQ(with("kind = \"uniform\"\nload = 0.5"), "workload.load: says nothing here");
    EXPECT_EQ(with("arrivals = \"poisson\""), "workload.arrivals: says nothing here");
    EXPECT_EQ(with("kind = \"uniform\"\nhot_spots = 2"), "workload.hot_spots: says nothing here");
    EXPECT_EQ(with("kind = \"hot-spot\"\nhot_spots = 99"), "workload.hot_spots: 99 hot spots among 32 GPUs");
    EXPECT_EQ(with("kind = \"uniform\"\nmessage_sizes = \"file\""), "workload.size_file: is missing");
    EXPECT_EQ(with("kind = \"uniform\"\narrivals = \"poisson\"\nbytes = \"1B\"\nduration = \"1s\""),
              "workload.duration: would bring more than 20000000 messages");
    EXPECT_EQ(
        with("kind = \"uniform\"\narrivals = \"poisson\"\nmessage_sizes = \"hadoop\"\nload = 0.3\nduration = \"1ms\""),
        "0 errors");
}

TEST(FabricTraffic, SizesOfAFileAreBounded) {
    const std::string folder = ::testing::TempDir() + "sizes-of-a-file/";
    std::filesystem::create_directories(folder);
    const auto with = [&](const std::string& size, const std::string& duration) {
        std::ofstream(folder + "s.csv") << "size_bytes,cumulative_probability\n" << size << ",1\n";
        std::ofstream(folder + "s.toml") << kLeast << "[workload]\nkind = \"uniform\"\nmessage_sizes = \"file\"\n"
                                         << "size_file = \"s.csv\"\narrivals = \"poisson\"\nduration = \"" << duration
                                         << "\"\n";
        const ScenarioFiles read = load_scenario(folder + "s.toml", {});
        return read.errors.empty() ? std::string() : read.errors.front().key + ": " + read.errors.front().message;
    };
    EXPECT_EQ(with("4096", "1ms"), "");
    EXPECT_EQ(with("0", "1us"), "workload.size_file: no load is made of empty messages");
    EXPECT_EQ(with("1", "100ms"), "workload.duration: would bring more than 20000000 messages");
}

TEST(SizeFile, IsRead) {
    const ParsedSizes parsed = parse_sizes("# mine\nsize_bytes,cumulative_probability\n100,0.5\r\n 300 , 1\n", "s.csv");
    ASSERT_TRUE(parsed.sizes);
    EXPECT_EQ(*parsed.sizes, SizeDistribution({{100, 0.5}, {300, 1}}));
    EXPECT_EQ(parsed.sizes->mean(), 150);
    EXPECT_EQ(parsed.sizes->at(0.2), 100);
    EXPECT_EQ(parsed.sizes->at(0.75), 200);
}

TEST(SizeFile, ErrorsHaveFileLineAndColumn) {
    const auto first = [](const std::string& rows) {
        const ParsedSizes parsed = parse_sizes("size_bytes,cumulative_probability\n" + rows, "s.csv");
        return parsed.errors.empty() ? ""
                                     : to_string(parsed.errors[0]).substr(0, to_string(parsed.errors[0]).find('\n'));
    };
    EXPECT_EQ(first("1,0.5\n2,x\n"), "s.csv:3:3: error: \"x\" is no number");
    EXPECT_EQ(first("1,0.5\n2,1.5\n"), "s.csv:3:3: error: \"1.5\" is out of range");
    EXPECT_EQ(first("5,0.5\n2,1\n"), "s.csv:3:1: error: is less than in the row before");
    EXPECT_EQ(first("1,0.5\n2,0.4\n"), "s.csv:3:3: error: is less than in the row before");
    EXPECT_EQ(first("1,0.5,9\n"), "s.csv:2:1: error: a row has two cells");
    EXPECT_EQ(first("1,0.5\n"), "s.csv:2:1: error: ends at a probability of 0.5");
    EXPECT_EQ(first(""), "s.csv:1:1: error: no sizes");
    EXPECT_EQ(to_string(parse_sizes("a,b\n", "s.csv").errors.at(0)).substr(0, 30), "s.csv:1:1: error: found \"a,b\"\n");
}

TEST(FabricTraffic, IsOneDigestWhateverExecutesIt) {
    const Scenario scenario = scenario_of(
        "[topology]\nservers = 8\nleaves = 4\nspines = 2\ngpus_per_server = 2\n[workload]\nkind = \"hot-spot\"\n"
        "arrivals = \"closed\"\nmessage_sizes = \"hadoop\"\nmessages = 20\noutstanding = 2\n");
    const RunResult one = result_of(scenario);
    for (const std::uint32_t partitions : {2u, 5u})
        EXPECT_EQ(run(scenario, plan(scenario), {.threads = 2, .partitions = partitions, .window_divisor = 4}, nullptr)
                      .digest,
                  one.digest);
    EXPECT_TRUE(one.complete);
}

}  // namespace
}  // namespace lightloom::test
