// WindowBits: one bit per packet of each flow's window, in a ring of a power of two of bits. A bit must be taken before
// its packet leaves the window, for the same bit then stands for a later packet.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "models/transport/flow_rows.hpp"

namespace lightloom {

class WindowBits {
public:
    WindowBits(std::size_t flows, std::uint32_t window)
        : log2_words_(std::bit_width(std::max(window, 64u) - 1) - 6), words_(flows << log2_words_) {}

    bool has(std::uint32_t flow, PacketNumber p) const { return words_[word(flow, p)] >> p % 64 & 1; }
    /// @return whether it was set before
    bool set(std::uint32_t flow, PacketNumber p) {
        std::uint64_t& w = words_[word(flow, p)];
        const std::uint64_t bit = std::uint64_t{1} << p % 64;
        const bool was = w & bit;
        w |= bit;
        return was;
    }
    /// Clears a bit. @return whether it was set before
    bool take(std::uint32_t flow, PacketNumber p) {
        std::uint64_t& w = words_[word(flow, p)];
        const std::uint64_t bit = std::uint64_t{1} << p % 64;
        const bool was = w & bit;
        w &= ~bit;
        return was;
    }
    /// The first packet of [from, to) whose bit is set; `to` if none is. Looks at 64 at once.
    PacketNumber first(std::uint32_t flow, PacketNumber from, PacketNumber to) const {
        while (before_number(from, to)) {
            if (const std::uint64_t rest = words_[word(flow, from)] >> from % 64; rest != 0) {
                const PacketNumber found = from + static_cast<PacketNumber>(std::countr_zero(rest));
                return before_number(found, to) ? found : to;
            }
            from += 64 - from % 64;
        }
        return to;
    }

private:
    std::size_t word(std::uint32_t flow, PacketNumber p) const {
        return (std::size_t{flow} << log2_words_) + (p / 64 & ((1u << log2_words_) - 1));
    }
    int log2_words_;
    std::vector<std::uint64_t> words_;
};

}  // namespace lightloom
