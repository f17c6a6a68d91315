// Racks with scale-up switches beside a fabric: published counts, which port ends where, and what stays as it was.
#include "topologies/scale_up_racks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/folded_clos.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/multi_plane.hpp"
#include "topologies/ocs_pods.hpp"
#include "topologies/partition_bonds.hpp"
#include "topologies/partition_plan.hpp"
#include "topologies/rail_optimised.hpp"
#include "topologies/routes.hpp"

namespace lightloom {
namespace {

// Racks of NVL72 on rails: 18 servers of 4 GPUs each.
Topology rails(std::int64_t racks) {
    return rail_optimised({.servers = 18 * racks,
                           .gpus_per_server = 4,
                           .servers_per_unit = 18,
                           .spines = 4,
                           .links_per_pair = 1,
                           .rate = k400G});
}
Topology nvl72(std::int64_t racks) {
    return with_scale_up_racks(rails(racks), {.servers = 18, .switches = 18, .rate = k400G});
}

// Small fabrics of every kind, of 8 servers each.
std::vector<Topology> fabrics() {
    return {
        leaf_spine({.servers = 8, .gpus_per_server = 2, .leaves = 4, .spines = 2, .links_per_pair = 1, .rate = k400G}),
        rail_optimised({.servers = 8,
                        .gpus_per_server = 2,
                        .servers_per_unit = 2,
                        .spines = 4,
                        .links_per_pair = 1,
                        .rate = k400G}),
        folded_clos({.pods = 2,
                     .leaves_per_pod = 2,
                     .spines_per_pod = 2,
                     .cores = 4,
                     .servers_per_leaf = 2,
                     .gpus_per_server = 2,
                     .rate = k400G}),
        multi_plane({.segments = 2,
                     .servers_per_segment = 4,
                     .gpus_per_server = 2,
                     .nics_per_gpu = 2,
                     .rails = true,
                     .planes = true,
                     .spines_per_plane = 2,
                     .links_per_pair = 1,
                     .rate = k200G}),
        ocs_pods({.pods = 2,
                  .leaves_per_pod = 2,
                  .spines_per_pod = 2,
                  .servers_per_leaf = 2,
                  .gpus_per_server = 2,
                  .leaf_spine_links = 1,
                  .circuits_per_spine = 2,
                  .states = 1,
                  .rate = k400G})};
}

// Source: NVIDIA GB200 NVL72: 72 GPUs with 18 NVLink 5 ports of 50 GB/s each way, 18 switch chips of 72 ports, 9 trays.
TEST(ScaleUpRacks, OfTheShapeOfNvl72HaveItsCounts) {
    for (const std::int64_t racks : {1, 2, 4}) {
        const Topology t = nvl72(racks);
        const auto count = static_cast<std::size_t>(racks);
        EXPECT_EQ(t.endpoints.size(), 72 * count);
        EXPECT_EQ(nodes_of(t, NodeKind::scale_up), 18 * count);
        EXPECT_EQ(cables_of(t, "scale-up"), 1'296 * count);
        EXPECT_EQ(cables_of(t, "host-leaf"), 72 * count);
        EXPECT_EQ(max_ports(t, NodeKind::scale_up), 72u);
        EXPECT_EQ(max_ports(t, NodeKind::server), 4u + 72);
    }
}

TEST(ScaleUpRacks, GiveEveryGpuAPortToEachSwitchOfItsRack) {
    const Topology t = nvl72(2);
    for (std::size_t e = 0; e < t.endpoints.size(); ++e) {
        const Topology::Endpoint& endpoint = t.endpoints[e];
        ASSERT_EQ(endpoint.scale_ups, 18u);
        for (std::uint32_t i = 0; i < 18; ++i) {
            const Topology::Port& port = t.ports[endpoint.scale_up.value + i];
            const Topology::Port& peer = t.ports[port.peer.value];
            const Topology::Node& node = t.nodes[peer.node.value];
            EXPECT_EQ(port.node, endpoint.server);
            EXPECT_EQ(node.kind, NodeKind::scale_up);
            EXPECT_EQ(node.index, e / 72 * 18 + i);
            EXPECT_EQ(port.peer.value - node.first_port, e % 72) << "GPUs in their order";
        }
    }
    EXPECT_TRUE(share_scale_up(t, t.endpoints[0], t.endpoints[71]));
    EXPECT_FALSE(share_scale_up(t, t.endpoints[71], t.endpoints[72]));
    const Topology plain = rails(1);
    EXPECT_FALSE(share_scale_up(plain, plain.endpoints[0], plain.endpoints[1]));
}

TEST(ScaleUpRacks, LeaveTheFabricAndItsRoutesAsTheyWere) {
    for (const Topology& before : fabrics()) {
        const Topology t = with_scale_up_racks(before, {.servers = 4, .switches = 3, .rate = k200G});
        ASSERT_EQ(t.nodes.size(), before.nodes.size() + 6);
        ASSERT_EQ(t.cables.size(), before.cables.size() + before.endpoints.size() * 3);
        ASSERT_EQ(t.endpoints.size(), before.endpoints.size());
        EXPECT_EQ(t.circuits.size(), before.circuits.size());
        const Routes routes = equal_cost_routes(t), expected = equal_cost_routes(before);
        for (std::size_t n = 0; n < t.nodes.size(); ++n) {
            if (n >= before.nodes.size()) {
                EXPECT_EQ(t.nodes[n].kind, NodeKind::scale_up);
                EXPECT_EQ(routes.role_of_node[n], UINT32_MAX) << "nothing but a rack's own is passed on";
                continue;
            }
            EXPECT_EQ(t.nodes[n].kind, before.nodes[n].kind);
            EXPECT_EQ(t.nodes[n].index, before.nodes[n].index);
            EXPECT_EQ(t.nodes[n].pod, before.nodes[n].pod);
            EXPECT_EQ(routes.role_of_node[n], expected.role_of_node[n]);
        }
        EXPECT_EQ(routes.ports, expected.ports);
        for (std::size_t c = 0; c < before.cables.size(); ++c) {
            const auto ends = [c](const Topology& of) {
                const Topology::Cable& cable = of.cables[c];
                return std::tuple(of.port_name(cable.lower), of.port_name(cable.upper), cable.tier);
            };
            EXPECT_EQ(ends(t), ends(before));
        }
    }
}

TEST(ScaleUpRacks, BelongToAPodIfTheyStandInOne) {
    const Topology clos = fabrics()[2];
    const Topology halves = with_scale_up_racks(clos, {.servers = 4, .switches = 2, .rate = k400G});
    const Topology all = with_scale_up_racks(clos, {.servers = 8, .switches = 2, .rate = k400G});
    std::vector<std::uint32_t> pods;
    for (std::size_t n = clos.nodes.size(); n < halves.nodes.size(); ++n) pods.push_back(halves.nodes[n].pod);
    EXPECT_EQ(pods, (std::vector<std::uint32_t>{0, 0, 1, 1}));
    EXPECT_EQ(all.nodes.back().pod, Topology::Node::kNoPod);
}

TEST(ScaleUpRacks, AreNotCutByAPlan) {
    for (const Topology& fabric : fabrics()) {
        const Topology t = with_scale_up_racks(fabric, {.servers = 4, .switches = 3, .rate = k200G});
        std::vector<bool> bonded;
        for (const Topology::Cable& cable : t.cables) bonded.push_back(t.tiers[cable.tier].name == "scale-up");
        for (const std::uint32_t partitions : {2u, 3u, 4u, 8u, 16u}) {
            const PartitionPlan plan = keep_bonds(plan_partitions(t, partitions), t, bonded);
            EXPECT_GE(plan.partitions, 2u);
            std::set<std::uint16_t> used;
            for (const Topology::Endpoint& endpoint : t.endpoints) used.insert(plan.of_node[endpoint.server.value]);
            EXPECT_EQ(used.size(), 2u) << "a rack each";
            for (std::size_t c = 0; c < t.cables.size(); ++c) {
                const Topology::Cable& cable = t.cables[c];
                const auto of = [&](PortId port) { return plan.of_node[t.ports[port.value].node.value]; };
                EXPECT_FALSE(bonded[c] && of(cable.lower) != of(cable.upper)) << c << " of " << partitions;
            }
        }
    }
}

TEST(ScaleUpRacks, RefuseWhatDoesNotFit) {
    const Topology fabric = fabrics()[0];
    const auto refusal = [](const Topology& t, ScaleUpRacks racks) {
        return refusal_of([&] { with_scale_up_racks(t, racks); });
    };
    EXPECT_NE(refusal(fabric, {.servers = 3, .switches = 2, .rate = k400G}).find("servers per rack"),
              std::string::npos);
    EXPECT_NE(refusal(fabric, {.servers = 0, .switches = 2, .rate = k400G}).find("servers per rack"),
              std::string::npos);
    EXPECT_NE(refusal(fabric, {.servers = 4, .switches = 0, .rate = k400G}).find("switches"), std::string::npos);
    const Topology racks = with_scale_up_racks(fabric, {.servers = 4, .switches = 2, .rate = k400G});
    EXPECT_NE(refusal(racks, {.servers = 4, .switches = 2, .rate = k400G}).find("already"), std::string::npos);
}

}  // namespace
}  // namespace lightloom
