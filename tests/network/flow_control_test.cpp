// Lossless means lossless: pause and credits never drop with the headroom that the link needs, and do with a packet
// less; a cyclic dependency of buffers stops for good and is found. Oracles: the definition; headroom by hand.
#include <gtest/gtest.h>

#include "core/random.hpp"
#include "models/network/flow_control.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kFrame = 4096 + 64, kSpacing = kFrame + 20;

// 100 ns of cable each way, 500 ns of node each: while a frame is sent and travels (83.2 + 0.16 + 100 + 500), the pause
// waits for another (83.6), is sent (1.68), travels and takes effect (100 + 500).
TEST(Headroom, IsWhatTheLinkHasUnderWay) {
    const PausePath path{.rate = gigabits(400),
                         .back_rate = gigabits(400),
                         .delay = nanoseconds(100),
                         .back_delay = nanoseconds(100),
                         .latency = nanoseconds(500),
                         .peer_latency = nanoseconds(500)};
    const double open_ps = 83'360 + 100'000 + 500'000 + 83'600 + 1'680 + 100'000 + 500'000;
    EXPECT_EQ(headroom(path, {}, Bytes{kFrame}).count,
              static_cast<std::int64_t>((open_ps / 83'600 + 1) * static_cast<double>(kFrame)) + 1);
}

// Server 0 sends to server 2, whose cable is so slow that nothing drains; server 1 sends to server 0, so that a frame
// is always under way where the pause must go. Over all phases of the two the worst instant is met: a frame just begun
// on the way back, and another just begun at the peer when it hears of the pause.
FabricCase worst_case(std::int64_t phase_ps) {
    TopologyBuilder builder;
    const std::uint32_t fast = builder.add_tier("fast", gigabits(400)), slow = builder.add_tier("slow", gigabits(1));
    const NodeId servers[] = {builder.add_server(1), builder.add_server(1), builder.add_server(1)};
    const NodeId leaf = builder.add_leaf();
    for (const NodeId server : servers) builder.connect(server, leaf, server == servers[2] ? slow : fast);
    FabricCase parts(builder.build(), messages({{0, 2}, {1, 0}}, {256 << 10}), nanoseconds(100));
    parts.traffic.flows[1].opening_bytes = 4 << 20;
    parts.network.flow_control = FlowControl::pause;
    parts.network.buffer = {1 << 20};
    parts.network.buffer_alpha = 0.05;
    const FabricRun built(parts, 1);  // nine frames fit in what may be shared, and the tenth is far from it
    std::int64_t reserved = 0;
    for (std::uint32_t port = 0; port < 3; ++port)
        reserved += built.fabric.headroom_of(parts.topology.nodes[leaf.value].first_port + port).count;
    parts.network.buffer = {reserved + 830'400};
    parts.network.framing.acknowledgement = Bytes{8};  // or server 0 would send less than full frames only
    parts.channel(parts.nic(1)).delay += Duration{phase_ps};
    parts.transport = {.payload = {4096}, .window = 512, .timeout = milliseconds(50)};
    return parts;
}

TEST(Headroom, IsEnoughAndNotAPacketTooMuch) {
    std::int64_t deepest = 0;
    const auto headroom_port = [](const FabricCase& parts) { return parts.peer(parts.nic(0)).value; };
    for (std::int64_t phase_ps = 0; phase_ps < 83'600; phase_ps += 1'100) {
        const FabricCase parts = worst_case(phase_ps);
        const FabricRun result = run(parts);
        ASSERT_TRUE(result.fabric.all_acknowledged());
        ASSERT_EQ(result.dropped(), 0u) << phase_ps;
        const std::uint32_t port = headroom_port(parts);
        ASSERT_GT(result.fabric.committed(port)->pauses_sent, 0u);
        ASSERT_LE(result.fabric.committed(port)->deepest_headroom, result.fabric.headroom_of(port).count);
        deepest = std::max<std::int64_t>(deepest, result.fabric.committed(port)->deepest_headroom);
    }
    const FabricCase any = worst_case(0);
    const std::int64_t needed = run(any).fabric.headroom_of(headroom_port(any)).count;
    EXPECT_GT(deepest, needed - kFrame);  // the worst case was met: one packet less would not do
    std::uint64_t dropped = 0;
    for (std::int64_t phase_ps = 0; phase_ps < 83'600; phase_ps += 1'100) {
        FabricCase parts = worst_case(phase_ps);
        parts.network.headroom = Bytes{needed - kFrame};
        parts.transport.timeout = microseconds(250);
        dropped += run(parts).dropped();
    }
    EXPECT_GT(dropped, 0u);
}

// Random small fabrics, traffic and buffers. @param flow_control  must hold against all of it
void run_random_cases(FlowControl flow_control, std::uint64_t first, std::uint64_t last) {
    std::uint64_t stopped = 0;
    for (std::uint64_t i = first; i < last; ++i) {
        auto pick = [&, n = std::uint64_t{0}](std::uint64_t least, std::uint64_t most) mutable {
            return static_cast<std::int64_t>(least + draw(i, 0, Purpose::permutation, n++) % (most - least + 1));
        };
        const std::int64_t leaves = pick(1, 4);
        const Topology topology = leaf_spine({.servers = leaves * pick(2, 4),
                                              .gpus_per_server = pick(1, 2),
                                              .leaves = leaves,
                                              .spines = pick(1, 2),
                                              .links_per_pair = pick(1, 2),
                                              .rate = gigabits(pick(0, 1) ? 400 : 106.25)});
        const Bytes bytes{pick(1, 400'000)};
        const auto endpoints = static_cast<std::uint32_t>(topology.endpoints.size());
        std::vector<std::pair<std::size_t, std::size_t>> all;
        for (std::size_t a = 0; a < endpoints; ++a)
            for (std::size_t b = 0; b < endpoints; ++b)
                if (a != b) all.emplace_back(a, b);
        const std::int64_t pattern = pick(0, 2);
        Traffic traffic = pattern == 0   ? incast(endpoints - 1, bytes)
                          : pattern == 1 ? permutation(topology, bytes, i)
                                         : messages(all, Bytes{bytes.count / 4 + 1});
        FabricCase parts(topology, std::move(traffic), Duration{pick(1'000, 2'000'000)});
        for (Channel& channel : parts.channels) channel.delay += Duration{pick(0, 50'000)};
        parts.order_seed = i;
        parts.network.flow_control = flow_control;
        parts.network.path = pick(0, 1) ? PathPolicy::spray : PathPolicy::ecmp;
        parts.network.buffer = {16 << 20};
        parts.network.buffer_alpha = 1e-3 * static_cast<double>(pick(1, 60));
        parts.network.switch_latency = Duration{pick(1'000, 800'000)};
        parts.network.lossless = 0x03;
        parts.network.acknowledgement_class = static_cast<std::uint8_t>(pick(0, 1));
        parts.transport = {.payload = {pick(256, 9000)}, .window = 256, .timeout = milliseconds(100)};
        const FabricRun result = run(parts);
        ASSERT_TRUE(result.fabric.all_acknowledged()) << "case " << i;
        ASSERT_EQ(result.dropped(), 0u) << "case " << i;
        ASSERT_EQ(result.retransmissions(), 0u) << "case " << i;
        for (std::uint32_t port = 0; port < topology.ports.size(); ++port)
            stopped += result.fabric.committed(port)->pauses_received;
    }
    if (flow_control == FlowControl::pause) {
        EXPECT_GT(stopped, 1000u);
    }
}

TEST(Lossless, PauseNeverDropsInRandomRuns) { run_random_cases(FlowControl::pause, 0, 1000); }
TEST(Lossless, CreditsNeverDropInRandomRuns) { run_random_cases(FlowControl::credit, 1000, 2000); }

TEST(Lossless, WithoutFlowControlTheSameBuffersDrop) {
    FabricCase parts = worst_case(0);
    parts.network.flow_control = FlowControl::none;
    parts.network.queue_limit = {64 << 10};
    parts.transport.timeout = microseconds(250);
    EXPECT_GT(run(parts).dropped(), 0u);
}

// Credits for less than a round trip starve a link; what the port asks for keeps it busy.
TEST(Credits, KeepALongLinkBusy) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {16 << 20}), microseconds(5));
    parts.transport.window = 4096;
    const Duration free = run(parts).delivered(0);
    parts.network.flow_control = FlowControl::credit;
    EXPECT_LT(run(parts).delivered(0).ps, free.ps * 101 / 100);
    parts.network.headroom = Bytes{64 << 10};  // and as much again, for 12 us at 50 GB/s
    EXPECT_GT(run(parts).delivered(0).ps, free.ps * 3);
}

// More than a window of credit is lost on the way; were it not given back, the sender would stand still.
TEST(Credits, ComeBackForFramesThatTheLinkLost) {
    for (const Forwarding forwarding : {Forwarding::store_and_forward, Forwarding::cut_through}) {
        FabricCase parts(chain({gigabits(400), gigabits(400), gigabits(400)}), messages({{0, 1}}, {16 << 20}),
                         nanoseconds(100));
        parts.network.flow_control = FlowControl::credit;
        parts.network.forwarding = forwarding;
        for (Channel& channel : parts.channels) channel.codeword_hazard = 0.002;
        parts.transport = {.payload = {4096}, .window = 256, .timeout = microseconds(50)};
        const FabricRun result = run(parts, {.until = Time{} + milliseconds(200)});
        const std::int64_t window = 2 * result.fabric.headroom_of(parts.peer(parts.nic(0)).value).count;
        EXPECT_GT(static_cast<std::int64_t>(result.lost()) * 4096, window);
        EXPECT_TRUE(result.fabric.all_acknowledged());
        EXPECT_EQ(result.dropped(), 0u);
    }
}

// A pause may wait for a frame that its link repeats, or sends slowly because it lost lanes.
TEST(Headroom, CoversRepetitionsAndLostLanes) {
    const PausePath path{.rate = gigabits(400),
                         .back_rate = gigabits(400),
                         .delay = nanoseconds(100),
                         .back_delay = nanoseconds(100),
                         .latency = nanoseconds(0),
                         .peer_latency = nanoseconds(0)};
    PausePath repeating = path, slow = path;
    repeating.back_retries = 2;
    slow.back_rate = gigabits(100);
    const Framing framing{};
    const Bytes largest{4160};
    // At 50 bytes a nanosecond: two frames of 83.6 ns and two round trips of 200 ns; frame and pause, thrice as long.
    const auto bytes = [&](const PausePath& p) { return static_cast<double>(headroom(p, framing, largest).count); };
    EXPECT_NEAR(bytes(repeating) - bytes(path), 2 * (83.6 + 200) * 49.76, 2);
    EXPECT_NEAR(bytes(slow) - bytes(path), 3 * (83.6 + 1.68) * 49.76, 2);
}

// Three leaves in a ring, whose routes lead clockwise: every buffer waits for the next one.
FabricCase ring_of_switches() {
    TopologyBuilder builder;
    const std::uint32_t hosts = builder.add_tier("host-leaf", gigabits(400));
    const std::uint32_t between = builder.add_tier("leaf-leaf", gigabits(400));
    std::vector<NodeId> leaves;
    for (int i = 0; i < 3; ++i) {
        const NodeId server = builder.add_server(2);
        leaves.push_back(builder.add_leaf());
        builder.connect(server, leaves.back(), hosts, 2);
    }
    for (std::size_t i = 0; i < 3; ++i) builder.connect(leaves[i], leaves[(i + 1) % 3], between);
    // GPUs 2i and 2i + 1 of server i send to the server two leaves on.
    FabricCase parts(builder.build(), messages({{0, 4}, {1, 5}, {2, 0}, {3, 1}, {4, 2}, {5, 3}}, {4 << 20}),
                     nanoseconds(100));
    for (std::uint32_t from = 0; from < 3; ++from)
        for (std::uint32_t to = 0; to < 3; ++to) {
            if (from == to) continue;
            const Topology::Node& leaf = parts.topology.nodes[leaves[from].value];
            const NodeId next = leaves[(from + 1) % 3];
            for (std::uint32_t port = 0; port < leaf.ports; ++port) {
                const PortId peer = parts.topology.ports[leaf.first_port + port].peer;
                if (parts.topology.ports[peer.value].node != next) continue;
                parts.routes.ports.push_back(static_cast<std::uint16_t>(port));
            }
            parts.routes.role_of_node[leaves[from].value] = from;
        }
    parts.routes.sets.assign(9, {});
    for (std::uint32_t from = 0; from < 3; ++from)
        for (std::uint32_t to = 0; to < 3; ++to)
            parts.routes.sets[from * 3 + to] = {static_cast<std::uint32_t>(parts.routes.ports.size()) - 6 + 2 * from,
                                                1};
    parts.network.flow_control = FlowControl::pause;
    parts.network.buffer = {1 << 20};
    parts.network.buffer_alpha = 0.05;
    parts.transport = {.payload = {4096}, .window = 1024, .timeout = milliseconds(1)};
    return parts;
}

TEST(Deadlock, OfACyclicDependencyIsFound) {
    FabricCase parts = ring_of_switches();
    const FabricRun stuck = run(parts);
    EXPECT_FALSE(stuck.fabric.all_acknowledged());
    const std::vector<std::uint32_t> cycle = stuck.fabric.deadlock();
    ASSERT_EQ(cycle.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i)  // each port leads to the switch of the next
        EXPECT_EQ(parts.topology.ports[stuck.fabric.peer(cycle[i])].node,
                  parts.topology.ports[cycle[(i + 1) % 3]].node);
    EXPECT_EQ(stuck.dropped(), 0u);
}

TEST(Deadlock, IsNotSeenWhereBuffersOnlyFill) {
    FabricCase parts = ring_of_switches();
    parts.network.flow_control = FlowControl::none;
    const FabricRun lossy = run(parts);
    EXPECT_TRUE(lossy.fabric.all_acknowledged());
    EXPECT_TRUE(lossy.fabric.deadlock().empty());
}

}  // namespace
}  // namespace lightloom::testing
