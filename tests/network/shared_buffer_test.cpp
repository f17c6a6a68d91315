// A switch's packet memory: what is queued is in it until the first tick after its last bit has left.
// Oracle: a plain list of (tick of release, bytes).
#include "models/network/shared_buffer.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace lightloom {
namespace {

constexpr std::int64_t kTick = std::int64_t{1} << SharedBuffer::kShortestTick;

TEST(SharedBuffer, HasRoomForItsCapacityAndNoMore) {
    SharedBuffer buffer({1000}, microseconds(10));
    EXPECT_TRUE(buffer.has_room(Time{0}, 1000));
    EXPECT_FALSE(buffer.has_room(Time{0}, 1001));
    buffer.take(Time{5}, 600);
    EXPECT_TRUE(buffer.has_room(Time{0}, 400));
    EXPECT_FALSE(buffer.has_room(Time{0}, 401));
}

TEST(SharedBuffer, GivesBackAtTheTickAfterDeparture) {
    for (const std::int64_t departure_ps :
         {std::int64_t{0}, std::int64_t{1}, kTick - 1, kTick, kTick + 1, 100 * kTick}) {
        SharedBuffer buffer({1000}, microseconds(10));
        ASSERT_TRUE(buffer.has_room(Time{0}, 1000));
        buffer.take(Time{departure_ps}, 1000);
        const std::int64_t released_ps = (departure_ps / kTick + 1) * kTick;
        EXPECT_FALSE(buffer.has_room(Time{released_ps - 1}, 1)) << departure_ps;
        EXPECT_TRUE(buffer.has_room(Time{released_ps}, 1000)) << departure_ps;
        EXPECT_EQ(buffer.occupied(), 0);
    }
}

TEST(SharedBuffer, ForgetsNothingOverALongIdleTime) {
    SharedBuffer buffer({1000}, microseconds(1));
    Time now{0};
    for (int hour = 0; hour < 1000; ++hour) {
        ASSERT_TRUE(buffer.has_room(now, 1000));
        buffer.take(now + nanoseconds(900), 1000);
        ASSERT_FALSE(buffer.has_room(now + nanoseconds(900), 1));
        now = now + Duration{3600 * kPicosecondsPerSecond};
    }
}

TEST(SharedBuffer, AgreesWithAListOfWhatIsInIt) {
    constexpr std::int64_t capacity = 50'000;
    const Duration longest = microseconds(3);
    SharedBuffer buffer({capacity}, longest);
    std::mt19937_64 random(3);
    struct Held {
        std::int64_t release_tick, bytes;
    };
    std::vector<Held> held;
    Time now{0};
    int refused = 0;
    for (int i = 0; i < 200'000; ++i) {
        const bool pause = random() % 1000 == 0;
        now = now + Duration{static_cast<std::int64_t>(random() % (pause ? 1'000'000'000 : 200'000))};
        std::erase_if(held, [&](const Held& h) { return h.release_tick <= now.ps / kTick; });
        std::int64_t occupied = 0;
        for (const Held& h : held) occupied += h.bytes;
        const auto bytes = static_cast<std::int64_t>(64 + random() % 4096);
        ASSERT_EQ(buffer.has_room(now, bytes), occupied + bytes <= capacity);
        ASSERT_EQ(buffer.occupied(), occupied);
        if (occupied + bytes > capacity) {
            ++refused;
            continue;
        }
        const Time departure =
            now + Duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(longest.ps + 1))};
        buffer.take(departure, bytes);
        held.push_back({departure.ps / kTick + 1, bytes});
    }
    EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace lightloom
