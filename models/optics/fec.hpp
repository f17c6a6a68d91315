// Forward error correction seen from outside: what a Reed-Solomon code makes of an error ratio, and what a lost
// codeword costs in frames and time. Errors are independent of each other; there is no encoder and no decoder.
// Not here: bursts (fec_burst.hpp), inner codes (inner_code.hpp), codes known by their threshold only
// (threshold_code.hpp), counts per codeword (fec_histogram.hpp), the loss of lock after three lost codewords
// (lock_loss.hpp).
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

/// The strongest code that the functions here take: their tables have a fixed size.
inline constexpr int kMostCorrectable = 32;

/// Probability that at least one bit of a symbol is wrong.
double symbol_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// Probability that a codeword holds more wrong symbols than the code corrects, all symbols alike.
/// @param bit_error_ratio  before correction, in [0, 0.5]
/// @return codeword error ratio, in [0, 1]; exactly 0 for 0 and where the answer is below what a double holds
/// Source: IEEE 802.3 clauses 91 and 119 (the codes); binomial tail.
double codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// Its decimal logarithm, for ratios that no double holds: RS(544,514) is at -1e2 for 1e-9. Minus infinity for 0.
double log10_codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// The same two for a given share of wrong symbols, in [0, 1): what an inner code leaves to the outer one.
double codeword_error_ratio_of_symbols(const ReedSolomon& code, double symbol_error_ratio);
double log10_codeword_error_ratio_of_symbols(const ReedSolomon& code, double symbol_error_ratio);

/// The first two where a codeword's symbols are dealt evenly to lanes of differing quality, as in 200G, 400G and
/// 800GBASE-R: the wrong symbols are then a sum of binomials, one per lane. One bad lane of four is diluted by the
/// three good ones.
/// Accurate to 1e-9 of itself down to 1e-290; 0 below what a double holds. A third of a microsecond for four lanes.
/// @param lane_bit_error_ratio  one per lane, each in [0, 0.5]; their number divides the code's length
/// Source: IEEE 802.3 clause 119.2.4 (distribution of symbols to lanes).
double striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio);
double log10_striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio);

/// Share of wrong bits after correction if codewords beyond correction are passed on as they came:
/// E[wrong symbols; more than t] / n, times the wrong bits per wrong symbol.
/// @param bit_error_ratio  before correction, in [0, 0.5]
double post_fec_bit_error_ratio(const ReedSolomon& code, double bit_error_ratio);

/// Share of frames lost when one uncorrectable codeword spoils all `interleave` codewords of its group:
/// [1 - (1 - CER)^I] (1 + M) / M with M the frames per group, at most 1.
/// @param frame_bytes  the MAC frame with its check sequence; 20 bytes of preamble and gap are counted on top
/// Source: IEEE 802.3 clauses 124 and 140 (frame loss ratio 1.7e-12 and 9.2e-13 at 64 bytes).
double frame_loss_ratio(const ReedSolomon& code, int interleave, double codeword_error_ratio, int frame_bytes);

/// The bit error ratio at which codewords are lost at the ratio `target`. @param target in (1e-300, 1)
double bit_error_ratio_for_codewords(const ReedSolomon& code, double target);

/// The bit error ratio at which frames are lost at the ratio `target`. @param target in (1e-300, 1)
double bit_error_ratio_for_frames(const ReedSolomon& code, int interleave, double target, int frame_bytes);

/// Wait until a group of interleaved codewords has arrived, before it can be corrected: 51.2 ns at 106.25 Gb/s.
/// @param line_rate_gbps  of all lanes together, with the code's own bits
constexpr double accumulation_ns(const ReedSolomon& code, int interleave, double line_rate_gbps) {
    return code.bits() * interleave / line_rate_gbps;
}

}  // namespace lightloom
