// The algorithms behind a Schedule: which blocks go where in step j of a loop. No bytes, no loops, no channels.
//
// Each family of algorithms is a function from (call, place, step) to the step of one loop, and one for how many steps
// there are. Lanes are numbered within a part here; schedule.cpp makes lanes of the rank of them and fills in the
// bytes.
#pragma once

#include <cstdint>

#include "models/workload/collectives/schedule.hpp"

namespace lightloom::collectives {

/// Where a step is taken.
struct Place {
    std::uint32_t rank = 0;
    std::uint32_t channel = 0;
    std::uint32_t tree = 0;  // 0 or 1: which of the two trees; other algorithms have but one part per channel
    std::uint32_t lane = 0;  // within the part
};

/// What an algorithm makes of a part of the buffer.
struct Shape {
    std::uint32_t lanes = 1;    // per part
    std::uint32_t blocks = 1;   // per loop
    std::uint32_t largest = 1;  // blocks in the largest step
    bool block_per_rank = false;
};

/// floor(log2 x). @param x > 0
constexpr std::uint32_t log2_floor(std::uint32_t x) { return 31u - static_cast<std::uint32_t>(__builtin_clz(x)); }
/// ceil(log2 x). @param x > 0
constexpr std::uint32_t log2_ceil(std::uint32_t x) { return x == 1 ? 0 : log2_floor(x - 1) + 1; }

// Rings: ring.cpp. A ring's pass over `members` positions, of which `position` is one; blocks, from and to are
// positions.
enum class Pass : std::uint8_t { reduce_scatter, all_gather, all_reduce };
std::uint32_t ring_pass_steps(Pass pass, std::uint32_t members);
Step ring_pass(Pass pass, std::uint32_t members, std::uint32_t position, std::uint32_t j);

Shape ring_shape(const CollectiveCall& call);
std::uint32_t ring_steps(const CollectiveCall& call, Place place);
Step ring_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Recursive halving and doubling, which differ in what they exchange: doubling.cpp.
Shape doubling_shape(const CollectiveCall& call);
std::uint32_t doubling_steps(const CollectiveCall& call, Place place);
Step doubling_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Double binary trees: tree.cpp. The parent and the children of a rank in either tree, kNobody where there is none.
struct Branch {
    std::uint32_t parent = kNobody;
    std::uint32_t child[3] = {kNobody, kNobody, kNobody};  // those that there are come first
    std::uint32_t children = 0;
};
/// NCCL's pair of trees over nodes (or ranks, of a node each); each tree has a root of its own.
Branch nccl_branch(std::uint32_t nodes, std::uint32_t tree, std::uint32_t node);
/// The same with the GPUs of each node in a chain, whose head is in the tree; which GPU that is goes by the channel, so
/// that channels share out the rails.
Branch chained_branch(const CollectiveCall& call, Place place);
/// Two trees over all but the root, which is the parent of both tops.
Branch rooted_branch(std::uint32_t ranks, std::uint32_t root, std::uint32_t tree, std::uint32_t rank);

Shape tree_shape(const CollectiveCall& call);
std::uint32_t tree_steps(const CollectiveCall& call, Place place);
Step tree_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Nodes, then across: hierarchical.cpp.
Shape hierarchical_shape(const CollectiveCall& call);
std::uint32_t hierarchical_steps(const CollectiveCall& call, Place place);
Step hierarchical_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Sums made by the switches of nodes, and trees across: in_switch.cpp.
Shape in_switch_shape(const CollectiveCall& call);
std::uint32_t in_switch_steps(const CollectiveCall& call, Place place);
Step in_switch_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Straight from source to destination, at once or one after the other: direct.cpp.
Shape direct_shape(const CollectiveCall& call);
std::uint32_t direct_steps(const CollectiveCall& call, Place place);
Step direct_step(const CollectiveCall& call, Place place, std::uint32_t j);

// Bruck's: bruck.cpp.
Shape bruck_shape(const CollectiveCall& call);
std::uint32_t bruck_steps(const CollectiveCall& call, Place place);
Step bruck_step(const CollectiveCall& call, Place place, std::uint32_t j);

}  // namespace lightloom::collectives
