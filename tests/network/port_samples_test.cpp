// Samples of ports in time. Oracles: a saturated link's utilisation is 1 and its idle one's 0; the queue of an incast
// grows by what the senders bring and the port cannot take; the samples of a run add up to its counters; and neither
// threads, partitions, windows nor the sampling itself can be seen in a run.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/fabric_oracle.hpp"
#include "tests/support/rough_fabrics.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kPsPerByte = 20;         // at 400 Gb/s
constexpr std::int64_t kWire = 64 + 4096 + 20;  // a full frame with preamble and gap

void sample_all(FabricCase& parts, Duration interval) {
    parts.sampling_interval = interval;
    parts.sampled_ports.resize(parts.topology.ports.size());
    std::iota(parts.sampled_ports.begin(), parts.sampled_ports.end(), 0u);
}

TEST(PortSamples, OfNothingAreNone) { EXPECT_EQ(PortSamples{}.whole(Time{5}), 0u); }

// Long intervals of few ports: room for more of them than there are picoseconds.
TEST(PortSamples, HaveRoomForever) {
    const Topology topology = leaf_spine(
        {.servers = 2, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = gigabits(400)});
    const std::vector<std::uint32_t> ports{0};
    PortSamples samples({Duration{600 * kPicosecondsPerSecond}, ports}, topology, nanoseconds(500), nanoseconds(500));
    EXPECT_GT(samples.make_room(Time{1}), Time{600 * kPicosecondsPerSecond});
}

Time last_acknowledgement(const FabricRun& ended) {
    Duration last{0};
    for (std::uint32_t flow = 0; flow < ended.fabric.traffic().flows.size(); ++flow)
        last = std::max(last, ended.acknowledged(flow));
    return Time{last.ps};
}

/// Servers under one leaf; all but the first send to it.
FabricCase incast_under_a_leaf(std::uint32_t senders) {
    FabricCase parts(leaf_spine({.servers = senders + 1,
                                 .gpus_per_server = 1,
                                 .leaves = 1,
                                 .spines = 1,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     incast(senders, {1 << 20}), nanoseconds(500));
    parts.network.queue_limit = parts.network.buffer = {128 << 20};
    parts.transport.window = 256;
    return parts;
}

TEST(PortSamples, SeeASaturatedLinkAndAnIdleOne) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {1 << 20}), nanoseconds(500));
    parts.transport.window = 256;
    sample_all(parts, microseconds(1));
    FabricRun ended = run(parts);
    const PortSeries series = ended.fabric.samples().take(last_acknowledgement(ended));
    const std::size_t ports = series.ports.size(), nic = parts.nic(0).value, back = parts.nic(1).value;
    const std::int64_t sending_ps = 256 * kWire * kPsPerByte;  // from 500 ns on
    ASSERT_GT(series.samples(), 22u);
    EXPECT_NEAR(series.utilisation[nic], 0.5, 0.001);  // the first half was the NIC's latency
    for (std::size_t row = 1; row < 21; ++row) EXPECT_NEAR(series.utilisation[row * ports + nic], 1.0, 2e-6) << row;
    EXPECT_EQ(series.utilisation[22 * ports + nic], 0.0f);
    EXPECT_LT(series.utilisation[10 * ports + back], 0.05f);  // acknowledgements
    double sent_ps = 0;
    for (std::size_t row = 0; row < series.samples(); ++row) sent_ps += series.utilisation[row * ports + nic] * 1e6;
    EXPECT_NEAR(sent_ps, static_cast<double>(sending_ps), 10.0);
    EXPECT_EQ(series.instant(3), Time{} + microseconds(4));
}

TEST(PortSamples, SeeTheQueueOfAnIncastGrow) {
    constexpr std::uint32_t kSenders = 4;
    FabricCase parts = incast_under_a_leaf(kSenders);
    sample_all(parts, microseconds(2));
    FabricRun ended = run(parts);
    ASSERT_TRUE(ended.fabric.all_acknowledged());
    const PortSeries series = ended.fabric.samples().take(last_acknowledgement(ended));
    const std::size_t ports = series.ports.size(), down = parts.peer(parts.nic(0)).value;
    const auto queue = [&](std::size_t row) { return std::int64_t{series.queue_bytes[row * ports + down]}; };
    const std::int64_t port_takes = microseconds(2).ps / kPsPerByte;
    for (std::size_t row = 2; row < 10; ++row)  // all four send for 21.4 us, from 1.7 us on
        EXPECT_NEAR(static_cast<double>(queue(row) - queue(row - 1)), static_cast<double>((kSenders - 1) * port_takes),
                    1.01 * kSenders * kWire);
    for (std::size_t row = 13; row < 40; ++row) {
        EXPECT_NEAR(static_cast<double>(queue(row - 1) - queue(row)), static_cast<double>(port_takes), 1.0) << row;
        EXPECT_NEAR(series.utilisation[row * ports + down], 1.0, 1e-6);
    }
}

/// Everything that a series counts, over its samples, of a port.
struct Sums {
    std::int64_t paused_ps = 0, dropped = 0, marked = 0;
};
Sums sums_of(const PortSeries& series, std::size_t port) {
    Sums sums;
    for (std::size_t i = port; i < series.paused_ps.size(); i += series.ports.size()) {
        sums.paused_ps += series.paused_ps[i];
        sums.dropped += series.frames_dropped[i];
        sums.marked += series.frames_marked[i];
    }
    return sums;
}

TEST(PortSamples, AddUpToTheCountersOfTheRun) {
    FabricCase dropping = rough(Forwarding::store_and_forward, PathPolicy::spray);
    FabricCase pausing = incast_under_a_leaf(4);
    pausing.network.flow_control = FlowControl::pause;
    pausing.network.buffer = {2 << 20};
    pausing.network.buffer_alpha = 0.05;
    bool dropped = false, marked = false, paused = false;
    for (FabricCase* parts : {&dropping, &pausing}) {
        sample_all(*parts, microseconds(3));
        FabricRun ended = run(*parts);
        // Past its end nothing happens any more: three samples more have all of it.
        const PortSeries series = ended.fabric.samples().take(last_acknowledgement(ended) + microseconds(9));
        for (std::uint32_t port = 0; port < series.ports.size(); ++port) {
            const Sums sums = sums_of(series, port);
            const Fabric::PortCounters& counters = ended.fabric.counters()[port];
            EXPECT_EQ(sums.dropped, counters.frames_dropped);
            EXPECT_EQ(sums.marked, counters.frames_marked);
            const CommittedPort* row = ended.fabric.committed(port);
            EXPECT_EQ(sums.paused_ps, row ? row->paused_ps : 0);
            dropped |= sums.dropped > 0, marked |= sums.marked > 0, paused |= sums.paused_ps > 0;
        }
    }
    EXPECT_TRUE(dropped && marked && paused);
}

void expect_invisible(FabricCase parts) {
    const std::uint64_t digest = run(parts).fabric.digest();
    sample_all(parts, nanoseconds(1300));
    std::optional<PortSeries> first;
    for (const Execution& how : {Execution{1, 1, 1}, {1, 3, 8}, {2, 16, 2}, {4, 5, 1}}) {
        FabricRun ended = run(parts, how);
        EXPECT_EQ(ended.fabric.digest(), digest);
        const PortSeries series = ended.fabric.samples().take(last_acknowledgement(ended));
        if (!first) first = series;
        ASSERT_GT(series.samples(), 10u);
        EXPECT_EQ(series.utilisation, first->utilisation);
        EXPECT_EQ(series.queue_bytes, first->queue_bytes);
        EXPECT_EQ(series.paused_ps, first->paused_ps);
        EXPECT_EQ(series.frames_dropped, first->frames_dropped);
        EXPECT_EQ(series.frames_marked, first->frames_marked);
    }
}

TEST(PortSamples, AreTheSameForAllThreadsAndSeenInNoDigest) {
    expect_invisible(rough(Forwarding::cut_through, PathPolicy::spray));
    expect_invisible(rough(Forwarding::store_and_forward, PathPolicy::adaptive));
    expect_invisible(chained());
    for (const FlowControl control : {FlowControl::pause, FlowControl::credit}) {
        FabricCase committed = rough(Forwarding::store_and_forward, PathPolicy::spray);
        committed.network.flow_control = control;
        committed.network.buffer = {4 << 20};
        committed.network.buffer_alpha = 0.02;
        committed.network.link_retries = 2;
        expect_invisible(committed);
    }
}

// Only what is sampled is written down, in the order of the ports.
TEST(PortSamples, AreOfTheSelectedPortsOnly) {
    FabricCase parts = incast_under_a_leaf(4);
    sample_all(parts, microseconds(2));
    FabricRun all = run(parts);
    const PortSeries whole = all.fabric.samples().take(last_acknowledgement(all));
    parts.sampled_ports = {parts.nic(2).value, parts.peer(parts.nic(0)).value};
    std::ranges::sort(parts.sampled_ports);
    FabricRun some = run(parts);
    const PortSeries part = some.fabric.samples().take(last_acknowledgement(some));
    ASSERT_EQ(part.samples(), whole.samples());
    for (std::size_t row = 0; row < part.samples(); ++row)
        for (std::size_t i = 0; i < 2; ++i)
            EXPECT_EQ(part.queue_bytes[row * 2 + i],
                      whole.queue_bytes[row * whole.ports.size() + parts.sampled_ports[i]]);
}

// Nothing is left to happen, but the work is not done: sampling alone keeps no run going.
TEST(PortSamples, EndWithARunThatCannotGoOn) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), relayed({{0, 1, {1 << 16}}, {1, 0, {1 << 16}, 0}}),
                     nanoseconds(500));
    parts.transport = {.payload = {4096}, .window = 32, .timeout = microseconds(20), .tries = 2};
    for (Channel& channel : parts.channels) channel.codeword_hazard = 100;
    sample_all(parts, microseconds(1));
    const FabricRun ended = run(parts);
    EXPECT_FALSE(ended.fabric.all_acknowledged());
    EXPECT_TRUE(ended.fabric.transport().sender(0).has_failed());
}

}  // namespace
}  // namespace lightloom::testing
