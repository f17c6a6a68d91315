// All-reduces whose sums switches make, on symbols: whatever the tree, each rank's contribution is in every sum once.
#include "models/workload/collectives/sum_tree.hpp"

#include <gtest/gtest.h>

#include "tests/workload/symbolic_execution.hpp"

namespace lightloom {
namespace {

CollectiveCall call_of(std::uint32_t ranks, std::int64_t bytes, std::uint32_t channels, std::int64_t chunk) {
    return {
        .algorithm = Algorithm::in_network, .ranks = ranks, .bytes = bytes, .channels = channels, .chunk_bytes = chunk};
}

/// Ranks in turn below so many leaves; above these a spine for every three, and a core above all: as many levels as
/// it takes.
std::vector<std::uint32_t> levels(std::uint32_t ranks, std::uint32_t leaves) {
    std::vector<std::uint32_t> parent;
    for (std::uint32_t rank = 0; rank < ranks; ++rank) parent.push_back(ranks + rank % leaves);
    for (std::uint32_t level = leaves, first = ranks; level > 1;) {
        const std::uint32_t above = (level + 2) / 3;
        for (std::uint32_t i = 0; i < level; ++i) parent.push_back(first + level + i / 3);
        first += level;
        level = above;
    }
    parent.push_back(kNobody);
    return parent;
}

TEST(SumTree, SumsEveryContributionOnceInAnyTree) {
    for (std::uint32_t n = 2; n <= 33; ++n)
        for (const std::uint32_t leaves : {1u, 2u, 5u, 11u}) {
            if (leaves > n) continue;
            for (const std::uint64_t outstanding : {1u, 2u, 7u, 1000u}) {
                const std::vector<std::uint32_t> parent = levels(n, leaves);
                const auto seats = static_cast<std::uint32_t>(parent.size());
                const CollectiveCall call = call_of(n, 1000 + n, 1 + n % 3, 100 + n % 7);
                SCOPED_TRACE(testing::Message() << n << " ranks, " << leaves << " leaves, " << outstanding);
                SymbolicExecution execution(Schedule(call, SumTree(n, parent, outstanding)), seats, n);
                execution.fill([&](std::uint32_t seat, std::uint32_t) { return seat < n ? Content{1} << seat : 0; });
                ASSERT_TRUE(execution.run()) << "a lane waits for ever, or a message has nobody to take it";
                const Content all = (Content{1} << n) - 1;
                EXPECT_TRUE(execution.holds([&](auto, auto, Content content) { return content == all; }));
                EXPECT_FALSE(execution.added_twice());
                EXPECT_FALSE(execution.sizes_differ());
                for (std::uint32_t rank = 0; rank < n; ++rank) EXPECT_EQ(execution.sent_bytes(rank), call.bytes);
                // A switch sends S up, but for the root, and S down to each child.
                for (std::uint32_t seat = n; seat < seats; ++seat) {
                    const auto children = std::ranges::count(parent, seat);
                    EXPECT_EQ(execution.sent_bytes(seat), call.bytes * (children + (parent[seat] != kNobody)));
                }
                if (testing::Test::HasFailure()) return;
            }
        }
}

// A sum that leaves a rank out is noticed: the executor itself.
TEST(SumTree, ARankThatHasNothingIsMissed) {
    SymbolicExecution execution(Schedule(call_of(3, 100, 1, 100), SumTree(3, {3, 3, 3, kNobody}, 1)), 4, 1);
    execution.fill([](std::uint32_t seat, std::uint32_t) { return seat < 2 ? Content{1} << seat : 0; });
    ASSERT_TRUE(execution.run());
    EXPECT_FALSE(execution.holds([](auto, auto, Content content) { return content == 7; }));
}

TEST(SumTree, ARankIsAheadOfItsSumsByNoMoreThanSwitchesCanKeep) {
    const std::uint64_t loops = 10;
    for (const std::uint64_t outstanding : {1u, 3u, 10u, 99u}) {
        const SumTree tree(2, {2, 2, kNobody}, outstanding);
        std::uint64_t sent = 0, received = 0, most = 0;
        for (std::uint64_t k = 0; k < tree.steps(0, SumTree::kUp, loops); ++k) {
            const SumTree::StepOfLoops step = tree.step(0, SumTree::kUp, k, loops);
            if (step.step.to != kNobody) {
                EXPECT_EQ(step.sent, sent++);
            }
            most = std::max(most, sent - received);
            if (step.step.from != kNobody) {
                EXPECT_EQ(step.received, received++);
            }
        }
        EXPECT_EQ(sent, loops);
        EXPECT_EQ(received, loops);
        EXPECT_EQ(most, std::min(outstanding, loops));
    }
}

TEST(SumTreeDeathTest, RefusesWhatIsNoTree) {
    EXPECT_DEATH(SumTree(2, {2, 1, kNobody}, 1), "has the parent 1");
    EXPECT_DEATH(SumTree(2, {2, 2, kNobody, kNobody}, 1), "has the parent");
    EXPECT_DEATH(SumTree(2, {2, 2, kNobody}, 0), "0 chunks outstanding");
}

}  // namespace
}  // namespace lightloom
