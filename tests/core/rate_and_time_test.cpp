// Rates as exact fractions, and the time that they are counted in.
#include <gtest/gtest.h>

#include "core/rate.hpp"
#include "core/time.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kGiga = 1'000'000'000;

Rate rate(std::int64_t bits_per_second) { return Rate::from({bits_per_second}).value(); }

void expect_fraction(std::int64_t bits_per_second, std::uint32_t picoseconds, std::uint32_t bits) {
    const Rate r = rate(bits_per_second);
    EXPECT_EQ(r.picoseconds(), picoseconds) << bits_per_second;
    EXPECT_EQ(r.bits(), bits) << bits_per_second;
    EXPECT_EQ(r.bit_rate().bits_per_second, bits_per_second);
}

TEST(Rate, IsTheExactFraction) {
    expect_fraction(400 * kGiga, 5, 2);
    expect_fraction(800 * kGiga, 5, 4);
    expect_fraction(100 * kGiga, 10, 1);
    expect_fraction(106'250'000'000, 160, 17);
    expect_fraction(3200 * kGiga, 5, 16);
    expect_fraction(1000 * kGiga, 1, 1);
    expect_fraction(250, 4'000'000'000, 1);
}

TEST(Rate, RefusesWhatIsNoRateOrDoesNotFit) {
    EXPECT_FALSE(Rate::from({0}));
    EXPECT_FALSE(Rate::from({-400 * kGiga}));
    EXPECT_FALSE(Rate::from({1}));  // 10^12 ps per bit
    EXPECT_FALSE(Rate::from({400'000'000'001}));
    EXPECT_FALSE(Rate::from({400'000'000'000'000'001}));
    EXPECT_FALSE(Rate::from({INT64_MAX}));
}

TEST(Rate, FitsEveryKilobitUpToFourTerabits) {
    for (std::int64_t kilobits = 1; kilobits <= 4000 * kGiga / 1000; kilobits += kilobits / 1000 + 1)
        ASSERT_EQ(rate(kilobits * 1000).bit_rate().bits_per_second, kilobits * 1000);
    EXPECT_TRUE(Rate::from({4'000'000'000'000 - 1000}));
}

TEST(Rate, RoundsDurationsUp) {
    EXPECT_EQ(rate(400 * kGiga).duration_of(0).ps, 0);
    EXPECT_EQ(rate(400 * kGiga).duration_of(1).ps, 3);  // 2.5
    EXPECT_EQ(rate(400 * kGiga).duration_of(2).ps, 5);
    EXPECT_EQ(rate(400 * kGiga).duration_of(4160 * 8).ps, 83'200);
    EXPECT_EQ(rate(106'250'000'000).duration_of(17).ps, 160);
    EXPECT_EQ(rate(106'250'000'000).duration_of(18).ps, 170);  // 169.4
    EXPECT_EQ(rate(250).duration_of(std::int64_t{1} << 31).ps, 4'000'000'000 * (std::int64_t{1} << 31));
}

TEST(Time, CountsPicoseconds) {
    EXPECT_EQ(nanoseconds(3).ps, 3000);
    EXPECT_EQ(microseconds(3).ps, 3'000'000);
    EXPECT_EQ(milliseconds(3).ps, 3'000'000'000);
    const Time t{1000};
    EXPECT_EQ((t + nanoseconds(2)).ps, 3000);
    EXPECT_EQ((t - Duration{1}).ps, 999);
    EXPECT_EQ((t - Time{1500}).ps, -500);
    EXPECT_LT(t, kNever);
    EXPECT_EQ((nanoseconds(2) * 3 - nanoseconds(1)).ps, 5000);
    Duration sum = nanoseconds(1);
    sum += nanoseconds(1);
    EXPECT_EQ(sum, nanoseconds(2));
    EXPECT_DOUBLE_EQ(milliseconds(1500).seconds(), 1.5);
    EXPECT_DOUBLE_EQ(Time{kPicosecondsPerSecond / 4}.seconds(), 0.25);
}

}  // namespace
}  // namespace lightloom
