// The shape of a fabric, taken from its parameters, is that of the fabric that a generator builds of them; and what the
// published systems of the same parameters have.
#include "scenarios/fabric.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "scenarios/scenario_files.hpp"
#include "tests/scenarios/scenario_reading.hpp"
#include "topologies/hardware.hpp"

namespace lightloom::test {
namespace {

Scenario scenario_of(const std::string& topology) {
    const auto parsed =
        parse("[topology]\n" + topology + "[workload]\nkind = \"permutation\"\n[run]\nuntil = \"1ms\"\n");
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

std::int64_t nodes_of(const Topology& t, NodeKind kind) {
    return std::ranges::count(t.nodes, kind, &Topology::Node::kind);
}

void expect_shape_of_what_is_built(const Scenario& scenario) {
    const FabricShape shape = shape_of(scenario);
    const Topology t = topology_of(scenario);
    EXPECT_EQ(shape.servers, nodes_of(t, NodeKind::server));
    EXPECT_EQ(shape.leaves, nodes_of(t, NodeKind::leaf));
    EXPECT_EQ(shape.spines, nodes_of(t, NodeKind::spine));
    EXPECT_EQ(shape.cores, nodes_of(t, NodeKind::core));
    EXPECT_EQ(shape.endpoints(), static_cast<std::int64_t>(t.endpoints.size()));
    EXPECT_EQ(shape.nics_per_gpu, t.endpoints[0].nics);
    EXPECT_EQ(shape.cables, static_cast<std::int64_t>(t.cables.size()));
    EXPECT_EQ(shape.leaf_down + shape.leaf_up, max_ports(t, NodeKind::leaf));
    EXPECT_EQ(shape.core_ports, max_ports(t, NodeKind::core));
    const Hardware hardware(t);
    std::size_t spine_ports = 0;
    std::int64_t pods = 0;
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        if (t.nodes[n].kind == NodeKind::spine) spine_ports = std::max(spine_ports, hardware.ports(NodeId{n}).size());
        if (t.nodes[n].pod != Topology::Node::kNoPod) pods = std::max<std::int64_t>(pods, t.nodes[n].pod + 1);
    }
    EXPECT_EQ(shape.spine_ports, static_cast<std::int64_t>(spine_ports));
    EXPECT_EQ(shape.pods, pods);
    std::map<std::string, std::int64_t> links;  // between two nodes, or of a server
    std::map<std::tuple<std::uint32_t, NodeId, NodeId>, std::int64_t> between;
    for (const Topology::Cable& cable : t.cables) {
        const NodeId lower = t.ports[cable.lower.value].node, upper = t.ports[cable.upper.value].node;
        const bool at_server = t.nodes[lower.value].kind == NodeKind::server;
        std::int64_t& most = links[t.tiers[cable.tier].name];
        const std::int64_t port =
            cable.lower.value - t.nodes[lower.value].first_port;  // a server's are numbered through
        most = std::max(most, at_server ? port + 1 : ++between[{cable.tier, lower, upper}]);
    }
    for (std::size_t i = 0; i < kTierKinds; ++i) {
        EXPECT_EQ(shape.has[i], links.contains(std::string(kTiers[i].name))) << kTiers[i].name;
        if (shape.has[i]) {
            EXPECT_EQ(shape.links[i], links[std::string(kTiers[i].name)]) << kTiers[i].name;
        }
    }
}

class Fabrics : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(
    Kinds, Fabrics,
    ::testing::Values(
        "servers = 6\nleaves = 3\nspines = 2\nlinks_per_pair = 2\ngpus_per_server = 4\n",
        "kind = \"rail-optimised\"\nservers = 8\nservers_per_unit = 4\nspines = 4\n",
        "kind = \"rail-optimised\"\nservers = 8\nservers_per_unit = 2\nspines = 16\ncores = 4\n"
        "links_per_core = 2\n",
        "kind = \"rail-optimised\"\nservers = 8\nservers_per_unit = 2\nspines = 32\ncores = 4\n"
        "units_per_group = 2\nlinks_per_pair = 2\n",
        "kind = \"folded-clos\"\npods = 3\nleaves_per_pod = 2\nspines_per_pod = 2\ncores = 4\n"
        "servers_per_leaf = 2\ngpus_per_server = 2\nleaf_spine_links = 3\n",
        "kind = \"folded-clos\"\npods = 4\nleaves_per_pod = 2\nspines_per_pod = 3\ncores = 6\n"
        "servers_per_leaf = 1\ngpus_per_server = 2\nbuildings = 2\nspine_core_links = 2\n",
        "kind = \"folded-clos\"\npods = 1\nleaves_per_pod = 2\nspines_per_pod = 3\nservers_per_leaf = 1\n",
        "kind = \"multi-plane\"\nsegments = 3\nservers_per_segment = 2\ngpus_per_server = 4\n"
        "spines_per_plane = 3\ncores_per_plane = 2\nlinks_per_core = 2\n",
        "kind = \"multi-plane\"\nsegments = 2\nservers_per_segment = 2\ngpus_per_server = 4\n"
        "rails = false\nplanes = false\nspines_per_plane = 3\n",
        "kind = \"ocs-pods\"\npods = 4\nleaves_per_pod = 2\nspines_per_pod = 2\nservers_per_leaf = 2\n"
        "circuits_per_spine = 3\n",
        "kind = \"ocs-pods\"\npods = 4\nleaves_per_pod = 2\nspines_per_pod = 2\nservers_per_leaf = 2\n"
        "states = 3\n",
        // Racks beside them
        "servers = 6\nleaves = 3\nspines = 2\ngpus_per_server = 4\n"
        "[scale_up]\nkind = \"nvlink\"\nservers = 3\nswitches = 9\n",
        "kind = \"rail-optimised\"\nservers = 8\nservers_per_unit = 4\nspines = 4\n"
        "[scale_up]\nkind = \"nvlink\"\nservers = 4\n",
        "kind = \"multi-plane\"\nsegments = 3\nservers_per_segment = 2\ngpus_per_server = 4\n"
        "spines_per_plane = 3\n[scale_up]\nkind = \"nvlink\"\nservers = 2\nswitches = 1\n"));

TEST_P(Fabrics, HaveTheShapeThatIsTakenFromTheirParameters) { expect_shape_of_what_is_built(scenario_of(GetParam())); }

TEST(AGraphOfTheUsers, HasTheShapeThatIsCounted) {
    auto input = load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/user-graph.toml").loaded.value();
    expect_shape_of_what_is_built(input.scenario);
    const FabricShape shape = shape_of(input.scenario);
    EXPECT_EQ(shape.servers, 16);
    EXPECT_EQ(shape.gpus_per_server, 4);
    EXPECT_EQ(shape.leaves, 16);
    EXPECT_EQ(shape.pods, 4);
    EXPECT_EQ(shape.cables, 16 * 4 + 32 * 2);
    EXPECT_EQ(shape.links[static_cast<std::size_t>(TierKind::leaf_spine)], 2);
}

// NVIDIA DGX SuperPOD reference architecture: nodes, leaves, spines and cables of 4 and 16 scalable units.
TEST(Fabric, OfScalableUnitsIsThatOfTheReferenceArchitecture) {
    const FabricShape four =
        shape_of(scenario_of("kind = \"rail-optimised\"\nservers = 128\nservers_per_unit = 32\n"
                             "spines = 16\nlinks_per_pair = 2\n"));
    EXPECT_EQ(four.leaves, 32);
    EXPECT_EQ(four.leaf_down, 32);
    EXPECT_EQ(four.leaf_up, 32);
    EXPECT_EQ(four.spine_ports, 64);
    EXPECT_EQ(four.cables, 1024 + 1024);
    const FabricShape sixteen =
        shape_of(scenario_of("kind = \"rail-optimised\"\nservers = 512\nservers_per_unit = 32\nspines = 128\n"
                             "links_per_pair = 2\ncores = 64\nlinks_per_core = 8\n"));
    EXPECT_EQ(sixteen.leaves, 128);
    EXPECT_EQ(sixteen.spine_ports, 64);
    EXPECT_EQ(sixteen.core_ports, 64);
    EXPECT_EQ(sixteen.cables, 3 * 4096);
}

TEST(Fabric, EveryTierHasTheRateThatItsTableSays) {
    Scenario scenario = scenario_of("servers = 2\nleaves = 2\nspines = 1\n");
    scenario.leaf_spine.rate = BitRate{800'000'000'000};
    for (const Topology::Tier& tier : topology_of(scenario).tiers)
        EXPECT_EQ(tier.rate.bit_rate().bits_per_second, tier.name == "leaf-spine" ? 800'000'000'000 : 400'000'000'000);
}

TEST(Fabric, KeysOfAnotherKindAreNamedWithTheKindsThatKnowThem) {
    EXPECT_EQ(errors_of(kLeast + "pods = 2\nspines_per_plane = 2\n"),
              (Errors{"s.toml:5:8: error: topology.pods: is no key of a leaf-spine fabric\n"
                      "    it belongs to folded-clos, ocs-pods",
                      "s.toml:6:20: error: topology.spines_per_plane: is no key of a leaf-spine fabric\n"
                      "    it belongs to multi-plane"}));
    EXPECT_EQ(errors_of("[topology]\nkind = \"ocs-pods\"\npods = 2\nleaves_per_pod = 1\nservers_per_leaf = 1\n"),
              Errors{"s.toml:1:2: error: topology.spines_per_pod: is missing\n"
                     "    it has no default: switches that join the leaves of a pod"});
}

TEST(Fabric, WhatAGeneratorWouldRefuseIsSaidByKey) {
    const auto first = [](const std::string& topology) {
        const auto errors = errors_of("[topology]\n" + topology);
        return errors.empty()
                   ? ""
                   : errors[0].substr(errors[0].find("topology."), errors[0].find('\n') - errors[0].find("topology."));
    };
    const std::string rail = "kind = \"rail-optimised\"\nservers_per_unit = 4\n";
    EXPECT_EQ(first(rail + "servers = 10\nspines = 2\n"),
              "topology.servers: 10 servers are no whole number of units of 4");
    EXPECT_EQ(first(rail + "servers = 8\nspines = 9\ncores = 2\n"),
              "topology.spines: 9 spines cannot be shared out to 8 groups");
    EXPECT_EQ(first(rail + "servers = 8\nspines = 16\ncores = 3\n"),
              "topology.cores: 3 cores cannot be shared out to the 2 spines of a rail");
    EXPECT_EQ(first(rail + "servers = 8\nspines = 8\nunits_per_group = 2\n"),
              "topology.units_per_group: groups are for three tiers");
    EXPECT_EQ(first(rail + "servers = 8\nspines = 8\ncores = 2\nunits_per_group = 3\n"),
              "topology.units_per_group: 2 units are no whole number of groups of 3");
    const std::string pods = "leaves_per_pod = 1\nspines_per_pod = 1\nservers_per_leaf = 1\n";
    EXPECT_EQ(first("kind = \"folded-clos\"\npods = 2\n" + pods), "topology.cores: nothing joins 2 pods");
    EXPECT_EQ(first("kind = \"folded-clos\"\npods = 2\nbuildings = 3\ncores = 1\n" + pods),
              "topology.buildings: 2 pods cannot be shared out to 3 buildings");
    EXPECT_EQ(first("kind = \"folded-clos\"\npods = 4\nbuildings = 3\ncores = 1\n" + pods),
              "topology.buildings: 4 pods cannot be shared out to 3 buildings");
    EXPECT_EQ(first("kind = \"ocs-pods\"\npods = 4\n" + pods),
              "topology.circuits_per_spine: one circuit of a spine in one state cannot join 4 pods");
    EXPECT_EQ(first("kind = \"ocs-pods\"\npods = 4\nstates = 9\n" + pods + "[run]\nuntil = \"1ms\"\n"),
              "topology.states: 4 pods meet in 3 different matchings");
    EXPECT_EQ(first("kind = \"folded-clos\"\npods = 2\nspines_per_pod = 3\ncores = 4\nleaves_per_pod = 1\n"
                    "servers_per_leaf = 1\n"),
              "topology.cores: 4 cores cannot be shared out to the 3 spines of a pod");
    EXPECT_EQ(first("kind = \"ocs-pods\"\npods = 1\n" + pods), "topology.pods: circuits have nothing to join");
    EXPECT_EQ(first("servers = 4\nleaves = 2\nspines = 2\nradix = { leaf = 17 }\n"),
              "topology.radix.leaf: a leaf would need 18 ports");
    EXPECT_EQ(first("servers = 4\nleaves = 2\nspines = 2\nradix = { leaf = 18, spine = 2 }\n"), "");
    EXPECT_EQ(first("servers = 4\nleaves = 4\nspines = 2\nradix = { spine = 3 }\n"),
              "topology.radix.spine: a spine would need 4 ports");
}

}  // namespace
}  // namespace lightloom::test
