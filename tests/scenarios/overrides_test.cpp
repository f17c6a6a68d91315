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
    const auto parsed = parse(file, {{"fault.0.extra_loss", "3.4dB"}, {"fault.0.lane", "all"}});
    ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]);
    EXPECT_EQ(parsed.scenario->faults[0].extra_loss, Decibel{3.4});
    EXPECT_EQ(parsed.scenario->faults[0].lane, std::nullopt);
    EXPECT_EQ(parsed.scenario->faults[0].leaf, 0);
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
