// Keys that are right alone and wrong together: each check, with the nearest case that it must let pass.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

/// The message of the only error, without place, key and hint; empty if there is none.
std::string complaint(const std::vector<Override>& overrides, const std::string& text = kLeast) {
    const auto parsed = parse(text, overrides);
    EXPECT_LE(parsed.errors.size(), 1u) << to_string(parsed.errors[1]);
    if (parsed.errors.empty()) return {};
    return parsed.errors[0].key + ": " + parsed.errors[0].message;
}

TEST(ScenarioChecks, RateIsKeptExactly) {
    EXPECT_EQ(complaint({{"topology.rate", "106.25Gbps"}}), "");
    EXPECT_EQ(complaint({{"topology.rate", "400000000001bps"}}),
              "topology.rate: 400.000000001Gbps cannot be kept exactly in picoseconds per bit");
}

TEST(ScenarioChecks, EveryTierMayHaveARateOfItsOwn) {
    const auto parsed = parse(kLeast, {{"tier.leaf-spine.rate", "800Gbps"}});
    ASSERT_TRUE(parsed.scenario);
    EXPECT_EQ(parsed.scenario->rate_of(TierKind::leaf_spine), BitRate{800'000'000'000});
    EXPECT_EQ(parsed.scenario->rate_of(TierKind::host_leaf), BitRate{400'000'000'000});
    EXPECT_EQ(complaint({{"tier.leaf-spine.rate", "topology"}}), "");
    EXPECT_EQ(complaint({{"tier.host-leaf.rate", "400000000001bps"}}),
              "tier.host-leaf.rate: 400.000000001Gbps cannot be kept exactly in picoseconds per bit");
}

TEST(ScenarioChecks, ATableOfCablesThatAreNotThereIsOneMistake) {
    EXPECT_EQ(errors_of(kLeast + "[tier.spine-core]\nlength = \"3m\"\nfibre = \"os2\"\n"),
              (Errors{"s.toml:5:7: error: tier.spine-core: a leaf-spine fabric like this has no such cables\n"
                      "    it has tiers host-leaf, leaf-spine"}));
    EXPECT_EQ(errors_of(kLeast, {{"tier.campus.length", "3km"}}),
              (Errors{"--set tier.campus.length=3km: error: tier.campus: a leaf-spine fabric like this has no such "
                      "cables\n    it has tiers host-leaf, leaf-spine"}));
}

TEST(ScenarioChecks, ServersSpreadEvenly) {
    EXPECT_EQ(complaint({{"topology.servers", "5"}}), "topology.servers: 5 servers do not spread evenly over 2 leaves");
    EXPECT_EQ(complaint({{"topology.servers", "6"}}), "");
}

TEST(ScenarioChecks, SwitchesHaveSixteenBitsOfPorts) {
    EXPECT_EQ(complaint({{"topology.servers", "2"},
                         {"topology.leaves", "1"},
                         {"topology.gpus_per_server", "32"},
                         {"topology.spines", "1"},
                         {"topology.links_per_pair", "65471"}}),
              "");
    EXPECT_EQ(complaint({{"topology.servers", "2"},
                         {"topology.leaves", "1"},
                         {"topology.gpus_per_server", "32"},
                         {"topology.spines", "1"},
                         {"topology.links_per_pair", "65472"}}),
              "topology.leaves: a leaf would need 64 ports down and 65472 up");
    EXPECT_EQ(complaint({{"topology.spines", "1"}, {"topology.links_per_pair", "40000"}}),
              "topology.spines: a spine would need 80000 ports");
}

TEST(ScenarioChecks, PortsCanBeCounted) {
    EXPECT_EQ(complaint({{"topology.servers", "65535"}, {"topology.leaves", "65535"}, {"topology.spines", "60000"}}),
              "topology.servers: the fabric would have 7865248560 ports");
}

TEST(ScenarioChecks, QueuesFitTheBufferAndHoldAFrame) {
    EXPECT_EQ(complaint({{"switch.queue_limit", "32MiB"}}), "");
    EXPECT_EQ(complaint({{"switch.queue_limit", "33MiB"}}),
              "switch.queue_limit: 33MiB is more than the switch's whole buffer");
    EXPECT_EQ(complaint({{"switch.buffer", "3MiB"}}),
              "switch.queue_limit: 4MiB is more than the switch's whole buffer");
    EXPECT_EQ(complaint({{"switch.queue_limit", "4160B"}}), "");
    EXPECT_EQ(complaint({{"switch.queue_limit", "4159B"}}), "switch.queue_limit: 4159B holds no full frame");
    EXPECT_EQ(complaint({{"switch.queue_limit", "9000B"}, {"framing.acknowledgement", "9001B"}}),
              "switch.queue_limit: 9000B holds no full frame");
}

TEST(ScenarioChecks, WorkloadsHaveSomebodyToSendTo) {
    const std::string alone = "[topology]\nservers = 1\ngpus_per_server = 1\nleaves = 1\nspines = 1\n";
    EXPECT_EQ(complaint({}, alone), "topology.servers: a collective of 1 GPU has nobody to send to");
    EXPECT_EQ(complaint({{"workload.kind", "permutation"}}, alone),
              "topology.servers: permutation needs at least 2 GPUs");
    EXPECT_EQ(complaint({{"workload.kind", "incast"}}, alone), "topology.servers: an incast needs at least 2 GPUs");
    EXPECT_EQ(complaint({{"workload.kind", "permutation"}, {"topology.gpus_per_server", "2"}}, alone), "");
    EXPECT_EQ(complaint({{"workload.kind", "incast"}, {"workload.senders", "31"}}), "");
    EXPECT_EQ(complaint({{"workload.kind", "incast"}, {"workload.senders", "32"}}),
              "workload.senders: 32 senders and a receiver among 32 GPUs");
    EXPECT_EQ(complaint({{"workload.bytes", "4B"}}), "");
    EXPECT_EQ(complaint({{"workload.bytes", "3B"}}), "workload.bytes: 3B are less than a byte for each of 4 ranks");
}

TEST(ScenarioChecks, OnlyAnUltraEthernetTransportReadsTrimmedPackets) {
    EXPECT_EQ(complaint({{"switch.trimming", "true"}}),
              "switch.trimming: only an Ultra Ethernet transport can read a packet that was trimmed");
    EXPECT_EQ(complaint({{"switch.trimming", "true"}, {"transport.kind", "uec"}}), "");
}

TEST(ScenarioChecks, PacketsAndTimeCanBeCounted) {
    EXPECT_EQ(
        complaint({{"workload.kind", "permutation"}, {"workload.bytes", "4294967295B"}, {"transport.payload", "1B"}}),
        "");
    EXPECT_EQ(complaint({{"workload.kind", "permutation"}, {"workload.bytes", "4GiB"}, {"transport.payload", "1B"}}),
              "workload.bytes: a flow would have more packets than the 4294967295 that can be numbered");
    EXPECT_EQ(complaint({{"workload.bytes", "1TiB"}, {"workload.iterations", "1000000"}}),
              "workload.bytes: a flow would have more packets than the 4294967295 that can be numbered");
    EXPECT_EQ(complaint({{"workload.bytes", "1TiB"}, {"topology.rate", "1Mbps"}}),
              "workload.bytes: would take more than 30 days at 1Mbps");
}

TEST(ScenarioChecks, FaultsBefallCablesThatThereAre) {
    const auto select = [](const std::string& selector) {
        return complaint({{"tier.host-leaf.module", "400gbase-dr4"}},
                         kLeast + "[[fault]]\nselect = \"" + selector + "\"\nextra_loss = \"3dB\"\n");
    };
    EXPECT_EQ(select("leaf=1 & spine=1 & link=0"), "");
    EXPECT_EQ(select("tier=host-leaf & leaf=1 & server=3 & link=7"), "");
    EXPECT_EQ(select("leaf=2"), "fault.0.select: there is no leaf 2");
    EXPECT_EQ(select("spine=2"), "fault.0.select: there is no spine 2");
    EXPECT_EQ(select("link=1"), "fault.0.select: there is no link 1");
    EXPECT_EQ(select("tier=host-leaf & server=4"), "fault.0.select: there is no server 4");
    EXPECT_EQ(select("tier=host-leaf & link=8"), "fault.0.select: there is no link 8");
    EXPECT_EQ(select("tier=host-leaf & spine=0"), "fault.0.select: a cable of tier host-leaf has no spine");
    EXPECT_EQ(select("server=0"), "fault.0.select: a cable of tier leaf-spine has no server");
    EXPECT_EQ(select("tier=host-leaf & leaf=1 & server=0"), "fault.0.select: server 0 is not under leaf 1");
    EXPECT_EQ(select("core=0"), "fault.0.select: a cable of tier leaf-spine has no core");
    EXPECT_EQ(select("pod=0"), "");
    EXPECT_EQ(select("pod=1"), "fault.0.select: there is no pod 1");
    EXPECT_EQ(select("tier=core"), "fault.0.select: no tier \"core\"");
    EXPECT_EQ(select("tier=campus"), "fault.0.select: no tier \"campus\"");
    EXPECT_EQ(select("leaf=0 & leaf=1"), "fault.0.select: leaf is selected twice");
    EXPECT_EQ(select("leaf=-1"), "fault.0.select: leaf must be a whole number from 0, not \"-1\"");
    EXPECT_EQ(select("leaf=99999999999999999999"),
              "fault.0.select: leaf must be a whole number from 0, not \"99999999999999999999\"");
    EXPECT_EQ(select("leaf=1 &"), "fault.0.select: \"\" is not name=value");
}

TEST(ScenarioChecks, OnlyOpticalCablesDegrade) {
    const std::string text = kLeast + "[[fault]]\nextra_loss = \"3dB\"\nselect = \"tier=host-leaf & server=1\"\n";
    EXPECT_EQ(errors_of(text), (Errors{"s.toml:7:10: error: fault.0.select: a degrade needs an optical cable\n"
                                       "    tier host-leaf is 400g-aec, whose error ratio no loss changes; its kind is "
                                       "missing, so it is a degrade"}));
    EXPECT_EQ(complaint({{"tier.host-leaf.module", "400gbase-dr4"}}, text), "");
    EXPECT_EQ(complaint({{"fault.0.select", "leaf=1"}}, text), "");
    EXPECT_EQ(complaint({{"tier.host-leaf.module", "400g-ace"}}, text),
              "tier.host-leaf.module: no module \"400g-ace\"");
}

TEST(ScenarioChecks, ACableThatIsDownHasNoLossAndNoLane) {
    const std::string text = kLeast + "[[fault]]\nkind = \"down\"\nselect = \"tier=leaf-spine\"\n";
    EXPECT_EQ(complaint({}, text), "");
    EXPECT_EQ(complaint({{"fault.0.select", "tier=host-leaf"}}, text), "");  // copper can be down
    EXPECT_EQ(complaint({{"fault.0.extra_loss", "3dB"}}, text),
              "fault.0.extra_loss: is no key of a fault of kind \"down\"");
    EXPECT_EQ(complaint({{"fault.0.lane", "1"}}, text), "fault.0.lane: is no key of a fault of kind \"down\"");
}

TEST(ScenarioChecks, CopperIsNoLongerThanItIsMade) {
    const auto length = [](const std::string& value) { return complaint({{"tier.host-leaf.length", value}}); };
    EXPECT_EQ(errors_of(kLeast + "[tier.host-leaf]\nlength = \"5.1m\"\n"),
              (Errors{"s.toml:6:10: error: tier.host-leaf.length: a cable is 5.1 m long\n"
                      "    400g-aec is a cable of at most 5m"}));
    EXPECT_EQ(length("5m"), "");
    EXPECT_EQ(length("{ uniform = [\"1m\", \"5m\"] }"), "");
    EXPECT_EQ(length("{ uniform = [\"1m\", \"6m\"] }"), "tier.host-leaf.length: a cable could be 6 m long");
    EXPECT_EQ(length("{ normal = [\"2m\", \"0.2m\"] }"), "");
    EXPECT_EQ(length("{ lognormal = [\"2m\", 1] }"), "tier.host-leaf.length: a cable could be 7352 m long");
    EXPECT_EQ(complaint({{"tier.host-leaf.length", "300m"}, {"tier.host-leaf.module", "400gbase-dr4"}}), "");
    EXPECT_EQ(complaint({{"tier.leaf-spine.module", "400g-aec"}}), "tier.leaf-spine.length: a cable is 50 m long");
}

TEST(ScenarioChecks, BasesAreNotMixed) {
    const std::vector<std::pair<std::string, std::string>> typical_only{{"optics.age", "3y"},
                                                                        {"optics.inlet_temperature", "35C"},
                                                                        {"optics.inlet_gradient", "6C"},
                                                                        {"optics.daily_swing", "4C"},
                                                                        {"optics.dirt.fraction", "0.01"}};
    for (const auto& [key, value] : typical_only) {
        EXPECT_EQ(complaint({{key, value}}), key + ": is added on the typical basis only");
        EXPECT_EQ(complaint({{key, value}, {"optics.basis", "typical"}}), "");
        EXPECT_EQ(complaint({{key, value}, {"optics.basis", "measured"}, {"optics.plant", "p.csv"}}),
                  key + ": is added on the typical basis only");
    }
    EXPECT_EQ(errors_of(kLeast + "[optics]\nage = \"3y\"\ndirt = { fraction = 0.1 }\n"),
              (Errors{"s.toml:6:7: error: optics.age: is added on the typical basis only\n"
                      "    limits hold over life and temperature; to add it would count it twice",
                      "s.toml:7:21: error: optics.dirt.fraction: is added on the typical basis only\n"
                      "    limits hold over life and temperature; to add it would count it twice"}));
    EXPECT_EQ(errors_of(kLeast + "[optics]\nage = \"3y\"\nbasis = \"measured\"\nplant = \"p.csv\"\n"),
              Errors{"s.toml:6:7: error: optics.age: is added on the typical basis only\n"
                     "    readings hold what age, heat and dirt did to the plant"});
    // What is said but changes nothing is no mistake, and a basis that could not be read mixes with nothing
    EXPECT_EQ(complaint({{"optics.age", "0y"}, {"optics.inlet_temperature", "25C"}}), "");
    EXPECT_EQ(complaint({{"optics.age", "3y"}, {"optics.basis", "typicl"}}), "optics.basis: no value \"typicl\"");
    EXPECT_EQ(complaint({{"optics.age", "31y"}}), "optics.age: \"31y\" is out of range");
}

TEST(ScenarioChecks, APlantIsReadOnTheMeasuredBasisOnly) {
    EXPECT_EQ(complaint({{"optics.basis", "measured"}}), "optics.basis: a measured plant needs its readings");
    EXPECT_EQ(complaint({{"optics.plant", "p.csv"}}), "optics.plant: readings are used on the measured basis only");
    EXPECT_EQ(complaint({{"optics.plant", "p.csv"}, {"optics.basis", "typical"}}),
              "optics.plant: readings are used on the measured basis only");
    EXPECT_EQ(complaint({{"optics.plant", "p.csv"}, {"optics.basis", "measured"}}), "");
}

TEST(ScenarioChecks, SayNothingAboutWhatCouldNotBeRead) {
    EXPECT_EQ(complaint({{"topology.leaves", "many"}}), "topology.leaves: found \"many\"");
    EXPECT_EQ(complaint({{"switch.buffer", "little"}}), "switch.buffer: \"little\" is not a size");
    EXPECT_EQ(complaint({{"workload.kind", "gossip"}}), "workload.kind: no value \"gossip\"");
}

TEST(ScenarioChecks, PointToTheKeyOrToItsTableOrToTheBeginning) {
    EXPECT_EQ(errors_of(kLeast + "[switch]\nbuffer = \"2MiB\"\n")[0].substr(0, 22), "s.toml:5:2: error: swi");
    EXPECT_EQ(errors_of(kLeast, {{"topology.servers", "5"}})[0].substr(0, 32), "--set topology.servers=5: error:");
    EXPECT_EQ(errors_of(kLeast, {{"switch.buffer", "2MiB"}})[0].substr(0, 31), "--set switch.buffer=2MiB: error");
}

}  // namespace
}  // namespace lightloom::test
