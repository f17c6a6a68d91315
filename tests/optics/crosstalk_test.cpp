// Oracles: section 7 of the design reference (25 dB: 0.04 dB, 20 dB: 0.13 dB, PAM4), sums by hand.
#include "models/optics/crosstalk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

TEST(Crosstalk, OfOneNeighbourMatchesTheReference) {
    EXPECT_NEAR(incoherent_crosstalk_penalty_db(Decibel{-25.0}.linear(), 4), 0.04, 0.005);
    EXPECT_NEAR(incoherent_crosstalk_penalty_db(Decibel{-20.0}.linear(), 4), 0.13, 0.005);
    EXPECT_NEAR(incoherent_crosstalk_penalty_db(Decibel{-20.0}.linear(), 2), -10.0 * std::log10(0.99), 1e-12);
    EXPECT_EQ(incoherent_crosstalk_penalty_db(0.0, 4), 0.0);
    EXPECT_TRUE(std::isinf(incoherent_crosstalk_penalty_db(0.34, 4)));
}

TEST(Crosstalk, RisesWithTheLeakAndTheLevels) {
    double incoherent = 0.0, coherent = 0.0;
    for (double leak_db = -60.0; leak_db <= -40.0; leak_db += 1.0) {
        const double leak = Decibel{leak_db}.linear();
        EXPECT_GT(incoherent_crosstalk_penalty_db(leak, 4), incoherent);
        EXPECT_GT(coherent_crosstalk_penalty_db(std::sqrt(leak), 4, Decibel{5.0}), coherent);
        incoherent = incoherent_crosstalk_penalty_db(leak, 4);
        coherent = coherent_crosstalk_penalty_db(std::sqrt(leak), 4, Decibel{5.0});
        EXPECT_GT(coherent, 10.0 * incoherent);  // beating is far worse than adding
        EXPECT_GT(incoherent, incoherent_crosstalk_penalty_db(leak, 2));
    }
}

// 1 - 3 x 2 sqrt(1e-4) x ER/(ER-1), ER 6 dB
TEST(Crosstalk, InBandByHand) {
    const double er = Decibel{6.0}.linear();
    EXPECT_NEAR(coherent_crosstalk_penalty_db(0.01, 4, Decibel{6.0}), -10.0 * std::log10(1.0 - 0.06 * er / (er - 1.0)),
                1e-12);
    EXPECT_GT(coherent_crosstalk_penalty_db(0.01, 4, Decibel{3.5}),
              coherent_crosstalk_penalty_db(0.01, 4, Decibel{6.0}));
    EXPECT_TRUE(std::isinf(coherent_crosstalk_penalty_db(0.2, 4, Decibel{6.0})));
}

TEST(Leak, AddsUpOverNeighboursAndOthers) {
    const std::vector<PowerDbm> equal(4, PowerDbm{1.0});
    const ChannelIsolation isolation{Decibel{25.0}, Decibel{35.0}};
    const double adjacent = Decibel{-25.0}.linear(), other = Decibel{-35.0}.linear();
    EXPECT_TRUE(near_relative(leak_of(equal, 0, isolation), adjacent + 2.0 * other, 1e-12));
    EXPECT_TRUE(near_relative(leak_of(equal, 1, isolation), 2.0 * adjacent + other, 1e-12));
    EXPECT_EQ(leak_of(std::vector<PowerDbm>{{1.0}}, 0, isolation), 0.0);
}

TEST(Leak, OfAStrongNeighbourIsLarger) {
    const ChannelIsolation isolation{Decibel{25.0}, Decibel{35.0}};
    const std::vector<PowerDbm> skewed{{0.0}, {4.0}};
    EXPECT_TRUE(near_relative(leak_of(skewed, 0, isolation), Decibel{-21.0}.linear(), 1e-12));
    EXPECT_TRUE(near_relative(leak_of(skewed, 1, isolation), Decibel{-29.0}.linear(), 1e-12));
}

// The 48-channel plan of 400ZR behind 25/30 dB of isolation (passives.csv): within what a receiver accepts
TEST(Leak, OfAFullZrPlanIsWithinItsLimit) {
    const std::vector<PowerDbm> plan(48, PowerDbm{-10.0});
    const double leak = leak_of(plan, 24, {Decibel{25.0}, Decibel{30.0}});
    EXPECT_LT(10.0 * std::log10(leak), kZrInterchannelLimit.value);
    EXPECT_GT(10.0 * std::log10(leak), kZrInterchannelLimit.value - 10.0);
    EXPECT_EQ(kZrInterferometricLimit, Decibel{-35.0});
}

}  // namespace
}  // namespace lightloom
