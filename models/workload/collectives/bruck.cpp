// Bruck's algorithms: ceil(log2 n) steps for any n, over distances 1, 2, 4, ...
#include <algorithm>

#include "models/workload/collectives/algorithms.hpp"

namespace lightloom::collectives {
namespace {

// All-to-all: a block travels the binary digits of its distance. Block i goes on at each distance whose bit is set in
// i, and what comes, which has as far to go in all, takes its place.
Blocks with_bit(std::uint32_t ranks, std::uint32_t bit) {
    const std::uint32_t periods = ranks / (2 * bit), rest = ranks % (2 * bit);
    return {.first = bit, .count = periods * bit + (rest > bit ? rest - bit : 0), .run = bit, .stride = 2 * bit};
}

}  // namespace

Shape bruck_shape(const CollectiveCall& call) {
    if (call.kind == Collective::barrier) return {};
    const std::uint32_t largest = std::max(1u, call.ranks / 2);
    return {.blocks = call.ranks, .largest = largest, .block_per_rank = true};
}

std::uint32_t bruck_steps(const CollectiveCall& call, Place /*place*/) { return log2_ceil(call.ranks); }

Step bruck_step(const CollectiveCall& call, Place place, std::uint32_t j) {
    const std::uint32_t n = call.ranks, distance = 1u << j;
    const std::uint32_t ahead = (place.rank + distance) % n, behind = (place.rank + n - distance) % n;
    Step step;
    step.to = ahead, step.from = behind;
    if (call.kind == Collective::barrier) {  // who has heard of whom spreads, as a sum would
        step.sent = step.received = {0, 1};
        step.reduces = true;
    } else if (call.kind == Collective::all_to_all) {
        step.sent = step.received = with_bit(n, distance);
    } else {  // all-gather: what rank r has are the blocks from r on, and it gets those that follow
        const std::uint32_t count = std::min(distance, n - distance);
        step.to = behind, step.from = ahead;
        step.sent = {place.rank, count};
        step.received = {ahead, count};
    }
    return step;
}

}  // namespace lightloom::collectives
