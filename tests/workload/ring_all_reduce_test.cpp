// The ring all-reduce as flows of messages. Oracle: the ranks that each chunk has been summed over, played through
// message by message as the flows' rule of release lets them go.
#include <gtest/gtest.h>

#include <set>
#include <vector>

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

Traffic ring(std::int64_t servers, std::int64_t bytes, std::uint32_t iterations = 1, std::int64_t gpus = 1) {
    return ring_all_reduce(fabric(servers, 1, gpus), Placement::packed, {bytes}, iterations);
}

std::int64_t bytes_of(const Traffic& traffic, const Traffic::Flow& flow) {
    std::int64_t bytes = 0;
    for (std::uint32_t k = 0; k < flow.messages; ++k) bytes += traffic.message_bytes(flow, k);
    return bytes;
}

TEST(RingAllReduce, RanksSendTheirShareOfTwiceTheBuffer) {
    for (std::int64_t n = 2; n <= 17; ++n)
        for (const std::int64_t bytes :
             {std::int64_t{0}, std::int64_t{1}, n - 1, n, n + 1, std::int64_t{1'000'003}, std::int64_t{1} << 40}) {
            const Traffic traffic = ring(n, bytes);
            ASSERT_EQ(traffic.flows.size(), static_cast<std::size_t>(n));
            std::int64_t sum = 0;
            for (const Traffic::Flow& flow : traffic.flows) {
                EXPECT_EQ(flow.messages, 2u * (static_cast<std::uint32_t>(n) - 1));
                const std::int64_t own = bytes_of(traffic, flow);
                EXPECT_LE(std::abs(own - 2 * (n - 1) * (bytes / n)), 2 * (n - 1));  // chunks differ by a byte at most
                sum += own;
            }
            EXPECT_EQ(sum, 2 * (n - 1) * bytes) << n << " ranks, " << bytes << " bytes";
        }
}

TEST(RingAllReduce, ADivisibleBufferIsSharedExactly) {
    const Traffic traffic = ring(8, 8 * 1000, 3);
    for (const Traffic::Flow& flow : traffic.flows) EXPECT_EQ(bytes_of(traffic, flow), 3 * 2 * 7 * 1000);
}

TEST(RingAllReduce, NoMessageIsSmallerThanTheSmallest) {
    for (const std::int64_t bytes : {0, 1, 16, 17, 18, 1'000'003}) {
        const Traffic traffic = ring(17, bytes);
        for (const Traffic::Flow& flow : traffic.flows)
            for (std::uint32_t k = 0; k < flow.messages; ++k) {
                EXPECT_GE(traffic.message_bytes(flow, k), traffic.smallest_message_bytes(flow));
                EXPECT_LE(traffic.message_bytes(flow, k), traffic.smallest_message_bytes(flow) + 1);
            }
    }
}

/// Plays a ring's messages: what a rank sends is what it holds at that moment. Message k of rank r is taken to be chunk
/// r - k, which StepsSendTheChunksThatTheyShould holds the sizes to.
class Play {
public:
    explicit Play(std::uint32_t n) : n_(n), traffic_(ring(n, n)), ranks_(n, std::vector<Sums>(n)) {
        for (std::uint32_t rank = 0; rank < n; ++rank)
            for (std::uint32_t chunk = 0; chunk < n; ++chunk) ranks_[rank][chunk] = {rank};
        sent_.assign(n, 0);
        delivered_.assign(n, 0);
    }

    /// Lets every flow go as far as the rule of release allows, until all have ended. @return false if they are stuck
    bool run() {
        for (bool moved = true; moved;) {
            moved = false;
            for (std::uint32_t f = 0; f < n_; ++f)
                while (released(f) > sent_[f]) {
                    deliver(f, sent_[f]++);
                    moved = true;
                }
        }
        for (std::uint32_t f = 0; f < n_; ++f)
            if (sent_[f] != traffic_.flows[f].messages) return false;
        return true;
    }
    void expect_all_summed() const {
        for (const auto& chunks : ranks_)
            for (const Sums& sums : chunks) {
                EXPECT_EQ(sums.size(), n_);  // every rank once: a multiset
                EXPECT_EQ(std::set<std::uint32_t>(sums.begin(), sums.end()).size(), n_);
            }
    }

private:
    using Sums = std::multiset<std::uint32_t>;

    std::uint32_t released(std::uint32_t flow) const {
        const Traffic::Flow& spec = traffic_.flows[flow];
        return std::min(spec.messages, delivered_[spec.after.value] + 1);
    }
    // Step k of rank r is chunk r - k: n - 1 steps that add, then n - 1 that replace.
    void deliver(std::uint32_t flow, std::uint32_t k) {
        const Traffic::Flow& spec = traffic_.flows[flow];
        const std::uint32_t chunk = (spec.rank + 2 * n_ - k) % n_;
        const std::uint32_t to = traffic_.flows[spec.then.value].rank;
        const Sums& from = ranks_[spec.rank][chunk];
        if (k < n_ - 1)
            ranks_[to][chunk].insert(from.begin(), from.end());
        else
            ranks_[to][chunk] = from;
        ++delivered_[flow];
    }

    std::uint32_t n_;
    Traffic traffic_;
    std::vector<std::vector<Sums>> ranks_;  // [rank][chunk]: whose contributions it is the sum of
    std::vector<std::uint32_t> sent_, delivered_;
};

TEST(RingAllReduce, SumsEveryChunkOverEveryRankOnce) {
    for (std::uint32_t n = 2; n <= 17; ++n) {
        SCOPED_TRACE(n);
        Play play(n);
        ASSERT_TRUE(play.run());
        play.expect_all_summed();
    }
}

// The chunks of 5 bytes over 3 ranks are 1, 2 and 2: their sizes tell which chunk is sent when.
TEST(RingAllReduce, StepsSendTheChunksThatTheyShould) {
    const Traffic traffic = ring(3, 5);
    const std::vector<std::vector<std::int64_t>> chunk_bytes{{1, 2, 2, 1}, {2, 1, 2, 2}, {2, 2, 1, 2}};
    for (std::uint32_t rank = 0; rank < 3; ++rank)
        for (std::uint32_t k = 0; k < 4; ++k)
            EXPECT_EQ(traffic.message_bytes(traffic.flows[rank], k), chunk_bytes[rank][k]) << rank << " step " << k;
}

TEST(RingAllReduce, IterationsRepeatTheSteps) {
    const Traffic traffic = ring(5, 1'000'003, 4);
    for (const Traffic::Flow& flow : traffic.flows) {
        EXPECT_EQ(traffic.messages_per_iteration(flow), 8u);
        ASSERT_EQ(flow.messages, 32u);
        for (std::uint32_t k = 8; k < 32; ++k)
            EXPECT_EQ(traffic.message_bytes(flow, k), traffic.message_bytes(flow, k % 8));
    }
}

TEST(RingAllReduce, EachRailIsARingThroughAllServers) {
    const Topology topology = fabric(12, 3, 4);
    for (const Placement placement : {Placement::packed, Placement::spread}) {
        const Traffic traffic = ring_all_reduce(topology, placement, {1000}, 1);
        ASSERT_EQ(traffic.flows.size(), 48u);
        ASSERT_EQ(traffic.groups.size(), 4u);
        for (std::uint32_t rail = 0; rail < 4; ++rail) {
            std::set<std::uint32_t> seen;
            std::uint32_t flow = rail, rank = traffic.flows[rail].rank;
            for (int hop = 0; hop < 12; ++hop) {
                const Traffic::Flow& spec = traffic.flows[flow];
                EXPECT_EQ(spec.group, rail);
                EXPECT_EQ(spec.rank, rank);
                EXPECT_TRUE(seen.insert(spec.source.value).second);
                EXPECT_EQ(spec.source.value % 4, rail);
                EXPECT_EQ(spec.destination.value % 4, rail);
                EXPECT_EQ(traffic.flows[spec.then.value].source, spec.destination);
                EXPECT_EQ(traffic.flows[spec.then.value].after.value, flow);
                flow = spec.then.value;
                rank = (rank + 1) % 12;
            }
            EXPECT_EQ(flow, rail);
        }
    }
}

TEST(RingAllReduce, FlowsAreSortedBySource) {
    for (const Placement placement : {Placement::packed, Placement::spread}) {
        const Traffic traffic = ring_all_reduce(fabric(12, 3, 4), placement, {1000}, 1);
        for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) EXPECT_EQ(traffic.flows[i].source.value, i);
    }
}

int hops_under_one_leaf(const Topology& topology, Placement placement) {
    const Traffic traffic = ring_all_reduce(topology, placement, {1000}, 1);
    int hops = 0;
    for (const Traffic::Flow& flow : traffic.flows)
        hops += topology.endpoints[flow.source.value].leaf == topology.endpoints[flow.destination.value].leaf;
    return hops;
}

TEST(RingAllReduce, SpreadCrossesASpineAtEveryHopAndPackedOncePerRack) {
    for (const std::int64_t leaves : {2, 3, 4, 8}) {
        const Topology topology = fabric(24, leaves, 2);
        EXPECT_EQ(hops_under_one_leaf(topology, Placement::spread), 0);
        EXPECT_EQ(hops_under_one_leaf(topology, Placement::packed), 2 * (24 - leaves));
    }
    EXPECT_EQ(hops_under_one_leaf(fabric(4, 1, 1), Placement::spread), 4);  // one leaf: nowhere to spread to
}

}  // namespace
}  // namespace lightloom
