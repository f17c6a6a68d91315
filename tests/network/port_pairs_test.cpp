// NICs with several ports: which pairs of ports a flow has, that it fills all of them, and that it leaves those that
// fail. Oracle: a permutation's time in closed form, bytes / (ports x rate), and the sums of sent and arrived.
#include "models/network/port_pairs.hpp"

#include <gtest/gtest.h>

#include "tests/support/conservation.hpp"
#include "tests/support/fabric_oracle.hpp"
#include "topologies/multi_plane.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kPackets = 2048;
constexpr Duration kDetection = microseconds(10), kConvergence = microseconds(20);

// Two segments of two servers of one GPU; leaf 2 s + p is port p's of segment s. Two spines per plane.
Topology small(std::int64_t nics, bool planes) {
    return multi_plane({.segments = 2,
                        .servers_per_segment = 2,
                        .gpus_per_server = 1,
                        .nics_per_gpu = nics,
                        .rails = true,
                        .planes = planes,
                        .spines_per_plane = 2,
                        .links_per_pair = 1,
                        .rate = gigabits(200),
                        .uplink_rate = gigabits(400)});
}

// Every GPU sends one message to its peer in the other segment.
FabricCase across(const Topology& t, PathPolicy path) {
    FabricCase parts(t, messages({{0, 2}, {1, 3}, {2, 0}, {3, 1}}, {kPackets * 4096}), nanoseconds(300));
    parts.network.path = path;
    if (path == PathPolicy::entropy) parts.network.queue_pairs = 64;
    parts.transport.timeout = microseconds(60);
    return parts;
}

constexpr PathPolicy kPerPacket[] = {PathPolicy::spray, PathPolicy::round_robin, PathPolicy::entropy,
                                     PathPolicy::adaptive};

std::vector<Outage> dark(const std::vector<std::uint32_t>& cables, Time from, Time to) {
    std::vector<Outage> outages;
    for (const std::uint32_t cable : cables)
        for (const std::uint32_t direction : {2 * cable, 2 * cable + 1})
            outages.push_back({.from = from, .to = to, .direction = direction});
    return outages;
}

FabricCase through(FabricCase parts, const std::vector<std::uint32_t>& cables, Time from, Time to) {
    parts.outages = dark(cables, from, to);
    RerouteParameters how;
    how.detection = kDetection;
    how.convergence = {Distribution::Kind::fixed, static_cast<double>(kConvergence.ps), 0.0};
    struct Kept {  // a timeline refers to its topology, and a case may be moved
        Topology topology;
        RouteTimeline timeline;
        Kept(const FabricCase& of, const RerouteParameters& how)
            : topology(of.topology), timeline(topology, of.routes, how) {}
    };
    const auto kept = std::make_shared<Kept>(parts, how);
    kept->timeline.extend(parts.outages, kNever);
    parts.reroutes = {kept, &kept->timeline};
    return parts;
}

std::vector<std::uint32_t> uplinks_of_plane(const Topology& t, std::uint32_t plane) {
    std::vector<std::uint32_t> cables;
    for (std::uint32_t c = 0; c < t.cables.size(); ++c) {
        const Topology::Node& lower = t.nodes[t.ports[t.cables[c].lower.value].node.value];
        if (lower.kind == NodeKind::leaf && lower.index % 2 == plane) cables.push_back(c);
    }
    return cables;
}

Duration longest(const FabricRun& run) {
    Duration last{0};
    for (std::uint32_t flow = 0; flow < run.fabric.traffic().flows.size(); ++flow)
        last = std::max(last, run.delivered(flow));
    return last;
}

// How long a port of 200 Gb/s takes for so many data packets, each with an answer that goes the other way.
double port_seconds(const NetworkParameters& network, double packets) {
    const auto [preamble, gap, header, acknowledgement] = std::tuple(
        network.framing.preamble, network.framing.gap, network.framing.header, network.framing.acknowledgement);
    return packets * 8.0 *
           static_cast<double>((preamble + gap).count * 2 + header.count + 4096 + acknowledgement.count) / 200e9;
}

TEST(PortPairs, KeepToAPlane) {
    const Topology t = small(2, true);
    const Routes routes = equal_cost_routes(t);
    const auto pairs = port_pairs(t, routes, t.endpoints[0], t.endpoints[2]);
    ASSERT_EQ(pairs.size(), 2u);
    for (std::uint32_t i = 0; i < 2; ++i) {
        EXPECT_EQ(pairs[i].from.nic, t.endpoints[0].nic.value + i);
        EXPECT_EQ(pairs[i].to.nic, t.endpoints[2].nic.value + i);
        EXPECT_EQ(pairs[i].to.leaf, 2u + i);
        EXPECT_EQ(pairs[i].hops, 2u);
    }
}

TEST(PortPairs, AreTheNearestFirst) {
    const Topology t = small(2, false);
    const Routes routes = equal_cost_routes(t);
    std::vector<std::uint32_t> hops;
    for (const PortPair& pair : port_pairs(t, routes, t.endpoints[0], t.endpoints[1])) hops.push_back(pair.hops);
    EXPECT_EQ(hops, (std::vector<std::uint32_t>{0, 0, 2, 2})) << "both hang on the same two leaves";
    EXPECT_EQ(port_pairs(t, routes, t.endpoints[0], t.endpoints[3]).size(), 4u) << "any port to any port";
}

TEST(PortPairs, TwoPortsSendTwiceAsMuchInEqualShares) {
    for (const bool planes : {true, false})
        for (const PathPolicy path : kPerPacket) {
            if (!planes && path == PathPolicy::entropy) continue;  // its 64 entropies fall on ports as chance has it
            SCOPED_TRACE(static_cast<int>(path));
            const FabricCase one = across(small(1, planes), path), two = across(small(2, planes), path);
            const FabricRun slow = run(one), fast = run(two);
            const double closed = port_seconds(one.network, kPackets);
            EXPECT_NEAR(longest(slow).seconds() / closed, 1.0, 0.03);
            // Where any port reaches any, chance picks the one that a packet comes in by, and now and then one waits.
            EXPECT_NEAR(longest(fast).seconds() / closed, 0.5, planes ? 0.015 : 0.06);
            for (std::size_t e = 0; e < 4; ++e) {
                const PortId first = two.nic(e), second{std::size_t{first.value} + 1};
                const auto ratio = [](std::uint64_t a, std::uint64_t b) {
                    return static_cast<double>(a) / static_cast<double>(b);
                };
                EXPECT_NEAR(ratio(fast.sent(first), fast.sent(second)), 1.0, planes ? 0.01 : 0.05);
                EXPECT_NEAR(ratio(fast.fabric.counters()[first.value].frames_delivered,
                                  fast.fabric.counters()[second.value].frames_delivered),
                            1.0, planes ? 0.01 : 0.2);
            }
            EXPECT_EQ(leaks(fast), std::vector<std::string>{});
        }
}

TEST(PortPairs, EcmpKeepsAFlowToOnePort) {
    const FabricCase parts = across(small(2, true), PathPolicy::ecmp);
    const FabricRun ended = run(parts);
    EXPECT_NEAR(longest(ended).seconds() / port_seconds(parts.network, kPackets), 1.0, 0.03);
    for (std::size_t e = 0; e < 4; ++e) {
        const PortId first = parts.nic(e), second{std::size_t{first.value} + 1};
        EXPECT_EQ(std::max(ended.sent(first), ended.sent(second)) % kPackets, 0u);
        EXPECT_GE(ended.sent(first) + ended.sent(second), 2u * kPackets) << "data, and answers";
    }
}

// Of 32 flows by hash one port has more than the other, and a NIC that waited for the full one would idle the other.
TEST(PortPairs, AFullPortDoesNotHoldUpTheOther) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs(32, {0, 2});
    FabricCase parts(small(2, true), messages(pairs, {64 * 4096}), nanoseconds(300));
    parts.network.path = PathPolicy::ecmp;
    const FabricRun ended = run(parts);
    const PortId first = parts.nic(0), second{std::size_t{first.value} + 1};
    const double more = static_cast<double>(std::max(ended.sent(first), ended.sent(second)));
    EXPECT_EQ(ended.sent(first) + ended.sent(second), 32u * 64);
    EXPECT_LT(more, 32.0 * 64) << "both are used";
    EXPECT_NEAR(longest(ended).seconds() / port_seconds(parts.network, more), 1.0, 0.03);
}

TEST(PortPairs, APlaneThatFailsHalvesTheRate) {
    const Topology t = small(2, true);
    const Time from{microseconds(40).ps};
    for (const PathPolicy path : {PathPolicy::spray, PathPolicy::adaptive, PathPolicy::ecmp}) {
        SCOPED_TRACE(static_cast<int>(path));
        const FabricCase parts = through(across(t, path), uplinks_of_plane(t, 0), from, kNever);
        const FabricRun ended = run(parts);
        ASSERT_TRUE(ended.fabric.all_acknowledged());
        EXPECT_EQ(leaks(ended), std::vector<std::string>{});
        EXPECT_GT(ended.lost(), 0u);
        if (path == PathPolicy::ecmp) continue;
        const double one = port_seconds(parts.network, kPackets);
        const double closed = one - (from - Time{0}).seconds();  // what is left of it goes by one port
        EXPECT_GT(longest(ended).seconds(), 0.99 * closed);
        EXPECT_LT(longest(ended).seconds(), closed + (kDetection + kConvergence + microseconds(3 * 60)).seconds());
        const PortId dead = parts.nic(0);
        const auto sent = [&](Duration after) { return run(parts, {.until = from + after}).sent(dead); };
        EXPECT_GT(sent(kDetection + kConvergence), sent(Duration{0}));
        EXPECT_EQ(ended.sent(dead), sent(kDetection + kConvergence + microseconds(2)));
    }
}

// Its own server leaves a dark port after the detection, all others a convergence time later.
TEST(PortPairs, APortThatFailsIsLeft) {
    const Topology t = small(2, false);
    const Time from{microseconds(40).ps};
    const std::uint32_t cable = t.ports[t.endpoints[0].nic.value].cable.value;
    const FabricCase parts = through(across(t, PathPolicy::spray), {cable}, from, kNever);
    const FabricRun ended = run(parts);
    ASSERT_TRUE(ended.fabric.all_acknowledged());
    EXPECT_EQ(leaks(ended), std::vector<std::string>{});
    const PortId dark = parts.nic(0);
    const auto at = [&](Duration after) { return run(parts, {.until = from + after}); };
    EXPECT_EQ(ended.sent(dark), at(kDetection + microseconds(2)).sent(dark));
    EXPECT_GT(at(kDetection).sent(dark), at(Duration{0}).sent(dark));
    EXPECT_EQ(ended.sent(parts.peer(dark)), at(kDetection + kConvergence + microseconds(4)).sent(parts.peer(dark)));
    EXPECT_GT(ended.lost(), 0u);
}

TEST(PortPairs, APortThatComesBackIsUsedAgain) {
    const Topology t = small(2, true);
    const Time from{microseconds(40).ps}, to{microseconds(80).ps};
    const FabricCase parts = through(across(t, PathPolicy::spray), uplinks_of_plane(t, 0), from, to);
    const FabricRun ended = run(parts);
    ASSERT_TRUE(ended.fabric.all_acknowledged());
    EXPECT_GT(ended.sent(parts.nic(0)),
              run(parts, {.until = to + kDetection + kConvergence + microseconds(20)}).sent(parts.nic(0)));
}

TEST(PortPairs, OneDigestOverThreadsPartitionsAndWindows) {
    for (const bool planes : {true, false})
        for (const PathPolicy path : {PathPolicy::spray, PathPolicy::round_robin, PathPolicy::entropy,
                                      PathPolicy::adaptive, PathPolicy::ecmp, PathPolicy::flowlet}) {
            SCOPED_TRACE(static_cast<int>(path));
            const Topology t = small(2, planes);
            FabricCase parts = across(t, path);
            resize_messages(parts.traffic, {300 * 4096});
            for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-4;
            const std::uint32_t cable = t.ports[t.endpoints[0].nic.value].cable.value;
            expect_one_digest(through(parts, {cable}, Time{microseconds(8).ps}, Time{microseconds(60).ps}));
        }
}

TEST(PortPairs, OneDigestWithPauseAndRates) {
    FabricCase parts = across(small(2, false), PathPolicy::spray);
    parts.traffic = incast(3, {200 * 4096});
    parts.network.flow_control = FlowControl::pause;
    parts.network.buffer = {2 << 20};
    parts.network.ecn_threshold = {64 << 10};
    parts.transport.reliability = Reliability::selective_repeat;
    parts.transport.control = Control::dcqcn;
    const FabricRun ended = expect_one_digest(parts);
    EXPECT_EQ(ended.dropped(), 0u);
    EXPECT_EQ(leaks(ended), std::vector<std::string>{});
}

// Two GPUs of one server, each on a leaf of its own: nothing joins them but the server, or what is in it.
TEST(PortPairs, AFlowWithoutAWayIsFound) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", gigabits(400));
    const NodeId server = builder.add_server(2), left = builder.add_leaf(), right = builder.add_leaf();
    const NodeId other = builder.add_server(2);
    for (const NodeId node : {server, other}) {
        builder.connect(node, left, tier);
        builder.connect(node, right, tier);
    }
    FabricCase parts(builder.build(), messages({{0, 2}, {1, 2}}, {4096}), nanoseconds(100));
    EXPECT_EQ(flow_without_a_way(parts.input(1)), FlowId{std::size_t{1}}) << "GPU 1 to the other's GPU 0";
    const FabricRun stopped = run(parts, {.until = Time{microseconds(400).ps}});
    EXPECT_GE(stopped.statistics.losses[1].unrouted, 1u) << "a black hole, counted";
    EXPECT_EQ(leaks(stopped), std::vector<std::string>{});
    parts.scale_up = ScaleUpParameters{.rate_per_gpu = gigabits(3600), .latency = nanoseconds(300), .pxn = true};
    EXPECT_EQ(flow_without_a_way(parts.input(1)), std::nullopt);
    EXPECT_TRUE(run(parts).fabric.all_acknowledged());
}

}  // namespace
}  // namespace lightloom::testing
