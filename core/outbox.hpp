// Outbox: where one partition leaves the events it sends: a bucket per (window, target group of nodes). The window is
// the bucket and the bucket is the mailbox: when a window opens, all that belongs to it was sent in earlier ones, so
// the target reads every sender's bucket in place, with no exchange, copy or lock.
//
// Windows ahead are kept in rings. The first has a slot per window; each slot of a further ring is as long as the whole
// ring before it, so that queued arrivals, time-outs and faults after hours all fit. When time enters a slot of a
// further ring, its target spreads that slot's events over the rings below ("cascade", core/partition.hpp).
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "core/chunk.hpp"

namespace lightloom {

/// Window w covers [w << window_shift, (w + 1) << window_shift) picoseconds.
using Window = std::int64_t;

/// The geometry of the rings, shared by writers and readers.
namespace rings {
inline constexpr int kFirstBits = 8, kFurtherBits = 8, kLevels = 7;
inline constexpr std::uint32_t kFirst = 1u << kFirstBits, kFurther = 1u << kFurtherBits;
inline constexpr std::uint32_t kSlots = kFirst + (kLevels - 1) * kFurther;

constexpr int shift(int level) { return level == 0 ? 0 : kFirstBits + (level - 1) * kFurtherBits; }

/// The slot that holds window `w` on a level, counted over all levels.
constexpr std::uint32_t slot(int level, Window w) {
    const auto turn = static_cast<std::uint64_t>(w) >> shift(level);
    return level == 0 ? static_cast<std::uint32_t>(turn & (kFirst - 1))
                      : kFirst + static_cast<std::uint32_t>(level - 1) * kFurther +
                            static_cast<std::uint32_t>(turn & (kFurther - 1));
}

/// The lowest level whose ring, seen from window `now`, reaches `w` > now; kLevels if none does.
constexpr int level_of(Window w, Window now) {
    if (w - now < kFirst) return 0;
    int level = 1;
    while (level < kLevels && (w >> shift(level)) - (now >> shift(level)) >= kFurther) ++level;
    return level;
}
}  // namespace rings

template <class Event>
class Outbox {
public:
    /// @param groups  of nodes, over all partitions
    explicit Outbox(std::uint32_t groups)
        : groups_(groups),
          words_((groups + 63) / 64),
          busy_(std::make_unique<std::atomic<std::uint64_t>[]>(std::size_t{words_} * rings::kSlots)),
          cursors_(static_cast<Event**>(std::calloc(std::size_t{groups} * rings::kSlots, sizeof(Event*)))) {
        if (!cursors_) throw std::bad_alloc();
    }

    /// Room for one more event, to be written by the caller.
    [[gnu::always_inline]] Event& append(std::uint32_t group, std::uint32_t slot, ChunkPool<Event>& pool) {
        Event*& cursor = cursor_of(group, slot);
        if (Chunk<Event>::is_full(cursor)) [[unlikely]] {
            cursor = pool.take(cursor == nullptr ? nullptr : Chunk<Event>::of(cursor))->events;
            mark(group, slot);
        }
        return *cursor++;
    }

    bool has(std::uint32_t group, std::uint32_t slot) const { return cursor_of(group, slot) != nullptr; }
    /// Groups 64 x word .. 64 x word + 63 that may have events in a slot: no other has.
    std::uint64_t busy(std::uint32_t word, std::uint32_t slot) const {
        return busy_[std::size_t{slot} * words_ + word].load(std::memory_order_relaxed);
    }
    /// Visits a bucket's events, in no particular order.
    template <class Visit>
    void for_each(std::uint32_t group, std::uint32_t slot, Visit&& visit) const {
        Event* cursor = cursor_of(group, slot);
        if (cursor == nullptr) return;
        for (auto* chunk = Chunk<Event>::of(cursor); chunk; chunk = chunk->next) {
            if (chunk->next) Chunk<Event>::prefetch_start(chunk->next);
            for (const Event* event = chunk->events; event != cursor; ++event) visit(*event);
            cursor =
                chunk->next ? chunk->next->events + Chunk<Event>::kCapacity : nullptr;  // all but the first are full
        }
    }
    /// The target's turn: it has read the bucket, and takes its chunks.
    void empty(std::uint32_t group, std::uint32_t slot, ChunkPool<Event>& into) {
        Event* cursor = std::exchange(cursor_of(group, slot), nullptr);
        for (auto* chunk = cursor ? Chunk<Event>::of(cursor) : nullptr; chunk;)
            into.give(std::exchange(chunk, chunk->next));
    }

    /// Has a slot come into use since this was asked last?
    bool has_news() { return std::exchange(news_, false); }
    /// Has this partition sent anything for a slot whose window is still to come?
    bool is_marked(std::uint32_t slot) const { return occupied_[slot / 64] >> slot % 64 & 1; }
    /// The same for `count` slots from `slot` on, a bit each; all of one 64.
    std::uint64_t marks(std::uint32_t slot, std::uint32_t count) const {
        return occupied_[slot / 64] >> slot % 64 & ~std::uint64_t{0} >> (64 - count);
    }
    /// The writer's turn: the slot's window has come, whoever reads it.
    void unmark(std::uint32_t slot) { occupied_[slot / 64] &= ~(std::uint64_t{1} << slot % 64); }

    /// The first window after `now` at which anything must be done: a window with events, or the first window of a
    /// further ring's slot that is to be cascaded.
    std::optional<Window> next_after(Window now) const {
        std::optional<Window> next;
        for (int level = 0; level < rings::kLevels; ++level) {
            const Window turn = now >> rings::shift(level);
            const std::uint32_t size = level == 0 ? rings::kFirst : rings::kFurther;
            const std::uint32_t first = level == 0 ? 0 : rings::slot(level, 0);
            const auto position = static_cast<std::uint32_t>(turn) & (size - 1);
            if (const std::uint32_t ahead = next_set(first, size, position); ahead != 0) {
                const Window window = (turn + ahead) << rings::shift(level);
                if (!next || window < *next) next = window;
            }
        }
        return next;
    }

private:
    // What a slot's busy words held in the ring's last turn is wiped when the slot is first used again. A target may
    // read a word meanwhile (when a cascade reaches into the open window) and then finds only buckets that are empty or
    // its own.
    void mark(std::uint32_t group, std::uint32_t slot) {
        std::uint64_t& occupied = occupied_[slot / 64];
        std::atomic<std::uint64_t>* const words = &busy_[std::size_t{slot} * words_];
        const std::uint64_t bit = std::uint64_t{1} << slot % 64;
        if (!(occupied & bit))
            for (std::uint32_t i = 0; i < words_; ++i) words[i].store(0, std::memory_order_relaxed);
        occupied |= bit;
        news_ = true;
        const std::uint64_t before = words[group / 64].load(std::memory_order_relaxed);
        words[group / 64].store(before | std::uint64_t{1} << group % 64, std::memory_order_relaxed);
    }

    // How far after `position`, cyclically, the next marked slot of a ring lies; 0 if none is marked.
    std::uint32_t next_set(std::uint32_t first, std::uint32_t size, std::uint32_t position) const {
        const std::uint32_t words = size / 64, base = first / 64;
        const std::uint32_t start = (position + 1) & (size - 1);
        std::uint32_t word = start / 64;
        std::uint64_t bits = occupied_[base + word] >> start % 64 << start % 64;
        for (std::uint32_t i = 0; i <= words; ++i) {
            if (bits != 0) {
                const std::uint32_t found = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
                return ((found - position - 1) & (size - 1)) + 1;
            }
            word = (word + 1) & (words - 1);
            bits = occupied_[base + word];
        }
        return 0;
    }

    Event*& cursor_of(std::uint32_t group, std::uint32_t slot) const {
        return cursors_[std::size_t{slot} * groups_ + group];
    }

    struct Free {
        void operator()(void* memory) const { std::free(memory); }
    };

    std::uint32_t groups_;
    std::uint32_t words_;
    bool news_ = false;
    std::unique_ptr<std::atomic<std::uint64_t>[]> busy_;  // [slot * words_ + group / 64]
    // Where each bucket's next event goes; it tells the last chunk, which links the others. Those of one window lie
    // together; memory that no event was ever written to is never touched, which is why it is not a vector.
    std::unique_ptr<Event*[], Free> cursors_;
    std::array<std::uint64_t, rings::kSlots / 64> occupied_{};
};

}  // namespace lightloom
