// --set: what a file could say, said on the command line; the last word wins.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

TEST(Overrides, ChangeWhatTheFileSays) {
    const auto parsed = parse(kLeast, {{"topology.spines", "4"},
                                       {"topology.rate", "800Gbps"},
                                       {"topology.spines", "8"},
                                       {"tier.leaf-spine.length", "{ uniform = ['1m', '2m'] }"},
                                       {"title", "plain words"},
                                       {"tier.leaf-spine.connectors.count", "3"},
                                       {"workload.bytes", "\"1KiB\""}});
    ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]);
    EXPECT_EQ(parsed.scenario->topology.spines, 8);
    EXPECT_EQ(parsed.scenario->topology.rate, BitRate{800'000'000'000});
    EXPECT_EQ(parsed.scenario->leaf_spine.length, (Distribution{Distribution::Kind::uniform, 1.0, 2.0}));
    EXPECT_EQ(parsed.scenario->leaf_spine.connectors, 3);
    EXPECT_EQ(parsed.scenario->title, "plain words");
    EXPECT_EQ(parsed.scenario->workload.bytes, Bytes{1024});
}

TEST(Overrides, ChangeThePlant) {
    const auto parsed =
        parse(kLeast, {{"tier.leaf-spine.module", "{ leaf = '400gbase-dr4', spine = '400g-aec' }"},
                       {"tier.leaf-spine.connectors", "{ count = 2, family = 'mpo-apc-standard', loss = '0.5dB' }"},
                       {"tier.leaf-spine.splices", "3"},
                       {"tier.leaf-spine.parts", "['ocs-mems', 'ocs-mems']"},
                       {"tier.leaf-spine.host_loss", "{ leaf = ['4dB', '6dB'], spine = { uniform = ['3dB', '9dB'] } }"},
                       {"tier.host-leaf.host_loss", "7dB"},
                       {"optics.basis", "typical"},
                       {"optics.age", "5y"},
                       {"optics.daily_swing", "4C"},
                       {"optics.dirt", "{ fraction = 0.01, per = 'mating', loss = { lognormal = ['0.6dB', 1] } }"},
                       {"optics.relock", "{ normal = ['10ms', '1ms'] }"},
                       {"optics.lock_loss", "false"},
                       {"optics.line.nli", "gnpy"},
                       {"optics.line.launch", "-2dBm"},
                       {"qualify.margin", "1.5dB"},
                       {"qualify.confidence", "0.99"}});
    ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]);
    const Scenario& scenario = *parsed.scenario;
    using Kind = Distribution::Kind;
    EXPECT_EQ(scenario.leaf_spine.lower_module, "400gbase-dr4");
    EXPECT_EQ(scenario.leaf_spine.upper_module, "400g-aec");
    EXPECT_EQ(scenario.leaf_spine.connectors, 2);
    EXPECT_EQ(scenario.leaf_spine.connector_family, "mpo-apc-standard");
    EXPECT_EQ(scenario.leaf_spine.connector_loss, (Distribution{Kind::fixed, 0.5}));
    EXPECT_EQ(scenario.leaf_spine.splices, 3);
    EXPECT_EQ(scenario.leaf_spine.parts, (std::vector<std::string>{"ocs-mems", "ocs-mems"}));
    EXPECT_EQ(scenario.leaf_spine.lower_host_loss.by_port_db, (std::vector{4.0, 6.0}));
    EXPECT_EQ(scenario.leaf_spine.upper_host_loss.drawn_db, (Distribution{Kind::uniform, 3.0, 9.0}));
    EXPECT_EQ(scenario.host_leaf.lower_host_loss.drawn_db, (Distribution{Kind::fixed, 7.0}));
    EXPECT_EQ(scenario.host_leaf.upper_host_loss, scenario.host_leaf.lower_host_loss);
    EXPECT_EQ(scenario.optics.age, Years{5.0});
    EXPECT_EQ(scenario.optics.daily_swing, Celsius{4.0});
    EXPECT_EQ(scenario.optics.dirt.fraction, 0.01);
    EXPECT_EQ(scenario.optics.dirt.loss_db, (Distribution{Kind::lognormal, 0.6, 1.0}));
    EXPECT_EQ(scenario.optics.lock.relock_ps, (Distribution{Kind::normal, 1e10, 1e9}));
    EXPECT_FALSE(scenario.optics.lock.on);
    EXPECT_EQ(scenario.optics.line.nli, LineSettings::Nli::gnpy);
    EXPECT_EQ(scenario.optics.line.launch, PowerDbm{-2.0});
    EXPECT_EQ(scenario.qualify.margin, Decibel{1.5});
    EXPECT_EQ(scenario.qualify.confidence, 0.99);
    const auto again = parse(effective_toml(scenario, Help::without));
    ASSERT_TRUE(again.scenario) << to_string(again.errors[0]);
    EXPECT_EQ(*again.scenario, scenario);
}

// Half a table changes half: the other end stays what it was
TEST(Overrides, ChangeOneEnd) {
    const auto tier = [](const std::string& key, const std::string& value) {
        const auto parsed = parse(kLeast, {{"tier.leaf-spine." + key, value}});
        for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
        return parsed.scenario ? parsed.scenario->leaf_spine : Scenario::Tier{};
    };
    EXPECT_EQ(tier("module", "{ spine = '400g-aec' }").lower_module, "400gbase-dr4");
    EXPECT_EQ(tier("module", "{ spine = '400g-aec' }").upper_module, "400g-aec");
    EXPECT_EQ(tier("host_loss", "{ leaf = '4dB' }").upper_host_loss, HostLoss{});
    EXPECT_EQ(tier("host_loss", "{ leaf = '4dB' }").lower_host_loss.drawn_db->a, 4.0);
    EXPECT_EQ(tier("host_loss", "{ leaf = '4dB', spine = 'default' }").upper_host_loss, HostLoss{});
    EXPECT_EQ(tier("host_loss", "default").lower_host_loss, HostLoss{});
}

TEST(Overrides, OfThePlantAreCheckedToo) {
    const auto error = [](const std::string& key, const std::string& value) {
        const auto errors = errors_of(kLeast, {{key, value}});
        return errors.empty() ? "" : errors[0].substr(errors[0].find(": error: ") + 9);
    };
    EXPECT_EQ(error("tier.leaf-spine.module", "{ leaf = '400gbase-dr4', server = '400gbase-dr4' }"),
              "tier.leaf-spine.module: no end \"server\"\n    known are \"leaf\", \"spine\"");
    EXPECT_EQ(error("tier.host-leaf.module", "{ sever = '400gbase-dr4' }"),
              "tier.host-leaf.module: no end \"sever\"\n    did you mean \"server\"?");
    EXPECT_EQ(error("tier.host-leaf.module", "{ server = '400gbase-dr5' }"),
              "tier.host-leaf.module: no module \"400gbase-dr5\"\n    did you mean \"400gbase-dr4\"?");
    EXPECT_EQ(error("tier.host-leaf.module", "{}"),
              "tier.host-leaf.module: an empty table\n    a module, or { server = \"...\", leaf = \"...\" }");
    EXPECT_EQ(error("tier.leaf-spine.parts", "['ocs']"),
              "tier.leaf-spine.parts: no part \"ocs\"\n    only \"ocs-mems\" is known");
    EXPECT_EQ(error("tier.leaf-spine.parts", "ocs-mems"),
              "tier.leaf-spine.parts: found \"ocs-mems\"\n    a list of at most 32 parts");
    EXPECT_EQ(error("tier.leaf-spine.host_loss", "[]"),
              "tier.leaf-spine.host_loss: a list of 0 losses\n    1 to 1024, the first for port 0");
    EXPECT_EQ(error("tier.leaf-spine.host_loss", "['4dB', '4m']"),
              "tier.leaf-spine.host_loss: \"4m\" is a length, not a loss\n    a loss is a number and dB, such as "
              "\"3.5dB\"");
    EXPECT_EQ(error("tier.leaf-spine.host_loss", "{ leaf = '4dB', spin = '4dB' }"),
              "tier.leaf-spine.host_loss: no end \"spin\"\n    did you mean \"spine\"?");
    EXPECT_EQ(error("tier.leaf-spine.connectors.loss", "61dB"),
              "tier.leaf-spine.connectors.loss: \"61dB\" is out of range\n    \"family\", or: possible is from 0dB to "
              "60dB");
    EXPECT_EQ(error("qualify.confidence", "1"),
              "qualify.confidence: 1 is out of range\n    it is a number from 0.5 to 0.999999, without quotes");
}

TEST(Overrides, SetOneSeedOrAll) {
    const std::string file = kLeast + "[run]\nseed = { plant = 7, traffic = 8 }\n";
    EXPECT_EQ(parse(file).scenario->seeds, (Scenario::Seeds{7, 8, 1}));
    EXPECT_EQ(parse(file, {{"run.seed", "5"}}).scenario->seeds, (Scenario::Seeds{5, 5, 5}));
    EXPECT_EQ(parse(file, {{"run.seed.faults", "3"}}).scenario->seeds, (Scenario::Seeds{7, 8, 3}));
}

TEST(Overrides, GiveWhatTheFileLeavesOut) {
    EXPECT_TRUE(parse("", {{"topology.servers", "4"}, {"topology.leaves", "2"}, {"topology.spines", "2"}}).scenario);
}

TEST(Overrides, ChangeAFaultOfTheFile) {
    const std::string file = kLeast + "[[fault]]\nselect = \"leaf=0\"\nextra_loss = \"1dB\"\nlane = 2\n";
    const auto none = parse(file, {{"fault", "[]"}});
    ASSERT_TRUE(none.scenario) << to_string(none.errors[0]);
    EXPECT_TRUE(none.scenario->faults.empty());
    const auto parsed = parse(file, {{"fault.0.extra_loss", "3.4dB"}, {"fault.0.lane", "all"}});
    ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]);
    EXPECT_EQ(parsed.scenario->faults[0].extra_loss, Decibel{3.4});
    EXPECT_EQ(parsed.scenario->faults[0].lane, std::nullopt);
    EXPECT_EQ(parsed.scenario->faults[0].select.leaf, 0);
    EXPECT_EQ(
        errors_of(file, {{"fault.1.lane", "1"}}),
        Errors{"--set fault.1.lane=1: error: fault: the scenario has no fault \"1\"\n    it has 1, counted from 0"});
    EXPECT_EQ(errors_of(file, {{"fault.lane", "1"}}).size(), 1u);
    EXPECT_EQ(errors_of(file, {{"fault", "1"}}).size(), 1u);
    EXPECT_EQ(errors_of(file, {{"fault.0", "1"}}).size(), 1u);
}

TEST(Overrides, AreWrongWhereTheFileWouldBe) {
    EXPECT_EQ(errors_of(kLeast, {{"topology.spine", "4"}}),
              Errors{"--set topology.spine=4: error: topology.spine: unknown key\n    did you mean \"spines\"?"});
    EXPECT_EQ(errors_of(kLeast, {{"topology.rate", "400"}})[0].substr(0, 62),
              "--set topology.rate=400: error: topology.rate: 400 has no unit");
    EXPECT_EQ(errors_of(kLeast, {{"topology", "leaf-spine"}})[0].substr(0, 50),
              "--set topology=leaf-spine: error: topology: found ");
}

TEST(Overrides, AreReadWhateverTheirBytes) {
    const std::string dots(5000, '.'), brackets(900, '[');
    for (const Override& override : {Override{"", ""},
                                     {dots, "1"},
                                     {".", "."},
                                     {"title", "a\nb = 1"},
                                     {"title", "\xff"},
                                     {"title", brackets},
                                     {"title", "1\n[topology]"},
                                     {"x\x1b", "\x1b"},
                                     {"run.seed", ""},
                                     {std::string(2000, 'a') + ".b", "1"},
                                     {"title", std::string(2'000'000, 'x')}}) {
        const auto parsed = parse(kLeast, {override});
        ASSERT_FALSE(parsed.scenario) << override.key;
        for (const InputError& error : parsed.errors) {
            EXPECT_EQ(error.line, 0);
            EXPECT_TRUE(error.file.starts_with("--set "));
            EXPECT_EQ(to_string(error).find('\x1b'), std::string::npos);
            EXPECT_LT(to_string(error).size(), 2000u);
        }
    }
}

}  // namespace
}  // namespace lightloom::test
