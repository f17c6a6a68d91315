// Every kind of transport, under every control, in a fabric that loses, drops, marks and reorders: one digest whatever
// executes it, nothing delivered twice, nothing vanished. Oracles: the reference engine; sums kept by different
// parties.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

Topology twelve_servers() {
    return leaf_spine(
        {.servers = 12, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 2, .rate = gigabits(400)});
}

FabricCase rough(Reliability kind, Control control) {
    FabricCase parts(twelve_servers(), permutation(twelve_servers(), {96 << 10}, 7), nanoseconds(300));
    for (Channel& channel : parts.channels) channel.codeword_hazard = 5e-3;
    parts.network.forwarding = Forwarding::cut_through;
    parts.network.queue_limit = {24 << 10};
    parts.network.buffer = {64 << 10};
    parts.network.ecn_threshold = {8 << 10};
    parts.transport = {.payload = {4096},
                       .window = 16,
                       .timeout = microseconds(20),
                       .reliability = kind,
                       .control = control,
                       .dcqcn = kDcqcnConnectX,
                       .nscc = {.base_rtt = nanoseconds(4000)}};
    return parts;
}

std::vector<FabricCase> cases() {
    std::vector<FabricCase> all;
    for (const Reliability kind :
         {Reliability::window, Reliability::go_back_n, Reliability::selective_repeat, Reliability::unordered})
        for (const Control control : {Control::none, Control::dcqcn, Control::nscc})
            all.push_back(rough(kind, control));
    return all;
}

TEST(KindsInAFabric, OneDigestOverThreadsPartitionsAndWindows) {
    std::set<std::uint64_t> digests;
    for (const FabricCase& parts : cases()) {
        digests.insert(expect_one_digest(parts).fabric.digest());
    }
    EXPECT_GE(digests.size(), 9u);  // where nothing is trimmed, the unordered kind may do just what the window does
}

std::int64_t packets_of_a_flow(const FabricCase& parts) {
    return packets_of(parts.traffic.flows[0].opening_bytes, parts.transport.payload);
}

void expect_conservation(const FabricRun& stopped) {
    for (std::uint32_t flow = 0; flow < stopped.fabric.traffic().flows.size(); ++flow) {
        const Sender& sender = stopped.fabric.transport().sender(flow);
        const Receiver& receiver = stopped.fabric.transport().receiver(flow);
        const Fabric::FlowLosses& losses = stopped.statistics.losses[flow];
        EXPECT_EQ(std::uint64_t{sender.next} + sender.retransmissions - stopped.left.queued_packets[flow],
                  receiver.delivered + losses.lost + losses.dropped + stopped.left.travelling_packets[flow]);
    }
}

TEST(KindsInAFabric, EachPacketIsTakenOnce) {
    for (const FabricCase& parts : cases()) {
        const FabricRun ended = run(parts);
        ASSERT_TRUE(ended.fabric.finished());
        EXPECT_GT(ended.lost(), 20u);
        EXPECT_GT(ended.dropped(), 0u);
        expect_conservation(ended);
        std::uint64_t negatives = 0, reordered = 0;
        for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow) {
            const Receiver& receiver = ended.fabric.transport().receiver(flow);
            EXPECT_EQ(receiver.delivered - receiver.duplicates - receiver.refused, packets_of_a_flow(parts));
            negatives += receiver.negatives;
            reordered += receiver.reordered;
        }
        EXPECT_GT(reordered, 0u);
        const bool names_gaps = parts.transport.reliability == Reliability::go_back_n ||
                                parts.transport.reliability == Reliability::selective_repeat;
        EXPECT_EQ(negatives > 0, names_gaps);
    }
}

TEST(KindsInAFabric, NothingVanishesWheneverARunIsStopped) {
    for (const FabricCase& parts : cases())
        for (std::int64_t until_ps = 1; until_ps < 150'000'000; until_ps += 7'000'017) {
            SCOPED_TRACE(until_ps);
            expect_conservation(run(parts, {.until = {until_ps}}));
            if (HasFailure()) return;
        }
}

}  // namespace
}  // namespace lightloom::testing
