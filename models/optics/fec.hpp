// Forward error correction seen from outside: what a Reed-Solomon code makes of an error ratio, and what a lost
// codeword costs in frames. Errors are independent of each other; there is no encoder and no decoder.
// Not here: bursts, inner codes and the loss of lock that follows three lost codewords.
#pragma once

#include <span>

namespace lightloom {

/// A Reed-Solomon code over symbols of `bits_per_symbol` bits that corrects up to `correctable()` of `length` symbols.
struct ReedSolomon {
    int length;           // n, symbols per codeword
    int data;             // k, of which carry data
    int bits_per_symbol;  // m
    constexpr int correctable() const { return (length - data) / 2; }
    constexpr int bits() const { return length * bits_per_symbol; }
    /// MAC bits in one codeword: its data symbols hold 257-bit blocks of 256 bits each (IEEE 802.3 clauses 91, 119).
    constexpr int payload_bits() const { return data * bits_per_symbol / 257 * 256; }
};

/// The strongest code that striped_codeword_error_ratio takes: its tables have a fixed size.
inline constexpr int kMostCorrectable = 32;

/// Probability that at least one bit of a symbol is wrong.
double symbol_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// Probability that a codeword holds more wrong symbols than the code corrects, all symbols alike.
/// The sum is kept in logarithms: at the 1e-6 of a good link the answer is near 1e-50, at its cliff near 1.
/// @param bit_error_ratio  before correction, in [0, 0.5]
/// @return codeword error ratio, in [0, 1]; exactly 0 for 0
/// Source: IEEE 802.3 clauses 91 and 119 (the codes); binomial tail.
double codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// The same where a codeword's symbols are dealt evenly to lanes of differing quality, as 200G, 400G and 800GBASE-R do:
/// the wrong symbols are then a sum of binomials, one per lane. One bad lane of four is diluted by the three good ones.
/// Accurate to 1e-9 of itself down to 1e-290; 0 below what a double holds.
/// @param lane_bit_error_ratio  one per lane, each in [0, 0.5]; their number divides the code's length
/// Source: IEEE 802.3 clause 119.2.4 (distribution of symbols to lanes).
double striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio);

/// Share of frames lost when one uncorrectable codeword spoils all `interleave` codewords of its group:
/// [1 - (1 - CER)^I] (1 + M) / M with M the frames per group, at most 1.
/// @param frame_bytes  the MAC frame with its check sequence; 20 bytes of preamble and gap are counted on top
/// Source: IEEE 802.3 clauses 124 and 140 (frame loss ratio 1.7e-12 and 9.2e-13 at 64 bytes).
double frame_loss_ratio(const ReedSolomon& code, int interleave, double codeword_error_ratio, int frame_bytes);

}  // namespace lightloom
