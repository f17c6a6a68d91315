// NSCC by hand, case by case of its marks and delays, and many of it at one bottleneck. Oracles: the rules worked out
// for one acknowledgement or one window of them; the link's time; Jain's index.
#include "models/transport/nscc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr NsccParameters kParameters{.base_rtt = microseconds(12)};
constexpr std::uint32_t kPacket = 4096;
constexpr Time at_us(std::int64_t us) { return Time{} + microseconds(us); }

struct OneFlow {
    NsccScale scale{100e9, {kPacket}, kParameters};  // 12 us at 100 Gb/s, for which the increases are given: 150,000 B
    NsccSender sender{scale};

    void acknowledge(std::uint32_t bytes, Duration delay, bool marked, Time now, std::uint32_t in_flight = 0) {
        sender.acknowledge(bytes, kParameters.base_rtt + delay, marked, in_flight, now, scale, kParameters);
    }
    void lose(std::uint32_t bytes, Time now, std::uint32_t in_flight = 0) {
        sender.lose(bytes, in_flight, now, scale, kParameters);
    }
};

TEST(Nscc, BeginsWithTheLargestWindow) {
    const OneFlow flow;
    EXPECT_NEAR(flow.sender.window, 225'000, 1e-6);
    EXPECT_NEAR(flow.scale.target_ps, 9e6, 1e-6);
    const NsccScale faster(400e9, {kPacket}, kParameters);
    EXPECT_NEAR(faster.largest, 900'000, 1e-6);
    EXPECT_NEAR(faster.fair, 4 * flow.scale.fair, 1e-6);
}

// A window of acknowledgements without a mark, half way to the target: half of 4 packets x target / 12 us, and the
// probe of 0.15 packets.
TEST(Nscc, GrowsByWhatIsLeftToTheTarget) {
    OneFlow flow;
    flow.sender.window = 32 * kPacket;
    for (int i = 0; i < 32; ++i) flow.acknowledge(kPacket, nanoseconds(4500), false, at_us(1));
    EXPECT_NEAR(flow.sender.window, (32 + 4 * 0.75 / 2 + 0.15) * kPacket, 0.1 * kPacket);
}

TEST(Nscc, GrowsByOnePacketBeyondTheTargetWithoutMarks) {
    OneFlow flow;
    flow.sender.window = 32 * kPacket;
    for (int i = 0; i < 32; ++i) flow.acknowledge(kPacket, nanoseconds(20'000), false, at_us(1));
    EXPECT_NEAR(flow.sender.window, (32 + 1 + 0.15) * kPacket, 0.1 * kPacket);
}

TEST(Nscc, AMarkBelowTheTargetHoldsTheWindow) {
    OneFlow flow;
    flow.sender.window = 32 * kPacket;
    for (int i = 0; i < 32; ++i) flow.acknowledge(kPacket, nanoseconds(5000), true, at_us(1));
    EXPECT_NEAR(flow.sender.window, (32 + 0.15) * kPacket, 0.01 * kPacket);
}

TEST(Nscc, GrowsFastOnceAWholeWindowMetNoQueue) {
    OneFlow flow;
    flow.sender.window = 4 * kPacket;
    for (int i = 0; i < 4; ++i) flow.acknowledge(kPacket, {0}, false, at_us(1));
    const double before = flow.sender.window;
    flow.acknowledge(kPacket, {0}, false, at_us(2));
    EXPECT_TRUE(flow.sender.grows_fast);
    EXPECT_NEAR(flow.sender.window - before, 0.25 * kPacket, 0.2 * kPacket);
    for (int i = 0; i < 2000; ++i) flow.acknowledge(kPacket, {0}, false, at_us(3));
    EXPECT_EQ(flow.sender.window, flow.scale.largest);
}

TEST(Nscc, MarksAndDelayShrinkItOncePerRoundTripByAHalfAtMost) {
    OneFlow flow;
    flow.sender.mean_delay_ps = 18e6F;  // twice the target
    flow.acknowledge(kPacket, nanoseconds(18'000), true, at_us(100));
    EXPECT_NEAR(flow.sender.window, 225'000 * (1 - 0.8 * 0.5), 0.01 * 225'000);
    const double once = flow.sender.window;
    flow.acknowledge(kPacket, nanoseconds(18'000), true, at_us(105));
    EXPECT_NEAR(flow.sender.window, once, 0.01 * once);
    flow.sender.mean_delay_ps = 60e6F;
    flow.acknowledge(kPacket, nanoseconds(18'000), true, at_us(120));
    EXPECT_NEAR(flow.sender.window, once / 2, 0.01 * once);
}

TEST(Nscc, QuickAdaptCutsTheWindowToWhatItBroughtHome) {
    OneFlow flow;
    flow.acknowledge(kPacket, nanoseconds(5000), false, at_us(100));  // a period begins, of a round trip and a target
    flow.acknowledge(kPacket, nanoseconds(5000), false, at_us(110));
    flow.lose(kPacket, at_us(112));
    flow.acknowledge(kPacket, nanoseconds(5000), false, at_us(115));
    EXPECT_GT(flow.sender.window, 200'000);
    flow.lose(kPacket, at_us(122), 10 * kPacket);
    EXPECT_EQ(flow.sender.window, 2.0 * kPacket);
    for (int i = 0; i < 10; ++i) flow.acknowledge(kPacket, nanoseconds(50'000), true, at_us(123));
    EXPECT_EQ(flow.sender.window, 2.0 * kPacket);  // they were sent before
    flow.lose(kPacket, at_us(124));
    EXPECT_EQ(flow.sender.window, 1.0 * kPacket);
    flow.lose(kPacket, at_us(125));
    EXPECT_EQ(flow.sender.window, 1.0 * kPacket);  // never less
}

constexpr std::uint32_t kSenders = 8;

// All send to endpoint 0 over one switch, with a round trip as in a three-tier fabric.
FabricCase incast_of(std::int64_t bytes, Control control) {
    const Topology topology = leaf_spine({.servers = kSenders + 1,
                                          .gpus_per_server = 1,
                                          .leaves = 1,
                                          .spines = 1,
                                          .links_per_pair = 1,
                                          .rate = gigabits(400)});
    FabricCase parts(topology, incast(kSenders, {bytes}), nanoseconds(2500));
    parts.network.buffer = {64 << 20};
    parts.network.queue_limit = {32 << 20};
    parts.network.ecn_threshold = {128'650};
    parts.transport = {.payload = {4096},
                       .window = 512,
                       .timeout = milliseconds(10),
                       .reliability = Reliability::unordered,
                       .control = control,
                       .nscc = {.base_rtt = nanoseconds(12'000)}};
    return parts;
}

TEST(NsccAtABottleneck, KeepsTheQueueShortTheLinkBusyAndTheSharesFair) {
    const auto end_of = [](Control control) {
        const FabricCase parts = incast_of(16 << 20, control);
        FabricRun ended = run(parts);
        EXPECT_TRUE(ended.fabric.finished());
        EXPECT_EQ(ended.dropped(), 0u);
        return ended;
    };
    const FabricRun alone = end_of(Control::none), held = end_of(Control::nscc);
    const double link_ps = kSenders * 4096.0 * (4096 + 64 + 20) * 20;
    std::int64_t first_ps = INT64_MAX, last_ps = 0;
    for (std::uint32_t flow = 0; flow < kSenders; ++flow) {
        first_ps = std::min(first_ps, held.acknowledged(flow).ps);
        last_ps = std::max(last_ps, held.acknowledged(flow).ps);
    }
    EXPECT_LT(static_cast<double>(last_ps), 1.05 * link_ps);
    EXPECT_GT(static_cast<double>(first_ps), 0.85 * static_cast<double>(last_ps));
    // One way is 6 us. The target is 9 us of queue; eight windows of 512 packets are 340 us of it.
    EXPECT_LT(held.statistics.packet_latency.mean(), 25e6);
    EXPECT_GT(alone.statistics.packet_latency.mean(), 250e6);
}

}  // namespace
}  // namespace lightloom::testing
