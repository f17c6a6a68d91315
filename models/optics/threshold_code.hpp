// Codes of which only the threshold is published: the cFEC and oFEC of coherent modules. Around it the ratio of lost
// blocks is taken as a straight line, its logarithm against the quality factor in decibels.
// Not here: codes that can be counted through (fec.hpp, inner_code.hpp).
#pragma once

namespace lightloom {

struct ThresholdCode {
    double threshold_bit_error_ratio;  // before correction, in (0, 0.5)
    double ratio_at_threshold;         // of lost blocks, in (0, 1)
    double decades_per_db;             // fall of that ratio per dB of Q^2, > 0: assumed, nobody publishes it
};

/// 400ZR's concatenated staircase and Hamming code: 1e-15 at 1.25e-2.
/// Source: OIF-400ZR-01.0 (threshold), confidence high; the post-correction ratio holds for bits.
inline constexpr ThresholdCode cfec(double decades_per_db) { return {1.25e-2, 1e-15, decades_per_db}; }

/// OpenZR+ and 800ZR's open code of extended BCH(256,239) words: 1e-15 at 2.0e-2.
/// Source: OpenZR+ MSA (threshold), confidence medium to high; the post-correction ratio holds for bits.
inline constexpr ThresholdCode ofec(double decades_per_db) { return {2.0e-2, 1e-15, decades_per_db}; }

/// Share of blocks lost: ratio_at_threshold x 10^(-decades_per_db x), at most 1, with x = 20 log10(Q / Q_threshold) and
/// Q the point of the normal distribution whose upper tail is the bit error ratio. Never falls as that ratio grows.
/// @param bit_error_ratio  before correction, in [0, 1]; 0 gives 0, and 0.5 (no signal) and more give 1
double block_error_ratio(const ThresholdCode& code, double bit_error_ratio);

/// Its decimal logarithm, for ratios below what a double holds.
double log10_block_error_ratio(const ThresholdCode& code, double bit_error_ratio);

}  // namespace lightloom
