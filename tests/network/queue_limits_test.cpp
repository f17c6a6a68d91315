// What a full or filling queue does to a frame, to the byte: two senders' frames reach one egress port at one instant,
// so that the second finds exactly the first ahead of it.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kFrame = 64 + 4096, kOnTheWire = 8 + kFrame;

FabricCase two_to_one() {
    FabricCase parts(
        leaf_spine(
            {.servers = 3, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = gigabits(400)}),
        incast(2, {4096}), nanoseconds(500));
    parts.network.ecn_threshold = {1 << 20};
    return parts;
}

TEST(QueueLimits, AFrameIsMarkedIfMoreThanTheThresholdIsAheadOfIt) {
    FabricCase parts = two_to_one();
    parts.network.ecn_threshold = {kOnTheWire};
    EXPECT_EQ(run(parts).marked(), 0u);
    parts.network.ecn_threshold = {kOnTheWire - 1};
    const FabricRun marked = run(parts);
    EXPECT_EQ(marked.marked(), 1u);
    EXPECT_EQ(marked.fabric.counters()[parts.peer(parts.nic(0)).value].frames_marked, 1u);
    std::uint32_t seen_by_receivers = 0, seen_by_senders = 0;
    for (std::uint32_t flow = 0; flow < 2; ++flow) {
        seen_by_receivers += marked.fabric.transport().receiver(flow).marks;
        seen_by_senders += marked.fabric.transport().sender(flow).marks;  // the acknowledgement carries it back
    }
    EXPECT_EQ(seen_by_receivers, 1u);
    EXPECT_EQ(seen_by_senders, 1u);
}

// What is ahead counts as it goes over the wire, the frame that asks as it lies in memory.
TEST(QueueLimits, AFrameIsDroppedIfItsQueueHasNoRoom) {
    FabricCase parts = two_to_one();
    parts.network.queue_limit = {kOnTheWire + kFrame};
    EXPECT_EQ(run(parts).dropped(), 0u);
    parts.network.queue_limit = {kOnTheWire + kFrame - 1};
    const FabricRun dropped = run(parts);
    EXPECT_EQ(dropped.dropped(), 1u);
    EXPECT_EQ(dropped.fabric.counters()[parts.peer(parts.nic(0)).value].frames_dropped, 1u);
    EXPECT_EQ(dropped.statistics.losses[0].dropped + dropped.statistics.losses[1].dropped, 1u);
    EXPECT_EQ(dropped.retransmissions(), 1u);
    EXPECT_TRUE(dropped.fabric.finished());
}

TEST(QueueLimits, AFrameIsDroppedIfTheSwitchHasNoMemory) {
    FabricCase parts = two_to_one();
    parts.network.buffer = {2 * kFrame};
    EXPECT_EQ(run(parts).dropped(), 0u);
    parts.network.buffer = {2 * kFrame - 1};
    EXPECT_EQ(run(parts).dropped(), 1u);
}

TEST(QueueLimits, NothingIsMarkedBelowAHugeThreshold) {
    FabricCase parts(
        leaf_spine(
            {.servers = 9, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = gigabits(400)}),
        incast(8, {1 << 20}), nanoseconds(500));
    parts.network.queue_limit = parts.network.buffer = {64 << 20};
    parts.network.ecn_threshold = {64 << 20};
    EXPECT_EQ(run(parts).marked(), 0u);
    parts.network.ecn_threshold = {256 << 10};
    const FabricRun marked = run(parts);
    EXPECT_GT(marked.marked(), 8u * 256 / 2);  // seven eighths of what arrives has to wait
    EXPECT_LT(marked.marked(), 8u * 256);
}

TEST(QueueLimits, ALoneSenderMeetsNoQueue) {
    FabricCase parts = two_to_one();
    parts.traffic = messages({{1, 0}}, {4 << 20});
    parts.network.ecn_threshold = {0};
    parts.network.queue_limit = {kOnTheWire};
    const FabricRun alone = run(parts);
    EXPECT_EQ(alone.marked() + alone.dropped(), 0u);
}

}  // namespace
}  // namespace lightloom::testing
