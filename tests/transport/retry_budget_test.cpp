// An outage that ends before a flow repeats for the last time only stalls it; a longer one fails it, at an instant
// known beforehand, and the run ends without it. Oracle: last move of the window + tries x time-out.
#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr Reliability kKinds[] = {Reliability::window, Reliability::go_back_n, Reliability::selective_repeat,
                                  Reliability::unordered};

// Endpoint 0 sends to 1, and 1 to 0, over one switch; the cable of endpoint 0 loses all that it sends in [from, to),
// data and acknowledgements.
FabricCase dark_from(Time from, Time to, Reliability kind) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}, {1, 0}}, {1 << 20}), nanoseconds(500));
    parts.transport = {.payload = {4096}, .window = 32, .timeout = microseconds(20), .tries = 7, .reliability = kind};
    const std::uint32_t cable = parts.topology.ports[parts.nic(0).value].cable.value;
    const std::uint32_t direction = 2 * cable + (parts.topology.cables[cable].upper == parts.nic(0));
    parts.changes.push_back({from, direction, std::numeric_limits<double>::infinity(), 0.0});
    if (to != kNever) parts.changes.push_back({to, direction, 0.0, 0.0});
    return parts;
}

TEST(Outage, ShorterThanTheRetriesOnlyStalls) {
    for (const Reliability kind : kKinds) {
        const Time from{5'000'000};
        const FabricCase parts = dark_from(from, from + microseconds(110), kind);
        const FabricRun ended = run(parts);
        ASSERT_TRUE(ended.fabric.finished());
        EXPECT_EQ(ended.fabric.failed(0), kNever);
        const Sender& sender = ended.fabric.transport().sender(0);
        EXPECT_GE(sender.longest_stall_ps, microseconds(110).ps);
        EXPECT_LT(sender.longest_stall_ps, microseconds(130).ps);
        EXPECT_EQ(sender.tries, 0u);
        const Receiver& receiver = ended.fabric.transport().receiver(0);
        EXPECT_EQ(receiver.delivered - receiver.duplicates - receiver.refused, 256u);
    }
}

TEST(Outage, LongerThanTheRetriesFailsTheFlowAtItsInstant) {
    for (const Reliability kind : kKinds)
        for (const Time to : {Time{} + microseconds(400), kNever}) {
            const FabricCase parts = dark_from(Time{5'000'000}, to, kind);
            const FabricRun ended = run(parts);  // does end
            EXPECT_FALSE(ended.fabric.finished());
            const Sender& sender = ended.fabric.transport().sender(0);
            ASSERT_TRUE(sender.has_failed());
            EXPECT_EQ(sender.tries, 7u);
            EXPECT_EQ(sender.failed, sender.moved + parts.transport.timeout * 7);
            EXPECT_EQ(sender.longest_stall_ps, (parts.transport.timeout * 7).ps);
            EXPECT_EQ(ended.fabric.failed(0), std::min(sender.failed, ended.fabric.transport().sender(1).failed));
            EXPECT_LT(sender.base, 256u);
            EXPECT_EQ(ended.fabric.digest(), run_on_oracle(parts).fabric.digest());
        }
}

// What waits for a failed flow is never released, and the run ends all the same.
TEST(Outage, NothingWaitsForEverForAFailedFlow) {
    const Topology four = leaf_spine(
        {.servers = 4, .gpus_per_server = 1, .leaves = 2, .spines = 1, .links_per_pair = 1, .rate = gigabits(400)});
    FabricCase parts(four, ring_all_reduce(four, Placement::packed, {1 << 20}, 3), nanoseconds(500));
    parts.transport = {.payload = {4096}, .window = 32, .timeout = microseconds(20), .tries = 7};
    ASSERT_TRUE(run(parts).fabric.finished());
    const PortId nic = parts.nic(2);
    const std::uint32_t cable = parts.topology.ports[nic.value].cable.value;
    parts.changes.push_back({Time{30'000'000}, 2 * cable + (parts.topology.cables[cable].upper == nic),
                             std::numeric_limits<double>::infinity(), 0.0});
    const FabricRun ended = run(parts, {2, 3});
    EXPECT_FALSE(ended.fabric.finished());
    EXPECT_NE(ended.fabric.failed(0), kNever);
    for (std::uint32_t flow = 0; flow < 4; ++flow) EXPECT_FALSE(ended.fabric.transport().sender(flow).waits()) << flow;
    EXPECT_EQ(ended.fabric.digest(), run_on_oracle(parts).fabric.digest());
}

}  // namespace
}  // namespace lightloom::testing
