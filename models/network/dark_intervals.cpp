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
    const bool any = next_outage_ < cause.outages.size();
    const Time outage = any ? cause.outages[next_outage_].from : kNever;
    from_ = lock_loss_before(cause, outage);
    is_lock_loss_ = from_ < outage || !any;
    if (is_lock_loss_) {
        relock(cause);
        draw_lock_loss(cause);
    } else {
        to_ = cause.outages[next_outage_].to;
        is_flap_ = false;
    }
    for (; next_outage_ < cause.outages.size() && cause.outages[next_outage_].from <= to_; ++next_outage_)
        to_ = std::max(to_, cause.outages[next_outage_].to);
}

void DarkIntervals::draw_lock_loss(const Cause& cause) {
    due_ = exponential(draw(cause.seed, cause.direction, Purpose::lock_loss, number_));
}

// A receiver without lock cannot lose it: the wait goes on where the last interval ended. What was drawn is how many
// lock losses are due on average until the next; rate by rate it is used up. Where a rate changes, that scales the rest
// of the wait by old / new. @return when lock is lost, or `outage` if that comes first
Time DarkIntervals::lock_loss_before(const Cause& cause, Time outage) {
    for (Time at = to_;;) {
        while (next_change_ < cause.changes.size() && cause.changes[next_change_].at <= at)
            rate_per_second_ = cause.changes[next_change_++].lock_loss_per_second;
        const Time change = next_change_ < cause.changes.size() ? cause.changes[next_change_].at : kNever;
        const Time known = std::min(change, outage);
        const double per_ps = std::max(rate_per_second_, 0.0) / static_cast<double>(kPicosecondsPerSecond);
        const double wait_ps = per_ps > 0.0 ? std::ceil(due_ / per_ps) : std::numeric_limits<double>::infinity();
        const double span_ps = known == kNever ? kLongest : static_cast<double>((known - at).ps);
        if (known == kNever || wait_ps < span_ps) return after(at, wait_ps);
        due_ = std::max(0.0, due_ - span_ps * per_ps);
        if (known == outage) return outage;
        at = change;
    }
}

void DarkIntervals::relock(const Cause& cause) {
    const double u = uniform(draw(cause.seed, cause.direction, Purpose::relock, number_++));
    const double relock_ps = std::clamp(std::ceil(cause.channel.relock.at(u)), 1.0, kLongest);
    is_flap_ = relock_ps > static_cast<double>(cause.channel.debounce.ps);
    to_ = after(from_, relock_ps + (is_flap_ ? static_cast<double>(cause.channel.link_up.ps) : 0.0));
}

DarkIntervals::Sum DarkIntervals::until(const Cause& cause, Time end) {
    Sum sum;
    for (DarkIntervals next(cause); next.from_ < end; next.advance(cause)) {
        sum.lock_losses += next.is_lock_loss_;
        sum.flaps += next.is_flap_ && end - next.from_ > cause.channel.debounce;
        sum.dark += std::min(next.to_, end) - next.from_;
    }
    sum.outages = std::ranges::count_if(cause.outages, [&](const Outage& outage) { return outage.from < end; });
    return sum;
}

}  // namespace lightloom
