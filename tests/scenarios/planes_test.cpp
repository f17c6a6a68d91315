// Scenarios whose leaves meet in servers only, and NICs with several ports. Oracle: the ring's closed form, which knows
// how many ports a NIC sends by, and that a plane is half of the rate.
#include <gtest/gtest.h>

#include <numeric>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/ways.hpp"
#include "topologies/builder.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

Scenario scenario_of(const std::string& name, const std::vector<Override>& overrides) {
    const auto loading = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/" + name + ".toml", overrides);
    for (const InputError& error : loading.errors) ADD_FAILURE() << to_string(error);
    return loading.loaded.value().scenario;
}

Scenario::Fault down(Duration at, std::int64_t spine) {
    Scenario::Fault fault;
    fault.kind = FaultKind::down;
    fault.at = at;
    fault.select.tier = "leaf-spine";
    fault.select.spine = spine;
    return fault;
}

RunResult result_of(const Scenario& scenario) { return run(scenario, plan(scenario), {.threads = 2}, nullptr); }

double expected_seconds(const Scenario& scenario) {
    return expect(scenario, plan(scenario)).ring.value().completion.seconds();
}
double seconds(const RunResult& result) { return static_cast<double>(result.summary.completion_ps) * 1e-12; }

// What leaves sent up to each plane, whose spines are consecutive.
std::vector<double> bytes_by_plane(const Scenario& scenario, const RunResult& result) {
    std::vector<double> bytes(2);
    const Topology& t = result.topology;
    for (const Topology::Cable& cable : t.cables) {
        if (t.tiers[cable.tier].name != "leaf-spine") continue;
        const std::uint32_t spine = t.nodes[t.ports[cable.upper.value].node.value].index;
        bytes[spine / static_cast<std::size_t>(scenario.topology.spines_per_plane)] +=
            static_cast<double>(result.ports.bytes_sent[cable.lower.value]);
    }
    return bytes;
}

TEST(Planes, TwoPortsTakeHalfTheTimeOfOne) {
    for (const char* name : {"hpn-pod", "dual-tor"}) {
        SCOPED_TRACE(name);
        const std::vector<Override> large{{"workload.bytes", "32MiB"}};
        std::vector<Override> one_port = large;
        one_port.push_back({"topology.nics_per_gpu", "1"});
        const Scenario two = scenario_of(name, large), one = scenario_of(name, one_port);
        EXPECT_EQ(expect(two, plan(two)).ring->ports, 2u);
        EXPECT_EQ(expect(one, plan(one)).ring->ports, 1u);
        const double fast = seconds(result_of(two)), slow = seconds(result_of(one));
        // Where every leaf meets every other, chance collides on its way down.
        const double collisions = name == std::string("hpn-pod") ? 0.03 : 0.08;
        EXPECT_NEAR(fast / expected_seconds(two), 1.0, collisions);
        EXPECT_NEAR(slow / expected_seconds(one), 1.0, collisions);
        EXPECT_NEAR(slow / fast, expected_seconds(one) / expected_seconds(two), 0.06) << "3 % of 2";
        EXPECT_GT(expected_seconds(one) / expected_seconds(two), 1.9);
    }
}

// What dual-tor takes beyond its closed form is chance: its uplinks are as wide as what the servers send, so each step
// of the ring waits for the port that the spray gave most packets, and by binomial spread that is behind by the root of
// the packets in a chunk. Four times the bytes: twice the excess, so half the share of the time. Idle spines or turns
// in place of chance take a part of it away.
TEST(Planes, CollisionsOfDualTorGrowAsTheRootOfTheBytes) {
    const auto excess = [](const char* bytes, const std::vector<Override>& more = {}) {
        std::vector<Override> keys{{"workload.bytes", bytes}};
        keys.insert(keys.end(), more.begin(), more.end());
        const Scenario scenario = scenario_of("dual-tor", keys);
        return seconds(result_of(scenario)) - expected_seconds(scenario);
    };
    const double at_8 = excess("8MiB"), at_32 = excess("32MiB");
    EXPECT_GT(at_8, 0.0);
    EXPECT_NEAR(at_32 / at_8, 2.0, 0.4);
    EXPECT_LT(excess("32MiB", {{"topology.spines_per_plane", "16"}}), 0.8 * at_32);
}

TEST(Planes, CarryTheSame) {
    const Scenario scenario = scenario_of("hpn-pod", {});
    const std::vector<double> bytes = bytes_by_plane(scenario, result_of(scenario));
    EXPECT_GT(bytes[0], 0.0);
    EXPECT_NEAR(bytes[0] / bytes[1], 1.0, 0.01);
}

TEST(Planes, OneThatIsDarkFromTheStartHalvesTheRateAndLosesNothing) {
    Scenario scenario = scenario_of("hpn-pod", {{"workload.bytes", "32MiB"}});
    const Scenario one_port = scenario_of("hpn-pod", {{"workload.bytes", "32MiB"}, {"topology.nics_per_gpu", "1"}});
    for (std::int64_t spine = 0; spine < scenario.topology.spines_per_plane; ++spine)
        scenario.faults.push_back(down(Duration{0}, spine));
    const RunResult result = result_of(scenario);
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.summary.frames_lost, 0);
    EXPECT_NEAR(seconds(result) / expected_seconds(one_port), 1.0, 0.03);
    EXPECT_EQ(bytes_by_plane(scenario, result)[0], 0.0);
}

TEST(Planes, OneThatFailsInARunIsLeftAfterDetectionAndConvergence) {
    Scenario scenario = scenario_of(
        "hpn-pod", {{"workload.bytes", "32MiB"}, {"routing.detection", "50us"}, {"routing.convergence", "100us"}});
    const double whole = expected_seconds(scenario);
    const Scenario one_port = scenario_of("hpn-pod", {{"workload.bytes", "32MiB"}, {"topology.nics_per_gpu", "1"}});
    const Duration half{static_cast<std::int64_t>(whole / 2 * 1e12)};
    for (std::int64_t spine = 0; spine < scenario.topology.spines_per_plane; ++spine)
        scenario.faults.push_back(down(half, spine));
    const RunResult result = result_of(scenario);
    EXPECT_TRUE(result.complete);
    EXPECT_GT(result.summary.frames_lost, 0);
    const double ideal = whole / 2 + expected_seconds(one_port) / 2;
    EXPECT_GT(seconds(result), 0.97 * ideal);
    // Nothing moves till the detection, and what was lost costs time-outs of 250 us.
    EXPECT_LT(seconds(result), ideal + 150e-6 + 4 * 250e-6);
    EXPECT_EQ(run(scenario, plan(scenario), {.threads = 1, .partitions = 3, .window_divisor = 2}, nullptr).digest,
              result.digest);
}

TEST(Planes, RefuseTrafficWithoutAWay) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("host-leaf", *Rate::from({400'000'000'000}));
    std::vector<NodeId> servers, leaves;
    for (int i = 0; i < 2; ++i) servers.push_back(builder.add_server(2));
    for (int i = 0; i < 2; ++i) leaves.push_back(builder.add_leaf());
    for (const NodeId server : servers)
        for (const NodeId leaf : leaves) builder.connect(server, leaf, tier);
    Plan planned;
    planned.topology = builder.build();
    planned.routes = equal_cost_routes(planned.topology);
    Scenario scenario;
    EXPECT_NO_THROW(check_ways(scenario, planned)) << "a ring per rail stays on its rail";
    scenario.workload.kind = WorkloadKind::permutation;  // one cycle through both rails
    try {
        check_ways(scenario, planned);
        FAIL() << "accepted";
    } catch (const TopologyError& error) {
        const std::string said = error.what();
        EXPECT_NE(said.find("but no path between their leaves avoids servers"), std::string::npos) << said;
        EXPECT_NE(said.find("GPU 0 of server"), std::string::npos) << said;
        EXPECT_NE(said.find("GPU 1 of server"), std::string::npos) << said;
        EXPECT_NE(said.find("scale-up"), std::string::npos) << said;
    }
}

// One cable of four is left between spine 1 and leaf 1. Of leaf 0's eight ports the four to spine 1 are worth a quarter
// of the others: 4 parts of 20 instead of half; so no cable is asked for more than it carries.
TEST(WeightedPaths, AreFasterWhereCablesAreGone) {
    const Scenario weighted = scenario_of("weighted-paths", {}),
                   equal = scenario_of("weighted-paths", {{"routing.weights", "equal"}});
    const RunResult fast = result_of(weighted), slow = result_of(equal);
    EXPECT_GT(seconds(slow) / seconds(fast), 1.5);
    EXPECT_LT(seconds(fast) / expected_seconds(weighted), 1.25);
    const auto share = [](const RunResult& result) {
        double weak = 0.0, all = 0.0;
        const Topology& t = result.topology;
        for (const Topology::Cable& cable : t.cables) {
            const Topology::Node &lower = t.nodes[t.ports[cable.lower.value].node.value],
                                 &upper = t.nodes[t.ports[cable.upper.value].node.value];
            if (lower.kind != NodeKind::leaf || lower.index != 0) continue;
            const auto sent = static_cast<double>(result.ports.frames_sent[cable.lower.value]);
            all += sent;
            if (upper.index == 1) weak += sent;
        }
        return weak / all;
    };
    EXPECT_NEAR(share(fast), 0.2, 0.01);
    EXPECT_NEAR(share(slow), 0.5, 0.01);
}

}  // namespace
}  // namespace lightloom
