// Leaf-spine fabrics: counts, the order of ids and ports that everything later relies on, and what is refused.
#include "topologies/leaf_spine.hpp"

#include <gtest/gtest.h>

#include "topologies/graph.hpp"
#include "topologies/routes.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

const Rate k400G = *Rate::from({400'000'000'000});

LeafSpineParameters parameters(std::int64_t servers, std::int64_t gpus, std::int64_t leaves, std::int64_t spines,
                               std::int64_t links_per_pair) {
    return {servers, gpus, leaves, spines, links_per_pair, k400G};
}

std::string refusal(const LeafSpineParameters& p) {
    try {
        leaf_spine(p);
    } catch (const TopologyError& error) {
        return error.what();
    }
    return "accepted";
}

// Servers 0 1 | leaf 0 | servers 2 3 | leaf 1 | spines 0 1 2, two GPUs each, two cables per pair.
const Topology& small() {
    static const Topology t = leaf_spine(parameters(4, 2, 2, 3, 2));
    return t;
}

TEST(LeafSpine, HasTheCountsThatWereAskedFor) {
    const Topology t = leaf_spine(parameters(32, 8, 8, 4, 8));
    EXPECT_EQ(t.nodes.size(), 32u + 8 + 4);
    EXPECT_EQ(t.endpoints.size(), 256u);
    EXPECT_EQ(t.cables.size(), 256u + 8 * 4 * 8);
    EXPECT_EQ(t.ports.size(), 2 * t.cables.size());
    ASSERT_EQ(t.tiers.size(), 2u);
    EXPECT_EQ(t.tiers[0].name, "host-leaf");
    EXPECT_EQ(t.tiers[1].name, "leaf-spine");
    EXPECT_EQ(t.tiers[1].rate, k400G);
    for (const Topology::Node& node : t.nodes) {
        switch (node.kind) {
            case NodeKind::server: EXPECT_EQ(node.ports, 8u); break;
            case NodeKind::leaf: EXPECT_EQ(node.ports, 32u + 32u); break;
            case NodeKind::spine: EXPECT_EQ(node.ports, 64u); break;
            case NodeKind::core:
            case NodeKind::scale_up: ADD_FAILURE() << "a leaf-spine has none"; break;
        }
    }
}

TEST(LeafSpine, NumbersNodesRackByRackThenSpines) {
    std::vector<std::string> names;
    for (std::size_t n = 0; n < small().nodes.size(); ++n) names.push_back(small().node_name(NodeId{n}));
    EXPECT_EQ(names, (std::vector<std::string>{"server 0", "server 1", "leaf 0", "server 2", "server 3", "leaf 1",
                                               "spine 0", "spine 1", "spine 2"}));
}

TEST(LeafSpine, OrdersThePortsOfALeafDownThenSpineBySpine) {
    std::vector<std::string> names;
    const Topology::Node& leaf = small().nodes[5];
    for (std::uint32_t p = 0; p < leaf.ports; ++p)
        names.push_back(small().port_name(PortId{std::size_t{leaf.first_port} + p}));
    EXPECT_EQ(names, (std::vector<std::string>{"leaf 1 port 0 -> server 2", "leaf 1 port 1 -> server 2",
                                               "leaf 1 port 2 -> server 3", "leaf 1 port 3 -> server 3",
                                               "leaf 1 port 4 -> spine 0", "leaf 1 port 5 -> spine 0",
                                               "leaf 1 port 6 -> spine 1", "leaf 1 port 7 -> spine 1",
                                               "leaf 1 port 8 -> spine 2", "leaf 1 port 9 -> spine 2"}));
}

TEST(LeafSpine, OrdersThePortsOfASpineLeafByLeaf) {
    const Topology::Node& spine = small().nodes[7];
    ASSERT_EQ(spine.ports, 4u);
    for (std::uint32_t p = 0; p < spine.ports; ++p) {
        const Topology::Port& port = small().ports[spine.first_port + p];
        EXPECT_EQ(small().node_name(small().ports[port.peer.value].node), p < 2 ? "leaf 0" : "leaf 1");
    }
}

TEST(LeafSpine, OrdersEndpointsByServerWithTheirDownPortsInStep) {
    ASSERT_EQ(small().endpoints.size(), 8u);
    for (std::size_t e = 0; e < 8; ++e) {
        const Topology::Endpoint& endpoint = small().endpoints[e];
        EXPECT_EQ(small().nodes[endpoint.server.value].index, e / 2);
        EXPECT_EQ(small().nodes[endpoint.leaf.value].index, e / 4);
        EXPECT_EQ(endpoint.down, e % 4);
        EXPECT_EQ(small().ports[endpoint.nic.value].peer.value,
                  small().nodes[endpoint.leaf.value].first_port + endpoint.down);
    }
}

TEST(LeafSpine, CablesKnowWhichEndIsNearerToTheServers) {
    for (const Topology::Cable& cable : small().cables) {
        const auto kind = [&](PortId port) { return small().nodes[small().ports[port.value].node.value].kind; };
        EXPECT_EQ(kind(cable.lower), cable.tier == 0 ? NodeKind::server : NodeKind::leaf);
        EXPECT_EQ(kind(cable.upper), cable.tier == 0 ? NodeKind::leaf : NodeKind::spine);
    }
}

TEST(LeafSpine, SurvivesTheWayToAGraphAndBack) {
    const Topology again = tables_of(graph_of(small()), small().tiers);
    ASSERT_EQ(again.ports.size(), small().ports.size());
    for (std::size_t p = 0; p < again.ports.size(); ++p) {
        EXPECT_EQ(again.ports[p].node, small().ports[p].node);
        EXPECT_EQ(again.ports[p].peer, small().ports[p].peer);
        EXPECT_EQ(again.ports[p].cable, small().ports[p].cable);
    }
    for (std::size_t c = 0; c < again.cables.size(); ++c) EXPECT_EQ(again.cables[c].lower, small().cables[c].lower);
}

TEST(LeafSpine, OfSixteenThousandHostsIsBuiltAndRouted) {
    const Topology t = leaf_spine(parameters(2048, 8, 256, 64, 1));
    EXPECT_EQ(t.endpoints.size(), 16'384u);
    EXPECT_EQ(t.cables.size(), 16'384u + 256 * 64);
    const Routes routes = equal_cost_routes(t);
    EXPECT_EQ(routes.sets.size(), 2u * 256) << "one row for all leaves, one for all spines";
    EXPECT_EQ(routes.ports.size(), 64u + 256) << "each list of ports is stored once";
}

TEST(LeafSpine, RefusesWhatCannotBe) {
    EXPECT_EQ(refusal(parameters(33, 8, 8, 4, 1)), "33 servers cannot be shared out equally among 8 leaves");
    EXPECT_EQ(refusal(parameters(0, 8, 8, 4, 1)), "a leaf-spine of 0 servers: must be from 1 to 16777216");
    EXPECT_EQ(refusal(parameters(32, -1, 8, 4, 1)), "a leaf-spine of -1 GPUs per server: must be from 1 to 16777216");
    EXPECT_EQ(refusal(parameters(32, 8, 0, 4, 1)), "a leaf-spine of 0 leaves: must be from 1 to 16777216");
    EXPECT_EQ(refusal(parameters(32, 8, 8, 0, 1)), "a leaf-spine of 0 spines: must be from 1 to 16777216");
    EXPECT_EQ(refusal(parameters(32, 8, 8, 4, 0)), "a leaf-spine of 0 links per pair: must be from 1 to 16777216");
    EXPECT_EQ(refusal(parameters(INT64_MAX, 8, 8, 4, 1)),
              "a leaf-spine of 9223372036854775807 servers: must be from 1 to 16777216");
}

TEST(LeafSpine, RefusesMoreThanIdsCanCountWithoutBuildingIt) {
    const std::int64_t most = 1 << 24;
    EXPECT_EQ(refusal(parameters(most, most, most, most, most)),
              "a leaf-spine of more than 16777216 ports is beyond the simulator");
}

TEST(LeafSpine, OfOneRackAndOneSpineIsStillAFabric) {
    const Topology t = leaf_spine(parameters(1, 1, 1, 1, 1));
    EXPECT_EQ(t.nodes.size(), 3u);
    EXPECT_EQ(equal_cost_routes(t).next_hops(NodeId{std::size_t{2}}, 0).count, 1u);
}

}  // namespace
}  // namespace lightloom
