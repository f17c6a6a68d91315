// How much of a lossy link each kind of repetition leaves to the user, one flow on one link without congestion.
// Oracles, with loss p and W packets in flight: go-back-N (1 - p)/(1 - p + W p), since a loss wastes a whole round
// trip; selective repeat 1 - p, if the window holds three bandwidth-delay products (derivation: D. Bertsekas and R.
// Gallager, "Data networks", 1992, section 2.4). Neither knows a lost repetition, so time-outs are counted apart. With
// a window of one product selective repeat stands still after each loss: the reference figures, 0.89 of it at 1e-3 and
// 0.65 at 1e-2, are derived from a loss that stops the window for what of a round trip it does not cover.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::int64_t kFramePs = (4096 + 64 + 20) * 20;  // at 400 Gb/s

// Data cross one lossy cable, acknowledgements come back unharmed. Delays make a round trip of about 10 us.
FabricCase link(std::int64_t packets, double loss) {
    FabricCase parts(chain({gigabits(400), gigabits(400)}), messages({{0, 1}}, {packets * 4096}), nanoseconds(2000));
    const double codewords = 1.0 + (4096 + 64 + 20) * 8 / 5120.0;
    parts.channel(parts.nic(0)).codeword_hazard = -std::log1p(-loss) / codewords;
    parts.transport = {.payload = {4096}, .window = 4096, .timeout = microseconds(25)};
    return parts;
}

// Packets that fit into the time from a packet's first bit to the end of its acknowledgement, and into the NIC's
// reserve.
double in_flight() {
    FabricCase parts = link(1, 0.0);
    return static_cast<double>(run(parts).acknowledged(0).ps) / static_cast<double>(kFramePs);
}

struct Goodput {
    double share;  // of the link's time
    std::uint32_t timeouts;
    std::uint64_t lost;
};

// @param apart  how much of each time-out the link stood still
Goodput goodput(const FabricCase& parts, Duration apart) {
    const FabricRun ended = run(parts);
    EXPECT_TRUE(ended.fabric.finished());
    const Sender& sender = ended.fabric.transport().sender(0);
    const double sending = static_cast<double>(ended.acknowledged(0).ps - sender.timeouts * apart.ps);
    return {static_cast<double>(sender.next) * kFramePs / sending, sender.timeouts, ended.lost()};
}

TEST(Goodput, OfGoBackNIsTheClosedForm) {
    const double w = in_flight();
    EXPECT_NEAR(w, 110.0, 15.0);
    for (const double p : {1e-5, 1e-4, 1e-3, 1e-2}) {
        FabricCase parts = link(p < 1e-3 ? 400'000 : 60'000, p);
        parts.transport.reliability = Reliability::go_back_n;
        parts.transport.window = 1024;
        const Goodput measured = goodput(parts, parts.transport.timeout);
        const double expected = (1.0 - p) / (1.0 - p + w * p);
        EXPECT_NEAR(measured.share / expected, 1.0, 0.03) << "p = " << p << ", " << measured.timeouts << " time-outs";
        EXPECT_GT(measured.lost, 0u);
    }
}

TEST(Goodput, OfSelectiveRepeatIsAllThatIsNotLostIfTheWindowIsWide) {
    const auto w = static_cast<std::uint32_t>(std::lround(in_flight()));
    for (const double p : {1e-5, 1e-4, 1e-3, 1e-2}) {
        FabricCase parts = link(p < 1e-3 ? 400'000 : 60'000, p);
        parts.transport.reliability = Reliability::selective_repeat;
        parts.transport.window = 4 * w;
        parts.transport.timeout = microseconds(12);  // a round trip and a fifth: the window outlasts it
        const Goodput wide = goodput(parts, {0});
        EXPECT_NEAR(wide.share / (1.0 - p), 1.0, 0.03) << "p = " << p << ", " << wide.timeouts << " time-outs";
        parts.transport.window = w;
        const Goodput capped = goodput(parts, {0});
        EXPECT_LT(capped.share, wide.share);
        if (p == 1e-3) {
            EXPECT_NEAR(capped.share / (1.0 - p), 0.89, 0.03);
        }
        if (p == 1e-2) {
            EXPECT_NEAR(capped.share / (1.0 - p), 0.65, 0.03);
        }
    }
}

}  // namespace
}  // namespace lightloom::testing
