// `lightloom topology` as a user meets it: counts of published systems, parts and prices, JSON, a graph, mistakes.
#include <gtest/gtest.h>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

const std::string kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/";

/// A figure of the JSON, by an expression over its object `t`.
std::string figure(const std::vector<std::string>& arguments, const std::string& expression) {
    const ScratchDirectory scratch;
    std::vector<std::string> all{"topology"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.push_back("--json");
    const Finished finished = lightloom(all);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    write_file(scratch / "t.json", finished.out);
    return python(
        "import json, sys\nt = json.load(open(sys.argv[1]))\n"
        "def nodes(k): return [n['count'] for n in t['nodes'] if n['kind'] == k][0]\n"
        "def cables(k): return [c['cables'] for c in t['tiers'] if c['tier'] == k][0]\n"
        "print(" +
            expression + ")",
        {(scratch / "t.json").string()});
}

// NVIDIA DGX SuperPOD reference architecture, four scalable units: 128 nodes, 32 leaves, 16 spines, 1,024 cables on
// each tier; all optical with twin-port modules, 2 modules per GPU.
TEST(TopologyCommand, CountsFourScalableUnitsAsTheReferenceArchitectureDoes) {
    EXPECT_EQ(
        figure({kCatalogue + "dgx-superpod.toml", "--set", "topology.servers=128", "--set",
                "topology.servers_per_unit=32", "--set", "topology.spines=16", "--set", "topology.links_per_pair=2"},
               "t['gpus'], nodes('servers'), nodes('leaves'), nodes('spines'), cables('host-leaf'), "
               "cables('leaf-spine'), t['inventory']['per_gpu']['transceivers']"),
        "1024 128 32 16 1024 1024 2");
}

// Alibaba HPN 7.0, one pod: 15 segments of 128 servers, 240 leaves, 60 spines in each of two planes.
TEST(TopologyCommand, CountsThePodOfHpnAsItsPaperDoes) {
    EXPECT_EQ(figure({kCatalogue + "hpn-pod.toml", "--set", "topology.segments=15", "--set",
                      "topology.servers_per_segment=128", "--set", "topology.spines_per_plane=60"},
                     "t['gpus'], nodes('leaves'), nodes('spines'), cables('leaf-spine')"),
              "15360 240 120 14400");
}

// NVIDIA GB200 NVL72: 72 GPUs, 18 switch chips of 72 ports and 1,296 cables of copper a rack; and a cable for each NIC.
TEST(TopologyCommand, CountsNvl72RacksAsTheyArePublished) {
    EXPECT_EQ(figure({kCatalogue + "nvl72.toml"},
                     "t['gpus'], nodes('scale-up switches'), cables('scale-up'), t['inventory']['cable_assemblies'], "
                     "t['inventory']['per_gpu']['transceivers'], t['graph']['gpu']['scale_up_bps']"),
              "144 36 2592 2736 2 7200000000000");
}

// 32 down and 8 up at one rate: four times more below; half of the NICs, 64, have 4 x 8 / 2 = 16 cables across.
TEST(TopologyCommand, SaysWhatTheGraphCarriesAndWhatAFailureTakes) {
    EXPECT_EQ(figure({kCatalogue + "oversubscribed-leaf-spine.toml"},
                     "t['graph']['oversubscription'][0]['ratio'], t['graph']['paths']['diameter'], "
                     "t['graph']['paths']['fewest'], t['graph']['bisection']['share']"),
              "4 2 16 0.25");
    EXPECT_EQ(figure({kCatalogue + "oversubscribed-leaf-spine.toml"},
                     "[f['cut_off'] for f in t['graph']['failures'] if f['without'] == 'leaf 0'][0]"),
              "32");
    EXPECT_EQ(figure({kCatalogue + "hpn-pod.toml"}, "t['graph']['gpu']['ports'], t['graph']['gpu']['send_bps']"),
              "2 400000000000");
    // HPN: a leaf lost leaves its GPUs the other port of their NIC
    EXPECT_EQ(figure({kCatalogue + "hpn-pod.toml"},
                     "[(f['cut_off'], f['reduced'], f['least_share']) for f in t['graph']['failures'] "
                     "if f['without'] == 'leaf 0'][0]"),
              "(0, 4, 0.5)");
}

TEST(TopologyCommand, SaysWhatIsAssumed) {
    const ScratchDirectory scratch;
    write_file(scratch / "s.toml", kQuick);
    const Finished finished = lightloom({"topology", (scratch / "s.toml").string()});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    for (const std::string part : {"leaf-spine: 8 GPUs, 8 nodes, 12 cables", "host-leaf", "400g-aec", "ASSUMED",
                                   "8 transceivers, 8 cable assemblies", "per GPU: 1 transceiver,"})
        EXPECT_TRUE(has(finished.out, part)) << part << " is not in\n" << finished.out;
}

TEST(TopologyCommand, WritesAGraph) {
    const ScratchDirectory scratch;
    write_file(scratch / "s.toml", kQuick);
    const std::string dot = (scratch / "s.dot").string();
    EXPECT_EQ(lightloom({"topology", (scratch / "s.toml").string(), "--dot", dot}).exit_code, 0);
    const std::string text = read_file(dot);
    EXPECT_TRUE(has(text, "label=\"leaf 1\"")) << text;
    EXPECT_TRUE(has(text, "--")) << text;
    EXPECT_EQ(lightloom({"topology", (scratch / "s.toml").string(), "--dot", "/nowhere/s.dot"}).exit_code, 3);
}

TEST(TopologyCommand, RefusesWhatCannotBe) {
    const Finished finished =
        lightloom({"topology", kCatalogue + "dgx-superpod.toml", "--set", "topology.radix.leaf=7"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_TRUE(has(finished.err, "topology.radix.leaf: a leaf would need 8 ports")) << finished.err;
}

TEST(TopologyCommand, TheCatalogueListsSwitchesNicsAndKindsOfFabric) {
    EXPECT_TRUE(has(lightloom({"catalog", "switches"}).out, "sn5600"));
    EXPECT_TRUE(has(lightloom({"catalog", "nics"}).out, "1100 / 1500 / 2200 ASSUMED"));
    EXPECT_TRUE(has(lightloom({"catalog", "topologies"}).out, "multi-plane"));
    EXPECT_TRUE(has(lightloom({"catalog", "show", "qm9700"}).out, "ASSUMED (low / mid / high)"));
    EXPECT_EQ(python("import json, sys; print(len(json.loads(sys.argv[1])['rows']))",
                     {lightloom({"catalog", "topologies", "--json"}).out}),
              "6");
}

}  // namespace
}  // namespace lightloom::test
