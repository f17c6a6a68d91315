// NVLink in a scenario: its keys, what they do to a run, and what is wrong with them. Oracles: port rates, and ports
// that stay idle.
#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario_files.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kRails = R"([topology]
kind = "rail-optimised"
servers = 4
gpus_per_server = 4
servers_per_unit = 4
spines = 2
[workload]
kind = "permutation"
bytes = "256KiB"
)";

Scenario read(const std::string& text) {
    const auto parsed = parse(text);
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

RunResult result_of(const Scenario& scenario) { return run(scenario, plan(scenario), {}, nullptr); }

std::int64_t frames_on(const RunResult& result, std::string_view tier) {
    std::int64_t frames = 0;
    for (const Topology::Cable& cable : result.topology.cables)
        if (result.topology.tiers[cable.tier].name == tier)
            for (const PortId port : {cable.lower, cable.upper}) frames += result.ports.frames_sent[port.value];
    return frames;
}

TEST(ScaleUpKeys, KeepPacketsOfOtherRailsFromSpines) {
    const RunResult plain = result_of(read(kRails + "[scale_up]\nkind = \"nvlink\"\npxn = false\n"));
    const RunResult pxn = result_of(read(kRails + "[scale_up]\nkind = \"nvlink\"\npxn = true\n"));
    ASSERT_TRUE(plain.complete);
    ASSERT_TRUE(pxn.complete);
    EXPECT_GT(frames_on(plain, "leaf-spine"), 0);
    EXPECT_EQ(frames_on(pxn, "leaf-spine"), 0);
    EXPECT_LT(pxn.summary.completion_ps, plain.summary.completion_ps);
}

// One GPU to its neighbour: 64 packets of 4,096 bytes and 16 of header at 3.6 Tb/s, and 25 ns.
TEST(ScaleUpKeys, CarryAMessageInsideAServerInItsOwnTime) {
    const Scenario scenario = read(
        "[topology]\nservers = 1\ngpus_per_server = 2\nleaves = 1\nspines = 1\n[workload]\nkind = \"incast\"\n"
        "bytes = \"256KiB\"\n[scale_up]\nkind = \"nvlink\"\n");
    const RunResult result = result_of(scenario);
    const double expected_ps = 64 * (4096 + 16) * 8 / 3.6 + 25'000;
    EXPECT_NEAR(static_cast<double>(result.summary.completion_ps), expected_ps, 2.0);
    EXPECT_EQ(frames_on(result, "host-leaf"), 0);
    EXPECT_EQ(expect(scenario, plan(scenario)).packet_hops, 0);
    EXPECT_EQ(expect(scenario, plan(scenario)).scale_up_hops, 2 * 64) << "packets and acknowledgements";
}

TEST(ScaleUpKeys, LetGpusShareNics) {
    const Scenario scenario = read(kRails + "[scale_up]\nkind = \"nvlink\"\naffinity = [0, 0, 2, 2]\n");
    const RunResult result = result_of(scenario);
    ASSERT_TRUE(result.complete);
    for (std::size_t e = 0; e < result.topology.endpoints.size(); ++e) {
        const std::int64_t sent = result.ports.frames_sent[result.topology.endpoints[e].nic.value];
        if (e % 2 == 0)
            EXPECT_GT(sent, 0) << e;
        else
            EXPECT_EQ(sent, 0) << e;
    }
}

TEST(ScaleUpKeys, ReadBackAndAreChecked) {
    const Scenario scenario = read(kRails + "[scale_up]\nkind = \"nvlink\"\naffinity = [1, 1, 3, 3]\n");
    EXPECT_EQ(parse(effective_toml(scenario)).scenario, scenario);
    const auto error_of = [](const std::string& keys) {
        const Errors errors = errors_of(kRails + "[scale_up]\nkind = \"nvlink\"\n" + keys);
        EXPECT_EQ(errors.size(), 1u);
        return errors.empty() ? "" : errors[0];
    };
    EXPECT_NE(error_of("affinity = [0, 1]\n").find("2 numbers for the 4 GPUs"), std::string::npos);
    EXPECT_NE(error_of("affinity = [0, 1, 2, 4]\n").find("there is no NIC 4"), std::string::npos);
    EXPECT_NE(error_of("affinity = \"owm\"\n").find("scale_up.affinity"), std::string::npos);
    EXPECT_NE(error_of("latency = \"25\"\n").find("scale_up.latency"), std::string::npos);
}

TEST(ScaleUpKeys, RefuseWhatCannotBe) {
    const auto error_of = [](const std::string& keys) {
        const Errors errors = errors_of(kRails + "[scale_up]\n" + keys);
        EXPECT_EQ(errors.size(), 1u) << keys;
        return errors.empty() ? "" : errors[0];
    };
    const auto expect_error = [&](const std::string& keys, const std::string& what) {
        const std::string error = error_of(keys);
        EXPECT_NE(error.find(what), std::string::npos) << error;
    };
    expect_error("kind = \"nvlnk\"\n", "11:8: error: scale_up.kind: no value \"nvlnk\"\n    did you mean \"nvlink\"?");
    expect_error("pxn = 1\n", "11:7: error: scale_up.pxn: found 1\n    it is true or false");
    expect_error("header = \"536B\"\n", "11:10: error: scale_up.header: \"536B\" is out of range");
    expect_error("header = \"7B\"\n", "possible is from 8B to 535B");
    expect_error("rate = \"1kbps\"\n", "11:8: error: scale_up.rate: \"1kbps\" is out of range");
    expect_error("rate = \"3.6TB\"\n", "scale_up.rate: \"3.6TB\" is a size, not a bit rate");
    expect_error("kind = \"nvlink\"\nrate = \"123456789123bps\"\n", "cannot be kept exactly in picoseconds per bit");
}

TEST(ScaleUpKeys, ShowNoExecutionBesidePauses) {
    const Scenario scenario =
        read(kRails + "[scale_up]\nkind = \"nvlink\"\npxn = true\n[switch]\npreset = \"roce-400g\"\n");
    const Plan prepared = plan(scenario);
    const std::uint64_t digest = run(scenario, prepared, {}, nullptr).digest;
    EXPECT_EQ(run(scenario, prepared, {.threads = 2, .partitions = 4, .window_divisor = 8}, nullptr).digest, digest);
}

}  // namespace
}  // namespace lightloom::test
