// What a port's counters show of its code: how many symbols were corrected per codeword (bins of IEEE 802.3 clause 45,
// read by operators as the "FEC histogram"), and what can be told from the bins about codewords not lost yet.
// Not here: the counters as telemetry, with their widths and noise; bursts, which lift the tail (fec_burst.hpp).
#pragma once

#include <array>
#include <span>

#include "models/optics/fec.hpp"

namespace lightloom {

/// Shares of codewords by the symbols that were wrong in them; they add up to 1.
struct FecHistogram {
    int correctable;
    std::array<double, kMostCorrectable + 1> corrected;  // [0] to [correctable], the rest 0
    double uncorrectable;
};

/// @param lane_bit_error_ratio  one per lane that the codeword is dealt to, each in [0, 0.5]; one for a uniform link
FecHistogram fec_histogram(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio);

/// Codeword error ratio that the bins of a link foretell before it has lost any: a straight line through the logarithms
/// of the last bins, least squares, continued past the last correctable bin and summed there. The bins of a binomial
/// fall ever faster, so the line overstates, the more the farther it is continued.
/// @param corrected  codewords (or shares) with 0, 1... up to t corrected symbols
/// @param codewords  counted in all (1 for shares)
/// @param least      bins with fewer codewords are left out as noise; the fit takes the last `tail_bins` others
/// @param tail_bins  >= 2
/// @return the estimate, in [0, 1]; 0 where fewer than two bins hold enough, or where they do not fall
/// Source: IEEE 802.3 clause 45 (bins); the method is that of link-quality monitors in open network systems.
double extrapolated_codeword_error_ratio(std::span<const double> corrected, double codewords, double least,
                                         int tail_bins);

/// The most wrong symbols to be expected in any of `codewords` words (CMIS "SEWmax"): the largest count that at least
/// one of them reaches on average; t + 1 stands for uncorrectable.
int most_wrong_symbols(const FecHistogram& histogram, double codewords);

}  // namespace lightloom
