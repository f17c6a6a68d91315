// Schedule: what every rank of a collective sends, receives and waits for, step by step, as a pure function.
//
// A rank works in lanes, sequential threads as an NCCL channel is one. Step k of a lane is worked out when it is asked
// for, in constant or logarithmic time: neither the length of a run nor the number of ranks takes memory. The time of a
// step is not known here; whoever executes a schedule moves bytes and reports what has been delivered.
//
// What an executor must do, and all that it must do:
// - A lane is at one step. If the step does not forward, its send starts with the step; if it does, once its receive
//   has been delivered. The lane goes on when the receive has been delivered (at once if there is none); it never waits
//   for a send. So what waits for what has no cycle: a wait is for a message, and no message waits for room.
// - The messages from one lane of a rank to one lane of another arrive in order. The m-th step of a lane that sends to
//   (rank, lane) meets the m-th step there that receives from the sender's (rank, lane), of the same size.
// - A message of no bytes is a message: what waits for it waits.
//
// Not here: who stands where in the fabric, packets, time (models/network); what it should cost (cost.hpp).
// Sources: Thakur, Rabenseifner and Gropp, "Optimization of collective communication operations in MPICH", 2005; Bruck
// et al., "Efficient algorithms for all-to-all communications", 1997; Sanders, Speck and Traeff, "Two-tree algorithms",
// 2009; NVIDIA/nccl 5067397, src/device/all_reduce.h and src/graph/trees.cc.
#pragma once

#include <cstdint>
#include <memory>

#include "models/workload/collectives/blocks.hpp"
#include "models/workload/collectives/collective.hpp"

namespace lightloom {

enum class Algorithm : std::uint8_t {
    ring,                // broadcast and reduce: the chain that begins or ends at the root
    halving_doubling,    // Rabenseifner's; ranks beyond a power of two are folded into a neighbour first
    recursive_doubling,  // folds in the same way
    tree,                // double binary tree
    hierarchical,        // inside the nodes, then across them, then inside
    direct,              // one lane per peer, all of which start at once
    pairwise,            // one peer after the other
    bruck,               // barrier: the dissemination barrier
    in_switch,           // the switch of a node adds up and makes copies (NVLS); across nodes, double binary trees
    in_network           // the fabric's switches add up, in a tree that is given (sum_tree.hpp)
};

/// Whether there is such a schedule.
bool is_implemented(Collective kind, Algorithm algorithm);

struct CollectiveCall {
    Collective kind = Collective::all_reduce;
    Algorithm algorithm = Algorithm::ring;
    std::uint32_t ranks = 1;
    /// S as nccl-tests counts it. All-reduce, broadcast, reduce, send_receive: a rank's buffer. All-gather: what a rank
    /// has at the end. Reduce-scatter and all-to-all: what a rank has at the start. Barrier: unused.
    std::int64_t bytes = 0;
    std::uint32_t channels = 1;  // each takes a contiguous share of the bytes, and its own lanes
    /// At most this much goes in one step, > 0; what is longer is looped over, and the last loop is shorter. (A block
    /// is one byte at least, so a step of many blocks can exceed a limit of a few bytes.)
    std::int64_t chunk_bytes = INT64_MAX;
    std::uint32_t root = 0;  // broadcast, reduce
    /// Divides ranks: rank r is GPU r % ranks_per_node of node r / ranks_per_node. Used by hierarchical algorithms, and
    /// by the all-reduce of a tree: a tree over nodes with the GPUs of each in a chain, as NCCL's. In a ring over nodes
    /// each channel leaves them by a GPU of its own.
    std::uint32_t ranks_per_node = 1;

    friend bool operator==(const CollectiveCall&, const CollectiveCall&) = default;
};

inline constexpr std::uint32_t kNobody = UINT32_MAX;

/// One step of a lane: what it waits for, and before or after that what it sends.
struct Step {
    std::uint32_t from = kNobody, to = kNobody;  // ranks
    std::uint32_t from_lane = 0, to_lane = 0;    // of these ranks; the step's own lane, but at the root of a tree
    Blocks received{}, sent{};                   // of the loop's blocks
    std::int64_t received_bytes = 0, sent_bytes = 0;
    std::uint32_t copies = 1;  // that a switch makes of the blocks: a message to each takes its share of the bytes
    bool reduces = false;      // adds what comes; else what comes replaces
    bool forwards = false;  // the send waits for the receive; else it starts with the step, from the blocks as they are
};

class SumTree;
class UnequalAllToAll;

class Schedule {
public:
    /// @param call  is_implemented, ranks > 0, root < ranks, bytes >= 0, channels > 0, ranks_per_node divides ranks
    explicit Schedule(const CollectiveCall& call);
    /// An all-to-all in which every pair of ranks has a size of its own. It has no common buffer: what is said of
    /// parts, loops and blocks does not hold of it.
    explicit Schedule(UnequalAllToAll sizes);
    /// An all-reduce in_network, in which the nodes of a tree beyond the ranks have seats, too.
    Schedule(const CollectiveCall& call, SumTree tree);

    const CollectiveCall& call() const { return call_; }
    /// Has every pair a size of its own? Then the call's bytes say nothing.
    bool is_unequal() const { return unequal_ != nullptr; }
    /// The same for all ranks; some lanes of some ranks have no steps.
    std::uint32_t lanes() const { return parts_ * lanes_per_part_; }
    std::uint64_t steps(std::uint32_t rank, std::uint32_t lane) const;
    /// @param k < steps(rank, lane)
    Step step(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const;

    /// Shares of the bytes that are worked on independently: one per channel, two with a double tree.
    std::uint32_t parts() const { return parts_; }
    std::uint32_t part(std::uint32_t lane) const { return lane / lanes_per_part_; }
    /// How often the lanes of a part go round; step k is in loop k / steps_per_loop.
    std::uint64_t loops(std::uint32_t part) const;
    std::uint64_t steps_per_loop(std::uint32_t rank, std::uint32_t lane) const;
    /// Into how many blocks the buffer of one loop is cut; `Step::sent` and `Step::received` number them. All-gather
    /// and reduce-scatter: by the rank that gives or gets them. All-to-all: by how many ranks ahead of the source they
    /// belong (hierarchical: i nodes and j GPUs ahead is i * ranks_per_node + j); what comes takes the place of what
    /// went.
    std::uint32_t blocks() const { return blocks_; }
    std::int64_t bytes(std::uint32_t part, std::uint64_t loop, const Blocks& blocks) const;

private:
    Step step_of_sums(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const;
    std::int64_t loop_bytes_of(std::int64_t part_bytes, std::uint64_t loop, std::int64_t capacity) const;

    CollectiveCall call_;
    std::uint32_t parts_ = 1;
    std::uint32_t lanes_per_part_ = 1;
    std::uint32_t blocks_ = 1;
    bool block_per_rank_ = false;      // block b is what one rank gives or gets, in all loops together
    std::int64_t block_capacity_ = 1;  // bytes of a block in a full loop
    std::shared_ptr<const UnequalAllToAll> unequal_;
    std::shared_ptr<const SumTree> sums_;
};

}  // namespace lightloom
