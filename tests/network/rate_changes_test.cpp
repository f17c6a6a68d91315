// Ports whose rate changes in a run. Oracles: a busy port at half its rate for a while is late by half that while;
// conservation at any instant; one digest, with frames that are cut through from slower links too.
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/conservation.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr Time at_us(std::int64_t us) { return Time{us * 1'000'000}; }

/// 4 MiB, or fewer, from one server to another over three cables of 400 Gb/s: 90 us of frames.
FabricCase stream(std::int64_t bytes = 4 << 20) {
    FabricCase parts(chain({gigabits(400), gigabits(400), gigabits(400)}), messages({{0, 1}}, {bytes}),
                     nanoseconds(100));
    parts.transport = {.payload = {4096}, .window = 256, .timeout = microseconds(500)};
    return parts;
}

/// Half the rate in [from, to).
std::vector<RateChange> half(std::uint32_t direction, Time from, Time to) {
    return {{from, direction, gigabits(200)}, {to, direction, gigabits(400)}};
}

constexpr Duration kTwoFrames = nanoseconds(350);  // at half the rate
constexpr Duration kFrame = nanoseconds(84);       // at the whole

TEST(RateChanges, HalveTheGoodputBetweenTheirInstants) {
    const FabricCase plain = stream();
    FabricCase slowed = stream();
    slowed.rates = half(0, at_us(20), at_us(60));
    const FabricRun before = run(plain), after = run(slowed);
    const Duration late = after.delivered(0) - before.delivered(0);
    EXPECT_LT(std::abs((late - microseconds(20)).ps), kTwoFrames.ps);
    EXPECT_EQ(after.retransmissions(), 0u);

    const std::uint32_t nic = slowed.nic(0).value;
    const Fabric::PortCounters& counters = after.fabric.counters()[nic];
    const auto busy = [&](const FabricRun& ran) {
        return ran.fabric.busy(nic, static_cast<std::int64_t>(counters.frames_sent),
                               static_cast<std::int64_t>(counters.bytes_sent));
    };
    EXPECT_LT(std::abs((busy(after) - busy(before) - microseconds(20)).ps), kTwoFrames.ps);
}

TEST(RateChanges, ThatStayHalveTheRest) {
    FabricCase slowed = stream();
    slowed.rates = {{at_us(30), 0, gigabits(200)}};
    const Duration whole = run(stream()).delivered(0), late = run(slowed).delivered(0) - whole;
    // From its NIC's port to its delivery, at the rate of the start, a frame takes so long:
    const Duration path = run(stream(4096)).delivered(0) - slowed.network.nic_latency - kFrame;
    EXPECT_LT(std::abs((late - (whole - microseconds(30) - path)).ps), kTwoFrames.ps);
}

TEST(RateChanges, LoseNothingAndShowNoExecution) {
    for (const Forwarding forwarding : {Forwarding::store_and_forward, Forwarding::cut_through})
        for (const std::uint32_t direction : {0u, 2u, 5u}) {
            FabricCase parts = stream();
            parts.network.forwarding = forwarding;
            parts.rates = half(direction, at_us(10), at_us(40));
            const FabricRun ended = expect_one_digest(parts);
            EXPECT_TRUE(ended.fabric.finished());
            EXPECT_TRUE(leaks(ended).empty());
            EXPECT_TRUE(leaks(run(parts, {.until = at_us(33)})).empty());
        }
}

// A frame that its link repeats after the rate has changed is sent at the new one.
TEST(RateChanges, AreTakenUpByFramesThatAreRepeated) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {4096}), nanoseconds(100));
    parts.network.link_retries = 1;
    const auto delivered = [&] { return run(parts).delivered(0); };
    const Duration once = delivered();
    parts.channels[0].codeword_hazard = std::numeric_limits<double>::infinity();  // the NIC's: the first attempt fails,
    parts.changes = {{Time{} + parts.network.nic_latency + nanoseconds(100), 0, 0.0, 0.0}};  // the second does not
    const Duration repeated = delivered() - once;
    parts.rates = {{Time{} + parts.network.nic_latency + nanoseconds(150), 0, gigabits(200)}};
    const std::int64_t frame = 8 * (4096 + parts.network.framing.header.count) + 64, gap = 96;  // bits
    EXPECT_EQ((delivered() - once - repeated).ps, (gap + frame) * 5 / 2);
}

// A switch must not send on at 400 Gb/s what comes in at 200: it waits for the last bit.
TEST(RateChanges, MakeASwitchWaitForWhatComesInSlower) {
    const auto first = [](std::vector<RateChange> rates) {
        FabricCase parts = stream();
        parts.traffic = messages({{0, 1}}, {4096});
        parts.network.forwarding = Forwarding::cut_through;
        parts.rates = std::move(rates);
        return run(parts).delivered(0);
    };
    const std::int64_t frame = 8 * (4096 + NetworkParameters{}.framing.header.count) + 64;
    EXPECT_EQ((first({{Time{0}, 0, gigabits(200)}}) - first({})).ps, frame * 5);  // its whole length at 200 Gb/s
}

}  // namespace
}  // namespace lightloom::testing
