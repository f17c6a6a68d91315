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

// Whether what stays in a server is sent or reckoned, and whatever each expert gets, the trace has it.
TEST(Trace, HoldsWhatARunReckons) {
    const ScratchDirectory scratch;
    write_file(scratch / "moe.toml", R"([topology]
servers = 2
gpus_per_server = 4
leaves = 2
spines = 2
[workload]
kind = "training"
[training]
model = "mixtral-8x7b"
tensor = 2
expert = 4
sequence = 64
routing = "drawn"
)");
    std::vector<std::string> traces;
    for (const std::string in_server : {"formula", "packets"}) {
        const Finished written = lightloom(
            {"trace", scratch / "moe.toml", "-o", scratch / in_server, "--set", "training.in_server=" + in_server});
        ASSERT_EQ(written.exit_code, 0) << written.err;
        for (const std::string name : {"/moe.0.et", "/moe.7.et", "/moe.groups.json"})
            traces.push_back(read_file(scratch / (in_server + name)));
    }
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(traces[i] == traces[3 + i]) << i;
    EXPECT_NE(traces[0].find("comm_dst"), std::string::npos);   // tokens, to those who have the experts
    EXPECT_NE(traces[0].find("comm_type"), std::string::npos);  // and the rest, together
    EXPECT_NE(traces[2].find("[0, 1]"), std::string::npos);     // that are one tensor
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
