// Racks of NVLink switches in a scenario: the shipped NVL72 by its published counts, what its keys do to a run, and
// what is wrong with them.
#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/scenario_files.hpp"
#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kRacks = R"([topology]
servers = 8
gpus_per_server = 2
leaves = 4
spines = 2
[workload]
kind = "permutation"
bytes = "256KiB"
[scale_up]
kind = "nvlink"
)";

Scenario read(const std::string& text) {
    const auto parsed = parse(text);
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

Scenario nvl72(const std::vector<Override>& overrides = {}) {
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/nvl72.toml", overrides);
    for (const InputError& error : loading.errors) ADD_FAILURE() << to_string(error);
    return loading.loaded.value().scenario;
}

std::int64_t cables_of(const Topology& t, std::string_view tier) {
    return std::ranges::count_if(t.cables, [&](const auto& cable) { return t.tiers[cable.tier].name == tier; });
}

std::int64_t frames_on(const RunResult& result, std::string_view tier) {
    std::int64_t frames = 0;
    for (const Topology::Cable& cable : result.topology.cables)
        if (result.topology.tiers[cable.tier].name == tier)
            for (const PortId port : {cable.lower, cable.upper}) frames += result.ports.frames_sent[port.value];
    return frames;
}

// Source: NVIDIA GB200 NVL72: 72 GPUs, 18 switch chips, 18 ports of 50 GB/s each way for a GPU.
TEST(Nvl72, HasTheCountsThatArePublished) {
    const Topology t = topology_of(nvl72());
    EXPECT_EQ(cables_of(t, "scale-up"), 2 * 1'296);
    EXPECT_EQ(std::ranges::count(t.nodes, NodeKind::scale_up, &Topology::Node::kind), 2 * 18);
    EXPECT_EQ(t.endpoints.size(), 2u * 72);
    for (const Topology::Tier& tier : t.tiers) EXPECT_EQ(tier.rate.bit_rate().bits_per_second, 400'000'000'000);
    EXPECT_EQ(cables_of(topology_of(nvl72({{"topology.servers", "72"}})), "scale-up"), 4 * 1'296);
}

TEST(Nvl72, ThreadsMeetAsSeldomAsWithoutItsRacks) {
    const Scenario scenario = nvl72(), plain = nvl72({{"scale_up.servers", "1"}});
    const Expectation with = expect(scenario, plan(scenario)), without = expect(plain, plan(plain));
    EXPECT_EQ(with.period, without.period);
    EXPECT_LT(with.window, without.window);
}

// Two hops of a ring of 36 leave their rack, and those NICs never rest: 70 chunks of 128 packets each, one after the
// other, and a packet's way through leaf, spine and leaf. No acknowledgement shares their port.
TEST(Nvl72, ItsRingIsAsFastAsTheHopBetweenRacks) {
    const Scenario scenario = nvl72();
    const RunResult result = run(scenario, plan(scenario), {}, nullptr);
    ASSERT_TRUE(result.complete);
    const double wire_ps = 70.0 * 128 * (8 + 64 + 4096 + 12) * 8 / 0.4;
    EXPECT_GT(static_cast<double>(result.summary.completion_ps), wire_ps);
    EXPECT_LT(static_cast<double>(result.summary.completion_ps), wire_ps + 4e6);
    EXPECT_EQ(frames_on(result, "host-leaf"), 4 * 2 * 70 * 128 * 2 * 2) << "rails x hops, two cables, both ways";
}

// 9 MiB from a GPU to another server's of its rack.
Scenario one_message() {
    return nvl72({{"workload.kind", "incast"},
                  {"workload.senders", "1"},
                  {"workload.bytes", "9MiB"},
                  {"transport.window", "4096"}});
}

// Ports of 400 Gb/s, and besides them three frames (two queued, one being sent) and the way, FEC and NICs.
void expect_time_by(double ports, const RunResult& result) {
    const double wire_ps = 9.0 * 256 / ports * (8 + 16 + 4096 + 12) * 8 / 0.4;
    EXPECT_GT(static_cast<double>(result.summary.completion_ps), wire_ps);
    EXPECT_LT(static_cast<double>(result.summary.completion_ps), wire_ps + 3 * 4132 * 8 / 0.4 + 1.2e6);
}

TEST(Nvl72, AGpuSendsByAllItsPorts) {
    const Scenario scenario = one_message();
    const RunResult result = run(scenario, plan(scenario), {}, nullptr);
    ASSERT_TRUE(result.complete);
    EXPECT_EQ(frames_on(result, "host-leaf"), 0);
    expect_time_by(18, result);
}

TEST(Nvl72, ASwitchThatIsDarkTakesAnEighteenth) {
    Scenario scenario = one_message();
    Scenario::Fault fault;
    fault.kind = FaultKind::down;
    fault.select.tier = "scale-up";
    fault.select.pod = 0;  // the rack of both
    fault.select.group = RiskKind::node;
    fault.select.random = 1;
    scenario.faults.push_back(fault);
    const Plan planned = plan(scenario);
    EXPECT_EQ(planned.outages.size(), 2u * 72);
    const RunResult result = run(scenario, planned, {}, nullptr);
    ASSERT_TRUE(result.complete);
    EXPECT_EQ(result.summary.frames_lost, 0) << "all know of it from the start";
    expect_time_by(17, result);
}

TEST(ScaleUpRackKeys, KeepAMessageInItsRack) {
    const Scenario scenario = read(kRacks + "servers = 8\nswitches = 9\n");
    const Plan planned = plan(scenario);
    const RunResult result = run(scenario, planned, {}, nullptr);
    ASSERT_TRUE(result.complete);
    EXPECT_EQ(frames_on(result, "host-leaf"), 0);
    EXPECT_EQ(result.summary.frames_sent, expect(scenario, planned).packet_hops) << "two cables each way";
    EXPECT_EQ(result.summary.frames_sent, 16 * 64 * 2 * 2);
    EXPECT_EQ(result.scale_up_ports.frames_sent.size(), 0u) << "they are among the others";
}

TEST(ScaleUpRackKeys, ReadBackAndMakeAShape) {
    const Scenario scenario = read(kRacks + "servers = 4\nswitches = 9\n[tier.scale-up]\nmodule = \"400g-aec\"\n");
    const std::string text = effective_toml(scenario);
    EXPECT_EQ(parse(text).scenario, scenario);
    EXPECT_EQ(text.find("rate", text.find("[tier.scale-up]")), text.find("rate", text.find("[scale_up]")))
        << "its rate follows";
    const FabricShape shape = shape_of(scenario);
    EXPECT_TRUE(shape.has_tier(TierKind::scale_up));
    EXPECT_EQ(shape.cables, static_cast<std::int64_t>(topology_of(scenario).cables.size()));
    EXPECT_EQ(scenario.rate_of(TierKind::scale_up), BitRate{400'000'000'000});
    EXPECT_FALSE(shape_of(read(kRacks)).has_tier(TierKind::scale_up)) << "each server by itself";
}

TEST(ScaleUpRackKeys, AreChecked) {
    const auto error_of = [](const std::string& keys) {
        const Errors errors = errors_of(kRacks + keys);
        EXPECT_EQ(errors.size(), 1u) << keys;
        return errors.empty() ? "" : errors[0];
    };
    const auto has = [](const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(error_of("servers = 3\n"), "8 servers are no whole number of racks of 3"));
    EXPECT_TRUE(has(error_of("servers = 0\n"), "scale_up.servers"));
    EXPECT_TRUE(has(error_of("servers = 4\nswitches = 7\n"), "cannot be shared out to 7 ports"));
    EXPECT_TRUE(has(error_of("servers = 4\nswitches = 9\npxn = true\n"), "scale_up.pxn"));
    EXPECT_TRUE(has(error_of("servers = 4\nswitches = 9\n[transport]\nkind = \"rocev2\"\n"), "go-back-n"));
    EXPECT_TRUE(
        has(error_of("servers = 4\nswitches = 9\n[tier.scale-up]\nrate = \"800Gbps\"\n"), "tier.scale-up.rate"));
    EXPECT_TRUE(has(error_of("[tier.scale-up]\nlength = \"1m\"\n"), "has no such cables"));
    const Errors of_graph =
        errors_of("[topology]\nkind = \"graph\"\nfile = \"g.txt\"\n[scale_up]\nkind = \"nvlink\"\nservers = 4\n");
    EXPECT_TRUE(std::ranges::any_of(of_graph, [&](const auto& error) {
        return has(error, "scale_up.servers") && has(error, "is no key of a graph fabric");
    }));
}

TEST(ScaleUpRackKeys, ShowNoExecutionBesidePauses) {
    const Scenario scenario = read(kRacks + "servers = 4\nswitches = 9\n[switch]\nflow_control = \"pause\"\n");
    const Plan prepared = plan(scenario);
    const RunResult alone = run(scenario, prepared, {}, nullptr);
    EXPECT_TRUE(alone.complete);
    for (const RunOptions& how : {RunOptions{2, 2, 1}, RunOptions{2, 4, 8}, RunOptions{1, 16, 2}})
        EXPECT_EQ(run(scenario, prepared, how, nullptr).digest, alone.digest);
}

}  // namespace
}  // namespace lightloom::test
