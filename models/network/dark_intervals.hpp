// DarkIntervals: when a direction of a cable carries nothing, because its receiver lost lock or because of an outage
// that was known before the run. The line carries codewords all the time, idle or not, so lock losses are a Poisson
// process in simulated time that knows nothing of traffic: each interval is a function of the seed, the direction, its
// number, and the known outages and changes of the cable's condition. Intervals that touch are one.
// Whoever asks, and however often, finds the same intervals: a port those that its frames meet, a result all of them.
// Not here: where the rate of lock losses comes from (models/optics), where outages do (models/faults), what a frame
// makes of an interval (Fabric::meet_condition).
#pragma once

#include <cstdint>
#include <span>

#include "core/time.hpp"
#include "models/faults/outage.hpp"
#include "models/network/parameters.hpp"

namespace lightloom {

class DarkIntervals {
public:
    /// What decides a direction's intervals, the same throughout a run.
    struct Cause {
        const Channel& channel;
        std::span<const ChannelChange> changes;  // of this direction, in order of time
        std::uint64_t seed;
        std::uint32_t direction;               // any number of its own
        std::span<const Outage> outages = {};  // of this direction, in order of time
    };
    /// What they come to.
    struct Sum {
        std::int64_t lock_losses = 0;
        std::int64_t flaps = 0;  // lock losses after which the port went down
        std::int64_t outages = 0;
        Duration dark;
    };

    /// Stands at the first interval.
    explicit DarkIntervals(const Cause& cause) : rate_per_second_(cause.channel.lock_loss_per_second) {
        draw_lock_loss(cause);
        advance(cause);
    }

    /// Dark in [from, to); kNever: no interval will come, or the last one does not end.
    Time from() const { return from_; }
    Time to() const { return to_; }
    bool is_lock_loss() const { return is_lock_loss_; }
    /// Did it begin with a lock loss that outlasts the host's debounce, so that the port goes down?
    bool is_flap() const { return is_flap_; }

    /// Goes on to the next interval.
    void advance(const Cause& cause);

    /// Lock losses, flaps and outages before `end`, and the part of the dark time that lies before it. Lock losses with
    /// a rate above 0 go on for ever: `end` is when a run ended, not kNever.
    static Sum until(const Cause& cause, Time end);

private:
    void draw_lock_loss(const Cause& cause);
    Time lock_loss_before(const Cause& cause, Time outage);
    void relock(const Cause& cause);

    Time from_{0}, to_{0};
    double rate_per_second_;         // in force at from_
    double due_ = 0.0;               // how many lock losses are due on average until the next one
    std::uint32_t next_change_ = 0;  // the first one after from_
    std::uint32_t next_outage_ = 0;  // the first one that begins after to_
    std::uint32_t number_ = 0;       // of the next lock loss
    bool is_lock_loss_ = false, is_flap_ = false;
};

}  // namespace lightloom
