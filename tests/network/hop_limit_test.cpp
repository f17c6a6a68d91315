// Frames that nobody has a way for, and frames that come round again and again, on routes that a test has spoilt.
// Oracle: the hop limit is the number of switches that see a looping frame before the one that drops it.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

// server - leaf 0 - spine 0 - spine 1 - leaf 1 - server, one packet
FabricCase row() {
    const Rate rate = gigabits(400);
    FabricCase parts(chain({rate, rate, rate, rate, rate}), messages({{0, 1}}, {4096}), nanoseconds(100));
    parts.transport.timeout = microseconds(1000);
    return parts;
}
// The nodes of the row: server, leaf, spine, spine, leaf, server.
constexpr NodeId kLeaf{std::size_t{1}}, kSpine{std::size_t{2}}, kNext{std::size_t{3}}, kLast{std::size_t{4}};

std::uint64_t looped(const FabricRun& ended) {
    std::uint64_t all = 0;
    for (const NodeId node : {kLeaf, kSpine, kNext, kLast}) all += ended.fabric.steering(node).looped;
    return all;
}

TEST(HopLimit, EndsAFrameThatTwoSwitchesSendToAndFro) {
    FabricCase parts = row();
    for (Routes::PortSet& set : parts.routes.sets) EXPECT_EQ(set.count, 1u);
    // The first spine sends what is for leaf 1 back to leaf 0.
    const std::size_t row_of_spine = std::size_t{parts.routes.role_of_node[kSpine.value]} * parts.routes.leaves;
    parts.routes.sets[row_of_spine + 1] = parts.routes.sets[row_of_spine + 0];
    for (const std::uint32_t limit : {1u, 2u, 5u, 16u, 30u}) {
        parts.network.hop_limit = limit;
        const FabricRun ended = run(parts, {.until = Time{} + microseconds(100)});
        EXPECT_EQ(looped(ended), 1u) << limit;
        EXPECT_EQ(ended.statistics.losses[0].unrouted, 1u);
        std::uint64_t frames = 0;  // one cable to each switch that passed it on, and one to the switch that did not
        for (const auto& counters : ended.fabric.counters()) frames += counters.frames_delivered;
        EXPECT_EQ(frames, limit + 1);
    }
}

TEST(HopLimit, LetsAPathOfItsLengthPass) {
    FabricCase parts = row();
    parts.network.hop_limit = 4;
    const FabricRun ended = run(parts);
    EXPECT_TRUE(ended.fabric.finished()) << "and its acknowledgement came back by as many";
    EXPECT_EQ(looped(ended), 0u);
    parts.network.hop_limit = 3;
    const FabricRun stopped = run(parts, {.until = Time{} + microseconds(100)});
    EXPECT_EQ(stopped.fabric.steering(kLast).looped, 1u);
    EXPECT_EQ(stopped.statistics.losses[0].unrouted, 1u);
}

TEST(HopLimit, IsNotWhatEndsAFrameWithoutANextHop) {
    FabricCase parts = row();
    const std::size_t row_of_spine = std::size_t{parts.routes.role_of_node[kSpine.value]} * parts.routes.leaves;
    parts.routes.sets[row_of_spine + 1].count = 0;
    const FabricRun ended = run(parts, {.until = Time{} + microseconds(100)});
    EXPECT_EQ(ended.fabric.steering(kSpine).black_holed, 1u);
    EXPECT_EQ(looped(ended), 0u);
    EXPECT_EQ(ended.statistics.losses[0].unrouted, 1u);
    EXPECT_EQ(ended.dropped() + ended.lost(), 0u);
}

TEST(HopLimit, CountsAcknowledgementsApart) {
    FabricCase parts = row();
    const std::size_t row_of_spine = std::size_t{parts.routes.role_of_node[kSpine.value]} * parts.routes.leaves;
    parts.routes.sets[row_of_spine + 0].count = 0;
    const FabricRun ended = run(parts, {.until = Time{} + microseconds(100)});
    EXPECT_EQ(ended.statistics.losses[0].unrouted, 0u);
    EXPECT_EQ(ended.statistics.losses[0].unrouted_acknowledgements, 1u);
    EXPECT_EQ(ended.fabric.steering(kNext).black_holed, 1u) << "the two spines have one row";
}

}  // namespace
}  // namespace lightloom::testing
