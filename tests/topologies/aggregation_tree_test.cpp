// Trees of switches that add up: what must be true of each is asked of the cables, not of how it was found.
#include "topologies/aggregation_tree.hpp"

#include <gtest/gtest.h>

#include <set>

#include "topologies/builder.hpp"
#include "topologies/folded_clos.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/multi_plane.hpp"
#include "topologies/ocs_pods.hpp"
#include "topologies/rail_optimised.hpp"

namespace lightloom {
namespace {

Rate rate() { return *Rate::from({400'000'000'000}); }

std::vector<EndpointId> every(const Topology& topology, std::size_t step) {
    std::vector<EndpointId> gpus;
    for (std::size_t gpu = 0; gpu < topology.endpoints.size(); gpu += step) gpus.emplace_back(gpu);
    return gpus;
}

/// A parent before its children, by a cable of the child's that goes up to it; no switch or cable twice; each GPU's
/// leaf its own; no switch without anybody below.
void expect_tree(const Topology& t, const AggregationTree& tree, const std::vector<EndpointId>& gpus) {
    std::set<NodeId> nodes;
    std::set<CableId> cables;
    std::vector<bool> has_children(tree.switches.size(), false);
    for (std::uint32_t i = 0; i < tree.switches.size(); ++i) {
        const AggregationTree::Switch& one = tree.switches[i];
        EXPECT_TRUE(nodes.insert(one.node).second);
        if (i == 0) {
            EXPECT_EQ(one.parent, AggregationTree::kNone);
            continue;
        }
        ASSERT_LT(one.parent, i);
        has_children[one.parent] = true;
        const Topology::Port& up = t.ports[one.up.value];
        EXPECT_EQ(up.node, one.node);
        EXPECT_EQ(t.ports[up.peer.value].node, tree.switches[one.parent].node);
        EXPECT_EQ(t.cables[up.cable.value].lower, one.up);
        EXPECT_TRUE(cables.insert(up.cable).second);
    }
    ASSERT_EQ(tree.leaf_of.size(), gpus.size());
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        EXPECT_EQ(tree.switches[tree.leaf_of[i]].node, t.endpoints[gpus[i].value].leaf);
        has_children[tree.leaf_of[i]] = true;
    }
    for (const bool has : has_children) EXPECT_TRUE(has);
}

NodeKind kind_of_root(const Topology& t, const AggregationTree& tree) {
    return t.nodes[tree.switches.front().node.value].kind;
}

TEST(AggregationTree, OfOneLeafIsThatLeaf) {
    const Topology t =
        leaf_spine({.servers = 8, .gpus_per_server = 2, .leaves = 2, .spines = 2, .links_per_pair = 1, .rate = rate()});
    const std::vector<EndpointId> gpus{EndpointId{0}, EndpointId{1}, EndpointId{2}};
    const AggregationTree tree = aggregation_tree(t, gpus, 5);
    expect_tree(t, tree, gpus);
    EXPECT_EQ(tree.uplinks(), 0u);
    EXPECT_EQ(kind_of_root(t, tree), NodeKind::leaf);
}

TEST(AggregationTree, OfALeafSpineTakesACableOfEachLeafToARootByNumber) {
    const Topology t = leaf_spine(
        {.servers = 16, .gpus_per_server = 2, .leaves = 4, .spines = 3, .links_per_pair = 2, .rate = rate()});
    std::set<NodeId> roots;
    std::set<PortId> ups;
    for (std::uint32_t number = 0; number < 6; ++number) {
        const AggregationTree tree = aggregation_tree(t, every(t, 2), number);
        expect_tree(t, tree, every(t, 2));
        EXPECT_EQ(tree.uplinks(), 4u);
        EXPECT_EQ(kind_of_root(t, tree), NodeKind::spine);
        roots.insert(tree.switches.front().node);
        for (std::size_t i = 1; i < tree.switches.size(); ++i) ups.insert(tree.switches[i].up);
    }
    EXPECT_EQ(roots.size(), 3u);
    EXPECT_EQ(ups.size(), 4u * 3 * 2) << "six trees share out all cables";
}

TEST(AggregationTree, OfPodsGoesUpToACoreByOneSpineOfEach) {
    const Topology t = folded_clos({.pods = 4,
                                    .leaves_per_pod = 3,
                                    .spines_per_pod = 2,
                                    .cores = 4,
                                    .servers_per_leaf = 2,
                                    .gpus_per_server = 1,
                                    .rate = rate()});
    for (std::uint32_t number = 0; number < 5; ++number) {
        const AggregationTree tree = aggregation_tree(t, every(t, 1), number);
        expect_tree(t, tree, every(t, 1));
        EXPECT_EQ(kind_of_root(t, tree), NodeKind::core);
        EXPECT_EQ(tree.switches.size(), 1u + 4 + 12) << "a core, a spine of each pod, all leaves";
    }
    const std::vector<EndpointId> of_a_pod{EndpointId{0}, EndpointId{5}};
    const AggregationTree low = aggregation_tree(t, of_a_pod, 0);
    expect_tree(t, low, of_a_pod);
    EXPECT_EQ(kind_of_root(t, low), NodeKind::spine) << "no higher than it must";
}

TEST(AggregationTree, OfARailStaysInItsRailWhereThatHasSpines) {
    const Topology t = rail_optimised(
        {.servers = 8, .gpus_per_server = 4, .servers_per_unit = 4, .spines = 2, .links_per_pair = 1, .rate = rate()});
    const AggregationTree rail = aggregation_tree(t, every(t, 4), 0), all = aggregation_tree(t, every(t, 1), 0);
    expect_tree(t, rail, every(t, 4));
    expect_tree(t, all, every(t, 1));
    EXPECT_EQ(rail.switches.size(), 3u);
    EXPECT_EQ(all.switches.size(), 9u);
}

std::string complaint(const Topology& t) {
    try {
        aggregation_tree(t, every(t, 1), 0);
    } catch (const TopologyError& error) {
        return error.what();
    }
    return {};
}

TEST(AggregationTree, IsRefusedWhereNoSwitchIsAboveAllLeaves) {
    for (const std::int64_t states : {1, 3}) {
        const Topology pods = ocs_pods({.pods = 4,
                                        .leaves_per_pod = 2,
                                        .spines_per_pod = 2,
                                        .servers_per_leaf = 2,
                                        .gpus_per_server = 1,
                                        .circuits_per_spine = 3,
                                        .states = states,
                                        .rate = rate()});
        EXPECT_NE(complaint(pods).find("a switch above all 8 leaves"), std::string::npos) << complaint(pods);
    }
    const Topology planes = multi_plane({.segments = 2,
                                         .servers_per_segment = 2,
                                         .gpus_per_server = 1,
                                         .nics_per_gpu = 2,
                                         .rails = true,
                                         .planes = true,
                                         .spines_per_plane = 2,
                                         .links_per_pair = 1,
                                         .rate = rate()});
    EXPECT_NE(complaint(planes).find("NICs of 2 ports"), std::string::npos) << complaint(planes);
    TopologyBuilder ring;  // of three leaves
    const std::uint32_t tier = ring.add_tier("host-leaf", rate()), between = ring.add_tier("leaf-leaf", rate());
    std::vector<NodeId> leaves;
    for (int i = 0; i < 3; ++i) {
        const NodeId server = ring.add_server(1);
        leaves.push_back(ring.add_leaf());
        ring.connect(server, leaves.back(), tier);
    }
    for (std::size_t i = 0; i < 3; ++i) ring.connect(leaves[i], leaves[(i + 1) % 3], between);
    EXPECT_NE(complaint(ring.build()).find("a switch above all 3 leaves"), std::string::npos);
}

TEST(AggregationTree, MakesNoUseOfCircuits) {
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("host-leaf", rate()), up = builder.add_tier("leaf-spine", rate());
    std::vector<NodeId> leaves;
    for (int i = 0; i < 2; ++i) {
        const NodeId server = builder.add_server(1);
        leaves.push_back(builder.add_leaf());
        builder.connect(server, leaves.back(), tier);
    }
    const NodeId lit = builder.add_spine(), dark = builder.add_spine();
    for (const NodeId leaf : leaves) {
        builder.connect(leaf, lit, up);
        builder.connect_circuit(leaf, dark, up, 0);
    }
    const Topology t = builder.build();
    for (std::uint32_t number = 0; number < 4; ++number)
        EXPECT_EQ(aggregation_tree(t, every(t, 1), number).switches.front().node, lit);
}

TEST(AggregationTree, NumbersSwitchesBehindTheGpus) {
    const Topology t =
        leaf_spine({.servers = 4, .gpus_per_server = 2, .leaves = 2, .spines = 1, .links_per_pair = 1, .rate = rate()});
    for (std::size_t node = 0; node < t.nodes.size(); ++node) {
        EXPECT_TRUE(is_switch(t, as_endpoint(t, NodeId{node})));
        EXPECT_EQ(node_of(t, as_endpoint(t, NodeId{node})), NodeId{node});
    }
    for (std::size_t gpu = 0; gpu < t.endpoints.size(); ++gpu) {
        EXPECT_FALSE(is_switch(t, EndpointId{gpu}));
        EXPECT_EQ(node_of(t, EndpointId{gpu}), t.endpoints[gpu].server);
    }
}

}  // namespace
}  // namespace lightloom
