#include "models/optics/fec_histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "models/optics/wrong_symbols.hpp"

namespace lightloom {

FecHistogram fec_histogram(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio) {
    const auto bins_of = [&](const auto& wrong) {
        FecHistogram bins{code.correctable(), {}, wrong.share_above(code.correctable())};
        for (int count = 0; count <= code.correctable(); ++count)
            bins.corrected[static_cast<std::size_t>(count)] = wrong.share_of(count);
        return bins;
    };
    return with_wrong_symbols(code, lane_bit_error_ratio, bins_of);
}

double extrapolated_codeword_error_ratio(std::span<const double> corrected, double codewords, double least,
                                         int tail_bins) {
    assert(tail_bins >= 2 && codewords > 0.0 && least > 0.0);
    std::vector<std::size_t> tail;
    for (std::size_t bin = corrected.size(); bin > 0 && static_cast<int>(tail.size()) < tail_bins; --bin)
        if (corrected[bin - 1] >= least) tail.push_back(bin - 1);
    if (tail.size() < 2) return 0.0;

    const auto bins = static_cast<double>(tail.size());
    double mean_bin = 0.0, mean_log = 0.0;
    for (const std::size_t bin : tail) {
        mean_bin += static_cast<double>(bin) / bins;
        mean_log += std::log(corrected[bin]) / bins;
    }
    double covariance = 0.0, variance = 0.0;
    for (const std::size_t bin : tail) {
        const double from_mean = static_cast<double>(bin) - mean_bin;
        covariance += from_mean * (std::log(corrected[bin]) - mean_log);
        variance += from_mean * from_mean;
    }
    const double slope = covariance / variance;
    if (slope >= 0.0) return 0.0;
    const double first_lost = std::exp(mean_log + slope * (static_cast<double>(corrected.size()) - mean_bin));
    return std::min(1.0, first_lost / -std::expm1(slope) / codewords);
}

int most_wrong_symbols(const FecHistogram& histogram, double codewords) {
    double as_many = histogram.uncorrectable;
    for (int count = histogram.correctable + 1; count > 0; --count) {
        if (codewords * as_many >= 1.0) return count;
        as_many += histogram.corrected[static_cast<std::size_t>(count - 1)];
    }
    return 0;
}

}  // namespace lightloom
