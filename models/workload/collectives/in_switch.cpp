// All-reduce with the sums made by the switches inside nodes (NVLS), and double binary trees over nodes (NVLSTree).
//
// GPU l of each node is the head of block l. Every other GPU sends it that block, and the switch hands over one sum of
// all; heads of one place make a tree over the nodes; what a head has in the end it sends once, and the switch makes
// copies for the others. So a GPU sends S in all, and is sent S: (g-1)/g in blocks of other heads, 1/g in its own.
//
// As messages: the parts of a sum are sent one by one, for each crosses its sender's port anyway, and the port that the
// sum comes in by is not the bottleneck; a message to `copies` receivers is that many, each with its share of the
// bytes, which all come in when the whole has left the port.
//
// Lanes of a part: `scatter` only sends and may run ahead; `up` and `down` are the tree's, at heads; `gather` receives.
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

constexpr std::uint32_t kScatter = 0, kUp = 1, kDown = 2, kGather = 3;

struct Seat {
    std::uint32_t g, node, gpu;
    Branch branch;  // of nodes
    Seat(const CollectiveCall& call, Place place)
        : g(call.ranks_per_node),
          node(place.rank / g),
          gpu(place.rank % g),
          branch(nccl_branch(call.ranks / g, place.tree, node)) {}

    bool is_root() const { return branch.parent == kNobody; }
    std::uint32_t others() const { return g - 1; }
    std::uint32_t other(std::uint32_t i) const { return node * g + (gpu + 1 + i) % g; }
    std::uint32_t head_at(std::uint32_t of_node) const { return of_node * g + gpu; }
    Blocks own() const { return {gpu, 1}; }
    Blocks of(std::uint32_t rank) const { return {rank % g, 1}; }
};

// The i-th of those to whom a head that has the result sends it: its children in the tree, then all of its node.
Step hand_on(const Seat& seat, std::uint32_t i) {
    Step step;
    step.sent = seat.own();
    if (i < seat.branch.children) {
        step.to = seat.head_at(seat.branch.child[i]);
        step.to_lane = kDown;
    } else {
        step.to = seat.other(i - seat.branch.children);
        step.to_lane = kGather;
        step.copies = seat.others();
    }
    return step;
}

// The parts of the own node, then the sums of the children; then on.
Step up_step(const Seat& seat, std::uint32_t j) {
    const std::uint32_t parts = seat.others(), sums = seat.branch.children;
    if (j >= parts + sums && seat.is_root()) return hand_on(seat, j - parts - sums);
    Step step;
    if (j < parts + sums) {
        step.from = j < parts ? seat.other(j) : seat.head_at(seat.branch.child[j - parts]);
        step.from_lane = j < parts ? kScatter : kUp;
        step.received = seat.own();
        step.reduces = true;
    } else {
        step.to = seat.head_at(seat.branch.parent);
        step.to_lane = kUp;
        step.sent = seat.own();
    }
    return step;
}

// A root turns round in its up lane.
std::uint32_t result_lane(const CollectiveCall& call, Place place, std::uint32_t node) {
    return nccl_branch(call.ranks / call.ranks_per_node, place.tree, node).parent == kNobody ? kUp : kDown;
}

}  // namespace

Shape in_switch_shape(const CollectiveCall& call) { return {.lanes = 4, .blocks = call.ranks_per_node}; }

std::uint32_t in_switch_steps(const CollectiveCall& call, Place place) {
    if (call.ranks == 1) return 0;
    const Seat seat(call, place);
    const std::uint32_t on = seat.branch.children + seat.others();
    switch (place.lane) {
        case kUp: return on + (seat.is_root() ? on : 1);
        case kDown: return seat.is_root() ? 0 : 1 + on;
        default: return seat.others();
    }
}

Step in_switch_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const Seat seat(call, place);
    Step step;
    switch (place.lane) {
        case kScatter:
            step.to = seat.other(j);
            step.to_lane = kUp;
            step.sent = seat.of(step.to);
            return step;
        case kUp: return up_step(seat, j);
        case kDown:
            if (j > 0) return hand_on(seat, j - 1);
            step.from = seat.head_at(seat.branch.parent);
            step.from_lane = result_lane(call, place, seat.branch.parent);
            step.received = seat.own();
            return step;
        default:
            step.from = seat.other(j);
            step.from_lane = result_lane(call, place, seat.node);
            step.received = seat.of(step.from);
            step.copies = seat.others();
            return step;
    }
}

}  // namespace lightloom::collectives
