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
        branch.child[branch.children++] = 1u << (log2_ceil(n) - 1);
        return branch;
    }
    const std::uint32_t bit = position & (~position + 1);
    branch.parent = (position ^ bit) | bit << 1;
    if (branch.parent >= n) branch.parent = position ^ bit;
    std::uint32_t half = bit >> 1;
    if (half > 0) branch.child[branch.children++] = position - half;
    while (half > 0 && position + half >= n) half >>= 1;
    if (half > 0) branch.child[branch.children++] = position + half;
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
    return call.kind == Collective::all_reduce ? chained_branch(call, place)
                                               : rooted_branch(call.ranks, call.root, place.tree, place.rank);
}

bool goes_up(const CollectiveCall& call, Place place) {
    return call.kind == Collective::reduce || (call.kind == Collective::all_reduce && place.lane == kUp);
}

// Take the sum of each child; with the last of them it goes to the parent. The root of an all-reduce turns it round,
// into the down lanes of its children, to the first with the last sum and then to the others.
Step up_step(const CollectiveCall& call, const Branch& branch, std::uint32_t j) {
    const bool is_root = branch.parent == kNobody, turns = is_root && call.kind == Collective::all_reduce;
    const bool complete = j + 1 >= branch.children;
    Step step;
    step.from_lane = kUp;
    if (j < branch.children) step.from = branch.child[j], step.received = {0, 1}, step.reduces = true;
    if (complete && turns) step.to = branch.child[j + 1 - branch.children], step.to_lane = kDown;
    if (complete && !is_root) step.to = branch.parent, step.to_lane = kUp;
    if (step.to != kNobody) step.sent = {0, 1};
    step.forwards = step.from != kNobody && step.to != kNobody;
    return step;
}

// Take the result from the parent and hand it to one child, then to the others.
Step down_step(const CollectiveCall& call, Place place, const Branch& branch, std::uint32_t j) {
    Step step;
    step.from_lane = step.to_lane = place.lane;
    if (j == 0 && branch.parent != kNobody) {
        step.from = branch.parent, step.received = {0, 1};
        if (call.kind == Collective::all_reduce) {
            const Place parent{branch.parent, place.channel, place.tree, place.lane};
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
Branch nccl_branch(std::uint32_t nodes, std::uint32_t tree, std::uint32_t node) {
    if (tree == 0) return binary_branch(nodes, node);
    if (nodes % 2 == 0)
        return renamed(binary_branch(nodes, nodes - 1 - node), [&](std::uint32_t p) { return nodes - 1 - p; });
    return renamed(binary_branch(nodes, (node + nodes - 1) % nodes), [&](std::uint32_t p) { return (p + 1) % nodes; });
}

Branch chained_branch(const CollectiveCall& call, Place place) {
    const std::uint32_t g = call.ranks_per_node, node = place.rank / g, gpu = place.rank % g;
    const std::uint32_t head = place.channel % g, down_the_chain = (gpu + g - head) % g;
    Branch branch;
    if (down_the_chain == 0)
        branch = renamed(nccl_branch(call.ranks / g, place.tree, node), [&](std::uint32_t n) { return n * g + head; });
    else
        branch.parent = node * g + (gpu + g - 1) % g;
    if (down_the_chain + 1 < g) branch.child[branch.children++] = node * g + (gpu + 1) % g;
    return branch;
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
    if (branch.parent == kNobody && call.kind == Collective::all_reduce)
        return place.lane == kUp ? 2 * branch.children - 1 : 0;
    return branch.children > 0 ? branch.children : 1;
}

Step tree_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const Branch branch = branch_of(call, place);
    return goes_up(call, place) ? up_step(call, branch, j) : down_step(call, place, branch, j);
}

}  // namespace lightloom::collectives
