// Random numbers as functions. Oracles: the known answers that Random123 publishes for philox4x32-10 (kat_vectors), and
// the error function of the C library for the normal quantiles.
#include "core/random.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/distribution.hpp"

namespace lightloom {
namespace {

using Philox = r123::Philox4x32;

TEST(Philox, GivesItsKnownAnswers) {
    const auto answer = [](Philox::ctr_type counter, Philox::key_type key) { return Philox{}(counter, key); };
    EXPECT_EQ(answer({{0, 0, 0, 0}}, {{0, 0}}), (Philox::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
    constexpr std::uint32_t ones = UINT32_MAX;
    EXPECT_EQ(answer({{ones, ones, ones, ones}}, {{ones, ones}}),
              (Philox::ctr_type{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
    EXPECT_EQ(answer({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}),
              (Philox::ctr_type{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

TEST(Draw, IsPhiloxOverItsArguments) {
    EXPECT_EQ(draw(0, 0, Purpose{0}, 0), 0xe169c58d'6627e8d5u);
    EXPECT_EQ(draw(UINT64_MAX, UINT64_MAX, Purpose{0xffff}, 0xffff'ffff'ffffu), 0x41c83b0e'408f276du);
    EXPECT_EQ(draw(0x299f31d0'a4093822u, 0x03707344'13198a2eu, Purpose{0x85a3}, 0x08d3'243f6a88u),
              0x94fdcceb'd16cfe09u);
}

TEST(Draw, IsAnotherNumberForEverySeedEntityPurposeAndCount) {
    std::set<std::uint64_t> seen;
    std::size_t draws = 0;
    for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32, ~0ull})
        for (const std::uint64_t entity : {0ull, 1ull, 2ull, 1ull << 31, 1ull << 32})
            for (std::uint32_t purpose = 1; purpose <= static_cast<std::uint32_t>(Purpose::hash); ++purpose)
                for (const std::uint64_t n : {0ull, 1ull, 2ull, 65'535ull, 65'536ull, 1ull << 32, 1ull << 47}) {
                    seen.insert(draw(seed, entity, Purpose{purpose}, n));
                    ++draws;
                }
    EXPECT_EQ(seen.size(), draws);
}

TEST(Uniform, LiesInsideTheOpenInterval) {
    EXPECT_GT(uniform(0), 0.0);
    EXPECT_LT(uniform(UINT64_MAX), 1.0);
    EXPECT_EQ(uniform(std::uint64_t{1} << 63), 0.5 + 0x1p-53);
    double sum = 0, squares = 0;
    constexpr int kDraws = 100'000;
    for (int n = 0; n < kDraws; ++n) {
        const double u = uniform(draw(7, 3, Purpose::arrival, static_cast<std::uint64_t>(n)));
        ASSERT_TRUE(u > 0.0 && u < 1.0);
        sum += u;
        squares += u * u;
    }
    EXPECT_NEAR(sum / kDraws, 1.0 / 2, 5 * std::sqrt(1.0 / 12 / kDraws));  // five standard errors
    EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / kDraws));
}

TEST(Exponential, HasMeanOneAndItsTail) {
    double sum = 0;
    int above_three = 0;
    constexpr int kDraws = 200'000;
    for (int n = 0; n < kDraws; ++n) {
        const double x = exponential(draw(11, 5, Purpose::arrival, static_cast<std::uint64_t>(n)));
        ASSERT_GT(x, 0.0);
        sum += x;
        above_three += x > 3.0;
    }
    EXPECT_NEAR(sum / kDraws, 1.0, 5 / std::sqrt(kDraws));
    const double p = std::exp(-3.0);
    EXPECT_NEAR(above_three, p * kDraws, 5 * std::sqrt(p * kDraws));
    EXPECT_TRUE(std::isfinite(exponential(0)));
    EXPECT_GT(exponential(UINT64_MAX), 0.0);
}

TEST(InverseNormal, HitsKnownQuantiles) {
    EXPECT_EQ(inverse_normal(0.5), 0.0);
    EXPECT_NEAR(inverse_normal(0.975), 1.959963984540054, 3e-9);
    EXPECT_NEAR(inverse_normal(0.001), -3.090232306167813, 4e-9);
    EXPECT_NEAR(inverse_normal(1e-10), -6.361340902404056, 8e-9);
}

// A Newton step on the C library's erfc, accurate to its last digits below the median, gives the quantile itself.
TEST(InverseNormal, IsWithinItsStatedErrorEverywhere) {
    const auto exact = [](double u, double near) {
        const double cdf = 0.5 * std::erfc(-near / std::sqrt(2.0));
        const double density = std::exp(-near * near / 2) / std::sqrt(2 * std::acos(-1.0));
        return near - (cdf - u) / density;
    };
    double worst = 0;
    for (double u = 1e-200; u < 0.499; u = u < 1e-3 ? u * 1.7 : u + 1e-4) {
        const double x = inverse_normal(u), x0 = exact(u, x);
        worst = std::max(worst, std::abs(x / x0 - 1));
    }
    EXPECT_LT(worst, 1.2e-9);
    EXPECT_GT(worst, 1e-10);  // the comparison can see the approximation's own error
}

TEST(InverseNormal, IsOddAroundTheMedianAndGrows) {
    double last = -1e9;
    for (int i = 1; i < 4096; ++i) {
        const double u = i / 4096.0, x = inverse_normal(u);
        EXPECT_DOUBLE_EQ(x, -inverse_normal(1 - u));
        EXPECT_GT(x, last);
        last = x;
    }
}

TEST(Distribution, MapsAUniformNumberToItsQuantile) {
    using Kind = Distribution::Kind;
    EXPECT_EQ((Distribution{Kind::fixed, 3.5, 9}.at(0.123)), 3.5);
    EXPECT_DOUBLE_EQ((Distribution{Kind::uniform, 2, 6}.at(0.25)), 3.0);
    EXPECT_DOUBLE_EQ((Distribution{Kind::normal, 10, 2}.at(0.5)), 10.0);
    EXPECT_NEAR((Distribution{Kind::normal, 10, 2}.at(0.975)), 13.91992797, 1e-8);
    EXPECT_DOUBLE_EQ((Distribution{Kind::lognormal, 100, 0.5}.at(0.5)), 100.0);
    EXPECT_NEAR((Distribution{Kind::lognormal, 100, 0.5}.at(0.975)), 100 * std::exp(0.5 * 1.959963984540054), 1e-6);
}

}  // namespace
}  // namespace lightloom
