// Committed ports: those at which something may change while frames wait (classes, pause, credits, replay, a changing
// rate), so that a departure cannot be known when a frame is queued. Such a port keeps the frames that cannot leave at
// once, one list per class, and commits itself to one only when it begins to leave. Ports are brought up to an instant
// when somebody asks, in any order; in order of time where one port's frame has an effect on another port.
// Data and choices only. Not here: what happens to a frame that leaves (models/network/committed_walk.hpp); ports
// whose departures are arithmetic (models/network/port_clock.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/network/frame.hpp"
#include "models/network/parameters.hpp"

namespace lightloom {

/// Classes of traffic, and one more list for what a port says to its peer (pause, credit), which nothing stops.
inline constexpr int kTrafficClasses = TrafficClasses::kCount, kControl = kTrafficClasses;

struct ClassQueue {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    std::uint32_t first = kNone, last = kNone;  // slots of the node
    std::int64_t bits = 0;                      // of its frames, with preamble and gap
};

/// Which class may send next: strict classes from the most urgent down, then the others by deficit round robin.
/// Source: Shreedhar and Varghese, "Efficient fair queueing using deficit round robin", SIGCOMM 1995.
class ClassScheduler {
public:
    /// @param eligible  bit c: class c has a frame that may leave   @param head_bits  of that frame, per class
    /// @return the class, or -1 where none is eligible
    template <class HeadBits>
    int choose(unsigned eligible, const TrafficClasses& classes, HeadBits&& head_bits) {
        if (const unsigned strict = eligible & classes.strict) return std::bit_width(strict) - 1;
        if (eligible == 0) return -1;
        if ((eligible & (eligible - 1)) == 0) {  // alone: it owes nobody anything
            turn_ = static_cast<std::uint8_t>(std::countr_zero(eligible));
            deficit_.fill(0);
            return turn_;
        }
        for (;;) {
            if (eligible >> turn_ & 1u) {
                const std::int64_t bits = head_bits(turn_);
                if (deficit_[turn_] >= bits) {
                    deficit_[turn_] -= static_cast<std::int32_t>(bits);
                    return turn_;
                }
            } else {
                deficit_[turn_] = 0;
            }
            turn_ = static_cast<std::uint8_t>((turn_ + 1u) % kTrafficClasses);
            deficit_[turn_] += classes.weight[turn_] * classes.quantum_bits;
        }
    }

private:
    std::array<std::int32_t, kTrafficClasses> deficit_{};
    std::uint8_t turn_ = 0;
};

/// A port that commits itself late, as sender and as receiver. What every frame touches comes first, on a line of its
/// own.
struct alignas(64) CommittedPort {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    Time free_at{-1};               // when the last bit of the frame on the line has left
    Time next_start = kNever;       // when the next of the frames that wait begins to leave, if its class may then
    std::int64_t waiting_bits = 0;  // of all its lists
    std::uint16_t waiting = 0;      // bit c: class c has frames
    std::uint8_t paused = 0;        // bit c: the peer lets class c not send
    bool listed = false;            // among NodeQueues::candidates
    ClassScheduler scheduler;

    // As receiver, bytes per class of what came in here and still waits in the node: in shared memory (or, with
    // credits, in what they promised), and in headroom.
    std::array<std::int32_t, kTrafficClasses> in_shared{}, in_headroom{};
    std::array<ClassQueue, kTrafficClasses + 1> queues{};
    std::uint8_t has_paused = 0;      // bit c: it has asked the peer to pause c
    std::uint32_t credit_window = 0;  // as sender: bytes that the peer can hold of a class; 0: it asks for no credits
    std::array<std::uint32_t, kTrafficClasses> credited{}, told{};             // bytes let in, and what the peer knows
    std::array<std::uint32_t, kTrafficClasses> credit_limit{}, credit_used{};  // as sender: bytes, modulo 2^32
    std::array<Time, kTrafficClasses> paused_since{};
    std::int32_t headroom = 0;     // bytes per lossless class, or what credits let in; 0: no flow control here
    std::uint8_t pause_depth = 0;  // hops from where the pause began
    // Counters
    std::uint8_t deepest_pause = 0;
    std::int32_t deepest_headroom = 0;
    std::int64_t paused_ps = 0;      // sums over classes: that this port had to wait
    std::int64_t replayed_bits = 0;  // with the gap before each frame
    std::uint32_t pauses_sent = 0, pauses_received = 0;
    std::uint32_t replays = 0, trimmed = 0;

    /// Something that waits came, or was let go, at `now`.
    void may_start(Time now) { next_start = std::max(free_at, now); }
    bool needs_credit() const { return credit_window != 0; }
    const ClassQueue& queue(int traffic_class) const { return queues[static_cast<std::size_t>(traffic_class)]; }
};

static_assert(offsetof(CommittedPort, in_shared) == 64);

/// A node's frames that wait at committed ports, and which ports have any.
class alignas(64) NodeQueues {
public:
    struct alignas(64) Slot {
        Frame frame;
        std::uint32_t next = ClassQueue::kNone;
        bool in_headroom = false;
    };
    /// A port with frames that wait, and when the next can begin to leave, or earlier.
    struct Candidate {
        Time at;
        std::uint32_t port;
        friend bool operator<(const Candidate& a, const Candidate& b) {  // the earliest first, then the lowest port
            return a.at != b.at ? a.at > b.at : a.port > b.port;
        }
    };

    Time wake_at = kNever;              // when the node's next wake-up call comes, if one is under way
    std::uint32_t pauses = 0;           // that its ports have asked for and not taken back
    std::vector<Candidate> candidates;  // a heap while the node goes in order

    Slot& slot(std::uint32_t index) { return slots_[index]; }
    const Slot& slot(std::uint32_t index) const { return slots_[index]; }
    std::uint32_t waiting() const { return waiting_; }

    /// A new last frame of a list, to be filled in.
    [[gnu::always_inline]] Slot& push(CommittedPort& port, int queue_index, std::int64_t bits) {
        if (free_.empty()) [[unlikely]]
            add_slots();
        const std::uint32_t index = free_.back();
        free_.pop_back();
        Slot& slot = slots_[index];
        slot.next = ClassQueue::kNone;
        ClassQueue& queue = port.queues[static_cast<std::size_t>(queue_index)];
        (queue.first == ClassQueue::kNone ? queue.first : slots_[queue.last].next) = index;
        queue.last = index;
        queue.bits += bits;
        port.waiting_bits += bits;
        port.waiting |= static_cast<std::uint16_t>(1u << queue_index);
        ++waiting_;
        return slot;
    }
    /// Takes the first frame from a list. Its slot holds until it is released.
    [[gnu::always_inline]] std::uint32_t pop(CommittedPort& port, int queue_index, std::int64_t bits) {
        ClassQueue& queue = port.queues[static_cast<std::size_t>(queue_index)];
        const std::uint32_t index = queue.first;
        queue.first = slots_[index].next;
        queue.bits -= bits;
        port.waiting_bits -= bits;
        if (queue.first == ClassQueue::kNone)
            port.waiting &= static_cast<std::uint16_t>(~(1u << queue_index));
        else
            __builtin_prefetch(&slots_[queue.first]);
        --waiting_;
        return index;
    }
    void release(std::uint32_t index) { free_.push_back(index); }

    /// Makes a heap of the candidates, less those with nothing that may leave.
    void order_candidates(std::span<CommittedPort> ports) {
        std::erase_if(candidates, [&](Candidate& candidate) {
            CommittedPort& port = ports[candidate.port];
            candidate.at = port.next_start;
            port.listed = port.next_start != kNever;
            return !port.listed;
        });
        std::make_heap(candidates.begin(), candidates.end());
    }
    /// The first candidate, of a heap, can go on at `at`.
    void replace_first(Time at) {
        const Candidate later{at, candidates.front().port};
        std::size_t hole = 0;
        for (std::size_t child = 1; child < candidates.size(); child = 2 * hole + 1) {
            child += child + 1 < candidates.size() && candidates[child] < candidates[child + 1];
            if (!(later < candidates[child])) break;
            candidates[hole] = candidates[child];
            hole = child;
        }
        candidates[hole] = later;
    }
    void drop_first() {
        std::pop_heap(candidates.begin(), candidates.end());
        candidates.pop_back();
    }

    /// Calls visit(slot) for every frame of a list, in order.
    template <class Visit>
    void for_each(const ClassQueue& queue, Visit&& visit) const {
        for (std::uint32_t i = queue.first; i != ClassQueue::kNone; i = slots_[i].next) visit(slots_[i]);
    }

private:
    [[gnu::noinline]] void add_slots() {
        const std::size_t first = slots_.size();
        slots_.resize(std::max<std::size_t>(8, first * 2));
        free_.reserve(slots_.size());
        for (std::size_t i = slots_.size(); i-- > first;) release(static_cast<std::uint32_t>(i));
    }

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;  // beside the slots, so that taking one does not wait for it
    std::uint32_t waiting_ = 0;
};

}  // namespace lightloom
