// An all-reduce whose sums are made by the switches of a fabric, in a tree given from outside: ranks are its leaves,
// switches its inner nodes, numbered on from the ranks. A rank sends S once and is sent S once, however many there are;
// a switch waits for a chunk from each child, sends one sum up, and what comes down once to each child.
//
// It is executed as a Schedule is, by the same rules (schedule.hpp), where a switch has a seat as a rank has. A channel
// has two lanes at a switch, up and down, and one at a rank, which sends chunk k and then waits for the sum of chunk
// k - w: so many chunks are between a rank's first and last switch at most, which bounds the memory of each. The root
// turns round in its up lane.
// Not here: which switches these are (topologies/aggregation_tree.hpp), what they take to add (in_network.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/collectives/schedule.hpp"

namespace lightloom {

class SumTree {
public:
    static constexpr std::uint32_t kUp = 0, kDown = 1, kLanes = 2;

    /// @param parent       by node, ranks first: a switch each, kNobody at the root alone
    /// @param outstanding  chunks that a rank has sent and not got back, 1 or more
    SumTree(std::uint32_t ranks, std::vector<std::uint32_t> parent, std::uint64_t outstanding);

    std::uint32_t nodes() const { return static_cast<std::uint32_t>(parent_.size()); }
    std::uint32_t parent(std::uint32_t node) const { return parent_[node]; }
    std::uint32_t root() const { return root_; }
    /// Of a rank those that send; at its end it has steps that only wait.
    std::uint64_t steps_per_loop(std::uint32_t node, std::uint32_t lane) const;
    std::uint64_t steps(std::uint32_t node, std::uint32_t lane, std::uint64_t loops) const;

    /// A step with lanes numbered within the channel, and of which loop what goes and what comes is.
    struct StepOfLoops {
        Step step;
        std::uint64_t sent = 0, received = 0;
    };
    /// @param k  < steps(node, lane, loops)
    StepOfLoops step(std::uint32_t node, std::uint32_t lane, std::uint64_t k, std::uint64_t loops) const;

private:
    bool is_rank(std::uint32_t node) const { return node < ranks_; }
    std::uint32_t children(std::uint32_t node) const { return first_child_[node + 1] - first_child_[node]; }
    std::uint32_t child(std::uint32_t node, std::uint32_t i) const { return child_[first_child_[node] + i]; }
    Step up(std::uint32_t node, std::uint32_t j) const;
    Step down(std::uint32_t node, std::uint32_t j) const;
    void hand_down(Step& step, std::uint32_t node, std::uint32_t i) const;
    /// The lane by which a node sends down.
    std::uint32_t lane_down(std::uint32_t node) const { return node == root_ ? kUp : kDown; }

    std::uint32_t ranks_, root_ = kNobody;
    std::uint64_t outstanding_;
    std::vector<std::uint32_t> parent_, first_child_, child_;  // children by parent
};

}  // namespace lightloom
