// `lightloom calibrate` as a user meets it, and the table of sizes that a run prints, which calibrate reads.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/cli/process.hpp"
#include "tests/cli/scenarios.hpp"

namespace lightloom::test {
namespace {

const std::string kTable = LIGHTLOOM_SOURCE_DIR "/scenarios/engines/h100-nvswitch.txt";

TEST(Calibrate, WritesWhatItPrints) {
    ScratchDirectory scratch;
    const std::string engine = scratch / "engine.toml";
    const Finished printed = lightloom({"calibrate", kTable, "--nic-latency", "23.1us"});
    ASSERT_EQ(printed.exit_code, 0) << printed.err;
    EXPECT_TRUE(has(printed.out, "[engine.in_switch]\nlaunch = "));
    EXPECT_TRUE(has(printed.out, "7 rows of 8 ranks"));
    const Finished written = lightloom({"calibrate", kTable, "--nic-latency", "23.1us", "-o", engine});
    ASSERT_EQ(written.exit_code, 0) << written.err;
    std::ifstream stream(engine);
    std::ostringstream text;
    text << stream.rdbuf();
    EXPECT_EQ(text.str(), printed.out);
}

TEST(Calibrate, SaysWhatIsWrong) {
    ScratchDirectory scratch;
    const std::string table = scratch / "t.txt";
    write_file(table, "# size time algbw busbw\n8 1.0 2.0\n");
    const Finished broken = lightloom({"calibrate", table});
    EXPECT_EQ(broken.exit_code, 2);
    EXPECT_TRUE(has(broken.err, "t.txt:2:1: error: 3 columns, where the header has 4")) << broken.err;
    EXPECT_EQ(lightloom({"calibrate", scratch / "none.txt"}).exit_code, 2);
    const Finished slow = lightloom({"calibrate", kTable, "--rate", "400Gbps"});
    EXPECT_EQ(slow.exit_code, 2);
    EXPECT_TRUE(has(slow.err, "more than a port of 400Gbps lets through")) << slow.err;
    EXPECT_TRUE(has(lightloom({"calibrate", kTable, "--algorithm", "tree"}).err, "in-switch (NVLS) or ring"));
    EXPECT_TRUE(has(lightloom({"calibrate", kTable, "--least", "8GiB"}).err, "no all-reduce of two sizes"));
}

TEST(SizesTable, IsPrintedAndReadAgain) {
    ScratchDirectory scratch;
    const std::string scenario = scratch / "s.toml", result = scratch / "s.h5", table = scratch / "t.txt";
    write_file(scenario, kQuick + "algorithm = \"auto\"\nsizes = { from = \"64KiB\", factor = 4 }\n");
    const Finished finished = lightloom({"run", scenario, "-o", result});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_TRUE(has(finished.out, "chosen    ")) << finished.out;
    EXPECT_TRUE(has(finished.out, "        262144         65536     float     sum")) << finished.out;
    EXPECT_TRUE(has(finished.out, "       1048576        262144     float     sum")) << finished.out;
    write_file(table, finished.out);
    // Of four ranks over a fabric whose ports have 50 GB/s: the table is one that calibrate takes.
    const Finished fitted =
        lightloom({"calibrate", table, "--algorithm", "ring", "--rate", "400Gbps", "--least", "64KiB"});
    EXPECT_TRUE(has(fitted.out, "3 rows of 4 ranks")) << fitted.out << fitted.err;
    const Finished json = lightloom({"run", scenario, "-o", result, "--json", "-q"});
    EXPECT_EQ(python("import sys, json, h5py\n"
                     "rows = json.loads(sys.argv[1])['sizes']\n"
                     "f = h5py.File(sys.argv[2])\n"
                     "print([r['bytes'] for r in rows], list(f['sizes/time_ps'][:]) == [r['time_ps'] for r in rows])",
                     {json.out, result}),
              "[65536, 262144, 1048576] True");
    const Finished explained = lightloom({"explain", scenario});
    EXPECT_TRUE(has(explained.out, "# sizes                   3, from 64KiB to 1MiB")) << explained.out;
}

}  // namespace
}  // namespace lightloom::test
