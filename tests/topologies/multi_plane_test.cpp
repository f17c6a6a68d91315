// NICs with two ports: Alibaba's HPN pod by its published counts, and which port ends where.
#include "topologies/multi_plane.hpp"

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/routes.hpp"

namespace lightloom {
namespace {

// Two segments of two servers of two GPUs with two ports each; leaf s * 4 + g * 2 + p.
PlaneParameters small() {
    return {.segments = 2,
            .servers_per_segment = 2,
            .gpus_per_server = 2,
            .nics_per_gpu = 2,
            .rails = true,
            .planes = true,
            .spines_per_plane = 3,
            .links_per_pair = 1,
            .rate = k200G};
}

// Source: Qian et al., Alibaba HPN: A Data Center Network for Large Language Model Training, SIGCOMM 2024, sections
// 5-7.
TEST(MultiPlane, OfTheShapeOfHpnHasItsCounts) {
    const Topology t = multi_plane({.segments = 15,
                                    .servers_per_segment = 128,
                                    .gpus_per_server = 8,
                                    .nics_per_gpu = 2,
                                    .rails = true,
                                    .planes = true,
                                    .spines_per_plane = 60,
                                    .links_per_pair = 1,
                                    .cores_per_plane = 8,
                                    .links_per_core = 1,
                                    .rate = k200G,
                                    .uplink_rate = k400G});
    EXPECT_EQ(t.endpoints.size(), 15'360u);
    EXPECT_EQ(nodes_of(t, NodeKind::leaf), 240u) << "16 per segment";
    EXPECT_EQ(nodes_of(t, NodeKind::spine), 120u);
    EXPECT_EQ(cables_of(t, "host-leaf"), 2u * 15'360);
    EXPECT_EQ(max_ports(t, NodeKind::leaf), 128u + 60);
    EXPECT_EQ(max_ports(t, NodeKind::spine), 120u + 8) << "15:1 to the core";
}

TEST(MultiPlane, TakesThePortsOfANicToDifferentLeaves) {
    const Topology t = multi_plane(small());
    for (std::size_t e = 0; e < t.endpoints.size(); ++e) {
        const Topology::Endpoint& endpoint = t.endpoints[e];
        const std::size_t server = e / 2, gpu = e % 2;
        ASSERT_EQ(endpoint.nics, 2u);
        for (std::uint32_t port = 0; port < 2; ++port) {
            const Topology::Attachment at = t.attachment(endpoint, port);
            EXPECT_EQ(at.nic.value, t.nodes[endpoint.server.value].first_port + gpu * 2 + port);
            EXPECT_EQ(t.nodes[at.leaf.value].index, server / 2 * 4 + gpu * 2 + port);
            EXPECT_EQ(at.down, server % 2);
        }
        EXPECT_EQ(t.attachment(endpoint, 0).leaf, endpoint.leaf);
    }
}

TEST(MultiPlane, KeepsThePlanesApartAboveTheLeaves) {
    const Topology t = multi_plane(small());
    ASSERT_EQ(nodes_of(t, NodeKind::spine), 6u);
    for (const Topology::Cable& cable : t.cables) {
        const Topology::Node& lower = t.nodes[t.ports[cable.lower.value].node.value];
        const Topology::Node& upper = t.nodes[t.ports[cable.upper.value].node.value];
        if (upper.kind != NodeKind::spine) continue;
        EXPECT_EQ(lower.index % 2, upper.index / 3);
    }
}

TEST(MultiPlane, WithoutPlanesJoinsEveryLeafToEverySpine) {
    PlaneParameters p = small();
    p.planes = false;
    const Topology t = multi_plane(p);
    EXPECT_EQ(nodes_of(t, NodeKind::spine), 3u);
    EXPECT_EQ(cables_of(t, "leaf-spine"), 8u * 3);
    EXPECT_EQ(equal_cost_routes(t).sets.size(), 2u * 8);
}

TEST(MultiPlane, WithoutRailsHasALeafPerPort) {
    PlaneParameters p = small();
    p.rails = false;
    const Topology t = multi_plane(p);
    EXPECT_EQ(nodes_of(t, NodeKind::leaf), 4u);
    EXPECT_EQ(t.endpoints[0].leaf, t.endpoints[3].leaf);
    EXPECT_EQ(t.endpoints[3].down, 3u) << "behind it, the endpoints of the segment in their order";
}

TEST(MultiPlane, RefusesWhatCannotBe) {
    const auto refusal = [](auto change) {
        PlaneParameters p = small();
        change(p);
        return refusal_of([&] { multi_plane(p); });
    };
    const std::string range = ": must be from 1 to 16777216", head = "a multi-plane fabric of ";
    EXPECT_EQ(refusal([](auto& p) { p.segments = 0; }), head + "0 segments" + range);
    EXPECT_EQ(refusal([](auto& p) { p.servers_per_segment = 0; }), head + "0 servers per segment" + range);
    EXPECT_EQ(refusal([](auto& p) { p.gpus_per_server = 0; }), head + "0 GPUs per server" + range);
    EXPECT_EQ(refusal([](auto& p) { p.nics_per_gpu = 0; }), head + "0 NICs per GPU" + range);
    EXPECT_EQ(refusal([](auto& p) { p.spines_per_plane = 0; }), head + "0 spines per plane" + range);
    EXPECT_EQ(refusal([](auto& p) { p.links_per_pair = 0; }), head + "0 links per pair" + range);
    EXPECT_EQ(refusal([](auto& p) { p.cores_per_plane = -1; }),
              head + "-1 cores per plane: must be from 0 to 16777216");
    EXPECT_EQ(refusal([](auto& p) { p.links_per_core = 0; }), head + "0 links per core" + range);
    EXPECT_EQ(refusal([](auto& p) { p.segments = p.servers_per_segment = 1 << 24; }),
              head + "more than 16777216 ports is beyond the simulator");
}

}  // namespace
}  // namespace lightloom
