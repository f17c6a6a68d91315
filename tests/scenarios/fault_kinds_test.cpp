// Every kind of fault from its text to what it does to a plan: selectors, keys that belong to other kinds, what recurs,
// modules that are replaced, lanes that are lost. Oracles: counts by hand; models/faults asked directly.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/faults/selection.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/selector_text.hpp"
#include "tests/scenarios/scenario_reading.hpp"
#include "topologies/validation.hpp"

namespace lightloom::test {
namespace {

constexpr const char* kFabric =
    "[topology]\nservers = 4\ngpus_per_server = 2\nleaves = 2\nspines = 4\nlinks_per_pair = 2\n"
    "[optics]\nbasis = \"typical\"\n[workload]\nbytes = \"64KiB\"\n";

Scenario scenario_with(const std::string& faults) {
    const auto parsed = parse(kFabric + faults);
    if (!parsed.scenario) throw std::runtime_error(to_string(parsed.errors[0]));
    return *parsed.scenario;
}
Plan plan_with(const std::string& faults) { return plan(scenario_with(faults)); }

std::string fault(const std::string& kind, const std::string& select, const std::string& more = "") {
    return "[[fault]]\nkind = \"" + kind + "\"\nselect = \"" + select + "\"\n" + more + "\n";
}

std::string first_error(const std::string& faults) {
    const auto errors = errors_of(kFabric + faults);
    return errors.empty() ? "" : errors[0].substr(errors[0].find("error: ") + 7);
}

std::set<std::uint32_t> dark_cables(const Plan& plan) {
    std::set<std::uint32_t> cables;
    for (const Outage& outage : plan.outages) cables.insert(outage.direction / 2);
    return cables;
}

TEST(Selectors, ReadBackAsTheyWereMeant) {
    for (const std::string text : {"tier=leaf-spine & leaf=0 & random 3", "random 2", "pod=0 & group=route",
                                   "spine=1 & group=line-card & per=4 & random 1", "server=3 & link=1"}) {
        Selector selector;
        TomlValue value;
        value.kind = TomlValue::Kind::text;
        value.text = text;
        ASSERT_FALSE(read_selector(value, selector)) << text;
        EXPECT_EQ(selector_text(selector), text);
    }
}

TEST(Selectors, SayWhatIsWrong) {
    const auto select = [](const std::string& text) { return first_error(fault("down", text)); };
    EXPECT_EQ(select("leaf=0 & group=trnk"), "fault.0.select: no group \"trnk\"\n    did you mean \"trunk\"?");
    EXPECT_EQ(select("leaf=0 & randm=2"),
              "fault.0.select: nothing is selected by \"randm\"\n    did you mean \"random\"?");
    EXPECT_EQ(select("random 0").substr(0, 61), "fault.0.select: random must be a whole number from 1, not \"0\"");
    EXPECT_EQ(select("per=3").substr(0, 47), "fault.0.select: per is how many make a group\n  ");
    EXPECT_EQ(select("group=route & per=3").substr(0, 44), "fault.0.select: per is how many make a group");
}

// select = " is ten characters, so the text begins in column 11.
TEST(Selectors, AreRefusedAtTheTermThatIsWrong) {
    const auto column = [](const std::string& text) {
        const auto errors = errors_of(kFabric + fault("down", text));
        EXPECT_EQ(errors.size(), 1u) << text;
        const std::size_t line = errors.at(0).find(':') + 1, at = errors[0].find(':', line) + 1;
        return std::stoi(errors[0].substr(at));
    };
    EXPECT_EQ(column("spin=7"), 11);
    EXPECT_EQ(column("tier=leaf-spine & spin=7"), 11 + 18);
    EXPECT_EQ(column("leaf=0 &  spine = x "), 11 + 18) << "the number, not its name";
    EXPECT_EQ(column("leaf=0 & leaf=1"), 11 + 9);
    EXPECT_EQ(column("leaf=0 & group=trnk"), 11 + 15);
    EXPECT_EQ(column("leaf=0 & spine"), 11 + 9);
    EXPECT_EQ(column("leaf=0 & "), 11 + 9) << "where a term is missing";
    EXPECT_EQ(column("leaf=0 & random 0"), 11 + 16);
    EXPECT_EQ(column("leaf=0 & per=3 & spine=1"), 11 + 9);
    EXPECT_EQ(column("tier=\xc3\xa9 & spin=7"), 11 + 9) << "columns count characters, not bytes";
}

TEST(Selectors, DrawFromTheFaultsSeedByNumber) {
    const Scenario scenario = scenario_with(fault("down", "random 3") + fault("down", "random 3"));
    const Plan prepared = plan(scenario);
    const auto targets = [&](std::uint32_t number) {
        return select_targets(prepared.topology, {.tier = "leaf-spine", .random = 3, .number = number}, 1);
    };
    for (std::uint32_t number : {0u, 1u}) {
        ASSERT_EQ(prepared.faults[number].targets.size(), 3u);
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_EQ(prepared.faults[number].targets[i].entity, targets(number)[i].entity);
    }
    EXPECT_THROW(plan_with(fault("down", "leaf=0 & spine=0 & random 3")), TopologyError);  // there are 2
}

TEST(FaultKinds, BelongToTheirKeys) {
    EXPECT_EQ(first_error(fault("down", "leaf=0", "rms = \"1dB\"")),
              "fault.0.rms: is no key of a fault of kind \"down\"\n    it belongs to wander");
    EXPECT_EQ(first_error(fault("flaps", "leaf=0", "mean_up = \"1ms\"\nuntil = \"2ms\"\nlasts = \"1ms\"")),
              "fault.0.lasts: is no key of a fault of kind \"flaps\"\n"
              "    it belongs to degrade, down, lanes, swap, crash, nic-loss, circuit-loss");
    EXPECT_EQ(first_error(fault("crash", "spine=0", "way = \"up\"")).substr(0, 53),
              "fault.0.way: is no key of a fault of kind \"crash\"\n   ");
    EXPECT_EQ(first_error(fault("flaps", "leaf=0", "until = \"1ms\"")),
              "fault.0.mean_up: is missing\n    what flaps needs one of mean_up, fit and monthly");
    EXPECT_EQ(first_error(fault("down", "leaf=0", "fit = 3\nmean_up = \"1ms\"\nuntil = \"1ms\"")),
              "fault.0.fit: a fault recurs at one rate\n    one of mean_up, fit and monthly");
    EXPECT_EQ(first_error(fault("down", "leaf=0", "fit = 3\nuntil = \"1ms\"\nlasts = \"1ms\"")),
              "fault.0.lasts: says how long a fault lasts that happens once\n    of one that recurs down says it");
    EXPECT_EQ(first_error(fault("down", "leaf=0", "until = \"1ms\"")),
              "fault.0.until: is for what recurs\n    with mean_up, fit or monthly; else lasts");
    EXPECT_EQ(first_error(fault("swap", "leaf=0")),
              "fault.0.lasts: is missing\n    how long a module's replacement takes, such as \"5ms\"");
    EXPECT_EQ(first_error(fault("wander", "tier=host-leaf", "until = \"1ms\"")),
              "fault.0.select: a wander needs an optical cable\n"
              "    tier host-leaf is 400g-aec, whose error ratio no loss changes");
    EXPECT_EQ(first_error(fault("crash", "server=0")),
              "fault.0.select: server selects no switch\n    leaf, spine or core, pod and random do");
    EXPECT_EQ(first_error(fault("crash", "spine=4")),
              "fault.0.select: there is no spine 4\n    there are 4, counted from 0");
    EXPECT_EQ(first_error(fault("circuit-loss", "random 1")),
              "fault.0.select: no tier \"circuit\"\n    known are \"host-leaf\", \"leaf-spine\"");
}

TEST(FaultKinds, ThatGoOnNeedAnEnd) {
    const std::string endless = fault("wander", "leaf=0");
    EXPECT_EQ(first_error(endless),
              "fault.0.until: is missing\n"
              "    run.until is \"done\", which is no instant: give until here, or run.until");
    EXPECT_EQ(first_error(endless + "[run]\nuntil = \"1ms\"\n"), "");
    const Plan prepared = plan_with(endless + "[run]\nuntil = \"1ms\"\n");
    EXPECT_EQ(prepared.changes.size(), 8u * 2u * 10u);  // cables, directions, steps of 100 us from the start
}

TEST(FaultKinds, ThatAreOutagesDarkenWhatTheySelect) {
    EXPECT_EQ(dark_cables(plan_with(fault("crash", "spine=1"))).size(), 4u);
    EXPECT_EQ(dark_cables(plan_with(fault("crash", "leaf=1"))).size(), 8u + 4u);  // servers hang on it
    EXPECT_EQ(dark_cables(plan_with(fault("nic-loss", "server=2"))).size(), 2u);
    EXPECT_EQ(dark_cables(plan_with(fault("nic-loss", "server=2 & link=1"))).size(), 1u);
    EXPECT_EQ(dark_cables(plan_with(fault("down", "leaf=0 & group=trunk & per=4 & random 1"))).size(), 4u);
    const Plan one_way = plan_with(fault("down", "leaf=0 & spine=0 & link=0", "way = \"down\"\nlasts = \"3us\""));
    ASSERT_EQ(one_way.outages.size(), 1u);
    EXPECT_EQ(one_way.outages[0].direction % 2, 1u);
    EXPECT_EQ(one_way.outages[0].cause, OutageCause::one_direction);
    EXPECT_EQ(one_way.outages[0].to, Time{3'000'000});
}

// FIT and a share per month say the same: 1e9 h between failures of 1 FIT, 730.5 h of a share of 1.
TEST(FaultKinds, RecurAtRates) {
    const auto times = [](const std::string& rate) {
        return plan_with(fault("down", "leaf=0", rate + "\ndown = \"1us\"\nuntil = \"10ms\"")).occurrences.size();
    };
    const std::size_t by_time = times("mean_up = \"1ms\"");
    EXPECT_NEAR(static_cast<double>(by_time), 80.0, 27.0);  // 8 cables, 10 means each: three deviations
    EXPECT_EQ(times("fit = 3.6e15"), by_time);              // 1e9 h / 3.6e15 = 1 ms
    EXPECT_EQ(times("monthly = 2629800000"), by_time);      // 730.5 h / 1 ms
}

TEST(FaultKinds, LanesChangeTheRate) {
    const std::string where = "leaf=0 & spine=0 & link=0";
    const Plan prepared = plan_with(
        fault("lanes", where, "at = \"1us\"\nlanes = 1\nretraining = \"2us\"\nlasts = \"10us\"\nway = \"up\""));
    ASSERT_EQ(prepared.rates.size(), 2u);
    EXPECT_EQ(prepared.rates[0].at, Time{3'000'000});
    EXPECT_EQ(prepared.rates[0].rate.bit_rate(), BitRate{300'000'000'000});  // three of a DR4's four
    EXPECT_EQ(prepared.rates[1].at, Time{13'000'000});
    EXPECT_EQ(prepared.rates[1].rate.bit_rate(), BitRate{400'000'000'000});
    EXPECT_EQ(prepared.outages.size(), 2u);
    EXPECT_THROW(plan_with(fault("lanes", where, "lanes = 4")), TopologyError);
}

TEST(FaultKinds, SwapsDrawAnotherModule) {
    const std::string where = "leaf=0 & spine=0 & link=0";
    const auto hazards = [&](const std::string& end, std::uint64_t seed) {
        Scenario scenario = scenario_with(
            fault("degrade", where, "extra_loss = \"4dB\"") +
            fault("swap", where, "mean_up = \"1ms\"\ndown = \"1us\"\nuntil = \"9ms\"\nend = \"" + end + '"'));
        scenario.seeds.plant = seed;
        std::vector<double> after;
        for (const ChannelChange& change : plan(scenario).changes) after.push_back(change.codeword_hazard);
        return after;
    };
    const std::vector<double> lower = hazards("lower", 1);
    ASSERT_GE(lower.size(), 6u);                                                   // three swaps of two directions
    EXPECT_EQ(std::set<double>(lower.begin(), lower.end()).size(), lower.size());  // each another
    EXPECT_EQ(lower, hazards("lower", 1));
    EXPECT_NE(lower, hazards("upper", 1));
    EXPECT_NE(lower, hazards("lower", 2));
}

}  // namespace
}  // namespace lightloom::test
