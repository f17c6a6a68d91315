// DarkIntervals: when a direction of a cable carries nothing because its receiver lost lock. The line carries codewords
// all the time, idle or not, so lock losses are a Poisson process in simulated time that knows nothing of traffic: each
// interval is a function of the seed, the direction, its number and the known changes of the cable's condition.
// Whoever asks, and however often, finds the same intervals: a port those that its frames meet, a result all of them.
// Not here: where the rate of lock losses comes from (models/optics), what a frame makes of an interval
// (Fabric::meet_condition).
#pragma once

#include <cstdint>
#include <span>

#include "core/time.hpp"
#include "models/network/parameters.hpp"

namespace lightloom {

class DarkIntervals {
public:
    /// What decides a direction's intervals, the same throughout a run.
    struct Cause {
        const Channel& channel;
        std::span<const ChannelChange> changes;  // of this direction, in order of time
        std::uint64_t seed;
        std::uint32_t direction;  // any number of its own
    };
    /// What they come to.
    struct Sum {
        std::int64_t lock_losses = 0;
        std::int64_t flaps = 0;  // lock losses after which the port went down
        Duration dark;
    };

    /// Stands at the first interval.
    explicit DarkIntervals(const Cause& cause) : rate_per_second_(cause.channel.lock_loss_per_second) {
        advance(cause);
    }

    /// Dark in [from, to); kNever: no interval will come, or the last one does not end.
    Time from() const { return from_; }
    Time to() const { return to_; }
    /// Does it outlast the host's debounce, so that the port goes down?
    bool is_flap() const { return is_flap_; }

    /// Goes on to the next interval.
    void advance(const Cause& cause);

    /// Lock losses and flaps before `end`, and the part of the dark time that lies before it. Lock losses with a rate
    /// above 0 go on for ever: `end` is when a run ended, not kNever.
    static Sum until(const Cause& cause, Time end);

private:
    void find_lock_loss(const Cause& cause);
    void find_end(const Cause& cause);

    Time from_{0}, to_{0};
    double rate_per_second_;         // in force at from_
    std::uint32_t next_change_ = 0;  // the first one after from_
    std::uint32_t number_ = 0;       // of the next interval
    bool is_flap_ = false;
};

}  // namespace lightloom
