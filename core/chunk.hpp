// Chunk and ChunkPool: 4 KiB pieces of a bucket. A bucket is a list of chunks taken from its writer's pool; whoever
// reads a chunk keeps it. So memory follows the events in flight, not the number of buckets.
// Not here: what a bucket stands for (core/outbox.hpp); levelling of pools whose traffic is one-sided
// (core/engine.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace lightloom {

/// Events fill a chunk to its last byte, and chunks are aligned to their size: a cursor that is a multiple of it points
/// past a full chunk (or nowhere), so that appending needs no count.
template <class Event>
struct Chunk {
    static constexpr std::uintptr_t kBytes = 4096;
    static constexpr std::uint32_t kCapacity = (kBytes - sizeof(void*)) / sizeof(Event);

    Chunk* next;
    std::byte unused[kBytes - sizeof(void*) - kCapacity * sizeof(Event)];
    Event events[kCapacity];

    static bool is_full(const Event* cursor) { return (reinterpret_cast<std::uintptr_t>(cursor) & (kBytes - 1)) == 0; }
    /// Asks the memory for a chunk's first lines; a processor's own prefetcher finds the others.
    static void prefetch_start(const Chunk* chunk) {
        for (std::uintptr_t line = 0; line < 4; ++line)
            __builtin_prefetch(reinterpret_cast<const char*>(chunk) + 64 * line);
    }
    /// The chunk that a cursor, which is past at least one event, belongs to.
    static Chunk* of(Event* cursor) {
        return reinterpret_cast<Chunk*>((reinterpret_cast<std::uintptr_t>(cursor) - 1) & ~(kBytes - 1));
    }
};

template <class Event>
class ChunkPool {
public:
    Chunk<Event>* take(Chunk<Event>* next) {
        if (free_ == nullptr) add_slab();
        Chunk<Event>* chunk = free_;
        free_ = chunk->next;
        --free_count_;
        chunk->next = next;
        return chunk;
    }
    void give(Chunk<Event>* chunk) {
        chunk->next = free_;
        free_ = chunk;
        ++free_count_;
    }

    std::int64_t free_count() const { return free_count_; }
    std::size_t slabs() const { return slabs_.size(); }

private:
    static constexpr int kChunksPerSlab = 64;
    static_assert(sizeof(Chunk<Event>) == Chunk<Event>::kBytes);
    struct Release {
        void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{4096}); }
    };

    void add_slab() {
        auto* memory =
            static_cast<std::byte*>(::operator new[](kChunksPerSlab * sizeof(Chunk<Event>), std::align_val_t{4096}));
        slabs_.emplace_back(memory);
        for (int i = kChunksPerSlab - 1; i >= 0; --i) give(::new (memory + i * sizeof(Chunk<Event>)) Chunk<Event>);
    }

    Chunk<Event>* free_ = nullptr;
    std::int64_t free_count_ = 0;
    std::vector<std::unique_ptr<std::byte[], Release>> slabs_;
};

}  // namespace lightloom
