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
    /// @param codeword_bits  MAC bits in one codeword of the link's code
    static constexpr std::int64_t overhead(std::uint32_t interleave, std::int64_t codeword_bits) {
        return interleave * codeword_bits + kUnframedBits;
    }

    /// @param hazard  -ln(1 - codeword error ratio), per codeword  @param n  how many budgets this direction had before
    static LossBudget drawn(double hazard, std::uint64_t seed, std::uint32_t direction, std::uint64_t n) {
        if (!(hazard > 0.0)) return {};
        return of(exponential(draw(seed, direction, Purpose::frame_loss, n)) / hazard * kBitsPerCodeword);
    }

    /// The budget from where the hazard changes on: what is left, in codewords, scaled by old / new, without a draw.
    /// The law of what is left is the exponential of the new hazard, as if it had been in force from the beginning.
    /// @param draw  gives a new budget of hazard `to`; called where the old one says nothing of the next loss: at a
    ///              hazard of 0 or of certain loss, and beyond the 9e18 bits that a budget can count
    template <class Draw>
    LossBudget rescaled(double from, double to, Draw&& draw) const {
        if (!(to > 0.0)) return {};
        if (!(from > 0.0) || std::isinf(from)) return draw();
        const double known = std::ceil(static_cast<double>(remaining_) * (from / to));
        return of(remaining_ < kMost ? known : known + static_cast<double>(draw().remaining_));
    }

    /// Spends the bits of one frame. @return whether the budget ends in it: the frame is lost, and a new budget is due
    bool spend(std::int64_t bits) {
        remaining_ -= bits;
        return remaining_ <= 0;
    }
    /// Takes back what spend() took.
    void refund(std::int64_t bits) { remaining_ += bits; }
    std::int64_t remaining() const { return remaining_; }

private:
    static constexpr std::int64_t kMost = 9'000'000'000'000'000'000;

    static LossBudget of(double bits) {
        LossBudget budget;
        if (bits < static_cast<double>(kMost)) budget.remaining_ = static_cast<std::int64_t>(std::ceil(bits));
        return budget;
    }

    std::int64_t remaining_ = INT64_MAX;  // above kMost: further than can be counted
};

}  // namespace lightloom
