// A direction's condition changes during a run: losses begin and end with it, to the frame, also among frames that a
// port had queued before; what was left of a budget or of a wait for lock loss is scaled, so the expected count holds.
// Oracles: each frame's place on a saturated line, from arithmetic; binomial and Poisson counts at 99.9 %, seeds fixed.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr double kCertainLoss = std::numeric_limits<double>::infinity();
constexpr std::int64_t kWirePs = (8 + 64 + 4096) * 20, kSlotPs = kWirePs + 12 * 20;  // a full frame at 400 Gb/s
constexpr std::int64_t kFirstBitPs = 500'000;                                        // the NIC's latency
constexpr double kAtRisk = 1.0 + (4096 + 64 + 20) * 8 / 5120.0;                      // codewords: 1 + 1/MFC
constexpr Time kBeforeRepetitions = Time{} + milliseconds(9);

// One burst without a pause from the first NIC: frame k is on the line from kFirstBitPs + k slots.
FabricCase burst(std::int64_t frames, Rate first = gigabits(400)) {
    FabricCase parts(chain({first, gigabits(400)}), messages({{0, 1}}, {frames * 4096}), nanoseconds(500));
    parts.transport = {.payload = {4096}, .window = 1u << 16, .timeout = milliseconds(10)};
    parts.network.queue_limit = parts.network.buffer = {1 << 30};
    return parts;
}

std::uint32_t direction_of(const FabricCase& parts, PortId port) {
    const CableId cable = parts.topology.ports[port.value].cable;
    return static_cast<std::uint32_t>(2 * std::size_t{cable.value} +
                                      (parts.topology.cables[cable.value].upper == port));
}

std::uint64_t lost_on(const FabricRun& ran, PortId port) { return ran.received(port).frames_lost; }

struct Mode {
    const char* name;
    Forwarding forwarding;
};
void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }
class ConditionChange : public ::testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, ConditionChange,
                         ::testing::Values(Mode{"StoreAndForward", Forwarding::store_and_forward},
                                           Mode{"CutThrough", Forwarding::cut_through}),
                         [](const auto& mode) { return mode.param.name; });

TEST_P(ConditionChange, TakesEffectWithTheFirstFrameThatBeginsAfterIt) {
    FabricCase parts = burst(1000);
    parts.network.forwarding = GetParam().forwarding;
    const std::uint32_t direction = direction_of(parts, parts.nic(0));
    for (const std::int64_t offset : {-1, 0, 1}) {
        const Time from{kFirstBitPs + 300 * kSlotPs + offset}, to{kFirstBitPs + 700 * kSlotPs + offset};
        parts.changes = {{.at = to, .direction = direction},
                         {.at = from, .direction = direction, .codeword_hazard = kCertainLoss}};  // in any order
        const FabricRun ran = run(parts, {.until = kBeforeRepetitions});
        EXPECT_EQ(lost_on(ran, parts.nic(0)), 400u) << offset;
        EXPECT_EQ(ran.lost(), 400u);
        // Which ones: the receiver has all before the first that was lost, and none of it or after in order.
        EXPECT_EQ(ran.fabric.transport().receiver(0).base, offset > 0 ? 301u : 300u);
    }
}

// A switch's port is twice as slow as what feeds it: at the change most frames have long been in its queue.
TEST_P(ConditionChange, IsMetByFramesThatWereQueuedBeforeIt) {
    FabricCase parts = burst(1000, gigabits(800));
    parts.network.forwarding = GetParam().forwarding;
    const PortId down = parts.peer(parts.nic(1));
    const FabricRun clean = run(parts, {.until = kBeforeRepetitions});
    EXPECT_GT(clean.fabric.counters()[down.value].deepest_backlog_ps, 490 * kSlotPs);
    // The last frame's first bit at the switch's port, by what follows it.
    const std::int64_t last_ps = clean.fabric.flow_times(0).delivered_ps - nanoseconds(500).ps - kWirePs;
    parts.changes = {{.at = Time{last_ps - 100 * kSlotPs + 1},
                      .direction = direction_of(parts, down),
                      .codeword_hazard = kCertainLoss}};
    const FabricRun ran = run(parts, {.until = kBeforeRepetitions});
    EXPECT_EQ(lost_on(ran, down), 100u);
    EXPECT_EQ(ran.lost(), 100u);
    EXPECT_EQ(ran.fabric.transport().receiver(0).base, 900u);
}

TEST_P(ConditionChange, LossIsAsExpectedBetweenTwoChangesAndNoneBeside) {
    constexpr std::int64_t frames = 40'000, first = 10'000, last = 30'000;
    const double hazard = -std::log1p(-5e-3), ratio = 1.0 - std::exp(-hazard * kAtRisk);
    FabricCase parts = burst(frames);
    parts.network.forwarding = GetParam().forwarding;
    const std::uint32_t direction = direction_of(parts, parts.nic(0));
    const Time from{kFirstBitPs + first * kSlotPs}, to{kFirstBitPs + last * kSlotPs};
    for (const double healthy : {0.0, 1e-16}) {  // none at all, and one whose budget is further than can be counted
        for (Channel& channel : parts.channels) channel.codeword_hazard = healthy;
        parts.changes = {{.at = from, .direction = direction, .codeword_hazard = hazard},
                         {.at = to, .direction = direction, .codeword_hazard = healthy}};
        EXPECT_EQ(run(parts, {.until = from}).lost(), 0u);
        const FabricRun ran = run(parts, {.until = kBeforeRepetitions});
        ASSERT_EQ(ran.sent(parts.nic(0)), static_cast<std::uint64_t>(frames));
        EXPECT_NEAR(static_cast<double>(lost_on(ran, parts.nic(0))), (last - first) * ratio,
                    3.29 * std::sqrt((last - first) * ratio * (1.0 - ratio)));
        EXPECT_EQ(ran.lost(), lost_on(ran, parts.nic(0)));  // nothing on the other directions
        const FabricRun until_healthy =
            run(parts, {.until = to + nanoseconds(500) + Duration{kSlotPs}});  // the last one has arrived
        EXPECT_EQ(lost_on(until_healthy, parts.nic(0)), lost_on(ran, parts.nic(0)));
    }
}

// Every few frames another hazard: none of the thousands of scalings may lose or gain anything.
TEST(ConditionChanges, KeepTheExpectedCountHoweverManyThereAre) {
    constexpr std::int64_t frames = 60'000, each = 5;
    constexpr double hazards[] = {1e-3, 8e-3, 2e-4, 0.0, 4e-3};
    FabricCase parts = burst(frames);
    double expected = 0.0, variance = 0.0;
    for (std::int64_t k = 0; k < frames; k += each) {
        const double hazard = hazards[static_cast<std::size_t>(k / each) % std::size(hazards)];
        const double ratio = 1.0 - std::exp(-hazard * kAtRisk);
        parts.changes.push_back({.at = Time{kFirstBitPs + k * kSlotPs},
                                 .direction = direction_of(parts, parts.nic(0)),
                                 .codeword_hazard = hazard});
        expected += each * ratio;
        variance += each * ratio * (1.0 - ratio);
    }
    ASSERT_GT(expected, 400.0);
    const FabricRun ran = run(parts, {.until = kBeforeRepetitions});
    EXPECT_NEAR(static_cast<double>(ran.lost()), expected, 3.29 * std::sqrt(variance));
}

// The mean of what is left after a part was spent and the hazard changed is that of the new hazard: no memory.
TEST(ConditionChanges, ScaleABudgetToTheNewHazard) {
    constexpr int count = 20'000;
    for (const double from : {1e-3, 1e-9, 3e-16, 1e-16}) {  // of the last two, some or most are beyond the count
        double sum = 0.0;
        int left = 0, draws = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            LossBudget budget = LossBudget::drawn(from, 1, i, 0);
            if (budget.spend(static_cast<std::int64_t>(0.3 * 5120 / 1e-3))) continue;  // at 1e-3 some end here
            ++left;
            budget = budget.rescaled(from, 1e-2, [&] {
                ++draws;
                return LossBudget::drawn(1e-2, 1, i, 1);
            });
            sum += static_cast<double>(budget.remaining());
        }
        EXPECT_NEAR(sum / left / (5120 / 1e-2), 1.0, 3.29 / std::sqrt(left)) << from;
        EXPECT_EQ(draws > 0, from < 1e-15);
    }
}

TEST(ConditionChanges, DrawOnlyWhereTheOldHazardSaidNothing) {
    const auto none = []() -> LossBudget { throw std::logic_error("drawn"); };
    const LossBudget budget = LossBudget::drawn(1e-3, 1, 2, 3), fresh = LossBudget::drawn(1e-2, 1, 2, 4);
    const LossBudget never;
    EXPECT_EQ(budget.rescaled(1e-3, 4e-3, none).remaining(), (budget.remaining() + 3) / 4);  // rounded up
    EXPECT_EQ(budget.rescaled(1e-3, 1e-3, none).remaining(), budget.remaining());
    EXPECT_EQ(budget.rescaled(1e-3, 0.0, none).remaining(), never.remaining());
    EXPECT_EQ(budget.rescaled(1e-3, kCertainLoss, none).remaining(), 0);
    EXPECT_EQ(never.rescaled(0.0, 1e-2, [&] { return fresh; }).remaining(), fresh.remaining());
    EXPECT_EQ(LossBudget::drawn(kCertainLoss, 1, 2, 3).rescaled(kCertainLoss, 1e-2, [&] { return fresh; }).remaining(),
              fresh.remaining());
}

TEST(ConditionChanges, ScaleTheWaitForLockLoss) {
    const Channel channel{.lock_loss_per_second = 0.5, .relock = {.a = 1e9}};
    const Time at = Time{} + milliseconds(700);
    for (std::uint32_t direction = 0; direction < 100; ++direction) {
        const auto first = [&](std::span<const ChannelChange> changes) {
            return DarkIntervals({channel, changes, 1, direction}).from();
        };
        const Time without = first({});
        const ChannelChange faster[] = {{.at = at, .lock_loss_per_second = 2.0}};
        const ChannelChange same[] = {{.at = at, .lock_loss_per_second = 0.5}};
        const ChannelChange never[] = {{.at = at, .lock_loss_per_second = 0.0}};
        const ChannelChange pause[] = {{.at = at}, {.at = at + milliseconds(5000), .lock_loss_per_second = 0.5}};
        if (without <= at) {
            for (const auto& changes : {std::span<const ChannelChange>(faster), {never}, {pause}})
                EXPECT_EQ(first(changes), without);
            continue;
        }
        EXPECT_NEAR(static_cast<double>((first(faster) - at).ps), static_cast<double>((without - at).ps) / 4, 2.0);
        EXPECT_NEAR(static_cast<double>((first(same) - without).ps), 0.0, 2.0);
        EXPECT_EQ(first(never), kNever);
        EXPECT_NEAR(static_cast<double>((first(pause) - without).ps), 5e12, 2.0);
    }
}

// Rates that change a hundred times in a hundred waits, dark intervals among them: the count is the rate's integral
// over the time in which there was lock.
TEST(ConditionChanges, KeepTheExpectedLockLosses) {
    const Channel channel{.lock_loss_per_second = 1.0, .relock = {.a = 250e9}};
    std::vector<ChannelChange> changes;
    for (int i = 1; i < 100; ++i)
        changes.push_back({.at = Time{} + milliseconds(1000 * i), .lock_loss_per_second = i % 3 * 1.0});
    const auto rate_in = [](std::int64_t second) { return second == 0 ? 1.0 : static_cast<double>(second % 3); };
    double expected = 0.0, losses = 0.0;
    for (std::uint32_t direction = 0; direction < 50; ++direction) {
        const DarkIntervals::Cause cause{channel, changes, 1, direction};
        for (std::int64_t second = 0; second < 100; ++second) expected += rate_in(second);
        for (DarkIntervals dark(cause); dark.from() < Time{} + milliseconds(100'000); dark.advance(cause)) {
            losses += 1.0;
            for (std::int64_t ms = 0; ms < 250; ++ms)  // no lock to lose, by the millisecond
                if (const Time t = dark.from() + milliseconds(ms); t < Time{} + milliseconds(100'000))
                    expected -= rate_in(t.ps / kPicosecondsPerSecond) / 1000.0;
            EXPECT_GT(rate_in(dark.from().ps / kPicosecondsPerSecond), 0.0);
        }
    }
    EXPECT_GT(losses, 2000.0);
    EXPECT_NEAR(losses, expected, 3.29 * std::sqrt(expected));
}

TEST(ConditionChanges, AfterTheEndDoNotKeepARunAlive) {
    FabricCase parts = burst(100);
    const FabricRun plain = run(parts);
    for (std::uint32_t direction = 0; direction < parts.channels.size(); ++direction)
        for (const Time at : {Time{} + milliseconds(100), Time{} + milliseconds(36'000'000), kNever})
            parts.changes.push_back(
                {.at = at, .direction = direction, .codeword_hazard = 0.1, .lock_loss_per_second = 1e6});
    const FabricRun changed = run(parts);
    EXPECT_TRUE(changed.fabric.finished());
    EXPECT_EQ(changed.acknowledged(0), plain.acknowledged(0));
    EXPECT_EQ(changed.fabric.digest(), plain.fabric.digest());
}

TEST(ConditionChanges, AfterTenHoursAreMet) {
    FabricCase parts = burst(1);
    parts.transport.timeout = milliseconds(36'000'000);
    parts.channel(parts.nic(0)).codeword_hazard = kCertainLoss;
    const std::uint32_t direction = direction_of(parts, parts.nic(0));
    parts.changes = {{.at = Time{} + milliseconds(36'000'000), .direction = direction}};
    const FabricRun healed = run(parts);
    EXPECT_TRUE(healed.fabric.finished());
    EXPECT_EQ(healed.lost(), 1u);
    parts.changes[0].at = parts.changes[0].at + milliseconds(1000);
    EXPECT_EQ(run(parts).lost(), 2u);
}

TEST(ConditionChanges, ToTheSameConditionAreNone) {
    FabricCase parts = burst(2000);
    parts.transport.timeout = microseconds(50);
    for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-3;
    const FabricRun plain = run(parts);
    for (std::uint32_t direction = 0; direction < parts.channels.size(); ++direction)
        for (const std::int64_t us : {0, 3, 40, 90})
            parts.changes.push_back({.at = Time{} + microseconds(us), .direction = direction, .codeword_hazard = 1e-3});
    EXPECT_GT(plain.lost(), 5u);
    EXPECT_EQ(run(parts).fabric.digest(), plain.fabric.digest());
}

TEST(ConditionChanges, OfTwoAtOneInstantTheLaterInTheListHolds) {
    FabricCase parts = burst(100);
    const std::uint32_t direction = direction_of(parts, parts.nic(0));
    const ChannelChange dead{.at = Time{}, .direction = direction, .codeword_hazard = kCertainLoss};
    const ChannelChange healthy{.at = Time{}, .direction = direction};
    parts.changes = {dead, healthy};
    EXPECT_EQ(run(parts, {.until = kBeforeRepetitions}).lost(), 0u);
    parts.changes = {healthy, dead};
    EXPECT_EQ(run(parts, {.until = kBeforeRepetitions}).lost(), 100u);
}

TEST(ConditionChangesDeathTest, OfADirectionThatDoesNotExistStopTheProgram) {
    FabricCase parts = burst(1);
    parts.changes = {{.at = Time{}, .direction = 4}};
    EXPECT_DEATH(Fabric(parts.input(1)), "direction 4 of 4");
}

}  // namespace
}  // namespace lightloom::testing
