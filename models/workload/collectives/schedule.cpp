#include "models/workload/collectives/schedule.hpp"

#include <algorithm>
#include <utility>

#include "core/abort.hpp"
#include "models/workload/collectives/algorithms.hpp"
#include "models/workload/collectives/sum_tree.hpp"
#include "models/workload/collectives/unequal_all_to_all.hpp"

namespace lightloom {
namespace {

using namespace collectives;

Shape shape_of(const CollectiveCall& call) {
    switch (call.algorithm) {
        case Algorithm::ring: return ring_shape(call);
        case Algorithm::halving_doubling:
        case Algorithm::recursive_doubling: return doubling_shape(call);
        case Algorithm::tree: return tree_shape(call);
        case Algorithm::hierarchical: return hierarchical_shape(call);
        case Algorithm::direct:
        case Algorithm::pairwise: return direct_shape(call);
        case Algorithm::bruck: return bruck_shape(call);
        case Algorithm::in_switch: return in_switch_shape(call);
        case Algorithm::in_network: return {.lanes = SumTree::kLanes};
    }
    abort_run("no such algorithm");
}

std::uint32_t steps_of(const CollectiveCall& call, Place place) {
    switch (call.algorithm) {
        case Algorithm::ring: return ring_steps(call, place);
        case Algorithm::halving_doubling:
        case Algorithm::recursive_doubling: return doubling_steps(call, place);
        case Algorithm::tree: return tree_steps(call, place);
        case Algorithm::hierarchical: return hierarchical_steps(call, place);
        case Algorithm::direct:
        case Algorithm::pairwise: return direct_steps(call, place);
        case Algorithm::bruck: return bruck_steps(call, place);
        case Algorithm::in_switch: return in_switch_steps(call, place);
        case Algorithm::in_network: break;  // of a tree that is not in the call
    }
    abort_run("no such algorithm");
}

Step step_of(const CollectiveCall& call, Place place, std::uint32_t j) {
    switch (call.algorithm) {
        case Algorithm::ring: return ring_step(call, place, j);
        case Algorithm::halving_doubling:
        case Algorithm::recursive_doubling: return doubling_step(call, place, j);
        case Algorithm::tree: return tree_step(call, place, j);
        case Algorithm::hierarchical: return hierarchical_step(call, place, j);
        case Algorithm::direct:
        case Algorithm::pairwise: return direct_step(call, place, j);
        case Algorithm::bruck: return bruck_step(call, place, j);
        case Algorithm::in_switch: return in_switch_step(call, place, j);
        case Algorithm::in_network: break;
    }
    abort_run("no such algorithm");
}

// The i-th of n shares that differ by a byte at most, the longer ones first.
std::int64_t share(std::int64_t bytes, std::uint32_t n, std::uint32_t i) { return bytes / n + (i < bytes % n ? 1 : 0); }

// A barrier is an all-reduce of nothing, but for the one algorithm that would count twice.
CollectiveCall normal_form(CollectiveCall call) {
    if (call.kind != Collective::barrier) return call;
    call.bytes = 0;
    if (call.algorithm != Algorithm::bruck) call.kind = Collective::all_reduce;
    return call;
}

std::uint32_t trees_of(Algorithm algorithm) {
    return algorithm == Algorithm::tree || algorithm == Algorithm::in_switch ? 2 : 1;
}

Place place_of(const CollectiveCall& call, std::uint32_t rank, std::uint32_t lane, std::uint32_t lanes_per_part) {
    const std::uint32_t part = lane / lanes_per_part;
    const std::uint32_t trees = trees_of(call.algorithm);
    return {rank, part / trees, part % trees, lane % lanes_per_part};
}

}  // namespace

bool is_implemented(Collective kind, Algorithm algorithm) {
    using enum Algorithm;
    const auto is_one_of = [&](auto... all) { return ((algorithm == all) || ...); };
    switch (kind) {
        case Collective::all_reduce:
            return is_one_of(ring, halving_doubling, recursive_doubling, tree, hierarchical, in_switch, in_network);
        case Collective::all_gather: return is_one_of(ring, recursive_doubling, hierarchical, direct, pairwise, bruck);
        case Collective::reduce_scatter: return is_one_of(ring, halving_doubling, hierarchical, direct, pairwise);
        case Collective::broadcast:
        case Collective::reduce: return is_one_of(ring, tree, direct);
        case Collective::all_to_all: return is_one_of(hierarchical, direct, pairwise, bruck);
        case Collective::barrier: return is_one_of(ring, recursive_doubling, tree, hierarchical, bruck);
        case Collective::send_receive: return is_one_of(direct);
    }
    abort_run("no such collective");
}

Schedule::Schedule(const CollectiveCall& call) : call_(normal_form(call)) {
    if (!is_implemented(call.kind, call.algorithm))
        abort_run("no algorithm {} for collective {}", static_cast<int>(call.algorithm), static_cast<int>(call.kind));
    if (call.ranks == 0 || call.root >= call.ranks || call.bytes < 0 || call.channels == 0 || call.chunk_bytes <= 0)
        abort_run("a collective of {} ranks, root {}, {} bytes in {} channels, {} a chunk", call.ranks, call.root,
                  call.bytes, call.channels, call.chunk_bytes);
    if (call.ranks_per_node == 0 || call.ranks % call.ranks_per_node != 0)
        abort_run("{} ranks are no whole nodes of {}", call.ranks, call.ranks_per_node);

    const Shape shape = shape_of(call_);
    parts_ = trees_of(call_.algorithm) * call_.channels;
    lanes_per_part_ = shape.lanes;
    blocks_ = shape.blocks;
    block_per_rank_ = shape.block_per_rank;
    // No step moves more than all there is, so a longer chunk is no chunk.
    const bool whole = call_.chunk_bytes >= call_.bytes;
    block_capacity_ = std::max<std::int64_t>(1, whole ? call_.bytes : call_.chunk_bytes / shape.largest);
}

Schedule::Schedule(UnequalAllToAll sizes)
    : call_{.kind = Collective::all_to_all, .algorithm = Algorithm::direct, .ranks = sizes.ranks()},
      lanes_per_part_(sizes.lanes()),
      unequal_(std::make_shared<const UnequalAllToAll>(std::move(sizes))) {}

Schedule::Schedule(const CollectiveCall& call, SumTree tree) : Schedule(call) {
    if (call.algorithm != Algorithm::in_network) abort_run("algorithm {} in a tree", static_cast<int>(call.algorithm));
    sums_ = std::make_shared<const SumTree>(std::move(tree));
}

std::uint64_t Schedule::loops(std::uint32_t part) const {
    const std::int64_t total =
        block_per_rank_ ? share(share(call_.bytes, blocks_, 0), parts_, part) : share(call_.bytes, parts_, part);
    const std::int64_t capacity = block_per_rank_ ? block_capacity_ : block_capacity_ * blocks_;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(1, (total + capacity - 1) / capacity));
}

std::int64_t Schedule::loop_bytes_of(std::int64_t part_bytes, std::uint64_t loop, std::int64_t capacity) const {
    const std::int64_t before = static_cast<std::int64_t>(loop) * capacity;
    return std::clamp<std::int64_t>(part_bytes - before, 0, capacity);
}

// All blocks of a loop have one of two sizes, and the longer ones come first.
std::int64_t Schedule::bytes(std::uint32_t part, std::uint64_t loop, const Blocks& blocks) const {
    if (blocks.count == 0) return 0;
    std::int64_t total = call_.bytes, longer = 0, shorter = 0;
    if (block_per_rank_) {
        const auto size = [&](std::int64_t all) {
            return loop_bytes_of(share(all, parts_, part), loop, block_capacity_);
        };
        longer = size(total / blocks_ + 1);
        shorter = size(total / blocks_);
    } else {
        total = loop_bytes_of(share(total, parts_, part), loop, block_capacity_ * blocks_);
        longer = total / blocks_ + 1;
        shorter = total / blocks_;
    }
    const std::int64_t count_longer = blocks.below(static_cast<std::uint32_t>(total % blocks_), blocks_);
    return count_longer * longer + (blocks.count - count_longer) * shorter;
}

std::uint64_t Schedule::steps_per_loop(std::uint32_t rank, std::uint32_t lane) const {
    if (sums_) return sums_->steps_per_loop(rank, lane % lanes_per_part_);
    return steps_of(call_, place_of(call_, rank, lane, lanes_per_part_));
}

std::uint64_t Schedule::steps(std::uint32_t rank, std::uint32_t lane) const {
    if (unequal_) return 1;
    if (sums_) return sums_->steps(rank, lane % lanes_per_part_, loops(part(lane)));
    return loops(part(lane)) * steps_per_loop(rank, lane);
}

Step Schedule::step(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const {
    if (unequal_) return unequal_->step(rank, lane);
    if (sums_) return step_of_sums(rank, lane, k);
    const Place place = place_of(call_, rank, lane, lanes_per_part_);
    const std::uint32_t per_loop = steps_of(call_, place);
    const std::uint64_t loop = k / per_loop;
    Step step = step_of(call_, place, static_cast<std::uint32_t>(k % per_loop));
    const std::uint32_t first_lane = lane - place.lane;
    step.from_lane += first_lane;
    step.to_lane += first_lane;
    const auto of_each_copy = [&](std::int64_t all) { return (all + step.copies - 1) / step.copies; };
    step.received_bytes = of_each_copy(bytes(part(lane), loop, step.received));
    step.sent_bytes = of_each_copy(bytes(part(lane), loop, step.sent));
    return step;
}

Step Schedule::step_of_sums(std::uint32_t rank, std::uint32_t lane, std::uint64_t k) const {
    const std::uint32_t of_part = part(lane), in_part = lane % lanes_per_part_;
    auto [step, sent, received] = sums_->step(rank, in_part, k, loops(of_part));
    step.from_lane += lane - in_part;
    step.to_lane += lane - in_part;
    step.received_bytes = bytes(of_part, received, step.received);
    step.sent_bytes = bytes(of_part, sent, step.sent);
    return step;
}

}  // namespace lightloom
