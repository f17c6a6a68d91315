// Double binary trees: two trees, so that (nearly) every rank is a leaf in one of them and sends what it has to send in
// the other. A tree of an all-reduce has two lanes, up and down, so that the way up of a loop overlaps with the way
// down of the one before. The root turns round in its up lane: there the sum is complete.
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

constexpr std::uint32_t kUp = 0, kDown = 1;

// NCCL's tree over positions 0 .. n-1, rooted at 0, whose only child is the highest power of two below n. Every other
// position is between its children, as far below and above it as half its lowest bit (src/graph/trees.cc).
Branch binary_branch(std::uint32_t n, std::uint32_t position) {
    Branch branch;
    if (n == 1) return branch;
    if (position == 0) {
        branch.child[0] = 1u << (log2_ceil(n) - 1);
        return branch;
    }
    const std::uint32_t bit = position & (~position + 1);
    branch.parent = (position ^ bit) | bit << 1;
    if (branch.parent >= n) branch.parent = position ^ bit;
    std::uint32_t half = bit >> 1, children = 0;
    if (half > 0) branch.child[children++] = position - half;
    while (half > 0 && position + half >= n) half >>= 1;
    if (half > 0) branch.child[children] = position + half;
    return branch;
}

template <class Rename>
Branch renamed(Branch branch, Rename rename) {
    if (branch.parent != kNobody) branch.parent = rename(branch.parent);
    for (std::uint32_t& child : branch.child)
        if (child != kNobody) child = rename(child);
    return branch;
}

Branch branch_of(const CollectiveCall& call, Place place) {
    return call.kind == Collective::all_reduce ? nccl_branch(call.ranks, place.tree, place.rank)
                                               : rooted_branch(call.ranks, call.root, place.tree, place.rank);
}

std::uint32_t children(const Branch& branch) {
    return (branch.child[0] != kNobody ? 1u : 0u) + (branch.child[1] != kNobody ? 1u : 0u);
}

bool goes_up(const CollectiveCall& call, Place place) {
    return call.kind == Collective::reduce || (call.kind == Collective::all_reduce && place.lane == kUp);
}

// Take the sum of each child; with the last of them it goes to the parent. The root of an all-reduce turns it round,
// into the down lane of its only child.
Step up_step(const CollectiveCall& call, const Branch& branch, std::uint32_t j) {
    const bool last = j + 1 >= children(branch);
    Step step;
    step.from_lane = step.to_lane = kUp;
    if (children(branch) > 0) step.from = branch.child[j], step.received = {0, 1}, step.reduces = true;
    if (last && branch.parent != kNobody) step.to = branch.parent;
    if (last && branch.parent == kNobody && call.kind == Collective::all_reduce)
        step.to = branch.child[0], step.to_lane = kDown;
    if (step.to != kNobody) step.sent = {0, 1};
    step.forwards = step.from != kNobody && step.to != kNobody;
    return step;
}

// Take the result from the parent and hand it to one child, then to the other.
Step down_step(const CollectiveCall& call, Place place, const Branch& branch, std::uint32_t j) {
    Step step;
    step.from_lane = step.to_lane = place.lane;
    if (j == 0 && branch.parent != kNobody) {
        step.from = branch.parent, step.received = {0, 1};
        if (call.kind == Collective::all_reduce) {
            const Place parent{branch.parent, place.tree, place.lane};
            if (branch_of(call, parent).parent == kNobody) step.from_lane = kUp;
        }
    }
    step.to = branch.child[j];
    if (step.to != kNobody) step.sent = {0, 1};
    step.forwards = step.from != kNobody && step.to != kNobody;
    return step;
}

}  // namespace

// The second tree is the first mirrored or, of an odd number, shifted by one rank.
Branch nccl_branch(std::uint32_t ranks, std::uint32_t tree, std::uint32_t rank) {
    if (tree == 0) return binary_branch(ranks, rank);
    if (ranks % 2 == 0)
        return renamed(binary_branch(ranks, ranks - 1 - rank), [&](std::uint32_t p) { return ranks - 1 - p; });
    return renamed(binary_branch(ranks, (rank + ranks - 1) % ranks), [&](std::uint32_t p) { return (p + 1) % ranks; });
}

// With the root at position 0, odd positions are leaves. In the second tree the others are mirrored if that makes odd
// of even ones, else shifted.
Branch rooted_branch(std::uint32_t ranks, std::uint32_t root, std::uint32_t tree, std::uint32_t rank) {
    const bool mirrored = ranks % 2 == 1;
    const auto position_of = [&](std::uint32_t v) {
        if (tree == 0 || v == 0) return v;
        return mirrored ? ranks - v : v % (ranks - 1) + 1;
    };
    const auto rank_of = [&](std::uint32_t p) {
        const std::uint32_t v = tree == 0 || p == 0 ? p : mirrored ? ranks - p : (p + ranks - 3) % (ranks - 1) + 1;
        return (v + root) % ranks;
    };
    return renamed(binary_branch(ranks, position_of((rank + ranks - root) % ranks)), rank_of);
}

Shape tree_shape(const CollectiveCall& call) { return {.lanes = call.kind == Collective::all_reduce ? 2u : 1u}; }

std::uint32_t tree_steps(const CollectiveCall& call, Place place) {
    if (call.ranks == 1) return 0;
    const Branch branch = branch_of(call, place);
    const bool turns_in_the_other = call.kind == Collective::all_reduce && place.lane == kDown;
    if (branch.parent == kNobody && turns_in_the_other) return 0;
    return children(branch) > 0 ? children(branch) : 1;
}

Step tree_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const Branch branch = branch_of(call, place);
    return goes_up(call, place) ? up_step(call, branch, j) : down_step(call, place, branch, j);
}

}  // namespace lightloom::collectives
