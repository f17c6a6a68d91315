// Chunk and ChunkPool: 4 KiB pieces of a bucket. A bucket is a list of chunks taken from its writer's pool; whoever
// reads a chunk keeps it. So memory follows the events in flight, not the number of buckets.
// Not here: what a bucket stands for (core/outbox.hpp); levelling of pools whose traffic is one-sided (core/engine.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace lightloom {

template <class Event>
struct Chunk {
    static constexpr std::uint32_t kBytes = 4096;
    static constexpr std::uint32_t kCapacity = (kBytes - 16) / sizeof(Event);

    Chunk* next;
    std::uint64_t count;
    Event events[kCapacity];
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
        chunk->count = 0;
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
    struct Release {
        void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{4096}); }
    };

    void add_slab() {
        auto* memory = static_cast<std::byte*>(
            ::operator new[](kChunksPerSlab * sizeof(Chunk<Event>), std::align_val_t{4096}));
        slabs_.emplace_back(memory);
        for (int i = kChunksPerSlab - 1; i >= 0; --i)
            give(::new (memory + i * sizeof(Chunk<Event>)) Chunk<Event>);
    }

    Chunk<Event>* free_ = nullptr;
    std::int64_t free_count_ = 0;
    std::vector<std::unique_ptr<std::byte[], Release>> slabs_;
};

}  // namespace lightloom
