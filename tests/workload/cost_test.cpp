// What a collective costs on paper. Oracles: the textbook's forms worked out by hand for 5 us and 50 GB/s; the
// schedule's own steps and bytes.
#include "models/workload/collectives/cost.hpp"

#include <gtest/gtest.h>

#include "tests/workload/ideal_execution.hpp"

namespace lightloom {
namespace {

constexpr AlphaBeta kNetwork{.alpha_s = 5e-6, .bytes_per_s = 50e9}, kNode{.alpha_s = 1e-6, .bytes_per_s = 450e9};
constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024, kGiB = kMiB * 1024;

double microseconds(const CollectiveCall& call) { return alpha_beta_seconds(call, kNetwork, kNode) * 1e6; }
double executed_microseconds(const CollectiveCall& call) { return IdealExecution(call, kNetwork, kNode).run() * 1e6; }

TEST(AlphaBeta, GivesTheTextbooksTimesOfAnAllReduce) {
    const struct {
        std::uint32_t ranks;
        std::int64_t bytes;
        double ring, halving_doubling, recursive_doubling;
    } golden[] = {{8, kKiB, 70.036, 30.036, 15.061},
                  {8, kMiB, 106.700, 66.700, 77.915},
                  {8, kGiB, 37650.964, 37610.964, 64439.509},
                  {64, kMiB, 671.288, 101.288, 155.829},
                  {64, kGiB, 42908.584, 42338.584, 128879.019},
                  {1024, kMiB, 10271.902, 141.902, 259.715},
                  {1024, kGiB, 53137.730, 43007.730, 214798.365}};
    for (const auto& row : golden) {
        CollectiveCall call{.kind = Collective::all_reduce, .ranks = row.ranks, .bytes = row.bytes};
        EXPECT_NEAR(microseconds(call), row.ring, 0.0005);
        call.algorithm = Algorithm::halving_doubling;
        EXPECT_NEAR(microseconds(call), row.halving_doubling, 0.0005);
        call.algorithm = Algorithm::recursive_doubling;
        EXPECT_NEAR(microseconds(call), row.recursive_doubling, 0.0005);
    }
}

// 8 GPUs in each of 4 nodes, 4 GiB: 0.75 GiB a NIC, 16.106 ms at 50 GB/s; 7 GiB a GPU inside.
TEST(AlphaBeta, AddsUpThePhasesOfAHierarchy) {
    const CollectiveCall call{.kind = Collective::all_reduce,
                              .algorithm = Algorithm::hierarchical,
                              .ranks = 32,
                              .bytes = 4 * kGiB,
                              .ranks_per_node = 8};
    const AlphaBeta free{.alpha_s = 0, .bytes_per_s = 1e30}, wire{.alpha_s = 0, .bytes_per_s = 50e9};
    EXPECT_NEAR(alpha_beta_seconds(call, wire, free), 16.106e-3, 0.5e-6);
    EXPECT_NEAR(alpha_beta_seconds(call, free, wire), 7.0 * kGiB / 50e9, 1e-9);
    const AlphaBeta steps{.alpha_s = 1, .bytes_per_s = 1e30};
    EXPECT_NEAR(alpha_beta_seconds(call, steps, free), 6, 1e-9);
    EXPECT_NEAR(alpha_beta_seconds(call, free, steps), 14, 1e-9);
}

TEST(AlphaBeta, IsWhatTheScheduleTakesOnAnIdealNetwork) {
    using C = Collective;
    using A = Algorithm;
    const std::pair<C, A> calls[] = {{C::all_reduce, A::ring},
                                     {C::all_reduce, A::halving_doubling},
                                     {C::all_reduce, A::recursive_doubling},
                                     {C::all_reduce, A::hierarchical},
                                     {C::all_gather, A::ring},
                                     {C::all_gather, A::recursive_doubling},
                                     {C::all_gather, A::hierarchical},
                                     {C::all_gather, A::direct},
                                     {C::all_gather, A::pairwise},
                                     {C::all_gather, A::bruck},
                                     {C::reduce_scatter, A::ring},
                                     {C::reduce_scatter, A::halving_doubling},
                                     {C::reduce_scatter, A::hierarchical},
                                     {C::reduce_scatter, A::direct},
                                     {C::reduce_scatter, A::pairwise},
                                     {C::all_to_all, A::direct},
                                     {C::all_to_all, A::pairwise},
                                     {C::all_to_all, A::bruck},
                                     {C::all_to_all, A::hierarchical},
                                     {C::barrier, A::ring},
                                     {C::barrier, A::bruck},
                                     {C::barrier, A::recursive_doubling},
                                     {C::send_receive, A::direct},
                                     {C::broadcast, A::ring},
                                     {C::reduce, A::ring},
                                     {C::broadcast, A::direct}};
    for (const auto& [kind, algorithm] : calls)
        for (const std::uint32_t ranks : {2u, 8u, 32u}) {
            CollectiveCall call{.kind = kind, .algorithm = algorithm, .ranks = ranks, .bytes = 320'000};
            call.ranks_per_node = algorithm == A::hierarchical ? 2 : 1;
            EXPECT_NEAR(microseconds(call), executed_microseconds(call), 1e-6)
                << static_cast<int>(kind) << ' ' << static_cast<int>(algorithm) << ' ' << ranks;
        }
}

TEST(AlphaBeta, ChargesTwoStepsAndTheBufferTwiceForFolding) {
    for (const Algorithm algorithm : {Algorithm::halving_doubling, Algorithm::recursive_doubling}) {
        CollectiveCall call{.kind = Collective::all_reduce, .algorithm = algorithm, .ranks = 16, .bytes = kMiB};
        const double whole = microseconds(call);
        call.ranks = 31;  // all but one have somebody folded into them: with fewer, waits overlap
        EXPECT_NEAR(microseconds(call), executed_microseconds(call), 1e-6);
        EXPECT_NEAR(microseconds(call) - whole, 2 * 5 + 2 * kMiB / 50e3, 1e-6);
    }
}

// Chains are exact in chunks too; trees, to first order: the form fills the pipeline before it drains it.
TEST(AlphaBeta, IsWhatAPipelineTakesOnAnIdealNetwork) {
    CollectiveCall call{.bytes = 64 * kMiB, .chunk_bytes = kMiB / 4};
    for (const std::uint32_t ranks : {12u, 16u, 64u, 127u}) {
        call.ranks = ranks;
        for (const Collective kind : {Collective::broadcast, Collective::reduce}) {
            call.kind = kind;
            call.algorithm = Algorithm::ring;
            EXPECT_NEAR(microseconds(call), executed_microseconds(call), 1e-6);
            call.algorithm = Algorithm::tree;
            EXPECT_NEAR(executed_microseconds(call) / microseconds(call), 0.98, 0.02);
        }
        call.kind = Collective::all_reduce;
        EXPECT_NEAR(executed_microseconds(call) / microseconds(call), 0.97, 0.03);
    }
    call.ranks = 128;
    call.ranks_per_node = 8;
    for (const std::uint32_t channels : {1u, 8u}) {
        call.channels = channels;
        EXPECT_NEAR(executed_microseconds(call) / microseconds(call), 0.95, 0.06);
    }
}

// One node: exact, S up in a GPU's port and two latencies. More: to first order, as of the trees.
TEST(AlphaBeta, SumsInSwitchesTakeTheBufferOnce) {
    CollectiveCall call{.algorithm = Algorithm::in_switch, .ranks = 8, .bytes = 56 * 1024, .ranks_per_node = 8};
    EXPECT_NEAR(microseconds(call), 2 * 1 + 56 * 1024 / 450e3, 1e-9);
    // The first of two trees hands on its results while the second one's parts are still on their way.
    EXPECT_NEAR(executed_microseconds(call), 2 * 1 + 56 * 1024 * 15 / 16 / 450e3, 1e-6);
    call.bytes = 64 * kMiB;
    call.chunk_bytes = kMiB / 4;
    for (const std::uint32_t nodes : {2u, 4u, 16u}) {
        call.ranks = 8 * nodes;
        EXPECT_NEAR(executed_microseconds(call) / microseconds(call), 1.0, 0.15) << nodes;
    }
    call.bytes = 0;
    EXPECT_NEAR(alpha_beta_seconds(call, {.alpha_s = 100}, {.alpha_s = 1}), 2 + 800, 1e-9);
}

// A pipeline's time tends to what the busiest rank sends: S in a chain or a rooted tree, 2S in an all-reduce's.
TEST(AlphaBeta, PipelinesTendToTheirBytes) {
    CollectiveCall call{.kind = Collective::broadcast, .ranks = 16, .bytes = kGiB, .chunk_bytes = 64 * kKiB};
    const double wire_us = kGiB / 50e3;
    EXPECT_NEAR(microseconds(call), wire_us + 15 * 5 + 14 * 65.536e3 / 50e3, 1e-6);
    call.algorithm = Algorithm::tree;
    EXPECT_NEAR(microseconds(call) / wire_us, 1, 0.01);
    call.kind = Collective::all_reduce;
    EXPECT_NEAR(microseconds(call) / wire_us, 2, 0.01);
    call.ranks = 1;
    EXPECT_EQ(microseconds(call), 0);
}

// NCCL's shape: 2 (g-1) steps inside and 2 log2 k across; 2S for each NIC, or an eighth if eight channels share them
// out.
TEST(AlphaBeta, ATreeOverNodesGoesThroughTheirChains) {
    CollectiveCall call{.kind = Collective::all_reduce, .algorithm = Algorithm::tree, .ranks = 128, .bytes = 0};
    call.ranks_per_node = 8;
    EXPECT_NEAR(alpha_beta_seconds(call, {.alpha_s = 100}, {.alpha_s = 1}), 14 + 800, 1e-9);
    call.bytes = kGiB;
    call.chunk_bytes = 1;
    const AlphaBeta free{.alpha_s = 0, .bytes_per_s = 1e30}, wire{.alpha_s = 0, .bytes_per_s = 1};
    EXPECT_NEAR(alpha_beta_seconds(call, wire, free), 2.0 * kGiB, 20);
    EXPECT_NEAR(alpha_beta_seconds(call, free, wire), 7.0 / 4 * kGiB, 20);
    call.channels = 8;
    EXPECT_NEAR(alpha_beta_seconds(call, wire, free), kGiB / 4.0, 20);
}

}  // namespace
}  // namespace lightloom
