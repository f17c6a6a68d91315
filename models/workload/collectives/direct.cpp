// Straight from source to destination. Direct: lane i - 1 of a part sends to the i-th rank after its own and receives
// from the i-th before it, all lanes at once. Pairwise: one lane does the same one after the other.
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

bool has_root(Collective kind) { return kind == Collective::broadcast || kind == Collective::reduce; }

// The root's lane i - 1 has the i-th rank after it at its other end.
Step rooted_step(const CollectiveCall& call, std::uint32_t rank, std::uint32_t lane) {
    const bool at_root = rank == call.root;
    const std::uint32_t peer = at_root ? (rank + lane + 1) % call.ranks : call.root;
    Step step;
    if (at_root == (call.kind == Collective::broadcast)) {
        step.to = peer, step.sent = {0, 1};
    } else {
        step.from = peer, step.received = {0, 1}, step.reduces = call.kind == Collective::reduce;
    }
    return step;
}

Step exchange(const CollectiveCall& call, std::uint32_t rank, std::uint32_t distance) {
    const std::uint32_t n = call.ranks;
    Step step;
    step.to = (rank + distance) % n;
    step.from = (rank + n - distance) % n;
    switch (call.kind) {
        case Collective::all_gather: step.sent = {rank, 1}, step.received = {step.from, 1}; break;
        case Collective::reduce_scatter:
            step.sent = {step.to, 1}, step.received = {rank, 1}, step.reduces = true;
            break;
        case Collective::all_to_all:  // what comes takes the place of what went
            step.sent = step.received = {distance, 1};
            break;
        case Collective::send_receive: step.sent = step.received = {0, 1}; break;
        case Collective::all_reduce:
        case Collective::broadcast:
        case Collective::reduce:
        case Collective::barrier: break;
    }
    return step;
}

}  // namespace

Shape direct_shape(const CollectiveCall& call) {
    if (call.kind == Collective::send_receive) return {};
    const bool lane_per_peer = call.algorithm == Algorithm::direct && call.ranks > 1;
    const std::uint32_t lanes = lane_per_peer ? call.ranks - 1 : 1;
    if (has_root(call.kind)) return {.lanes = lanes};
    return {.lanes = lanes, .blocks = call.ranks, .block_per_rank = true};
}

std::uint32_t direct_steps(const CollectiveCall& call, Place place) {
    if (call.ranks == 1) return 0;
    if (has_root(call.kind))
        return place.rank == call.root || (call.root + place.lane + 1) % call.ranks == place.rank ? 1 : 0;
    return call.algorithm == Algorithm::pairwise ? call.ranks - 1 : 1;
}

Step direct_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    Step step = has_root(call.kind) ? rooted_step(call, place.rank, place.lane)
                                    : exchange(call, place.rank, place.lane + j + 1);
    step.from_lane = step.to_lane = place.lane;
    return step;
}

}  // namespace lightloom::collectives
