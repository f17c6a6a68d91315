// TimeSorter: sorts one node's events of one window, as 8-byte keys whose upper half is the time in the window. A
// handful is sorted by insertion. More are first spread over as many buckets as there are keys, by the upper bits of
// their times: arrivals at a busy switch are spread evenly, so almost all are then in place and insertion finishes the
// work.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lightloom {

class TimeSorter {
public:
    /// Sorts ascending. Among keys with equal times those that came first stay first if their lower halves ascend.
    /// @param bits  times are below 2^bits, bits <= 32
    void sort(std::span<std::uint64_t> keys, int bits) {
        if (keys.size() >= kHandful && !spread(keys, bits)) {
            std::sort(keys.begin(), keys.end());
            return;
        }
        insert(keys);
    }

private:
    static constexpr std::size_t kHandful = 24;
    static constexpr std::uint32_t kCrowd = 64;  // keys in one bucket that insertion should not be left with

    static void insert(std::span<std::uint64_t> keys) {
        for (std::size_t i = 1; i < keys.size(); ++i) {
            const std::uint64_t key = keys[i];
            std::size_t j = i;
            for (; j > 0 && key < keys[j - 1]; --j) keys[j] = keys[j - 1];
            keys[j] = key;
        }
    }

    // One pass of a counting sort by the upper bits of the time. @return false, keys untouched, where times are crowded
    bool spread(std::span<std::uint64_t> keys, int bits) {
        const int bucket_bits = std::min(bits, static_cast<int>(std::bit_width(keys.size())));
        const int shift = 32 + bits - bucket_bits;
        starts_.assign(std::size_t{1} << bucket_bits, 0);
        for (const std::uint64_t key : keys) ++starts_[key >> shift];
        std::uint32_t sum = 0, most = 0;
        for (std::uint32_t& start : starts_) {
            most = std::max(most, start);
            sum += std::exchange(start, sum);
        }
        if (most > kCrowd) return false;
        spread_.resize(std::max(spread_.size(), keys.size()));
        for (const std::uint64_t key : keys) spread_[starts_[key >> shift]++] = key;
        std::copy_n(spread_.begin(), keys.size(), keys.begin());
        return true;
    }

    std::vector<std::uint64_t> spread_;
    std::vector<std::uint32_t> starts_;
};

}  // namespace lightloom
