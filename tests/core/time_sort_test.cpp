// Sorting a node's events by time. Oracle: std::stable_sort by time of keys in the order of their places.
#include "core/time_sort.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/random.hpp"

namespace lightloom {
namespace {

using Keys = std::vector<std::uint64_t>;
using Times = std::function<std::uint64_t(std::uint64_t i, std::uint64_t bits, int shift)>;

// `place` ascends, as in core/partition.hpp.
Keys keys_of(std::size_t count, int shift, const Times& times) {
    Keys keys;
    for (std::uint64_t place = 0; place < count; ++place) {
        const std::uint64_t time = times(place, draw(1, count, Purpose::phold, place), shift);
        keys.push_back((time & ((std::uint64_t{1} << shift) - 1)) << 32 | place);
    }
    return keys;
}

void expect_sorts(TimeSorter& sorter, Keys keys, int shift) {
    Keys expected = keys;
    std::stable_sort(expected.begin(), expected.end(), [](auto a, auto b) { return a >> 32 < b >> 32; });
    sorter.sort(keys, shift);
    ASSERT_EQ(keys, expected) << keys.size() << " keys, shift " << shift;
}

void expect_sorts_all_sizes(const Times& times) {
    TimeSorter sorter;  // one for all, as a partition has
    for (const int shift : {0, 1, 4, 9, 10, 11, 16, 20, 21, 30, 31})
        for (const std::size_t count : {0u, 1u, 2u, 3u, 23u, 24u, 25u, 100u, 159u, 160u, 161u, 1000u, 20'000u})
            expect_sorts(sorter, keys_of(count, shift, times), shift);
}

TEST(TimeSorter, SortsSpreadTimes) {
    expect_sorts_all_sizes([](auto, std::uint64_t bits, int) { return bits; });
}

TEST(TimeSorter, SortsCrowdedTimes) {
    expect_sorts_all_sizes([](auto, auto, int) { return 0; });
    expect_sorts_all_sizes([](auto, auto, int) { return UINT64_MAX; });
    expect_sorts_all_sizes([](auto, std::uint64_t bits, int) { return bits % 7; });
    expect_sorts_all_sizes([](auto, std::uint64_t bits, int shift) { return (bits % 3) << (shift / 2); });
    // All in one slot of a spread but one
    expect_sorts_all_sizes([](std::uint64_t i, std::uint64_t bits, int) { return i == 5 ? UINT64_MAX : bits % 100; });
}

TEST(TimeSorter, SortsWhatIsInOrderAlreadyOrBackwards) {
    expect_sorts_all_sizes([](std::uint64_t i, auto, int) { return i; });
    expect_sorts_all_sizes([](std::uint64_t i, auto, int) { return UINT64_MAX - i; });
}

TEST(TimeSorter, SortsEverySmallSize) {
    TimeSorter sorter;
    for (std::size_t count = 0; count < 400; ++count)
        for (int shift = 10; shift <= 31; ++shift)
            expect_sorts(sorter, keys_of(count, shift, [](auto, std::uint64_t bits, int) { return bits; }), shift);
}

}  // namespace
}  // namespace lightloom
