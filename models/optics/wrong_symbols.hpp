// How many symbols of a codeword are wrong: the distribution behind every Reed-Solomon figure. Symbols are independent;
// those of one lane are alike, lanes differ. Everything here is sums of products of positive numbers (nothing cancels),
// loops have a fixed length (the compiler makes vectors of them), and no logarithm is taken.
// Not here: what the figures mean (fec.hpp, fec_histogram.hpp), symbols that depend on each other (fec_burst.hpp).
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "models/optics/fec.hpp"

namespace lightloom {

/// Probabilities of 0 to kSize - 1 wrong symbols, in scaled form: a count of k carries the factor 2^(k exponent), so
/// that codewords lost once in 1e500 are as exact as those lost half the time.
template <int kSize>
struct WrongSymbols {
    Eigen::Array<double, kSize, 1> exactly;  // (k) 2^(k exponent) P(count = k)
    Eigen::Array<double, kSize, 1> above;    // (k) 2^((k + 1) exponent) P(count > k)
    int exponent;

    double share_of(int count) const { return std::ldexp(exactly(count), -exponent * count); }
    // Sums round, and a share is at most 1
    double share_above(int count) const { return std::min(1.0, std::ldexp(above(count), -exponent * (count + 1))); }
    double log10_share_above(int count) const {
        return std::min(0.0, std::log10(above(count)) - exponent * (count + 1) * std::log10(2.0));
    }
};

namespace wrong_symbols {

inline double power(double base, int exponent) {
    double result = 1.0;
    for (; exponent > 0; exponent /= 2, base *= base)
        if (exponent % 2 == 1) result *= base;
    return result;
}

/// Adds independent symbols: P(a + b > k) = sum over j <= k of P(b = j) P(a > k - j), + P(b > k).
template <int kSize>
WrongSymbols<kSize> sum_of(const WrongSymbols<kSize>& a, const WrongSymbols<kSize>& b) {
    // Four counts at a time: sums of their own, so the width of the processor's registers changes no digit.
    constexpr int kWidth = 4;
    using Four = Eigen::Array<double, kWidth, 1>;
    static_assert(kSize % kWidth == 0);
    // Zeros before a's counts, so that the four may reach below a count of none.
    Eigen::Array<double, kSize + kWidth, 1> exactly, above;
    exactly << Eigen::Array<double, kWidth, 1>::Zero(), a.exactly;
    above << Eigen::Array<double, kWidth, 1>::Zero(), a.above;

    WrongSymbols<kSize> sum{.exactly = {}, .above = {}, .exponent = a.exponent};
    for (int count = 0; count < kSize; count += kWidth) {
        Four exactly_four = Four::Zero(), above_four = b.above.template segment<kWidth>(count);
        for (int shift = 0; shift < count + kWidth; ++shift) {
            exactly_four += b.exactly(shift) * exactly.template segment<kWidth>(kWidth + count - shift);
            above_four += b.exactly(shift) * above.template segment<kWidth>(kWidth + count - shift);
        }
        sum.exactly.template segment<kWidth>(count) = exactly_four;
        sum.above.template segment<kWidth>(count) = above_four;
    }
    return sum;
}

/// One lane: binomial, each probability from the one before.
/// @param sum_the_tail  where the lane seldom has as many wrong symbols as are asked for; else the tail is what the
///                      head leaves of 1, which is then large and loses no digit that matters
template <int kSize>
WrongSymbols<kSize> binomial(double symbol_error_ratio, int symbols, int exponent, bool sum_the_tail) {
    const double odds = symbol_error_ratio / (1.0 - symbol_error_ratio), scaled_odds = std::ldexp(odds, exponent);
    const auto step = [&](int count) { return std::max(0, symbols - count + 1) / static_cast<double>(count); };

    WrongSymbols<kSize> counts{.exactly = {}, .above = {}, .exponent = exponent};
    counts.exactly(0) = power(1.0 - symbol_error_ratio, symbols);
    for (int k = 1; k < kSize; ++k) counts.exactly(k) = counts.exactly(k - 1) * (scaled_odds * step(k));

    if (sum_the_tail) {
        double term = counts.exactly(kSize - 1) * (scaled_odds * step(kSize)), tail = term;
        for (int k = kSize + 1; term > 1e-11 * tail; ++k) tail += term *= odds * step(k);
        counts.above(kSize - 1) = tail;
        const double unscale = std::ldexp(1.0, -exponent);
        for (int k = kSize - 1; k > 0; --k) counts.above(k - 1) = counts.exactly(k) + counts.above(k) * unscale;
    } else {
        assert(exponent == 0);
        double left = 1.0;
        for (int k = 0; k < kSize; ++k) counts.above(k) = left = std::max(0.0, left - counts.exactly(k));
    }
    return counts;
}

}  // namespace wrong_symbols

/// The wrong symbols of a codeword dealt evenly to lanes; good for counts up to the code's correctable().
/// @param symbol_error_ratio  of a lane, by its number
template <int kSize, typename OfLane>
WrongSymbols<kSize> wrong_symbols_of(const ReedSolomon& code, int lanes, OfLane symbol_error_ratio) {
    assert(lanes > 0 && code.length % lanes == 0 && code.correctable() < kSize);
    const int symbols = code.length / lanes;

    double expected = 0.0;
    for (int lane = 0; lane < lanes; ++lane) expected += symbols * symbol_error_ratio(lane);
    // Counts of one in 1 / expected become of the order of 1; 1000 keeps the factor itself within a double.
    const int exponent = expected >= 0.25 || expected <= 0.0 ? 0 : std::min(1000, -std::ilogb(expected));
    const double rare = 0.4 * std::max(1, code.correctable());

    const auto of = [&](int lane) {
        const double ratio = symbol_error_ratio(lane);
        return wrong_symbols::binomial<kSize>(ratio, symbols, exponent, symbols * ratio < rare * (1.0 - ratio));
    };
    WrongSymbols<kSize> counts = of(0);
    for (int lane = 1; lane < lanes; ++lane) counts = wrong_symbols::sum_of(counts, of(lane));
    return counts;
}

/// Calls `use` with the counts, in the shorter of two sizes that holds what the code corrects.
template <typename OfLane, typename Use>
auto with_wrong_symbols(const ReedSolomon& code, int lanes, OfLane symbol_error_ratio, Use use) {
    if (code.correctable() < 16) return use(wrong_symbols_of<16>(code, lanes, symbol_error_ratio));
    return use(wrong_symbols_of<kMostCorrectable + 4>(code, lanes, symbol_error_ratio));
}

/// The same with the lanes' bit error ratios.
template <typename Use>
auto with_wrong_symbols(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio, Use use) {
    const auto of_lane = [&](int lane) {
        return symbol_error_ratio(code, lane_bit_error_ratio[static_cast<std::size_t>(lane)]);
    };
    return with_wrong_symbols(code, static_cast<int>(lane_bit_error_ratio.size()), of_lane, use);
}

}  // namespace lightloom
