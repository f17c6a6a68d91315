// Loss of lock: a receiver that meets three uncorrectable codewords in a row takes its alignment for lost and searches
// anew. The direction is dark meanwhile, and where that lasts longer than the host waits, the port goes down: a flap.
// This is why a link is never seen at ten percent of lost frames: it drops first.
// Not here: what a flap does to the fabric; the codeword error ratio (fec.hpp).
#pragma once

#include "core/distribution.hpp"

namespace lightloom {

/// The streams of codewords of one direction; each loses lock for all.
struct CodewordStreams {
    int streams;         // 2 for 400GBASE-R
    double codeword_ns;  // between the codewords of one stream: 25.6 there
};

/// Losses of lock per second of a link in lock: one over the mean time to three bad codewords in a row,
/// streams x CER^3 / (1 + CER + CER^2) / codeword time. Where codewords are seldom lost this is the rate of such runs,
/// streams x CER^3 (1 - CER) / codeword time; at CER = 1 it is every third codeword instead of never.
/// @param codeword_error_ratio  in [0, 1]
/// Source: IEEE 802.3 clause 119.2.6 (three consecutive uncorrected codewords restart the alignment lock).
double lock_losses_per_second(const CodewordStreams& line, double codeword_error_ratio);

/// The same per year of 365.25 days as a decimal logarithm, for ratios that no double holds; minus infinity for never.
/// @param log10_codeword_error_ratio  <= 0
double log10_lock_losses_per_year(const CodewordStreams& line, double log10_codeword_error_ratio);

/// Probability that a draw exceeds `value`.
double share_above(const Distribution& distribution, double value);
double mean_of(const Distribution& distribution);

/// Losses of lock that outlast the host's debounce, per second in lock.
/// @param relock_s    time that a search for alignment takes, seconds; what would be negative counts as 0
/// @param debounce_s  time that the host lets a link be dark before it takes it down
double flaps_per_second(double lock_losses_per_second, const Distribution& relock_s, double debounce_s);

/// Share of all time that the direction is dark: r m / (1 + r m), with r the losses per second in lock and m the mean
/// time to relock. Its complement is the availability, and turns a rate per second in lock into one per second.
double dark_share(double lock_losses_per_second, double mean_relock_s);

}  // namespace lightloom
