// Oracles: the rates of 400GBASE-R that the project's optical reference gives (two or three digits), a count through
// the states of the search for three in a row, shares of the distributions in closed form.
#include "models/optics/lock_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr CodewordStreams k400g{.streams = 2, .codeword_ns = 25.6};

TEST(LockLoss, MatchesTheReference) {
    EXPECT_TRUE(near_relative(1.0 / lock_losses_per_second(k400g, 1e-4), 3.6 * 3600.0, 2e-2));
    EXPECT_TRUE(near_relative(1.0 / lock_losses_per_second(k400g, 1e-3), 12.8, 2e-2));
    EXPECT_TRUE(near_relative(1.0 / lock_losses_per_second(k400g, 3e-3), 0.48, 2e-2));
    EXPECT_TRUE(near_relative(1.0 / lock_losses_per_second(k400g, 1e-2), 13e-3, 2e-2));
}

TEST(LockLoss, IsTheRateOfRunsWhereCodewordsAreSeldomLost) {
    for (const double p : {1e-12, 1e-6, 1e-3, 1e-2})
        EXPECT_TRUE(near_relative(lock_losses_per_second(k400g, p), 2.0 * p * p * p * (1.0 - p) / 25.6e-9, 1.1e-6));
}

// Mean codewords until three in a row are lost, from the equations of the states "none", "one", "two in a row"
TEST(LockLoss, IsOneOverTheMeanTimeToThreeInARow) {
    for (const double p : {0.1, 0.5, 0.9, 1.0}) {
        const double none = (1.0 + p + p * p) / (p * p * p);
        const double two = 1.0 + (1.0 - p) * none, one = 1.0 + p * two + (1.0 - p) * none;
        ASSERT_NEAR(none, 1.0 + p * one + (1.0 - p) * none, 1e-9 * none);
        EXPECT_TRUE(near_relative(lock_losses_per_second({1, 1.0}, p), 1e9 / none, 1e-12));
    }
}

TEST(LockLoss, PerYearKeepsWhatNoDoubleHolds) {
    EXPECT_NEAR(log10_lock_losses_per_year(k400g, -3.0),
                std::log10(lock_losses_per_second(k400g, 1e-3) * 365.25 * 86400.0), 1e-12);
    EXPECT_NEAR(log10_lock_losses_per_year(k400g, -200.0), -600.0 + std::log10(2.0 / 25.6e-9 * 365.25 * 86400.0), 1e-9);
    EXPECT_TRUE(std::isinf(log10_lock_losses_per_year(k400g, -INFINITY)));
    EXPECT_EQ(lock_losses_per_second(k400g, 0.0), 0.0);
}

TEST(LockLoss, NeverFallsAsCodewordsAreLost) {
    double before = 0.0;
    for (double p = 1e-9; p <= 1.0; p *= 1.1) {
        EXPECT_GT(lock_losses_per_second(k400g, p), before);
        before = lock_losses_per_second(k400g, p);
    }
}

using Kind = Distribution::Kind;

TEST(ShareAbove, IsTheClosedForm) {
    EXPECT_EQ(share_above({Kind::fixed, 2.0, 0.0}, 1.9), 1.0);
    EXPECT_EQ(share_above({Kind::fixed, 2.0, 0.0}, 2.0), 0.0);
    EXPECT_DOUBLE_EQ(share_above({Kind::uniform, 1.0, 3.0}, 1.5), 0.75);
    EXPECT_EQ(share_above({Kind::uniform, 1.0, 3.0}, 0.0), 1.0);
    EXPECT_EQ(share_above({Kind::uniform, 1.0, 3.0}, 4.0), 0.0);
    EXPECT_NEAR(share_above({Kind::normal, 1.0, 0.5}, 1.5), 0.158655, 1e-6);
    EXPECT_NEAR(share_above({Kind::lognormal, 2.0, 0.5}, 2.0 * std::exp(0.5)), 0.158655, 1e-6);
    EXPECT_EQ(share_above({Kind::lognormal, 2.0, 0.5}, 0.0), 1.0);
}

TEST(ShareAbove, WithoutSpreadIsAStep) {
    for (const Kind kind : {Kind::uniform, Kind::normal, Kind::lognormal}) {
        const Distribution still{kind, 2.0, kind == Kind::uniform ? 2.0 : 0.0};
        EXPECT_EQ(share_above(still, 1.0), 1.0);
        EXPECT_EQ(share_above(still, 2.0), 0.0);
    }
}

// The share of draws: the distribution's own inverse function over a grid
TEST(ShareAbove, AndMeanAreThoseOfTheDraws) {
    constexpr int kDraws = 100000;
    for (const Distribution& relock : {Distribution{Kind::fixed, 0.2, 0.0},
                                       {Kind::uniform, 0.1, 0.5},
                                       {Kind::normal, 0.3, 0.05},
                                       {Kind::lognormal, 0.2, 0.7}}) {
        int above = 0;
        double sum = 0.0;
        for (int n = 0; n < kDraws; ++n) {
            const double draw = relock.at((n + 0.5) / kDraws);
            above += draw > 0.3;
            sum += draw;
        }
        EXPECT_NEAR(share_above(relock, 0.3), above / static_cast<double>(kDraws), 2e-5);
        EXPECT_TRUE(near_relative(mean_of(relock), sum / kDraws, 1e-4));
    }
}

TEST(Flaps, AreTheLossesThatOutlastTheDebounce) {
    EXPECT_DOUBLE_EQ(flaps_per_second(0.08, {Kind::uniform, 0.1, 0.5}, 0.3), 0.04);
    EXPECT_EQ(flaps_per_second(0.08, {Kind::fixed, 0.1, 0.0}, 0.3), 0.0);
}

TEST(DarkShare, IsThatOfAnAlternatingProcess) {
    EXPECT_DOUBLE_EQ(dark_share(2.0, 0.5), 0.5);
    EXPECT_EQ(dark_share(0.0, 1.0), 0.0);
    EXPECT_NEAR(dark_share(lock_losses_per_second(k400g, 1.0), 1.0), 1.0, 1e-6);
    EXPECT_EQ(dark_share(INFINITY, 1.0), 1.0);
}

}  // namespace
}  // namespace lightloom
