// NCCL's tuner. Oracle: its published constants (NVIDIA/nccl 5067397, src/graph/tuning.cc) put together by hand.
#include "models/workload/collectives/nccl_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
namespace lightloom {
namespace {

using Host = NcclCluster::Host;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

NcclCluster hopper(std::uint32_t nodes) {
    return {.nodes = nodes, .channels = 16, .intra_gbytes_per_s = 20.6, .inter_gbytes_per_s = 20.6};
}

double latency(const NcclCluster& cluster, Algorithm algorithm, NcclProtocol protocol) {
    return nccl_latency_us(cluster, Collective::all_reduce, algorithm, protocol, 1024 * kMiB);
}

TEST(NcclModel, HasThePublishedLatencies) {
    using enum NcclProtocol;
    EXPECT_NEAR(latency(hopper(1), Algorithm::ring, simple), 56.0, 1e-9);     // 8.4 + 14 * 3.4
    EXPECT_NEAR(latency(hopper(16), Algorithm::ring, simple), 1666.0, 1e-9);  // (8.4 + 224 * 3.4 + 30 * 14) * 1.4
    EXPECT_NEAR(latency(hopper(16), Algorithm::tree, simple), 176.4, 1e-9);   // 8.4 + 2 (7 * 4 + 4 * 14)
    EXPECT_NEAR(latency(hopper(16), Algorithm::tree, ll), 55.2, 1e-9);        // 6.8 + 2 (7 * 0.6 + 4 * 5)
    EXPECT_NEAR(latency(hopper(16), Algorithm::tree, ll128), 99.5, 1e-9);     // 14 + 2 (7 * 1.25 + 4 * 8.5)
    EXPECT_NEAR(latency(hopper(16), Algorithm::ring, ll), 311.6, 1e-9);       // 6.6 + 224 * 1 + 30 * 2.7
    EXPECT_NEAR(latency(hopper(16), Algorithm::ring, ll128), 559.6, 1e-9);    // 14 + 224 * 1.9 + 30 * 4
}

TEST(NcclModel, TakesWhatTheHostAndTheNicAdd) {
    NcclCluster cluster = hopper(16);
    cluster.host = Host::amd;  // a post costs 2 us, 6 us for Simple
    EXPECT_NEAR(latency(cluster, Algorithm::ring, NcclProtocol::ll), 6.6 + 224 * 2 + 30 * 2.7, 1e-9);
    EXPECT_NEAR(latency(cluster, Algorithm::ring, NcclProtocol::simple), (8.4 + 224 * 6 + 30 * 14) * 1.4, 1e-9);
    cluster.nic_latency_us = 1.5;
    EXPECT_NEAR(latency(cluster, Algorithm::tree, NcclProtocol::ll), 55.2 + 8 * 1.5, 1e-9);
    EXPECT_NEAR(latency(cluster, Algorithm::tree, NcclProtocol::simple), 176.4 + 8 * 3, 1e-9);
    cluster = hopper(16);
    cluster.intra = NcclCluster::Intra::pcie;
    EXPECT_NEAR(latency(cluster, Algorithm::ring, NcclProtocol::ll128), 14 + 224 * 2.5 + 30 * 4, 1e-9);
    cluster = hopper(16);
    cluster.gpu = NcclCluster::Gpu::volta;
    EXPECT_NEAR(latency(cluster, Algorithm::ring, NcclProtocol::simple), 1190 * 1.9, 1e-9);
}

// The plateau begins at 64 bytes for each channel of each rank; an all-gather has one pass and no plateau.
TEST(NcclModel, RingsWaitLongerFromAPlateauOn) {
    const auto ring = [](Collective kind, std::int64_t bytes) {
        return nccl_latency_us(hopper(16), kind, Algorithm::ring, NcclProtocol::simple, bytes);
    };
    EXPECT_NEAR(ring(Collective::all_reduce, 64 * 16 * 128 - 1), 1190.0, 1e-9);
    EXPECT_NEAR(ring(Collective::all_reduce, 64 * 16 * 128), 1666.0, 1e-9);
    EXPECT_NEAR(ring(Collective::all_gather, 64 * 16 * 128), 8.4 + 112 * 3.4 + 15 * 14, 1e-9);
}

TEST(NcclModel, DeratesTheBandwidth) {
    using enum NcclProtocol;
    const auto bandwidth = [](const NcclCluster& cluster, Algorithm algorithm, NcclProtocol protocol,
                              std::int64_t bytes) {
        return nccl_bandwidth_gbytes_per_s(cluster, Collective::all_reduce, algorithm, protocol, bytes);
    };
    const double bus = 16 * 20.6;
    EXPECT_NEAR(bandwidth(hopper(1), Algorithm::ring, simple, kMiB), bus * 8 / 14, 1e-9);
    EXPECT_NEAR(bandwidth(hopper(1), Algorithm::ring, ll128, kMiB), bus * 0.92 * 8 / 14, 1e-9);
    EXPECT_NEAR(bandwidth(hopper(1), Algorithm::ring, ll, kMiB), 141.0 * 8 / 14, 1e-9);  // the ceiling, not half
    EXPECT_NEAR(bandwidth(hopper(16), Algorithm::ring, ll, kMiB), 20.4 * 128 / 254, 1e-9);
    EXPECT_NEAR(bandwidth(hopper(16), Algorithm::tree, simple, 1024 * kMiB), bus * 0.92 / 2, 1e-9);  // above the table
    EXPECT_NEAR(bandwidth(hopper(16), Algorithm::tree, simple, kMiB), bus * 0.92 * 0.5 / 2, 1e-9);
    EXPECT_NEAR(bandwidth(hopper(16), Algorithm::tree, ll, 256 * 1024), 20.4 * 0.4 / 2, 1e-9);
    EXPECT_NEAR(bandwidth(hopper(1), Algorithm::tree, ll128, 64), bus * 0.92 * 7 / 9 / 2, 1e-9);
    EXPECT_NEAR(nccl_time_us(hopper(1), Collective::all_reduce, Algorithm::ring, simple, 1024 * kMiB),
                56.0 + 1024.0 * kMiB / (1000 * bus * 8 / 14), 1e-6);
}

// Trees where latency counts, rings where bytes do; LL, then LL128, then Simple.
TEST(NcclModel, ChoosesAsTheSizeGrows) {
    const auto choice = [](const NcclCluster& cluster, std::int64_t bytes) {
        const NcclChoice chosen =
            std::ranges::min(nccl_choices(cluster, Collective::all_reduce, bytes), {}, &NcclChoice::time_us);
        EXPECT_EQ(chosen.time_us,
                  nccl_time_us(cluster, Collective::all_reduce, chosen.algorithm, chosen.protocol, bytes));
        return std::pair(chosen.algorithm, chosen.protocol);
    };
    EXPECT_EQ(choice(hopper(1), 1024), std::pair(Algorithm::ring, NcclProtocol::ll));
    EXPECT_EQ(choice(hopper(1), 1024 * kMiB), std::pair(Algorithm::ring, NcclProtocol::simple));
    EXPECT_EQ(choice(hopper(16), 1024), std::pair(Algorithm::tree, NcclProtocol::ll));
    EXPECT_EQ(choice(hopper(16), 4 * kMiB), std::pair(Algorithm::tree, NcclProtocol::ll128));
    EXPECT_EQ(choice(hopper(16), 8192 * kMiB), std::pair(Algorithm::ring, NcclProtocol::simple));
    NcclCluster without = hopper(16);
    without.ll128 = false;
    EXPECT_EQ(choice(without, 4 * kMiB).second, NcclProtocol::simple);
    for (const NcclChoice& one : nccl_choices(hopper(16), Collective::all_gather, 1024))
        EXPECT_EQ(one.algorithm, Algorithm::ring);
}

}  // namespace
}  // namespace lightloom
