// TimeSorter: sorts one node's events of one window, as 8-byte keys whose upper half is the time. A handful is sorted by
// insertion, hundreds by std::sort, and the backlog of a large switch by radix passes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace lightloom {

class TimeSorter {
public:
    /// Sorts by the upper 32 bits; keys with equal ones end in any order. @param bits  the upper halves are below 2^bits
    void sort(std::span<std::uint64_t> keys, int bits) {
        if (keys.size() < kInsertion)
            insertion_sort(keys);
        else if (keys.size() < kRadix)
            std::sort(keys.begin(), keys.end());
        else
            radix_sort(keys, bits);
    }

private:
    static constexpr std::size_t kInsertion = 24, kRadix = 160;
    static constexpr int kDigitBits = 10;

    static void insertion_sort(std::span<std::uint64_t> keys) {
        for (std::size_t i = 1; i < keys.size(); ++i) {
            const std::uint64_t key = keys[i];
            std::size_t j = i;
            for (; j > 0 && key < keys[j - 1]; --j) keys[j] = keys[j - 1];
            keys[j] = key;
        }
    }

    // Least significant digit first, as often as the window is long.
    void radix_sort(std::span<std::uint64_t> keys, int bits) {
        if (other_.size() < keys.size()) other_.resize(keys.size() + keys.size() / 2);
        std::span<std::uint64_t> from = keys, to{other_.data(), keys.size()};
        for (int low = 0; low < bits; low += kDigitBits) {
            starts_.fill(0);
            for (const std::uint64_t key : from) ++starts_[digit(key, low)];
            std::uint32_t sum = 0;
            for (std::uint32_t& start : starts_) sum += std::exchange(start, sum);
            for (const std::uint64_t key : from) to[starts_[digit(key, low)]++] = key;
            std::swap(from, to);
        }
        if (from.data() != keys.data()) std::copy(from.begin(), from.end(), keys.begin());
    }
    static std::uint32_t digit(std::uint64_t key, int low) {
        return static_cast<std::uint32_t>(key >> (32 + low)) & ((1u << kDigitBits) - 1);
    }

    std::vector<std::uint64_t> other_;
    std::array<std::uint32_t, 1u << kDigitBits> starts_{};
};

}  // namespace lightloom
