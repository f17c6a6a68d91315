// Every kind of axis against a list made by hand; a Latin hypercube against what makes it one.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/sweeps/sweep_reading.hpp"

namespace lightloom::test {
namespace {

TEST(Axis, AListIsItself) {
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = [4, 1.5, \"ecmp\", true, { uniform = [\"1m\", \"2m\"] }]"),
              (Texts{"k=4", "k=1.5", "k=\"ecmp\"", "k=true", "k={ \"uniform\" = [\"1m\", \"2m\"] }"}));
}

TEST(Axis, ARangeBySteps) {
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = 2, to = 9, step = 3 }"), (Texts{"k=2", "k=5", "k=8"}));
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = 0, to = 0.3, step = 0.1 }"),
              (Texts{"k=0.0", "k=0.1", "k=0.2", "k=0.3"}));
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = \"900m\", to = \"1.1km\", step = \"100m\" }"),
              (Texts{"k=\"900m\"", "k=\"1000m\"", "k=\"1100m\""}));
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = \"-1dBm\", to = \"0dBm\", step = \"0.5dB\" }"),
              (Texts{"k=\"-1dBm\"", "k=\"-0.5dBm\"", "k=\"0dBm\""}));
}

TEST(Axis, ARangeByCount) {
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = \"1us\", to = \"2us\", count = 3 }"),
              (Texts{"k=\"1us\"", "k=\"1.5us\"", "k=\"2us\""}));
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = 7, to = 9, count = 1 }"), (Texts{"k=7"}));
}

TEST(Axis, ARangeInEqualRatios) {
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = \"64KiB\", to = \"1MiB\", count = 5, log = true }"),
              (Texts{"k=\"64KiB\"", "k=\"128KiB\"", "k=\"256KiB\"", "k=\"512KiB\"", "k=\"1MiB\""}));
    EXPECT_EQ(steps_of_text("key = \"k\"\nvalues = { from = 1, to = 1000, count = 4, log = true }"),
              (Texts{"k=1", "k=10", "k=100", "k=1000"}));
}

TEST(Axis, AZipMovesItsKeysTogether) {
    EXPECT_EQ(steps_of_text("[axis.zip]\n\"a.b\" = [4, 8]\n\"c\" = { from = 1, to = 2, count = 2 }"),
              (Texts{"a.b=4 c=1", "a.b=8 c=2"}));
}

TEST(Axis, SeedsCountFromOne) {
    EXPECT_EQ(steps_of_text("seeds = 3"), (Texts{"run.seed=1", "run.seed=2", "run.seed=3"}));
}

// Of n samples, each n-th part of a key's range has one.
TEST(Axis, ALatinHypercubeTakesEachPartOnce) {
    const std::string axis =
        "latin_hypercube = 50\nseed = 9\n[axis.over]\n\"a\" = { from = 0.0, to = 50.0 }\n"
        "\"b\" = { from = 0.0, to = 50.0 }\n\"c\" = [1, 2]";
    std::set<int> a, b;
    int ones = 0, on_the_diagonal = 0;
    for (const std::string& step : steps_of_text(axis)) {
        double x = -1, y = -1;
        int c = 0;
        ASSERT_EQ(std::sscanf(step.c_str(), "a=%lf b=%lf c=%d", &x, &y, &c), 3) << step;
        a.insert(static_cast<int>(x));
        b.insert(static_cast<int>(y));
        ones += c == 1;
        on_the_diagonal += static_cast<int>(x) == static_cast<int>(y);
    }
    EXPECT_EQ(a.size(), 50u);
    EXPECT_EQ(b.size(), 50u);
    EXPECT_EQ(*a.begin() + *b.rbegin(), 49);
    EXPECT_EQ(ones, 25);
    EXPECT_LT(on_the_diagonal, 8);  // one is expected; the keys are drawn apart
}

TEST(Axis, ALatinHypercubeIsAFunctionOfItsSeed) {
    const auto with_seed = [](const std::string& seed) {
        return steps_of_text("latin_hypercube = 8\nseed = " + seed + "\n[axis.over]\n\"a\" = { from = 1, to = 99 }");
    };
    EXPECT_EQ(with_seed("1"), with_seed("1"));
    EXPECT_NE(with_seed("1"), with_seed("2"));
    // Whole numbers, both ends included: 99 samples of 99 numbers take each once.
    std::set<std::string> all;
    for (const auto& step : steps_of_text("latin_hypercube = 99\n[axis.over]\n\"a\" = { from = 1, to = 99 }"))
        all.insert(step);
    EXPECT_EQ(all.size(), 99u);
    EXPECT_TRUE(all.contains("a=1") && all.contains("a=99"));
}

}  // namespace
}  // namespace lightloom::test
