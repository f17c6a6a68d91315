// All-reduces whose sums leaves and spines make, packet by packet: bytes of every link, time against a closed form,
// what is lost on the way, and one digest whatever executes it.
//
// Closed form, where each chunk is a packet: host links are the bottleneck, and each carries, each way, the data one
// way and the acknowledgements of the data the other way. So the last packet leaves a host after all its others and as
// many acknowledgements; then it passes every level up and every level down, and each switch on the way up adds a sum.
#include <gtest/gtest.h>

#include "models/workload/in_network.hpp"
#include "tests/support/conservation.hpp"
#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kPayload = 4096;

Topology leaves_of(std::int64_t servers, std::int64_t leaves, std::int64_t spines, std::int64_t gpus = 1) {
    return leaf_spine({.servers = servers,
                       .gpus_per_server = gpus,
                       .leaves = leaves,
                       .spines = spines,
                       .links_per_pair = 1,
                       .rate = gigabits(400)});
}

struct Sums {
    std::int64_t bytes = 1 << 20, chunk = kPayload;
    std::uint32_t channels = 1, iterations = 1;
    Duration latency = nanoseconds(300);
    Bytes memory{1 << 20};
    Grouping groups = Grouping::rails;
};

FabricCase summing(Topology topology, const Sums& sums, Duration delay = nanoseconds(300)) {
    const auto groups = groups_of(topology, sums.groups, Placement::spread);
    const CollectiveCall call{.algorithm = Algorithm::in_network,
                              .ranks = static_cast<std::uint32_t>(groups.front().size()),
                              .bytes = sums.bytes,
                              .channels = sums.channels,
                              .chunk_bytes = sums.chunk};
    Traffic traffic = in_network_all_reduce(topology, groups, {}, call, sums.iterations,
                                            {.latency = sums.latency, .memory = sums.memory});
    FabricCase parts(std::move(topology), std::move(traffic), delay);
    parts.transport = {.payload = {kPayload}, .window = 256, .timeout = microseconds(250)};
    return parts;
}

double last_delivery_ps(const FabricRun& result) {
    std::int64_t last = 0;
    for (std::uint32_t flow = 0; flow < result.fabric.traffic().flows.size(); ++flow)
        last = std::max(last, result.delivered(flow).ps);
    return static_cast<double>(last);
}

double closed_form_ps(const FabricCase& parts, const Sums& sums, Duration delay, int levels) {
    const auto& framing = parts.network.framing;
    const auto wire_ps = [](std::int64_t bytes) { return static_cast<double>(bytes) * 8.0 / 400e9 * 1e12; };
    const double around = wire_ps((framing.preamble + framing.gap).count);
    const double frame = around + wire_ps(framing.header.count + kPayload);
    const double answer = around + wire_ps(framing.acknowledgement.count);
    const double packets = static_cast<double>(sums.bytes) / static_cast<double>(kPayload);
    const double nic = static_cast<double>(parts.network.nic_latency.ps);
    const double passage = static_cast<double>((parts.network.switch_latency + delay).ps);
    const int switches = 2 * levels - 1;
    return nic + static_cast<double>(delay.ps) + packets * (frame + answer) + switches * (passage + frame) +
           levels * static_cast<double>(sums.latency.ps);
}

std::uint64_t data_frames(const FabricRun& result, PortId port) {
    std::uint64_t frames = 0;
    const Fabric& fabric = result.fabric;
    for (std::uint32_t flow = 0; flow < fabric.traffic().flows.size(); ++flow)
        if (fabric.transport().sender(flow).nic_port == port.value)
            frames += fabric.transport().sender(flow).next + fabric.transport().sender(flow).retransmissions;
    return frames;
}

TEST(InNetworkSums, TakeTheTimeOfTheirClosedForm) {
    for (const auto& [servers, leaves, levels] : {std::tuple{8, 1, 1}, std::tuple{16, 4, 2}, std::tuple{8, 8, 2}})
        for (const std::int64_t bytes : {std::int64_t{1} << 20, std::int64_t{8} << 20}) {
            const Sums sums{.bytes = bytes};
            const FabricCase parts = summing(leaves_of(servers, leaves, 2), sums);
            const double expected = closed_form_ps(parts, sums, nanoseconds(300), levels);
            EXPECT_NEAR(last_delivery_ps(run(parts)) / expected, 1.0, 0.01) << servers << " under " << leaves;
        }
}

// However small: one packet, where latency is all there is.
TEST(InNetworkSums, OfAPacketTakeALatencyPerCableSwitchAndSum) {
    const Sums sums{.bytes = kPayload};
    const FabricCase parts = summing(leaves_of(16, 4, 2), sums);
    EXPECT_NEAR(last_delivery_ps(run(parts)) / closed_form_ps(parts, sums, nanoseconds(300), 2), 1.0, 0.01);
    const Sums slow{.bytes = kPayload, .latency = microseconds(1)};
    EXPECT_NEAR(last_delivery_ps(run(summing(leaves_of(16, 4, 2), slow))) - last_delivery_ps(run(parts)), 2 * 700e3, 5)
        << "a leaf and the root add up, one after the other";
}

TEST(InNetworkSums, EveryCableOfTheTreeCarriesTheBufferOnceEachWay) {
    const Sums sums{.bytes = (1 << 20) + 12'345};
    const FabricCase parts = summing(leaves_of(16, 4, 4), sums);
    const FabricRun result = run(parts);
    const std::uint64_t packets = (sums.bytes + kPayload - 1) / kPayload;
    for (std::size_t gpu = 0; gpu < 16; ++gpu) {
        const PortId nic = parts.nic(gpu), down = parts.peer(nic);
        EXPECT_EQ(data_frames(result, nic), packets);
        EXPECT_EQ(data_frames(result, down), packets);
        for (const PortId port : {nic, down}) {  // and the acknowledgements of as many
            EXPECT_EQ(result.sent(port), 2 * packets);
            const auto& framing = parts.network.framing;
            EXPECT_EQ(result.fabric.counters()[port.value].bytes_sent,
                      static_cast<std::uint64_t>(sums.bytes) +
                          packets * static_cast<std::uint64_t>((framing.header + framing.acknowledgement).count));
        }
    }
    std::uint32_t used = 0;
    for (std::uint32_t leaf = 0; leaf < parts.topology.nodes.size(); ++leaf) {
        if (parts.topology.nodes[leaf].kind != NodeKind::leaf) continue;
        for (const PortId up : parts.uplinks(NodeId{leaf})) {
            if (result.sent(up) == 0) continue;
            ++used;
            EXPECT_EQ(data_frames(result, up), packets);
            EXPECT_EQ(data_frames(result, parts.peer(up)), packets);
        }
    }
    EXPECT_EQ(used, 4u) << "one uplink of each leaf";
    EXPECT_EQ(result.retransmissions(), 0u);
}

// Rails have a tree each, with a root of its own as far as there are spines: they share no cable, and no time.
TEST(InNetworkSums, OfSeveralRailsDoNotHinderEachOther) {
    const Sums sums{.bytes = 1 << 20};
    const FabricCase one = summing(leaves_of(8, 4, 4), sums), four = summing(leaves_of(8, 4, 4, 4), sums);
    EXPECT_EQ(four.traffic.groups.size(), 4u);
    EXPECT_NEAR(last_delivery_ps(run(four)) / last_delivery_ps(run(one)), 1.0, 0.001);
    const FabricCase narrow = summing(leaves_of(8, 4, 1, 4), sums);
    EXPECT_GT(last_delivery_ps(run(narrow)), 3.5 * last_delivery_ps(run(one))) << "one uplink for four trees";
}

// What a switch can keep bounds how far a rank is ahead: a buffer each round trip.
TEST(InNetworkSums, WaitForWhatSwitchesCanKeep) {
    const Sums sums{.bytes = 1 << 20, .memory = Bytes{4 * kPayload}};
    const FabricCase parts = summing(leaves_of(16, 4, 2), sums);
    const double round_trip = last_delivery_ps(run(summing(leaves_of(16, 4, 2), {.bytes = kPayload})));
    const double rounds = static_cast<double>(sums.bytes) / (4 * kPayload);
    EXPECT_NEAR(last_delivery_ps(run(parts)) / (rounds * round_trip), 1.0, 0.1);
}

TEST(InNetworkSums, SendAgainWhatALinkLoses) {
    FabricCase parts = summing(leaves_of(8, 4, 2), {.bytes = 1 << 18, .iterations = 2});
    for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-4;
    const FabricRun result = run(parts);
    EXPECT_TRUE(result.fabric.all_acknowledged());
    EXPECT_GT(result.lost(), 0u);
    EXPECT_GT(result.retransmissions(), 0u);
    for (const Duration until : {microseconds(5), microseconds(20), microseconds(300)})
        EXPECT_EQ(leaks(run(parts, {.until = Time{until.ps}})), std::vector<std::string>{});
    EXPECT_EQ(leaks(result), std::vector<std::string>{});
}

struct Mode {
    const char* name;
    void (*change)(FabricCase&);
};
void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }

class InNetworkModes : public ::testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, InNetworkModes,
                         ::testing::Values(Mode{"StoreAndForward", [](FabricCase&) {}},
                                           Mode{"CutThrough",
                                                [](FabricCase& p) { p.network.forwarding = Forwarding::cut_through; }},
                                           Mode{"Pause",
                                                [](FabricCase& p) {
                                                    p.network.flow_control = FlowControl::pause;
                                                    p.network.lossless = 1;
                                                }},
                                           Mode{"Credits",
                                                [](FabricCase& p) {
                                                    p.network.flow_control = FlowControl::credit;
                                                    p.network.forwarding = Forwarding::cut_through;
                                                    p.network.lossless = 1;
                                                }},
                                           Mode{"Dcqcn", [](FabricCase& p) { p.transport.control = Control::dcqcn; }}),
                         [](const auto& named) { return named.param.name; });

/// Sums of two groups, beside an incast that overruns a port of their leaves.
FabricCase beside_an_incast(const Mode& mode) {
    FabricCase parts = summing(leaves_of(8, 4, 2, 2), {.bytes = 1 << 17, .channels = 2, .iterations = 2});
    std::vector<Traffic> jobs;
    jobs.push_back(std::move(parts.traffic));
    jobs.push_back(incast(7, {128 << 10}));
    parts.traffic = merged(std::move(jobs));
    for (Channel& channel : parts.channels) channel.codeword_hazard = 1e-5;
    mode.change(parts);
    return parts;
}

TEST_P(InNetworkModes, HaveOneDigestAndLoseNothing) {
    const FabricCase parts = beside_an_incast(GetParam());
    const FabricRun oracle = expect_one_digest(parts);
    EXPECT_TRUE(oracle.fabric.all_acknowledged());
    EXPECT_EQ(leaks(oracle), std::vector<std::string>{});
    const FabricRun stopped = expect_one_digest(parts, Time{microseconds(12).ps});
    if (parts.transport.control != Control::none) return;  // its notifications on their way would count as answers
    EXPECT_EQ(leaks(stopped), std::vector<std::string>{});
}

TEST(InNetworkSums, OfASwitchThatCutsThroughAreOfWholePackets) {
    const Sums sums{.bytes = kPayload};
    const FabricCase stored = summing(leaves_of(16, 4, 2), sums);
    FabricCase cut = summing(leaves_of(16, 4, 2), sums);
    cut.network.forwarding = Forwarding::cut_through;
    EXPECT_EQ(last_delivery_ps(run(cut)), last_delivery_ps(run(stored)));
}

}  // namespace
}  // namespace lightloom::testing
