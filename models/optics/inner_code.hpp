// The inner code of 200 Gb/s lanes: an extended Hamming code of 120 information and 8 check bits under RS(544,514), and
// what it leaves to the outer code. Hard decisions are counted through exactly; soft decisions follow a table that was
// simulated once.
// Assumed: white noise, Gray PAM4 with two neighbouring bits of a word in one PAM4 symbol, no bursts, no precoding.
// The twelve 10-bit symbols of an inner word go to twelve outer words (ideal interleaver), so that
// codeword_error_ratio_of_symbols in fec.hpp goes on from here.
// Not here: the decoder itself (tests/optics/fec_inner_simulation_test.cpp runs one); interleavers that are not ideal.
#pragma once

namespace lightloom {

/// What is still wrong after the inner decoder.
struct InnerRemainder {
    double bit_error_ratio;     // of information bits
    double symbol_error_ratio;  // of the outer code's 10-bit symbols
};

/// Hard decision: one wrong bit is corrected, an even number is left, an odd number gets one more flip. Exact for the
/// bits; for symbols, that of evenly spread wrong bits.
/// @param bit_error_ratio  before it, in [0, 0.5]
/// Source: weights of the extended Hamming code, from those of its dual (MacWilliams).
InnerRemainder inner_hard_decision(double bit_error_ratio);

/// Soft decision: Chase's second algorithm over the six least reliable bits, reliabilities of the nearest levels.
/// Simulated to better than 1 % between 1.0e-3 and 0.12. Below, the union bound over the words of weight 4, to which it
/// has come by then; above, in proportion to the bit error ratio.
/// @param bit_error_ratio  before it, in [0, 0.5)
/// Source: Chase, IEEE Trans. Inf. Theory 18 (1972) 170; IEEE P802.3dj (the code).
InnerRemainder inner_soft_decision(double bit_error_ratio);

}  // namespace lightloom
