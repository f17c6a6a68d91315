// Rings and chains.
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {

// All-reduce: send one block, receive-reduce-send n-1 blocks, receive-send n-2, receive the last; 2(n-1) sends in 2n-1
// steps (NCCL: device/all_reduce.h). Its first n steps are the reduce-scatter, its last n the all-gather.
std::uint32_t ring_pass_steps(Pass pass, std::uint32_t members) {
    if (members == 1) return 0;
    return pass == Pass::all_reduce ? 2 * members - 1 : members;
}

Step ring_pass(Pass pass, std::uint32_t members, std::uint32_t position, std::uint32_t j) {
    const std::uint32_t turn = members - 1;  // the step in which a member completes its own block
    const std::uint32_t k = pass == Pass::all_gather ? j + turn : j;
    const bool receives = j > 0;
    const bool sends = j + 1 < ring_pass_steps(pass, members);
    const Blocks block{(position + 2 * members - 1 - k) % members, 1};

    Step step;
    if (receives) step.from = (position + members - 1) % members, step.received = block;
    if (sends) step.to = (position + 1) % members, step.sent = block;
    step.reduces = receives && k <= turn;
    step.forwards = receives && sends;
    return step;
}

namespace {

Pass pass_of(Collective kind) {
    if (kind == Collective::all_gather) return Pass::all_gather;
    return kind == Collective::reduce_scatter ? Pass::reduce_scatter : Pass::all_reduce;
}

bool is_chain(Collective kind) { return kind == Collective::broadcast || kind == Collective::reduce; }

// From the root's place round to the one before it, or from the one after it round to it.
Step chain_step(Collective kind, std::uint32_t members, std::uint32_t root, std::uint32_t position) {
    const std::uint32_t head = kind == Collective::broadcast ? root : (root + 1) % members;
    const std::uint32_t behind = (position + members - head) % members;
    Step step;
    if (behind > 0) step.from = (position + members - 1) % members, step.received = {0, 1};
    if (behind + 1 < members) step.to = (position + 1) % members, step.sent = {0, 1};
    step.reduces = behind > 0 && kind == Collective::reduce;
    step.forwards = behind > 0 && behind + 1 < members;
    return step;
}

}  // namespace

Shape ring_shape(const CollectiveCall& call) {
    if (is_chain(call.kind)) return {};
    return {.blocks = call.ranks, .block_per_rank = pass_of(call.kind) != Pass::all_reduce};
}

std::uint32_t ring_steps(const CollectiveCall& call, Place /*place*/) {
    if (is_chain(call.kind)) return call.ranks > 1 ? 1 : 0;
    return ring_pass_steps(pass_of(call.kind), call.ranks);
}

// Within nodes, each channel goes round from another GPU on, so that channels leave by NICs of their own.
Step ring_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const std::uint32_t g = call.ranks_per_node, turn = place.channel % g;
    const auto rank_at = [&](std::uint32_t position) { return position / g * g + (position % g + turn) % g; };
    const auto position_of = [&](std::uint32_t rank) { return rank / g * g + (rank % g + g - turn) % g; };
    const bool chain = is_chain(call.kind);
    Step step = chain ? chain_step(call.kind, call.ranks, position_of(call.root), position_of(place.rank))
                      : ring_pass(pass_of(call.kind), call.ranks, position_of(place.rank), j);
    if (turn == 0) return step;
    if (step.from != kNobody) step.from = rank_at(step.from);
    if (step.to != kNobody) step.to = rank_at(step.to);
    if (chain) return step;  // its one block is everything
    if (step.from != kNobody) step.received.first = rank_at(step.received.first);
    if (step.to != kNobody) step.sent.first = rank_at(step.sent.first);
    return step;
}

}  // namespace lightloom::collectives
