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

TEST(Ranking, GoesByTheObjective) {
    Comparison comparison = two();
    EXPECT_EQ(ranked(comparison, means(comparison)), (std::vector<std::size_t>{1, 0}));
    comparison.objective = metric_named("p01_margin");  // of which more is better
    EXPECT_EQ(ranked(comparison, means(comparison)), (std::vector<std::size_t>{0, 1}));
    comparison.objective = metric_named("mfu");
    EXPECT_EQ(ranked(comparison, means(comparison)), std::vector<std::size_t>{});
}

TEST(Ranking, LeavesOutWhatMissesItsRequirements) {
    for (const std::string require : {"p01_margin >= 2dB", "p99_9 <= 1.2 x baseline", "mfu > 10%"}) {
        const Comparison comparison = two({require});
        EXPECT_EQ(ranked(comparison, means(comparison)), std::vector<std::size_t>{0}) << require;
        EXPECT_TRUE(gate_outcomes(comparison, means(comparison)).at(0).is_red()) << require;
    }
    const Comparison comparison = two({"p99_9 <= 1.4 x baseline", "p01_margin >= 1dB"});
    EXPECT_EQ(ranked(comparison, means(comparison)), (std::vector<std::size_t>{1, 0}));
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
    EXPECT_EQ(ranked(comparison, means(comparison)), std::vector<std::size_t>{0});
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

TEST(Assumptions, TurnTheOrderAsOftenAsTheFigureIsHigh) {
    const Comparison comparison = with_bills();
    std::size_t high = 0;
    for (std::size_t n = 0; n < 300; ++n)
        high += drawn_level("price_usd of switches guessed", n) == Assumption::Level::high;
    EXPECT_NEAR(static_cast<double>(high), 100.0, 25.0) << "a third";
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs[0]; };
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
    const auto runs = [&](std::size_t design, std::size_t) { return &comparison.designs[design].runs[0]; };
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

TEST(Assumptions, CountADesignThatCannotBeBuiltAsLosing) {
    const Comparison comparison = two();
    const auto runs = [&](std::size_t design, std::size_t n) -> const Measured* {
        return design == 1 && n % 4 == 0 ? nullptr : &comparison.designs[design].runs[0];
    };
    const AssumedOutcome outcome = under_assumptions(comparison, 1, 8, runs, {});
    EXPECT_EQ(outcome.stays, 6u);
    EXPECT_FALSE(outcome.flip) << "no figure was drawn";
}

}  // namespace
}  // namespace lightloom
