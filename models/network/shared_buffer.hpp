// SharedBuffer: a switch's packet memory. A frame takes its bytes when it is queued and gives them back at the first
// tick after its last bit has left, as memory managers do that poll. What is to be given back is kept per tick in a
// ring, not in a heap of departures: half the cost, and no allocation.
#pragma once

#include <cstdint>
#include <vector>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

class alignas(64) SharedBuffer {
public:
    static constexpr int kShortestTick = 13;  // 2^13 ps = 8.192 ns
    static constexpr std::int64_t kMostTicks = 1 << 14;

    /// @param longest_queue  how long a frame can wait and be sent, at most. Where ticks of 8 ns would need a ring of
    ///                       more than 64 KiB (deep queues, slow ports) they are longer.
    SharedBuffer(Bytes capacity, Duration longest_queue) : capacity_(capacity.count) {
        while (longest_queue.ps >> tick_shift_ > kMostTicks - 4) ++tick_shift_;
        std::size_t ticks = 4;
        while (static_cast<std::int64_t>(ticks - 3) << tick_shift_ < longest_queue.ps) ticks *= 2;
        release_.resize(ticks);
    }

    /// Is there room for `bytes` at `now`? Times never decrease from call to call.
    bool has_room(Time now, std::int64_t bytes) {
        advance(now);
        return occupied_ + bytes <= capacity_;
    }
    /// Takes `bytes` until after `departure`.
    void take(Time departure, std::int64_t bytes) {
        occupied_ += bytes;
        release_[static_cast<std::size_t>((departure.ps >> tick_shift_) + 1) & (release_.size() - 1)] +=
            static_cast<std::uint32_t>(bytes);
    }
    /// The same in two steps, where the departure is not known when the frame is queued.
    void hold(std::int64_t bytes) { occupied_ += bytes; }
    /// @param start  when the frame begins to leave: from call to call in any order, and not long before `departure`
    void give_back(Time start, Time departure, std::int64_t bytes) {
        advance(start);
        const std::int64_t tick = (departure.ps >> tick_shift_) + 1;
        const std::int64_t later = tick > tick_ ? bytes : 0;  // a branch would be hard to foresee
        release_[static_cast<std::size_t>(tick) & (release_.size() - 1)] += static_cast<std::uint32_t>(later);
        occupied_ -= bytes - later;
    }
    /// Sets `bytes` apart, for what is counted elsewhere.
    void reserve(std::int64_t bytes) { capacity_ -= bytes; }
    std::int64_t free_bytes() const { return capacity_ - occupied_; }
    std::int64_t occupied() const { return occupied_; }

private:
    void advance(Time now) {
        const std::int64_t tick = now.ps >> tick_shift_;
        if (occupied_ == 0) tick_ = tick;  // nothing to give back: all slots are empty
        while (tick_ < tick) {
            std::uint32_t& released = release_[static_cast<std::size_t>(++tick_) & (release_.size() - 1)];
            occupied_ -= released;
            released = 0;
            if (occupied_ == 0) tick_ = tick;
        }
    }

    int tick_shift_ = kShortestTick;
    std::int64_t capacity_;
    std::int64_t occupied_ = 0;
    std::int64_t tick_ = 0;  // up to here everything has been given back
    std::vector<std::uint32_t> release_;
};

}  // namespace lightloom
