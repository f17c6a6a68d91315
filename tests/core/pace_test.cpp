// When a run leaves its periods to one thread: where all together are slower, and for how long.
#include "core/pace.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace lightloom {
namespace {

constexpr std::size_t kEvents = 1000;
constexpr double kAlone = 1e-4;  // s that a period of so many takes on one thread

Pace begun() {
    Pace pace;
    EXPECT_TRUE(pace.prefers_one());
    while (pace.prefers_one()) pace.note_one(kEvents, kAlone);
    return pace;
}
int periods_alone(Pace& pace) {
    int periods = 0;
    for (; pace.prefers_one(); ++periods) pace.note_one(kEvents, kAlone);
    return periods;
}

TEST(Pace, FastThreadsGoOnTogether) {
    Pace pace = begun();
    for (int i = 0; i < 10'000; ++i) {
        pace.note_all(kEvents, 0.6 * kAlone);
        ASSERT_FALSE(pace.prefers_one());
    }
    pace.note_all(kEvents, 3.0 * kAlone);  // one was late: that happens
    EXPECT_FALSE(pace.prefers_one());
}

TEST(Pace, LateThreadsArePutOffTwiceAsLongEachTime) {
    Pace pace = begun();
    int before = 0;
    for (int holiday = 0; holiday < 10; ++holiday) {
        pace.note_all(kEvents, 100.0 * kAlone);
        const int periods = periods_alone(pace);
        EXPECT_TRUE(periods >= 99 && periods <= 10'001) << "10 ms to 1 s";
        if (before > 0) {
            EXPECT_NEAR(periods, std::min(2 * before, 10'000), 2);
        }
        before = periods;
    }
    EXPECT_NEAR(before, 10'000, 2);
    // A second of good going, and the next is a short one again.
    for (int i = 0; i < 20'000; ++i) pace.note_all(kEvents, 0.6 * kAlone);
    pace.note_all(kEvents, 100.0 * kAlone);
    EXPECT_NEAR(periods_alone(pace), 100, 2);
}

TEST(Pace, SmallPeriodsTellNothing) {
    Pace pace = begun();
    for (int i = 0; i < 1000; ++i) pace.note_all(Pace::kWorthABarrier - 1, 1.0);
    EXPECT_FALSE(pace.prefers_one());
}

}  // namespace
}  // namespace lightloom
