#include "models/optics/fec.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace lightloom {
namespace {

double log_choose(int n, int k) { return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0); }

// log(exp(a) + exp(b)) without leaving the range of a double
double log_add(double a, double b) {
    const double low = std::min(a, b), high = std::max(a, b);
    return std::isinf(low) ? high : high + std::log1p(std::exp(low - high));
}

// Probabilities of 0, 1, 2... wrong symbols, as many as are asked for; bounded, so that it stays on the stack.
constexpr int kMostCounts = 2 * kMostCorrectable + 32;
using Counts = Eigen::Array<double, Eigen::Dynamic, 1, Eigen::ColMajor, kMostCounts, 1>;

struct Lane {
    double odds;      // of a symbol being wrong, p / (1 - p)
    double all_good;  // probability that none of the lane's symbols is wrong
};

Lane lane_of(const ReedSolomon& code, double bit_error_ratio, int symbols) {
    const double log_good = code.bits_per_symbol * std::log1p(-bit_error_ratio);
    return {std::expm1(-log_good), std::exp(symbols * log_good)};
}

// Binomial probabilities: each from the one before
Counts counts_of(const Lane& lane, int symbols, int size) {
    Counts counts(size);
    counts(0) = lane.all_good;
    for (int wrong = 1; wrong < size; ++wrong)
        counts(wrong) = counts(wrong - 1) * (lane.odds * std::max(0, symbols - wrong + 1) / wrong);
    return counts;
}

// Distribution of the sum of two counts; only products of probabilities are added, so nothing cancels
Counts sum_of(const Counts& a, const Counts& b) {
    const Eigen::Index size = a.size();
    Counts sum = Counts::Zero(size);
    for (Eigen::Index wrong = 0; wrong < size; ++wrong) sum.tail(size - wrong) += b(wrong) * a.head(size - wrong);
    return sum;
}

// How far past the last correctable count the tail must be summed for 1e-10 of itself. With W the sum of all symbols'
// odds, each probability is at most W / count of the one before (Maclaurin's inequality on the odds).
int tail_terms(double odds_sum, int correctable) {
    return 1 + static_cast<int>(std::ceil(std::log(1e-10) / std::log(odds_sum / (correctable + 2))));
}

}  // namespace

double symbol_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    return -std::expm1(code.bits_per_symbol * std::log1p(-bit_error_ratio));
}

double codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    if (bit_error_ratio <= 0.0) return 0.0;
    const double log_good = code.bits_per_symbol * std::log1p(-bit_error_ratio);
    const double log_bad = std::log(symbol_error_ratio(code, bit_error_ratio));

    double log_sum = -std::numeric_limits<double>::infinity();
    for (int wrong = code.correctable() + 1; wrong <= code.length; ++wrong) {
        const double log_ways = log_choose(code.length, wrong);
        log_sum = log_add(log_sum, log_ways + wrong * log_bad + (code.length - wrong) * log_good);
    }
    return std::min(1.0, std::exp(log_sum));
}

double striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio) {
    const int lanes = static_cast<int>(lane_bit_error_ratio.size());
    assert(lanes > 0 && code.length % lanes == 0 && code.correctable() <= kMostCorrectable);
    const int symbols = code.length / lanes, correctable = code.correctable();

    double odds_sum = 0.0;
    for (const double ratio : lane_bit_error_ratio) odds_sum += symbols * lane_of(code, ratio, symbols).odds;
    if (odds_sum == 0.0) return 0.0;

    // A small tail is summed itself; a large one (above 1e-6 for up to 16 lanes) is what the head leaves of 1, which
    // costs no digits that matter.
    const bool sum_the_tail = odds_sum < 0.4 * correctable;
    const int size = 1 + correctable + (sum_the_tail ? tail_terms(odds_sum, correctable) : 0);
    Counts wrong = counts_of(lane_of(code, lane_bit_error_ratio[0], symbols), symbols, size);
    for (const double ratio : lane_bit_error_ratio.subspan(1))
        wrong = sum_of(wrong, counts_of(lane_of(code, ratio, symbols), symbols, size));
    // One after the other: Eigen's own sum goes in steps of the processor's registers, and so would the last digit.
    const auto sum = [&](int from) { return std::accumulate(wrong.data() + from, wrong.data() + size, 0.0); };
    return sum_the_tail ? sum(correctable + 1) : std::max(0.0, 1.0 - sum(0));
}

double frame_loss_ratio(const ReedSolomon& code, int interleave, double codeword_error_ratio, int frame_bytes) {
    constexpr int kPreambleAndGapBytes = 20;
    const double frame_bits = 8.0 * (frame_bytes + kPreambleAndGapBytes);
    const double frames_per_group = interleave * code.payload_bits() / frame_bits;
    const double group_lost = -std::expm1(interleave * std::log1p(-codeword_error_ratio));
    return std::min(1.0, group_lost * (1.0 + frames_per_group) / frames_per_group);
}

}  // namespace lightloom
