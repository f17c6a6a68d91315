// A direction whose receiver loses lock is dark, and loses every frame that touches the dark interval.
// Oracles: the rate of three uncorrectable codewords in a row, 2 CER^3 (1 - CER) / 25.6 ns at 400 Gb/s (two streams of
// one codeword per 25.6 ns each, IEEE 802.3 clause 119), written out here; the normal interval of a Poisson count at
// 99.9 %, seeds fixed; and for frames, each one's place on the line, from arithmetic on a saturated link.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr Time kSecond{kPicosecondsPerSecond};
constexpr std::int64_t kWirePs = (8 + 64 + 4096) * 20, kGapPs = 12 * 20;  // a full frame at 400 Gb/s
constexpr std::int64_t kFirstBitPs = 500'000, kDelayPs = 500'000;         // the NIC's latency; a cable's delay

double lock_losses_per_second(double codeword_error_ratio) {
    return 2.0 * std::pow(codeword_error_ratio, 3) * (1.0 - codeword_error_ratio) / 25.6e-9;
}

FabricCase one_switch(std::int64_t bytes) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {bytes}), Duration{kDelayPs});
    parts.transport = {.payload = {4096}, .window = 4096, .timeout = milliseconds(10)};
    return parts;
}

DarkIntervals::Cause cause_of(const FabricCase& parts, PortId port) {
    const CableId cable = parts.topology.ports[port.value].cable;
    const std::size_t direction =
        2 * std::size_t{cable.value} + (parts.topology.cables[cable.value].upper.value == port.value);
    return {parts.channels[direction], parts.changes, parts.fault_seed, port.value};
}

// Lets the direction of the first NIC lose lock within a few picoseconds after `at`, once.
void lose_lock_at(FabricCase& parts, Time at) {
    parts.changes = {{.at = at, .lock_loss_per_second = 1e13}, {.at = at + Duration{1000}}};
    ASSERT_EQ(&parts.channel(parts.nic(0)), parts.channels.data());  // direction 0
}

struct Rate {
    double codeword_error_ratio, mean_seconds;  // to three digits
    std::uint64_t seed;
};
void PrintTo(const Rate& rate, std::ostream* out) { *out << rate.codeword_error_ratio; }
class LockLossRate : public ::testing::TestWithParam<Rate> {};
INSTANTIATE_TEST_SUITE_P(Ratios, LockLossRate, ::testing::Values(Rate{1e-3, 12.8, 1}, Rate{3e-3, 0.476, 2}));

TEST_P(LockLossRate, IsThatOfThreeBadCodewordsInARow) {
    const Topology topology = leaf_spine(
        {.servers = 64, .gpus_per_server = 1, .leaves = 8, .spines = 8, .links_per_pair = 1, .rate = gigabits(400)});
    FabricCase parts(topology, permutation(topology, {4096}, 1), nanoseconds(500));
    parts.fault_seed = GetParam().seed;
    const double expected_per_second = lock_losses_per_second(GetParam().codeword_error_ratio);
    EXPECT_NEAR(1.0 / expected_per_second, GetParam().mean_seconds, 0.01 * GetParam().mean_seconds);
    for (Channel& channel : parts.channels) {
        channel.lock_loss_per_second = expected_per_second;
        channel.relock = {Distribution::Kind::lognormal, 2e9, 0.5};
        channel.debounce = milliseconds(3);
        channel.link_up = milliseconds(1500);
    }
    const Time end{static_cast<std::int64_t>(10e12 / expected_per_second)};
    const FabricRun ran = run(parts);  // all that its traffic does is to be there
    ASSERT_TRUE(ran.fabric.finished());
    DarkIntervals::Sum all;
    int without_any = 0;
    for (std::uint32_t port = 0; port < topology.ports.size(); ++port) {
        const DarkIntervals::Sum sum = ran.fabric.dark_until(port, end);
        all.lock_losses += sum.lock_losses;
        all.flaps += sum.flaps;
        all.dark += sum.dark;
        without_any += sum.lock_losses == 0;
    }
    const double lit_seconds =
        end.seconds() * static_cast<double>(topology.ports.size()) - all.dark.seconds();  // where lock can be lost
    const double expected = expected_per_second * lit_seconds, losses = static_cast<double>(all.lock_losses);
    EXPECT_GE(all.lock_losses, 200);
    EXPECT_NEAR(losses, expected, 3.29 * std::sqrt(expected));
    EXPECT_LE(without_any, 1);  // of 256 directions, each with 10 or so expected
    // P(relock > debounce) = Q(ln(1.5) / 0.5)
    const double flapping = 0.5 * std::erfc(std::log(1.5) / 0.5 / std::sqrt(2.0));
    EXPECT_NEAR(static_cast<double>(all.flaps), losses * flapping,
                3.29 * std::sqrt(losses * flapping * (1.0 - flapping)));
}

// Waits are exponential: the share that is longer than the mean is 1/e, than thrice the mean 1/e^3.
TEST(LockLoss, WaitsHaveNoMemory) {
    Channel channel{.lock_loss_per_second = lock_losses_per_second(1e-3)};
    channel.relock = {.a = 1e12};
    constexpr int intervals = 20'000;
    const double mean_ps = 1e12 / channel.lock_loss_per_second;
    double longer_than[3] = {}, product = 0.0, before = 1.0;
    Time lit{0};
    const DarkIntervals::Cause cause{channel, {}, 1, 7};
    DarkIntervals dark(cause);
    for (int i = 0; i < intervals; ++i) {
        const double wait = static_cast<double>((dark.from() - lit).ps) / mean_ps;
        for (int k = 0; k < 3; ++k) longer_than[k] += wait > k + 1;
        product += (wait - 1.0) * (before - 1.0);
        before = wait;
        EXPECT_EQ((dark.to() - dark.from()).ps, kPicosecondsPerSecond);
        lit = dark.to();
        dark.advance(cause);
    }
    for (int k = 0; k < 3; ++k) {
        const double share = std::exp(-(k + 1.0));
        EXPECT_NEAR(longer_than[k], intervals * share, 3.29 * std::sqrt(intervals * share * (1.0 - share))) << k;
    }
    EXPECT_NEAR(product / intervals, 0.0, 3.29 / std::sqrt(intervals));  // one after the other: no correlation
}

TEST(LockLoss, DirectionsAndSeedsDiffer) {
    const Channel channel{.lock_loss_per_second = 1.0, .relock = {.a = 1e9}};
    const auto first = [&](std::uint64_t seed, std::uint32_t direction) {
        return DarkIntervals({channel, {}, seed, direction}).from();
    };
    EXPECT_EQ(first(1, 1), first(1, 1));
    EXPECT_NE(first(1, 1), first(2, 1));
    EXPECT_NE(first(1, 1), first(1, 2));
}

TEST(LockLoss, NeverHappensAtARateOfNothing) {
    FabricCase parts = one_switch(1 << 20);
    for (const double rate : {0.0, -1.0, 1e-9}) {  // once in 30 years
        for (Channel& channel : parts.channels) channel.lock_loss_per_second = rate;
        const FabricRun lit = run(parts);
        EXPECT_EQ(lit.lost(), 0u);
        for (std::uint32_t port = 0; port < 4; ++port) EXPECT_EQ(lit.fabric.dark_until(port, kSecond).lock_losses, 0);
    }
}

// One burst without a pause: frame k is on the line from kFirstBitPs + k slots, and is lost if an interval meets it.
TEST(LockLoss, TakesExactlyTheFramesThatMeetADarkInterval) {
    constexpr std::int64_t frames = 2000, slot_ps = kWirePs + kGapPs;
    for (const Forwarding forwarding : {Forwarding::store_and_forward, Forwarding::cut_through})
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            FabricCase parts = one_switch(frames * 4096);
            parts.network.forwarding = forwarding;
            parts.fault_seed = seed;
            Channel& channel = parts.channel(parts.nic(0));
            channel.lock_loss_per_second = 1e5;
            channel.relock = {Distribution::Kind::lognormal, 1e6, 1.0};
            channel.debounce = microseconds(2);
            channel.link_up = microseconds(5);
            const DarkIntervals::Cause cause = cause_of(parts, parts.nic(0));
            DarkIntervals dark(cause);
            std::uint64_t expected = 0;
            for (std::int64_t k = 0; k < frames; ++k) {
                const Time start{kFirstBitPs + k * slot_ps}, arrival = start + Duration{kWirePs + kDelayPs};
                while (dark.to() <= start) dark.advance(cause);
                expected += dark.from() <= arrival;
            }
            const FabricRun burst = run(parts, {.until = Time{} + milliseconds(5)});  // before the first repetition
            ASSERT_EQ(burst.sent(parts.nic(0)), static_cast<std::uint64_t>(frames));
            EXPECT_EQ(burst.received(parts.nic(0)).frames_lost_in_dark, expected);
            EXPECT_EQ(burst.received(parts.nic(0)).frames_lost, expected);
            EXPECT_EQ(burst.statistics.losses[0].lost, expected);
            EXPECT_GT(expected, 50u);
            EXPECT_LT(expected, 1950u);
        }
}

// [first bit leaves, last bit arrives] against [dark from, lit from), to the picosecond.
TEST(LockLoss, MeetsAFrameFromItsFirstBitToItsLast) {
    FabricCase parts = one_switch(4096);
    parts.channel(parts.nic(0)).relock = {.a = 5e6};
    const auto dark_at = [&](Time at) {
        lose_lock_at(parts, at);
        return DarkIntervals(cause_of(parts, parts.nic(0)));
    };
    const Duration wait = dark_at(Time{1}).from() - Time{1};  // the same few picoseconds wherever the rate begins
    const auto lost = [&](std::int64_t from_ps) {
        EXPECT_EQ(dark_at(Time{from_ps} - wait).from(), Time{from_ps});
        return run(parts, {.until = Time{} + milliseconds(5)}).received(parts.nic(0)).frames_lost_in_dark == 1;
    };
    constexpr std::int64_t arrival_ps = kFirstBitPs + kWirePs + kDelayPs;
    EXPECT_TRUE(lost(kFirstBitPs));
    EXPECT_TRUE(lost(arrival_ps));
    EXPECT_FALSE(lost(arrival_ps + 1));
    // And at its end: the interval is over when the first bit leaves, or a picosecond later.
    parts.channel(parts.nic(0)).relock = {.a = 400'000};
    EXPECT_FALSE(lost(kFirstBitPs - 400'000));
    EXPECT_TRUE(lost(kFirstBitPs - 400'000 + 1));
}

TEST(LockLoss, FlowsRecoverWhenTheDirectionIsLitAgain) {
    FabricCase parts = one_switch(8 << 20);
    parts.transport = {.payload = {4096}, .window = 64, .timeout = microseconds(30)};
    parts.channel(parts.nic(0)).relock = {.a = 200e6};
    const Time dark_from = Time{} + microseconds(50);
    lose_lock_at(parts, dark_from);
    const FabricRun recovered = run(parts);
    EXPECT_TRUE(recovered.fabric.finished());
    EXPECT_EQ(recovered.statistics.payload_bytes_delivered, 8 << 20);
    const Fabric::PortCounters& there = recovered.received(parts.nic(0));
    EXPECT_GT(there.frames_lost_in_dark, 64u);  // a window, and its repetitions
    EXPECT_EQ(there.frames_lost_in_dark, there.frames_lost);
    EXPECT_EQ(recovered.lost(), there.frames_lost);  // acknowledgements came through
    EXPECT_GE(recovered.retransmissions(), there.frames_lost_in_dark);
    parts.changes.clear();
    const Duration late = recovered.delivered(0) - run(parts).delivered(0);
    EXPECT_GT(late, microseconds(200 - 30));
    EXPECT_LT(late, microseconds(200 + 2 * 30));
}

TEST(LockLoss, OutlastingTheDebounceIsAFlap) {
    FabricCase parts = one_switch(4096);
    Channel& channel = parts.channel(parts.nic(0));
    channel.debounce = milliseconds(10);
    channel.link_up = milliseconds(2500);
    lose_lock_at(parts, Time{} + milliseconds(1));
    const auto sum = [&](std::int64_t relock_ps, Time end) {
        channel.relock = {.a = static_cast<double>(relock_ps)};
        return Fabric(parts.input(1)).dark_until(parts.nic(0).value, end);
    };
    const std::int64_t debounce_ps = channel.debounce.ps;
    const DarkIntervals::Sum brief = sum(debounce_ps, kSecond + milliseconds(9000));
    EXPECT_EQ(brief.lock_losses, 1);
    EXPECT_EQ(brief.flaps, 0);
    EXPECT_EQ(brief.dark.ps, debounce_ps);
    const DarkIntervals::Sum flap = sum(debounce_ps + 1, kSecond + milliseconds(9000));
    EXPECT_EQ(flap.lock_losses, 1);
    EXPECT_EQ(flap.flaps, 1);
    EXPECT_EQ(flap.dark.ps, debounce_ps + 1 + channel.link_up.ps);

    const Time from = DarkIntervals(cause_of(parts, parts.nic(0))).from();
    EXPECT_EQ(sum(debounce_ps + 1, from).lock_losses, 0);
    EXPECT_EQ(sum(debounce_ps + 1, from + Duration{1}).dark.ps, 1);
    EXPECT_EQ(sum(debounce_ps + 1, from + channel.debounce).flaps, 0);  // not yet known to be one
    EXPECT_EQ(sum(debounce_ps + 1, from + channel.debounce + Duration{1}).flaps, 1);
    EXPECT_EQ(sum(debounce_ps + 1, from + milliseconds(20)).dark, milliseconds(20));
    EXPECT_EQ(Fabric(parts.input(1)).dark_until(parts.peer(parts.nic(0)).value, kSecond).lock_losses, 0);
}

TEST(LockLoss, KeepsAFlappedPortFromItsFrames) {
    FabricCase parts = one_switch(4096);
    Channel& channel = parts.channel(parts.nic(0));
    channel.relock = {.a = 20e9};
    channel.link_up = milliseconds(2500);
    lose_lock_at(parts, Time{});
    for (const Duration debounce : {milliseconds(30), milliseconds(10)}) {
        channel.debounce = debounce;
        const FabricRun recovered = run(parts);
        const Duration dark = debounce > milliseconds(20) ? milliseconds(20) : milliseconds(2520);
        EXPECT_TRUE(recovered.fabric.finished());
        EXPECT_GT(recovered.delivered(0), dark);
        EXPECT_LT(recovered.delivered(0), dark + milliseconds(11));  // tried every 10 ms
    }
}

// A break met on the way is counted where it happened, once; what travels on broken is not counted again.
TEST(LockLoss, OnACutThroughPathIsCountedOnTheDarkLink) {
    FabricCase parts(chain({gigabits(400), gigabits(400), gigabits(400)}), messages({{0, 1}}, {40 * 4096}),
                     Duration{kDelayPs});
    parts.network.forwarding = Forwarding::cut_through;
    parts.transport = {.payload = {4096}, .window = 64, .timeout = milliseconds(10)};
    parts.channel(parts.nic(0)).relock = {.a = 5e9};
    lose_lock_at(parts, Time{});
    const FabricRun stopped = run(parts, {.until = Time{} + milliseconds(4)});
    EXPECT_EQ(stopped.received(parts.nic(0)).frames_lost_in_dark, 40u);
    EXPECT_EQ(stopped.lost(), 40u);
    EXPECT_EQ(stopped.statistics.losses[0].lost, 40u);
    EXPECT_EQ(stopped.fabric.counters()[parts.nic(1).value].frames_delivered, 40u);  // broken, not by its own cable
    EXPECT_EQ(stopped.statistics.messages_delivered, 0);
}

// In one direction both kinds of loss, each counted for itself.
TEST(LockLoss, IsToldFromCodewords) {
    FabricCase parts = one_switch(32 << 20);
    parts.transport = {.payload = {4096}, .window = 64, .timeout = microseconds(30)};
    Channel& channel = parts.channel(parts.nic(0));
    channel.codeword_hazard = 3e-3;
    channel.relock = {.a = 2e9};
    lose_lock_at(parts, Time{} + microseconds(100));
    for (ChannelChange& change : parts.changes) change.codeword_hazard = channel.codeword_hazard;
    const FabricRun both = run(parts);
    ASSERT_TRUE(both.fabric.finished());
    const Fabric::PortCounters& there = both.received(parts.nic(0));
    EXPECT_GT(there.frames_lost_in_dark, 64u);
    const auto lit = static_cast<double>(both.sent(parts.nic(0)) - there.frames_lost_in_dark);
    const double ratio = 1.0 - std::exp(-3e-3 * (1.0 + (4096 + 64 + 20) * 8 / 5120.0));  // h (1 + 1/MFC), alone
    EXPECT_NEAR(static_cast<double>(there.frames_lost - there.frames_lost_in_dark), lit * ratio,
                3.29 * std::sqrt(lit * ratio));
}

}  // namespace
}  // namespace lightloom::testing
