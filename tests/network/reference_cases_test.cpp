// Unloaded flows as another packet simulator times them.
// Oracle: three figures printed by htsim with its UEC transport (uet-htsim, commit 40ccb05, August 2025) for a fat tree
// of k = 8, 400 Gb/s and 1 us per link, switch latency 0, store and forward, packets of 64 B header and 4,086 B
// payload, acknowledgements of 64 B, no preamble, no gap; taken at the sender when the last acknowledgement arrives. On
// an idle path a fat tree is a chain of switches.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

FabricCase unloaded(std::size_t hops, std::int64_t bytes) {
    FabricCase parts(chain(std::vector<Rate>(hops, gigabits(400))), messages({{0, 1}}, {bytes}), microseconds(1));
    parts.network.switch_latency = parts.network.nic_latency = {0};
    parts.network.framing = {.preamble = {0}, .gap = {0}, .header = {64}, .acknowledgement = {64}};
    parts.transport = {.payload = {4086}, .window = 512};
    return parts;
}

struct Printed {
    std::size_t hops;
    std::int64_t bytes;
    double microseconds;
    double digit;  // the last one printed
};

TEST(ReferenceCases, UnloadedFlowsToThePrintedDigit) {
    for (const auto& [hops, bytes, printed, digit] :
         {Printed{6, 4'000, 12.4954, 1e-4}, Printed{6, 10'000'000, 215.556, 1e-3},
          Printed{2, 10'000'000, 207.219, 1e-3}}) {
        const FabricCase parts = unloaded(hops, bytes);
        const FabricRun flow = run(parts);
        const double microseconds = static_cast<double>(flow.acknowledged(0).ps) * 1e-6;
        EXPECT_EQ(std::llround(microseconds / digit), std::llround(printed / digit))
            << microseconds << " us, not " << printed;
        EXPECT_EQ(flow.retransmissions(), 0u);
    }
}

// The same source's closed form: T = ((n - 1) 4150 + L) 8 / 400e9 + (h - 1) 83 ns + 2 h us + h 1.28 ns.
TEST(ReferenceCases, ClosedFormToThePicosecond) {
    const FabricCase parts = unloaded(6, 10'000'000);
    const std::int64_t last_frame = 64 + 10'000'000 - 2447 * 4086;
    EXPECT_EQ(run(parts).acknowledged(0).ps, (2447 * 4150 + last_frame) * 20 + 5 * 83'000 + 12'000'000 + 6 * 1'280);
}

TEST(ReferenceCases, AWindowBelowTheBandwidthDelayProductCosts) {
    FabricCase parts = unloaded(6, 10'000'000);
    const Duration free = run(parts).acknowledged(0);
    parts.transport.window =
        152;  // 626,650 B are in flight when the first acknowledgement is back: 151 packets and a bit
    EXPECT_EQ(run(parts).acknowledged(0), free);
    parts.transport.window = 75;
    EXPECT_GT(run(parts).acknowledged(0).ps, 19 * free.ps / 10);
}

}  // namespace
}  // namespace lightloom::testing
