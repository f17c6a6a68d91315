// Memory of a long run: it follows the events in flight. Nothing is allocated once PHOLD has settled, and traffic that
// goes one way only does not pile chunks up at the reader.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "core/engine.hpp"
#include "tests/support/phold.hpp"

// The sanitizers bring their own operator new.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LIGHTLOOM_COUNTS_ALLOCATIONS 0
#else
#define LIGHTLOOM_COUNTS_ALLOCATIONS 1
#endif

namespace {
std::atomic<std::int64_t> allocations{0};
}

#if LIGHTLOOM_COUNTS_ALLOCATIONS
namespace {
void* counted(std::size_t bytes, std::size_t alignment) {
    ++allocations;
    void* memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
}  // namespace

// The array and nothrow forms of the standard library call these.
void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
    return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace lightloom {
namespace {

TEST(EngineMemory, NothingIsAllocatedOncePholdHasSettled) {
    if (!LIGHTLOOM_COUNTS_ALLOCATIONS) GTEST_SKIP() << "a sanitizer allocates in its own way";
    for (const std::uint32_t threads : {1u, 2u}) {
        testing::Phold phold(256);
        std::vector<std::uint16_t> partition_of(256);
        for (std::size_t i = 0; i < partition_of.size(); ++i) partition_of[i] = static_cast<std::uint16_t>(i % 4);
        Engine<testing::Phold> engine(phold, {.threads = threads,
                                              .partitions = 4,
                                              .partition_of = partition_of,
                                              .weight_of = {},
                                              .lookahead = phold.lookahead,
                                              .until = Time{microseconds(400).ps}});
        for (std::uint32_t token = 0; token < 1024; ++token)
            engine.post({.at = Time{0}, .node = token % 256, .source = token, .kind = 0, .hops = 0});
        std::int64_t settled = 0, last = 0;
        engine.run([&](Time now) {
            if (now < Time{microseconds(200).ps}) settled = allocations;
            last = allocations;
            return true;
        });
        ASSERT_GT(engine.events(), 1'000'000);
        ASSERT_GT(settled, 0);
        EXPECT_EQ(last, settled) << threads << " threads";
    }
}

// Node 0 sends a burst to node 1 in every window and hears nothing back.
struct OneWay {
    struct Event {
        Time at;
        std::uint32_t node, source, kind, unused;
    };
    static constexpr std::uint32_t kBurst = 400;
    Duration lookahead{1 << 16};
    std::uint32_t rounds = 0;
    std::uint64_t received = 0;

    static void prefetch(const Event&) {}
    static bool is_progress(const Event&) { return true; }
    static bool finished() { return false; }
    template <class Context>
    void handle(Context& context, const Event& event) {
        if (event.node == 1) {
            ++received;
            return;
        }
        for (std::uint32_t i = 0; i < kBurst; ++i)
            context.post({.at = event.at + lookahead + Duration{i}, .node = 1, .source = i, .kind = 0, .unused = 0});
        context.post({.at = event.at + lookahead, .node = 0, .source = kOwnEvent | rounds++, .kind = 0, .unused = 0});
    }
};

void expect_bounded(std::uint32_t threads, std::vector<std::uint16_t> partition_of) {
    constexpr std::int64_t kRounds = 20'000;  // 8 M events: 63,000 chunks, were none ever given back
    OneWay model;
    Engine<OneWay> engine(model, {.threads = threads,
                                  .partitions = static_cast<std::uint32_t>(partition_of.size()),
                                  .partition_of = partition_of,
                                  .weight_of = {},
                                  .lookahead = model.lookahead,
                                  .until = Time{kRounds << 16}});
    engine.post({.at = Time{0}, .node = 0, .source = kOwnEvent, .kind = 0, .unused = 0});
    std::size_t early = 0;
    engine.run([&](Time now) {
        if (now < Time{kRounds << 14}) early = engine.memory_slabs();
        return true;
    });
    ASSERT_EQ(model.received, std::uint64_t{OneWay::kBurst} * (kRounds - 1));
    EXPECT_EQ(engine.memory_slabs(), early);
    EXPECT_LE(early, 40u);  // slabs of 64 chunks
}

TEST(EngineMemory, OneSidedTrafficDoesNotGrowIt) {
    expect_bounded(1, {0, 1});
    expect_bounded(2, {0, 1});
    expect_bounded(1, {1, 0});
    expect_bounded(2, {2, 0, 1});  // an idle third
}

}  // namespace
}  // namespace lightloom
