// What hashing flows over equal paths costs, and what spraying saves.
// Oracle: balls into bins. m flows on p uplinks use p (1 - (1 - 1/p)^m) of them; the expected load of the fullest is
// worked out from P(max <= k) = m! / p^m [x^m] (sum over j <= k of x^j / j!)^p, and agrees with the printed 2.60, 3.08,
// 3.53.
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr double kQuantile = 2.576;  // of the normal distribution, for an interval of 99 %

// Probability that no bin gets more than `most` of `balls`.
double none_above(std::uint32_t most, std::uint32_t balls, std::uint32_t bins) {
    std::vector<double> power(balls + 1, 0.0), one(balls + 1, 0.0);
    for (std::uint32_t j = 0; j <= std::min(most, balls); ++j) one[j] = std::exp(-std::lgamma(j + 1.0));
    power[0] = 1.0;
    for (std::uint32_t bin = 0; bin < bins; ++bin) {
        std::vector<double> next(balls + 1, 0.0);
        for (std::uint32_t a = 0; a <= balls; ++a)
            for (std::uint32_t b = 0; a + b <= balls; ++b) next[a + b] += power[a] * one[b];
        power = next;
    }
    return power[balls] * std::exp(std::lgamma(balls + 1.0) - balls * std::log(bins));
}

double expected_greatest_load(std::uint32_t balls, std::uint32_t bins) {
    double mean = 0.0;
    for (std::uint32_t k = 0; k < balls; ++k) mean += 1.0 - none_above(k, balls, bins);
    return mean;
}

// n servers under one leaf send to n under the other, over n spines.
FabricCase across(std::uint32_t n, std::int64_t bytes) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::uint32_t i = 0; i < n; ++i) pairs.push_back({i, n + i});
    FabricCase parts(leaf_spine({.servers = 2 * n,
                                 .gpus_per_server = 1,
                                 .leaves = 2,
                                 .spines = n,
                                 .links_per_pair = 1,
                                 .rate = gigabits(400)}),
                     messages(pairs, {bytes}), nanoseconds(100));
    parts.network.queue_limit = {4 << 20};  // fifteen messages of 64 packets
    parts.network.buffer = {1 << 30};
    return parts;
}

struct Spread {
    double used = 0, greatest_load = 0;  // load in messages
    double finish = 0;                   // serialisations of one message, by the last to be delivered
};

// A message that is alone takes its own serialisation and the idle way of its last packet.
Duration alone(const FabricCase& parts) {
    FabricCase one = parts;
    one.traffic.flows.resize(1);
    return run(one).delivered(0);
}

Spread spread_of(const FabricCase& parts, Duration alone_takes, std::int64_t packets) {
    const FabricRun ended = run(parts);
    EXPECT_EQ(ended.dropped() + ended.retransmissions(), 0u);
    Spread spread;
    for (const PortId uplink : parts.uplinks(parts.topology.endpoints[0].leaf)) {
        const auto frames = static_cast<double>(ended.sent(uplink));
        spread.used += frames > 0;
        spread.greatest_load = std::max(spread.greatest_load, frames / static_cast<double>(packets));
    }
    std::int64_t last = 0;
    for (std::uint32_t flow = 0; flow < parts.traffic.flows.size(); ++flow)
        last = std::max(last, ended.delivered(flow).ps);
    const double message_ps = static_cast<double>(packets) * (4096 + 64 + 20) * 20;
    spread.finish = 1.0 + static_cast<double>((Duration{last} - alone_takes).ps) / message_ps;
    return spread;
}

struct Estimate {
    double mean, half_width;
};
Estimate estimate(const std::vector<double>& samples) {
    const auto n = static_cast<double>(samples.size());
    const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / n;
    double squares = 0.0;
    for (const double x : samples) squares += (x - mean) * (x - mean);
    return {mean, kQuantile * std::sqrt(squares / (n - 1) / n)};
}

class Ecmp : public ::testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Paths, Ecmp, ::testing::Values(8u, 16u, 32u));

TEST_P(Ecmp, HashedFlowsCollideAsBallsInBins) {
    const std::uint32_t n = GetParam();
    constexpr std::int64_t packets = 64;
    FabricCase parts = across(n, packets * 4096);
    parts.network.path = PathPolicy::ecmp;
    const Duration alone_takes = alone(parts);
    std::vector<double> used, loads, finishes;
    for (parts.network.hash_seed = 1; parts.network.hash_seed <= kSeeds; ++parts.network.hash_seed) {
        const Spread spread = spread_of(parts, alone_takes, packets);
        used.push_back(spread.used);
        loads.push_back(spread.greatest_load);
        finishes.push_back(spread.finish);
        // The fullest uplink decides; nothing but a few frames at its start and end can come on top.
        ASSERT_NEAR(spread.finish, spread.greatest_load, 3.0 / packets) << "seed " << parts.network.hash_seed;
    }
    const auto [mean_used, used_width] = estimate(used);
    EXPECT_NEAR(mean_used, n * (1.0 - std::pow(1.0 - 1.0 / n, n)), used_width);
    const auto [mean_load, load_width] = estimate(loads);
    EXPECT_NEAR(mean_load, expected_greatest_load(n, n), load_width);
    const auto [mean_finish, finish_width] = estimate(finishes);
    EXPECT_NEAR(mean_finish, expected_greatest_load(n, n), finish_width + 1.0 / packets);
}

TEST_P(Ecmp, SprayedPacketsUseEveryUplinkEvenly) {
    const std::uint32_t n = GetParam();
    constexpr std::int64_t packets = 1024;
    FabricCase parts = across(n, packets * 4096);
    parts.network.path = PathPolicy::spray;
    const Duration alone_takes = alone(parts);
    for (parts.network.hash_seed = 1; parts.network.hash_seed <= 3; ++parts.network.hash_seed) {
        const Spread spread = spread_of(parts, alone_takes, packets);
        EXPECT_EQ(spread.used, n);
        EXPECT_LT(spread.greatest_load, 1.0 + 5.0 / std::sqrt(packets));  // five deviations of a random spread
        EXPECT_LT(spread.finish, 1.2);
    }
}

TEST(EcmpOracle, GreatestLoadIsThePrintedOne) {
    EXPECT_NEAR(expected_greatest_load(8, 8), 2.60, 0.005);
    EXPECT_NEAR(expected_greatest_load(16, 16), 3.08, 0.005);
    EXPECT_NEAR(expected_greatest_load(32, 32), 3.53, 0.005);
    EXPECT_NEAR(expected_greatest_load(2, 2), 1.5, 1e-12);
}

// Each tier hashes in its own way: were it the same hash, the second would find all its flows on one port.
TEST(EcmpTiers, ChooseIndependently) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < 16; ++i) pairs.push_back({i, 16 + i});
    FabricCase parts(leaf_spine({.servers = 32,
                                 .gpus_per_server = 1,
                                 .leaves = 2,
                                 .spines = 4,
                                 .links_per_pair = 4,
                                 .rate = gigabits(400)}),
                     messages(pairs, {4096}), nanoseconds(100));
    parts.network.path = PathPolicy::ecmp;
    std::vector<double> used_down;
    for (parts.network.hash_seed = 1; parts.network.hash_seed <= kSeeds; ++parts.network.hash_seed) {
        const FabricRun ended = run(parts);
        double used = 0;
        for (const PortId uplink : parts.uplinks(parts.topology.endpoints[16].leaf))
            used += ended.sent(parts.peer(uplink)) > 0;
        used_down.push_back(used);
    }
    const auto [mean, width] = estimate(used_down);
    EXPECT_NEAR(mean, 16 * (1.0 - std::pow(15.0 / 16.0, 16)), width);
}

}  // namespace
}  // namespace lightloom::testing
