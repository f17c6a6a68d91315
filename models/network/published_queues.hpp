// PublishedQueues: what switches have told their neighbours of their queues. At multiples of a period a switch states,
// for every destination leaf, how long the shortest of its queues that lead there is; a neighbour reads the last
// statement that can have reached it, as old as the cable between them makes it, and older by up to a period.
//
// A statement is a row of a table that other nodes read, the one exception to a fabric's rule that a node touches its
// own rows only. It is safe for the reason that an event is: it is read no sooner than an event could have come from
// the node that wrote it, so in a later window, and in a later period where another partition wrote it. And it is
// written over no sooner than that after its last reading. So what is read is a function of simulated time, and nobody
// locks.
//
// A switch without frames says nothing, which means that its queues are empty: so a run whose traffic is over ends.
// Not here: who weighs it (Fabric::choose_among), who writes it (Fabric::publish).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"

namespace lightloom {

class PublishedQueues {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    /// Said of a leaf to which no port leads. Twice that can be added up.
    static constexpr Duration kNoWay{INT64_MAX / 4};

    PublishedQueues() = default;
    /// @param switches  that publish   @param longest_delay  after which a statement is read at the latest, see at()
    PublishedQueues(std::uint32_t switches, std::uint32_t leaves, Duration period, Duration longest_delay)
        : leaves_(leaves),
          slots_(2 + 2 * longest_delay.ps / period.ps),
          period_ps_(period.ps),
          numbers_(switches * static_cast<std::size_t>(slots_)),
          queues_(numbers_.size() * leaves) {}

    bool any() const { return period_ps_ != 0; }
    /// The next instant of publication after `now`.
    Time next(Time now) const { return Time{(now.ps / period_ps_ + 1) * period_ps_}; }
    /// Which publication was the last that was known at `now` where news takes so long. Below 1: none yet.
    std::int64_t known(Time now, Duration takes) const { return (now - takes).ps / period_ps_; }

    /// What a switch says at an instant of publication, by leaf, to be filled in.
    std::span<Duration> open(std::uint32_t row, Time at) {
        const std::int64_t number = at.ps / period_ps_;
        numbers_[slot(row, number)] = number;
        return std::span(queues_).subspan(slot(row, number) * leaves_, leaves_);
    }
    /// What a switch, if it is one that publishes, said of its way to a leaf.
    Duration at(std::uint32_t row, std::uint32_t leaf, std::int64_t number) const {
        if (row == kNone || number < 1 || numbers_[slot(row, number)] != number) return Duration{0};
        return queues_[slot(row, number) * leaves_ + leaf];
    }

private:
    std::size_t slot(std::uint32_t row, std::int64_t number) const {
        return row * static_cast<std::size_t>(slots_) + static_cast<std::size_t>(number % slots_);
    }

    std::uint32_t leaves_ = 0;
    std::int64_t slots_ = 0;  // that a switch's statements take in turn
    std::int64_t period_ps_ = 0;
    std::vector<std::int64_t> numbers_;  // of the publication, counted from time 0; 0: none
    std::vector<Duration> queues_;
};

}  // namespace lightloom
