// Adaptive switches that know the queues of the next switch as they were when it last published them.
// Oracles: the reference engine; the closed form of when a statement can be known; counting of frames; and what the
// same fabric does where switches know their own queues only.
#include <gtest/gtest.h>

#include "models/network/published_queues.hpp"
#include "tests/support/fabric_oracle.hpp"
#include "tests/support/rough_fabrics.hpp"
#include "topologies/folded_clos.hpp"

namespace lightloom::testing {
namespace {

TEST(PublishedQueues, AreKnownWhenTheyCanHaveArrived) {
    PublishedQueues queues(2, 3, microseconds(10), microseconds(25));
    EXPECT_EQ(queues.next(Time{}), Time{} + microseconds(10));
    EXPECT_EQ(queues.next(Time{} + microseconds(10)), Time{} + microseconds(20));
    EXPECT_EQ(queues.known(Time{} + microseconds(34), microseconds(25)), 0);
    EXPECT_EQ(queues.known(Time{} + microseconds(35), microseconds(25)), 1);
    EXPECT_EQ(queues.known(Time{} + microseconds(45) - Duration{1}, microseconds(25)), 1);
    EXPECT_EQ(queues.known(Time{} + microseconds(20), microseconds(25)), 0);
    queues.open(1, Time{} + microseconds(10))[2] = nanoseconds(7);
    EXPECT_EQ(queues.at(1, 2, 1), nanoseconds(7));
    for (const std::int64_t number : {0, 2, 8, 15}) EXPECT_EQ(queues.at(1, 2, number), Duration{0}) << number;
    EXPECT_EQ(queues.at(0, 2, 1), Duration{0});
    EXPECT_EQ(queues.at(PublishedQueues::kNone, 2, 1), Duration{0});
}

// While a statement is read no later one is written over it: the longest delay is 2.5 periods, seven rows at least.
TEST(PublishedQueues, StandUntilNobodyReadsThem) {
    PublishedQueues queues(1, 1, microseconds(10), microseconds(25));
    for (int number = 1; number < 100; ++number) {
        queues.open(0, Time{number * 10'000'000})[0] = Duration{number};
        for (int back = 0; back < 6 && back < number; ++back)
            EXPECT_EQ(queues.at(0, 0, number - back).ps, number - back);
    }
}

constexpr std::uint32_t kSpines = 8;
constexpr Duration kDelay = nanoseconds(100);

/// Eight hosts under one leaf send to eight under another, over spines one of which has a slow cable at one end.
FabricCase past_a_slow_cable(bool at_far_end, double gigabits_per_second = 100) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < kSpines; ++i) pairs.push_back({i, kSpines + i});
    FabricCase parts(leaf_spine({.servers = 2 * kSpines,
                                 .gpus_per_server = 1,
                                 .leaves = 2,
                                 .spines = kSpines,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     messages(pairs, {2048 * 4096}), kDelay);
    parts.network.path = PathPolicy::adaptive;
    parts.network.staleness = microseconds(2);
    parts.transport.timeout = milliseconds(1);
    Topology& topology = parts.topology;
    const PortId slow = parts.uplinks(topology.endpoints[at_far_end ? kSpines : 0].leaf)[3];
    topology.cables[topology.ports[slow.value].cable.value].tier = static_cast<std::uint32_t>(topology.tiers.size());
    topology.tiers.push_back({"slow", gigabits(gigabits_per_second)});
    return parts;
}
std::uint64_t sent_to_spine(const FabricCase& parts, const FabricRun& ended, std::size_t spine) {
    return ended.sent(parts.uplinks(parts.topology.endpoints[0].leaf)[spine]);
}

TEST(StaleAdaptive, RoutesRoundAHotSpotThatLocalQueuesDoNotShow) {
    FabricCase parts = past_a_slow_cable(true);
    const FabricRun told = run(parts);
    parts.network.staleness = Duration{0};
    const FabricRun local = run(parts);
    constexpr double all = 2048.0 * kSpines;
    // The spine's cable carries a quarter of the others': 1 part in 29. Local queues give it an eighth.
    EXPECT_LT(static_cast<double>(sent_to_spine(parts, told, 3)), 1.5 * all / 29.0);
    EXPECT_NEAR(static_cast<double>(sent_to_spine(parts, local, 3)), all / 8.0, 0.1 * all / 8.0);
    // 8 x 400 Gb/s of hosts meet 29 / 4 of a cable: a tenth more than the time of the bytes, and not four times that.
    const double least_ps = 2048.0 * (4096 + 64 + 20) * 20 * 32.0 / 29.0;
    EXPECT_LT(static_cast<double>(told.delivered(7).ps), 1.15 * least_ps);
    EXPECT_GT(static_cast<double>(local.delivered(7).ps), 2.5 * least_ps);
}

// Nothing is known before the first instant of publication, and the least time from a spine to its leaf after that.
TEST(StaleAdaptive, NothingIsKnownBeforeItCanHaveArrived) {
    FabricCase parts = past_a_slow_cable(true);
    const Time known = Time{} + parts.network.staleness + parts.network.switch_latency + kDelay +
                       Duration{(8 + 64) * 20 - 1};  // and the smallest frame's time on the wire
    const auto digest = [&](Duration staleness, Time until) {
        parts.network.staleness = staleness;
        return run(parts, {.until = until}).fabric.digest();
    };
    const Time later = known + microseconds(3);
    EXPECT_EQ(digest(microseconds(2), known), digest(Duration{0}, known));
    EXPECT_NE(digest(microseconds(2), later), digest(Duration{0}, later));
    EXPECT_EQ(digest(microseconds(20), later), digest(Duration{0}, later));
}

TEST(StaleAdaptive, AHotSpotOfOnesOwnIsAvoidedAsEver) {
    const FabricCase parts = past_a_slow_cable(false);
    EXPECT_LT(static_cast<double>(sent_to_spine(parts, run(parts), 3)), 1.5 * 2048.0 * kSpines / 29.0);
}

/// Eight leaves of one host each send to the hosts of one leaf: the spine that all take for free is so no longer.
FabricCase herd(Duration staleness) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < 8; ++i) pairs.push_back({8 * (i + 1), i});
    FabricCase parts(leaf_spine({.servers = 72,
                                 .gpus_per_server = 1,
                                 .leaves = 9,
                                 .spines = 8,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     messages(pairs, {4096 * 4096}), kDelay);
    parts.network.path = PathPolicy::adaptive;
    parts.network.staleness = staleness;
    parts.transport.timeout = milliseconds(1);
    return parts;
}

struct HerdRun {
    Duration done;
    std::int64_t deepest_ns = 0;
};
HerdRun run_herd(Duration staleness) {
    const FabricCase parts = herd(staleness);
    const FabricRun ended = run(parts);
    HerdRun herd{ended.delivered(0)};
    for (const Fabric::PortCounters& counters : ended.fabric.counters())
        herd.deepest_ns = std::max(herd.deepest_ns, counters.deepest_backlog_ps / 1000);
    return herd;
}

// A spine that all take for free gets eight hosts' frames until it says otherwise, a period and a cable later: its
// queue grows by seven times that, while the cables of the others run dry.
TEST(StaleAdaptive, OldNewsSendsTheHerdFromOneSpineToTheNext) {
    const HerdRun local = run_herd(Duration{0}), fresh = run_herd(microseconds(1)), stale = run_herd(microseconds(10));
    EXPECT_LT(fresh.done.ps, 1.03 * static_cast<double>(local.done.ps));
    EXPECT_GT(stale.done.ps, 1.5 * static_cast<double>(local.done.ps));
    EXPECT_GT(stale.deepest_ns, 0.9 * 7 * 10'000);
    EXPECT_GT(stale.deepest_ns, 4 * fresh.deepest_ns);
}

FabricCase rough_and_told(Forwarding forwarding, bool committed, Duration staleness) {
    FabricCase parts = rough(forwarding, PathPolicy::adaptive);
    parts.topology.tiers[1].rate = gigabits(200);
    parts.network.staleness = staleness;
    parts.network.commit_all_ports = committed;
    return parts;
}

TEST(StaleAdaptive, OneDigestOverThreadsPartitionsAndWindows) {
    for (const Duration staleness : {nanoseconds(150), nanoseconds(4096), microseconds(37)})
        for (const bool committed : {false, true})
            for (const Forwarding forwarding : {Forwarding::store_and_forward, Forwarding::cut_through})
                expect_one_digest(rough_and_told(forwarding, committed, staleness));
    expect_one_digest(past_a_slow_cable(true));
}

// Spines publish for leaves of other pods what their cores' cables hold, and cores what theirs to the spines do.
TEST(StaleAdaptive, OneDigestInThreeTiers) {
    const Topology topology = folded_clos({.pods = 3,
                                           .leaves_per_pod = 2,
                                           .spines_per_pod = 2,
                                           .cores = 4,
                                           .servers_per_leaf = 2,
                                           .gpus_per_server = 1,
                                           .spine_core_links = 2,
                                           .rate = gigabits(400)});
    FabricCase parts(topology, permutation(topology, {256 << 10}, 3), kDelay);
    parts.network.path = PathPolicy::adaptive;
    const std::uint64_t local = run(parts).fabric.digest();
    parts.network.staleness = nanoseconds(900);
    EXPECT_NE(expect_one_digest(parts).fabric.digest(), local);
}

// A statement holds what routes hold by then, and a spine cut off from a leaf says that no port leads there.
TEST(StaleAdaptive, OneDigestWhileRoutesChange) {
    FabricCase parts = past_a_slow_cable(true);
    resize_messages(parts.traffic, {512 * 4096});
    parts.transport.window = 512;
    const auto timeline = std::make_shared<RouteTimeline>(
        parts.topology, parts.routes,
        RerouteParameters{.detection = microseconds(5), .convergence = {Distribution::Kind::fixed, 30e6, 0.0}});
    const auto spine_to_leaf = parts.uplinks(parts.topology.endpoints[kSpines].leaf)[5];
    const std::uint32_t cable = parts.topology.ports[spine_to_leaf.value].cable.value;
    timeline->extend(std::vector<Outage>{{Time{10'000'000}, Time{60'000'000}, 2 * cable},
                                         {Time{10'000'000}, Time{60'000'000}, 2 * cable + 1}},
                     kNever);
    parts.reroutes = timeline;
    const auto black_holed = [](const FabricRun& ended) {
        std::uint64_t sum = 0;
        for (const auto& losses : ended.statistics.losses) sum += losses.unrouted;
        return sum;
    };
    const std::uint64_t told = black_holed(expect_one_digest(parts));
    parts.network.staleness = Duration{0};
    EXPECT_LT(4 * told, black_holed(run(parts)));  // between detection and convergence, 30 us
}

TEST(StaleAdaptive, BothKindsOfPortGiveOneDigest) {
    const auto digest = [](bool committed) {
        return run(rough_and_told(Forwarding::store_and_forward, committed, nanoseconds(700))).fabric.digest();
    };
    EXPECT_EQ(digest(false), digest(true));
}

}  // namespace
}  // namespace lightloom::testing
