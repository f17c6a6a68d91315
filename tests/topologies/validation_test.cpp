// Each test breaks one thing in a good topology, and expects the sentence that names it.
#include "topologies/validation.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "topologies/builder.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

const Rate k400G = *Rate::from({400'000'000'000});

// Ids: server 0 is node 0 with port 0, leaf 0 is node 1 with ports 1 2, server 1, leaf 1, and spine 0 is node 4.
std::string complaint(const std::function<void(Topology&)>& sabotage) {
    Topology t =
        leaf_spine({.servers = 2, .gpus_per_server = 1, .leaves = 2, .spines = 1, .links_per_pair = 1, .rate = k400G});
    sabotage(t);
    try {
        validate(t);
    } catch (const TopologyError& error) {
        return error.what();
    }
    return "valid";
}

std::string complaint(const TopologyBuilder& builder) {
    try {
        builder.build();
    } catch (const TopologyError& error) {
        return error.what();
    }
    return "valid";
}

TEST(Validation, AcceptsWhatTheGeneratorMakes) {
    EXPECT_EQ(complaint([](Topology&) {}), "valid");
}

TEST(Validation, RefusesAsymmetricPeers) {
    EXPECT_EQ(complaint([](Topology& t) { t.ports[2].peer = PortId{std::size_t{0}}; }),
              "leaf 0 port 1 -> server 0: the port at the other end has another peer");
}

TEST(Validation, RefusesAPortWithoutPeer) {
    EXPECT_EQ(complaint([](Topology& t) { t.ports[2].peer = {}; }), "port 2 of the fabric is not connected");
    EXPECT_EQ(complaint([](Topology& t) { t.ports[2].cable = {}; }), "port 2 of the fabric is not connected");
}

TEST(Validation, RefusesPortsThatAreNotConsecutive) {
    EXPECT_EQ(complaint([](Topology& t) { ++t.nodes[1].first_port; }),
              "leaf 0 has its first port at 2, but the ports before it end at 1");
    EXPECT_EQ(complaint([](Topology& t) { t.ports[2].node = NodeId{std::size_t{4}}; }),
              "port 2 lies among those of leaf 0 but belongs elsewhere");
    EXPECT_EQ(complaint([](Topology& t) { t.ports.pop_back(); }), "the nodes have 8 ports, but there are 7");
}

TEST(Validation, RefusesKindsThatAreNotNumberedInOrder) {
    EXPECT_EQ(complaint([](Topology& t) { t.nodes[3].index = 5; }),
              "node 3 is called leaf 5, which is not the next of its kind");
}

TEST(Validation, RefusesACableWithOtherEnds) {
    EXPECT_EQ(complaint([](Topology& t) { std::swap(t.cables[0], t.cables[2]); }),
              "server 0 port 0 -> leaf 0: cable 0 has other ends");
    EXPECT_EQ(complaint([](Topology& t) { t.cables[0].tier = 7; }),
              "server 0 port 0 -> leaf 0: its cable is of no known tier");
    EXPECT_EQ(complaint([](Topology& t) { t.cables.push_back(t.cables.back()); }), "5 cables have 8 ends");
}

TEST(Validation, RefusesAnEndpointThatIsNotBehindItsLeaf) {
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[1].down = 1; }),
              "endpoint 1 names another port than the one its NIC is connected to");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[1].nic = PortId{std::size_t{1}}; }),
              "endpoint 1: its NIC is a port of leaf 0, not of its server");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[1].nic = {}; }), "endpoint 1 has no NIC");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints.clear(); }), "the fabric has no server, so nobody to send");
}

TEST(Validation, RefusesEndpointsThatDoNotShareOutThePorts) {
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[1].nics = 0; }), "endpoint 1 has no NIC");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[0].nics = 2; }),
              "endpoint 0: its NIC is a port of leaf 0, not of its server");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints[1] = t.endpoints[0]; }),
              "endpoint 1 has a NIC that lies among the ports of the endpoint before it");
    EXPECT_EQ(complaint([](Topology& t) { t.endpoints.pop_back(); }), "some server's port is no endpoint's NIC");
}

TEST(Validation, RefusesCircuitsOfNoCableOrInDisorder) {
    EXPECT_EQ(complaint([](Topology& t) {
                  t.circuits = {{CableId{std::size_t{4}}, 0}};
              }),
              "circuit 0 is of a cable that does not exist");
    EXPECT_EQ(complaint([](Topology& t) {
                  t.circuits = {{CableId{std::size_t{2}}, 0}, {CableId{std::size_t{2}}, 1}};
              }),
              "circuit 1 is not in the order of the cables");
}

class Building : public ::testing::Test {
protected:
    TopologyBuilder builder;
    const std::uint32_t tier = builder.add_tier("any", k400G);
};

TEST_F(Building, RefusesAServerOnASpine) {
    const NodeId server = builder.add_server(1), spine = builder.add_spine();
    builder.connect(server, spine, tier);
    EXPECT_EQ(complaint(builder), "server 0 port 0 -> spine 0: a NIC must be connected to a leaf");
}

TEST_F(Building, RefusesAFabricInTwoPieces) {
    for (int piece = 0; piece < 2; ++piece) {
        const NodeId server = builder.add_server(1), leaf = builder.add_leaf();
        builder.connect(server, leaf, tier);
    }
    EXPECT_EQ(complaint(builder), "there is no path from server 0 to server 1");
}

TEST_F(Building, RefusesACableFromANodeToItself) {
    const NodeId server = builder.add_server(1), leaf = builder.add_leaf();
    builder.connect(server, leaf, tier);
    builder.connect(leaf, leaf, tier);
    EXPECT_EQ(complaint(builder), "leaf 0 port 1 -> leaf 0: a cable from a node to itself");
}

TEST_F(Building, RefusesAGpuWithoutACableAndACableWithoutAGpu) {
    const NodeId server = builder.add_server(8), leaf = builder.add_leaf();
    builder.connect(server, leaf, tier, 7);
    EXPECT_EQ(complaint(builder), "server 0 has 8 GPUs but 7 cables: each GPU needs a NIC, and each NIC a cable");
    builder.connect(server, leaf, tier, 2);
    EXPECT_EQ(complaint(builder), "server 0 has 8 GPUs but 9 cables: each GPU needs a NIC, and each NIC a cable");
}

TEST_F(Building, RefusesAPortOfANicWithoutACable) {
    const NodeId server = builder.add_server(2, 2), leaf = builder.add_leaf();
    builder.connect(server, leaf, tier, 3);
    EXPECT_EQ(complaint(builder),
              "server 0 has 2 GPUs with 2 NIC ports each but 3 cables: each port of a NIC needs a cable");
    builder.add_server(1, 0);
    builder.connect(server, leaf, tier);
    EXPECT_EQ(complaint(builder), "server 1 has NICs without a port");
}

TEST_F(Building, AcceptsScaleUpBesideTheNicsOnly) {
    const NodeId server = builder.add_server(2), leaf = builder.add_leaf(), plane = builder.add_scale_up();
    builder.connect(server, leaf, tier, 2);
    builder.connect(server, plane, tier, 2);
    const Topology t = builder.build();
    EXPECT_EQ(t.endpoints.size(), 2u);
    EXPECT_EQ(t.node_name(plane), "scale-up 0");
    builder.connect(leaf, plane, tier);
    EXPECT_EQ(complaint(builder), "scale-up 0 port 2 -> leaf 0: a scale-up node must be connected to servers only");
}

TEST_F(Building, RefusesScaleUpBeforeTheNics) {
    const NodeId server = builder.add_server(1), leaf = builder.add_leaf(), plane = builder.add_scale_up();
    builder.connect(server, plane, tier);
    builder.connect(server, leaf, tier);
    EXPECT_EQ(complaint(builder), "server 0 port 0 -> scale-up 0: a NIC must be connected to a leaf");
}

TEST_F(Building, RefusesASwitchWithoutACable) {
    builder.connect(builder.add_server(1), builder.add_leaf(), tier);
    builder.add_spine();
    EXPECT_EQ(complaint(builder), "spine 0 has no cable");
}

TEST_F(Building, RefusesCablesToWhatWasNeverAdded) {
    const NodeId leaf = builder.add_leaf();
    EXPECT_THROW(builder.connect(leaf, NodeId{std::size_t{9}}, tier), TopologyError);
    EXPECT_THROW(builder.connect(NodeId{}, leaf, tier), TopologyError);
    EXPECT_THROW(builder.connect(leaf, leaf, tier + 1), TopologyError);
}

}  // namespace
}  // namespace lightloom
