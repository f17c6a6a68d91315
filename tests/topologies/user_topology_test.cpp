// Fabrics from text: what is read, and with which sentence and line a mistake is refused.
#include "topologies/user_topology.hpp"

#include <gtest/gtest.h>

#include "tests/topologies/fabric_questions.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

const std::string kEdgeList = R"(# two racks and a spine
node s0 kind=server gpus=2
node l0 kind=leaf
node s1 kind=server gpus=2
node l1 kind=leaf
node x  kind=spine

cable s0 l0 rate=400Gbps count=2
cable l0 x  rate=200Gbps
cable s1 l1 rate=400Gbps count=2   # as the first
cable x l1  rate=200Gbps tier=leaf-spine
)";

const std::string kGraphMl = R"(<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="k" for="node" attr.name="kind" attr.type="string"/>
  <key id="g" for="node" attr.name="gpus" attr.type="int"><default>2</default></key>
  <key id="r" for="edge" attr.name="rate" attr.type="string"/>
  <key id="c" for="edge" attr.name="count" attr.type="int"/>
  <key id="x" for="node" attr.name="colour" attr.type="string"/>
  <graph id="G" edgedefault="undirected">
    <node id="s0"><data key="k">server</data><data key="x">red</data></node>
    <node id="l0"><data key="k">leaf</data></node>
    <node id="s1"><data key="k">server</data></node>
    <node id="l1"><data key="k">leaf</data></node>
    <node id="x"><data key="k">spine</data></node>
    <edge source="s0" target="l0"><data key="r">400Gbps</data><data key="c">2</data></edge>
    <edge source="l0" target="x"><data key="r">200Gbps</data></edge>
    <edge source="s1" target="l1"><data key="r">400Gbps</data><data key="c">2</data></edge>
    <edge source="x" target="l1"><data key="r">200Gbps</data></edge>
  </graph>
</graphml>
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string list_refusal(const std::string& from, const std::string& to) {
    return refusal_of([&] { user_topology(replaced(kEdgeList, from, to), TopologyFormat::edge_list, "f"); });
}

std::string graphml_refusal(const std::string& from, const std::string& to) {
    return refusal_of([&] { user_topology(replaced(kGraphMl, from, to), TopologyFormat::graphml, "f"); });
}

// The oracle is the generator that makes the same fabric.
void expect_two_racks(const Topology& t) {
    const Topology same = leaf_spine({.servers = 2,
                                      .gpus_per_server = 2,
                                      .leaves = 2,
                                      .spines = 1,
                                      .links_per_pair = 1,
                                      .rate = k400G,
                                      .uplink_rate = k200G});
    ASSERT_EQ(t.ports.size(), same.ports.size());
    for (std::size_t p = 0; p < t.ports.size(); ++p) {
        EXPECT_EQ(t.port_name(PortId{p}), same.port_name(PortId{p}));
        EXPECT_EQ(t.ports[p].peer, same.ports[p].peer);
    }
    ASSERT_EQ(t.tiers.size(), 2u);
    for (std::size_t tier = 0; tier < 2; ++tier) {
        EXPECT_EQ(t.tiers[tier].name, same.tiers[tier].name);
        EXPECT_EQ(t.tiers[tier].rate, same.tiers[tier].rate);
    }
    for (std::size_t c = 0; c < t.cables.size(); ++c) EXPECT_EQ(t.cables[c].lower, same.cables[c].lower);
}

TEST(UserTopology, IsReadFromAnEdgeList) { expect_two_racks(user_topology(kEdgeList, TopologyFormat::edge_list, "f")); }

TEST(UserTopology, IsReadFromGraphMlDirectedOrNot) {
    expect_two_racks(user_topology(kGraphMl, TopologyFormat::graphml, "f"));
    expect_two_racks(user_topology(replaced(kGraphMl, "\"undirected\"", "\"directed\""), TopologyFormat::graphml, "f"));
}

TEST(UserTopology, MayHavePodsNicPortsAndCores) {
    const Topology t = user_topology(
        "node s kind=server gpus=1 nics=2 pod=3\nnode a kind=leaf pod=3\nnode b kind=leaf\nnode x kind=spine\n"
        "node c kind=core\n"
        "cable s a rate=200Gbps\ncable s b rate=200Gbps\ncable a x rate=400Gbps\ncable b x rate=400Gbps\n"
        "cable x c rate=800Gbps tier=campus\n",
        TopologyFormat::edge_list, "f");
    ASSERT_EQ(t.endpoints.size(), 1u);
    EXPECT_EQ(t.endpoints[0].nics, 2u);
    EXPECT_EQ(t.nodes[0].pod, 3u);
    EXPECT_EQ(t.nodes[4].kind, NodeKind::core);
    EXPECT_EQ(cables_of(t, "campus"), 1u);
    EXPECT_EQ(t.nodes[4].pod, Topology::Node::kNoPod);
}

TEST(UserTopology, NamesTheLineOfAMistakeInAnEdgeList) {
    EXPECT_EQ(list_refusal("node l0", "nod l0"),
              "f:3: \"nod\" is no statement: a line begins with \"node\" or \"cable\"");
    EXPECT_EQ(list_refusal("kind=leaf", "kind=leef"), "f:3: unknown kind \"leef\": did you mean \"leaf\"?");
    EXPECT_EQ(list_refusal("kind=leaf", "knd=leaf"), "f:3: unknown attribute \"knd\": did you mean \"kind\"?");
    EXPECT_EQ(list_refusal("kind=leaf", "qq=1"), "f:3: unknown attribute \"qq\"; known are kind gpus nics pod");
    EXPECT_EQ(list_refusal("kind=leaf", "leaf"), "f:3: \"leaf\" is no attribute, such as \"pod=3\"");
    EXPECT_EQ(list_refusal("kind=leaf", "pod=1"), "f:3: a node without a kind; known are server leaf spine core");
    EXPECT_EQ(list_refusal("kind=leaf", "kind=leaf gpus=1"), "f:3: only a server has GPUs and NICs");
    EXPECT_EQ(list_refusal("kind=leaf", "kind=core pod=1"), "f:3: a core is in no pod");
    EXPECT_EQ(list_refusal("kind=leaf", "kind=scale-up"),
              "f:3: unknown kind \"scale-up\"; known are server leaf spine core");
    EXPECT_EQ(list_refusal("kind=leaf", "kind=leaf kind=leaf"), "f:3: \"kind\" is given twice");
    EXPECT_EQ(list_refusal("node l0", "node s0"), "f:3: node \"s0\" is already there");
    EXPECT_EQ(list_refusal("node l0 kind", "node kind"), "f:3: a node needs a name");
    EXPECT_EQ(list_refusal("gpus=2", "gpus=-2"), "f:2: gpus is \"-2\": must be a whole number from 1 to 4096");
    EXPECT_EQ(list_refusal("gpus=2", "nics=0"), "f:2: nics is \"0\": must be a whole number from 1 to 4096");
    EXPECT_EQ(list_refusal("gpus=2", "pod=x"), "f:2: pod is \"x\": must be a whole number from 0 to 4294967294");
    EXPECT_EQ(list_refusal("cable s0 l0", "cable s0 rack0"), "f:8: there is no node \"rack0\" above this line");
    EXPECT_EQ(list_refusal("cable s0 l0", "cable s0"), "f:8: a cable needs the names of two nodes");
    EXPECT_EQ(list_refusal("tier=leaf-spine", "tier=leaf-spin"),
              "f:11: unknown tier \"leaf-spin\": did you mean \"leaf-spine\"?");
    EXPECT_EQ(list_refusal("count=2", "count=9999999"),
              "f:8: count is \"9999999\": must be a whole number from 1 to 8388608");
    EXPECT_EQ(list_refusal("rate=400Gbps count=2\n", "count=2\n"), "f:8: a cable without a rate, such as \"400Gbps\"");
    EXPECT_EQ(list_refusal("rate=400Gbps", "rate=0Gbps"), "f:8: rate: \"0Gbps\" is not a rate that a port can have");
    EXPECT_TRUE(list_refusal("rate=400Gbps", "rate=400").starts_with("f:8: rate: "));
    EXPECT_EQ(list_refusal("cable x l1  rate=200Gbps", "cable x l1  rate=100Gbps"),
              "f:11: a cable of 100Gbps, but the others of tier leaf-spine have 200Gbps");
    EXPECT_EQ(list_refusal("cable l0 x", "# l0 x"), "f: there is no path from server 0 to server 1");
    EXPECT_EQ(refusal_of([] { user_topology("", TopologyFormat::edge_list, "f"); }),
              "f: the fabric has no server, so nobody to send");
}

TEST(UserTopology, NamesTheLineOfAMistakeInGraphMl) {
    EXPECT_EQ(graphml_refusal(">leaf<", ">leef<"), "f:10: unknown kind \"leef\": did you mean \"leaf\"?");
    EXPECT_EQ(graphml_refusal("attr.name=\"count\"", "attr.name=\"cuont\""),
              "f:14: unknown attribute \"cuont\": did you mean \"count\"?");
    EXPECT_EQ(graphml_refusal("<data key=\"r\">400Gbps</data>", ""),
              "f:14: a cable without a rate, such as \"400Gbps\"");
    EXPECT_EQ(graphml_refusal("target=\"l0\"", "target=\"l9\""), "f:14: an edge ends at a node that is not there");
    EXPECT_EQ(graphml_refusal("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE x>"),
              "f:1: a document type is not read");
    EXPECT_EQ(graphml_refusal("</graph>", "</graph><graph/>"), "f:18: a second graph: only one is read");
    EXPECT_TRUE(graphml_refusal("</graph>", "").starts_with("f: no GraphML: "));
    const std::string cited = graphml_refusal("attr.type=\"int\"/>", "attr.type=\"i\x1b[2Jnt\"/>");
    EXPECT_TRUE(std::ranges::none_of(cited, [](char c) { return c < ' ' || c > '~'; })) << cited;
}

// Boost's reader descends into elements by recursion: without a bound this would end at the bottom of the stack.
TEST(UserTopology, RefusesNestingWithoutEnd) {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
    EXPECT_EQ(refusal_of([&] { user_topology(deep, TopologyFormat::graphml, "f"); }),
              "f:1: more than 64 elements within each other");
}

// Cuts, swaps and overwrites of good texts, the same on every machine: each is a fabric or a TopologyError.
TEST(UserTopology, OfSpoiltTextIsRefusedOrValid) {
    int refused = 0;
    for (const auto& [good, format] :
         {std::pair{kEdgeList, TopologyFormat::edge_list}, std::pair{kGraphMl, TopologyFormat::graphml}})
        for (std::uint64_t n = 0; n < 2'000; ++n) {
            std::uint64_t state = n * 0x9E3779B97F4A7C15u + 1;
            const auto next = [&](std::size_t below) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                return static_cast<std::size_t>(state >> 33) % below;
            };
            std::string text = good;
            for (std::size_t i = 0; i <= n % 4; ++i) {
                const std::size_t at = next(text.size());
                switch (next(3)) {
                    case 0: text[at] = static_cast<char>(next(256)); break;
                    case 1: text.erase(at, next(40) + 1); break;
                    default: std::swap(text[at], text[next(text.size())]); break;
                }
            }
            const std::string sentence = refusal_of([&] { user_topology(text, format, "f"); });
            refused += sentence != "accepted";
            EXPECT_TRUE(sentence == "accepted" || sentence.starts_with("f")) << sentence;
        }
    EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace lightloom
