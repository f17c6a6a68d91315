// TimeSorter: puts one node's events of one window in order, by sorting 8-byte keys instead of the events. A handful
// is sorted by insertion, hundreds by std::sort, and the backlog of a large switch by two radix passes.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/order.hpp"

namespace lightloom {

template <class Event>
class TimeSorter {
public:
    /// @param begin         start of the window; every event lies in it
    /// @param window_shift  its length is 2^window_shift ps, at most 2^32
    /// @return keys in order; the low 32 bits of each are the event's index in `events`. Valid until the next call.
    std::span<const std::uint64_t> sort(std::span<const Event> events, Time begin, int window_shift,
                                        const EventOrder<Event>& order) {
        const std::size_t n = events.size();
        if (keys_.size() < n) {
            keys_.resize(n + n / 2);
            other_.resize(n + n / 2);
        }
        for (std::size_t i = 0; i < n; ++i)
            keys_[i] = static_cast<std::uint64_t>(events[i].at.ps - begin.ps) << 32 | i;
        if (n < kInsertion)
            insertion_sort(n);
        else if (n < kRadix)
            std::sort(keys_.data(), keys_.data() + n);
        else
            radix_sort(n, window_shift);
        order_ties(events, order);
        return {keys_.data(), n};
    }

private:
    static constexpr std::size_t kInsertion = 24, kRadix = 200;
    static constexpr int kDigitBits = 11;

    void insertion_sort(std::size_t n) {
        for (std::size_t i = 1; i < n; ++i) {
            const std::uint64_t key = keys_[i];
            std::size_t j = i;
            for (; j > 0 && key < keys_[j - 1]; --j) keys_[j] = keys_[j - 1];
            keys_[j] = key;
        }
    }

    // Least significant digit first. Stable, so two passes order 2^22 ps; a longer window takes a third.
    void radix_sort(std::size_t n, int window_shift) {
        for (int low = 0; low < window_shift; low += kDigitBits) {
            digits_.fill(0);
            for (std::size_t i = 0; i < n; ++i) ++digits_[digit(keys_[i], low)];
            std::uint32_t sum = 0;
            for (std::uint32_t& d : digits_) sum += std::exchange(d, sum);
            for (std::size_t i = 0; i < n; ++i) other_[digits_[digit(keys_[i], low)]++] = keys_[i];
            keys_.swap(other_);
        }
    }
    static std::uint32_t digit(std::uint64_t key, int low) {
        return static_cast<std::uint32_t>(key >> (32 + low)) & ((1u << kDigitBits) - 1);
    }

    void order_ties(std::span<const Event> events, const EventOrder<Event>& order) {
        const auto at = [&](std::size_t i) { return keys_[i] >> 32; };
        for (std::size_t i = 1; i < events.size(); ++i) {
            if (at(i) != at(i - 1)) [[likely]]
                continue;
            const std::size_t first = i - 1;
            while (i < events.size() && at(i) == at(first)) ++i;
            std::sort(keys_.data() + first, keys_.data() + i, [&](std::uint64_t a, std::uint64_t b) {
                return order.tied_before(events[static_cast<std::uint32_t>(a)], events[static_cast<std::uint32_t>(b)]);
            });
        }
    }

    std::vector<std::uint64_t> keys_, other_;
    std::array<std::uint32_t, 1u << kDigitBits> digits_{};
};

}  // namespace lightloom
