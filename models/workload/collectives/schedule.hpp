// Schedule: what each rank of a collective sends and waits for, step by step, as a pure function: no list of steps
// exists, and a step is worked out when a rank comes to it.
//
// A rank's part is one or more lanes, each a sequence of steps, as a channel of NCCL is. A step sends a message, if it
// has one to send, and is over when the message that it waits for, if any, has been delivered. Lanes of a rank do not
// wait for each other. Messages from a rank to one lane of another arrive in the order of the steps that wait for them.
// A buffer is cut into slices, one a channel (two, with a tree each, in a double tree); a slice into loops, each of
// blocks of at most `chunk_bytes`, which the lane goes through one after the other, so that ranks work side by side.
// Not here: when a step's time comes (models/workload/execution.hpp), what it costs (models/workload/collectives/cost.hpp).
#pragma once

#include <cstdint>
#include <string_view>

namespace lightloom {

enum class Collective : std::uint8_t {
    all_reduce,
    all_gather,
    reduce_scatter,
    broadcast,
    reduce,
    all_to_all,
    barrier,
    send_receive,  // from the root to the other rank
};

enum class Algorithm : std::uint8_t {
    ring,              // broadcast and reduce: the chain that a ring without its last cable is
    halving_doubling,  // Rabenseifner's; numbers of ranks that are no power of two fold the excess into their neighbours
    recursive_doubling,  // whole buffers; a barrier: by dissemination
    tree,                // the double binary tree
    hierarchical,        // inside nodes, between ranks of one place in their nodes, inside nodes
    direct,              // to all peers at once
    pairwise,            // one peer after another
    bruck,
};

/// A collective as one call of it.
struct CollectiveCall {
    Collective kind = Collective::all_reduce;
    Algorithm algorithm = Algorithm::ring;
    std::uint32_t ranks = 2;
    /// S as nccl-tests defines it: all-reduce, broadcast, reduce, send-receive: each rank's buffer; all-gather: what is
    /// gathered; reduce-scatter: what is scattered; all-to-all: what a rank sends, its part for itself included.
    std::int64_t bytes = 0;
    std::uint32_t channels = 1;
    std::int64_t chunk_bytes = std::int64_t{1} << 62;  // of a block at most, > 0
    std::uint32_t root = 0;
    std::uint32_t ranks_per_node = 1;  // hierarchical: consecutive ranks

    friend bool operator==(const CollectiveCall&, const CollectiveCall&) = default;
};

inline constexpr std::uint32_t kNobody = UINT32_MAX;

/// Blocks of a loop: `count` from `first` on, the first following the last. Of an all-to-all: what is for their ranks.
struct Blocks {
    std::uint32_t first = 0, count = 0;
};

struct Step {
    std::uint32_t to = kNobody, to_lane = 0;      // what is sent as the step begins, and which lane waits for it
    std::uint32_t from = kNobody, from_lane = 0;  // what ends the step, and which lane sends it
    Blocks sent{}, received{};
    std::int64_t sent_bytes = 0, received_bytes = 0;
    bool reduces = false;  // what is received is added to what the rank has; else it takes its place
    std::uint32_t slice = 0;
    std::uint64_t loop = 0;
};

class Schedule {
public:
    explicit Schedule(const CollectiveCall& call);

    const CollectiveCall& call() const { return call_; }
    std::uint32_t lanes() const { return slices_ * lanes_per_slice_; }
    std::uint64_t steps(std::uint32_t rank, std::uint32_t lane) const;
    Step step(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const;

    std::uint32_t slices() const { return slices_; }
    std::uint32_t blocks() const { return blocks_; }  // of a loop
    std::uint64_t loops(std::uint32_t slice) const;
    /// Where a rank's own block stands: what it gathers, keeps or receives.
    std::uint32_t block_of(std::uint32_t rank) const;

    /// Why there is no such schedule; empty: there is one.
    static std::string_view refusal(const CollectiveCall& call);

private:
    struct Turn;  // one step of a loop
    std::uint64_t steps_per_loop(std::uint32_t rank, std::uint32_t lane) const;
    void fill(Turn& turn) const;
    void ring(Turn& turn) const;
    void chain(Turn& turn) const;
    void tree(Turn& turn) const;
    void halving_doubling(Turn& turn) const;
    void recursive_doubling(Turn& turn) const;
    void dissemination(Turn& turn) const;
    void bruck(Turn& turn) const;
    void pairwise(Turn& turn, std::uint32_t distance) const;
    void hierarchical_all_reduce(Turn& turn) const;
    void hierarchical_all_to_all(Turn& turn) const;
    bool fold(Turn& turn) const;  // true: that was its whole part in this step
    std::uint32_t unfolded(std::uint32_t number) const;
    std::int64_t slice_start(std::uint32_t slice) const;
    std::int64_t bytes_of(std::uint32_t slice, std::uint64_t loop, Blocks blocks) const;
    std::uint32_t relative(std::uint32_t rank) const { return (rank + call_.ranks - call_.root) % call_.ranks; }
    std::uint32_t absolute(std::uint32_t rank) const { return (rank + call_.root) % call_.ranks; }

    CollectiveCall call_;
    std::uint32_t slices_ = 1, lanes_per_slice_ = 1, blocks_ = 1;
    std::uint32_t nodes_ = 1;                   // hierarchical
    std::uint32_t power_ = 1, log2_power_ = 0;  // the greatest power of two that is not above the ranks
};

/// Parents and children in the double binary tree: `tree` 0 is rooted at rank 0; 1 is its mirror image for an even
/// number of ranks, and moved by one rank for an odd one. kNobody: none. A root has one child.
/// Source: Sanders, Speck and Träff, "Two-tree algorithms for full bandwidth broadcast, reduction and scan", 2009, in
/// the form of NVIDIA/nccl, src/graph/trees.cc.
struct TreePlace {
    std::uint32_t parent = kNobody;
    std::uint32_t children[2] = {kNobody, kNobody};
};
TreePlace double_tree(std::uint32_t ranks, std::uint32_t rank, std::uint32_t tree);

}  // namespace lightloom
