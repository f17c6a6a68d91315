// A packet allocates nothing: a run that sends four times as much asks the heap as often. Every operator new of this
// executable is counted here.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace {

std::atomic<std::int64_t> allocations{0};

void* allocate(std::size_t size, std::size_t alignment) {
    ++allocations;
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;  // as aligned_alloc wants it
    if (void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return memory;
    throw std::bad_alloc();
}

// Not inlined: GCC would see the result of an operator new go to free() and warn.
[[gnu::noinline]] void release(void* memory) { std::free(memory); }

constexpr std::size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

void* operator new(std::size_t size) { return allocate(size, kUsual); }
void* operator new[](std::size_t size) { return allocate(size, kUsual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
// std::stable_sort asks in this way; a sanitizer's own version would not go with the deletes below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return allocate(size, kUsual);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace lightloom::testing {
namespace {

std::int64_t allocations_of(const FabricCase& parts, const Execution& how) {
    const std::int64_t before = allocations;
    const FabricRun ended = run(parts, how);
    EXPECT_TRUE(ended.fabric.finished());
    return allocations - before;
}

FabricCase sprayed(std::int64_t bytes, double hazard) {
    const Topology topology = leaf_spine(
        {.servers = 32, .gpus_per_server = 1, .leaves = 4, .spines = 4, .links_per_pair = 2, .rate = gigabits(400)});
    FabricCase parts(topology, permutation(topology, {bytes}, 1), nanoseconds(500));
    for (Channel& channel : parts.channels) channel.codeword_hazard = hazard;
    return parts;
}

// All links lose lock now and then, and get worse or better every few microseconds.
FabricCase unsteady(std::int64_t bytes) {
    FabricCase parts = sprayed(bytes, 1e-4);
    parts.transport.timeout = microseconds(50);
    for (std::uint32_t i = 0; i < parts.channels.size(); ++i) {
        parts.channels[i].lock_loss_per_second = 2e3;
        parts.channels[i].relock = {.a = 1e6};
        for (int k = 1; k < 100; ++k)
            parts.changes.push_back({.at = Time{} + microseconds(4 * k),
                                     .direction = i,
                                     .codeword_hazard = k % 3 * 1e-4,
                                     .lock_loss_per_second = k % 2 * 4e3});
    }
    return parts;
}

TEST(Allocation, TheCounterCounts) {
    const std::int64_t before = allocations;
    const auto* one = new std::vector<int>(10);
    EXPECT_EQ(allocations - before, 2);
    delete one;
}

TEST(Allocation, DoesNotGrowWithThePacketsSent) {
    for (const Execution& how : {Execution{}, Execution{.partitions = 3}, Execution{.threads = 2, .partitions = 4}})
        for (const double hazard : {0.0, 1e-4}) {
            const std::int64_t once = allocations_of(sprayed(1 << 20, hazard), how);
            const std::int64_t fourfold = allocations_of(sprayed(4 << 20, hazard), how);
            const std::int64_t packets = 32 * (3 << 20) / 4096;
            // Later windows may be fuller than any before: a few buffers and slabs grow once more. And each of the 32
            // flows allocates twice when it stalls for the first time.
            EXPECT_LE(fourfold - once, hazard > 0.0 ? 40 + 2 * 32 : 40)
                << once << " allocations, then " << fourfold << "; " << packets << " packets more";
        }
}

TEST(Allocation, DoesNotGrowWithLockLossesAndChanges) {
    const std::int64_t once = allocations_of(unsteady(1 << 20), {.partitions = 3});
    const std::int64_t fourfold = allocations_of(unsteady(4 << 20), {.partitions = 3});
    EXPECT_LE(fourfold - once, 40 + 2 * 32) << once << " allocations, then " << fourfold;
    const FabricCase parts = unsteady(4 << 20);
    const FabricRun ended = run(parts);
    std::uint64_t in_dark = 0;
    for (const Fabric::PortCounters& counters : ended.fabric.counters()) in_dark += counters.frames_lost_in_dark;
    EXPECT_GT(in_dark, 500u);
    EXPECT_GT(ended.lost() - in_dark, 20u);
    EXPECT_GT(ended.acknowledged(0), microseconds(80));  // so that many changes are met
}

}  // namespace
}  // namespace lightloom::testing
