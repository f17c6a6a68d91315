// Oracles: the binomial from its factorials, sums that must be 1, the codeword error ratio of fec.hpp, and a geometric
// series, which a straight line foretells exactly.
#include "models/optics/fec_histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};
constexpr ReedSolomon kKr4{.length = 528, .data = 514, .bits_per_symbol = 10};

double binomial(int n, int k, double p) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
}

TEST(FecHistogram, OfAUniformLinkIsTheBinomial) {
    for (const ReedSolomon& code : {kKp4, kKr4})
        for (const double ratio : {1e-8, 1e-5, 2.4e-4, 1e-3, 1e-2}) {
            const FecHistogram bins = fec_histogram(code, {&ratio, 1});
            const double symbol = symbol_error_ratio(code, ratio);
            for (int k = 0; k <= code.correctable(); ++k)
                EXPECT_TRUE(
                    near_relative(bins.corrected[static_cast<std::size_t>(k)], binomial(code.length, k, symbol), 1e-9))
                    << k << " at " << ratio;
            EXPECT_DOUBLE_EQ(bins.uncorrectable, codeword_error_ratio(code, ratio));
        }
}

TEST(FecHistogram, AddsUpToOneOverAnyLanes) {
    for (const auto& lanes : std::vector<std::vector<double>>{{0.0},
                                                              {1e-3},
                                                              {2.5e-3, 1e-8, 1e-8, 1e-8},
                                                              {1e-2, 3e-4, 1e-3, 0.0},
                                                              {0.5, 0.5},
                                                              {1e-3, 1e-4, 1e-5, 1e-6, 2e-3, 2e-4, 2e-5, 2e-6}}) {
        const FecHistogram bins = fec_histogram(kKp4, lanes);
        EXPECT_NEAR(std::accumulate(bins.corrected.begin(), bins.corrected.end(), bins.uncorrectable), 1.0, 1e-12);
        EXPECT_EQ(bins.uncorrectable, striped_codeword_error_ratio(kKp4, lanes));
        EXPECT_EQ(bins.corrected[16], 0.0);
    }
}

// One lane of two bad: two convolved binomials
TEST(FecHistogram, OfStripedLanesIsTheirConvolution) {
    const std::vector<double> lanes{2e-3, 1e-4};
    const double bad = symbol_error_ratio(kKp4, lanes[0]), good = symbol_error_ratio(kKp4, lanes[1]);
    const FecHistogram bins = fec_histogram(kKp4, lanes);
    for (int k = 0; k <= 15; ++k) {
        double share = 0.0;
        for (int j = 0; j <= k; ++j) share += binomial(272, j, bad) * binomial(272, k - j, good);
        EXPECT_TRUE(near_relative(bins.corrected[static_cast<std::size_t>(k)], share, 1e-9)) << k;
    }
}

TEST(Extrapolation, IsExactForAGeometricTail) {
    std::vector<double> bins(16);
    for (std::size_t k = 0; k < bins.size(); ++k) bins[k] = 1e12 * std::pow(0.1, static_cast<double>(k));
    const double expected = 1e12 * 1e-16 / 0.9 / 2e12;
    EXPECT_TRUE(near_relative(extrapolated_codeword_error_ratio(bins, 2e12, 1.0, 4), expected, 1e-9));
    // From the first bins alone, where the later ones hold too little
    for (std::size_t k = 6; k < bins.size(); ++k) bins[k] = 0.0;
    EXPECT_TRUE(near_relative(extrapolated_codeword_error_ratio(bins, 2e12, 1.0, 4), expected, 1e-9));
}

// On the safe side; an hour at 400 Gb/s (2.8e11 codewords) fills bins enough to be within a factor of 1.3 at the error
// ratios where loss begins, and within one of 2.2 where it is at 1e-14.
TEST(Extrapolation, OverstatesABinomialTail) {
    struct {
        double bit_error_ratio, most_decades;
    } const links[] = {{2e-4, 0.35}, {4e-4, 0.12}, {6e-4, 0.12}, {8e-4, 0.12}};
    for (const auto& [ratio, most_decades] : links) {
        const FecHistogram bins = fec_histogram(kKp4, {&ratio, 1});
        const double estimate = extrapolated_codeword_error_ratio({bins.corrected.data(), 16}, 1.0, 10.0 / 2.8e11, 4);
        const double decades = std::log10(estimate / bins.uncorrectable);
        EXPECT_GT(decades, 0.0) << ratio;
        EXPECT_LT(decades, most_decades) << ratio;
    }
}

TEST(Extrapolation, SaysNothingFromTooLittle) {
    const std::vector<double> none(16, 0.0), rising{1.0, 2.0, 4.0}, one{5.0, 0.0, 0.0};
    EXPECT_EQ(extrapolated_codeword_error_ratio(none, 1.0, 1e-12, 4), 0.0);
    EXPECT_EQ(extrapolated_codeword_error_ratio(one, 5.0, 1.0, 4), 0.0);
    EXPECT_EQ(extrapolated_codeword_error_ratio(rising, 7.0, 1.0, 3), 0.0);
}

TEST(MostWrongSymbols, IsWhatOneWordReaches) {
    const double ratio = 2.4e-4;
    const FecHistogram bins = fec_histogram(kKp4, {&ratio, 1});
    EXPECT_EQ(most_wrong_symbols(bins, 1.0), 0);  // 27 % have none
    EXPECT_EQ(most_wrong_symbols(bins, 2.0), 1);  // 73 % have one or more
    EXPECT_EQ(most_wrong_symbols(bins, 5e10), 14);
    EXPECT_EQ(most_wrong_symbols(bins, 2e12), 16);  // lost once in 1.2e12
    const double clean = 0.0;
    EXPECT_EQ(most_wrong_symbols(fec_histogram(kKp4, {&clean, 1}), 1e15), 0);
}

}  // namespace
}  // namespace lightloom
