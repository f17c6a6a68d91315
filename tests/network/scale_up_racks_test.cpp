// GPUs of several servers in racks of scale-up switches, beside a fabric. Oracles: arithmetic, idle ports, and
// tests/support/reference_engine.hpp.
#include "topologies/scale_up_racks.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/fabric_oracle.hpp"
#include "topologies/partition_bonds.hpp"

namespace lightloom::testing {
namespace {

constexpr Duration kHop{nanoseconds(100)}, kCopper{nanoseconds(5)}, kNic{nanoseconds(300)}, kSwitch{nanoseconds(400)},
    kNvlink{nanoseconds(20)};
constexpr std::int64_t kPorts = 6;

// Two racks of four servers of two GPUs: endpoints 0 to 7 and 8 to 15.
Topology fabric() {
    return leaf_spine(
        {.servers = 8, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 1, .rate = gigabits(400)});
}
Topology racks(std::int64_t switches = kPorts) {
    return with_scale_up_racks(fabric(), {.servers = 4, .switches = switches, .rate = gigabits(400)});
}
bool in_rack(const Topology& t, std::size_t cable) { return t.tiers[t.cables[cable].tier].name == "scale-up"; }

FabricCase rack_case(Traffic traffic, std::int64_t switches = kPorts) {
    FabricCase parts(racks(switches), std::move(traffic), kHop);
    parts.network.nic_latency = kNic;
    parts.network.switch_latency = kSwitch;
    parts.scale_up = {.rate_per_gpu = gigabits(400), .latency = kNvlink, .header = Bytes{16}, .racks = true};
    parts.transport.window = 4096;
    for (std::size_t cable = 0; cable < parts.topology.cables.size(); ++cable)
        if (in_rack(parts.topology, cable))
            parts.channels[2 * cable].delay = parts.channels[2 * cable + 1].delay = kCopper;
    return parts;
}

Duration nic_time(std::int64_t bytes) { return {8 * bytes * 5 / 2}; }  // at 400 Gb/s: 5/2 ps a bit
constexpr std::int64_t kFull = 8 + 16 + 4096, kGap = 12;               // with its preamble and its header

std::uint64_t frames_on(const FabricRun& run, const Topology& t, bool of_racks) {
    std::uint64_t frames = 0;
    for (std::size_t cable = 0; cable < t.cables.size(); ++cable)
        if (in_rack(t, cable) == of_racks)
            for (const PortId port : {t.cables[cable].lower, t.cables[cable].upper}) frames += run.sent(port);
    return frames;
}

TEST(ScaleUpRacks, APacketCutsThroughTheSwitchBetween) {
    const FabricCase parts = rack_case(messages({{0, 7}}, Bytes{4096}));
    const FabricRun result = run(parts);
    const Duration way = kNic + kCopper * 2 + kNvlink;
    EXPECT_EQ(result.delivered(0), way + nic_time(kFull));
    EXPECT_EQ(result.acknowledged(0), result.delivered(0) + way + nic_time(8 + 16));
    EXPECT_EQ(frames_on(result, parts.topology, true), 4u);
    EXPECT_EQ(frames_on(result, parts.topology, false), 0u);
}

// Of one server, too: the switches of the rack are all there is.
TEST(ScaleUpRacks, AMessageHasTheBandwidthOfAllPorts) {
    for (const std::int64_t switches : {1, 6, 18})
        for (const std::size_t to : {1u, 7u}) {
            const std::int64_t packets = 18 * 100;
            const FabricCase parts = rack_case(messages({{0, to}}, Bytes{4096 * packets}), switches);
            const FabricRun result = run(parts);
            const Duration way = kNic + kCopper * 2 + kNvlink, frame = nic_time(kFull + kGap);
            const Duration least = way + frame * (packets / switches) - nic_time(kGap);
            EXPECT_GE(result.delivered(0), least);
            // Two full frames are queued at a port when its NIC looks elsewhere, and one is being sent.
            EXPECT_LE(result.delivered(0), least + frame * (switches == 1 ? 0 : 3));
            EXPECT_EQ(frames_on(result, parts.topology, false), 0u);
            const Topology::Endpoint& source = parts.topology.endpoints[0];
            for (std::uint32_t i = 0; i < source.scale_ups; ++i)
                EXPECT_NEAR(static_cast<double>(result.sent(PortId{source.scale_up.value + std::size_t{i}})),
                            static_cast<double>(packets) / static_cast<double>(switches), 3.0);
        }
}

TEST(ScaleUpRacks, OneFlowUsesAllPortsUnderEcmpToo) {
    FabricCase parts = rack_case(messages({{0, 7}}, Bytes{4096 * 600}));
    parts.network.path = PathPolicy::ecmp;
    EXPECT_LT(run(parts).delivered(0), kNic * 2 + nic_time(kFull + kGap) * (600 / kPorts + 3));
}

// A packet each from seven GPUs to one.
TEST(ScaleUpRacks, FlowsBeginAtDifferentSwitches) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t from = 1; from < 8; ++from) pairs.emplace_back(from, 0);
    const FabricCase parts = rack_case(messages(pairs, Bytes{4096}));
    const FabricRun result = run(parts);
    const Topology::Endpoint& gpu = parts.topology.endpoints[0];
    std::vector<std::uint64_t> by_switch;
    for (std::uint32_t i = 0; i < gpu.scale_ups; ++i)
        by_switch.push_back(result.fabric.counters()[gpu.scale_up.value + std::size_t{i}].frames_delivered);
    EXPECT_EQ(std::accumulate(by_switch.begin(), by_switch.end(), std::uint64_t{0}), 7u);
    EXPECT_LE(std::ranges::max(by_switch), 3u);
}

TEST(ScaleUpRacks, WhatGoesToAnotherRackCrossesTheFabric) {
    const FabricCase parts = rack_case(messages({{0, 8}}, Bytes{4096}));
    const FabricRun result = run(parts);
    const Duration frame = nic_time(8 + 64 + 4096);
    EXPECT_EQ(result.delivered(0), kNic + kSwitch * 3 + (kHop + frame) * 4) << "leaf, spine, leaf";
    EXPECT_EQ(frames_on(result, parts.topology, true), 0u);
}

// A permutation and more, with losses: inside racks and between them, of all lengths.
FabricCase everybody() {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t from = 0; from < 16; ++from)
        for (std::size_t to = 0; to < 16; to += 1 + from % 3)
            if (from != to) pairs.emplace_back(from, to);
    FabricCase parts = rack_case(messages(pairs, Bytes{50'000}));
    parts.transport.window = 64;
    for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-4;  // some are lost and sent again
    return parts;
}

TEST(ScaleUpRacks, ShowNoExecution) {
    FabricCase parts = everybody();
    const FabricRun expected = expect_one_digest(parts);
    EXPECT_GT(expected.lost(), 0u);
    EXPECT_EQ(static_cast<std::size_t>(expected.statistics.messages_acknowledged), parts.traffic.flows.size());
    parts.network.commit_all_ports = true;
    EXPECT_EQ(expect_one_digest(parts).fabric.digest(), expected.fabric.digest()) << "both kinds of port";
}

TEST(ScaleUpRacks, ShowNoExecutionBesidePausesAndCredits) {
    for (const FlowControl control : {FlowControl::pause, FlowControl::credit}) {
        FabricCase parts = everybody();
        parts.network.flow_control = control;
        parts.network.buffer = Bytes{2 << 20};
        const FabricRun expected = expect_one_digest(parts);
        EXPECT_EQ(static_cast<std::size_t>(expected.statistics.messages_acknowledged), parts.traffic.flows.size());
    }
}

// Servers of several NIC ports have both kinds of bond.
TEST(ScaleUpRacks, StandBesideNicsOfSeveralPorts) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("host-leaf", gigabits(200));
    std::vector<NodeId> servers, leaves;
    for (int i = 0; i < 4; ++i) servers.push_back(builder.add_server(2, 2));
    for (int i = 0; i < 2; ++i) leaves.push_back(builder.add_leaf());
    for (const NodeId server : servers)
        for (int gpu = 0; gpu < 2; ++gpu)
            for (const NodeId leaf : leaves) builder.connect(server, leaf, tier);
    const Topology t = with_scale_up_racks(builder.build(), {.servers = 2, .switches = 3, .rate = gigabits(400)});
    FabricCase parts(t, messages({{0, 1}, {0, 3}, {1, 5}, {2, 0}, {6, 1}, {6, 5}}, Bytes{400'000}), kHop);
    parts.scale_up = {.rate_per_gpu = gigabits(400), .latency = kNvlink, .racks = true};
    const FabricRun result = expect_one_digest(parts);
    EXPECT_EQ(result.statistics.messages_acknowledged, 6);
    for (const std::size_t gpu : {0u, 6u})
        for (std::uint32_t i = 0; i < 3; ++i)
            EXPECT_GT(result.sent(PortId{t.endpoints[gpu].scale_up.value + std::size_t{i}}), 0u);
    for (std::uint32_t i = 0; i < 2; ++i) {
        EXPECT_GT(result.sent(PortId{parts.nic(1).value + std::size_t{i}}), 0u);
        // Data of 1 -> 5 comes in by both, and nothing else of 6's own rack does.
        EXPECT_GT(result.received(parts.peer(PortId{parts.nic(5).value + std::size_t{i}})).frames_delivered, 0u);
    }
}

// Engine periods: what a rack's short cables leave of them.
TEST(ScaleUpRacks, LetThreadsMeetAsSeldomAsWithoutThem) {
    FabricCase parts = rack_case(messages({{0, 7}}, Bytes{4096}));
    FabricCase plain(fabric(), messages({{0, 7}}, Bytes{4096}), kHop);
    plain.network = parts.network;
    const auto period_of = [](const FabricCase& of, std::uint32_t partitions, bool with_bonds) {
        Fabric fabric(of.input(partitions));
        PartitionPlan plan = plan_partitions(of.topology, partitions);
        if (with_bonds) plan = keep_bonds(std::move(plan), of.topology, fabric.cables_below(kShortestPeriod));
        EXPECT_GE(plan.partitions, 2u);
        SimulationOptions options;
        options.threads = 2;
        options.partitions = plan.partitions;
        options.partition_of = plan.of_node;
        return simulate(fabric, options).period_length;
    };
    for (const std::uint32_t partitions : {2u, 4u, 8u, 16u})
        for (const Duration latency : {nanoseconds(150), kNvlink}) {
            parts.scale_up->latency = latency;
            EXPECT_EQ(period_of(parts, partitions, true), period_of(plain, 2, false)) << partitions;
        }
    EXPECT_LT(period_of(parts, 8, false), period_of(plain, 2, false)) << "it takes the bonds";
    const Fabric all(parts.input(1));
    EXPECT_EQ(all.lookahead().least, kNvlink + kCopper + nic_time(8 + 16) - Duration{1}) << "from switch to GPU";
}

// A switch of the rack is dark for good: its GPUs know after the detection time, and go by the others.
TEST(ScaleUpRacks, GpusLeaveADarkSwitch) {
    FabricCase parts = rack_case(messages({{0, 7}}, Bytes{4096 * 6000}));
    const Topology& t = parts.topology;
    const NodeId dark = t.ports[t.ports[t.endpoints[0].scale_up.value + 2].peer.value].node;
    const Time at{microseconds(10).ps};
    for (std::uint32_t cable = 0; cable < t.cables.size(); ++cable)
        if (t.ports[t.cables[cable].upper.value].node == dark)
            for (const std::uint32_t direction : {2 * cable, 2 * cable + 1})
                parts.outages.push_back({at, kNever, direction, OutageCause::link_down});
    const auto timeline = std::make_shared<RouteTimeline>(
        t, parts.routes,
        RerouteParameters{.detection = microseconds(5),
                          .convergence = {Distribution::Kind::fixed, microseconds(5).ps * 1.0, 0.0}});
    timeline->extend(parts.outages, kNever);
    parts.reroutes = timeline;
    const FabricRun result = expect_one_digest(parts);
    EXPECT_EQ(result.statistics.messages_acknowledged, 1);
    EXPECT_GT(result.lost(), 0u);
    // From the start to the detection the port sent as the others, and then no more.
    const std::uint64_t by_dark = result.sent(PortId{t.endpoints[0].scale_up.value + std::size_t{2}});
    const std::int64_t until_detected = (at + microseconds(5)).ps / nic_time(kFull + kGap).ps;
    EXPECT_NEAR(static_cast<double>(by_dark), static_cast<double>(until_detected), 8.0);
    EXPECT_GT(result.sent(PortId{t.endpoints[0].scale_up.value + std::size_t{3}}), 1100u);
}

}  // namespace
}  // namespace lightloom::testing
