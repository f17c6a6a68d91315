// Loaded cases against another packet-level simulator, with the rules that it ran under: a three-tier fat tree of 128
// hosts, 400 Gb/s and 1 us a cable, switches without latency, trimming, 64 paths sprayed, NSCC.
// Oracle: htsim with its UEC transport (uet-htsim 40ccb05), completion times at the sender. It was not tuned to.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/fabric_harness.hpp"
#include "topologies/folded_clos.hpp"

namespace lightloom::testing {
namespace {

FabricCase fat_tree(Traffic traffic) {
    FabricCase parts(folded_clos({.pods = 8,
                                  .leaves_per_pod = 4,
                                  .spines_per_pod = 4,
                                  .cores = 16,
                                  .servers_per_leaf = 4,
                                  .gpus_per_server = 1,
                                  .rate = gigabits(400)}),
                     std::move(traffic), microseconds(1));
    parts.network.switch_latency = parts.network.nic_latency = Duration{0};
    parts.network.framing = {.preamble = {0}, .gap = {0}, .header = {64}, .acknowledgement = {64}};
    parts.network.path = PathPolicy::entropy;
    parts.network.queue_limit = {626'650};
    parts.network.buffer = {64 << 20};
    parts.network.ecn_threshold = {128'650};
    parts.network.ecn_full = {502'150};
    parts.network.trimming = true;
    parts.transport = {.payload = {4086}, .window = 1024, .timeout = milliseconds(1)};
    parts.transport.reliability = Reliability::unordered;
    parts.transport.control = Control::nscc;
    parts.transport.nscc.base_rtt = Duration{12'505'700};
    return parts;
}

std::vector<double> completions_us(const FabricRun& result, std::size_t flows) {
    std::vector<double> us;
    for (std::uint32_t flow = 0; flow < flows; ++flow)
        us.push_back(static_cast<double>(result.acknowledged(flow).ps) * 1e-6);
    std::ranges::sort(us);
    return us;
}

TEST(LoadedCases, AnIncastEndsAtLinkTime) {
    const FabricCase parts =
        fat_tree(messages({{1, 0}, {16, 0}, {31, 0}, {46, 0}, {61, 0}, {76, 0}, {91, 0}, {106, 0}}, {1'000'000}));
    const FabricRun result = run(parts);
    ASSERT_TRUE(result.fabric.all_acknowledged());
    const std::vector<double> us = completions_us(result, 8);
    RecordProperty("first_us", std::to_string(us.front()));
    RecordProperty("last_us", std::to_string(us.back()));
    EXPECT_NEAR(us.back(), 162.5 + 12.5, 0.05 * 162.5);  // link time, after the first packet's way
}

// Random, so shares of a distribution are compared: p50 within 5 %, p99 within 10 %.
TEST(LoadedCases, APermutationTakesAsLong) {
    const Topology topology = fat_tree(messages({{1, 0}}, {1})).topology;
    std::vector<double> p50, p99;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        const FabricRun result = run(fat_tree(permutation(topology, {2'000'000}, seed)));
        ASSERT_TRUE(result.fabric.all_acknowledged());
        const std::vector<double> us = completions_us(result, 128);
        p50.push_back(us[64]);
        p99.push_back(us[126]);
    }
    std::ranges::sort(p50);
    std::ranges::sort(p99);
    EXPECT_NEAR(p50[1], 58.86, 0.05 * 58.86);
    EXPECT_NEAR(p99[1], 65.16, 0.10 * 65.16);
}

}  // namespace
}  // namespace lightloom::testing
