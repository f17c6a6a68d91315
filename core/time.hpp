// Time and Duration: signed 64-bit counts of picoseconds, 106 days either way. Never floating point: two runs that
// add the same delays in another order must meet at the same instant.
// Not here: how long a frame takes (core/rate.hpp), text such as "2.5us" (core/quantity_text.hpp).
#pragma once

#include <compare>
#include <cstdint>

namespace lightloom {

inline constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;

struct Duration {
    std::int64_t ps = 0;

    friend constexpr auto operator<=>(Duration, Duration) = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ps + b.ps}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ps - b.ps}; }
    friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ps * n}; }
    constexpr Duration& operator+=(Duration d) {
        ps += d.ps;
        return *this;
    }
    constexpr double seconds() const { return static_cast<double>(ps) / static_cast<double>(kPicosecondsPerSecond); }
};

struct Time {
    std::int64_t ps = 0;

    friend constexpr auto operator<=>(Time, Time) = default;
    friend constexpr Time operator+(Time t, Duration d) { return {t.ps + d.ps}; }
    friend constexpr Time operator-(Time t, Duration d) { return {t.ps - d.ps}; }
    friend constexpr Duration operator-(Time a, Time b) { return {a.ps - b.ps}; }
    constexpr double seconds() const { return static_cast<double>(ps) / static_cast<double>(kPicosecondsPerSecond); }
};

inline constexpr Time kNever{INT64_MAX};  // later than any event

constexpr Duration nanoseconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration microseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000'000}; }

}  // namespace lightloom
