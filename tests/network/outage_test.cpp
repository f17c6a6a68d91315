// Outages known before the run: a direction is dark in [from, to), loses what is on it then, and does so beside its
// own lock losses.
// Oracles: each frame's place on a saturated line, from arithmetic; the union of intervals, picosecond by picosecond; a
// Poisson count at 99.9 %, seeds fixed; the reference engine.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kWirePs = (8 + 64 + 4096) * 20, kSlotPs = kWirePs + 12 * 20;  // a full frame at 400 Gb/s
constexpr std::int64_t kFirstBitPs = 500'000, kDelayPs = 500'000;  // the NIC's latency; a cable's delay
constexpr std::int64_t kFrames = 1000;

// One burst without a pause from the first NIC: frame k is on the line from kFirstBitPs + k slots on.
FabricCase burst(Forwarding forwarding) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {kFrames * 4096}), Duration{kDelayPs});
    parts.transport = {.payload = {4096}, .window = 4096, .timeout = milliseconds(10)};
    parts.network.forwarding = forwarding;
    return parts;
}

class Outages : public ::testing::TestWithParam<Forwarding> {};
INSTANTIATE_TEST_SUITE_P(Modes, Outages, ::testing::Values(Forwarding::store_and_forward, Forwarding::cut_through),
                         [](const auto& mode) {
                             return mode.param == Forwarding::cut_through ? "CutThrough" : "StoreAndForward";
                         });

TEST_P(Outages, LoseExactlyTheFramesThatAreOnTheLine) {
    FabricCase parts = burst(GetParam());
    const auto outage = [](std::int64_t from_ps, std::int64_t to_ps) {
        return Outage{Time{from_ps}, Time{to_ps}, 0, OutageCause::link_down};
    };
    const std::int64_t at_ps = kFirstBitPs + 100 * kSlotPs;
    const std::vector<std::vector<Outage>> cases = {
        {outage(0, 1)},
        {outage(0, kFirstBitPs)},
        {outage(0, kFirstBitPs + 1)},
        {outage(at_ps, at_ps + 1)},
        {outage(at_ps + 50'000, at_ps + 7 * kSlotPs), outage(at_ps, at_ps + 2 * kSlotPs)},     // overlap, in any order
        {outage(at_ps, at_ps + kSlotPs), outage(at_ps + kSlotPs, at_ps + 2 * kSlotPs + 17)},   // touch
        {outage(at_ps, at_ps + 9 * kSlotPs), outage(at_ps + kSlotPs, at_ps + 2 * kSlotPs)},    // one in the other
        {outage(at_ps, at_ps + 1), outage(at_ps + 300 * kSlotPs, at_ps + 301 * kSlotPs - 1)},  // apart
        {outage(at_ps, kNever.ps)},
        {outage(kNever.ps - 5, kNever.ps)},
    };
    for (const std::vector<Outage>& outages : cases) {
        std::uint64_t expected = 0;
        for (std::int64_t k = 0; k < kFrames; ++k) {
            const Time start{kFirstBitPs + k * kSlotPs}, arrival = start + Duration{kWirePs + kDelayPs};
            expected += std::ranges::any_of(
                outages, [&](const Outage& dark) { return dark.from <= arrival && start < dark.to; });
        }
        parts.outages = outages;
        const FabricRun ran = run(parts, {.until = Time{} + milliseconds(5)});  // before the first repetition
        ASSERT_EQ(ran.sent(parts.nic(0)), static_cast<std::uint64_t>(kFrames));
        EXPECT_EQ(ran.received(parts.nic(0)).frames_lost_in_dark, expected) << outages[0].from.ps;
        EXPECT_EQ(ran.received(parts.nic(0)).frames_lost, expected);
        EXPECT_EQ(ran.statistics.losses[0].lost, expected);
        EXPECT_EQ(ran.lost(), expected);  // none on another direction
    }
}

// [first bit leaves, last bit arrives] against [from, to), to the picosecond.
TEST_P(Outages, MeetAFrameFromItsFirstBitToItsLast) {
    FabricCase parts = burst(GetParam());
    parts.traffic = messages({{0, 1}}, {4096});
    const auto lost = [&](std::int64_t from_ps, std::int64_t to_ps) {
        parts.outages = {{Time{from_ps}, Time{to_ps}, 0, OutageCause::flap}};
        return run(parts, {.until = Time{} + milliseconds(5)}).lost() == 1;
    };
    constexpr std::int64_t arrival_ps = kFirstBitPs + kWirePs + kDelayPs;
    EXPECT_TRUE(lost(arrival_ps, arrival_ps + 1));
    EXPECT_FALSE(lost(arrival_ps + 1, arrival_ps + 1000));
    EXPECT_TRUE(lost(0, kFirstBitPs + 1));
    EXPECT_FALSE(lost(0, kFirstBitPs));
}

TEST_P(Outages, OfOneDirectionLeaveTheOtherAlone) {
    FabricCase parts = burst(GetParam());
    parts.outages = {{Time{0}, Time{} + milliseconds(9), 1, OutageCause::one_direction}};  // the acknowledgements' way
    const FabricRun ran = run(parts, {.until = Time{} + milliseconds(9)});
    EXPECT_EQ(ran.received(parts.nic(0)).frames_lost, 0u);
    EXPECT_EQ(ran.statistics.losses[0].lost_acknowledgements, static_cast<std::uint32_t>(kFrames));
    EXPECT_EQ(ran.statistics.messages_delivered, 1);
    EXPECT_EQ(ran.statistics.messages_acknowledged, 0);
}

TEST_P(Outages, EndAndTheFlowGoesOn) {
    FabricCase parts = burst(GetParam());
    parts.transport = {.payload = {4096}, .window = 64, .timeout = microseconds(30)};
    const FabricRun lit = run(parts);
    for (const Duration length : {microseconds(200), milliseconds(3'600'000)}) {
        parts.transport.timeout = length < milliseconds(1) ? microseconds(30) : milliseconds(60'000);
        parts.outages.clear();
        for (const std::uint32_t direction : {0u, 1u})
            parts.outages.push_back({Time{} + microseconds(20), Time{} + microseconds(20) + length, direction});
        const FabricRun ran = run(parts);
        ASSERT_TRUE(ran.fabric.finished());
        EXPECT_EQ(ran.statistics.payload_bytes_delivered, kFrames * 4096);
        const Duration late = ran.delivered(0) - lit.delivered(0);
        EXPECT_GT(late, length - parts.transport.timeout);
        EXPECT_LT(late, length + parts.transport.timeout * 2);
    }
}

TEST(OutageSums, CountOutagesAndTheTimeInAnyOfThem) {
    FabricCase parts = burst(Forwarding::store_and_forward);
    parts.outages = {{Time{500}, Time{800}, 3}, {Time{100}, Time{300}, 3}, {Time{200}, Time{400}, 3},
                     {Time{400}, Time{450}, 3}, {Time{900}, kNever, 3},    {Time{120}, Time{130}, 2}};
    const Fabric fabric(parts.input(1));
    const PortId port = parts.nic(1), other = parts.peer(port);  // the second cable's lower end
    const std::uint32_t up = other.value, down = port.value;
    const auto at = [&](std::int64_t end_ps) { return fabric.dark_until(up, Time{end_ps}); };
    for (const auto& [end_ps, outages, dark_ps] : {std::tuple{100, 0, 0},
                                                   {101, 1, 1},
                                                   {250, 2, 150},
                                                   {400, 2, 300},
                                                   {430, 3, 330},
                                                   {500, 3, 350},
                                                   {600, 4, 450},
                                                   {900, 4, 650},
                                                   {1000, 5, 750}}) {
        EXPECT_EQ(at(end_ps).outages, outages) << end_ps;
        EXPECT_EQ(at(end_ps).dark.ps, dark_ps) << end_ps;
        EXPECT_EQ(at(end_ps).lock_losses, 0) << end_ps;
    }
    EXPECT_EQ(fabric.dark_until(down, Time{1000}).dark.ps, 10);
    EXPECT_EQ(fabric.dark_until(parts.nic(0).value, Time{1000}).outages, 0);
}

// A receiver in the dark has no lock to lose: the wait for the next lock loss stands still.
TEST(OutageSums, PutLockLossesOffByTheirLength) {
    const Channel channel{.lock_loss_per_second = 0.5, .relock = {.a = 1e9}};
    int moved = 0;
    for (std::uint32_t direction = 0; direction < 100; ++direction) {
        const Outage outages[] = {{Time{} + milliseconds(300), Time{} + milliseconds(700), 0},
                                  {Time{} + milliseconds(900), Time{} + milliseconds(1000), 0}};
        const DarkIntervals::Cause alone{channel, {}, 1, direction}, both{channel, {}, 1, direction, outages};
        const DarkIntervals without(alone);
        DarkIntervals with(both);
        const bool first = without.from() < outages[0].from;
        if (!first) {
            ++moved;
            EXPECT_EQ(with.from(), outages[0].from);
            EXPECT_EQ(with.to(), outages[0].to);
            EXPECT_FALSE(with.is_flap());
            with.advance(both);
            if (const Time then = without.from() + milliseconds(400); then < outages[1].from) {
                EXPECT_NEAR(static_cast<double>((with.from() - then).ps), 0.0, 2.0);
                continue;
            }
            EXPECT_EQ(with.from(), outages[1].from);
            with.advance(both);
            EXPECT_NEAR(static_cast<double>((with.from() - without.from()).ps), 500e9, 2.0);
        } else {
            EXPECT_EQ(with.from(), without.from());
        }
    }
    EXPECT_GT(moved, 50);
}

// Union, independently: of the same two lists, instant by instant.
TEST(OutageSums, AreTheUnionWithLockLosses) {
    const Channel channel{.lock_loss_per_second = 1e9, .relock = {Distribution::Kind::lognormal, 300, 1.0}};
    constexpr std::int64_t end_ps = 100'000;
    for (std::uint32_t direction = 0; direction < 20; ++direction) {
        std::vector<Outage> outages;
        for (std::uint64_t n = 0; n < 60; ++n) {
            const auto from = static_cast<std::int64_t>(draw(7, direction, Purpose::hash, 2 * n) % end_ps);
            const auto length = static_cast<std::int64_t>(1 + draw(7, direction, Purpose::hash, 2 * n + 1) % 1500);
            outages.push_back({Time{from}, Time{from + length}, direction});
        }
        std::ranges::sort(outages, {}, &Outage::from);
        const DarkIntervals::Cause cause{channel, {}, 1, direction, outages};
        std::vector<bool> dark(end_ps), scheduled(end_ps);
        for (const Outage& outage : outages)
            for (std::int64_t t = outage.from.ps; t < std::min(outage.to.ps, end_ps); ++t) scheduled[t] = true;
        Time last{-1};
        for (DarkIntervals next(cause); next.from() < Time{end_ps}; next.advance(cause)) {
            EXPECT_GT(next.from(), last);  // apart, and in order
            last = next.to();
            for (std::int64_t t = next.from().ps; t < std::min(next.to().ps, end_ps); ++t) dark[t] = true;
        }
        std::int64_t dark_ps = 0;
        for (std::int64_t t = 0; t < end_ps; ++t) {
            EXPECT_TRUE(dark[t] || !scheduled[t]) << t;
            dark_ps += dark[t];
        }
        const DarkIntervals::Sum sum = DarkIntervals::until(cause, Time{end_ps});
        EXPECT_EQ(sum.dark.ps, dark_ps);
        EXPECT_EQ(sum.outages, 60);
        const auto lit_seconds = static_cast<double>(end_ps - dark_ps) * 1e-12;
        EXPECT_NEAR(static_cast<double>(sum.lock_losses), 1e9 * lit_seconds, 3.9 * std::sqrt(1e9 * lit_seconds));
        EXPECT_GT(sum.lock_losses, 10);
    }
}

FabricCase troubled(Forwarding forwarding) {
    const Topology topology = leaf_spine(
        {.servers = 12, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 2, .rate = gigabits(400)});
    FabricCase parts(topology, permutation(topology, {96 << 10}, 7), nanoseconds(300));
    parts.network.forwarding = forwarding;
    parts.network.queue_limit = {48 << 10};
    parts.transport = {.payload = {4096}, .window = 16, .timeout = microseconds(20)};
    for (std::uint32_t i = 0; i < parts.channels.size(); ++i) {
        parts.channels[i].codeword_hazard = 1e-3;
        parts.channels[i].lock_loss_per_second = i % 4 == 0 ? 3e4 : 0.0;
        parts.channels[i].relock = {Distribution::Kind::lognormal, 2e6, 1.0};
        if (i % 3 == 0) parts.changes.push_back({Time{9'000'000 + i * 1009}, i, 4e-3, 1e4});
        if (i % 5 == 0) parts.outages.push_back({Time{3'000'000 + i * 70'001}, Time{9'000'000 + i * 70'001}, i});
        if (i % 7 == 0) parts.outages.push_back({Time{5'000'000 + i * 90'001}, Time{30'000'000}, i});
    }
    return parts;
}

TEST(OutageRuns, GiveOneDigestOverThreadsPartitionsAndWindows) {
    for (const Forwarding forwarding : {Forwarding::cut_through, Forwarding::store_and_forward}) {
        FabricCase parts = troubled(forwarding);
        const FabricRun expected = expect_one_digest(parts);
        ASSERT_TRUE(expected.fabric.finished());
        for (const std::int64_t until_ps : {5'000'001, 17'000'003}) expect_one_digest(parts, Time{until_ps});
        std::uint64_t in_dark = 0;
        for (const Fabric::PortCounters& counters : expected.fabric.counters()) in_dark += counters.frames_lost_in_dark;
        EXPECT_GT(in_dark, 100u);
        std::ranges::reverse(parts.outages);
        EXPECT_EQ(run(parts).fabric.digest(), expected.fabric.digest());
        parts.outages.clear();
        EXPECT_NE(run(parts).fabric.digest(), expected.fabric.digest());
    }
}

TEST(OutageRuns, WithOutagesBeyondTheirEndAreThoseWithout) {
    FabricCase parts = troubled(Forwarding::cut_through);
    parts.outages.clear();
    const std::uint64_t expected = run(parts).fabric.digest();
    for (std::uint32_t i = 0; i < parts.channels.size(); ++i)
        parts.outages.push_back({Time{} + milliseconds(1'000'000 + i), kNever, i});
    EXPECT_EQ(run(parts).fabric.digest(), expected);
}

TEST(OutageDeathTest, WhatCannotBeIsTheProgramsOwnMistake) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    FabricCase parts = burst(Forwarding::cut_through);
    for (const Outage& wrong : {Outage{Time{0}, Time{1}, 4}, Outage{Time{-1}, Time{1}, 0}, Outage{Time{5}, Time{5}, 0},
                                Outage{Time{5}, Time{4}, 0}}) {
        parts.outages = {wrong};
        EXPECT_DEATH(Fabric(parts.input(1)), "an outage of direction");
    }
}

}  // namespace
}  // namespace lightloom::testing
