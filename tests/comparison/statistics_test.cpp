// Paired intervals against t computed by hand, Pareto fronts on cases that can be seen.
#include "comparison/statistics.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lightloom {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Differences 1, 2, 3: mean 2, deviation 1, t(2; 0.975) = 4.302653 (any table), so 2 +- 4.302653 / sqrt(3).
TEST(PairedInterval, IsStudentsOfTheDifferences) {
    const std::vector<double> a{11, 22, 33}, b{10, 20, 30};
    const Interval interval = paired_interval(a, b).value();
    EXPECT_DOUBLE_EQ(interval.mean, 2.0);
    EXPECT_NEAR(interval.low, 2.0 - 2.484138, 1e-6);
    EXPECT_NEAR(interval.high, 2.0 + 2.484138, 1e-6);
    EXPECT_EQ(interval.pairs, 3u);
    EXPECT_FALSE(interval.excludes_zero());
}

// Ten differences of -1 and -3 in turn: mean -2, deviation sqrt(10/9), t(9; 0.975) = 2.262157.
TEST(PairedInterval, NarrowsWithMorePairs) {
    const std::vector<double> a(10, 0.0);
    std::vector<double> b;
    for (int i = 0; i < 10; ++i) b.push_back(i % 2 == 0 ? 1.0 : 3.0);
    const Interval interval = paired_interval(a, b).value();
    EXPECT_DOUBLE_EQ(interval.mean, -2.0);
    EXPECT_NEAR(interval.high - interval.mean, 2.262157 * 1.0540926 / 3.1622777, 1e-6);
    EXPECT_TRUE(interval.excludes_zero());
}

TEST(PairedInterval, IsAPointWhereAllDifferencesAreEqual) {
    const std::vector<double> a{5, 6}, b{4, 5};
    const Interval interval = paired_interval(a, b).value();
    EXPECT_EQ(interval.low, 1.0);
    EXPECT_EQ(interval.high, 1.0);
}

TEST(PairedInterval, NeedsTwoPairsAndAllOfThem) {
    EXPECT_FALSE(paired_interval(std::vector{1.0}, std::vector{2.0}));
    EXPECT_FALSE(paired_interval(std::vector{1.0, kNone}, std::vector{2.0, 3.0}));
}

TEST(ParetoFront, LeavesOutWhatAnotherBeatsOnAllAxes) {
    //                                    front    front    beaten by 0  front   beaten by 2nd: equal and worse
    const std::vector<std::vector<double>> points{{1, 9}, {5, 5}, {2, 9}, {9, 1}, {5, 6}, {kNone, 0}};
    EXPECT_EQ(pareto_front(points), (std::vector<bool>{true, true, false, true, false, false}));
}

TEST(ParetoFront, KeepsEquals) { EXPECT_EQ(pareto_front({{1, 1}, {1, 1}}), (std::vector<bool>{true, true})); }

}  // namespace
}  // namespace lightloom
