// Pace: whether the threads of a run are worth their barriers just now. Where other programs want the same cores, a
// thread that sleeps at a barrier wakes late, and two threads can be many times slower than one. So a run keeps an eye
// on what an event takes with all threads and with one, and goes on alone for a while where that is faster. Results do
// not depend on it: which thread works through a partition never shows.
#pragma once

#include <algorithm>
#include <cstddef>

namespace lightloom {

class Pace {
public:
    /// A period with fewer events, for all threads together, costs less on one of them than a barrier would.
    static constexpr std::size_t kWorthABarrier = 128;

    /// Should one thread do the next period? At first it does, so that there is something to compare with.
    bool prefers_one() const { return left_s_ > 0.0; }

    /// What a period took, all threads together. @param seconds  from barrier to barrier
    void note_all(std::size_t events, double seconds) {
        if (events < kWorthABarrier || one_s_ == 0.0) return;
        all_s_ += kNew * (seconds / static_cast<double>(events) - all_s_);
        good_s_ += seconds;
        if (all_s_ > kTooSlow * one_s_) {
            left_s_ = holiday_s_;
            holiday_s_ = std::min(2.0 * holiday_s_, kLongestHoliday);
            all_s_ = one_s_;  // a new start, when it is over
            good_s_ = 0.0;
        } else if (good_s_ > kLongestHoliday) {
            holiday_s_ = kShortestHoliday;
        }
    }
    /// The same of one thread.
    void note_one(std::size_t events, double seconds) {
        left_s_ -= seconds;
        if (events < kWorthABarrier) return;
        const double taken = seconds / static_cast<double>(events);
        one_s_ = one_s_ == 0.0 ? taken : one_s_ + kNew * (taken - one_s_);
        if (all_s_ == 0.0) all_s_ = one_s_;
    }

private:
    static constexpr double kNew = 0.1;      // weight of the latest period
    static constexpr double kTooSlow = 1.5;  // a few periods may be unlucky
    static constexpr double kShortestHoliday = 0.01, kLongestHoliday = 1.0;

    double one_s_ = 0.0, all_s_ = 0.0;  // for an event
    double left_s_ = 0.001;             // that one thread is to go on alone
    double holiday_s_ = kShortestHoliday, good_s_ = 0.0;
};

}  // namespace lightloom
