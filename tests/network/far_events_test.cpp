// Events far beyond the engine's first ring: time-outs of milliseconds to hours arrive, and a fabric that has slept
// wakes up.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

FabricCase lossy_at_first(Duration timeout) {
    FabricCase parts(chain({gigabits(400), gigabits(400), gigabits(400)}), messages({{0, 1}}, {64 << 10}),
                     nanoseconds(500));
    parts.transport.timeout = timeout;
    parts.channel(parts.nic(0)).codeword_hazard = 2e-2;
    return parts;
}

TEST(FarEvents, ATimeOutArrivesHoweverLongItIs) {
    for (const Duration timeout : {milliseconds(1), milliseconds(67), milliseconds(10'000), milliseconds(36'000'000)}) {
        const FabricCase parts = lossy_at_first(timeout);
        const FabricRun recovered = run(parts);
        ASSERT_GT(recovered.lost(), 0u);
        EXPECT_TRUE(recovered.fabric.finished());
        // What lies beside the time-outs is as short as ever.
        const std::int64_t timeouts = recovered.fabric.transport().sender(0).timeouts;
        ASSERT_GT(timeouts, 0);
        const std::int64_t beside_ps = recovered.acknowledged(0).ps - timeouts * timeout.ps;
        EXPECT_GT(beside_ps, 0);
        EXPECT_LT(beside_ps, microseconds(20).ps * (timeouts + 1));
    }
}

TEST(FarEvents, ARunEndsWithItsTrafficNotWithItsTimers) {
    FabricCase parts = lossy_at_first(milliseconds(36'000'000));
    parts.channel(parts.nic(0)).codeword_hazard = 0;
    const FabricRun clean = run(parts);
    EXPECT_TRUE(clean.fabric.finished());
    EXPECT_LT(clean.acknowledged(0), microseconds(20));
}

TEST(FarEvents, BuffersAndPortsWorkAsBeforeAfterALongSleep) {
    FabricCase parts = lossy_at_first(milliseconds(36'000'000));
    parts.network.buffer = {12 << 10};  // hardly more than two frames: what is not given back is missed at once
    const FabricRun recovered = run(parts);
    parts.channel(parts.nic(0)).codeword_hazard = 0;
    const FabricRun clean = run(parts);
    EXPECT_TRUE(recovered.fabric.finished());
    EXPECT_EQ(recovered.dropped(), 0u);
    EXPECT_EQ(recovered.statistics.packet_latency.min(), clean.statistics.packet_latency.min());
    EXPECT_EQ(recovered.statistics.packet_latency.max(), clean.statistics.packet_latency.max());
}

}  // namespace
}  // namespace lightloom::testing
