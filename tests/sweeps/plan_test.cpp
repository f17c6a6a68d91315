// From a sweep's text to its points: their order, their names, and whose mistakes are told where.
#include <gtest/gtest.h>

#include <set>

#include "models/workload/traces/trace_files.hpp"
#include "tests/sweeps/sweep_reading.hpp"

namespace lightloom::test {
namespace {

const std::string kSizes = "[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"64KiB\", \"128KiB\"]\n";

TEST(SweepPlan, IsTheProductOfItsAxesTheLastOneFastest) {
    const SweepDirectory directory;
    EXPECT_EQ(points_of(directory.plan(kSizes + "[[axis]]\nseeds = 2\n")),
              (Texts{"workload.bytes=\"64KiB\" run.seed=1", "workload.bytes=\"64KiB\" run.seed=2",
                     "workload.bytes=\"128KiB\" run.seed=1", "workload.bytes=\"128KiB\" run.seed=2"}));
}

TEST(SweepPlan, SetsWhatAllPointsShareFirst) {
    const SweepDirectory directory;
    EXPECT_EQ(points_of(directory.plan("[set]\n\"topology.spines\" = 1\n")), (Texts{"topology.spines=1"}));
}

TEST(SweepPlan, NamesPointsByWhatTheyMean) {
    const SweepDirectory directory;
    const Texts names = names_of(directory.plan(kSizes));
    ASSERT_EQ(names.size(), 2u);
    EXPECT_NE(names[0], names[1]);
    // The same scenario has the same name, however it is said, and a comment changes nothing.
    const Texts again =
        names_of(directory.plan("[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"131072B\", \"32KiB\"]\n"));
    ASSERT_EQ(again.size(), 2u);
    EXPECT_EQ(again[0], names[1]);
    directory.write("b.toml", "# a comment\n" + kBase);
    EXPECT_EQ(names_of(directory.plan(kSizes)), names);
    directory.write("b.toml", kBase + "iterations = 2\n");
    for (const std::string& name : names_of(directory.plan(kSizes))) EXPECT_TRUE(name != names[0] && name != names[1]);
}

TEST(SweepPlan, NamesDependOnTheFilesThatAScenarioNames) {
    const SweepDirectory directory;
    const auto name = [&](const std::string& price) {
        directory.write("own.toml",
                        "[module.mine]\nlike = \"400gbase-dr4\"\nsource = \"s\"\nprice_high_usd = " + price + "\n");
        return names_of(directory.plan("[set]\n\"optics.catalogue\" = \"own.toml\"\n"));
    };
    const Texts cheap = name("20000.0"), dear = name("30000.0");
    ASSERT_EQ(cheap.size(), 1u);
    EXPECT_NE(cheap, dear);
    EXPECT_EQ(cheap, name("20000.0"));
}

TEST(SweepPlan, NamesDependOnTheTraceOfEachRank) {
    const SweepDirectory directory;
    directory.write("b.toml",
                    "[topology]\nservers = 2\nleaves = 1\nspines = 1\n[workload]\nkind = \"trace\"\n[trace]\n"
                    "prefix = \"t\"\n");
    const auto name = [&](std::int64_t duration_of_last_ps) {
        RankTrace first, last;
        first.nodes = {{.id = 1, .duration_ps = 1'000'000, .kind = TraceNode::Kind::compute}};
        last.nodes = {{.id = 1, .duration_ps = duration_of_last_ps, .kind = TraceNode::Kind::compute}};
        write_trace_files({first, last}, {}, directory.file("t"));
        return names_of(directory.plan(""));
    };
    const Texts slow = name(3'000'000), fast = name(2'000'000);
    ASSERT_EQ(slow.size(), 1u);
    ASSERT_EQ(fast.size(), 1u);
    EXPECT_NE(slow, fast);
    EXPECT_EQ(slow, name(3'000'000));
    for (const char* other : {"t.toml", "t.h5", "t.x.et", "t.0.et.old"}) directory.write(other, "no trace");
    EXPECT_EQ(slow, name(3'000'000)) << "files that are called alike are none of its ranks";
}

TEST(SweepPlan, PointsThatMeanTheSameAreOne) {
    const SweepDirectory directory;
    const PlannedSweep planned =
        directory.plan("[[axis]]\nkey = \"workload.bytes\"\nvalues = [\"64KiB\", \"65536B\", \"1MiB\", \"1024KiB\"]\n");
    EXPECT_EQ(points_of(planned), (Texts{"workload.bytes=\"64KiB\"", "workload.bytes=\"1MiB\""}));
    EXPECT_EQ(planned.plan->repeated, 2u);
}

TEST(SweepPlan, ReportsTheScenariosOwnErrorAtTheAxis) {
    const SweepDirectory directory;
    const std::string file = directory.file("s.toml");
    EXPECT_EQ(points_of(directory.plan("[[axis]]\nkey = \"topology.spinse\"\nvalues = [1, 2]\n")),
              (Texts{file + ":4:11: error: topology.spinse: unknown key\n    did you mean \"spines\"?",
                     file + ":4:14: error: topology.spinse: unknown key\n    did you mean \"spines\"?"}));
    const Texts errors =
        points_of(directory.plan(kSizes + "[[axis]]\nkey = \"topology.spines\"\nvalues = [1, \"two\"]\n"));
    ASSERT_EQ(errors.size(), 1u) << "once, not once per size";
    EXPECT_EQ(errors[0].substr(0, file.size() + 6), file + ":7:14:");
}

TEST(SweepPlan, FiltersByTheValuesOfKeysAndTheirDefaults) {
    const SweepDirectory directory;
    const auto kept = [&](const std::string& filter) {
        Texts values = points_of(
            directory.plan("filter = [" + filter + "]\n[[axis]]\nkey = \"topology.spines\"\nvalues = [1, 2, 4]\n"));
        for (std::string& value : values) value = value.substr(value.find('=') + 1);
        return values;
    };
    EXPECT_EQ(kept("\"topology.spines <= topology.leaves\""), (Texts{"1", "2"}));
    EXPECT_EQ(kept("\"topology.spines * 2 > topology.servers\", \"topology.spines != 3\""), (Texts{"4"}));
    EXPECT_EQ(kept("\"topology.spines = 1 or topology.spines = 4\""), (Texts{"1", "4"}));
    EXPECT_EQ(kept("\"workload.bytes / topology.spines >= 32KiB\""), (Texts{"1", "2"}));
    EXPECT_EQ(kept("\"workload.kind = all-reduce\""), (Texts{"1", "2", "4"}));
    const std::string file = directory.file("s.toml");
    EXPECT_EQ(points_of(directory.plan("filter = [\"topology.spinse > 1\"]\n")),
              (Texts{file + ":2:11: error: filter: the scenario has no key \"topology.spinse\"\n"
                            "    did you mean \"topology.spines\"?"}));
    EXPECT_EQ(
        points_of(directory.plan("filter = [\"workload.bytes > 1ms\"]\n")),
        (Texts{file + ":2:11: error: filter: \"64KiB\" and \"1ms\" cannot be compared\n"
                      "    numbers compare with numbers, quantities with those of their kind, words by = and !="}));
    EXPECT_EQ(points_of(directory.plan("filter = [\"topology.spines = 9\"]\n")),
              (Texts{file + ": error: filter: excludes all 1 combinations"}));
}

TEST(SweepPlan, KeepsToItsBudget) {
    const SweepDirectory directory;
    EXPECT_EQ(points_of(directory.plan("[budget]\npoints = 3\n[[axis]]\nseeds = 4\n")),
              (Texts{directory.file("s.toml") +
                     ":3:10: error: budget.points: the sweep has more than 3 points, like ones counted each\n"
                     "    fewer values, a filter, or a larger budget"}));
    const std::string filtered = "filter = [\"topology.spines != 2\"]\n[budget]\npoints = ";
    const std::string spines = "\n[[axis]]\nkey = \"topology.spines\"\nvalues = [1, 2, 4]\n";
    EXPECT_EQ(points_of(directory.plan(filtered + "2" + spines)).size(), 2u) << "what filters leave counts";
    EXPECT_EQ(points_of(directory.plan(filtered + "1" + spines)),
              (Texts{directory.file("s.toml") +
                     ":4:10: error: budget.points: the sweep has more than 1 points, like ones counted each\n"
                     "    fewer values, a filter, or a larger budget"}));
    EXPECT_EQ(points_of(directory.plan("[budget]\npoints = 4\n[[axis]]\nseeds = 4\n")).size(), 4u);
    // Two of them are alike, which only making them would show.
    EXPECT_EQ(points_of(directory.plan("[budget]\npoints = 2\n[[axis]]\nkey = \"workload.bytes\"\n"
                                       "values = [\"64KiB\", \"65536B\", \"1MiB\"]\n")),
              (Texts{directory.file("s.toml") +
                     ":3:10: error: budget.points: the sweep has more than 2 points, like ones counted each\n"
                     "    fewer values, a filter, or a larger budget"}));
    const std::string huge = "[[axis]]\nkey = \"workload.iterations\"\nvalues = { from = 1, to = 100000, step = 1 }\n";
    EXPECT_EQ(points_of(directory.plan(huge + "[[axis]]\nseeds = 11\n")).size(), 1u) << "refused before it is made";
}

TEST(SweepPlan, HostileTextsStayTexts) {
    const SweepDirectory directory;
    const PlannedSweep planned = directory.plan("[set]\n\"title\" = \"; rm -rf x $(touch y) `z` '\"\n");
    EXPECT_EQ(points_of(planned), (Texts{"title=\"; rm -rf x $(touch y) `z` '\""}));
}

}  // namespace
}  // namespace lightloom::test
