// Blocks: the part of a buffer that one step of a collective moves, as a pattern instead of a list.
//
// A buffer is cut into equal blocks, numbered round a circle. What a step moves is nearly always a run of them; a Bruck
// exchange moves every other run, a hierarchical collective one column of a matrix. Both are runs at a fixed stride.
// Not here: which step moves which blocks (models/workload/collectives/algorithms.hpp), and their bytes (schedule.hpp).
#pragma once

#include <algorithm>
#include <cstdint>

namespace lightloom {

/// `count` blocks from `first` on: `run` of them consecutive, the next run `stride` blocks after the start of the last.
/// Numbers wrap round at the number of blocks of a loop; no block occurs twice.
struct Blocks {
    std::uint32_t first = 0, count = 0;
    std::uint32_t run = 1, stride = 1;  // as they stand: all consecutive

    /// The e-th of them in a circle of `circle` blocks. @param e  < count
    constexpr std::uint32_t at(std::uint32_t e, std::uint32_t circle) const { return (first + offset(e)) % circle; }

    /// How many of them have a number below `bound`. @param bound <= circle
    constexpr std::uint32_t below(std::uint32_t bound, std::uint32_t circle) const {
        const std::uint32_t before_wrap = bound > first ? within(bound - first) : 0;
        return before_wrap + within(circle - first + bound) - within(circle - first);
    }

    friend constexpr bool operator==(const Blocks&, const Blocks&) = default;

private:
    constexpr std::uint32_t offset(std::uint32_t e) const { return e / run * stride + e % run; }
    // how many have an offset from `first` below `bound`
    constexpr std::uint32_t within(std::uint32_t bound) const {
        return std::min(count, bound / stride * run + std::min(bound % stride, run));
    }
};

}  // namespace lightloom
