// Orders, gates and draws on designs made up here, so that every answer can be told beforehand.
#include "comparison/ranking.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "comparison/assumptions.hpp"

namespace lightloom {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Measured run_with(double completion_ps, double tail_ps, double margin_db, std::uint64_t seed = 1) {
    Measured run{.plant_seed = seed,
                 .traffic_seed = seed,
                 .faults_seed = seed,
                 .digest = "0",
                 .is_complete = true,
                 .values = std::vector<double>(metrics().size(), kNone),
                 .bill = {}};
    run.values[number_of(*metric_named("completion"))] = completion_ps;
    run.values[number_of(*metric_named("p99_9"))] = tail_ps;
    run.values[number_of(*metric_named("p01_margin"))] = margin_db;
    run.gpus = 1.0;
    return run;
}

Design design(const std::string& name, std::vector<Measured> runs, std::vector<std::string> require = {}) {
    return {.name = name,
            .source = name,
            .title = {},
            .program_version = {},
            .question = {.require = std::move(require)},
            .runs = std::move(runs),
            .symptoms = {}};
}

Gate gate(const std::string& text) { return std::get<Gate>(parse_gate(text)); }

Comparison two(std::vector<std::string> require = {}) {
    Comparison comparison;
    comparison.designs = {design("slow", {run_with(2e9, 100, 3)}), design("fast", {run_with(1e9, 130, 1)}, require)};
    comparison.objective = metric_named("completion");
    return comparison;
}

std::vector<std::size_t> order_of(const Comparison& comparison) {
    const Values values = means(comparison);
    return ranked(comparison, values, gate_outcomes(comparison, values));
}

std::vector<GateOutcome> gates_with_evidence(const Comparison& comparison) {
    std::vector<GateOutcome> gates = gate_outcomes(comparison, means(comparison));
    add_evidence(comparison, gates);
    return gates;
}

TEST(Ranking, GoesByTheObjective) {
    Comparison comparison = two();
    EXPECT_EQ(order_of(comparison), (std::vector<std::size_t>{1, 0}));
    comparison.objective = metric_named("p01_margin");  // of which more is better
    EXPECT_EQ(order_of(comparison), (std::vector<std::size_t>{0, 1}));
    comparison.objective = metric_named("mfu");
    EXPECT_EQ(order_of(comparison), std::vector<std::size_t>{});
}

TEST(Ranking, LeavesOutWhatMissesItsRequirements) {
    for (const std::string require : {"p01_margin >= 2dB", "p99_9 <= 1.2 x baseline", "mfu > 10%"}) {
        const Comparison comparison = two({require});
        EXPECT_EQ(order_of(comparison), std::vector<std::size_t>{0}) << require;
        EXPECT_TRUE(gate_outcomes(comparison, means(comparison)).at(0).is_red()) << require;
    }
    const Comparison comparison = two({"p99_9 <= 1.4 x baseline", "p01_margin >= 1dB"});
    EXPECT_EQ(order_of(comparison), (std::vector<std::size_t>{1, 0}));
}

TEST(Gates, OfTheBaselineAreAskedOfAll) {
    Comparison comparison = two();
    comparison.designs[0].question.require = {"p99_9 <= 1.2 x baseline", "p01_margin >= 0.5dB"};
    comparison.designs[1].question.require = {"p01_margin >= 0.5dB"};
    const auto outcomes = gate_outcomes(comparison, means(comparison));
    ASSERT_EQ(outcomes.size(), 3u) << "nothing is asked of the baseline that is relative to it, and nothing twice";
    EXPECT_EQ(outcomes[0].gate.text, "p01_margin >= 0.5dB");
    EXPECT_EQ(outcomes[2].design, 1u);
    EXPECT_EQ(outcomes[2].gate.text, "p99_9 <= 1.2 x baseline");
    EXPECT_TRUE(outcomes[2].is_red()) << "130 is more than 120";
    EXPECT_EQ(order_of(comparison), std::vector<std::size_t>{0});
}

TEST(Ahead, IsByAnyMetricAndOfDecibelsByTheirDifference) {
    Comparison comparison = two();
    for (std::size_t d = 0; d < 2; ++d) {
        auto& values = comparison.designs[d].runs[0].values;
        values[number_of(*metric_named("transceivers_per_gpu"))] = d == 0 ? 1.0 : 2.0;
        values[number_of(*metric_named("utilisation"))] = d == 0 ? 0.1 : 0.9;
    }
    // Behind in completion alone: the tail 100 and not 130, two decibels more, half the transceivers.
    const std::vector<Ahead> found = ahead(comparison, means(comparison), 0, 1);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0].metric->name, "p01_margin");
    EXPECT_DOUBLE_EQ(found[0].difference, 2.0);
    EXPECT_NEAR(found[0].share, 0.584893, 1e-6);
    EXPECT_EQ(found[1].metric->name, "transceivers_per_gpu");
    EXPECT_DOUBLE_EQ(found[1].share, 0.5);
    EXPECT_EQ(found[2].metric->name, "p99_9_latency");
    EXPECT_TRUE(ahead(comparison, means(comparison), 1, 1).empty());
}

TEST(Gates, OfFailureAreRedWhereTheyHold) {
    Comparison comparison = two();
    comparison.fail_if = {gate("p99_9 > +29%"), gate("p99_9 > +30%"), gate("completion > 1.5ms")};
    const auto outcomes = gate_outcomes(comparison, means(comparison));
    ASSERT_EQ(outcomes.size(), 4u) << "the baseline is asked only what is not relative to it";
    EXPECT_EQ(outcomes[0].design, 0u);
    EXPECT_TRUE(outcomes[0].is_red()) << "2 ms";
    EXPECT_TRUE(outcomes[1].is_red()) << "130 is more than 129";
    EXPECT_FALSE(outcomes[2].is_red()) << "130 is not more than 130";
    EXPECT_FALSE(outcomes[3].is_red()) << "1 ms";
}

TEST(Gates, JudgeTheMeanAndCountTheRunsThatAreRed) {
    Comparison comparison = two();
    comparison.designs[1].runs = {run_with(1e9, 100, 1, 1), run_with(1e9, 110, 1, 2), run_with(1e9, 180, 1, 3)};
    comparison.designs[0].runs = {run_with(2e9, 90, 3, 1), run_with(2e9, 100, 3, 2), run_with(2e9, 170, 3, 3)};
    comparison.designs[1].question.require = {"p99_9 <= 140ps", "p99_9 <= 1.08 x baseline", "p99_9 <= 120ps"};
    const auto gates = gates_with_evidence(comparison);
    ASSERT_EQ(gates.size(), 3u);
    EXPECT_EQ(gates[0].state(), GateState::green) << "130 in the mean";
    EXPECT_EQ(gates[0].runs, 3u);
    EXPECT_EQ(gates[0].red_runs, 1u);
    EXPECT_EQ(gates[0].worst, 180.0);
    EXPECT_EQ(gates[0].worst_seeds, "all seeds 3");
    EXPECT_EQ(gates[1].red_runs, 2u) << "100 / 90 and 110 / 100 are more than 1.08, 180 / 170 is not";
    EXPECT_EQ(gates[1].worst, 100.0) << "2.8 more than its bound";
    EXPECT_EQ(gates[2].state(), GateState::red);
    EXPECT_TRUE(gates[2].fails());
}

TEST(Leads, ArePairedBySeeds) {
    Comparison comparison;
    comparison.objective = metric_named("completion");
    comparison.designs = {design("a", {run_with(10, 0, 0, 1), run_with(20, 0, 0, 2), run_with(30, 0, 0, 3)}),
                          design("b", {run_with(11, 0, 0, 1), run_with(22, 0, 0, 2), run_with(33, 0, 0, 3)})};
    const Interval lead = paired_lead(comparison, *comparison.objective, 1, 0).value();
    EXPECT_DOUBLE_EQ(lead.mean, 2.0);
    EXPECT_NEAR(lead.high, 4.484138, 1e-6);
    comparison.designs[1].runs[2].traffic_seed = 9;
    EXPECT_FALSE(paired_lead(comparison, *comparison.objective, 1, 0)) << "other traffic is no pair";
}

// One switch each: a costs 100 for sure, b 80, 90 or 130.
Comparison with_bills() {
    Comparison comparison = two();
    comparison.objective = metric_named("usd_per_gpu");
    comparison.designs[0].runs[0].bill = {{"switches", "known", 1, {1, 1, 1}, {100, 100, 100}}};
    comparison.designs[1].runs[0].bill = {{"switches", "guessed", 1, {1, 1, 1}, {80, 90, 130}}};
    for (std::size_t d = 0; d < 2; ++d)
        comparison.designs[d].runs[0].values[number_of(*comparison.objective)] = d == 0 ? 100 : 90;
    return comparison;
}

TEST(Gates, AreUndecidedWhereAnAssumedPriceDecides) {
    Comparison comparison = with_bills();
    const auto of_b = [&](const std::string& text) {
        comparison.designs[1].question.require = {text};
        return gates_with_evidence(comparison).back();
    };
    EXPECT_EQ(of_b("usd_per_gpu <= 130$").state(), GateState::green);
    const GateOutcome open = of_b("usd_per_gpu < 130$");
    EXPECT_EQ(open.state(), GateState::undecided);
    EXPECT_FALSE(open.is_red()) << "by the middle";
    EXPECT_FALSE(open.fails());
    EXPECT_EQ(open.assumed.low, -10.0);
    EXPECT_EQ(open.assumed.high, 40.0);
    EXPECT_EQ(open.assumed.most, "price_usd of switches guessed");
    EXPECT_EQ(of_b("usd_per_gpu <= 80$").state(), GateState::undecided);
    EXPECT_TRUE(of_b("usd_per_gpu <= 80$").is_red());
    EXPECT_EQ(of_b("usd_per_gpu < 80$").state(), GateState::red);
    EXPECT_EQ(of_b("usd_per_gpu <= 1 x baseline").state(), GateState::undecided) << "80 to 130 against 100";
    EXPECT_EQ(of_b("watt_per_gpu <= 5W").state(), GateState::red) << "not measured";
    // What both buy is the same for both: 100 against twice 100, whatever it costs.
    for (std::size_t d = 0; d < 2; ++d) {
        const double n = d == 0 ? 2.0 : 1.0;
        comparison.designs[d].runs[0].bill = {{"switches", "guessed", n, {1, 1, 1}, {20 * n, 100 * n, 500 * n}}};
        comparison.designs[d].runs[0].values[number_of(*metric_named("usd_per_gpu"))] = 100 * n;
    }
    const GateOutcome shared = of_b("usd_per_gpu <= 0.51 x baseline");
    EXPECT_EQ(shared.state(), GateState::green);
    EXPECT_NEAR(shared.assumed.high, -80 + 0.51 * 160, 1e-9);
    EXPECT_NEAR(shared.assumed.low, 400 - 0.51 * 800, 1e-9);
}

TEST(Assumptions, TurnTheOrderAsOftenAsTheFigureIsHigh) {
    const Comparison comparison = with_bills();
    std::size_t high = 0;
    for (std::size_t n = 0; n < 300; ++n)
        high += drawn_level("price_usd of switches guessed", n) == Assumption::Level::high;
    EXPECT_NEAR(static_cast<double>(high), 100.0, 25.0) << "a third";
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    const AssumedOutcome outcome = under_assumptions(comparison, 1, 300, runs, {});
    EXPECT_EQ(outcome.figures, 1u);
    EXPECT_EQ(outcome.stays, 300 - high);
    EXPECT_EQ(outcome.instead, std::optional<std::size_t>(0));
    ASSERT_TRUE(outcome.flip);
    EXPECT_EQ(outcome.flip->figure, "price_usd of switches guessed");
    EXPECT_EQ(outcome.flip->level, Assumption::Level::high);
    EXPECT_EQ(outcome.flip->draws, high);
    EXPECT_EQ(outcome.flip->lost, high);
}

TEST(Assumptions, BlameNoPriceForATime) {
    Comparison comparison = with_bills();
    EXPECT_TRUE(bearing_of(comparison).prices);
    EXPECT_FALSE(bearing_of(comparison).runs) << "a bill needs no run";
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    comparison.objective = metric_named("completion");
    const AssumedOutcome of_time = under_assumptions(comparison, 1, 50, runs, {});
    EXPECT_EQ(of_time.figures, 0u);
    EXPECT_EQ(of_time.stays, 50u);
    EXPECT_FALSE(of_time.flip);
    comparison.designs[1].question.require = {"usd_per_gpu < $120"};
    EXPECT_TRUE(bearing_of(comparison).prices) << "a requirement bears on the order, too";
    EXPECT_TRUE(bearing_of(comparison).runs);
    EXPECT_LT(under_assumptions(comparison, 1, 50, runs, {}).stays, 50u);
}

TEST(Assumptions, AreDrawnWhereNoDesignMeetsWhatIsAsked) {
    Comparison comparison = with_bills();
    comparison.designs[0].question.require = {"usd_per_gpu <= 85$"};
    comparison.fail_if = {gate("usd_per_gpu > 95$")};
    ASSERT_TRUE(order_of(comparison).empty());
    std::size_t low = 0, high = 0;
    for (std::size_t n = 0; n < 90; ++n) {
        low += drawn_level("price_usd of switches guessed", n) == Assumption::Level::low;
        high += drawn_level("price_usd of switches guessed", n) == Assumption::Level::high;
    }
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    const AssumedOutcome outcome = under_assumptions(comparison, std::nullopt, 90, runs, {});
    EXPECT_EQ(outcome.stays, 90 - low);
    EXPECT_EQ(outcome.instead, std::optional<std::size_t>(1));
    const std::vector<std::optional<std::size_t>> red{std::nullopt, std::nullopt, 90 - low, high};
    EXPECT_EQ(outcome.red, red) << "required and failing, by design; of the first nothing is assumed";
}

TEST(Assumptions, CountTheDrawsInWhichNobodyWins) {
    Comparison comparison = with_bills();
    comparison.designs[0].question.require = {"usd_per_gpu <= 90$"};
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    const AssumedOutcome outcome = under_assumptions(comparison, 1, 90, runs, {});
    EXPECT_GT(outcome.none, 0u);
    EXPECT_EQ(outcome.none, 90 - outcome.stays);
    EXPECT_FALSE(outcome.instead);
}

TEST(Assumptions, SayWhereTheNextIsAsGood) {
    Comparison comparison = two();
    comparison.designs[0].runs = comparison.designs[1].runs;
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    const AssumedOutcome outcome = under_assumptions(comparison, 0, 12, runs, {});
    EXPECT_EQ(outcome.stays, 12u);
    EXPECT_EQ(outcome.ties, 12u);
}

TEST(Assumptions, AreDrawnWithAllSeeds) {
    Comparison comparison = two();
    comparison.designs[0].runs = {run_with(12, 0, 0, 1), run_with(12, 0, 0, 2)};
    comparison.designs[1].runs = {run_with(2, 0, 0, 1), run_with(20, 0, 0, 2)};  // 11 in the mean, with seeds 2 behind
    const std::vector<Measured> slower = {run_with(2, 0, 0, 1), run_with(24, 0, 0, 2)};  // 13
    const auto runs = [&](std::size_t design, std::size_t n) {
        return design == 1 && n == 4 ? &slower : &comparison.designs[design].runs;
    };
    EXPECT_EQ(under_assumptions(comparison, 1, 4, runs, {}).stays, 4u);
    EXPECT_EQ(under_assumptions(comparison, 1, 5, runs, {}).stays, 4u);
}

TEST(Assumptions, MoveNoGateByRounding) {
    Comparison comparison = two();
    comparison.fail_if = {gate("p99_9 > 5ps")};
    for (Design& design : comparison.designs)
        design.runs = {run_with(1, 0.1, 0, 1), run_with(1, 0.2, 0, 2), run_with(1, 0.7, 0, 3)};
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    const std::vector<std::optional<std::size_t>> unmoved(2);
    EXPECT_EQ(under_assumptions(comparison, 0, 5, runs, {}).red, unmoved);
}

TEST(Assumptions, NameNoFigureByChance) {
    Comparison comparison = with_bills();
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs; };
    EXPECT_FALSE(under_assumptions(comparison, 1, 6, runs, {}).flip) << "six draws tell nothing";
    comparison.objective = metric_named("completion");
    std::vector<std::string> figures;
    for (int n = 0; n < 50; ++n) figures.push_back(std::to_string(n));
    const std::vector<Measured> slower = {run_with(4e9, 0, 0)};
    const auto half = [&](std::size_t design, std::size_t n) {
        return design == 1 && drawn_level("a coin", n) == Assumption::Level::low ? &slower
                                                                                 : &comparison.designs[design].runs;
    };
    EXPECT_FALSE(under_assumptions(comparison, 1, 60, half, figures).flip) << "none of the fifty is the coin";
    figures.push_back("a coin");
    const AssumedOutcome outcome = under_assumptions(comparison, 1, 60, half, figures);
    EXPECT_EQ(outcome.flip.value().figure, "a coin");
    EXPECT_EQ(outcome.flip->level, Assumption::Level::low);
    EXPECT_EQ(outcome.flip->lost, outcome.flip->draws);
}

TEST(Gates, TrustTheDrawsMoreThanTheMiddle) {
    GateOutcome gate{.design = 0, .gate = lightloom::gate("frames_lost == 0"), .holds = false};
    gate.draws = 8;
    const auto with = [&](std::size_t red) { return gate.red_draws = red, gate.state(); };
    EXPECT_EQ(with(0), GateState::green);
    EXPECT_EQ(with(1), GateState::undecided);
    EXPECT_EQ(with(8), GateState::red);
    gate.holds = true;
    EXPECT_EQ(with(0), GateState::green) << "though by the middle it is red";
    gate.bill_decides = true;
    EXPECT_EQ(with(0), GateState::undecided) << "a few draws do not settle a price";
}

TEST(Gates, OfSomeRunsThatHaveNoValueNameOne) {
    Comparison comparison = two({"completion < 3ms"});
    comparison.designs[1].runs = {run_with(1e9, 0, 0, 1), run_with(kNone, 0, 0, 2), run_with(5e9, 0, 0, 3)};
    const GateOutcome outcome = gates_with_evidence(comparison).at(0);
    EXPECT_FALSE(outcome.holds);
    EXPECT_EQ(outcome.state(), GateState::red);
    EXPECT_EQ(outcome.red_runs, 2u);
    EXPECT_EQ(outcome.unmeasured_runs, 1u);
    EXPECT_EQ(outcome.worst_seeds, "all seeds 2");
    EXPECT_EQ(worst_run(comparison.designs[1], *comparison.objective).run, 1u);
}

TEST(Symptoms, OfSeveralRunsAreMeansAndTheWorstFault) {
    const auto run = [](double busy, double lost, double margin, double stall) {
        Symptoms s;
        s.tiers = {
            {.name = "a", .utilisation = busy, .greatest_utilisation = busy, .frames_lost = lost, .margin_db = margin}};
        s.queue_at = busy > 0.5 ? "leaf" : "spine";
        s.queue_bytes = 100 * busy;
        s.worst_fault = Symptoms::Fault{.number = 1, .kind = "down", .flows_stalled = 1, .longest_stall_ps = stall};
        return s;
    };
    const Symptoms mean = mean_of({run(0.25, 1, 3, 7), run(0.75, 4, 1, 9)}, {"first", "second"});
    ASSERT_EQ(mean.tiers.size(), 1u);
    EXPECT_EQ(mean.tiers[0].utilisation, 0.5);
    EXPECT_EQ(mean.tiers[0].frames_lost, 2.5);
    EXPECT_EQ(mean.tiers[0].margin_db, 1.0);
    EXPECT_EQ(mean.queue_bytes, 50.0);
    EXPECT_EQ(mean.queue_at, "leaf");
    EXPECT_EQ(mean.worst_fault->longest_stall_ps, 9.0);
    EXPECT_EQ(mean.worst_fault->run, "second");
    EXPECT_EQ(mean_of({run(0.25, 1, 3, 7)}, {"only"}).worst_fault->run, "");
}

TEST(Assumptions, CountADesignThatCannotBeBuiltAsLosing) {
    const Comparison comparison = two();
    const auto runs = [&](std::size_t design, std::size_t n) -> const std::vector<Measured>* {
        return design == 1 && n % 4 == 0 ? nullptr : &comparison.designs[design].runs;
    };
    const AssumedOutcome outcome = under_assumptions(comparison, 1, 8, runs, {});
    EXPECT_EQ(outcome.stays, 6u);
    EXPECT_FALSE(outcome.flip) << "no figure was drawn";
}

}  // namespace
}  // namespace lightloom
