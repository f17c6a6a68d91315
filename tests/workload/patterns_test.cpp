// Patterns of one message each: who sends to whom.
#include <gtest/gtest.h>

#include <set>

#include "models/workload/traffic.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

Topology fabric(std::int64_t servers, std::int64_t gpus) {
    return leaf_spine({.servers = servers,
                       .gpus_per_server = gpus,
                       .leaves = 1,
                       .spines = 1,
                       .links_per_pair = 1,
                       .rate = Rate::from({400'000'000'000}).value()});
}

std::vector<std::uint32_t> destinations(const Traffic& traffic) {
    std::vector<std::uint32_t> all;
    for (const Traffic::Flow& flow : traffic.flows) all.push_back(flow.destination.value);
    return all;
}

void expect_one_message_each(const Traffic& traffic, std::int64_t bytes) {
    ASSERT_EQ(traffic.groups.size(), 1u);
    EXPECT_EQ(traffic.groups[0].ranks, traffic.flows.size());
    for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) {
        const Traffic::Flow& flow = traffic.flows[i];
        EXPECT_EQ(flow.opening_messages, 1u);  // all start at once
        EXPECT_EQ(flow.rank, i);
        EXPECT_EQ(flow.opening_bytes, bytes);
        EXPECT_EQ(flow.lane, Traffic::kNone);  // and nothing waits for them
        if (i > 0) {
            EXPECT_LT(traffic.flows[i - 1].source, flow.source);
        }
    }
}

TEST(Permutation, EveryEndpointSendsToAnotherAndReceivesOne) {
    for (const std::int64_t servers : {2, 3, 8, 61})
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Traffic traffic = permutation(fabric(servers, 2), {5000}, seed);
            ASSERT_EQ(traffic.flows.size(), static_cast<std::size_t>(2 * servers));
            expect_one_message_each(traffic, 5000);
            std::set<std::uint32_t> receivers;
            for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) {
                EXPECT_EQ(traffic.flows[i].source.value, i);
                EXPECT_NE(traffic.flows[i].destination.value, i);
                receivers.insert(traffic.flows[i].destination.value);
            }
            EXPECT_EQ(receivers.size(), traffic.flows.size());
            EXPECT_EQ(*receivers.rbegin(), traffic.flows.size() - 1);
        }
}

TEST(Permutation, IsASingleCycle) {
    const auto to = destinations(permutation(fabric(50, 1), {1}, 7));
    std::uint32_t at = 0, steps = 0;
    do at = to[at], ++steps;
    while (at != 0);
    EXPECT_EQ(steps, 50u);
}

TEST(Permutation, ChangesWithTheSeedOnly) {
    const Topology topology = fabric(32, 1);
    EXPECT_EQ(destinations(permutation(topology, {1}, 1)), destinations(permutation(topology, {9}, 1)));
    std::set<std::vector<std::uint32_t>> different;
    for (std::uint64_t seed = 0; seed < 100; ++seed) different.insert(destinations(permutation(topology, {1}, seed)));
    EXPECT_EQ(different.size(), 100u);
}

// Of n endpoints each sends to each other one equally often: five standard errors.
TEST(Permutation, FavoursNobody) {
    const Topology topology = fabric(6, 1);
    std::vector<std::vector<int>> count(6, std::vector<int>(6));
    constexpr int kSeeds = 5000;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        const auto to = destinations(permutation(topology, {1}, seed));
        for (std::size_t i = 0; i < 6; ++i) ++count[i][to[i]];
    }
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 6; ++j) {
            EXPECT_NEAR(count[i][j], i == j ? 0 : kSeeds / 5, i == j ? 0 : 5 * 28.3) << i << " to " << j;
        }
}

TEST(Incast, AllSendToTheFirst) {
    for (const std::uint32_t senders : {1u, 2u, 31u}) {
        const Traffic traffic = incast(senders, {777});
        ASSERT_EQ(traffic.flows.size(), senders);
        expect_one_message_each(traffic, 777);
        for (std::uint32_t i = 0; i < senders; ++i) {
            EXPECT_EQ(traffic.flows[i].source.value, i + 1);
            EXPECT_EQ(traffic.flows[i].destination.value, 0u);
        }
    }
}

TEST(Incast, AnEmptyMessageIsStillAMessage) { expect_one_message_each(incast(3, {0}), 0); }

}  // namespace
}  // namespace lightloom
