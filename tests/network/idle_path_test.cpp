// One packet on an idle path takes exactly the sum of its parts.
// Oracle: the sum written out here in 128-bit integers from bit rates, frame sizes, delays and latencies; it shares no
// code with core/rate.hpp or models/network/port_clock.hpp. A part that is no whole picosecond is rounded up, once per
// port.
#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr Duration kDelay{123'457};
constexpr Duration kNicLatency{300'001}, kSwitchLatency{450'007};

using BitRates = std::vector<std::int64_t>;  // bits per second of every hop

FabricCase one_packet(const BitRates& rates, Forwarding forwarding, std::int64_t payload) {
    std::vector<Rate> exact;
    for (const std::int64_t rate : rates) exact.push_back(*Rate::from({rate}));
    FabricCase parts(chain(exact), messages({{0, 1}}, {payload}), kDelay);
    parts.network.forwarding = forwarding;
    parts.network.nic_latency = kNicLatency;
    parts.network.switch_latency = kSwitchLatency;
    parts.transport.payload = {4096};
    return parts;
}

std::int64_t serialisation_ps(std::int64_t bytes_with_preamble, std::int64_t bits_per_second) {
    const __int128 bits = bytes_with_preamble * 8;
    return static_cast<std::int64_t>((bits * 1'000'000'000'000 + bits_per_second - 1) / bits_per_second);
}

// Everything but serialisation.
std::int64_t fixed_ps(const BitRates& rates) {
    const auto hops = static_cast<std::int64_t>(rates.size());
    return kNicLatency.ps + hops * kDelay.ps + (hops - 1) * kSwitchLatency.ps;
}

std::int64_t stored_ps(const BitRates& rates, std::int64_t frame_bytes) {
    std::int64_t sum = fixed_ps(rates);
    for (const std::int64_t rate : rates) sum += serialisation_ps(8 + frame_bytes, rate);
    return sum;
}

const std::vector<std::int64_t> kRates{400'000'000'000, 106'250'000'000, 3'200'000'000'000, 25'781'250'000};
const std::vector<std::int64_t> kPayloads{0, 1, 64, 1500, 4095, 4096};

TEST(IdlePath, StoreAndForwardCountsEverySerialisation) {
    for (const std::int64_t rate : kRates)
        for (std::size_t hops = 2; hops <= 6; ++hops)
            for (const std::int64_t payload : kPayloads) {
                SCOPED_TRACE(::testing::Message() << rate << " b/s, " << hops << " hops, " << payload << " bytes");
                const BitRates rates(hops, rate);
                const FabricCase parts = one_packet(rates, Forwarding::store_and_forward, payload);
                const FabricRun one = run(parts);
                EXPECT_EQ(one.delivered(0).ps, stored_ps(rates, 64 + payload));
                EXPECT_EQ(one.acknowledged(0).ps, stored_ps(rates, 64 + payload) + stored_ps(rates, 64));
                EXPECT_EQ(one.statistics.packet_latency.max(), stored_ps(rates, 64 + payload));
                EXPECT_EQ(one.statistics.acknowledgement_latency.max(), stored_ps(rates, 64));
                EXPECT_EQ(one.statistics.message_latency.max(), one.acknowledged(0).ps);
            }
}

TEST(IdlePath, CutThroughCountsOneSerialisation) {
    for (const std::int64_t rate : kRates)
        for (std::size_t hops = 2; hops <= 6; ++hops)
            for (const std::int64_t payload : kPayloads) {
                SCOPED_TRACE(::testing::Message() << rate << " b/s, " << hops << " hops, " << payload << " bytes");
                const BitRates rates(hops, rate);
                const FabricCase parts = one_packet(rates, Forwarding::cut_through, payload);
                const FabricRun one = run(parts);
                const std::int64_t there_ps = fixed_ps(rates) + serialisation_ps(8 + 64 + payload, rate);
                const std::int64_t back_ps = fixed_ps(rates) + serialisation_ps(8 + 64, rate);
                EXPECT_EQ(one.delivered(0).ps, there_ps);
                EXPECT_EQ(one.acknowledged(0).ps, there_ps + back_ps);
            }
}

TEST(IdlePath, PreambleAndHeaderCountOnlyIfAskedFor) {
    const BitRates rates(3, 400'000'000'000);
    FabricCase parts = one_packet(rates, Forwarding::store_and_forward, 4000);
    parts.network.framing = {.preamble = {0}, .gap = {0}, .header = {50}, .acknowledgement = {80}};
    const FabricRun bare = run(parts);
    EXPECT_EQ(bare.delivered(0).ps, fixed_ps(rates) + 3 * 4050 * 20);  // 20 ps per byte
    EXPECT_EQ(bare.acknowledged(0).ps, bare.delivered(0).ps + fixed_ps(rates) + 3 * 80 * 20);
    parts.network.framing.gap = {1000};  // follows a frame: a lone one does not feel it
    EXPECT_EQ(run(parts).delivered(0), bare.delivered(0));
}

// Where rates differ: which hops' serialisations count, by hand. A frame that enters a faster link waits for its tail
// at the slower one's rate; one that enters a link no faster than it came on does not.
struct Mixed {
    BitRates rates;
    BitRates counted;  // the rates whose serialisation is paid
};

constexpr std::int64_t kSlow = 100'000'000'000, kFast = 400'000'000'000, kOdd = 106'250'000'000;

TEST(IdlePath, CutThroughWaitsForTheTailBeforeAFasterLink) {
    const std::vector<Mixed> cases{
        {{kSlow, kFast}, {kSlow, kFast}},
        {{kFast, kSlow}, {kSlow}},
        {{kFast, kSlow, kFast}, {kSlow, kFast}},
        {{kSlow, kFast, kFast}, {kSlow, kFast}},
        {{kSlow, kFast, kSlow}, {kSlow, kSlow}},
        {{kFast, kOdd, kSlow, kOdd}, {kSlow, kOdd}},
        {{kSlow, kOdd, kFast}, {kSlow, kOdd, kFast}},
    };
    for (const auto& [rates, counted] : cases) {
        const FabricCase parts = one_packet(rates, Forwarding::cut_through, 4096);
        std::int64_t expected_ps = fixed_ps(rates);
        for (const std::int64_t rate : counted) expected_ps += serialisation_ps(8 + 64 + 4096, rate);
        EXPECT_EQ(run(parts).delivered(0).ps, expected_ps) << ::testing::PrintToString(rates);
    }
}

TEST(IdlePath, StoreAndForwardSumsDifferentRates) {
    const BitRates rates{kSlow, kFast, kOdd, kFast};
    const FabricCase parts = one_packet(rates, Forwarding::store_and_forward, 4096);
    EXPECT_EQ(run(parts).delivered(0).ps, stored_ps(rates, 64 + 4096));
}

TEST(IdlePath, EveryDirectionHasItsOwnDelay) {
    FabricCase parts = one_packet({kFast, kFast}, Forwarding::store_and_forward, 0);
    const Duration before = run(parts).delivered(0), back = run(parts).acknowledged(0) - before;
    parts.channel(parts.nic(0)).delay += Duration{1'000'003};
    const FabricRun slower = run(parts);
    EXPECT_EQ((slower.delivered(0) - before).ps, 1'000'003);
    EXPECT_EQ(slower.acknowledged(0) - slower.delivered(0), back);
}

}  // namespace
}  // namespace lightloom::testing
