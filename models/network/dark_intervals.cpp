#include "models/network/dark_intervals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace lightloom {
namespace {

constexpr double kLongest = 9e18;  // picoseconds: what is later never happens

Time after(Time from, double ps) {
    return static_cast<double>(from.ps) + ps < kLongest ? from + Duration{static_cast<std::int64_t>(ps)} : kNever;
}

}  // namespace

void DarkIntervals::advance(const Cause& cause) {
    find_lock_loss(cause);
    find_end(cause);
    ++number_;
}

// A receiver without lock cannot lose it: the wait begins where the last interval ended. What is drawn is how many lock
// losses are due on average until the next; rate by rate it is used up. Where a rate changes, that scales the rest of
// the wait by old / new.
void DarkIntervals::find_lock_loss(const Cause& cause) {
    double due = exponential(draw(cause.seed, cause.direction, Purpose::lock_loss, number_));
    for (Time at = to_;;) {
        while (next_change_ < cause.changes.size() && cause.changes[next_change_].at <= at)
            rate_per_second_ = cause.changes[next_change_++].lock_loss_per_second;
        const bool last = next_change_ == cause.changes.size();
        const double per_ps = std::max(rate_per_second_, 0.0) / static_cast<double>(kPicosecondsPerSecond);
        const double wait_ps = per_ps > 0.0 ? std::ceil(due / per_ps) : std::numeric_limits<double>::infinity();
        const double span_ps = last ? kLongest : static_cast<double>((cause.changes[next_change_].at - at).ps);
        if (last || wait_ps < span_ps) {
            from_ = after(at, wait_ps);
            return;
        }
        due = std::max(0.0, due - span_ps * per_ps);
        at = cause.changes[next_change_].at;
    }
}

void DarkIntervals::find_end(const Cause& cause) {
    const double u = uniform(draw(cause.seed, cause.direction, Purpose::relock, number_));
    const double relock_ps = std::clamp(std::ceil(cause.channel.relock.at(u)), 1.0, kLongest);
    is_flap_ = relock_ps > static_cast<double>(cause.channel.debounce.ps);
    to_ = after(from_, relock_ps + (is_flap_ ? static_cast<double>(cause.channel.link_up.ps) : 0.0));
}

DarkIntervals::Sum DarkIntervals::until(const Cause& cause, Time end) {
    Sum sum;
    for (DarkIntervals next(cause); next.from_ < end; next.advance(cause)) {
        ++sum.lock_losses;
        sum.flaps += next.is_flap_ && end - next.from_ > cause.channel.debounce;
        sum.dark += std::min(next.to_, end) - next.from_;
    }
    return sum;
}

}  // namespace lightloom
