// What each way of picking among equal paths does to the loads of the uplinks.
// Oracle: counting. A hash of the flow keeps a flow on one uplink; turns differ by one frame; a share by capacity is
// that of the capacity; the fabric's own frame counters are asked, never the policy.
#include <numeric>

#include <gtest/gtest.h>

#include "models/network/routing_policy.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::uint32_t kSpines = 8;

// `flows` servers under one leaf send to as many under the other.
FabricCase across(std::uint32_t flows, std::int64_t bytes, PathPolicy path) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::uint32_t i = 0; i < flows; ++i) pairs.push_back({i, flows + i});
    FabricCase parts(leaf_spine({.servers = 2 * flows,
                                 .gpus_per_server = 1,
                                 .leaves = 2,
                                 .spines = kSpines,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     messages(pairs, {bytes}), nanoseconds(100));
    parts.network.path = path;
    parts.network.buffer = {1 << 30};
    parts.network.queue_limit = {64 << 20};
    return parts;
}

// Data frames per uplink of the senders' leaf: it sends nothing else up.
std::vector<std::uint64_t> loads(const FabricCase& parts, const FabricRun& ended) {
    std::vector<std::uint64_t> sent;
    for (const PortId uplink : parts.uplinks(parts.topology.endpoints[0].leaf)) sent.push_back(ended.sent(uplink));
    return sent;
}
std::vector<std::uint64_t> loads(const FabricCase& parts) { return loads(parts, run(parts)); }
std::size_t used(const std::vector<std::uint64_t>& sent) {
    return sent.size() - static_cast<std::size_t>(std::count(sent.begin(), sent.end(), 0u));
}

TEST(PathPolicies, AFlowKeepsItsPathUnderEveryHashOfFlows) {
    for (const PathPolicy path : {PathPolicy::ecmp, PathPolicy::entropy, PathPolicy::flowlet})
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            FabricCase parts = across(1, 200 * 4096, path);
            parts.network.hash_seed = seed;
            EXPECT_EQ(used(loads(parts)), 1u);
        }
}

TEST(PathPolicies, TurnsDifferByOneFrame) {
    for (const std::int64_t packets : {8 * 40, 8 * 40 + 3}) {
        FabricCase parts = across(3, packets * 4096, PathPolicy::round_robin);
        const std::vector<std::uint64_t> sent = loads(parts);
        EXPECT_EQ(std::accumulate(sent.begin(), sent.end(), std::uint64_t{0}),
                  3u * static_cast<std::uint64_t>(packets));
        const auto [least, most] = std::minmax_element(sent.begin(), sent.end());
        EXPECT_LE(*most - *least, 1u);
    }
}

// From slow hosts a cut-through switch asks twice for each frame: at its first bit, and when it is whole.
TEST(PathPolicies, AFrameThatWaitsForItsTailTakesOneTurn) {
    FabricCase parts = across(3, 8 * 40 * 4096, PathPolicy::round_robin);
    parts.topology.tiers[0].rate = gigabits(100);
    parts.network.forwarding = Forwarding::cut_through;
    const std::vector<std::uint64_t> sent = loads(parts);
    for (const std::uint64_t frames : sent) EXPECT_EQ(frames, 3u * 40u);
}

// m flows, or one of m queue pairs, on p = m = 8 uplinks use 1 - (1 - 1/8)^8 = 65.64 % of them, and the fullest has
// 2.60 of them on average (balls into bins; the distribution is worked out in ecmp_test.cpp).
double mean_share_used(FabricCase parts, std::uint64_t seeds, double& mean_greatest) {
    double all = 0;
    mean_greatest = 0;
    for (parts.network.hash_seed = 1; parts.network.hash_seed <= seeds; ++parts.network.hash_seed) {
        const std::vector<std::uint64_t> sent = loads(parts);
        all += static_cast<double>(used(sent)) / kSpines;
        const double share = static_cast<double>(std::accumulate(sent.begin(), sent.end(), std::uint64_t{0})) / 8.0;
        mean_greatest += static_cast<double>(*std::max_element(sent.begin(), sent.end())) / share;
    }
    mean_greatest /= static_cast<double>(seeds);
    return all / static_cast<double>(seeds);
}

TEST(PathPolicies, EightFlowsUseTwoThirdsOfEightUplinks) {
    double greatest = 0;
    EXPECT_NEAR(mean_share_used(across(8, 4 * 4096, PathPolicy::ecmp), 1000, greatest), 0.6564, 0.01);
    EXPECT_NEAR(greatest, 2.60, 0.07);  // a run's deviation is 0.68: this is 3.3 of the mean's
}

TEST(PathPolicies, EightQueuePairsOfOneFlowDoSoToo) {
    FabricCase parts = across(1, 8 * 16 * 4096, PathPolicy::entropy);
    parts.network.queue_pairs = 8;
    double greatest = 0;
    EXPECT_NEAR(mean_share_used(parts, 500, greatest), 0.6564, 0.014);
    EXPECT_NEAR(greatest, 2.60, 0.1);
}

TEST(PathPolicies, MessagesAreDealtOutToQueuePairsAndPacketsWhereEntropyDecides) {
    EXPECT_EQ(entropy_of(PathPolicy::ecmp, 37, 1005, 16), 5u);
    EXPECT_EQ(entropy_of(PathPolicy::entropy, 37, 1005, 16), 13u);
    for (const PathPolicy path : {PathPolicy::ecmp, PathPolicy::entropy}) EXPECT_EQ(entropy_of(path, 37, 1005, 1), 0u);
}

TEST(PathPolicies, AHashWithoutTheFlowSendsAllOneWay) {
    FabricCase parts = across(8, 4 * 4096, PathPolicy::ecmp);
    parts.network.hash_fields.flow = false;
    EXPECT_EQ(used(loads(parts)), 1u);
}

// One packet in flight: a round trip lies between two frames of the flow, of some 3.5 us.
FabricCase with_pauses(Duration gap) {
    FabricCase parts = across(1, 400 * 4096, PathPolicy::flowlet);
    parts.transport.window = 1;
    parts.network.flowlet_gap = gap;
    return parts;
}

TEST(PathPolicies, AFlowletMovesAfterAPauseLongerThanTheGapAndNotBefore) {
    FabricCase parts = with_pauses(microseconds(50));
    const Duration round_trip{run(parts).acknowledged(0).ps / 400};
    EXPECT_EQ(used(loads(parts)), 1u);
    parts.network.flowlet_gap = round_trip + nanoseconds(1);
    EXPECT_EQ(used(loads(parts)), 1u);
    parts.network.flowlet_gap = round_trip - nanoseconds(1);
    const std::vector<std::uint64_t> sent = loads(parts);
    for (const std::uint64_t frames : sent) EXPECT_NEAR(static_cast<double>(frames), 50.0, 5 * 6.7);  // binomial
}

// A spine's cable at a quarter of the others' rate: packets sent there blindly wait, an adaptive switch does not.
TEST(PathPolicies, AdaptiveSwitchesGiveASlowUplinkItsShareAtMost) {
    FabricCase parts = across(8, 512 * 4096, PathPolicy::adaptive);
    const PortId slow = parts.uplinks(parts.topology.endpoints[0].leaf)[3];
    const CableId cable = parts.topology.ports[slow.value].cable;
    parts.topology.tiers.push_back({"slow", gigabits(100)});
    parts.topology.cables[cable.value].tier = static_cast<std::uint32_t>(parts.topology.tiers.size() - 1);
    const FabricRun adaptive = run(parts);
    const std::vector<std::uint64_t> sent = loads(parts, adaptive);
    const auto rest = static_cast<double>(8 * 512 - sent[3]) / 7.0;
    EXPECT_LT(static_cast<double>(sent[3]), 0.35 * rest);  // a quarter, and the frames of the start
    parts.network.path = PathPolicy::spray;
    const FabricRun blind = run(parts);
    EXPECT_GT(blind.delivered(0).ps, 2 * adaptive.delivered(0).ps);
}

TEST(PathPolicies, AdaptiveSwitchesFillAllUplinksWithoutQueues) {
    const FabricCase parts = across(8, 512 * 4096, PathPolicy::adaptive);
    const FabricRun ended = run(parts);
    for (const PortId uplink : parts.uplinks(parts.topology.endpoints[0].leaf)) {
        EXPECT_NEAR(static_cast<double>(ended.sent(uplink)), 512.0, 512.0 * 0.05);
        // No port ever has more than a frame waiting behind the one it sends: eight come in, and eight can go out.
        EXPECT_LE(ended.fabric.counters()[uplink.value].deepest_backlog_ps, 2 * (4096 + 64 + 20) * 20);
    }
}

}  // namespace
}  // namespace lightloom::testing
