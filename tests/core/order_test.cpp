// The order of simultaneous events, and the digest that would tell if it ever changed.
#include "core/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "core/digest.hpp"

namespace lightloom {
namespace {

struct Event {
    Time at;
    std::uint32_t node, source, kind;
};
using Order = EventOrder<Event>;

TEST(Permuted, GivesNoTwoPortsTheSameRank) {
    for (const std::uint64_t key : {0ull, 1ull, 0x8000'0000'8000'0000ull, ~0ull, 0x1234'5678'9abc'def0ull}) {
        std::vector<std::uint32_t> ranks;
        for (std::uint32_t port = 0; port < 1u << 16; ++port) ranks.push_back(permuted(port, key));
        for (std::uint32_t port = 1u << 16; port != 0; port <<= 1) ranks.push_back(permuted(port, key));
        std::sort(ranks.begin(), ranks.end());
        EXPECT_EQ(std::adjacent_find(ranks.begin(), ranks.end()), ranks.end()) << key;
    }
}

TEST(EventOrder, GoesByTimeThenKindThenRank) {
    const Order before{.seed = 1};
    const Event event{Time{100}, 3, 7, 1};
    EXPECT_TRUE(before({Time{99}, 3, 8, 2}, event));
    EXPECT_FALSE(before({Time{101}, 3, 8, 0}, event));
    EXPECT_TRUE(before({Time{100}, 3, 8, 0}, event));
    EXPECT_FALSE(before({Time{100}, 3, 8, 2}, event));
    EXPECT_FALSE(before(event, event));
    const Event other{Time{100}, 3, 8, 1};
    EXPECT_NE(before(event, other), before(other, event));
}

TEST(EventOrder, OwnEventsComeInTheOrderOfTheirPosting) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Order before{seed};
        const Event first{Time{100}, 3, kOwnEvent | 41, 1}, second{Time{100}, 3, kOwnEvent | 42, 1};
        EXPECT_TRUE(before(first, second));
        EXPECT_FALSE(before(second, first));
    }
}

// Half of all ports are permuted to ranks in the range of the own events' counters.
TEST(EventOrder, NoTwoEventsOfANodeAndInstantHaveTheSameRank) {
    const Order order{.seed = 1};
    const std::uint64_t key = order.tie_key({Time{100}, 3, 0, 1});
    for (std::uint32_t port = 0; port < 64; ++port) {
        const Event arrival{Time{100}, 3, port, 1}, own{Time{100}, 3, kOwnEvent | permuted(port, key), 1};
        ASSERT_NE(Order::rank(arrival, key), Order::rank(own, key)) << "port " << port;
    }
}

// How often each of `ports` comes first, over instants as a synchronised collective makes them.
std::vector<int> firsts(std::uint32_t ports, std::uint32_t base, int instants, std::uint64_t seed) {
    const Order order{seed};
    std::vector<int> first(ports);
    for (int i = 0; i < instants; ++i) {
        const Time at{1'000'000 + i * 83'200ll};  // full frames at 400 Gb/s
        const std::uint64_t key = order.tie_key({at, 17, 0, 0});
        std::uint32_t best = 0;
        for (std::uint32_t p = 1; p < ports; ++p)
            if (Order::rank({at, 17, base + p, 0}, key) < Order::rank({at, 17, base + best, 0}, key)) best = p;
        ++first[best];
    }
    return first;
}

TEST(EventOrder, EveryPortComesFirstEquallyOften) {
    constexpr int kInstants = 32'000;
    for (const std::uint32_t ports : {2u, 3u, 8u, 32u})
        for (const std::uint32_t base : {0u, 1000u, 123'457u}) {
            const double share = 1.0 / ports, error = std::sqrt(kInstants * share * (1 - share));
            for (const int count : firsts(ports, base, kInstants, 1))
                EXPECT_NEAR(count, kInstants * share, 5 * error) << ports << " ports from " << base;
        }
}

TEST(EventOrder, TheSeedTheInstantAndTheNodeChooseThePermutation) {
    std::set<std::uint64_t> keys;
    for (const std::uint64_t seed : {1u, 2u})
        for (const std::uint32_t node : {0u, 1u, 70'000u})
            for (const std::int64_t at_ps : {0, 1, 83'200}) keys.insert(Order{seed}.tie_key({Time{at_ps}, node, 0, 0}));
    EXPECT_EQ(keys.size(), 2u * 3 * 3);
    EXPECT_NE(firsts(8, 0, 64, 1), firsts(8, 0, 64, 2));
}

TEST(Scramble, KeepsNumbersApart) {
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < 1u << 16; ++i) seen.insert(scramble(i));
    EXPECT_EQ(seen.size(), 1u << 16);
}

TEST(Digest, DependsOnWhatWasFoldedAndInWhichOrder) {
    const auto of = [](std::initializer_list<std::array<std::uint64_t, 3>> events) {
        Digest digest;
        for (const auto& [a, b, c] : events) digest.fold(a, b, c);
        return digest.value();
    };
    EXPECT_EQ(of({{1, 2, 3}, {4, 5, 6}}), of({{1, 2, 3}, {4, 5, 6}}));
    std::set<std::uint64_t> values{
        of({{1, 2, 3}, {4, 5, 6}}), of({{4, 5, 6}, {1, 2, 3}}), of({{1, 2, 3}}), of({{2, 1, 3}}), of({{3, 2, 1}}),
        of({{1, 2, 3}, {1, 2, 3}}), of({{1, 2, 3}, {0, 0, 0}}), of({{1, 3, 2}})};
    EXPECT_EQ(values.size(), 8u);
}

TEST(Digest, SingleWordsCountInTheirOrderToo) {
    const auto of = [](std::initializer_list<std::uint64_t> words) {
        Digest digest;
        for (const std::uint64_t word : words) digest.fold(word);
        return digest.value();
    };
    const std::set<std::uint64_t> values{of({}), of({0}), of({0, 0}), of({1}), of({0, 1}), of({1, 0})};
    EXPECT_EQ(values.size(), 6u);
}

// An event of all zeros (time 0, flow 0, port 0) is an event.
TEST(Digest, AnEventOfZerosIsSeen) {
    Digest digest;
    digest.fold(0, 0, 0);
    EXPECT_NE(digest.value(), Digest{}.value());
}

}  // namespace
}  // namespace lightloom
