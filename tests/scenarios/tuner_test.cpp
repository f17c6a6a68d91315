// `algorithm = "auto"`, protocols, sums in switches and sweeps of sizes, as a scenario says them.
#include "scenarios/tuner.hpp"

#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/size_sweep.hpp"
#include "scenarios/workload.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kServers = R"([topology]
servers = 4
gpus_per_server = 4
leaves = 2
spines = 2
[scale_up]
kind = "nvlink"
[workload]
groups = "all"
)";

Scenario scenario(const std::string& workload) {
    const ParsedScenario parsed = parse(kServers + workload);
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value();
}

RunResult result_of(const Scenario& s, std::uint32_t threads = 1) {
    return run(s, plan(s), {.threads = threads}, nullptr);
}

TEST(Tuner, ChoosesByTheModelOfTheCluster) {
    const auto choice = [](const std::string& bytes) {
        const Tuning tuning = tuning_of(scenario("algorithm = \"auto\"\nbytes = \"" + bytes + "\"\n"));
        return std::pair(tuning.algorithm, tuning.protocol);
    };
    // Latency decides small ones: two levels of a tree over four servers; bandwidth large ones.
    EXPECT_EQ(choice("1KiB"), std::pair(Algorithm::tree, NcclProtocol::ll));
    EXPECT_EQ(choice("1GiB").second, NcclProtocol::simple);
    const Tuning large = tuning_of(scenario("algorithm = \"auto\"\nbytes = \"1GiB\"\n"));
    EXPECT_GT(large.channels, 1);
    EXPECT_GT(large.model_us, 1000.0);
    EXPECT_NE(large.alternatives.find("ring simple"), std::string::npos);
}

TEST(Tuner, LeavesAloneWhatIsSaid) {
    const Scenario said =
        scenario("algorithm = \"auto\"\nbytes = \"64MiB\"\nprotocol = \"ll128\"\nchannels = 3\nchunk = \"100kB\"\n");
    const Scenario chosen = tuned(said);
    EXPECT_EQ(chosen.workload.protocol, NcclProtocol::ll128);
    EXPECT_EQ(chosen.workload.channels, 3);
    EXPECT_EQ(chosen.workload.chunk, Bytes{100'000});
    EXPECT_TRUE(chosen.workload.algorithm);
    EXPECT_FALSE(tuning_text(said).empty());
    const Scenario plain = scenario("algorithm = \"ring\"\n");
    EXPECT_EQ(tuned(plain), plain);
    EXPECT_TRUE(tuning_text(plain).empty());
    EXPECT_EQ(tuning_of(scenario("kind = \"broadcast\"\nalgorithm = \"auto\"\n")).algorithm, Algorithm::ring);
}

TEST(Tuner, KeysReadBack) {
    for (const std::string text : {"algorithm = \"auto\"\n", "algorithm = \"in-switch\"\nprotocol = \"ll\"\n",
                                   "sizes = { from = \"8B\", factor = 4 }\n"}) {
        const Scenario s = scenario(text + "[engine.in_switch]\nlaunch = \"3us\"\nefficiency_across = 0.25\n");
        const ParsedScenario again = parse(effective_toml(s));
        ASSERT_TRUE(again.scenario) << to_string(again.errors.front());
        EXPECT_EQ(*again.scenario, s);
    }
}

TEST(Tuner, WhatCannotBeIsRefused) {
    EXPECT_EQ(errors_of(kLeast + "[workload]\nalgorithm = \"in-switch\"\n"),
              (Errors{"s.toml:6:13: error: workload.algorithm: in-switch sums are made by the switches inside servers\n"
                      "    scale_up.kind = \"nvlink\", without racks, gives servers such switches; in-network sums are "
                      "made by leaves and spines"}));
    EXPECT_EQ(
        errors_of(kLeast + "[scale_up]\nkind = \"nvlink\"\n[workload]\nalgorithm = \"in-switch\"\n"),
        (Errors{"s.toml:8:13: error: workload.algorithm: in-switch sums need several GPUs of a server in a group\n"
                "    workload.groups = \"all\" or \"servers\""}));
    EXPECT_EQ(errors_of(kLeast + "[workload]\nbytes = \"1kB\"\nsizes.from = \"2kB\"\n"),
              (Errors{"s.toml:7:14: error: workload.sizes.from: 2000B are more than workload.bytes\n"
                      "    the largest size is 1000B"}));
    EXPECT_EQ(errors_of(kLeast + "[workload]\nkind = \"permutation\"\nsizes.from = \"2kB\"\n"),
              (Errors{"s.toml:7:14: error: workload.sizes.from: only a collective is run at several sizes\n"
                      "    such as workload.kind = \"all-reduce\""}));
    EXPECT_EQ(errors_of(kLeast + "[engine]\nfile = \"none.toml\"\n"),
              (Errors{"s.toml:6:8: error: engine.file: no such file was read\n    it stands beside the scenario's"}));
}

TEST(SizeSweep, GoesUpByItsFactorAndEndsWithBytes) {
    const auto counts = [](std::optional<Bytes> smallest, std::int64_t bytes, std::int64_t factor) {
        Scenario::Workload w;
        w.smallest = smallest;
        w.bytes = Bytes{bytes};
        w.factor = factor;
        std::vector<std::int64_t> all;
        for (const Bytes size : sizes_of(w)) all.push_back(size.count);
        return all;
    };
    EXPECT_EQ(counts(Bytes{8}, 64, 2), (std::vector<std::int64_t>{8, 16, 32, 64}));
    EXPECT_EQ(counts(Bytes{8}, 100, 4), (std::vector<std::int64_t>{8, 32, 100}));
    EXPECT_EQ(counts(Bytes{8}, 8, 2), (std::vector<std::int64_t>{8}));
    EXPECT_EQ(counts(Bytes{1}, std::int64_t{1} << 44, 2).size(), 45u);
    EXPECT_EQ(counts({}, 5, 2), (std::vector<std::int64_t>{5}));
}

TEST(SizeSweep, ARowIsWhatItsSizeAloneGives) {
    const Scenario swept =
        scenario("algorithm = \"auto\"\nbytes = \"1MiB\"\nsizes = { from = \"16B\", factor = 256 }\niterations = 2\n");
    const RunResult all = result_of(swept);
    EXPECT_EQ(result_of(swept, 2).digest, all.digest);
    ASSERT_EQ(all.sizes.bytes, (std::vector<std::int64_t>{16, 4096, 1 << 20}));
    for (std::size_t i = 0; i < 3; ++i) {
        const RunResult alone = result_of(at_size(swept, Bytes{all.sizes.bytes[i]}));
        EXPECT_EQ(all.sizes.time_ps[i], alone.summary.completion_ps / 2);
        EXPECT_EQ(all.sizes.algorithm_bandwidth[i], alone.summary.algorithm_bandwidth);
        EXPECT_DOUBLE_EQ(all.sizes.bus_bandwidth[i], alone.summary.algorithm_bandwidth * 2 * 15 / 16);
        EXPECT_EQ(all.sizes.ranks[i], 16u);
    }
    EXPECT_EQ(all.summary.completion_ps / 2, all.sizes.time_ps[2]) << "the rest is of the last";
    EXPECT_LT(all.sizes.time_ps[0], all.sizes.time_ps[2]);
}

// S up and S down: 450 GB/s of a port are as many of S/t, less the headers, two latencies and the end of a chunk.
TEST(InSwitch, TakesTheBufferOverTheRateOfAPort) {
    Scenario s = scenario("algorithm = \"in-switch\"\nbytes = \"64MiB\"\nchannels = 2\nchunk = \"64KiB\"\n");
    s.workload.groups = Grouping::servers;
    const RunResult result = result_of(s);
    const double port = 450e9 * 4096 / (4096 + 16 + 16);
    EXPECT_NEAR(result.summary.algorithm_bandwidth / port, 1.0, 0.01);
    EXPECT_GT(result.summary.bus_bandwidth, 1.4 * 450e9) << "more than the wire, as NVLS reports";
}

}  // namespace
}  // namespace lightloom::test
