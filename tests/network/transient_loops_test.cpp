// While routes converge switch by switch, a frame may go to and fro between one that knows and one that does not, and
// end by its hop limit; before, the switch at the dead cable has no way at all. Oracle: the routes of each switch at
// each instant (RouteTimeline), and the flows' own count of frames without a way.
#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::size_t kHosts = 4, kSpines = 4;
constexpr Time kFrom{50'000'000};
constexpr Duration kDetection = microseconds(10);

Topology two_leaves() {
    return leaf_spine({.servers = 2 * kHosts,
                       .gpus_per_server = 1,
                       .leaves = 2,
                       .spines = kSpines,
                       .links_per_pair = 1,
                       .rate = gigabits(400)});
}

/// The spine's cable to the second leaf fails. From detection on it has no way there; once it has new routes, it
/// sends what is for that leaf back to the first, which sends it again as long as it has the old ones.
struct Failure {
    Topology topology = two_leaves();
    NodeId stale = topology.endpoints[0].leaf, far = topology.endpoints[kHosts].leaf;
    NodeId spine{topology.nodes.size() - 1};
    Time known, caught_up;  // when the spine, and the first leaf, have new routes
    FabricCase parts;

    explicit Failure(std::uint64_t seed) : parts(topology, messages(pairs(), {8 << 20}), nanoseconds(100)) {
        RerouteParameters how{
            .detection = kDetection, .convergence = {Distribution::Kind::uniform, 5e6, 100e6}, .seed = seed};
        const auto timeline = std::make_shared<RouteTimeline>(topology, equal_cost_routes(topology), how);
        for (std::uint32_t cable = 0; cable < topology.cables.size(); ++cable)
            if (topology.ports[topology.cables[cable].lower.value].node == far &&
                topology.ports[topology.cables[cable].upper.value].node == spine)
                parts.outages = {{kFrom, kNever, 2 * cable}, {kFrom, kNever, 2 * cable + 1}};
        timeline->extend(parts.outages, kNever);
        known = timeline->changes(spine).back().at;
        caught_up = timeline->changes(stale).back().at;
        parts.reroutes = timeline;
        parts.network.path = PathPolicy::spray;
        parts.network.hop_limit = 8;  // a few microseconds to and fro, much less than convergence times differ
        parts.transport.timeout = microseconds(60);
        parts.transport.window = 2048;  // the whole message: what is lost holds nobody up
    }
    static std::vector<std::pair<std::size_t, std::size_t>> pairs() {
        std::vector<std::pair<std::size_t, std::size_t>> all;
        for (std::size_t i = 0; i < kHosts; ++i) all.push_back({i, kHosts + i});
        return all;
    }
};

struct Ended {
    std::uint64_t black_holed = 0, looped = 0, unrouted = 0;
};
Ended counted(const Failure& failure, const FabricRun& ran) {
    Ended ended;
    for (const NodeId node : {failure.stale, failure.far, failure.spine}) {
        ended.black_holed += ran.fabric.steering(node).black_holed;
        ended.looped += ran.fabric.steering(node).looped;
    }
    for (const auto& losses : ran.statistics.losses)
        ended.unrouted += losses.unrouted + losses.unrouted_acknowledgements;
    return ended;
}

TEST(TransientLoops, EndFramesByTheHopLimitWhereAStaleSwitchSendsThemBack) {
    std::uint32_t with = 0, without = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        SCOPED_TRACE(seed);
        const Failure failure(seed);
        const FabricRun ran = run(failure.parts);
        EXPECT_TRUE(ran.fabric.finished());
        const Ended ended = counted(failure, ran);
        EXPECT_EQ(ended.unrouted, ended.black_holed + ended.looped);
        EXPECT_GT(ran.fabric.steering(failure.spine).black_holed, 0u) << "between detection and its new routes";
        EXPECT_EQ(ran.fabric.steering(failure.far).black_holed, 0u) << "it has three other spines";
        if (failure.known + microseconds(10) < failure.caught_up) {
            EXPECT_GT(ended.looped, 0u);
            ++with;
        } else if (failure.caught_up + microseconds(10) < failure.known) {
            EXPECT_EQ(ended.looped, 0u) << "the leaf no longer sent there when the spine began to send back";
            ++without;
        }
        const RouteTimeline::Response response = failure.parts.reroutes->responses().at(0);
        EXPECT_EQ(response.dark, kFrom);
        EXPECT_EQ(response.lit, kNever);
        EXPECT_EQ(response.detected, kFrom + kDetection);
        EXPECT_GE(response.rerouted, std::max(failure.known, failure.caught_up));
        EXPECT_LE(response.rerouted, response.detected + microseconds(100));
    }
    EXPECT_GT(with, 0u);
    EXPECT_GT(without, 0u);
}

TEST(TransientLoops, OneDigest) {
    Failure failure(1);
    resize_messages(failure.parts.traffic, {4 << 20});
    expect_one_digest(failure.parts);
}

}  // namespace
}  // namespace lightloom::testing
