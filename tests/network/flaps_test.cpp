// A link that loses lock for so long that its port goes down: traffic leaves it as after any outage, and comes back.
// Oracles: the closed form of the times (detection; detection and convergence, from the first dark instant), which
// DarkIntervals says; the reference engine, told of all flaps at once; and the same fabric where nobody reroutes.
#include <gtest/gtest.h>

#include "models/network/flaps.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::size_t kHosts = 8, kSpines = 4;
constexpr Duration kDetection = microseconds(10), kConvergence = microseconds(15), kRelock = microseconds(40),
                   kLinkUp = microseconds(20);
constexpr Time kLost = Time{} + microseconds(30);  // or a few picoseconds later

RerouteParameters rerouting(bool failover = true) {
    return {.failover = failover,
            .detection = kDetection,
            .convergence = {Distribution::Kind::fixed, static_cast<double>(kConvergence.ps), 0.0}};
}

FabricCase across(std::int64_t packets) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < kHosts; ++i) pairs.push_back({i, kHosts + i});
    FabricCase parts(leaf_spine({.servers = 2 * kHosts,
                                 .gpus_per_server = 1,
                                 .leaves = 2,
                                 .spines = kSpines,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     messages(pairs, {packets * 4096}), nanoseconds(100));
    parts.transport.timeout = microseconds(20);
    for (Channel& channel : parts.channels) {
        channel.relock = {.a = static_cast<double>(kRelock.ps)};
        channel.debounce = microseconds(5);
        channel.link_up = kLinkUp;
    }
    return parts;
}

/// A port of spine 2 down to the leaf that all is sent to.
PortId weak_port(const FabricCase& parts) {
    return parts.peer(parts.uplinks(parts.topology.endpoints[kHosts].leaf)[2]);
}
/// Its cable loses lock once.
FabricCase through_a_flap(std::int64_t packets) {
    FabricCase parts = across(packets);
    const std::uint32_t direction = 2 * parts.topology.ports[weak_port(parts).value].cable.value + 1;
    EXPECT_EQ(&parts.channel(weak_port(parts)), &parts.channels[direction]);
    parts.changes = {{kLost, direction, 0.0, 1e13}, {kLost + Duration{1000}, direction, 0.0, 0.0}};
    return parts;
}

DarkIntervals dark(const FabricCase& parts) {
    const Channel& channel = parts.channels[parts.changes.front().direction];
    return DarkIntervals({channel, parts.changes, parts.fault_seed, weak_port(parts).value});
}

/// Tells a timeline of flaps as a run goes on, as scenarios/assembly.cpp does.
FabricRun run_told(FabricCase& parts, const RerouteParameters& how, const Execution& execution = {}) {
    const auto routes = std::make_shared<RouteTimeline>(parts.topology, parts.routes, how);
    routes->extend(parts.outages, Time{});
    parts.reroutes = routes;
    const PartitionPlan plan = plan_partitions(parts.topology, execution.partitions);
    FabricRun result(parts, execution.partitions);
    const FabricInput input = parts.input(execution.partitions);
    Flaps flaps(input, how.detection);
    std::function<Time(Time)> foresee;
    if (how.failover) foresee = [&](Time end) { return flaps.tell(*routes, result.fabric, end); };
    result.left = simulate(result.fabric, {.threads = execution.threads,
                                           .partitions = execution.partitions,
                                           .partition_of = plan.of_node,
                                           .window_divisor = execution.window_divisor,
                                           .until = execution.until,
                                           .seed = parts.order_seed,
                                           .between_windows = {},
                                           .foresee = foresee})
                      .in_flight;
    result.statistics = result.fabric.merged_statistics();
    return result;
}

std::vector<Time> changes_of(const FabricCase& parts, NodeId node) {
    std::vector<Time> all;
    for (const RouteTimeline::Change& change : parts.reroutes->changes(node)) all.push_back(change.at);
    return all;
}

TEST(Flaps, AreKnownToSwitchesAsOutagesAre) {
    FabricCase parts = through_a_flap(4096);
    const Time from = dark(parts).from(), to = from + kRelock + kLinkUp;
    EXPECT_EQ(dark(parts).to(), to);
    const FabricRun ran = run_told(parts, rerouting());
    ASSERT_TRUE(ran.fabric.finished());
    const NodeId spine = parts.topology.ports[weak_port(parts).value].node;
    EXPECT_EQ(changes_of(parts, spine).front(), from + kDetection);
    EXPECT_EQ(changes_of(parts, spine).back(), to + kDetection + kConvergence);
    const Duration all = kDetection + kConvergence;
    const NodeId leaf = parts.topology.endpoints[0].leaf;
    EXPECT_EQ(changes_of(parts, leaf), (std::vector<Time>{from + all, to + all}));
    EXPECT_GT(ran.acknowledged(0), to + all - Time{});
}

TEST(Flaps, AreNoticedWhenTheHostTakesThePortDown) {
    FabricCase parts = through_a_flap(4096);
    for (Channel& channel : parts.channels) channel.debounce = microseconds(17);
    const Time from = dark(parts).from();
    run_told(parts, rerouting());
    const NodeId spine = parts.topology.ports[weak_port(parts).value].node;
    EXPECT_EQ(changes_of(parts, spine).front(), from + microseconds(17));
}

TEST(Flaps, LockFoundBeforeTheDebounceMovesNothing) {
    FabricCase parts = through_a_flap(4096);
    for (Channel& channel : parts.channels) channel.debounce = kRelock;
    const FabricRun ran = run_told(parts, rerouting());
    EXPECT_GT(ran.received(weak_port(parts)).frames_lost_in_dark, 0u);
    for (std::uint32_t node = 0; node < parts.topology.nodes.size(); ++node)
        EXPECT_TRUE(changes_of(parts, NodeId{node}).empty());
}

// Frames are lost in the dark until the spine knows, and end there until its leaf does; then none. After lock, link-up,
// detection and convergence the port is used again.
TEST(Flaps, TrafficLeavesWithinTheStatedTimesAndComesBack) {
    FabricCase parts = through_a_flap(8192);
    const PortId weak = weak_port(parts);
    const NodeId spine = parts.topology.ports[weak.value].node;
    const Time from = dark(parts).from(), to = dark(parts).to();
    struct Count {
        std::uint64_t lost, unrouted, sent;
    };
    const auto at = [&](Time until) {
        const FabricRun ran = run_told(parts, rerouting(), {.until = until});
        return Count{ran.received(weak).frames_lost_in_dark, ran.fabric.steering(spine).black_holed, ran.sent(weak)};
    };
    constexpr Duration kOnTheWay = microseconds(3);
    const Count before = at(from), detected = at(from + kDetection + kOnTheWay),
                left = at(from + kDetection + kConvergence + kOnTheWay), lit = at(to + kDetection),
                later = at(to + kDetection + kConvergence + microseconds(20));
    EXPECT_EQ(before.lost, 0u);
    EXPECT_GT(before.sent, 100u);
    EXPECT_GT(detected.lost, 20u);
    EXPECT_EQ(lit.lost, detected.lost);
    EXPECT_EQ(lit.sent, detected.sent);
    EXPECT_GT(left.unrouted, 20u);
    EXPECT_EQ(lit.unrouted, left.unrouted);
    EXPECT_GT(later.sent, lit.sent + 20);
    EXPECT_EQ(later.lost + later.unrouted, lit.lost + lit.unrouted);
    EXPECT_GT(run_told(parts, rerouting(false)).received(weak).frames_lost_in_dark, lit.lost + lit.unrouted);
}

/// Links beyond their cliff, which flap again and again.
FabricCase flapping() {
    FabricCase parts = across(1024);
    for (std::uint32_t i = 0; i < parts.channels.size(); ++i) {
        Channel& channel = parts.channels[i];
        channel.lock_loss_per_second = i % 5 == 0 ? 2e4 : 0.0;
        channel.relock = {Distribution::Kind::lognormal, 6e6, 1.0};
        channel.link_up = microseconds(8);
        if (i % 7 == 3) parts.changes.push_back({Time{40'000'000}, i, 1e-4, 5e4});
    }
    parts.outages = {{Time{25'000'000}, Time{90'000'000}, 40}, {Time{25'000'000}, Time{90'000'000}, 41}};
    parts.network.path = PathPolicy::spray;
    return parts;
}

TEST(Flaps, OneDigestHoweverFarAheadTheyAreTold) {
    RerouteParameters spread = rerouting();
    spread.convergence = {Distribution::Kind::uniform, 1e6, 30e6};
    spread.detection = microseconds(3);
    FabricCase parts = flapping();
    const auto told = std::make_shared<RouteTimeline>(parts.topology, parts.routes, spread);
    told->extend(parts.outages, Time{});
    parts.reroutes = told;
    Fabric idle(parts.input(1));
    const FabricInput input = parts.input(1);
    Flaps(input, spread.detection).tell(*told, idle, Time{} + milliseconds(20));
    const FabricRun oracle = run_on_oracle(parts);
    ASSERT_TRUE(oracle.fabric.finished());
    ASSERT_LT(oracle.acknowledged(0), milliseconds(40));
    EXPECT_GT(told->versions(), 10u);
    for (const std::uint32_t threads : {1u, 2u, 4u})
        for (const std::uint32_t partitions : {1u, 3u, 16u})
            for (const std::uint32_t window_divisor : {1u, 8u}) {
                SCOPED_TRACE(std::to_string(threads) + " threads, " + std::to_string(partitions) + " partitions");
                const FabricRun other = run_told(parts, spread, {threads, partitions, window_divisor});
                ASSERT_EQ(other.fabric.digest(), oracle.fabric.digest());
            }
    EXPECT_LT(oracle.lost(), run_told(parts, rerouting(false)).lost());
}

}  // namespace
}  // namespace lightloom::testing
