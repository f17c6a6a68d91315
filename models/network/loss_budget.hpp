// LossBudget: how a link direction loses frames. A frame is lost when a codeword group that carries a part of it holds
// an uncorrectable codeword. Instead of a draw per frame, the distance to the next uncorrectable codeword is drawn
// once, and each frame spends the codewords it rests on: a healthy link costs a frame one subtraction. Not here: where
// the hazard comes from (models/optics), what happens to a lost frame (models/network/fabric_walk.hpp).
#pragma once

#include <cmath>
#include <cstdint>

#include "core/random.hpp"

namespace lightloom {

class LossBudget {
public:
    /// MAC bits that one RS(544,514) codeword carries after 256B/257B transcoding (IEEE 802.3 clause 119.2.4).
    static constexpr std::int64_t kBitsPerCodeword = 5120;
    /// Preamble and gap, which travel in the codewords too, whether or not a scenario counts them on the wire.
    static constexpr std::int64_t kUnframedBits = 20 * 8;

    /// Bits at risk for a frame beside its own: a group of `interleave` codewords is lost as one, and a frame begins
    /// anywhere in its first. So FLR = 1 - (1 - CER)^(interleave (1 + 1/MFC)), MFC frames to a group.
    static constexpr std::int64_t overhead(std::uint32_t interleave) {
        return interleave * kBitsPerCodeword + kUnframedBits;
    }

    /// @param hazard  -ln(1 - codeword error ratio), per codeword  @param n  how many budgets this direction had before
    static LossBudget drawn(double hazard, std::uint64_t seed, std::uint32_t direction, std::uint64_t n) {
        LossBudget budget;
        if (!(hazard > 0.0)) return budget;
        const double bits = exponential(draw(seed, direction, Purpose::frame_loss, n)) / hazard * kBitsPerCodeword;
        if (bits < 9e18) budget.remaining_ = static_cast<std::int64_t>(std::ceil(bits));
        return budget;
    }

    /// Spends the bits of one frame. @return whether the budget ends in it: the frame is lost, and a new budget is due
    bool spend(std::int64_t bits) {
        remaining_ -= bits;
        return remaining_ <= 0;
    }

private:
    std::int64_t remaining_ = INT64_MAX;
};

}  // namespace lightloom
