// N senders, one receiver.
// Oracle: the serialisation bound, all data frames with their framing at the receiver's link rate, and before them the
// idle way of the first to the receiver's leaf; in integers, at 20 ps per byte.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kMessage = 1 << 20, kPacketsPerMessage = 256;
constexpr std::int64_t kFrame = 64 + 4096, kPsPerByte = 20;  // at 400 Gb/s

// Every endpoint under a leaf of its own.
FabricCase many_to_one(std::uint32_t senders) {
    FabricCase parts(leaf_spine({.servers = senders + 1,
                                 .gpus_per_server = 1,
                                 .leaves = senders + 1,
                                 .spines = 8,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     incast(senders, {kMessage}), nanoseconds(500));
    parts.network.queue_limit = parts.network.buffer = {128 << 20};
    return parts;
}

// From the start until the first frame is all in the receiver's leaf and through it; then the frames, one after
// another.
std::int64_t bound_ps(std::uint32_t senders) {
    constexpr std::int64_t before = 500'000 + 3 * ((8 + kFrame) * kPsPerByte + 500'000 + 500'000);
    const std::int64_t frames = senders * kPacketsPerMessage;
    return before + (frames * (8 + kFrame + 12) - 12) * kPsPerByte + 500'000;
}

std::int64_t last_delivery_ps(const FabricRun& ended) {
    std::int64_t last = 0;
    for (std::uint32_t flow = 0; flow < ended.fabric.traffic().flows.size(); ++flow)
        last = std::max(last, ended.delivered(flow).ps);
    return last;
}

class Incast : public ::testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Senders, Incast, ::testing::Values(8u, 16u, 31u));

TEST_P(Incast, FinishesAtTheSerialisationBound) {
    const FabricCase parts = many_to_one(GetParam());
    const FabricRun ended = run(parts);
    ASSERT_TRUE(ended.fabric.finished());
    EXPECT_EQ(ended.dropped(), 0u);
    EXPECT_EQ(ended.retransmissions(), 0u);
    const std::int64_t bound = bound_ps(GetParam()), last = last_delivery_ps(ended);
    EXPECT_GE(last, bound);
    EXPECT_LE(last, bound + bound / 100);
}

TEST_P(Incast, KeepsTheLastLinkBusyThroughout) {
    const FabricCase parts = many_to_one(GetParam());
    const FabricRun ended = run(parts);
    const PortId down = parts.peer(parts.nic(0));
    const Fabric::PortCounters& counters = ended.fabric.counters()[down.value];
    ASSERT_EQ(counters.frames_sent, GetParam() * kPacketsPerMessage);
    const Duration busy = ended.fabric.busy(down.value, static_cast<std::int64_t>(counters.frames_sent),
                                            static_cast<std::int64_t>(counters.bytes_sent));
    EXPECT_EQ(busy.ps, bound_ps(GetParam()) - bound_ps(0));
    const std::int64_t since_first_frame = last_delivery_ps(ended) - bound_ps(0);
    EXPECT_GE(static_cast<double>(busy.ps), 0.99 * static_cast<double>(since_first_frame));
}

TEST_P(Incast, SurvivesABufferThatIsTooSmall) {
    FabricCase parts = many_to_one(GetParam());
    parts.network.queue_limit = {512 << 10};
    const FabricRun ended = run(parts);
    ASSERT_TRUE(ended.fabric.finished());
    EXPECT_GT(ended.dropped(), 100u);
    EXPECT_GE(ended.retransmissions(), ended.dropped());
    EXPECT_EQ(ended.statistics.payload_bytes_delivered, GetParam() * kMessage);
    std::uint64_t by_flow = 0;
    for (const Fabric::FlowLosses& losses : ended.statistics.losses)
        by_flow += losses.dropped + losses.dropped_acknowledgements;
    EXPECT_EQ(by_flow, ended.dropped());
    EXPECT_GT(last_delivery_ps(ended), bound_ps(GetParam()));
}

// The last queue holds at most what is allowed, whichever of the two limits is the lower one.
TEST(IncastBuffer, NeverHoldsMoreThanItsLimit) {
    for (const bool shared : {false, true}) {
        FabricCase parts = many_to_one(8);
        (shared ? parts.network.buffer : parts.network.queue_limit) = {512 << 10};
        const FabricRun ended = run(parts);
        ASSERT_TRUE(ended.fabric.finished());
        EXPECT_GT(ended.dropped(), 0u);
        const std::uint32_t down = parts.peer(parts.nic(0)).value;
        const std::int64_t deepest = ended.fabric.counters()[down].deepest_backlog_ps;
        // The buffer counts frames, the port their preambles and gaps as well.
        EXPECT_LE(deepest, (512 << 10) * kPsPerByte * (kFrame + 20) / kFrame);
        EXPECT_GE(deepest, ((512 << 10) - 2 * kFrame) * kPsPerByte);
    }
}

}  // namespace
}  // namespace lightloom::testing
