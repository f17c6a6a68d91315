// What a sweep file may not say, and what the user is told about it.
#include <gtest/gtest.h>

#include "tests/sweeps/sweep_reading.hpp"

namespace lightloom::test {
namespace {

std::string with(const std::string& text) { return "base = \"b.toml\"\n" + text + "\n"; }

TEST(SweepText, NamesThePlaceAndWhatWasMeant) {
    EXPECT_EQ(
        errors_of(with("[[axis]]\nkey = \"k\"\nvalue = [1]")),
        (Texts{"s.toml:2:1: error: axis: needs a key and its values\n    key = \"topology.spines\" and values = [4, 8]",
               "s.toml:4:1: error: axis.\"value\": unknown key\n    did you mean \"values\"?"}));
    EXPECT_EQ(errors_of("title = 1"),
              (Texts{"s.toml:1:1: error: base: is missing\n    it names the scenario that the points are variants of",
                     "s.toml:1:9: error: title: found a whole number\n    it is a text"}));
    EXPECT_EQ(errors_of(with("bugdet = 4")),
              (Texts{"s.toml:2:1: error: \"bugdet\": unknown key\n    did you mean \"budget\"?"}));
}

TEST(SweepText, RefusesRangesThatAreNone) {
    const auto error = [](const std::string& values) {
        const Texts errors = errors_of(with("[[axis]]\nkey = \"k\"\nvalues = " + values));
        return errors.size() == 1 ? errors[0].substr(0, errors[0].find('\n')) : "";
    };
    EXPECT_EQ(error("{ from = 1, to = \"2m\", count = 2 }"),
              "s.toml:4:27: error: \"k\": to is another kind of value than from");
    EXPECT_EQ(error("{ from = 3, to = 2, count = 2 }"), "s.toml:4:27: error: \"k\": to is less than from");
    EXPECT_EQ(error("{ from = 1, to = 2 }"), "s.toml:4:10: error: \"k\": a range has either step or count");
    EXPECT_EQ(error("{ from = 1, to = 2, step = 0 }"),
              "s.toml:4:37: error: \"k\": step is not a positive value of the same kind as from");
    EXPECT_EQ(error("{ from = 0, to = 2, count = 2, log = true }"),
              "s.toml:4:47: error: \"k\": equal ratios need a from above 0");
    EXPECT_EQ(error("{ from = 0, to = 1e9, step = 1 }"),
              "s.toml:4:39: error: \"k\": the range has more than 100000 values");
    EXPECT_EQ(error("[]"), "s.toml:4:10: error: \"k\": the list is empty");
    EXPECT_EQ(error("{ from = nan, to = 1, count = 2 }"),
              "s.toml:4:19: error: \"k\": from is no number and no quantity");
}

TEST(SweepText, RefusesAZipOfUnequalLengths) {
    EXPECT_EQ(
        errors_of(with("[[axis]]\n[axis.zip]\na = [1, 2]\nb = [1]")),
        (Texts{"s.toml:5:1: error: axis.zip.\"b\": has 1 values, but \"a\" has 2\n    keys of a zip move together"}));
    EXPECT_EQ(errors_of(with("[[axis]]\n[axis.zip]\na.b = [1, 2]")),
              (Texts{"s.toml:4:1: error: axis.zip.\"a\": is no list and no range\n"
                     "    a key with dots stands in quotes: \"topology.spines\" = [4, 8]"}));
}

TEST(SweepText, RefusesAKeyThatIsSetInTwoPlaces) {
    const std::string hint = "\n    a point has one value of each key: [set], or one axis";
    EXPECT_EQ(errors_of(with("[set]\n\"a.b\" = 1\n[[axis]]\nkey = \"a.b\"\nvalues = [1, 2]\n"
                             "[[axis]]\n[axis.zip]\n\"a.c\" = [1]\n\"a.b\" = [2]")),
              (Texts{"s.toml:5:7: error: a.b: is set at s.toml:3:1, too" + hint,
                     "s.toml:10:1: error: a.b: is set at s.toml:3:1, too" + hint}));
    EXPECT_EQ(errors_of(with("[[axis]]\nseeds = 3\n[[axis]]\nlatin_hypercube = 2\n[axis.over]\n"
                             "\"run.seed\" = { from = 1, to = 9 }")),
              (Texts{"s.toml:7:1: error: run.seed: is set at s.toml:3:1, too\n    a point has one value of each key: "
                     "[set], or one axis, and that of seeds sets run.seed"}));
    // What is written last in the file is told of, also where [set] stands there.
    EXPECT_EQ(errors_of(with("[[axis]]\nkey = \"a\"\nvalues = [1]\n[set]\na = 2")),
              (Texts{"s.toml:6:1: error: a: is set at s.toml:3:7, too" + hint}));
}

TEST(SweepText, RefusesAKeyAndAPartOfIt) {
    const std::string hint = "\n    a point has one value of each key: [set], or one axis";
    EXPECT_EQ(errors_of(with("[set]\n\"run.seed.plant\" = 1\n[[axis]]\nseeds = 3")),
              (Texts{"s.toml:5:1: error: run.seed: and \"run.seed.plant\" at s.toml:3:1 overlap\n"
                     "    a point has one value of each key: [set], or one axis, and that of seeds sets run.seed"}));
    EXPECT_EQ(errors_of(with("[set]\na.b.c = 1\n[[axis]]\nkey = \"a.b\"\nvalues = [1]")),
              (Texts{"s.toml:5:7: error: a.b: and \"a.b.c\" at s.toml:3:1 overlap" + hint}));
    EXPECT_EQ(errors_of(with("[set]\na = 1\n[[axis]]\nkey = \"b\"\nvalues = [1]\n[[axis]]\nkey = \"a.b.c\"\n"
                             "values = [{ d = 1 }, { e = 1 }]")),
              (Texts{"s.toml:8:7: error: a.b.c.d: and \"a\" at s.toml:3:1 overlap" + hint}));
    // Names that only begin alike, and other parts of one table, are no clash.
    EXPECT_EQ(errors_of(with("[set]\na.b = 1\n\"a.b-c\" = 1\n\"a.bc\" = 1\n[[axis]]\nkey = \"a.c\"\nvalues = [1]")),
              Texts{});
}

TEST(SweepText, LeavesSbatchWhatIsItsOwn) {
    EXPECT_EQ(errors_of(with("[slurm]\noptions = [\"--partition=main\", \"--array=1-9\", \"; rm -rf x\"]")),
              (Texts{"s.toml:3:32: error: slurm.options: --array is set by the sweep itself",
                     "s.toml:3:47: error: slurm.options: is no long option\n    such as \"--partition=main\" or "
                     "\"--time=30\""}));
}

TEST(SweepText, RefusesFiltersThatCompareNothing) {
    const auto error = [](const std::string& filter) {
        const Texts errors = errors_of(with("filter = [\"" + filter + "\"]"));
        return errors.size() == 1 ? errors[0].substr(0, errors[0].find('\n')) : "";
    };
    EXPECT_EQ(error("a.b"), "s.toml:2:11: error: filter: nothing is compared");
    EXPECT_EQ(error("a.b <"), "s.toml:2:11: error: filter: an operand is missing before \"or\"");
    EXPECT_EQ(error("a.b < 3 < 4"), "s.toml:2:11: error: filter: did not expect \"<\"");
    EXPECT_EQ(error(""), "s.toml:2:11: error: filter: an operand is missing before \"or\"");
}

TEST(SweepText, TakesAnyBytes) {
    for (const std::string text :
         {"", "\xff\xfe", "[[axis", "axis = 3", "filter = 1", "budget = []", "[slurm]\noptions = 1",
          "[[axis]]\nseeds = -1", "[[axis]]\nlatin_hypercube = 5", "set = 1"})
        EXPECT_FALSE(errors_of(text).empty()) << text;
}

}  // namespace
}  // namespace lightloom::test
