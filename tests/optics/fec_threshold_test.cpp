// Oracle: the published thresholds of cFEC (1.25e-2) and oFEC (2.0e-2), both for 1e-15; the slope is the test's own.
#include "models/optics/threshold_code.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/optics/ber.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

TEST(ThresholdCode, PassesThroughItsTarget) {
    for (const double slope : {5.0, 20.0, 100.0}) {
        EXPECT_TRUE(near_relative(block_error_ratio(cfec(slope), 1.25e-2), 1e-15, 1e-9));
        EXPECT_TRUE(near_relative(block_error_ratio(ofec(slope), 2.0e-2), 1e-15, 1e-9));
    }
}

// Half a decibel of Q^2 at 20 decades per dB is ten decades.
TEST(ThresholdCode, FallsByItsSlopeInDecibelsOfQSquared) {
    const double threshold_q = 2.241402728;  // upper tail 1.25e-2, from tables of the normal distribution
    ASSERT_TRUE(near_relative(normal_tail(threshold_q), 1.25e-2, 1e-8));
    for (const double db : {-0.5, -0.1, 0.1, 0.5, 1.0}) {
        const double ratio = normal_tail(threshold_q * std::pow(10.0, db / 20.0));
        EXPECT_NEAR(log10_block_error_ratio(cfec(20.0), ratio), -15.0 - 20.0 * db, 1e-5) << db;
    }
}

TEST(ThresholdCode, StaysARatioAndNeverFalls) {
    double before = 0.0;
    for (double ratio = 1e-8; ratio <= 1.0; ratio *= 1.02) {
        const double now = block_error_ratio(ofec(20.0), ratio);
        EXPECT_GE(now, before) << ratio;
        EXPECT_LE(now, 1.0) << ratio;
        before = now;
    }
    EXPECT_EQ(block_error_ratio(ofec(20.0), 0.0), 0.0);
    EXPECT_EQ(block_error_ratio(ofec(20.0), 0.4), 1.0);
    EXPECT_EQ(block_error_ratio(ofec(20.0), 0.5), 1.0);
    EXPECT_EQ(block_error_ratio(ofec(20.0), 1.0), 1.0);
}

}  // namespace
}  // namespace lightloom
