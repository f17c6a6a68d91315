// What is said of a fabric, against closed forms and the published figures of named systems.
#include "topologies/analysis.hpp"

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/folded_clos.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/multi_plane.hpp"
#include "topologies/ocs_pods.hpp"
#include "topologies/rail_optimised.hpp"

namespace lightloom {
namespace {

Topology clos(std::int64_t radix, std::int64_t cores) {
    const std::int64_t half = radix / 2;
    return folded_clos({.pods = radix,
                        .leaves_per_pod = half,
                        .spines_per_pod = half,
                        .cores = cores,
                        .servers_per_leaf = half,
                        .gpus_per_server = 1,
                        .rate = k400G});
}

// NVIDIA's DGX SuperPOD of 4 scalable units: 1,024 GPUs, 32 leaves, 16 spines.
Topology super_pod() {
    return rail_optimised({.servers = 128,
                           .gpus_per_server = 8,
                           .servers_per_unit = 32,
                           .spines = 16,
                           .links_per_pair = 2,
                           .rate = k400G});
}

// Alibaba's HPN pod (Qian et al., SIGCOMM 2024), with fewer segments.
Topology hpn(std::int64_t segments) {
    return multi_plane({.segments = segments,
                        .servers_per_segment = 128,
                        .gpus_per_server = 8,
                        .nics_per_gpu = 2,
                        .rails = true,
                        .planes = true,
                        .spines_per_plane = 60,
                        .links_per_pair = 1,
                        .cores_per_plane = 8,
                        .rate = k200G,
                        .uplink_rate = k400G});
}

Topology pods_and_circuits(std::int64_t circuits, std::int64_t states) {
    return ocs_pods({.pods = 4,
                     .leaves_per_pod = 2,
                     .spines_per_pod = 2,
                     .servers_per_leaf = 1,
                     .gpus_per_server = 2,
                     .circuits_per_spine = circuits,
                     .states = states,
                     .rate = k400G});
}

TEST(Counts, AreThoseOfTheTables) {
    const FabricCounts counts = counts_of(super_pod());
    EXPECT_EQ(counts.nodes, (std::array<std::uint64_t, kNodeKinds>{128, 32, 16, 0, 0}));
    EXPECT_EQ(counts.cables, (std::vector<std::uint64_t>{1024, 1024}));
    EXPECT_EQ(counts.endpoints, 1024u);
}

// Radix r: r/2 paths to the leaves of the pod, (r/2)^2 to all others (Al-Fares et al., SIGCOMM 2008).
TEST(Paths, OfAFoldedClosAreAsManyAsSpinesOrCores) {
    const PathStatistics paths = paths_between_leaves(clos(8, 16));
    EXPECT_EQ(paths.diameter, 4u);
    EXPECT_EQ(paths.fewest, 4u);
    EXPECT_EQ(paths.median, 16u);
    EXPECT_EQ(paths.most, 16u);
    EXPECT_EQ(paths.pairs, 32u * 31);
    EXPECT_EQ(paths.pairs_apart, 0u);
}

TEST(Paths, OverParallelCablesAreDifferentOnes) {
    const PathStatistics paths = paths_between_leaves(super_pod());
    EXPECT_EQ(paths.diameter, 2u);
    EXPECT_EQ(paths.fewest, 16u * 2 * 2);
    EXPECT_EQ(paths.most, 16u * 2 * 2);
}

TEST(Paths, DoNotJoinPlanes) {
    const PathStatistics paths = paths_between_leaves(hpn(2));
    EXPECT_EQ(paths.pairs_apart, 2u * 16 * 16) << "16 leaves in either plane";
    EXPECT_EQ(paths.fewest, 60u);
}

// The cut lies below the leaves or above them, whichever is narrower: min(NICs, uplinks) of half the leaves.
TEST(Bisection, OfALeafSpineIsTheClosedForm) {
    for (const std::int64_t spines : {1, 2, 3, 4, 5})
        for (const std::int64_t links : {1, 2}) {
            const Bisection b = bisection_of(leaf_spine({.servers = 8,
                                                         .gpus_per_server = 2,
                                                         .leaves = 4,
                                                         .spines = spines,
                                                         .links_per_pair = links,
                                                         .rate = k400G,
                                                         .uplink_rate = k200G}));
            EXPECT_EQ(b.injection.bits_per_second, 8 * 400'000'000'000);
            EXPECT_EQ(b.flow.bits_per_second,
                      std::min<std::int64_t>(8 * 400, 2 * spines * links * 200) * 1'000'000'000);
        }
}

TEST(Bisection, IsFullWhereNoTierIsOversubscribed) {
    EXPECT_DOUBLE_EQ(bisection_of(clos(8, 16)).share(), 1.0);
    EXPECT_DOUBLE_EQ(bisection_of(super_pod()).share(), 1.0);
    EXPECT_DOUBLE_EQ(bisection_of(pods_and_circuits(3, 1)).share(), 1.0)
        << "of a spine's three circuits two lead across";
    EXPECT_DOUBLE_EQ(bisection_of(rail_optimised({.servers = 512,  // 16 scalable units of DGX SuperPOD
                                                  .gpus_per_server = 8,
                                                  .servers_per_unit = 32,
                                                  .spines = 128,
                                                  .links_per_pair = 2,
                                                  .cores = 64,
                                                  .links_per_core = 8,
                                                  .rate = k400G}))
                         .share(),
                     1.0);
}

TEST(Injection, IsThatOfAllPortsOfANic) {
    const Injection two = injection_of(hpn(2)), one = injection_of(clos(8, 4));
    EXPECT_EQ(two.fewest_ports, 2u);
    EXPECT_EQ(two.most.bits_per_second, 400'000'000'000) << "2 x 200G";
    EXPECT_EQ(one.most_ports, 1u);
    EXPECT_EQ(one.least.bits_per_second, 400'000'000'000);
}

TEST(Bisection, IsThatOfTheNarrowestTier) {
    EXPECT_DOUBLE_EQ(bisection_of(clos(8, 4)).share(), 0.25) << "a quarter of the cores";
    EXPECT_DOUBLE_EQ(bisection_of(hpn(2)).share(), 24.0 / 25.6) << "60 x 400G up for 128 x 200G down";
}

TEST(Bisection, CountsACircuitForTheTimeItIsLit) {
    EXPECT_NEAR(bisection_of(pods_and_circuits(1, 3)).share(), 1.0 / 3, 1e-9)
        << "each spine's one circuit leads across in two of three states, for two NICs' traffic";
}

TEST(Bisection, RefusesAServerAlone) {
    EXPECT_EQ(
        refusal_of([] {
            bisection_of(leaf_spine(
                {.servers = 1, .gpus_per_server = 8, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = k400G}));
        }),
        "one server has no half");
}

// HPN: 1.067:1 at the leaves and 15:1 at the spines of a full pod of 15 segments.
TEST(Oversubscription, OfHpnIsThatOfThePaper) {
    const std::vector<Oversubscription> tiers = oversubscription_of(hpn(15));
    ASSERT_EQ(tiers.size(), 2u);
    EXPECT_EQ(tiers[0].kind, NodeKind::leaf);
    EXPECT_DOUBLE_EQ(tiers[0].ratio(), 25.6 / 24.0);
    EXPECT_EQ(tiers[1].kind, NodeKind::spine);
    EXPECT_DOUBLE_EQ(tiers[1].ratio(), 15.0);
}

TEST(Oversubscription, CountsACircuitForTheTimeItIsLit) {
    const std::vector<Oversubscription> tiers = oversubscription_of(pods_and_circuits(1, 3));
    ASSERT_EQ(tiers.size(), 2u);
    EXPECT_NEAR(tiers[1].ratio(), 2.0, 1e-9) << "two leaves below, one circuit above in every state";
}

TEST(Oversubscription, CountsCircuitsAsAbove) {
    const std::vector<Oversubscription> tiers = oversubscription_of(pods_and_circuits(4, 1));
    ASSERT_EQ(tiers.size(), 2u);
    EXPECT_DOUBLE_EQ(tiers[1].ratio(), 2.0 / 4);
}

BlastRadius loss_of(const Topology& t, const std::string& name) {
    for (const Failure& failure : single_failures(t))
        if (failure.name == name) return blast_radius(t, failure);
    ADD_FAILURE() << "no failure is called " << name;
    return {};
}

// With one port per NIC a rail leaf takes one NIC from each of its unit's 32 servers; a spine 1/16 of every uplink.
TEST(BlastRadius, OfASuperPod) {
    const Topology t = super_pod();
    const BlastRadius leaf = loss_of(t, "leaf 0"), spine = loss_of(t, "spine 0");
    EXPECT_EQ(leaf.cut_off, 32u);
    EXPECT_EQ(leaf.reduced, 0u);
    EXPECT_EQ(spine.cut_off, 0u);
    EXPECT_EQ(spine.reduced, 1024u);
    EXPECT_DOUBLE_EQ(spine.least_share, 15.0 / 16);
    EXPECT_EQ(loss_of(t, "server 0").cut_off, 8u);
    EXPECT_EQ(loss_of(t, "NIC 0").cut_off, 1u);
    EXPECT_EQ(loss_of(t, "host-leaf cable 0").cut_off, 1u);
    const std::string cable = "leaf-spine cable 256";  // the first one, after those of the unit's NICs
    EXPECT_EQ(loss_of(t, cable).reduced, 32u);
    EXPECT_DOUBLE_EQ(loss_of(t, cable).least_share, 31.0 / 32);
}

// HPN: 128 NICs keep 200G of 400G, and no GPU is cut off.
TEST(BlastRadius, OfALeafOfADualPlaneIsHalfABandwidth) {
    const Topology t = hpn(2);
    const BlastRadius leaf = loss_of(t, "leaf 0");
    EXPECT_EQ(leaf.cut_off, 0u);
    EXPECT_EQ(leaf.reduced, 128u);
    EXPECT_DOUBLE_EQ(leaf.least_share, 0.5);
    EXPECT_EQ(loss_of(t, "NIC 0").cut_off, 1u) << "both its ports";
    EXPECT_EQ(loss_of(t, "host-leaf cable 0").reduced, 1u);
}

// Meta's 24K cluster (Gangidi et al., SIGCOMM 2024): two servers of 8 GPUs under one leaf.
TEST(BlastRadius, OfALeafOverTwoServersIsSixteenGpus) {
    const Topology t =
        leaf_spine({.servers = 8, .gpus_per_server = 8, .leaves = 4, .spines = 4, .links_per_pair = 4, .rate = k400G});
    EXPECT_EQ(loss_of(t, "leaf 0").cut_off, 16u);
}

TEST(BlastRadius, OfACoreReachesThroughItsSpines) {
    const Topology t = clos(8, 16);
    const BlastRadius core = loss_of(t, "core 0");
    EXPECT_EQ(core.cut_off, 0u);
    EXPECT_EQ(core.reduced, t.endpoints.size());
    EXPECT_DOUBLE_EQ(core.least_share, 15.0 / 16);
    const BlastRadius spine = loss_of(t, "spine 0");
    EXPECT_EQ(spine.reduced, 16u) << "its pod";
    EXPECT_DOUBLE_EQ(spine.least_share, 3.0 / 4);
}

TEST(Dot, NamesNodesAndCountsParallelCables) {
    const std::string dot = dot_of(
        leaf_spine({.servers = 1, .gpus_per_server = 8, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = k400G}));
    EXPECT_EQ(dot,
              "graph G {\n0[label=\"server 0\"];\n1[label=\"leaf 0\"];\n2[label=\"spine 0\"];\n"
              "0--1 [label=\"8\"];\n1--2 ;\n}\n");
}

}  // namespace
}  // namespace lightloom
