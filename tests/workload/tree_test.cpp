// Double binary trees. Oracle: the parents that NVIDIA/nccl 5067397, src/graph/trees.cc, gives for these numbers of
// ranks.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

std::vector<int> parents(std::uint32_t ranks, std::uint32_t tree) {
    std::vector<int> all;
    for (std::uint32_t rank = 0; rank < ranks; ++rank)
        all.push_back(static_cast<int>(nccl_branch(ranks, tree, rank).parent));
    return all;  // kNobody as -1
}

TEST(DoubleTree, HasTheParentsOfNccl) {
    using P = std::vector<int>;
    EXPECT_EQ(parents(4, 0), (P{-1, 2, 0, 2}));
    EXPECT_EQ(parents(4, 1), (P{1, 3, 1, -1}));
    EXPECT_EQ(parents(7, 0), (P{-1, 2, 4, 2, 0, 6, 4}));
    EXPECT_EQ(parents(7, 1), (P{5, -1, 3, 5, 3, 1, 0}));
    EXPECT_EQ(parents(8, 0), (P{-1, 2, 4, 2, 0, 6, 4, 6}));
    EXPECT_EQ(parents(8, 1), (P{1, 3, 1, 7, 5, 3, 5, -1}));
    EXPECT_EQ(parents(14, 0), (P{-1, 2, 4, 2, 8, 6, 4, 6, 0, 10, 12, 10, 8, 12}));
    EXPECT_EQ(parents(14, 1), (P{1, 5, 3, 1, 3, 13, 7, 9, 7, 5, 11, 9, 11, -1}));
    EXPECT_EQ(parents(16, 0), (P{-1, 2, 4, 2, 8, 6, 4, 6, 0, 10, 12, 10, 8, 14, 12, 14}));
    EXPECT_EQ(parents(16, 1), (P{1, 3, 1, 7, 5, 3, 5, 15, 9, 11, 9, 7, 13, 11, 13, -1}));
}

template <class BranchOf>
void expect_a_tree(std::uint32_t ranks, std::uint32_t depth, BranchOf branch_of) {
    std::uint32_t roots = 0, deepest = 0;
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
        const Branch branch = branch_of(rank);
        if (branch.parent == kNobody) {
            ++roots;
            EXPECT_EQ(branch.child[1], kNobody);  // who turns round has one child
        } else {
            const Branch parent = branch_of(branch.parent);
            EXPECT_EQ(std::count(std::begin(parent.child), std::end(parent.child), rank), 1);
        }
        for (const std::uint32_t child : branch.child) EXPECT_TRUE(child == kNobody || branch_of(child).parent == rank);
        std::uint32_t levels = 0;
        for (std::uint32_t r = rank; branch_of(r).parent != kNobody && levels <= ranks; ++levels)
            r = branch_of(r).parent;
        deepest = std::max(deepest, levels);
    }
    EXPECT_EQ(roots, 1u);
    EXPECT_LE(deepest, depth);
}

TEST(DoubleTree, IsTwoTreesOfLogarithmicDepth) {
    for (std::uint32_t n = 2; n <= 70; ++n)
        for (const std::uint32_t tree : {0u, 1u}) {
            expect_a_tree(n, log2_ceil(n), [&](std::uint32_t rank) { return nccl_branch(n, tree, rank); });
            for (const std::uint32_t root : {0u, n / 3, n - 1}) {
                expect_a_tree(n, log2_ceil(n), [&](std::uint32_t rank) { return rooted_branch(n, root, tree, rank); });
                EXPECT_EQ(rooted_branch(n, root, tree, root).parent, kNobody);
            }
        }
}

// What the second tree is for: no rank (but the root itself) hands on in both.
TEST(DoubleTree, NoRankIsInteriorInBoth) {
    const auto interior = [](const Branch& branch) { return branch.child[0] != kNobody; };
    for (std::uint32_t n = 2; n <= 70; ++n)
        for (std::uint32_t rank = 0; rank < n; ++rank) {
            const bool both = interior(nccl_branch(n, 0, rank)) && interior(nccl_branch(n, 1, rank));
            EXPECT_FALSE(both && n % 2 == 0);
            const std::uint32_t root = 5 % n;
            const bool both_below =
                interior(rooted_branch(n, root, 0, rank)) && interior(rooted_branch(n, root, 1, rank));
            EXPECT_FALSE(both_below && rank != root);
        }
}

}  // namespace
}  // namespace lightloom::collectives
