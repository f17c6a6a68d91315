// What is said about a scenario that is wrong: every mistake, where it stands, what was expected.
#include <gtest/gtest.h>

#include <ostream>

#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

TEST(ScenarioErrors, AreAllReportedAtOnceInTheOrderOfTheText) {
    constexpr std::string_view text = R"(titel = "two mistakes in a line: " # and a comment
[topology]
servers = 30
leaves = 8
spines = "8"
rate = "400ns"
[tier.leaf-spine]
module = "400g-dr4"
length = { uniform = ["120m", 20] }
connectors = { count = 4, famly = "mpo-apc-low-loss" }
[switch]
queue_limit = "64MiB"
[transport]
window = 0
[workload]
kind = "al-reduce"
[[fault]]
select = "tier=leaf-spine & leef=3"
lane = "one"
)";
    std::string shown;
    for (const std::string& error : errors_of(text, {{"run.seed", "-4"}})) shown += error + '\n';
    EXPECT_EQ(shown, R"(s.toml:1:1: error: titel: unknown key
    did you mean "title"?
s.toml:3:11: error: topology.servers: 30 servers do not spread evenly over 8 leaves
    24 or 32 servers would
s.toml:5:10: error: topology.spines: found "8"
    it is a whole number from 1 to 65535, without quotes
s.toml:6:8: error: topology.rate: "400ns" is a time, not a bit rate
    a bit rate is a number and bps, kbps, Mbps, Gbps or Tbps, such as "400Gbps"
s.toml:8:10: error: tier.leaf-spine.module: no module "400g-dr4"
    did you mean "400gbase-dr4"?
s.toml:9:31: error: tier.leaf-spine.length: 20 has no unit
    a length is a number and mm, m or km, such as "150m"
s.toml:10:27: error: tier.leaf-spine.connectors.famly: unknown key
    did you mean "family"?
s.toml:12:15: error: switch.queue_limit: 64MiB is more than the switch's whole buffer
    switch.buffer is 32MiB
s.toml:14:10: error: transport.window: 0 is out of range
    it is a whole number from 1 to 4096, without quotes
s.toml:16:8: error: workload.kind: no value "al-reduce"
    did you mean "all-reduce"?
s.toml:17:1: error: fault.0.extra_loss: is missing
    a degrade needs it: what it loses each way, such as "3dB"; its kind is missing, so it is a degrade
s.toml:18:29: error: fault.0.select: nothing is selected by "leef"
    did you mean "leaf"?
s.toml:19:8: error: fault.0.lane: found "one"
    "all", or: it is a whole number from 0 to 15, without quotes
--set run.seed=-4: error: run.seed: -4 is out of range
    it is a whole number from 0 to 9223372036854775807, without quotes
)");
}

TEST(ScenarioErrors, NameWhatIsMissing) {
    EXPECT_EQ(
        errors_of(""),
        (Errors{
            "s.toml:1:1: error: topology.servers: is missing\n    it has no default: servers, spread evenly over the "
            "leaves",
            "s.toml:1:1: error: topology.leaves: is missing\n    it has no default: switches next to the servers",
            "s.toml:1:1: error: topology.spines: is missing\n    it has no default: switches that join the leaves"}));
    EXPECT_EQ(
        errors_of("\n[topology]\nservers = 4\nleaves = 2"),
        (Errors{
            "s.toml:2:2: error: topology.spines: is missing\n    it has no default: switches that join the leaves"}));
}

struct WrongLine {
    std::string line, error;
    friend std::ostream& operator<<(std::ostream& out, const WrongLine& wrong) { return out << wrong.line; }
};

/// Each line is put behind kLeast, so that it is the fifth.
class WrongLines : public ::testing::TestWithParam<WrongLine> {};

TEST_P(WrongLines, AreLocatedAndExplained) {
    const auto errors = errors_of(kLeast + GetParam().line);
    ASSERT_EQ(errors.size(), 1u) << (errors.size() > 1 ? errors[1] : "");
    EXPECT_EQ(errors[0], "s.toml:" + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Types, WrongLines,
    ::testing::Values(WrongLine{"rate = 400",
                                "5:8: error: topology.rate: 400 has no unit\n"
                                "    a bit rate is a number and bps, kbps, Mbps, Gbps or Tbps, such as \"400Gbps\""},
                      WrongLine{"rate = nan",
                                "5:8: error: topology.rate: nan has no unit\n"
                                "    a bit rate is a number and bps, kbps, Mbps, Gbps or Tbps, such as \"400Gbps\""},
                      WrongLine{"rate = true",
                                "5:8: error: topology.rate: found true\n"
                                "    a bit rate is a number and bps, kbps, Mbps, Gbps or Tbps, such as \"400Gbps\""},
                      WrongLine{"rate = \"0Gbps\"",
                                "5:8: error: topology.rate: \"0Gbps\" is out of range\n"
                                "    possible is from 1Mbps to 10Tbps"},
                      WrongLine{"rate = \"-1Gbps\"",
                                "5:8: error: topology.rate: \"-1Gbps\" is negative\n"
                                "    a bit rate is a number and bps, kbps, Mbps, Gbps or Tbps, such as \"400Gbps\""},
                      WrongLine{"gpus_per_server = 8.0",
                                "5:19: error: topology.gpus_per_server: found 8\n"
                                "    it is a whole number from 1 to 64, without quotes"},
                      WrongLine{"gpus_per_server = inf",
                                "5:19: error: topology.gpus_per_server: found inf\n"
                                "    it is a whole number from 1 to 64, without quotes"},
                      WrongLine{"gpus_per_server = -1",
                                "5:19: error: topology.gpus_per_server: -1 is out of range\n"
                                "    it is a whole number from 1 to 64, without quotes"},
                      WrongLine{"gpus_per_server = 1979-05-27",
                                "5:19: error: topology.gpus_per_server: found a date or time of day\n"
                                "    it is a whole number from 1 to 64, without quotes"},
                      WrongLine{"gpus_per_server = [8]",
                                "5:19: error: topology.gpus_per_server: found a list\n"
                                "    it is a whole number from 1 to 64, without quotes"},
                      WrongLine{"kind = { leaf = 1 }",
                                "5:8: error: topology.kind: found a table\n"
                                "    known are \"leaf-spine\", \"rail-optimised\", \"folded-clos\", \"multi-plane\", "
                                "\"ocs-pods\", \"graph\", in quotes"},
                      WrongLine{"[run]\nseed = \"7\"",
                                "6:8: error: run.seed: found \"7\"\n"
                                "    it is a whole number from 0 to 9223372036854775807, without quotes"},
                      WrongLine{
                          "[run]\nuntil = 5",
                          "6:9: error: run.until: 5 has no unit\n"
                          "    \"done\", or: a time is a number and ps, ns, us, ms, s, min, h or d, such as \"2.5us\""},
                      WrongLine{"[optics]\nnoise_floor = \"17dBm\"",
                                "6:15: error: optics.noise_floor: \"17dBm\" is an optical power, not a loss\n"
                                "    a loss is a number and dB, such as \"3.5dB\""}));

INSTANTIATE_TEST_SUITE_P(
    Shapes, WrongLines,
    ::testing::Values(
        WrongLine{
            "[optics]\nbasis = [\"limit\"]",
            "6:9: error: optics.basis: found a list\n    known are \"limit\", \"typical\", \"measured\", in quotes"},
        WrongLine{"[[switch]]\nlatency = \"1us\"",
                  "5:1: error: switch: found a list\n"
                  "    it is a table of preset, forwarding, latency, buffer, queue_limit, "
                  "ecn_threshold, ecn_full, ecn_probability, buffer_alpha, flow_control, headroom, lossless, strict, "
                  "weights, trimming, link_retries"},
        WrongLine{"[tier]\nhost-leaf = \"400g-aec\"",
                  "6:13: error: tier.host-leaf: found text\n"
                  "    it is a table of rate, module, fibre, length, connectors, splices, parts, bends, host_loss"},
        WrongLine{"[fault]\nlane = 1",
                  "5:2: error: fault: is not a list of faults\n    each fault starts with [[fault]]"},
        WrongLine{"[a]\nb = { c = 1 }",
                  "5:2: error: a: unknown key\n"
                  "    known are \"title\", \"topology\", \"tier\", \"optics\", \"qualify\", \"scale_up\", \"switch\", "
                  "\"nic\", "
                  "\"routing\", "
                  "\"framing\", "
                  "\"transport\", \"workload\", \"run\", \"engine\", \"in_network\", \"training\", \"checkpoint\", "
                  "\"trace\", "
                  "\"series\", \"question\", \"job\", \"fault\""},
        WrongLine{"[\"run.seed\"]\nplant = 1",
                  "5:2: error: \"run.seed\": unknown key\n"
                  "    known are \"title\", \"topology\", \"tier\", \"optics\", \"qualify\", \"scale_up\", \"switch\", "
                  "\"nic\", "
                  "\"routing\", "
                  "\"framing\", "
                  "\"transport\", \"workload\", \"run\", \"engine\", \"in_network\", \"training\", \"checkpoint\", "
                  "\"trace\", "
                  "\"series\", \"question\", \"job\", \"fault\""},
        WrongLine{"Leaves = 2", "5:1: error: topology.Leaves: unknown key\n    did you mean \"leaves\"?"},
        WrongLine{
            "\"\\u001b[2J\" = 2",
            "5:1: error: topology.\"\\x1b[2J\": unknown key\n    known are \"kind\", "
            "\"file\", \"servers\", \"gpus_per_server\", \"leaves\", \"spines\", \"links_per_pair\", "
            "\"servers_per_unit\", "
            "\"units_per_group\", \"pods\", \"leaves_per_pod\", \"spines_per_pod\", \"servers_per_leaf\", "
            "\"leaf_spine_links\", \"spine_core_links\", \"buildings\", \"segments\", \"servers_per_segment\", "
            "\"nics_per_gpu\", \"rails\", \"planes\", \"spines_per_plane\", \"cores\", \"cores_per_plane\", "
            "\"links_per_core\", \"circuits_per_spine\", \"states\", \"period\", \"dark\", \"rate\", \"radix\""}));

INSTANTIATE_TEST_SUITE_P(
    Lengths, WrongLines,
    ::testing::Values(WrongLine{"[tier.host-leaf]\nlength = \"0m\"",
                                "6:10: error: tier.host-leaf.length: \"0m\" is out of range\n"
                                "    possible is from 0.1m to 3000000m"},
                      WrongLine{"[tier.host-leaf]\nlength = { uniform = [\"3m\", \"2m\"] }",
                                "6:22: error: tier.host-leaf.length: "
                                "the least length is above the most\n    uniform = [least, most]"},
                      WrongLine{"[tier.host-leaf]\nlength = { uniform = [\"3m\"] }",
                                "6:22: error: tier.host-leaf.length: found a list\n"
                                "    uniform takes two lengths, such as [\"20m\", \"120m\"]"},
                      WrongLine{"[tier.host-leaf]\nlength = { normal = [\"50m\", \"10m\"] }",
                                "6:21: error: tier.host-leaf.length: "
                                "a draw could be a negative length\n"
                                "    the mean must be at least 8.3 deviations; a lognormal length is never negative"},
                      WrongLine{"[tier.host-leaf]\nlength = { lognormal = [\"50m\", nan] }",
                                "6:32: error: tier.host-leaf.length: nan is out of range\n"
                                "    the deviation of the logarithm is a number from 0 to 3, without quotes"},
                      WrongLine{"[tier.host-leaf]\nlength = { lognormal = \"50m\" }",
                                "6:24: error: tier.host-leaf.length: found \"50m\"\n"
                                "    lognormal takes a length and a number, such as [\"120m\", 0.3]"},
                      WrongLine{"[optics]\nrelock = { normal = [] }",
                                "6:21: error: optics.relock: found a list\n"
                                "    normal takes two times, such as [\"10ms\", \"1ms\"]"},
                      WrongLine{"[optics]\ndirt.loss = { uniform = [\"1dB\", \"0dB\"] }",
                                "6:25: error: optics.dirt.loss: the least loss is above the most\n"
                                "    uniform = [least, most]"},
                      WrongLine{"[tier.leaf-spine]\nhost_loss = { mean = \"4dB\" }",
                                "6:15: error: tier.leaf-spine.host_loss: unknown distribution \"mean\"\n"
                                "    known are \"uniform\", \"normal\", \"lognormal\""},
                      WrongLine{"[tier.host-leaf]\nlength = { unifrom = [\"2m\", \"3m\"] }",
                                "6:12: error: tier.host-leaf.length: "
                                "unknown distribution \"unifrom\"\n"
                                "    did you mean \"uniform\"?"},
                      WrongLine{"[tier.host-leaf]\nlength = {}",
                                "6:10: error: tier.host-leaf.length: a length follows one distribution\n"
                                "    such as { uniform = [\"20m\", \"120m\"] }"}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, WrongLines,
    ::testing::Values(
        WrongLine{"rate = 400 Gb/s",
                  "5:12: error: key-value pair: expected a comment or whitespace, saw 'G'\n"
                  "    quantities and names stand in quotes: rate = \"400Gbps\""},
        WrongLine{"leaves = 4", "5:10: error: key-value pair: cannot redefine existing integer 'leaves'"},
        WrongLine{"rate = 1e999", "5:13: error: floating-point: '1e999' could not be interpreted as a value"},
        WrongLine{"rate =", "5:7: error: key-value pair: encountered end-of-file"},
        WrongLine{"rate = \"400Gbps",
                  "5:8: error: the closing quote is missing\n"
                  "    a text begins and ends with the same quote, on one line"},
        WrongLine{"kind = 'leaf-spine\"\nrate = \"400Gbps\"",
                  "5:8: error: the closing quote is missing\n"
                  "    a text begins and ends with the same quote, on one line"},
        WrongLine{"rate = 400Gbps",
                  "5:11: error: decimal integer: expected digit, saw 'G'\n"
                  "    quantities and names stand in quotes: rate = \"400Gbps\""},
        WrongLine{"kind = leaf-spine",
                  "5:8: error: value: could not determine value type\n"
                  "    quantities and names stand in quotes: rate = \"400Gbps\""},
        WrongLine{"[tier.host-leaf]\nlength = { uniform = [\"1m\", 2m] }",
                  "6:30: error: decimal integer: expected digit, saw 'm'\n"
                  "    quantities and names stand in quotes: rate = \"400Gbps\""},
        WrongLine{"rate 400", "5:6: error: key-value pair: expected '=', saw '4'"},
        WrongLine{"rate = \"400Gbps\" fast", "5:18: error: key-value pair: expected a comment or whitespace, saw 'f'"},
        WrongLine{"[tier", "5:6: error: table header: encountered end-of-file"},
        WrongLine{"rate = \xe2\x80\x9c"
                  "400Gbps\xe2\x80\x9d",
                  "5:8: error: a character beyond ASCII stands outside quotes\n"
                  "    the quotes of a text are straight ones: \"400Gbps\""},
        WrongLine{"rate = \"\"\"400Gbps\"\"\"",
                  "5:8: error: a text may not go over several lines\n    one quote on either side"},
        WrongLine{"rate = '''\n400Gbps'''",
                  "5:8: error: a text may not go over several lines\n    one quote on either side"}));

TEST(ScenarioErrors, LetTextsAndCommentsSayAnything) {
    const auto parsed =
        parse("\xef\xbb\xbftitle = \"\xc3\xa9 # \\\" ' \xe2\x80\x9c\"  # \xc3\xa9 \"\"\" '''\n" + kLeast);
    ASSERT_TRUE(parsed.scenario) << to_string(parsed.errors[0]);
    EXPECT_EQ(parsed.scenario->title, "\xc3\xa9 # \" ' \xe2\x80\x9c");
}

struct NearestCase {
    std::string name, nearest;
};

TEST(ScenarioErrors, SayThatAFaultWithoutAKindIsADegrade) {
    const std::string fault = "[[fault]]\nselect = \"leaf=0\"\n";
    EXPECT_EQ(errors_of(kLeast + fault),
              (Errors{"s.toml:5:1: error: fault.0.extra_loss: is missing\n    a degrade needs it: what it loses each "
                      "way, such as \"3dB\"; its kind is missing, so it is a degrade"}));
    EXPECT_EQ(errors_of(kLeast + fault + "extra_loss = \"3dB\"\nlanes = 2\n"),
              (Errors{"s.toml:8:9: error: fault.0.lanes: is no key of a fault of kind \"degrade\"\n    it belongs to "
                      "lanes; its kind is missing, so it is a degrade"}));
}

TEST(NearestName, IsTheFewestTypingMistakesAway) {
    const std::vector<std::string> known{"leaves", "spines", "servers", "at", "400g-er4", "400gbase-dr4", "400g-aec"};
    for (const auto& [name, nearest] : {NearestCase{"leafs", "leaves"},
                                        {"SPINES", "spines"},
                                        {"sevrers", "servers"},
                                        {"400g-dr4", "400gbase-dr4"},
                                        {"ta", "at"},
                                        {"x", ""},
                                        {"", ""},
                                        {"bandwidth", ""},
                                        {std::string(1000, 'a'), ""}})
        EXPECT_EQ(nearest_name(name, known), nearest) << name;
}

}  // namespace
}  // namespace lightloom::test
