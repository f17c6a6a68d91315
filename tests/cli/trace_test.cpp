// `lightloom trace`: what it writes is replayed to the same end, and what it cannot write is refused.
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

// The digest, as the summary shows it.
std::string digest_in(const std::string& summary) {
    const std::size_t at = summary.find("digest ");
    return at == std::string::npos ? "none" : summary.substr(at, 23);
}

TEST(Trace, ReplaysWhatItWrote) {
    const ScratchDirectory scratch;
    const std::string workload = kQuick.substr(0, kQuick.find("[workload]"));
    write_file(scratch / "quick.toml", kQuick);
    write_file(scratch / "replay.toml", workload +
                                            "[workload]\nkind = \"trace\"\n[trace]\nprefix = \"traces/quick\"\n"
                                            "process_groups = \"traces/quick.groups.json\"\n");
    const Finished written = lightloom({"trace", scratch / "quick.toml", "-o", scratch / "traces"});
    ASSERT_EQ(written.exit_code, 0) << written.err;
    EXPECT_NE(written.out.find("quick.7.et: 8 ranks, 2 process groups"), std::string::npos) << written.out;
    const Finished once = lightloom({"run", scratch / "quick.toml", "-o", scratch / "a.h5", "-q"});
    const Finished again = lightloom({"run", scratch / "replay.toml", "-o", scratch / "b.h5", "-q"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_EQ(digest_in(again.out), digest_in(once.out));

    write_file(scratch / "traces/quick.3.et", "x");
    const Finished broken = lightloom({"run", scratch / "replay.toml", "-o", scratch / "b.h5", "-q"});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_NE(broken.err.find("quick.3.et: message 0 is cut off"), std::string::npos) << broken.err;
}

TEST(Trace, RefusesAPattern) {
    const ScratchDirectory scratch;
    write_file(scratch / "quick.toml", kQuick);
    const Finished refused =
        lightloom({"trace", scratch / "quick.toml", "-o", scratch / "t", "--set", "workload.kind=incast"});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("is nothing that ranks do step by step"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace lightloom::test
