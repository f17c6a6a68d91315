// The tables of a collective's traffic: who sits where, and which flow joins which lanes.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "models/workload/loads.hpp"
#include "models/workload/traffic.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

Topology fabric(std::int64_t servers, std::int64_t leaves, std::int64_t gpus = 2) {
    return leaf_spine({.servers = servers,
                       .gpus_per_server = gpus,
                       .leaves = leaves,
                       .spines = 2,
                       .links_per_pair = 1,
                       .rate = Rate::from({400'000'000'000}).value()});
}

Traffic ring(const Topology& topology, Placement placement, std::int64_t bytes, std::uint32_t iterations = 1) {
    const std::vector<Ranks> groups = groups_of(topology, Grouping::rails, placement);
    return collective(groups, {.ranks = static_cast<std::uint32_t>(groups.front().size()), .bytes = bytes}, iterations);
}

TEST(CollectiveTraffic, EachRailIsARingThroughAllServers) {
    const Topology topology = fabric(12, 3, 4);
    for (const Placement placement : {Placement::packed, Placement::spread}) {
        const Traffic traffic = ring(topology, placement, 1000);
        ASSERT_EQ(traffic.flows.size(), 48u);
        ASSERT_EQ(traffic.groups.size(), 4u);
        for (std::uint32_t rail = 0; rail < 4; ++rail) {
            std::set<std::uint32_t> seen;
            std::uint32_t flow = rail;
            for (int hop = 0; hop < 12; ++hop) {
                const Traffic::Flow& spec = traffic.flows[flow];
                EXPECT_EQ(spec.group, rail);
                EXPECT_TRUE(seen.insert(spec.source.value).second);
                EXPECT_EQ(spec.source.value % 4, rail);
                EXPECT_EQ(spec.destination.value % 4, rail);
                // The lane that takes its messages sends on to the next rank.
                const Traffic::Lane& lane = traffic.lanes[spec.lane];
                ASSERT_EQ(lane.outs, 1u);
                flow = traffic.out[lane.first_out].flow;
                EXPECT_EQ(traffic.flows[flow].source, spec.destination);
                EXPECT_EQ(traffic.flows[flow].rank, (spec.rank + 1) % 12);
            }
            EXPECT_EQ(flow, rail);
        }
    }
}

TEST(CollectiveTraffic, FlowsAndWorkersAreSortedByEndpoint) {
    for (const Placement placement : {Placement::packed, Placement::spread}) {
        const Traffic traffic = ring(fabric(12, 3, 4), placement, 1000);
        for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) {
            EXPECT_EQ(traffic.flows[i].source.value, i);
            EXPECT_EQ(traffic.workers[i].at.value, i);
        }
    }
}

int hops_under_one_leaf(const Topology& topology, Placement placement) {
    int hops = 0;
    for (const Traffic::Flow& flow : ring(topology, placement, 1000).flows)
        hops += topology.endpoints[flow.source.value].leaf == topology.endpoints[flow.destination.value].leaf;
    return hops;
}

TEST(CollectiveTraffic, SpreadCrossesASpineAtEveryHopAndPackedOncePerRack) {
    for (const std::int64_t leaves : {2, 3, 4, 8}) {
        const Topology topology = fabric(24, leaves, 2);
        EXPECT_EQ(hops_under_one_leaf(topology, Placement::spread), 0);
        EXPECT_EQ(hops_under_one_leaf(topology, Placement::packed), 2 * (24 - leaves));
    }
    EXPECT_EQ(hops_under_one_leaf(fabric(4, 1, 1), Placement::spread), 4);  // one leaf: nowhere to spread to
}

TEST(CollectiveTraffic, LoadsAreTwiceTheBufferLessItsShare) {
    for (const std::int64_t n : {2, 5, 17})
        for (const std::int64_t bytes : {std::int64_t{0}, n - 1, n + 1, std::int64_t{1'000'003}}) {
            const Traffic traffic = ring(fabric(n, 1, 1), Placement::packed, bytes, 3);
            std::int64_t sum = 0;
            for (const Load& load : loads_of(traffic, {1000})) {
                EXPECT_EQ(load.messages, 3 * 2 * (n - 1));
                EXPECT_LE(std::abs(load.bytes - 3 * 2 * (n - 1) * (bytes / n)), 3 * 2 * (n - 1));
                sum += load.bytes;
            }
            EXPECT_EQ(sum, 3 * 2 * (n - 1) * bytes) << n << " ranks, " << bytes << " bytes";
            EXPECT_EQ(total_load(traffic, {1000}).bytes, sum);
        }
}

// Costs of an engine: by where a message goes; what is sent grows by what is no data.
TEST(CollectiveTraffic, AnEngineChargesWhatGoesInsideAndAcross) {
    const Topology topology = fabric(2, 2, 2);
    const CollectiveCall call{.ranks = 4, .bytes = 4000, .ranks_per_node = 2};
    const EngineCosts costs{.launch = nanoseconds(7),
                            .step = nanoseconds(1),
                            .step_across = nanoseconds(5),
                            .efficiency = 0.5,
                            .efficiency_across = 0.9375};
    Traffic traffic = collective(groups_of(topology, Grouping::all, Placement::packed), call, 1);
    const std::int64_t plain = total_load(traffic, {100}).bytes;
    add_engine(traffic, topology, costs, true);
    EXPECT_EQ(traffic.programs.front().launch_ps, 7000);
    std::int64_t inside = 0;
    for (std::uint32_t flow = 0; flow < traffic.flows.size(); ++flow) {
        const bool stays = traffic.flows[flow].source.value / 2 == traffic.flows[flow].destination.value / 2;
        inside += stays;
        EXPECT_EQ(traffic.flows[flow].step_ps, stays ? 1000 : 5000);
        EXPECT_EQ(traffic.wire_bytes(flow, 15), stays ? 30 : 16);
    }
    EXPECT_EQ(inside, 2);
    // 24 messages of 1,000 bytes, half of them to the GPU beside: 2,000 and 1,067 bytes.
    EXPECT_EQ(plain, 24 * 1000);
    EXPECT_EQ(total_load(traffic, {100}).bytes, 12 * (2000 + 1067));
    add_engine(traffic, topology, costs, false);  // without a scale-up network all of it goes across
    for (const Traffic::Flow& flow : traffic.flows) EXPECT_EQ(flow.step_ps, 5000);
    EXPECT_EQ(WireShare(1.0).wire_bytes(INT64_C(1) << 45), INT64_C(1) << 45);
    EXPECT_EQ(WireShare(1e-9).wire_bytes(3), 3 << 16);
}

// Loads reckon with loops that are alike and calls that recur; here every step of every task is gone through.
TEST(CollectiveTraffic, LoadsAreThoseOfEveryStep) {
    for (const CollectiveCall& call :
         {CollectiveCall{.ranks = 6, .bytes = 10'007, .channels = 2, .chunk_bytes = 300},
          CollectiveCall{.kind = Collective::all_gather, .ranks = 6, .bytes = 10'007},
          CollectiveCall{
              .kind = Collective::reduce_scatter, .ranks = 6, .bytes = 10'009, .channels = 3, .chunk_bytes = 111},
          CollectiveCall{
              .algorithm = Algorithm::tree, .ranks = 6, .bytes = 10'007, .chunk_bytes = 512, .ranks_per_node = 2}}) {
        const std::vector<Ranks> groups = groups_of(fabric(6, 3, 1), Grouping::all, Placement::packed);
        const Traffic traffic = collective(groups, call, 3);
        std::vector<Load> expected(traffic.flows.size());
        for (const Traffic::Seat& seat : traffic.seats)
            for (std::uint32_t lane = 0; lane < seat.lanes; ++lane)
                for (std::uint64_t k = 0; k < traffic.calls[0].steps(seat.rank, lane); ++k) {
                    const Step step = traffic.calls[0].step(seat.rank, lane, k);
                    if (step.to == kNobody) continue;
                    const std::int64_t packets = std::max<std::int64_t>((step.sent_bytes + 99) / 100, 1);
                    expected[traffic.flow_to(seat.first_lane + lane, step)].add({3, 3 * step.sent_bytes, 3 * packets});
                }
        const std::vector<Load> loads = loads_of(traffic, {100});
        ASSERT_EQ(loads.size(), expected.size());
        for (std::size_t flow = 0; flow < loads.size(); ++flow) {
            EXPECT_EQ(loads[flow].messages, expected[flow].messages);
            EXPECT_EQ(loads[flow].bytes, expected[flow].bytes);
            EXPECT_EQ(loads[flow].packets, expected[flow].packets);
        }
    }
}

TEST(CollectiveTraffic, PacketsOfALoadAreThoseOfItsMessages) {
    // 5,000 bytes among two ranks: messages of 2,500 bytes, three packets of 1,000 each.
    for (const Load& load : loads_of(ring(fabric(2, 1, 1), Placement::packed, 5000), {1000}))
        EXPECT_EQ(load.packets, 2 * 3);
    for (const Load& load : loads_of(ring(fabric(2, 1, 1), Placement::packed, 0), {1000})) EXPECT_EQ(load.packets, 2);
}

}  // namespace
}  // namespace lightloom
