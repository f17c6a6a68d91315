// PortClock: the exact instants at which a port's frames begin and end. The end of the last frame is kept as a whole
// number of picoseconds and a remainder, so that frames back to back never drift, whatever the rate; the clock starts
// afresh from a whole picosecond when the port has been idle.
// Not here: what a full queue does with a frame (models/network/fabric_walk.hpp).
#pragma once

#include <cstdint>

#include "core/rate.hpp"
#include "core/time.hpp"

namespace lightloom {

class PortClock {
public:
    PortClock() = default;
    /// @param gap_bits  least idle time between two frames, in bits
    PortClock(Rate rate, std::int64_t gap_bits)
        : picoseconds_(rate.picoseconds()), bits_(rate.bits()), gap_bits_(static_cast<std::uint32_t>(gap_bits)) {}

    /// When the last bit of a frame handed over at `now` leaves, rounded up. Frames are handed over in order of time.
    /// @param bits  preamble and frame, at most 2^21
    [[gnu::always_inline]] Time send(Time now, std::int64_t bits) {
        if (idle(now))
            restart(now);
        else
            bits += gap_bits_;
        return advance(bits);
    }
    /// The same for a frame that waited for the one before it to leave: no idle time but the gap.
    [[gnu::always_inline]] Time send_next(std::int64_t bits) { return advance(gap_bits_ + bits); }
    /// The same, in two steps, for a receiver that acts on the first bit.
    [[gnu::always_inline]] Time first_bit(Time now) {
        if (!idle(now)) return advance(gap_bits_);
        restart(now);
        return now;
    }
    [[gnu::always_inline]] Time first_bit_next() { return advance(gap_bits_); }
    [[gnu::always_inline]] Time last_bit(std::int64_t bits) { return advance(bits); }
    /// The clock as it would stand at `now` behind frames that wait. @param bits  theirs, with the gap before each
    PortClock behind(Time now, std::int64_t bits) const {
        PortClock later = *this;
        if (bits == 0) return later;
        if (later.idle(now)) later.restart(now);
        later.advance(bits);
        return later;
    }
    /// Nothing leaves before `at`: the link repeats itself.
    void hold_until(Time at) {
        if (end_ < at) restart(at);
    }

    /// Frames that begin from now on last as long as at `rate`; what the last one left of a picosecond is rounded up.
    void change_rate(Rate rate) {
        end_.ps += remainder_ != 0;
        remainder_ = 0;
        picoseconds_ = rate.picoseconds();
        bits_ = rate.bits();
    }

    bool faster_than(const PortClock& other) const {
        return std::uint64_t{picoseconds_} * other.bits_ < std::uint64_t{other.picoseconds_} * bits_;
    }
    /// How long the frames already accepted keep the port busy after `now`.
    Duration waiting(Time now) const { return end_ > now ? end_ - now : Duration{0}; }
    /// The same, rounded up to the last bit.
    Duration busy_after(Time now) const {
        const Time end{end_.ps + (remainder_ != 0)};
        return end > now ? end - now : Duration{0};
    }
    /// Are `bits` more than the port sends in a span?
    bool takes_longer(std::int64_t bits, Duration span) const {
        return span_of(bits) > static_cast<std::uint64_t>(span.ps) * bits_;
    }
    /// What waits at `now`, and what `bits` would be, in one unit whatever the rate: bits x picoseconds per bit.
    std::int64_t backlog(Time now) const { return end_ >= now ? (end_ - now).ps * bits_ + remainder_ : 0; }
    std::int64_t backlog_of(std::int64_t bits) const { return bits * static_cast<std::int64_t>(picoseconds_); }

    std::int64_t bits_in(Duration span) const {
        return static_cast<std::int64_t>(static_cast<__int128>(span.ps) * bits_ / picoseconds_);
    }
    Duration duration_of(std::int64_t bits) const {
        return {static_cast<std::int64_t>((static_cast<__int128>(bits) * picoseconds_ + bits_ - 1) / bits_)};
    }

private:
    static constexpr std::int64_t kLongIdle = 1'000'000'000;  // 1 ms: longer than any gap, short enough not to overflow

    bool idle(Time now) const {
        const std::int64_t since = now.ps - end_.ps;
        if (since < 0) return false;
        return since > kLongIdle || static_cast<std::uint64_t>(since) * bits_ >= span_of(gap_bits_) + remainder_;
    }
    void restart(Time now) {
        end_ = now;
        remainder_ = 0;
    }
    std::uint64_t span_of(std::int64_t bits) const {  // in units of 1 / bits_ ps
        return static_cast<std::uint64_t>(bits) * picoseconds_;
    }
    [[gnu::always_inline]] Time advance(std::int64_t bits) {
        const std::uint64_t sum = remainder_ + span_of(bits);
        end_.ps += static_cast<std::int64_t>(sum / bits_);
        remainder_ = static_cast<std::uint32_t>(sum % bits_);
        return {end_.ps + (remainder_ != 0)};
    }

    Time end_{-kLongIdle};                      // of the last frame, rounded down ...
    std::uint32_t remainder_ = 0;               // ... by remainder_ / bits_ picoseconds
    std::uint32_t picoseconds_ = 1, bits_ = 1;  // the rate: picoseconds_ per bits_
    std::uint32_t gap_bits_ = 0;                // 8 bytes less than as a product: a Port has one line to itself
};

}  // namespace lightloom
