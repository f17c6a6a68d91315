// GPUs of one server among themselves, and NICs used for another's packets. Oracles: arithmetic, conservation, and
// tests/support/reference_engine.hpp.
#include "models/network/scale_up.hpp"

#include <gtest/gtest.h>

#include "scenarios/measurements.hpp"
#include "tests/support/fabric_harness.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr Duration kHop{nanoseconds(100)}, kNic{nanoseconds(300)}, kSwitch{nanoseconds(400)}, kNvlink{nanoseconds(20)};

// Servers of two or more GPUs, a leaf per rail, spines over them: endpoint s x gpus + g is GPU g of server s.
Topology rails(std::uint32_t servers, std::uint32_t gpus) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", gigabits(400));
    std::vector<NodeId> all, leaves;
    for (std::uint32_t s = 0; s < servers; ++s) all.push_back(builder.add_server(gpus));
    for (std::uint32_t g = 0; g < gpus; ++g) leaves.push_back(builder.add_leaf());
    const NodeId spine = builder.add_spine();
    for (const NodeId server : all)
        for (const NodeId leaf : leaves) builder.connect(server, leaf, tier);
    for (const NodeId leaf : leaves) builder.connect(leaf, spine, tier);
    return builder.build();
}

FabricCase rail_case(std::uint32_t servers, std::uint32_t gpus, Traffic traffic, bool pxn) {
    FabricCase parts(rails(servers, gpus), std::move(traffic), kHop);
    parts.network.nic_latency = kNic;
    parts.network.switch_latency = kSwitch;
    parts.scale_up = {.rate_per_gpu = gigabits(3600), .latency = kNvlink, .header = Bytes{16}, .pxn = pxn};
    return parts;
}

// 3.6 Tb/s are 5/18 ps a bit, 400 Gb/s are 5/2; rounded up.
Duration nvlink_time(std::int64_t bytes) { return {(8 * bytes * 5 + 17) / 18}; }
Duration nic_time(std::int64_t bytes) { return {8 * bytes * 5 / 2}; }

PortId scale_up_port(const FabricRun& run, std::size_t endpoint) {
    return PortId{run.fabric.scale_up_port(EndpointId{endpoint})};
}

TEST(ScaleUp, CarriesWhatStaysInAServerAtItsOwnRate) {
    const FabricCase parts = rail_case(2, 2, messages({{0, 1}}, Bytes{40'000}), false);
    const FabricRun result = run(parts);
    // Ten packets, nine of them full (4,096 bytes), one after the other; each with 16 bytes of header.
    EXPECT_EQ(result.delivered(0), nvlink_time(40'000 + 10 * 16) + kNvlink);
    EXPECT_EQ(result.acknowledged(0), result.delivered(0) + nvlink_time(16) + kNvlink);
    EXPECT_EQ(result.sent(scale_up_port(result, 0)), 10u);
    EXPECT_EQ(result.sent(scale_up_port(result, 1)), 10u);
    EXPECT_EQ(result.fabric.counters()[scale_up_port(result, 0).value].bytes_sent, 40'160u);
    for (std::size_t port = 0; port < parts.topology.ports.size(); ++port) EXPECT_EQ(result.sent(PortId{port}), 0u);
}

TEST(ScaleUp, ResultsTellItsPortsApartFromThoseOfCables) {
    const FabricCase parts = rail_case(2, 2, messages({{0, 1}}, Bytes{40'000}), false);
    const FabricRun ran = run(parts);
    SimulationOutcome outcome;
    outcome.in_flight = ran.left;
    const RunResult result =
        measurements(ran.fabric, outcome, total_load(parts.traffic, parts.transport.payload), kNever);
    EXPECT_EQ(result.ports.frames_sent, std::vector<std::int64_t>(parts.topology.ports.size(), 0));
    EXPECT_EQ(result.scale_up_ports.frames_sent, (std::vector<std::int64_t>{10, 10, 0, 0}));
    EXPECT_EQ(result.scale_up_ports.frames_delivered, (std::vector<std::int64_t>{10, 10, 0, 0}));
    EXPECT_EQ(result.scale_up_ports.bytes_sent, (std::vector<std::int64_t>{40'160, 160, 0, 0}));
    EXPECT_EQ(result.switches.node.size(), 3u);
}

TEST(ScaleUp, WithoutItGpusOfAServerMeetOutside) {
    FabricCase parts = rail_case(2, 2, messages({{0, 1}}, Bytes{4096}), false);
    parts.scale_up.reset();
    const FabricRun result = run(parts);
    EXPECT_EQ(result.fabric.counters().size(), parts.topology.ports.size());
    EXPECT_EQ(result.sent(parts.nic(0)), 1u);
}

// GPU 0 of server 0 to GPU 1 of server 1. Frames on the wire are 4,096 + 64 + 8 bytes.
TEST(ScaleUp, PxnLeavesOnTheDestinationsRail) {
    const Duration ethernet = nic_time(4168);
    for (const bool pxn : {false, true}) {
        const FabricCase parts = rail_case(2, 2, messages({{0, 3}}, Bytes{4096}), pxn);
        const FabricRun result = run(parts);
        // With it one switch, the rail's; without three: leaf, spine, leaf.
        const std::int64_t switches = pxn ? 1 : 3;
        const Duration fabric = kNic + kSwitch * switches + (kHop + ethernet) * (switches + 1);
        EXPECT_EQ(result.delivered(0), fabric + (pxn ? nvlink_time(4096 + 16) + kNvlink : Duration{0}));
        EXPECT_EQ(result.sent(parts.nic(0)), pxn ? 0u : 1u);
        EXPECT_EQ(result.sent(parts.nic(1)), pxn ? 1u : 0u);
        EXPECT_EQ(result.sent(parts.nic(3)), 1u) << "the acknowledgement";
        EXPECT_EQ(result.received(parts.peer(parts.nic(1))).frames_delivered, pxn ? 1u : 0u) << "comes the same way";
        EXPECT_EQ(result.sent(scale_up_port(result, 0)), pxn ? 1u : 0u);
        EXPECT_EQ(result.fabric.counters()[scale_up_port(result, 0).value].frames_delivered, pxn ? 1u : 0u);
    }
}

TEST(ScaleUp, PxnDoesNotHeapPacketsUpAtTheNic) {
    FabricCase parts = rail_case(2, 2, messages({{0, 3}}, Bytes{1 << 20}), true);
    const FabricRun result = run(parts);
    EXPECT_EQ(result.statistics.messages_acknowledged, 1);
    // Three frames at most when one more is let in, and the NIC's latency.
    EXPECT_LE(result.fabric.counters()[parts.nic(1).value].deepest_backlog_ps, (nic_time(4180) * 4 + kNic).ps);
}

TEST(ScaleUp, AGpuMayUseAnothersNic) {
    FabricCase parts = rail_case(2, 2, messages({{0, 2}}, Bytes{4096}), false);
    parts.nic_of = {EndpointId{1}, EndpointId{1}, EndpointId{2}, EndpointId{3}};
    const FabricRun result = run(parts);
    EXPECT_EQ(result.sent(parts.nic(0)), 0u);
    EXPECT_EQ(result.sent(parts.nic(1)), 1u);
    EXPECT_EQ(result.received(parts.peer(parts.nic(2))).frames_delivered, 1u);
    EXPECT_EQ(result.statistics.messages_acknowledged, 1);
}

TEST(ScaleUp, EgressIsADecisionOfItsOwn) {
    const Topology t = rails(2, 4);
    ScaleUpParameters scale_up{.rate_per_gpu = gigabits(3600), .latency = kNvlink};
    const auto egress = [&](std::size_t from, std::size_t to, std::span<const EndpointId> nic_of = {}) {
        const Egress e = egress_of(t, scale_up, nic_of, EndpointId{from}, EndpointId{to});
        return std::pair(e.nic.value, e.over_scale_up);
    };
    EXPECT_EQ(egress(1, 2), std::pair(2u, true));
    EXPECT_EQ(egress(1, 6), std::pair(1u, false));
    scale_up.pxn = true;
    EXPECT_EQ(egress(1, 2), std::pair(2u, true));
    EXPECT_EQ(egress(1, 6), std::pair(2u, true));
    EXPECT_EQ(egress(1, 5), std::pair(1u, false)) << "its own rail";
    EXPECT_EQ(egress(7, 0), std::pair(4u, true));
    std::vector<EndpointId> nic_of;
    for (std::size_t e = 0; e < 8; ++e) nic_of.emplace_back(e / 2 * 2);  // two GPUs to a NIC
    EXPECT_EQ(egress(1, 7, nic_of), std::pair(2u, true)) << "the rail of the NIC that the destination uses";
    EXPECT_EQ(egress(3, 7, nic_of), std::pair(2u, false));
}

// All to all of two servers' GPUs and more: inside, along and across rails.
FabricCase everybody(bool pxn) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t from = 0; from < 16; ++from)
        for (std::size_t to = 0; to < 16; to += 1 + from % 3)
            if (from != to) pairs.emplace_back(from, to);
    FabricCase parts = rail_case(4, 4, messages(pairs, Bytes{30'000}), pxn);
    for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-4;  // some are lost and sent again
    return parts;
}

TEST(ScaleUp, IsTheReferencesHoweverTheRunIsCut) {
    for (const bool pxn : {false, true}) {
        const FabricCase parts = everybody(pxn);
        const FabricRun expected = run_on_oracle(parts);
        ASSERT_GT(expected.lost(), 0u);
        ASSERT_EQ(static_cast<std::size_t>(expected.statistics.messages_acknowledged), parts.traffic.flows.size());
        for (const Execution& how : {Execution{1, 1, 1}, Execution{2, 2, 1}, Execution{2, 4, 8}, Execution{1, 9, 64}})
            EXPECT_EQ(run(parts, how).fabric.digest(), expected.fabric.digest())
                << pxn << ": " << how.threads << ", " << how.partitions << ", / " << how.window_divisor;
    }
}

TEST(ScaleUp, NothingIsLostOfWhatARunLeavesOnTheWay) {
    for (const std::int64_t until_ns : {30, 75, 500, 1200, 4000}) {
        const FabricCase parts = everybody(true);
        const FabricRun result = run(parts, {2, 3, 1, Time{nanoseconds(until_ns).ps}});
        for (std::size_t e = 0; e < parts.topology.endpoints.size(); ++e) {
            const PortId port = scale_up_port(result, e);
            EXPECT_EQ(result.sent(port),
                      result.received(port).frames_delivered + result.left.travelling_frames[port.value]);
        }
        for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow) {
            const Sender& sender = result.fabric.transport().sender(flow);
            const auto& losses = result.statistics.losses[flow];
            EXPECT_EQ(sender.next + sender.retransmissions,
                      result.fabric.transport().receiver(flow).delivered + losses.lost + losses.dropped +
                          result.left.queued_packets[flow] + result.left.travelling_packets[flow])
                << flow << " at " << until_ns << " ns";
        }
    }
}

}  // namespace
}  // namespace lightloom::testing
