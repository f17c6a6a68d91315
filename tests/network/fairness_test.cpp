// Senders that are exactly synchronous share a port evenly, since ties are settled by another permutation of the ports
// at each instant (core/order.hpp). With the lowest port first, the same few would win every round.
#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::uint32_t kSenders = 16;
constexpr std::int64_t kMessage = 1 << 20;

struct Shape {
    std::int64_t leaves, spines;
    std::uint32_t window;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.leaves << " leaves, window " << shape.window; }

class Fairness : public ::testing::TestWithParam<Shape> {};
INSTANTIATE_TEST_SUITE_P(Shapes, Fairness,
                         ::testing::Values(Shape{1, 1, 256}, Shape{1, 1, 16}, Shape{17, 1, 256}, Shape{17, 4, 64}),
                         [](const auto& s) {
                             return std::to_string(s.param.leaves) + "Leaves" + std::to_string(s.param.spines) +
                                    "Spines" + std::to_string(s.param.window) + "Window";
                         });

FabricCase synchronous(const Shape& shape) {
    FabricCase parts(leaf_spine({.servers = kSenders + 1,
                                 .gpus_per_server = 1,
                                 .leaves = shape.leaves,
                                 .spines = shape.spines,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     incast(kSenders, {kMessage}), nanoseconds(500));
    parts.transport.window = shape.window;
    parts.network.queue_limit = parts.network.buffer = {128 << 20};
    return parts;
}

std::vector<std::uint32_t> delivered(const FabricRun& stopped) {
    std::vector<std::uint32_t> packets;
    for (std::uint32_t flow = 0; flow < kSenders; ++flow)
        packets.push_back(stopped.fabric.transport().receiver(flow).delivered);
    return packets;
}

/// Stopped when half of the time of the whole has gone.
FabricRun half_of(const FabricCase& parts) {
    const FabricRun whole = run(parts);
    EXPECT_TRUE(whole.fabric.finished());
    std::int64_t end_ps = 0;
    for (std::uint32_t flow = 0; flow < kSenders; ++flow) end_ps = std::max(end_ps, whole.delivered(flow).ps);
    return run(parts, {.until = Time{end_ps / 2}});
}

TEST_P(Fairness, SynchronousSendersShareAPortWithinATenth) {
    const FabricCase parts = synchronous(GetParam());
    const std::vector<std::uint32_t> packets = delivered(half_of(parts));
    const auto [fewest, most] = std::minmax_element(packets.begin(), packets.end());
    EXPECT_GT(*fewest, 100u);
    EXPECT_LE(*most, *fewest + *fewest / 10) << ::testing::PrintToString(packets);
}

// Where the queue is full, a tie decides who is dropped. Chance and time-outs then spread the senders, but starve none.
TEST_P(Fairness, NoSenderIsStarvedByDrops) {
    FabricCase parts = synchronous(GetParam());
    parts.network.queue_limit = {40 << 10};
    parts.transport.timeout = microseconds(30);
    const FabricRun stopped = half_of(parts);
    ASSERT_GT(stopped.dropped(), 200u);
    const std::vector<std::uint32_t> packets = delivered(stopped);
    const std::uint32_t mean = std::accumulate(packets.begin(), packets.end(), 0u) / kSenders;
    EXPECT_GT(*std::min_element(packets.begin(), packets.end()), mean / 4) << ::testing::PrintToString(packets);
}

}  // namespace
}  // namespace lightloom::testing
