// Pods joined by circuits: the tournament that says who meets whom, and which cables are lit in which state.
#include "topologies/ocs_pods.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/routes.hpp"

namespace lightloom {
namespace {

OcsParameters small(std::int64_t pods, std::int64_t circuits, std::int64_t states) {
    return {.pods = pods,
            .leaves_per_pod = 2,
            .spines_per_pod = 2,
            .servers_per_leaf = 1,
            .gpus_per_server = 2,
            .circuits_per_spine = circuits,
            .states = states,
            .rate = k400G};
}

// What a round-robin tournament is: every pair meets exactly once, and nobody twice in a round.
TEST(OcsPods, MeetEachOtherOnceInATournament) {
    for (const std::uint32_t pods : {2u, 3u, 4u, 5u, 8u, 11u}) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> met;
        for (std::uint32_t round = 0; round < rounds_of(pods); ++round) {
            std::set<std::uint32_t> playing;
            for (const auto& pair : pods_that_meet(pods, round)) {
                EXPECT_LT(pair.first, pair.second);
                EXPECT_LT(pair.second, pods);
                EXPECT_TRUE(met.insert(pair).second) << pair.first << " and " << pair.second << " met before";
                EXPECT_TRUE(playing.insert(pair.first).second && playing.insert(pair.second).second);
            }
            EXPECT_EQ(playing.size(), pods / 2 * 2);
        }
        EXPECT_EQ(met.size(), std::size_t{pods} * (pods - 1) / 2);
    }
}

TEST(OcsPods, LightOneCablePerUplinkInEveryState) {
    const Topology t = ocs_pods(small(4, 2, 3));
    EXPECT_EQ(cables_of(t, "circuit"), 3u * 2 * 2 * 2) << "states, circuits, pairs of a round, spines";
    EXPECT_EQ(t.circuits.size(), cables_of(t, "circuit"));
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> lit;  // by state and spine
    for (const Topology::Circuit& circuit : t.circuits) {
        const Topology::Cable& cable = t.cables[circuit.cable.value];
        EXPECT_EQ(t.tiers[cable.tier].name, "circuit");
        const Topology::Node& a = t.nodes[t.ports[cable.lower.value].node.value];
        const Topology::Node& b = t.nodes[t.ports[cable.upper.value].node.value];
        EXPECT_EQ(a.index % 2, b.index % 2) << "spine j to spine j";
        EXPECT_LT(a.pod, b.pod);
        ++lit[{circuit.state, a.index}];
        ++lit[{circuit.state, b.index}];
    }
    EXPECT_EQ(lit.size(), 3u * 8);
    for (const auto& [at, count] : lit) EXPECT_EQ(count, 2) << "state " << at.first << ", spine " << at.second;
}

TEST(OcsPods, OfOneStateAreAlwaysLit) {
    const Topology t = ocs_pods(small(4, 3, 1));
    EXPECT_TRUE(t.circuits.empty());
    const Routes routes = equal_cost_routes(t);
    EXPECT_EQ(routes.next_hops(t.endpoints[0].leaf, 7).count, 2u) << "three circuits per spine reach every other pod";
}

TEST(OcsPods, RefuseWhatCannotBe) {
    const auto refusal = [](auto change) {
        OcsParameters p = small(4, 2, 3);
        change(p);
        return refusal_of([&] { ocs_pods(p); });
    };
    const std::string range = ": must be from 1 to 16777216", head = "a fabric of pods and circuits of ";
    EXPECT_EQ(refusal([](auto& p) { p.pods = 1; }), head + "1 pods: must be from 2 to 16777216");
    EXPECT_EQ(refusal([](auto& p) { p.leaves_per_pod = 0; }), head + "0 leaves per pod" + range);
    EXPECT_EQ(refusal([](auto& p) { p.spines_per_pod = 0; }), head + "0 spines per pod" + range);
    EXPECT_EQ(refusal([](auto& p) { p.servers_per_leaf = 0; }), head + "0 servers per leaf" + range);
    EXPECT_EQ(refusal([](auto& p) { p.gpus_per_server = 0; }), head + "0 GPUs per server" + range);
    EXPECT_EQ(refusal([](auto& p) { p.leaf_spine_links = 0; }), head + "0 leaf-spine links" + range);
    EXPECT_EQ(refusal([](auto& p) { p.circuits_per_spine = 0; }), head + "0 circuits per spine" + range);
    EXPECT_EQ(refusal([](auto& p) { p.states = 0; }), head + "0 states" + range);
    EXPECT_EQ(refusal([](auto& p) { p.states = 4; }),
              "a fabric of pods and circuits: 4 pods meet in 3 different matchings, not in 4 states");
    EXPECT_EQ(refusal([](auto& p) { p.states = p.circuits_per_spine = 1; }),
              "a fabric of pods and circuits: one circuit per spine in one state cannot join 4 pods");
    EXPECT_EQ(refusal([](auto& p) { p.circuits_per_spine = 1 << 24; }),
              head + "more than 16777216 ports is beyond the simulator");
}

}  // namespace
}  // namespace lightloom
