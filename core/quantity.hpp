// Quantities with their unit in the type: only operators that mean something compile, so that a length cannot be
// added to a loss nor two absolute powers in dBm to each other (tests/core/units_compile_fail holds that).
// Not here: time (core/time.hpp), line rates as exact fractions (core/rate.hpp), text (core/quantity_text.hpp).
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace lightloom {

struct Bytes {
    std::int64_t count = 0;
    friend constexpr auto operator<=>(Bytes, Bytes) = default;
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }
    friend constexpr Bytes operator*(Bytes a, std::int64_t n) { return {a.count * n}; }
};

struct BitRate {
    std::int64_t bits_per_second = 0;
    friend constexpr auto operator<=>(BitRate, BitRate) = default;
};

struct Metres {
    double value = 0.0;
    friend constexpr auto operator<=>(Metres, Metres) = default;
    friend constexpr Metres operator+(Metres a, Metres b) { return {a.value + b.value}; }
};

/// A ratio of powers: a loss or a gain.
struct Decibel {
    double value = 0.0;
    friend constexpr auto operator<=>(Decibel, Decibel) = default;
    friend constexpr Decibel operator+(Decibel a, Decibel b) { return {a.value + b.value}; }
    friend constexpr Decibel operator-(Decibel a, Decibel b) { return {a.value - b.value}; }
    friend constexpr Decibel operator*(double k, Decibel a) { return {k * a.value}; }
    double linear() const { return std::pow(10.0, value / 10.0); }
};

struct PowerMilliwatt {
    double value = 0.0;
    friend constexpr auto operator<=>(PowerMilliwatt, PowerMilliwatt) = default;
    friend constexpr PowerMilliwatt operator+(PowerMilliwatt a, PowerMilliwatt b) { return {a.value + b.value}; }
};

/// An absolute power. There is no PowerDbm + PowerDbm: that would multiply the two.
struct PowerDbm {
    double value = 0.0;
    friend constexpr auto operator<=>(PowerDbm, PowerDbm) = default;
    friend constexpr PowerDbm operator+(PowerDbm p, Decibel gain) { return {p.value + gain.value}; }
    friend constexpr PowerDbm operator-(PowerDbm p, Decibel loss) { return {p.value - loss.value}; }
    friend constexpr Decibel operator-(PowerDbm a, PowerDbm b) { return {a.value - b.value}; }
    PowerMilliwatt milliwatts() const { return {std::pow(10.0, value / 10.0)}; }
    static PowerDbm from(PowerMilliwatt p) { return {10.0 * std::log10(p.value)}; }
};

struct Celsius {
    double value = 0.0;
    friend constexpr auto operator<=>(Celsius, Celsius) = default;
};

/// Age. Not a Duration: simulated time ends after 106 days.
struct Years {
    double value = 0.0;
    friend constexpr auto operator<=>(Years, Years) = default;
};

struct Watt {
    double value = 0.0;
    friend constexpr auto operator<=>(Watt, Watt) = default;
    friend constexpr Watt operator+(Watt a, Watt b) { return {a.value + b.value}; }
};

}  // namespace lightloom
