// Errors that come in bursts, and what they do to a Reed-Solomon code: a chain of two states over the bits or PAM4
// symbols of a line decides which of them are wrong. A decision-feedback equaliser that errs is likely to err again;
// interleaving codewords parts a burst's symbols, and precoding makes of a burst its two ends.
// Not here: independent errors (fec.hpp); bursts over several lanes, as from bit multiplexing.
#pragma once

#include <Eigen/Core>

#include "models/optics/fec.hpp"

namespace lightloom {

/// Probabilities of going from one state (row) to another (column) in one step, divided by what comes out of the step.
struct ErrorChain {
    Eigen::Matrix2d clean;  // a right bit or PAM4 symbol comes out
    Eigen::Matrix2d wrong;  // a wrong one
    int bits_per_step;      // 1, or 2 for PAM4, where a wrong symbol has one wrong bit (Gray)

    /// Share of time in each state, in the long run.
    Eigen::RowVector2d stationary() const;
    /// Share of wrong bits, in the long run.
    double bit_error_ratio() const;
};

/// An equaliser with feedback, per PAM4 symbol: after a wrong symbol the next is wrong with probability `propagation`.
/// @param bit_error_ratio  that of the equaliser's decisions, bursts included, in [0, 0.25]
/// @param propagation      in [0, 1); about 0.75 at most, for a feedback tap of 1
/// @param precoded         1/(1+D) mod 4: what comes out is wrong where just one of two successive decisions is, so a
///                         lone error becomes two and so does a long burst
/// Source: IEEE 802.3 clauses 120.5.7.2 (precoding) and 94; geometric bursts.
ErrorChain feedback_chain(double bit_error_ratio, double propagation, bool precoded);

/// Bursts of bits whose lengths are geometric, as of Gilbert and of Elliott: in a burst a bit is wrong with probability
/// `density`, outside it never.
/// @param bit_error_ratio   overall, below `density`
/// @param mean_burst_bits   >= 1
/// @param density           in (0, 1]; 1 for runs of wrong bits
/// Source: Gilbert, Bell Syst. Tech. J. 39 (1960) 1253; Elliott, ibid. 42 (1963) 1977.
ErrorChain burst_chain(double bit_error_ratio, double mean_burst_bits, double density);

/// As decimal logarithms: with interleaving both go far below what a double holds. Minus infinity for never.
struct BurstLoss {
    double log10_codeword_error_ratio;
    double log10_symbol_error_ratio_after;  // if lost codewords are passed on as they came
};

/// Exact, over the symbols of one codeword, with the chain in its long-run state at the first. Some 20 microseconds.
/// @param interleave  symbol k of the line belongs to codeword k mod `interleave`
BurstLoss burst_loss(const ReedSolomon& code, const ErrorChain& chain, int interleave);

}  // namespace lightloom
