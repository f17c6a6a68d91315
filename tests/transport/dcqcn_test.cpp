// DCQCN's reaction point by hand, and many of them at one bottleneck. Oracles: the paper's equations (1) to (4) with
// its constants, step by step; Jain's index of the shares.
#include "models/transport/dcqcn.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/support/fabric_oracle.hpp"

namespace lightloom::testing {
namespace {

constexpr double kLine = 40e9;
constexpr Time at_us(std::int64_t us) { return Time{} + microseconds(us); }
constexpr std::int64_t kBits = 8 * 1250;  // 250 ns at 40 Gb/s

TEST(Dcqcn, IsNoLimitBeforeTheFirstNotification) {
    DcqcnSender flow(kLine, kDcqcnPaper2015);
    for (int i = 0; i < 100; ++i) {
        flow.send(kBits, at_us(i), kLine, kDcqcnPaper2015);
        EXPECT_EQ(flow.next_send, at_us(i));
    }
    EXPECT_EQ(flow.rate, kLine);
    EXPECT_EQ(flow.alpha, 1.0);
}

TEST(Dcqcn, CutsByHalfOfAlphaAndRemembersTheRate) {
    DcqcnSender flow(kLine, kDcqcnPaper2015);
    flow.notify(at_us(100), kLine, kDcqcnPaper2015);
    EXPECT_EQ(flow.rate, 20e9);
    EXPECT_EQ(flow.target, 40e9);
    EXPECT_EQ(flow.alpha, 1.0);
    flow.notify(at_us(150), kLine, kDcqcnPaper2015);
    EXPECT_EQ(flow.rate, 10e9);
    EXPECT_EQ(flow.target, 20e9);
    flow.send(kBits, at_us(151), kLine, kDcqcnPaper2015);
    EXPECT_EQ(flow.next_send, at_us(152));
    flow.send(kBits, at_us(152), kLine, kDcqcnPaper2015);
    EXPECT_EQ(flow.next_send, at_us(153));
}

TEST(Dcqcn, AlphaFallsWithEachQuietPeriod) {
    DcqcnSender flow(kLine, kDcqcnPaper2015);
    flow.notify(at_us(0), kLine, kDcqcnPaper2015);
    flow.notify(at_us(55 * 10 + 54), kLine, kDcqcnPaper2015);
    double expected = 1.0;
    for (int i = 0; i < 10; ++i) expected *= 255.0 / 256;
    expected = 255.0 / 256 * expected + 1.0 / 256;
    EXPECT_NEAR(flow.alpha, expected, 1e-12);
}

TEST(Dcqcn, RecoversFastThenAddsThenAddsMore) {
    DcqcnSender flow(kLine, kDcqcnPaper2015);
    const auto send_at = [&](std::int64_t us) { flow.send(8, at_us(us), kLine, kDcqcnPaper2015); };
    flow.notify(at_us(0), kLine, kDcqcnPaper2015);
    flow.notify(at_us(0), kLine, kDcqcnPaper2015);  // 10 Gb/s, towards 20
    send_at(54);
    EXPECT_EQ(flow.rate, 10e9);
    send_at(55);
    EXPECT_EQ(flow.rate, 15e9);
    send_at(5 * 55);
    EXPECT_EQ(flow.rate, 20e9 - 10e9 / 32);
    EXPECT_EQ(flow.target, 20e9);
    send_at(7 * 55);  // two additive increases
    EXPECT_EQ(flow.target, 20.08e9);
    for (int i = 0; i < 6; ++i) flow.send(10'000'000 * 8, at_us(7 * 55), kLine, kDcqcnPaper2015);  // five more, and one
    EXPECT_EQ(flow.byte_stage, 6u);
    EXPECT_EQ(flow.target, 20.08e9 + 5 * 0.04e9 + 0.4e9);
    send_at(55 * 100'000);
    EXPECT_EQ(flow.rate, kLine);
}

TEST(Dcqcn, CutsOnceInAPeriodAndNeverBelowTheLeast) {
    DcqcnSender flow(kLine, kDcqcnConnectX);
    flow.notify(at_us(10), kLine, kDcqcnConnectX);
    const double once = flow.rate;
    flow.notify(at_us(13), kLine, kDcqcnConnectX);
    EXPECT_EQ(flow.rate, once);
    flow.notify(at_us(14), kLine, kDcqcnConnectX);
    EXPECT_LT(flow.rate, once);
    EXPECT_EQ(flow.target, kLine);  // no increase in between: it still recovers to where it was
    for (int us = 20; us < 2000; us += 4) flow.notify(at_us(us), kLine, kDcqcnConnectX);
    EXPECT_GE(flow.rate, 1e6);
    EXPECT_LT(flow.rate, 1e8);
}

// Senders under one switch that start one after another, each when a message of its own length has reached it, and all
// send to endpoint 0 for longer than the run lasts.
FabricCase bottleneck(std::uint32_t senders, const DcqcnParameters& parameters) {
    const Topology topology = leaf_spine({.servers = 2 * senders + 1,
                                          .gpus_per_server = 1,
                                          .leaves = 1,
                                          .spines = 1,
                                          .links_per_pair = 1,
                                          .rate = gigabits(40)});
    std::vector<Relayed> sent;
    for (std::size_t i = 0; i < senders; ++i)
        sent.push_back({1 + senders + i, 1 + i, {static_cast<std::int64_t>(100'000 * i)}});
    for (std::size_t i = 0; i < senders; ++i) sent.push_back({1 + i, 0, {std::int64_t{4} << 30}, i});
    Traffic traffic = relayed(sent);
    FabricCase parts(topology, std::move(traffic), nanoseconds(500));
    parts.network.buffer = {256 << 20};  // room for all windows: each comes at line rate before it hears of the others
    parts.network.queue_limit = {192 << 20};
    parts.network.ecn_threshold = {100'000};
    parts.transport = {
        .payload = {4096}, .window = 1024, .timeout = milliseconds(20), .control = Control::dcqcn, .dcqcn = parameters};
    return parts;
}

std::vector<double> shares(const FabricCase& parts, std::uint32_t senders, Time from, Time to) {
    const FabricRun before = run(parts, {.until = from}), after = run(parts, {.until = to});
    EXPECT_EQ(after.dropped(), 0u);
    EXPECT_GT(after.marked(), 0u);
    std::vector<double> all;
    for (std::uint32_t flow = 0; flow < senders; ++flow)
        all.push_back(after.fabric.transport().receiver(flow).delivered -
                      before.fabric.transport().receiver(flow).delivered);
    return all;
}

double jain(const std::vector<double>& x) {
    const double sum = std::accumulate(x.begin(), x.end(), 0.0);
    const double squares = std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
    return sum * sum / (static_cast<double>(x.size()) * squares);
}

TEST(DcqcnAtABottleneck, SharesItFairlyAndKeepsItBusy) {
    for (const std::uint32_t senders : {2u, 8u, 32u}) {
        const FabricCase parts = bottleneck(senders, kDcqcnPaper2015);
        const Time from = Time{} + milliseconds(60), to = Time{} + milliseconds(120);
        const std::vector<double> got = shares(parts, senders, from, to);
        const double carried = std::accumulate(got.begin(), got.end(), 0.0) * (4096 + 64 + 20) * 8;
        EXPECT_GT(jain(got), 0.95) << senders;
        EXPECT_GT(carried / (kLine * (to - from).seconds()), 0.85) << senders;
    }
}

TEST(DcqcnAtABottleneck, OneDigestWhateverExecutesIt) {
    for (const DcqcnParameters& preset : {kDcqcnPaper2015, kDcqcnConnectX, kDcqcnSimai}) {
        const FabricCase parts = bottleneck(8, preset);
        const Time until = Time{} + milliseconds(2);
        EXPECT_GT(expect_one_digest(parts, until).marked(), 0u);
    }
}

}  // namespace
}  // namespace lightloom::testing
