// Factors of computations. Oracle: moments of the distribution that was asked for.
#include "models/workload/jitter.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lightloom {
namespace {

TEST(Jitter, HasTheMeanAndTheDeviationAskedFor) {
    for (const double deviation : {0.01, 0.1, 0.5}) {
        const Jitter jitter(deviation, 7);
        constexpr int kDraws = 100'000;
        double sum = 0.0, squares = 0.0;
        for (std::uint32_t task = 0; task < kDraws; ++task) {
            const double factor = static_cast<double>(jitter.stretched(1'000'000'000, 3, 1, task)) / 1e9;
            sum += factor;
            squares += factor * factor;
        }
        const double mean = sum / kDraws;
        EXPECT_NEAR(mean, 1.0, 5.0 * deviation / std::sqrt(kDraws));
        EXPECT_NEAR(std::sqrt(squares / kDraws - mean * mean), deviation, 0.03 * deviation);
    }
}

TEST(Jitter, IsAFunctionOfWhoAndWhen) {
    const Jitter jitter(0.1, 7), same(0.1, 7), other(0.1, 8);
    EXPECT_EQ(jitter.stretched(1'000'000, 3, 1, 2), same.stretched(1'000'000, 3, 1, 2));
    EXPECT_NE(jitter.stretched(1'000'000, 3, 1, 2), other.stretched(1'000'000, 3, 1, 2));
    EXPECT_NE(jitter.stretched(1'000'000, 3, 1, 2), jitter.stretched(1'000'000, 4, 1, 2));
    EXPECT_NE(jitter.stretched(1'000'000, 3, 1, 2), jitter.stretched(1'000'000, 3, 2, 2));
}

TEST(Jitter, AFactorOfOneChangesNothing) {
    EXPECT_EQ(scaled(INT64_MAX / 2, kFactorOne), INT64_MAX / 2);
    EXPECT_EQ(scaled(1'000'000, factor_of(1.5)), 1'500'000);
}

}  // namespace
}  // namespace lightloom
