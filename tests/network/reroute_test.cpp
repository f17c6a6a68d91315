// Cables fail and come back: when each switch knows, what is lost until then, and that all is well afterwards.
// Oracle: the closed form of the times (detection; detection and convergence) and the fabric's own counters.
#include "models/network/route_timeline.hpp"

#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::uint32_t kHosts = 4, kSpines = 4;
constexpr Duration kDetection = microseconds(10), kConvergence = microseconds(30);

Topology two_leaves(std::int64_t links_per_pair = 1) {
    return leaf_spine({.servers = 2 * kHosts,
                       .gpus_per_server = 1,
                       .leaves = 2,
                       .spines = kSpines,
                       .links_per_pair = links_per_pair,
                       .rate = gigabits(400)});
}
NodeId leaf(const Topology& t, std::size_t index) { return t.endpoints[index * kHosts].leaf; }
NodeId spine(const Topology& t, std::size_t index) { return NodeId{t.nodes.size() - kSpines + index}; }

// The cables between a leaf and a spine.
std::vector<std::uint32_t> cables(const Topology& t, NodeId lower, NodeId upper) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < t.cables.size(); ++i)
        if (t.ports[t.cables[i].lower.value].node == lower && t.ports[t.cables[i].upper.value].node == upper)
            found.push_back(i);
    return found;
}
std::vector<Outage> down(std::uint32_t cable, Time from, Time to, OutageCause cause = OutageCause::link_down) {
    return {{from, to, 2 * cable, cause}, {from, to, 2 * cable + 1, cause}};
}
RerouteParameters parameters() {
    return {.detection = kDetection,
            .convergence = {Distribution::Kind::fixed, static_cast<double>(kConvergence.ps), 0.0}};
}

// Ports that a switch has towards a leaf at an instant.
std::vector<std::uint16_t> ports_at(const RouteTimeline& timeline, NodeId node, std::uint32_t to_leaf, Time now) {
    const Routes& table = timeline.table();
    std::uint32_t first = table.role_of_node[node.value] * table.leaves;
    for (const RouteTimeline::Change& change : timeline.changes(node))
        if (change.at <= now) first = change.first_route;
    const Routes::PortSet& set = table.sets[first + to_leaf];
    return {table.ports.begin() + set.first, table.ports.begin() + set.first + set.count};
}
std::vector<Time> times(const RouteTimeline& timeline, NodeId node) {
    std::vector<Time> all;
    for (const auto& change : timeline.changes(node)) all.push_back(change.at);
    return all;
}

constexpr Time kFrom{100'000'000}, kTo{200'000'000};

TEST(RouteTimeline, EndsRepairAtDetectionAndOthersAtConvergence) {
    const Topology t = two_leaves();
    RouteTimeline timeline(t, equal_cost_routes(t), parameters());
    timeline.extend(down(cables(t, leaf(t, 1), spine(t, 2)).front(), kFrom, kTo), kNever);
    const NodeId far = leaf(t, 0), near = leaf(t, 1), dead = spine(t, 2);
    const Time detected = kFrom + kDetection, converged = detected + kConvergence;
    const Time back = kTo + kDetection, healed = back + kConvergence;
    EXPECT_EQ(times(timeline, far), (std::vector{converged, healed}));
    EXPECT_EQ(ports_at(timeline, far, 1, converged - Duration{1}).size(), kSpines);
    EXPECT_EQ(ports_at(timeline, far, 1, converged), (std::vector<std::uint16_t>{4, 5, 7}));
    EXPECT_EQ(ports_at(timeline, far, 1, healed), (std::vector<std::uint16_t>{4, 5, 6, 7}));
    EXPECT_EQ(times(timeline, near), (std::vector{detected, healed})) << "a port that is lit again waits for routes";
    EXPECT_EQ(ports_at(timeline, near, 0, detected), (std::vector<std::uint16_t>{4, 5, 7}));
    EXPECT_EQ(ports_at(timeline, dead, 1, detected - Duration{1}), (std::vector<std::uint16_t>{1}));
    EXPECT_TRUE(ports_at(timeline, dead, 1, detected).empty()) << "no other port leads there: a black hole";
    EXPECT_EQ(ports_at(timeline, dead, 1, converged), (std::vector<std::uint16_t>{0})) << "the way round";
    EXPECT_EQ(ports_at(timeline, dead, 1, healed), (std::vector<std::uint16_t>{1}));
    EXPECT_TRUE(timeline.changes(spine(t, 0)).empty());
    EXPECT_EQ(timeline.versions(), 2u);
}

TEST(RouteTimeline, OverlappingOutagesAreOne) {
    const Topology t = two_leaves();
    const std::uint32_t cable = cables(t, leaf(t, 1), spine(t, 2)).front();
    RouteTimeline one(t, equal_cost_routes(t), parameters()), several(t, equal_cost_routes(t), parameters());
    one.extend(down(cable, kFrom, kTo), kNever);
    const Time middle = kFrom + (kTo - kFrom) - microseconds(40);
    several.extend(std::vector<Outage>{{middle, kTo, 2 * cable + 1, OutageCause::flap},
                                       {kFrom, middle, 2 * cable, OutageCause::one_direction},
                                       {kFrom + microseconds(1), middle, 2 * cable, OutageCause::flap}},
                   kNever);
    for (std::uint32_t n = 0; n < t.nodes.size(); ++n) {
        const auto a = one.changes(NodeId{n}), b = several.changes(NodeId{n});
        EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << n;
    }
}

TEST(RouteTimeline, WhatEndsBeforeItsDetectionOrIsNotToBeFollowedChangesNothing) {
    const Topology t = two_leaves();
    const std::uint32_t cable = cables(t, leaf(t, 1), spine(t, 2)).front();
    RouteTimeline brief(t, equal_cost_routes(t), parameters());
    brief.extend(down(cable, kFrom, kFrom + kDetection - Duration{1}), kNever);
    RerouteParameters fixed = parameters();
    fixed.failover = false;
    RouteTimeline rigid(t, equal_cost_routes(t), fixed);
    rigid.extend(down(cable, kFrom, kNever), kNever);
    for (std::uint32_t n = 0; n < t.nodes.size(); ++n) {
        EXPECT_TRUE(brief.changes(NodeId{n}).empty());
        EXPECT_TRUE(rigid.changes(NodeId{n}).empty());
    }
}

TEST(RouteTimeline, CircuitsChangeAtTheirInstantAndWhatIsDarkAtTheStartIsKnown) {
    const Topology t = two_leaves();
    const std::uint32_t cable = cables(t, leaf(t, 1), spine(t, 2)).front();
    const std::uint32_t other = cables(t, leaf(t, 1), spine(t, 0)).front();
    RouteTimeline timeline(t, equal_cost_routes(t), parameters());
    std::vector<Outage> outages = down(cable, kFrom, kTo, OutageCause::circuit);
    for (const Outage& outage : down(other, Time{0}, kNever)) outages.push_back(outage);
    timeline.extend(outages, kNever);
    for (const std::size_t end : {0u, 1u}) EXPECT_EQ(times(timeline, leaf(t, end)), (std::vector{kFrom, kTo}));
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, Time{0}), (std::vector<std::uint16_t>{5, 6, 7}));
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, kFrom), (std::vector<std::uint16_t>{5, 7}));
}

TEST(RouteTimeline, ConvergenceIsDrawnPerSwitchAndChangesKeepTheirOrder) {
    const Topology t = leaf_spine(
        {.servers = 64, .gpus_per_server = 1, .leaves = 64, .spines = 2, .links_per_pair = 1, .rate = gigabits(400)});
    RerouteParameters spread = parameters();
    spread.convergence = {Distribution::Kind::uniform, 10e6, 50e6};
    RouteTimeline timeline(t, equal_cost_routes(t), spread);
    const std::uint32_t cable = cables(t, t.endpoints[0].leaf, NodeId{t.nodes.size() - 1}).front();
    timeline.extend(down(cable, kFrom, kFrom + microseconds(12)), kNever);
    double sum = 0;
    std::uint32_t switches = 0;
    for (std::size_t i = 1; i < 64; ++i) {
        const std::vector<Time> all = times(timeline, t.endpoints[i].leaf);
        if (all.empty()) continue;  // both at once, where the first drawn was longer by the outage's length
        ASSERT_EQ(all.size(), 2u);
        EXPECT_LT(all[0], all[1]);
        for (const std::size_t n : {0u, 1u}) {
            const Duration after = all[n] - kFrom - kDetection - microseconds(n == 0 ? 0 : 12);
            if (n != 0) continue;
            EXPECT_GE(after, microseconds(10));
            EXPECT_LE(after, microseconds(50));
            sum += static_cast<double>(after.ps);
        }
        ++switches;
    }
    EXPECT_GT(switches, 32u);
    EXPECT_NEAR(sum / switches, 27e6, 6e6);
    EXPECT_EQ(timeline.versions(), 2u);
}

TEST(RouteTimeline, ToldInPiecesIsToldAtOnce) {
    const Topology t = two_leaves();
    RerouteParameters spread = parameters();
    spread.convergence = {Distribution::Kind::uniform, 0.0, 80e6};
    std::vector<Outage> all;
    for (std::uint32_t i = 0; i < 12; ++i) {
        const std::uint32_t cable = cables(t, leaf(t, i % 2), spine(t, i % 3)).front();
        const Time from{std::int64_t{1 + i} * 37'000'000};
        for (const Outage& outage : down(cable, from, from + microseconds(5 + 30 * (i % 4)))) all.push_back(outage);
    }
    RouteTimeline once(t, equal_cost_routes(t), spread), pieces(t, equal_cost_routes(t), spread);
    once.extend(all, kNever);
    for (std::size_t i = 0; i < all.size(); i += 2) {
        std::vector<std::vector<RouteTimeline::Change>> before(t.nodes.size());
        const Time until = all[i].from + nanoseconds(1);
        pieces.extend(std::span(all).subspan(i, 2), until);
        for (std::uint32_t n = 0; n < t.nodes.size(); ++n)
            for (const RouteTimeline::Change& change : pieces.changes(NodeId{n})) {
                if (change.at >= until) continue;
                const auto final_changes = once.changes(NodeId{n});
                const bool kept = std::any_of(final_changes.begin(), final_changes.end(),
                                              [&](const auto& c) { return c.at == change.at; });
                EXPECT_TRUE(kept) << "told before " << until.ps << ", changed later";
            }
    }
    pieces.extend({}, kNever);
    for (std::uint32_t n = 0; n < t.nodes.size(); ++n) EXPECT_EQ(times(pieces, NodeId{n}), times(once, NodeId{n}));
}

// A flow per host across, sent for half a millisecond; the spine's cable to the far leaf is down meanwhile.
FabricCase through_an_outage(const Topology& t, PathPolicy path, RerouteParameters how) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < kHosts; ++i) pairs.push_back({i, kHosts + i});
    FabricCase parts(t, messages(pairs, {8 << 20}), nanoseconds(100));
    parts.network.path = path;
    parts.transport.timeout = microseconds(60);
    const auto timeline = std::make_shared<RouteTimeline>(t, equal_cost_routes(t), how);
    timeline->extend(down(cables(t, leaf(t, 1), spine(t, 2)).front(), kFrom, kTo), kNever);
    parts.reroutes = timeline;
    return parts;
}

TEST(Reroute, FramesAreBlackHoledBetweenDetectionAndConvergenceAndNoLonger) {
    const Topology t = two_leaves();
    const FabricCase parts = through_an_outage(t, PathPolicy::spray, parameters());
    const auto black_holed = [&](Time until) {
        return run(parts, {.until = until}).fabric.steering(spine(t, 2)).black_holed;
    };
    EXPECT_EQ(black_holed(kFrom + kDetection), 0u);
    const std::uint64_t all = black_holed(kNever);
    // Its share of what the hosts can send in a convergence time: 30 us of 83.6 ns frames, if no window stands still.
    EXPECT_GT(all, 50u);
    EXPECT_LT(all, 370u);
    EXPECT_EQ(black_holed(kFrom + kDetection + kConvergence + microseconds(3)), all);
    const FabricRun ended = run(parts);
    EXPECT_TRUE(ended.fabric.finished());
    std::uint64_t unrouted = 0;
    for (const auto& losses : ended.statistics.losses) unrouted += losses.unrouted + losses.unrouted_acknowledgements;
    EXPECT_EQ(unrouted, all);
}

TEST(Reroute, WithoutFailoverNobodyNotices) {
    const Topology t = two_leaves();
    RerouteParameters rigid = parameters();
    rigid.failover = false;
    FabricCase with = through_an_outage(t, PathPolicy::spray, rigid);
    const std::uint64_t digest = run(with).fabric.digest();
    with.reroutes = nullptr;
    EXPECT_EQ(run(with).fabric.digest(), digest) << "the outage itself is not in these cases";
}

// A spine with one of two cables left is worth half of the others: 2 of 14 parts of the frames instead of 2 of 8.
TEST(Reroute, WeightedSwitchesSendByLiveCapacity) {
    const Topology t = two_leaves(2);
    RerouteParameters how = parameters();
    how.weighted = true;
    RouteTimeline timeline(t, equal_cost_routes(t), how);
    const std::vector<std::uint32_t> pair = cables(t, leaf(t, 1), spine(t, 2));
    ASSERT_EQ(pair.size(), 2u);
    timeline.extend(down(pair[0], Time{0}, kNever), kNever);
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, Time{0}),
              (std::vector<std::uint16_t>{4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 10, 11, 11}));
    EXPECT_EQ(ports_at(timeline, leaf(t, 1), 0, Time{0}).size(), 7u) << "whose own ports are all worth the same";

    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < 2000; ++i) pairs.push_back({i * kHosts / 2000, kHosts});
    FabricCase parts(t, messages(pairs, {4096}), nanoseconds(100));
    parts.network.path = PathPolicy::ecmp;
    parts.reroutes = std::shared_ptr<const RouteTimeline>(&timeline, [](const RouteTimeline*) {});
    const FabricRun ended = run(parts);
    std::uint64_t weak = 0, all = 0;
    for (const PortId uplink : parts.uplinks(leaf(t, 0))) {
        all += ended.sent(uplink);
        if (t.ports[t.ports[uplink.value].peer.value].node == spine(t, 2)) weak += ended.sent(uplink);
    }
    const double share = static_cast<double>(weak) / static_cast<double>(all);
    EXPECT_NEAR(share, 2.0 / 14.0, 5 * std::sqrt(0.143 * 0.857 / 2000));
}

TEST(Reroute, WeightsFollowOutages) {
    const Topology t = two_leaves(2);
    RerouteParameters how = parameters();
    how.weighted = true;
    RouteTimeline timeline(t, weighted_routes(t, equal_cost_routes(t)), how);
    timeline.extend(down(cables(t, leaf(t, 1), spine(t, 2)).front(), kFrom, kTo), kNever);
    const std::vector<std::uint16_t> even{4, 5, 6, 7, 8, 9, 10, 11};
    const Duration known = kDetection + kConvergence;
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, kFrom + known - Duration{1}), even);
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, kFrom + known),
              (std::vector<std::uint16_t>{4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 10, 11, 11}));
    EXPECT_EQ(ports_at(timeline, leaf(t, 0), 1, kTo + known), even);
}

TEST(Reroute, OneDigestOverThreadsPartitionsAndWindows) {
    const Topology t = two_leaves();
    RerouteParameters spread = parameters();
    spread.convergence = {Distribution::Kind::uniform, 1e6, 60e6};
    for (const PathPolicy path :
         {PathPolicy::ecmp, PathPolicy::spray, PathPolicy::round_robin, PathPolicy::flowlet, PathPolicy::adaptive}) {
        FabricCase parts = through_an_outage(t, path, spread);
        resize_messages(parts.traffic, {2 << 20});
        expect_one_digest(parts);
    }
}

}  // namespace
}  // namespace lightloom::testing
