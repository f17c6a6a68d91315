// Rate: how many bits a port sends per second, as an exact fraction of picoseconds per bit (400G 5/2, 106.25G 160/17).
// A port's clock must not drift: 1 s of 64-byte frames at 400 Gb/s is 781 M roundings.
// Not here: the clock that adds frames up (models/network/port_clock.hpp), framing overhead, propagation.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

class Rate {
public:
    /// @return nothing if the rate is not positive, or so odd that its reduced fraction leaves 32 bits (400.000000001
    ///         Gb/s does); every multiple of 1 kb/s up to 4 Tb/s fits.
    static constexpr std::optional<Rate> from(BitRate rate) {
        if (rate.bits_per_second <= 0) return std::nullopt;
        const std::int64_t common = std::gcd(kPicosecondsPerSecond, rate.bits_per_second);
        const std::int64_t picoseconds = kPicosecondsPerSecond / common, bits = rate.bits_per_second / common;
        if (picoseconds > UINT32_MAX || bits > UINT32_MAX) return std::nullopt;
        return Rate{static_cast<std::uint32_t>(picoseconds), static_cast<std::uint32_t>(bits)};
    }

    constexpr std::uint32_t picoseconds() const { return picoseconds_; }  // picoseconds() per bits(), in lowest terms
    constexpr std::uint32_t bits() const { return bits_; }

    /// How long `bits` take, rounded up to a picosecond. @param bits in [0, 2^31]
    constexpr Duration duration_of(std::int64_t bits) const { return {(bits * picoseconds_ + bits_ - 1) / bits_}; }

    constexpr BitRate bit_rate() const { return {kPicosecondsPerSecond / picoseconds_ * bits_}; }

    friend constexpr bool operator==(Rate, Rate) = default;

private:
    constexpr Rate(std::uint32_t picoseconds, std::uint32_t bits) : picoseconds_(picoseconds), bits_(bits) {}

    std::uint32_t picoseconds_;
    std::uint32_t bits_;
};

}  // namespace lightloom
