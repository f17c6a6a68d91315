// Buckets of events: chunks that fill to their last byte, rings of slots, and the next window with anything to do.
#include "core/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/random.hpp"

namespace lightloom {
namespace {

constexpr Window kFirst = rings::kFirst;

template <std::size_t kBytes>
struct Sized {
    std::uint64_t number;
    std::byte rest[kBytes - 8];
};
template <>
struct Sized<8> {
    std::uint64_t number;
};

template <class Event>
std::vector<std::uint64_t> numbers_in(const Outbox<Event>& outbox, std::uint32_t target, std::uint32_t slot) {
    std::vector<std::uint64_t> numbers;
    outbox.for_each(target, slot, [&](const Event& event) { numbers.push_back(event.number); });
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

template <class Event>
void expect_holds(std::uint64_t count) {
    ChunkPool<Event> writer, reader;
    Outbox<Event> outbox(3);
    constexpr std::uint32_t slot = rings::kSlots - 1;
    for (std::uint64_t i = 0; i < count; ++i) outbox.append(1, slot, writer).number = i;
    outbox.append(2, slot, writer).number = 999;  // a neighbour
    outbox.append(1, 0, writer).number = 888;
    EXPECT_EQ(outbox.has(1, slot), count != 0);
    const auto numbers = numbers_in(outbox, 1, slot);
    ASSERT_EQ(numbers.size(), count);
    for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(numbers[i], i);

    outbox.empty(1, slot, reader);
    const std::uint64_t chunks = (count + Chunk<Event>::kCapacity - 1) / Chunk<Event>::kCapacity;
    EXPECT_EQ(reader.free_count(), static_cast<std::int64_t>(chunks));
    EXPECT_EQ(reader.slabs(), 0u);
    EXPECT_FALSE(outbox.has(1, slot));
    EXPECT_TRUE(numbers_in(outbox, 1, slot).empty());
    EXPECT_EQ(numbers_in(outbox, 2, slot), std::vector<std::uint64_t>{999});
    EXPECT_EQ(numbers_in(outbox, 1, 0), std::vector<std::uint64_t>{888});
    while (reader.free_count() > 0) writer.give(reader.take(nullptr));  // slabs are the writer's: it must outlive them
}

template <class Event>
void expect_holds_around_chunks() {
    constexpr std::uint64_t n = Chunk<Event>::kCapacity;
    static_assert(sizeof(Chunk<Event>) == 4096 && n * sizeof(Event) + sizeof(void*) <= 4096);
    for (const std::uint64_t count :
         {std::uint64_t{0}, std::uint64_t{1}, n - 1, n, n + 1, 2 * n, 2 * n + 1, 70 * n + 3})
        expect_holds<Event>(count);
}

TEST(Outbox, KeepsEveryEventOfABucketWhateverItsSize) {
    expect_holds_around_chunks<Sized<8>>();
    expect_holds_around_chunks<Sized<16>>();
    expect_holds_around_chunks<Sized<24>>();
    expect_holds_around_chunks<Sized<32>>();
    expect_holds_around_chunks<Sized<48>>();
    expect_holds_around_chunks<Sized<64>>();
}

TEST(ChunkPool, GivesBackWhatItWasGivenBeforeItGrows) {
    ChunkPool<Sized<32>> pool;
    std::vector<Chunk<Sized<32>>*> taken;
    for (int i = 0; i < 64; ++i) taken.push_back(pool.take(nullptr));
    EXPECT_EQ(pool.slabs(), 1u);
    EXPECT_EQ(pool.free_count(), 0);
    for (auto* chunk : taken) pool.give(chunk);
    for (int i = 0; i < 64; ++i) pool.take(nullptr);
    EXPECT_EQ(pool.slabs(), 1u);
    pool.take(nullptr);
    EXPECT_EQ(pool.slabs(), 2u);
}

TEST(Rings, ALevelReachesAsFarAsItsRing) {
    for (const Window now : {Window{-1}, Window{0}, Window{5}, kFirst - 1, kFirst, (Window{1} << rings::shift(2)) - 1,
                             (Window{1} << 28) + 12'345}) {
        EXPECT_EQ(rings::level_of(now + 1, now), 0);
        EXPECT_EQ(rings::level_of(now + kFirst - 1, now), 0);
        EXPECT_EQ(rings::level_of(now + kFirst, now), 1);
        for (int level = 1; level < rings::kLevels; ++level) {
            // From one level to the next: 256 slots, of which the one that time is in does not count.
            const Window first_beyond = ((now >> rings::shift(level)) + rings::kFurther) << rings::shift(level);
            EXPECT_EQ(rings::level_of(first_beyond - 1, now), level) << now;
            EXPECT_EQ(rings::level_of(first_beyond, now), level + 1) << now;
        }
    }
}

TEST(Rings, SlotsFollowOneAnotherRoundTheirRing) {
    EXPECT_EQ(rings::slot(0, 0), 0u);
    EXPECT_EQ(rings::slot(0, kFirst - 1), rings::kFirst - 1);
    EXPECT_EQ(rings::slot(0, kFirst), 0u);
    std::uint32_t first = rings::kFirst;  // of the level's ring
    for (int level = 1; level < rings::kLevels; ++level, first += rings::kFurther) {
        const Window length = Window{1} << rings::shift(level);
        EXPECT_EQ(rings::slot(level, 0), first);
        EXPECT_EQ(rings::slot(level, length - 1), first);
        EXPECT_EQ(rings::slot(level, length), first + 1);
        EXPECT_EQ(rings::slot(level, length * rings::kFurther - 1), first + rings::kFurther - 1);
        EXPECT_EQ(rings::slot(level, length * rings::kFurther), first);
    }
    EXPECT_EQ(first, rings::kSlots);
}

// Oracle: a list of what was appended.
TEST(Outbox, KnowsTheNextWindowWithAnythingToDo) {
    for (std::uint64_t trial = 0; trial < 300; ++trial) {
        auto random = [&, n = std::uint64_t{0}]() mutable { return draw(5, trial, Purpose::phold, n++); };
        const Window now = static_cast<Window>(random() >> (24 + random() % 40)) - 1;
        auto outbox = std::make_unique<Outbox<Sized<16>>>(1);
        ChunkPool<Sized<16>> pool;
        EXPECT_EQ(outbox->next_after(now), std::nullopt);
        std::optional<Window> expected;
        for (std::uint64_t i = random() % 6 + 1; i > 0; --i) {
            const Window w = now + 1 + static_cast<Window>(random() >> (20 + random() % 44));
            const int level = rings::level_of(w, now);
            if (level == rings::kLevels) continue;
            outbox->append(0, rings::slot(level, w), pool);
            const Window due = w >> rings::shift(level) << rings::shift(level);
            if (!expected || due < *expected) expected = due;
        }
        EXPECT_EQ(outbox->next_after(now), expected) << "now " << now;
    }
}

TEST(Outbox, AnUnmarkedSlotIsNotNext) {
    Outbox<Sized<16>> outbox(2);
    ChunkPool<Sized<16>> pool;
    outbox.append(0, rings::slot(0, 10), pool);
    outbox.append(1, rings::slot(0, 10), pool);
    outbox.append(1, rings::slot(0, kFirst + 4), pool);  // the slot of window 4, a turn later
    EXPECT_EQ(outbox.next_after(9), 10);
    EXPECT_EQ(outbox.next_after(10), kFirst + 4);
    outbox.unmark(rings::slot(0, 10));
    EXPECT_EQ(outbox.next_after(9), kFirst + 4);
}

}  // namespace
}  // namespace lightloom
