// Recursive halving and doubling over the largest power of two of ranks, the core. The r ranks beyond it are folded: of
// the first 2r ranks, each odd one gives its data to the even one before it, which then takes part for both (MPICH).
#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

struct Core {
    std::uint32_t levels, size, folded;
    explicit Core(std::uint32_t ranks) : levels(log2_floor(ranks)), size(1u << levels), folded(ranks - size) {}

    bool is_extra(std::uint32_t rank) const { return rank < 2 * folded && rank % 2 == 1; }
    bool has_extra(std::uint32_t rank) const { return rank < 2 * folded && rank % 2 == 0; }
    std::uint32_t member(std::uint32_t rank) const { return rank < 2 * folded ? rank / 2 : rank - folded; }
    std::uint32_t rank(std::uint32_t member) const { return member < folded ? 2 * member : member + folded; }
};

struct Kind {
    bool halves, doubles;  // which of the two passes
    bool block_per_rank;   // blocks are numbered by rank, so a member of the core with an extra owns two
    bool whole;            // every exchange is of the whole buffer, and adds
};

Kind kind_of(const CollectiveCall& call) {
    if (call.algorithm == Algorithm::halving_doubling)
        return {.halves = true,
                .doubles = call.kind == Collective::all_reduce,
                .block_per_rank = call.kind == Collective::reduce_scatter,
                .whole = false};
    const bool gathers = call.kind == Collective::all_gather;
    return {.halves = false, .doubles = true, .block_per_rank = gathers, .whole = !gathers};
}

// The blocks of members first .. first + count - 1 of the core.
Blocks blocks_of(const Core& core, Kind kind, std::uint32_t first, std::uint32_t count) {
    if (kind.whole) return {0, 1};
    if (!kind.block_per_rank) return {first, count};
    const auto start = [&](std::uint32_t m) { return m < core.folded ? 2 * m : m + core.folded; };
    return {start(first), start(first + count) - start(first)};
}

// What an extra gives at first (ahead of the passes) or gets at last: all, or all that concerns others, or its own.
Blocks folded_blocks(const CollectiveCall& call, const Core& core, Kind kind, std::uint32_t extra, bool first) {
    if (kind.whole) return {0, 1};
    if (!kind.block_per_rank) return {0, core.size};
    if (first == (call.kind == Collective::all_gather)) return {extra, 1};
    return {(extra + 1) % call.ranks, call.ranks - 1};
}

Step exchange(const Core& core, Kind kind, std::uint32_t rank, std::uint32_t distance, bool halving) {
    const std::uint32_t member = core.member(rank), peer = member ^ distance;
    const Blocks mine = blocks_of(core, kind, member & ~(distance - 1), distance);
    const Blocks theirs = blocks_of(core, kind, peer & ~(distance - 1), distance);
    Step step;
    step.from = step.to = core.rank(peer);
    step.sent = halving ? theirs : mine;
    step.received = halving ? mine : theirs;
    step.reduces = halving || kind.whole;
    return step;
}

}  // namespace

Shape doubling_shape(const CollectiveCall& call) {
    const Core core(call.ranks);
    const Kind kind = kind_of(call);
    if (kind.whole) return {};
    if (!kind.block_per_rank)
        return {.blocks = core.size, .largest = core.folded > 0 ? core.size : (core.size + 1) / 2};
    const std::uint32_t largest = core.folded > 0 ? call.ranks - 1 : (call.ranks + 1) / 2;
    return {.blocks = call.ranks, .largest = largest, .block_per_rank = true};
}

std::uint32_t doubling_steps(const CollectiveCall& call, Place place) {
    const Core core(call.ranks);
    if (core.is_extra(place.rank)) return 2;
    const Kind kind = kind_of(call);
    const std::uint32_t passes = (kind.halves ? 1u : 0u) + (kind.doubles ? 1u : 0u);
    return passes * core.levels + (core.has_extra(place.rank) ? 2 : 0);
}

Step doubling_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const Core core(call.ranks);
    const Kind kind = kind_of(call);
    const bool extra = core.is_extra(place.rank), pair = extra || core.has_extra(place.rank);
    const bool first = j == 0, last = j + 1 == doubling_steps(call, place);
    if (pair && (first || last)) {
        const std::uint32_t odd = place.rank | 1;
        const Blocks blocks = folded_blocks(call, core, kind, odd, first);
        Step step;
        if (extra == first) {
            step.to = place.rank ^ 1, step.sent = blocks;
        } else {
            step.from = place.rank ^ 1, step.received = blocks;
            step.reduces = first ? call.kind != Collective::all_gather : call.kind == Collective::reduce_scatter;
        }
        return step;
    }
    const std::uint32_t level = pair ? j - 1 : j;
    const bool halving = kind.halves && level < core.levels;
    const std::uint32_t doubled = kind.halves ? level - core.levels : level;
    return exchange(core, kind, place.rank, halving ? core.size >> (level + 1) : 1u << doubled, halving);
}

}  // namespace lightloom::collectives
