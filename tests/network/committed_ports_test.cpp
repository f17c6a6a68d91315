// Ports that commit themselves late. Oracles: arithmetic ports, where both are legal; the reference engine; hand
// calculation of shares and orders.
#include <gtest/gtest.h>

#include "tests/support/conservation.hpp"
#include "tests/support/fabric_oracle.hpp"
#include "tests/support/rough_fabrics.hpp"

namespace lightloom::testing {
namespace {

FabricCase rough_with_ramp(Forwarding forwarding) {
    FabricCase parts = rough(forwarding, PathPolicy::spray);
    parts.network.ecn_full = {20 << 10};
    parts.network.ecn_probability = 0.4;
    return parts;
}

// 106.25 Gb/s has 160/17 ps per bit: fractions that must survive waiting.
TEST(CommittedPorts, GiveTheDigestOfArithmeticOnes) {
    std::vector<FabricCase> cases{rough_with_ramp(Forwarding::cut_through),
                                  rough_with_ramp(Forwarding::store_and_forward), chained(), chained(106.25)};
    cases.push_back(chained(106.25));
    cases.back().network.framing.preamble = cases.back().network.framing.gap = Bytes{0};
    cases.push_back(rough_with_ramp(Forwarding::store_and_forward));
    cases.back().network.buffer_alpha = 0.2;
    EXPECT_GT(run(cases.back()).dropped(), run(cases[1]).dropped());  // the threshold bites
    for (FabricCase& parts : cases) {
        const std::uint64_t expected = run(parts).fabric.digest();
        parts.network.commit_all_ports = true;
        const FabricRun committed = run(parts);
        EXPECT_GT(committed.fabric.committed_ports(), 0u);
        EXPECT_EQ(committed.fabric.digest(), expected);
    }
}

FabricCase everything(FlowControl flow_control) {
    FabricCase parts = rough_with_ramp(Forwarding::store_and_forward);
    parts.network.flow_control = flow_control;
    parts.network.lossless = 0x0f;
    parts.network.buffer = {16 << 20};
    parts.network.buffer_alpha = 0.02;
    parts.network.trimming = true;
    parts.transport.reliability = Reliability::unordered;  // which alone reads what was trimmed
    parts.network.link_retries = 2;
    parts.network.acknowledgement_class = 6;
    parts.network.classes.strict = 0xc0;
    parts.traffic.groups.assign(5, parts.traffic.groups[0]);
    for (std::uint32_t i = 0; i < parts.traffic.flows.size(); ++i) {
        parts.traffic.flows[i].group = i % 5;
        parts.traffic.groups[i % 5].traffic_class = static_cast<std::uint8_t>(i % 5);
    }
    return parts;
}

TEST(CommittedPorts, OneDigestOverThreadsPartitionsAndWindows) {
    for (const FlowControl flow_control : {FlowControl::none, FlowControl::pause, FlowControl::credit})
        EXPECT_TRUE(expect_one_digest(everything(flow_control)).fabric.all_acknowledged());
}

TEST(CommittedPorts, OneDigestOfARunThatIsStopped) {
    for (const FlowControl flow_control : {FlowControl::none, FlowControl::pause, FlowControl::credit})
        for (const std::int64_t until_ns : {1'733, 9'000, 20'001})
            expect_one_digest(everything(flow_control), Time{until_ns * 1000 + 1});
}

TEST(CommittedPorts, ConserveFrames) {
    for (const FlowControl flow_control : {FlowControl::none, FlowControl::pause, FlowControl::credit})
        for (const Time until : {Time{12'000'000}, kNever}) {
            const FabricCase parts = everything(flow_control);
            EXPECT_EQ(leaks(run(parts, {.until = until})), std::vector<std::string>{});
        }
}

// Two senders of different classes into one port that takes half of what they offer.
FabricCase contended(std::uint8_t first_class, std::uint8_t second_class) {
    const Topology topology = leaf_spine(
        {.servers = 3, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = gigabits(400)});
    FabricCase parts(topology, messages({{1, 0}, {2, 0}}, {4 << 20}), nanoseconds(100));
    parts.traffic.groups.push_back(parts.traffic.groups[0]);
    parts.traffic.flows[1].group = 1;
    parts.traffic.groups[0].traffic_class = first_class;
    parts.traffic.groups[1].traffic_class = second_class;
    parts.network.acknowledgement_class = 7;
    parts.transport.window = 4096;
    parts.network.queue_limit = parts.network.buffer = {64 << 20};
    return parts;
}

std::int64_t payload_time_ps(std::int64_t bytes) { return bytes / 4096 * (4096 + 64 + 20) * 8 * 5 / 2; }

TEST(CommittedPorts, AStrictClassGoesFirst) {
    FabricCase parts = contended(0, 5);
    parts.network.classes.strict = 0xe0;
    const FabricRun result = run(parts);
    EXPECT_NEAR(static_cast<double>(result.delivered(1).ps), static_cast<double>(payload_time_ps(4 << 20)), 3e6);
    EXPECT_NEAR(static_cast<double>(result.delivered(0).ps), static_cast<double>(payload_time_ps(8 << 20)), 3e6);
}

// With weights 3 to 1 the light class has a third of the heavy one's bytes when the heavy one ends.
TEST(CommittedPorts, WeightedClassesShareByWeight) {
    FabricCase parts = contended(1, 2);
    parts.network.classes.weight = {1, 3, 1, 1, 1, 1, 1, 1};
    const FabricRun result = run(parts);
    const double total = static_cast<double>(payload_time_ps(8 << 20));
    const std::int64_t idle_path_ps = 1'283'600;  // two latencies, two cables, one frame more than the last port sends
    EXPECT_NEAR(static_cast<double>(result.delivered(0).ps - idle_path_ps) / total, 4.0 / 6.0, 0.002);
    EXPECT_NEAR(static_cast<double>(result.delivered(1).ps - idle_path_ps) / total, 1.0, 0.002);
}

// A link that corrupts one frame in a hundred: with retries nothing is lost, and each costs a round trip of the link.
TEST(CommittedPorts, ALinkThatRetriesLosesNothing) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {4 << 20}), nanoseconds(50));
    parts.channel(parts.peer(parts.nic(1))).codeword_hazard = 1e-3;
    parts.transport.window = 512;
    EXPECT_GT(run(parts).lost(), 0u);
    parts.network.link_retries = 3;
    const FabricRun result = run(parts);
    EXPECT_EQ(result.lost(), 0u);
    EXPECT_EQ(result.retransmissions(), 0u);
    const std::uint32_t port = parts.peer(parts.nic(1)).value;
    const std::uint32_t replays = result.fabric.committed(port)->replays;
    EXPECT_GT(replays, 2u);
    const std::int64_t frame_ps = (4096 + 64 + 20) * 8 * 5 / 2;  // with preamble and gap
    EXPECT_EQ(result.fabric.busy(port, 1024, 1024 * (4096 + 64)).ps, (1024 + replays) * frame_ps);
    parts.channel(parts.peer(parts.nic(1))).codeword_hazard = 0;
    EXPECT_EQ((result.delivered(0) - run(parts).delivered(0)).ps, replays * (2 * 50'000 + frame_ps));
}

// Marks between the thresholds: none below, all above, Pmax x (q - Kmin) / (Kmax - Kmin) between.
TEST(CommittedPorts, MarksRiseLinearlyWithTheQueue) {
    FabricCase parts = contended(0, 0);
    parts.network.acknowledgement_class = 0;
    parts.network.ecn_threshold = {1 << 20};
    parts.network.ecn_full = {3 << 20};
    parts.network.ecn_probability = 0.5;
    const FabricRun result = run(parts);
    // The queue grows by a frame for every two that come, from 0 to 4 MiB: 1/4 unmarked, 1/2 with a mean of 1/4, and
    // 1/4 for certain.
    EXPECT_NEAR(static_cast<double>(result.marked()), 2048 * (0.5 * 0.25 + 0.25), 60.0);
}

}  // namespace
}  // namespace lightloom::testing
