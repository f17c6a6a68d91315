// The grammar of gates: what they mean, where a mistake is; and the section of a scenario that has them.
#include "scenarios/gates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/scenarios/scenario_reading.hpp"

namespace lightloom::test {
namespace {

Gate gate(const std::string& text) {
    const auto parsed = parse_gate(text);
    if (const auto* error = std::get_if<GateError>(&parsed)) ADD_FAILURE() << text << ": " << error->message;
    return std::holds_alternative<Gate>(parsed) ? std::get<Gate>(parsed) : Gate{};
}

std::string complaint(const std::string& text) {
    const auto parsed = parse_gate(text);
    const auto* error = std::get_if<GateError>(&parsed);
    return error == nullptr ? "accepted" : std::to_string(error->column) + ": " + error->message;
}

TEST(Gates, HaveValuesInTheUnitsOfTheirMetric) {
    EXPECT_EQ(gate("completion > 3.5ms").value, 3.5e9);
    EXPECT_EQ(gate("completion>3.5 ms").value, 3.5e9);
    EXPECT_EQ(gate("  p01_margin >= 1dB  ").value, 1.0);
    EXPECT_EQ(gate("worst_margin < -0.5 dB").value, -0.5);
    EXPECT_EQ(gate("bus_bandwidth < 40GB/s").value, 40e9);
    EXPECT_EQ(gate("usd_per_gpu > 1500 USD").value, 1500);
    EXPECT_EQ(gate("usd_per_gpu > $4000").value, 4000);
    EXPECT_EQ(gate("usd_per_gpu > 4000$").value, 4000);
    EXPECT_EQ(gate("energy_per_bit > 20pJ").value, 20e-12);
    EXPECT_EQ(gate("frames_lost != 0").value, 0);
    EXPECT_EQ(gate("deepest_queue > 64KiB").value, 65536);
    EXPECT_EQ(gate("deepest_queue > 1000 B").value, 1000);
    EXPECT_EQ(complaint("deepest_queue > 1000"), "21: no unit");
    EXPECT_EQ(complaint("frames_lost > 1KiB"), "16: no unit \"KiB\"");
    EXPECT_DOUBLE_EQ(gate("mfu < 35%").value, 0.35);
    EXPECT_EQ(gate("p99_9 > 1us").metric, metric_named("p99_9_latency"));
}

TEST(Gates, AreRelativeToTheBaseline) {
    EXPECT_TRUE(gate("p99_9 > +5%").is_relative);
    EXPECT_EQ(gate("p99_9 > +5%").bound(100.0), 105.0);
    EXPECT_EQ(gate("goodput < -10 %").bound(100.0), 90.0);
    EXPECT_EQ(gate("p99_9_latency <= 1.2 x baseline").bound(10.0), 12.0);
    EXPECT_EQ(gate("p99_9_latency <= 1.5*baseline").bound(10.0), 15.0);
    EXPECT_FALSE(gate("p99_9 > 5ns").is_relative);
    EXPECT_EQ(gate("p01_margin < baseline - 0.5dB").bound(2.0), 1.5);
    EXPECT_EQ(gate("completion > baseline+2us").bound(1e6), 3e6);
    EXPECT_TRUE(gate("p01_margin < baseline - 0.5dB").is_relative);
    EXPECT_EQ(complaint("p01_margin < baseline"), "22: no + or -");
    EXPECT_EQ(complaint("p01_margin < baseline - dB"), "23: no number");
    EXPECT_EQ(complaint("p01_margin < baseline - -1dB"), "23: no number");
    EXPECT_EQ(complaint("p01_margin < baseline - 1"), "26: no unit");
}

TEST(Gates, HoldOrNotOrCannotBeSaid) {
    EXPECT_EQ(gate("frames_lost > 3").holds(4, NAN), true);
    EXPECT_EQ(gate("frames_lost > 3").holds(3, NAN), false);
    EXPECT_EQ(gate("frames_lost >= 3").holds(3, NAN), true);
    EXPECT_EQ(gate("frames_lost < 3").holds(3, NAN), false);
    EXPECT_EQ(gate("frames_lost <= 3").holds(3, NAN), true);
    EXPECT_EQ(gate("frames_lost == 3").holds(3, NAN), true);
    EXPECT_EQ(gate("frames_lost != 3").holds(3, NAN), false);
    EXPECT_EQ(gate("frames_lost > 3").holds(NAN, NAN), std::nullopt);
    EXPECT_EQ(gate("p99_9 > +5%").holds(4, NAN), std::nullopt);
}

TEST(Gates, SayWhereAMistakeIs) {
    EXPECT_EQ(complaint(""), "1: no metric");
    EXPECT_EQ(complaint("p99_8 > 1us"), "1: no metric \"p99_8\"");
    EXPECT_EQ(complaint("completion 3ms"), "12: no comparison");
    EXPECT_EQ(complaint("completion => 3ms"), "12: no comparison");
    EXPECT_EQ(complaint("completion > fast"), "14: no number");
    EXPECT_EQ(complaint("completion > 3"), "15: no unit");
    EXPECT_EQ(complaint("completion > 3dB"), "15: no unit \"dB\"");
    EXPECT_EQ(complaint("completion > 3 x base"), "18: no \"baseline\"");
    EXPECT_EQ(complaint("completion > 1.2 x baseline or more"), "29: \"or more\" is too much");
    EXPECT_EQ(complaint("worst_margin < -5%"), "18: worst_margin is in dB, of which there are no shares");
    EXPECT_EQ(complaint("p01_margin >= 0.9 x baseline"), "19: p01_margin is in dB, of which there are no shares");
    EXPECT_EQ(complaint("usd_per_gpu > $4000 USD"), "21: no unit \"USD\"");
    EXPECT_EQ(complaint("completion > $4000"), "14: no number");
    EXPECT_EQ(complaint("completion > nan"), "14: no number");
    EXPECT_EQ(complaint("completion > +"), "14: no number");
    EXPECT_EQ(complaint("completion > +-5%"), "14: no number");
    EXPECT_EQ(complaint("completion > 1e999ms"), "14: no number");
    EXPECT_EQ(complaint(std::string(300, 'x')), "1: is longer than 200 bytes");
    EXPECT_EQ(complaint("completion > 3\n"), "15: no unit \"\\x0a\"");
    const auto parsed = parse_gate("complition > 3ms");
    EXPECT_EQ(std::get<GateError>(parsed).hint, "did you mean \"completion\"?");
}

TEST(Question, IsReadAndWrittenBack) {
    const std::string text = kLeast +
                             "[question]\nobjective = \"p99_9_latency\"\n"
                             "require = [\"p01_margin >= 1dB\", \"completion <= 1.2 x baseline\"]\n";
    const Scenario scenario = parse(text).scenario.value();
    EXPECT_EQ(scenario.question.objective, "p99_9_latency");
    EXPECT_EQ(scenario.question.require,
              (std::vector<std::string>{"p01_margin >= 1dB", "completion <= 1.2 x baseline"}));
    EXPECT_EQ(parse(effective_toml(scenario)).scenario.value().question, scenario.question);
    EXPECT_EQ(parse(kLeast).scenario.value().question, Question{});
}

TEST(Question, SaysWhatIsWrongAtItsPlace) {
    const auto first = [](const std::string& line) { return errors_of(kLeast + "[question]\n" + line + "\n").at(0); };
    EXPECT_EQ(first("objective = \"complition\""),
              "s.toml:6:13: error: question.objective: no metric \"complition\"\n    did you mean \"completion\"?");
    EXPECT_EQ(first("require = [\"p01_margin >= 1dB\", \"p01_margin >= 1W\"]"),
              "s.toml:6:49: error: question.require: in \"p01_margin >= 1W\": no unit \"W\"\n"
              "    units of p01_margin are: dB");
    EXPECT_EQ(first("require = \"p01_margin >= 1dB\"").substr(0, 40), "s.toml:6:11: error: question.require: fo");
    EXPECT_EQ(first("requires = []"),
              "s.toml:6:1: error: question.requires: unknown key\n    did you mean \"require\"?");
}

}  // namespace
}  // namespace lightloom::test
