// Frames are lost as often as their link's codewords say, and what is lost is sent again.
// Oracles: FLR = 1 - (1 - CER)^(I (1 + 1/MFC)), written out here, and frame_loss_ratio of models/optics; the normal
// interval of a binomial count at 99.9 %, seeds fixed.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "models/optics/fec.hpp"
#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr double kCertainLoss = std::numeric_limits<double>::infinity();  // hazard of a dead link

FabricCase one_switch(std::int64_t bytes) {
    return {chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {bytes}), nanoseconds(500)};
}

double hazard_of(double codeword_error_ratio) { return -std::log1p(-codeword_error_ratio); }

double codeword_error_ratio_of(double bit_error_ratio) { return codeword_error_ratio({544, 514, 10}, bit_error_ratio); }

// I (1 + 1/MFC): groups of I codewords of 5,120 MAC bits, a frame with 20 bytes of preamble and gap.
double codewords_at_risk(std::uint32_t interleave, std::int64_t frame_bytes) {
    const double frames_per_group = interleave * 5120.0 / static_cast<double>((frame_bytes + 20) * 8);
    return interleave * (1.0 + 1.0 / frames_per_group);
}

struct Link {
    double codeword_error_ratio;
    std::uint32_t interleave;
    std::int64_t payload;
};

// Data frames cross one bad direction, all but the last of one length. @return share of them that was lost
FabricRun across(const Link& link, const FabricCase& clean) {
    FabricCase parts = clean;
    parts.transport = {.payload = {link.payload}, .window = 64, .timeout = microseconds(20)};
    parts.channel(parts.nic(0)).codeword_hazard = hazard_of(link.codeword_error_ratio);
    parts.channel(parts.nic(0)).interleave = link.interleave;
    return run(parts);
}

TEST(Loss, AgreesWithTheLinksFrameLossRatio) {
    constexpr std::int64_t frames = 200'000;
    for (const Link& link : {Link{1e-3, 1, 4096}, Link{1e-3, 2, 4096}, Link{5e-4, 4, 256}, Link{2e-2, 2, 1}}) {
        const FabricCase parts = one_switch(frames * link.payload);
        const FabricRun crossed = across(link, parts);
        ASSERT_TRUE(crossed.fabric.finished());
        const auto sent = static_cast<double>(crossed.sent(parts.nic(0)));
        const auto lost = static_cast<double>(crossed.received(parts.nic(0)).frames_lost);
        const double exponent = codewords_at_risk(link.interleave, 64 + link.payload);
        const double expected = 1.0 - std::pow(1.0 - link.codeword_error_ratio, exponent);
        const double deviation = std::sqrt(sent * expected * (1.0 - expected));
        EXPECT_NEAR(lost, sent * expected, 3.29 * deviation) << link.interleave << " x " << link.payload;
        EXPECT_GT(lost, 400.0);
        // The optics' own figure, of the first order in the codeword error ratio, times codewords
        const double optics = frame_loss_ratio({544, 514, 10}, static_cast<int>(link.interleave),
                                               link.codeword_error_ratio, static_cast<int>(64 + link.payload));
        EXPECT_NEAR(lost / sent, optics, 3.29 * deviation / sent + optics * exponent * link.codeword_error_ratio);
    }
}

// Five decades of frame loss within a third of a decibel of margin: 4 KiB frames over two interleaved codewords, by the
// bit error ratio. Data and acknowledgements are of one length, so that every hop of either is one trial.
TEST(Loss, AgreesOverFiveDecades) {
    struct Decade {
        double bit_error_ratio, frame_loss_ratio;
    };
    std::uint64_t seed = 0;  // its own for each decade: the same draws would only be scaled
    for (const Decade& decade : {Decade{5.57e-4, 1e-6}, Decade{6.65e-4, 1e-5}, Decade{8.02e-4, 1e-4},
                                 Decade{9.77e-4, 1e-3}, Decade{1.21e-3, 1e-2}, Decade{1.56e-3, 1e-1}}) {
        const double codeword_error_ratio = codeword_error_ratio_of(decade.bit_error_ratio);
        const double exponent = codewords_at_risk(2, 4096);
        const double expected = -std::expm1(exponent * std::log1p(-codeword_error_ratio));
        EXPECT_NEAR(expected, decade.frame_loss_ratio, 0.05 * decade.frame_loss_ratio);
        const std::int64_t hops = std::max<std::int64_t>(400'000, std::llround(100.0 / expected));
        FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}, {1, 0}}, {hops / 8 * 4032}),
                         nanoseconds(500));
        parts.fault_seed = ++seed;
        parts.network.framing.acknowledgement = Bytes{4096};
        parts.transport = {.payload = {4032}, .window = 64, .timeout = microseconds(30)};
        for (Channel& channel : parts.channels) {
            channel.codeword_hazard = hazard_of(codeword_error_ratio);
            channel.interleave = 2;
        }
        const FabricRun crossed = run(parts);
        ASSERT_TRUE(crossed.fabric.finished());
        std::uint64_t sent = 0;
        for (std::uint32_t port = 0; port < 4; ++port) sent += crossed.sent(PortId{port});
        const double trials = static_cast<double>(sent), lost = static_cast<double>(crossed.lost());
        EXPECT_GT(trials * expected, 90.0);
        EXPECT_NEAR(lost, trials * expected, 3.29 * std::sqrt(trials * expected * (1.0 - expected)))
            << decade.frame_loss_ratio;
    }
}

TEST(Loss, IsRecoveredAndCounted) {
    FabricCase parts = one_switch(8 << 20);
    parts.transport.timeout = microseconds(30);
    for (Channel& channel : parts.channels) channel.codeword_hazard = 3e-3;  // acknowledgements get lost too
    const FabricRun recovered = run(parts);
    const Fabric::FlowLosses& losses = recovered.statistics.losses[0];
    EXPECT_TRUE(recovered.fabric.finished());
    EXPECT_EQ(recovered.statistics.messages_delivered, 1);
    EXPECT_EQ(recovered.statistics.messages_acknowledged, 1);
    EXPECT_EQ(recovered.statistics.payload_bytes_delivered, 8 << 20);
    EXPECT_GT(losses.lost, 10u);
    EXPECT_GT(losses.lost_acknowledgements, 5u);
    EXPECT_EQ(losses.lost + losses.lost_acknowledgements, recovered.lost());
    EXPECT_GE(recovered.retransmissions(), losses.lost);
    // What is repeated was lost, or its acknowledgement was, and no later one in time said so.
    EXPECT_LE(recovered.retransmissions(), losses.lost + losses.lost_acknowledgements);
    const Receiver& receiver = recovered.fabric.transport().receiver(0);
    EXPECT_EQ(receiver.delivered - receiver.duplicates, 2048u);
}

TEST(Loss, NothingIsRepeatedWhereNothingIsLost) {
    FabricCase parts(leaf_spine({.servers = 16,
                                 .gpus_per_server = 1,
                                 .leaves = 4,
                                 .spines = 4,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     permutation(leaf_spine({.servers = 16,
                                             .gpus_per_server = 1,
                                             .leaves = 4,
                                             .spines = 4,
                                             .links_per_pair = 1,
                                             .rate = gigabits(400)}),
                                 {4 << 20}, 3),
                     nanoseconds(500));
    for (const PathPolicy path : {PathPolicy::spray, PathPolicy::ecmp}) {
        parts.network.path = path;
        parts.network.queue_limit = {64 << 20};
        const FabricRun clean = run(parts);
        EXPECT_EQ(clean.lost() + clean.dropped(), 0u);
        EXPECT_EQ(clean.retransmissions(), 0u);
        for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow) {
            EXPECT_EQ(clean.fabric.transport().sender(flow).timeouts, 0u);
            EXPECT_EQ(clean.fabric.transport().receiver(flow).duplicates, 0u);
        }
    }
}

// Two racks with four ways between them.
FabricCase four_ways() {
    FabricCase parts(
        leaf_spine(
            {.servers = 2, .gpus_per_server = 1, .leaves = 2, .spines = 4, .links_per_pair = 1, .rate = gigabits(400)}),
        messages({{0, 1}}, {1 << 20}), nanoseconds(500));
    parts.transport = {.payload = {4096}, .window = 64, .timeout = microseconds(30)};
    return parts;
}

TEST(Loss, ADeadLinkAmongSeveralDoesNotStopARun) {
    for (const PathPolicy path : {PathPolicy::spray, PathPolicy::ecmp}) {
        std::uint64_t lost = 0;
        for (std::size_t dead = 0; dead < 4; ++dead) {
            FabricCase parts = four_ways();
            parts.network.path = path;
            const PortId uplink = parts.uplinks(parts.topology.endpoints[0].leaf)[dead];
            parts.channel(uplink).codeword_hazard = parts.channel(parts.peer(uplink)).codeword_hazard = kCertainLoss;
            const FabricRun survived = run(parts, {.until = Time{} + milliseconds(100)});
            EXPECT_TRUE(survived.fabric.finished()) << "uplink " << dead;
            EXPECT_EQ(survived.received(uplink).frames_delivered, 0u);
            lost += survived.lost();
        }
        EXPECT_GT(lost, 30u);  // one way is the hashed flow's, every way has a fourth of the sprayed one's packets
    }
}

TEST(Loss, ADeadOnlyWayLeavesTheMessageUndelivered) {
    FabricCase parts = one_switch(100'000);
    parts.channel(parts.nic(0)).codeword_hazard = kCertainLoss;
    const FabricRun stuck = run(parts, {.until = Time{} + milliseconds(10)});
    EXPECT_FALSE(stuck.fabric.finished());
    EXPECT_EQ(stuck.statistics.messages_delivered, 0);
    EXPECT_EQ(stuck.fabric.flow_times(0).delivered_ps, -1);
    EXPECT_EQ(stuck.statistics.losses[0].lost, 25 + stuck.retransmissions());
    EXPECT_GE(stuck.retransmissions(), 25u * 35);  // 25 packets, every 250 us
    EXPECT_EQ(stuck.fabric.counters()[parts.peer(parts.nic(0)).value].frames_lost, stuck.sent(parts.nic(0)));
}

TEST(Loss, OfEveryAcknowledgementStillDelivers) {
    FabricCase parts = one_switch(100'000);
    parts.channel(parts.nic(1)).codeword_hazard = kCertainLoss;
    const FabricRun deaf = run(parts, {.until = Time{} + milliseconds(10)});
    EXPECT_EQ(deaf.statistics.messages_delivered, 1);
    EXPECT_EQ(deaf.statistics.messages_acknowledged, 0);
    EXPECT_EQ(deaf.fabric.transport().receiver(0).duplicates, deaf.retransmissions());
    EXPECT_GE(deaf.retransmissions(), 25u * 35);
}

// Nearly all acknowledgements are lost, so the one that comes through may speak for packets that are just about to be
// repeated: these are left out.
TEST(Loss, NothingIsSentAfterTheLastAcknowledgement) {
    FabricCase parts = one_switch(512 * 4096);
    parts.transport = {.payload = {4096}, .window = 512, .timeout = microseconds(100)};
    parts.channel(parts.nic(1)).codeword_hazard = 4;  // an acknowledgement rests on 1.13 codewords: one in 100 arrives
    for (parts.fault_seed = 1; parts.fault_seed <= 20; ++parts.fault_seed) {
        const FabricRun whole = run(parts);
        ASSERT_TRUE(whole.fabric.finished());
        const FabricRun until_then = run(parts, {.until = Time{} + whole.acknowledged(0) + Duration{1}});
        ASSERT_TRUE(until_then.fabric.finished());
        EXPECT_EQ(whole.sent(parts.nic(0)), until_then.fabric.counters()[parts.nic(0).value].frames_sent)
            << "seed " << parts.fault_seed;
    }
}

// A message of one packet whose first transmission is lost: it is sent again when it has been unacknowledged for a
// time-out.
TEST(Loss, CostsOneTimeOut) {
    FabricCase parts = one_switch(4096);
    const Duration idle = run(parts).acknowledged(0);
    parts.channel(parts.nic(0)).codeword_hazard = 0.1;  // loses about one frame in two
    std::size_t lost_once = 0;
    for (parts.fault_seed = 1; parts.fault_seed <= 20; ++parts.fault_seed) {
        const FabricRun lossy = run(parts);
        if (lossy.statistics.losses[0].lost != 1) continue;
        ++lost_once;
        const std::int64_t late_ps = (lossy.acknowledged(0) - idle).ps;
        EXPECT_GE(late_ps, parts.transport.timeout.ps);
        EXPECT_LE(late_ps, parts.transport.timeout.ps + microseconds(1).ps);
        EXPECT_EQ(lossy.fabric.transport().sender(0).timeouts, 1u);
    }
    EXPECT_GT(lost_once, 2u);
}

// A flow whose NIC is busy with acknowledgements when it is released sends its packet later, and then there must be a
// time-out for it. Here acknowledgements are longer than the data that they answer, so they pile up.
FabricCase behind_acknowledgements() {
    FabricCase parts = one_switch(100'000);
    // Flow 2 is released behind the answers to flow 0.
    parts.traffic = relayed({{0, 1, {100'000}}, {1, 0, {10}}, {1, 0, {10}, 0}});
    parts.network.framing = {.header = {20}, .acknowledgement = {400}};
    parts.transport = {.payload = {10}, .window = 256, .timeout = microseconds(30)};
    return parts;
}

TEST(Loss, AFlowThatBeganBehindAcknowledgementsIsRepeatedToo) {
    FabricCase parts = behind_acknowledgements();
    ASSERT_TRUE(run(parts).fabric.finished());
    parts.channel(parts.nic(1)).codeword_hazard = 0.2;  // loses about one frame in four
    for (parts.fault_seed = 1; parts.fault_seed <= 20; ++parts.fault_seed) {
        const FabricRun lossy = run(parts, {.until = Time{} + milliseconds(50)});
        EXPECT_TRUE(lossy.fabric.finished()) << "seed " << parts.fault_seed << ": flow 2 gave up after "
                                             << lossy.fabric.transport().sender(2).timeouts << " time-outs";
    }
}

}  // namespace
}  // namespace lightloom::testing
