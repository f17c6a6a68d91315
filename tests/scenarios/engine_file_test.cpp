// Files of engine costs and tables of nccl-tests: what they say, where each mistake in them lies, whatever the bytes.
// tests/fuzz/nccl_table_fuzz.cpp looks for more.
#include "scenarios/engine_file.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "scenarios/nccl_table.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom::test {
namespace {

const std::string kEngines = LIGHTLOOM_SOURCE_DIR "/scenarios/engines/";
const std::string kHeader = "#  size  count  type  redop  root  time  algbw  busbw\n";

std::string errors_of_engine(const std::string& text) {
    std::string all;
    for (const InputError& error : parse_engine_file(text, "e.toml").errors) all += to_string(error) + '\n';
    return all;
}

std::string errors_of_table(const std::string& text) {
    std::string all;
    for (const InputError& error : parse_nccl_table(text, "n.txt").errors) all += to_string(error) + '\n';
    return all;
}

// Rows that a latency and a rate give exactly, with the bus bandwidth of `ranks`.
std::vector<NcclRow> rows_of(double latency_us, double gbytes_per_s, double ranks) {
    std::vector<NcclRow> rows;
    for (std::int64_t bytes = 1 << 20; bytes <= 1 << 30; bytes *= 4) {
        const double us = latency_us + static_cast<double>(bytes) * 1e-3 / gbytes_per_s;
        const double algbw = static_cast<double>(bytes) * 1e-3 / us;
        rows.push_back({1, bytes, us, algbw, algbw * 2 * (ranks - 1) / ranks});
    }
    return rows;
}

TEST(EngineFile, ReadsWhatItSaysAndWritesWhatReadsBack) {
    const ParsedEngine parsed = parse_engine_file("[engine.simple]\nlaunch = \"8.4us\"\nefficiency = 0.8\n", "e.toml");
    ASSERT_TRUE(parsed.errors.empty());
    EXPECT_EQ(parsed.engine.simple.launch, Duration{8'400'000});
    EXPECT_EQ(parsed.engine.simple.efficiency, 0.8);
    EXPECT_EQ(parsed.engine.ll, Scenario::Engine{}.ll);
    Scenario::Engine engine = parsed.engine;
    engine.in_switch = {.launch = Duration{1},
                        .step = Duration{2},
                        .step_across = Duration{3'000'000},
                        .efficiency = 0.123456789,
                        .efficiency_across = 0.5};
    const ParsedEngine again = parse_engine_file(engine_toml(engine, {"a comment", "= [ of \" two lines"}), "e.toml");
    ASSERT_TRUE(again.errors.empty());
    EXPECT_EQ(again.engine, engine);
}

TEST(EngineFile, SaysWhereEachMistakeLies) {
    EXPECT_EQ(errors_of_engine("[engine.simple]\nlaunch = 8\nefficiency = 2\n[engine.smple]\nstep = \"1us\"\n"),
              "e.toml:2:10: error: engine.simple.launch: 8 has no unit\n"
              "    a time is a number and ps, ns, us, ms, s, min, h or d, such as \"2.5us\"\n"
              "e.toml:3:14: error: engine.simple.efficiency: 2 is out of range\n"
              "    it is a number from 0.01 to 1, without quotes\n"
              "e.toml:4:9: error: \"engine.smple\": unknown key\n"
              "    did you mean \"simple\"?\n");
    EXPECT_NE(errors_of_engine("[topology]\nservers = 4\n").find("unknown key"), std::string::npos);
    EXPECT_NE(errors_of_engine("engine = 3\n").find("it is a table"), std::string::npos);
    EXPECT_NE(errors_of_engine("[engine.simple\n"), "");
}

TEST(NcclTable, ReadsColumnsByTheirNames) {
    const ParsedNcclTable parsed =
        parse_nccl_table("# nThread 1 nGpus 8\n# Using devices\n" + kHeader +
                             "#   (B) (elements)   (us) (GB/s) (GB/s)\n  8  2  float  sum  -1  12.9  0.00  0.00\n\n"
                             "node1: some launcher's words\r\n  1048576  262144  float  sum  -1  41.99  24.97  "
                             "43.70\r\n# Avg bus bandwidth",
                         "n.txt");
    ASSERT_TRUE(parsed.errors.empty());
    ASSERT_EQ(parsed.rows.size(), 2u);
    EXPECT_EQ(parsed.rows[0].bytes, 8);
    EXPECT_EQ(parsed.rows[1].line, 8);
    EXPECT_EQ(parsed.rows[1].bytes, 1048576);
    EXPECT_EQ(parsed.rows[1].time_us, 41.99);
    EXPECT_EQ(parsed.rows[1].algorithm_gbytes_per_s, 24.97);
    EXPECT_EQ(parsed.rows[1].bus_gbytes_per_s, 43.7);
    // Both runs, with #wrong: the first counts.
    const ParsedNcclTable both = parse_nccl_table(
        "#  size count type redop root time algbw busbw #wrong time algbw busbw #wrong\n"
        "  64 16 float sum -1 10.0 0.01 0.01 N/A 20.0 0.00 0.00 0\n",
        "n.txt");
    ASSERT_EQ(both.rows.size(), 1u);
    EXPECT_EQ(both.rows[0].time_us, 10.0);
}

TEST(NcclTable, SaysWhereEachMistakeLies) {
    EXPECT_EQ(errors_of_table(""),
              "n.txt:1:1: error: no row of an nccl-tests table\n"
              "    a header with size, time, algbw and busbw, and rows of numbers\n");
    EXPECT_EQ(errors_of_table("8 2 float sum -1 12.9 0 0\n"),
              "n.txt:1:1: error: a row before the header\n    the line that begins with # size names the columns\n");
    EXPECT_EQ(errors_of_table(kHeader + "8 2 float sum -1 12.9 0\n8 2 float sum -1 12.9 0 0 0\n"),
              "n.txt:2:1: error: 7 columns, where the header has 8\n    the line may have been cut off\n"
              "n.txt:3:1: error: 9 columns, where the header has 8\n    the line may have been cut off\n");
    for (const std::string wrong :
         {"8x 2 float sum -1 1 0 0", "8 2 float sum -1 nan 0 0", "8 2 float sum -1 1 -4 0", "8 2 float sum -1 1 0 inf",
          "8 2 float sum -1 0 0 0", "99999999999999999999 2 float sum -1 1 0 0"})
        EXPECT_EQ(errors_of_table(kHeader + wrong + "\n").rfind("n.txt:2:1: error: ", 0), 0u) << wrong;
}

TEST(NcclTable, AFitFindsTheLatencyAndTheRateThatMadeTheRows) {
    const auto found = fit(rows_of(42.0, 270.0, 8), Bytes{1});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->ranks, 8u);
    EXPECT_NEAR(found->latency_us, 42.0, 1e-6);
    EXPECT_NEAR(found->gbytes_per_s, 270.0, 1e-6);
    EXPECT_NEAR(found->worst_error, 0.0, 1e-9);
    // S through a port of 450 GB/s in a switch; 14/8 S in a ring, over 14 steps.
    const auto in_switch = engine_of(*found, Algorithm::in_switch, BitRate{3'600'000'000'000}, Duration{0});
    ASSERT_TRUE(in_switch);
    EXPECT_NEAR(in_switch->in_switch.efficiency, 270.0 / 450, 1e-9);
    EXPECT_EQ(in_switch->in_switch.launch, Duration{42'000'000});
    EXPECT_FALSE(engine_of(*found, Algorithm::ring, BitRate{3'600'000'000'000}, Duration{0})) << "472.5 GB/s";
    const auto ring = engine_of(*found, Algorithm::ring, BitRate{4'000'000'000'000}, microseconds(23));
    ASSERT_TRUE(ring);
    EXPECT_NEAR(ring->simple.efficiency, 472.5 / 500, 1e-9);
    EXPECT_EQ(ring->simple.step, Duration{3'000'000});
    EXPECT_EQ(ring->simple.step_across, microseconds(14 + 2 * 23));
    EXPECT_EQ(ring->ll.step_across, microseconds(5 + 23));
}

TEST(NcclTable, NothingIsFittedToWhatIsNoAllReduceOrTooLittle) {
    EXPECT_FALSE(fit({}, Bytes{1}));
    EXPECT_FALSE(fit(rows_of(42, 270, 8), Bytes{1 << 30})) << "one row";
    EXPECT_FALSE(fit(rows_of(42, 270, 7.5), Bytes{1})) << "no number of ranks";
    auto shrinking = rows_of(42, 270, 8);
    for (NcclRow& row : shrinking) row.time_us = 1e12 / static_cast<double>(row.bytes);
    EXPECT_FALSE(fit(shrinking, Bytes{1}));
}

// The engine that ships is what `lightloom calibrate` makes of the table beside it.
TEST(NcclTable, TheEngineThatShipsIsMadeOfItsTable) {
    const ParsedNcclTable table = load_nccl_table(kEngines + "h100-nvswitch.txt");
    ASSERT_TRUE(table.errors.empty());
    const auto found = fit(table.rows, Bytes{1 << 20});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->rows, 7u);
    const auto engine = engine_of(*found, Algorithm::in_switch, BitRate{3'600'000'000'000}, Duration{23'100'000});
    ASSERT_TRUE(engine);
    std::ifstream stream(kEngines + "h100-nvswitch.toml");
    std::ostringstream text;
    text << stream.rdbuf();
    const ParsedEngine shipped = parse_engine_file(text.str(), "h100-nvswitch.toml");
    ASSERT_TRUE(shipped.errors.empty());
    EXPECT_EQ(shipped.engine, *engine);
}

}  // namespace
}  // namespace lightloom::test
