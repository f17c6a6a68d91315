// Nothing vanishes: per link sent = delivered + lost + in flight, per flow sent = delivered + lost + dropped + in
// flight, at the end and at whatever instant a run is stopped. Sent is what a port has begun to send.
// Oracle: the two sums, kept by different parties: the sender's, the receiver's, the switches', and the engine's
// events.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

Topology two_racks() {
    return leaf_spine(
        {.servers = 8, .gpus_per_server = 1, .leaves = 2, .spines = 2, .links_per_pair = 1, .rate = gigabits(400)});
}

// Senders under both leaves overrun endpoint 0, whose answers cross lossy links too.
FabricCase rough(Forwarding forwarding) {
    FabricCase parts(two_racks(), incast(7, {256 << 10}), nanoseconds(300));
    for (Channel& channel : parts.channels) channel.codeword_hazard = 4e-3;
    parts.network.forwarding = forwarding;
    parts.network.queue_limit = {100 << 10};
    parts.network.buffer = {1 << 20};
    parts.transport = {.payload = {4096}, .window = 32, .timeout = microseconds(60)};
    return parts;
}

// Slow cables down to the hosts: on their way up frames wait for their tails, inside the switch.
FabricCase slow_hosts() {
    FabricCase parts = rough(Forwarding::cut_through);
    parts.topology.tiers[0].rate = gigabits(100);
    return parts;
}

void expect_links_conserve(const FabricRun& stopped) {
    for (std::uint32_t port = 0; port < stopped.fabric.counters().size(); ++port) {
        const Fabric::PortCounters& there = stopped.received(PortId{port});
        EXPECT_EQ(stopped.sent(PortId{port}),
                  there.frames_delivered + there.frames_lost + stopped.left.travelling_frames[port])
            << "port " << port;
    }
}

std::uint64_t data_sent(const FabricRun& stopped, std::uint32_t flow) {
    const Sender& sender = stopped.fabric.transport().sender(flow);
    return std::uint64_t{sender.next} + sender.retransmissions - stopped.left.queued_packets[flow];
}

void expect_flows_conserve(const FabricRun& stopped) {
    std::uint64_t lost = 0, acknowledgements_gone = 0, acknowledgements_sent = 0;
    for (std::uint32_t flow = 0; flow < stopped.fabric.traffic().flows.size(); ++flow) {
        const Fabric::FlowLosses& losses = stopped.statistics.losses[flow];
        const std::uint64_t arrived = stopped.fabric.transport().receiver(flow).delivered;
        EXPECT_EQ(data_sent(stopped, flow),
                  arrived + losses.lost + losses.dropped + losses.unrouted + stopped.left.travelling_packets[flow])
            << "flow " << flow;
        lost += losses.lost + losses.lost_acknowledgements;
        acknowledgements_sent += arrived;
        acknowledgements_gone += losses.lost_acknowledgements + losses.dropped_acknowledgements +
                                 losses.unrouted_acknowledgements + stopped.left.queued_acknowledgements[flow] +
                                 stopped.left.travelling_acknowledgements[flow];
    }
    EXPECT_EQ(acknowledgements_sent, acknowledgements_gone + stopped.statistics.acknowledgement_latency.count());
    EXPECT_LE(lost, stopped.lost());  // a broken frame may be corrupted once more, on a later link
}

// A sender's port carries its one flow's data and nothing else, so the two must have sent the same.
void expect_flows_agree_with_their_ports(const FabricRun& stopped, const FabricCase& parts) {
    for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow)
        EXPECT_EQ(data_sent(stopped, flow), stopped.sent(parts.nic(parts.traffic.flows[flow].source.value)))
            << "flow " << flow;
}

struct Mode {
    const char* name;
    FabricCase (*parts)();
};
void PrintTo(const Mode& mode, std::ostream* out) { *out << mode.name; }

class Conservation : public ::testing::TestWithParam<Mode> {};
INSTANTIATE_TEST_SUITE_P(Modes, Conservation,
                         ::testing::Values(Mode{"StoreAndForward", [] { return rough(Forwarding::store_and_forward); }},
                                           Mode{"CutThrough", [] { return rough(Forwarding::cut_through); }},
                                           Mode{"CutThroughFromSlowHosts", slow_hosts}),
                         [](const auto& mode) { return mode.param.name; });

TEST_P(Conservation, HoldsAtTheEnd) {
    const FabricCase rough_case = GetParam().parts();
    const FabricRun ended = run(rough_case);
    ASSERT_TRUE(ended.fabric.finished());
    EXPECT_GT(ended.lost(), 20u);
    EXPECT_GT(ended.dropped(), 20u);
    expect_links_conserve(ended);
    expect_flows_conserve(ended);
    expect_flows_agree_with_their_ports(ended, rough_case);
    for (const auto* column : {&ended.left.queued_frames, &ended.left.travelling_frames})
        for (const std::uint32_t frames : *column) EXPECT_EQ(frames, 0u);
}

// Every nanosecond of the start, then every few microseconds until long after the end.
std::vector<Time> instants() {
    std::vector<Time> all{{0}, {1}};
    for (std::int64_t ps = 499'000; ps < 2'600'000; ps += 20'011) all.push_back({ps});
    for (std::int64_t ps = 3'000'000; ps < 400'000'000; ps += 7'000'003) all.push_back({ps});
    all.push_back({1'000'000'000'000});
    return all;
}

TEST_P(Conservation, HoldsWheneverARunIsStopped) {
    const FabricCase rough_case = GetParam().parts();
    for (const Time until : instants()) {
        SCOPED_TRACE(until.ps);
        const FabricRun stopped = run(rough_case, {.until = until});
        expect_links_conserve(stopped);
        expect_flows_conserve(stopped);
        if (HasFailure()) return;
    }
}

TEST_P(Conservation, FlowsSendWhatTheirPortsSend) {
    const FabricCase rough_case = GetParam().parts();
    for (const Time until : instants()) {
        SCOPED_TRACE(until.ps);
        const FabricRun stopped = run(rough_case, {.until = until});
        expect_flows_agree_with_their_ports(stopped, rough_case);
        if (HasFailure()) return;
    }
}

TEST(ConservationOnAnIdlePath, AFrameIsInFlightFromItsFirstBitToItsArrival) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {4096}), nanoseconds(1000));
    parts.network.nic_latency = nanoseconds(500);
    const std::uint32_t nic = parts.nic(0).value;
    const auto at = [&](std::int64_t ps) { return run(parts, {.until = {ps}}); };
    constexpr std::int64_t first_bit = 500'000, arrival = first_bit + (8 + 64 + 4096) * 20 + 1'000'000;
    EXPECT_EQ(at(first_bit).left.queued_frames[nic], 1u);  // `until` itself is not reached
    EXPECT_EQ(at(first_bit).left.travelling_frames[nic], 0u);
    EXPECT_EQ(at(first_bit + 1).left.queued_frames[nic], 0u);
    EXPECT_EQ(at(first_bit + 1).left.travelling_frames[nic], 1u);
    EXPECT_EQ(at(arrival).left.travelling_frames[nic], 1u);
    EXPECT_EQ(at(arrival + 1).left.travelling_frames[nic], 0u);
    EXPECT_EQ(at(arrival + 1).received(PortId{nic}).frames_delivered, 1u);
}

}  // namespace
}  // namespace lightloom::testing
