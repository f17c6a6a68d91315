// Digest: one number that differs as soon as two runs of one scenario differ anywhere. Each node folds the events it
// handled in their order; nodes are folded in id order at the end, then every end-of-run counter.
#pragma once

#include <cstdint>

#include "core/order.hpp"

namespace lightloom {

class Digest {
public:
    /// @param words  what the event was: three are enough for time, what, and where
    constexpr void fold(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        std::uint64_t x = a * 0x9e3779b97f4a7c15u ^ b * 0xc2b2ae3d27d4eb4fu ^ c * 0x165667b19e3779f9u;
        x ^= x >> 29;
        value_ = value_ * 0xff51afd7ed558ccdu + x;
    }
    constexpr void fold(std::uint64_t word) { value_ = scramble(value_ ^ word) + 0x9e3779b97f4a7c15u; }
    constexpr std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0x9e3779b97f4a7c15u;  // not 0, which an event of zeros would leave as it is
};

}  // namespace lightloom
