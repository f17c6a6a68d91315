// A port carries exactly its rate.
// Oracle: 128-bit arithmetic on bits per second, which shares nothing with the clock's remainder; for waiting times,
// the Pollaczek-Khinchine mean of M/D/1, rho / (2 mu (1 - rho)), within a 99 % interval by batch means.
#include "models/network/port_clock.hpp"

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace lightloom {
namespace {

constexpr std::int64_t k3200G = 3'200'000'000'000, k106G = 106'250'000'000, k400G = 400'000'000'000;

PortClock clock_of(std::int64_t bits_per_second, std::int64_t gap_bytes) {
    return {*Rate::from({bits_per_second}), gap_bytes * 8};
}

std::int64_t exact_ps(__int128 bits, std::int64_t bits_per_second) {  // rounded up
    return static_cast<std::int64_t>((bits * 1'000'000'000'000 + bits_per_second - 1) / bits_per_second);
}

struct Burst {
    std::int64_t bits_per_second, frame_bytes, gap_bytes;
    std::int64_t span_ps;
};

// Frames back to back; every end is looked at, so a slip that heals is found too.
void expect_exact(const Burst& b) {
    PortClock clock = clock_of(b.bits_per_second, b.gap_bytes);
    const std::int64_t frame_bits = b.frame_bytes * 8, slot_bits = frame_bits + b.gap_bytes * 8;
    const __int128 slot = static_cast<__int128>(slot_bits) * 1'000'000'000'000, bps = b.bits_per_second;
    // The exact end, kept as a quotient and a remainder of bits per second.
    __int128 sum = static_cast<__int128>(frame_bits) * 1'000'000'000'000;
    std::int64_t end_ps = static_cast<std::int64_t>(sum / bps), rest = static_cast<std::int64_t>(sum % bps);
    const auto step_ps = static_cast<std::int64_t>(slot / bps), step_rest = static_cast<std::int64_t>(slot % bps);
    bool all_exact = true;
    while (end_ps < b.span_ps) {
        all_exact &= clock.send(Time{0}, frame_bits).ps == end_ps + (rest != 0);
        end_ps += step_ps;
        rest += step_rest;
        if (rest >= b.bits_per_second) {
            rest -= b.bits_per_second;
            ++end_ps;
        }
    }
    EXPECT_TRUE(all_exact) << b.bits_per_second << " b/s, " << b.frame_bytes << " + " << b.gap_bytes << " bytes";
}

constexpr std::int64_t kSecond = 1'000'000'000'000;

TEST(PortClock, CarriesExactlyItsRateForASecond) {
    expect_exact({k3200G, 4150, 0, kSecond});
    expect_exact({k3200G, 4158, 12, kSecond});
    expect_exact({k106G, 4150, 0, kSecond});
    expect_exact({k106G, 4158, 12, kSecond});
    expect_exact({k106G, 64, 0, kSecond});
}

// Short frames at 3.2 Tb/s: 6.25 thousand million a second, so a hundredth of one; the remainder has come round 1e6
// times by then.
TEST(PortClock, CarriesShortFramesExactlyToo) {
    expect_exact({k3200G, 64, 0, kSecond / 100});
    expect_exact({k3200G, 72, 12, kSecond / 100});
    expect_exact({k3200G, 65, 12, kSecond / 100});
    expect_exact({k106G, 72, 12, kSecond / 10});
    expect_exact({25'781'250'000, 65, 12, kSecond / 10});
    expect_exact({1'000'003'000, 65, 12, kSecond / 10});  // a fraction that hardly reduces
}

TEST(PortClock, GivesFirstAndLastBitAsSendDoes) {
    for (const std::int64_t rate : {k3200G, k106G, k400G}) {
        PortClock whole = clock_of(rate, 12), split = clock_of(rate, 12);
        std::mt19937_64 random(5);
        Time now{0}, last{0};
        for (int i = 0; i < 100'000; ++i) {
            now = now + Duration{static_cast<std::int64_t>(random() % 200'000)};
            const auto bits = static_cast<std::int64_t>(8 * (64 + random() % 4000));
            const Time expected = whole.send(now, bits), first = split.first_bit(now);
            ASSERT_GE(first, now);
            if (first != now) {  // the port was busy: a gap after the last frame
                ASSERT_GE(first.ps, last.ps + exact_ps(96, rate) - 1);
                ASSERT_LE(first.ps, last.ps + exact_ps(96, rate));
            }
            last = split.last_bit(bits);
            ASSERT_EQ(last, expected);
            ASSERT_GE((last - first).ps, exact_ps(bits, rate) - 1);
            ASSERT_LE((last - first).ps, exact_ps(bits, rate));
        }
    }
}

TEST(PortClock, StartsAfreshWhenIdle) {
    PortClock clock = clock_of(k106G, 12);
    const std::int64_t end_ps = exact_ps(512, k106G), end_and_gap_ps = exact_ps(512 + 96, k106G);
    EXPECT_EQ(clock.send(Time{0}, 512).ps, end_ps);
    PortClock just_early = clock, just_late = clock, much_later = clock;
    EXPECT_EQ(just_early.send(Time{end_and_gap_ps - 1}, 512).ps,
              exact_ps(2 * 512 + 96, k106G));  // exact, not rounded twice
    EXPECT_EQ(just_late.send(Time{end_and_gap_ps}, 512).ps, end_and_gap_ps + end_ps);
    const std::int64_t ten_hours_ps = 36'000 * kSecond;
    EXPECT_EQ(much_later.send(Time{ten_hours_ps}, 512).ps, ten_hours_ps + end_ps);
    EXPECT_EQ(much_later.waiting(Time{ten_hours_ps + end_ps}).ps, 0);
}

TEST(PortClock, ComparesRatesAndCountsBits) {
    EXPECT_TRUE(clock_of(k400G, 0).faster_than(clock_of(k106G, 0)));
    EXPECT_FALSE(clock_of(k106G, 0).faster_than(clock_of(k400G, 0)));
    EXPECT_FALSE(clock_of(k400G, 0).faster_than(clock_of(k400G, 96)));
    EXPECT_EQ(clock_of(k106G, 0).duration_of(k106G).ps, kSecond);
    EXPECT_EQ(clock_of(k106G, 0).bits_in({kSecond}), k106G);
    EXPECT_EQ(clock_of(k3200G, 0).duration_of(k3200G * 3600).ps, 3600 * kSecond);
}

// Mean wait of Poisson arrivals at the port itself, in services, and the half-width of its interval.
std::pair<double, double> mean_wait(double load) {
    constexpr int batches = 40, frames_per_batch = 100'000;
    constexpr double t_quantile = 2.708;  // Student, 39 degrees of freedom, 99 % on both sides
    constexpr std::int64_t bits = 4150 * 8;
    PortClock clock = clock_of(k400G, 0);
    const std::int64_t service_ps = exact_ps(bits, k400G);
    std::mt19937_64 random(1);
    std::exponential_distribution<double> next(load / static_cast<double>(service_ps));
    double now_ps = 0.0;
    std::vector<double> means;
    for (int batch = -1; batch < batches; ++batch) {  // the first is thrown away: the queue begins empty
        double sum = 0.0;
        for (int i = 0; i < frames_per_batch; ++i) {
            now_ps += next(random);
            const Time now{static_cast<std::int64_t>(now_ps)};
            sum += static_cast<double>((clock.send(now, bits) - now).ps - service_ps);
        }
        if (batch >= 0) means.push_back(sum / frames_per_batch / static_cast<double>(service_ps));
    }
    const double mean = std::accumulate(means.begin(), means.end(), 0.0) / batches;
    double squares = 0.0;
    for (const double m : means) squares += (m - mean) * (m - mean);
    return {mean, t_quantile * std::sqrt(squares / (batches - 1) / batches)};
}

TEST(PortClock, MakesPoissonArrivalsWaitAsMD1) {
    for (const double load : {0.5, 0.8, 0.95}) {
        const auto [mean, half_width] = mean_wait(load);
        EXPECT_NEAR(mean, load / (2.0 * (1.0 - load)), half_width) << "load " << load;
        EXPECT_LT(half_width, 0.1 * mean) << "load " << load;  // else the interval would hold nothing
    }
}

}  // namespace
}  // namespace lightloom
