// What designs do, told apart from how they do it.
#include "comparison/work.hpp"

#include <gtest/gtest.h>

namespace lightloom {
namespace {

using Phrases = std::vector<std::string>;

TEST(Work, DiffersKeyByKey) {
    const Work work{{"workload.kind", "incast"}, {"workload.bytes", "1MiB"}, {"the number of GPUs", "8"}};
    EXPECT_EQ(other_work("b", work, "a", work), Phrases{});
    Work more = work;
    more["workload.bytes"] = "2MiB";
    more["the number of GPUs"] = "16";
    EXPECT_EQ(other_work("b", more, "a", work),
              (Phrases{"the number of GPUs is 16 in b, 8 in a", "workload.bytes is 2MiB in b, 1MiB in a"}));
    more["workload.kind"] = "all-reduce";
    more["workload.groups"] = "rails";
    EXPECT_EQ(other_work("b", more, "a", work),
              (Phrases{"the number of GPUs is 16 in b, 8 in a", "workload.kind is all-reduce in b, incast in a"}))
        << "with the kind the other keys change";
}

TEST(Work, IsComparedWholeAndShownCut) {
    const std::string long_value(60, 'x');
    const Work work{{"workload.pairs", long_value + "1"}};
    EXPECT_EQ(other_work("b", {{"workload.pairs", long_value + "2"}}, "a", work),
              Phrases{"workload.pairs is another in b than in a"});
    EXPECT_EQ(other_work("b", {{"workload.pairs", "y"}}, "a", work),
              Phrases{"workload.pairs is y in b, " + long_value + "... in a"});
}

}  // namespace
}  // namespace lightloom
