// A measured plant's file: what a row says, where each mistake in it lies, whatever the bytes.
// tests/fuzz/plant_fuzz.cpp looks for more. What readings do to a fabric: assembly_test.cpp.
#include "scenarios/plant_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace lightloom::test {
namespace {

const std::string kHeader = "select,direction,fibre,loss_db,length_m,reflectance_db,received_dbm\n";

std::vector<PlantReading> readings_in(const std::string& text) {
    const ParsedPlant parsed = parse_plant(text, "p.csv");
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.readings;
}

/// All errors with their hints, a line each.
std::string errors_in(const std::string& text) {
    std::string all;
    for (const InputError& error : parse_plant(text, "p.csv").errors) all += to_string(error) + '\n';
    return all;
}

TEST(PlantFile, ReadsEveryColumn) {
    const auto rows = readings_in(kHeader + "tier=leaf-spine & leaf=3 & spine=7 & link=1,up,2,1.45,61.2,-48.5,-0.4\n");
    ASSERT_EQ(rows.size(), 1u);
    const Selector& selection = rows[0].selection;
    EXPECT_EQ(selection.tier, "leaf-spine");
    EXPECT_EQ(selection.leaf, 3);
    EXPECT_EQ(selection.spine, 7);
    EXPECT_EQ(selection.link, 1);
    EXPECT_EQ(selection.server, std::nullopt);
    const Reading& reading = rows[0].reading;
    EXPECT_EQ(reading.direction, 0);
    EXPECT_EQ(reading.fibre, 2);
    EXPECT_EQ(reading.loss_db, 1.45);
    EXPECT_EQ(reading.length_m, 61.2);
    EXPECT_EQ(reading.reflectance_db, -48.5);
    EXPECT_EQ(reading.received_dbm, -0.4);
    EXPECT_EQ(rows[0].line, 2);
}

TEST(PlantFile, WhatIsEmptyWasNotMeasured) {
    const auto rows = readings_in(kHeader + "leaf=0,,,,61.2,,\nleaf=1,down,,0,,,\n");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].reading.direction, -1);
    EXPECT_EQ(rows[0].reading.fibre, -1);
    EXPECT_EQ(rows[0].reading.loss_db, std::nullopt);
    EXPECT_EQ(rows[0].reading.length_m, 61.2);
    EXPECT_EQ(rows[0].reading.reflectance_db, std::nullopt);
    EXPECT_EQ(rows[0].reading.received_dbm, std::nullopt);
    EXPECT_EQ(rows[1].reading.direction, 1);
    EXPECT_EQ(rows[1].reading.loss_db, 0.0);
}

TEST(PlantFile, ColumnsStandInAnyOrderAndNotAllOfThem) {
    const auto rows = readings_in("loss_db,select\n1.5,leaf=2\n");
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].reading.loss_db, 1.5);
    EXPECT_EQ(rows[0].selection.leaf, 2);
}

TEST(PlantFile, TakesWhatSpreadsheetsAndEditorsMakeOfIt) {
    const auto rows = readings_in(
        "\xEF\xBB\xBF# of the night shift\r\n\r\n select , loss_db\r\n\r\n  # a comment\n leaf=1 ,\t1.5 \r\nleaf=0,2");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].reading.loss_db, 1.5);
    EXPECT_EQ(rows[0].line, 6);
    EXPECT_EQ(rows[1].reading.loss_db, 2.0);
    EXPECT_EQ(rows[1].line, 7);
}

TEST(PlantFile, TheLimitsOfWhatCanBeReadAreInside) {
    EXPECT_EQ(readings_in(kHeader + "leaf=0,up,0,0,0,-100,-60\nleaf=0,down,15,100,3000000,-1,20\n").size(), 2u);
}

TEST(PlantFile, EveryMistakeAtOnceEachInItsPlace) {
    EXPECT_EQ(errors_in(kHeader + "leaf=0,upwards,,1.0,,,\n"
                                  "leef=0,,,1.0,,,\n"
                                  "leaf=0,,16,1.0,,,\n"
                                  "leaf=0,,1.5,1.0,,,\n"
                                  "leaf=0,,,1.0dB,,,\n"
                                  "leaf=0,,, -0.1,,,\n"
                                  "leaf=0,,,,3000001,,\n"
                                  "leaf=0,,,,,0,\n"
                                  "leaf=0,,,,,,20.5\n"
                                  "leaf=0,,,inf,,,nan\n"
                                  "leaf=0,,,1.0\n"
                                  "leaf=0,,,1.0,,,,\n"
                                  ",,,1.0,,,\n"),
              R"(p.csv:2:8: error: "upwards" is no direction
    up, down, or empty for both
p.csv:3:1: error: nothing is selected by "leef"
    did you mean "leaf"?
p.csv:4:9: error: "16" is no fibre
    they are counted from 0 to 15
p.csv:5:9: error: "1.5" is no fibre
    they are counted from 0 to 15
p.csv:6:10: error: "1.0dB" is no number
    the column's name says its unit
p.csv:7:11: error: "-0.1" is out of range
    loss_db lies between 0 and 100
p.csv:8:11: error: "3000001" is out of range
    length_m lies between 0 and 3000000
p.csv:9:12: error: "0" is out of range
    reflectance_db lies between -100 and -1
p.csv:10:13: error: "20.5" is out of range
    received_dbm lies between -60 and 20
p.csv:11:10: error: "inf" is no number
    the column's name says its unit
p.csv:11:16: error: "nan" is no number
    the column's name says its unit
p.csv:12:1: error: 4 cells for 7 columns
    an empty cell was not measured
p.csv:13:1: error: 8 cells for 7 columns
    an empty cell was not measured
p.csv:14:1: error: "" is not name=value
    such as "tier=leaf-spine & leaf=3 & spine=7"; what is not named matches every one
)");
}

TEST(PlantFile, TheFirstLineNamesTheColumns) {
    EXPECT_EQ(errors_in("selekt,los_db\nleaf=0,1\n"), R"(p.csv:1:1: error: unknown column "selekt"
    did you mean "select"?
p.csv:1:8: error: unknown column "los_db"
    did you mean "loss_db"?
p.csv:1:1: error: no column "select"
    the first line names the columns, select among them
)");
    EXPECT_EQ(errors_in("select,loss_db,loss_db\nleaf=0,1,2\n"),
              "p.csv:1:16: error: \"loss_db\" is a column twice\n    one reading each\n");
    EXPECT_NE(errors_in("leaf=0,,,1.0,,,\n"), "") << "a row is no header";
}

TEST(PlantFile, NothingToReadIsAMistake) {
    const std::string hint = "\n    the first line names the columns, select among them; each other one reads\n";
    EXPECT_EQ(errors_in(""), "p.csv:1:1: error: no readings" + hint);
    EXPECT_EQ(errors_in("# nothing yet\n\n"), "p.csv:2:1: error: no readings" + hint);
    EXPECT_EQ(errors_in(kHeader), "p.csv:1:1: error: no readings" + hint);
}

TEST(PlantFile, GivesUpAfterAHundredMistakes) {
    std::string text = kHeader;
    for (int n = 0; n < 10'000; ++n) text += "leaf=x,x,x,x,x,x,x\n";
    const std::size_t errors = parse_plant(text, "p.csv").errors.size();
    EXPECT_GE(errors, 100u);
    EXPECT_LE(errors, 110u);
}

TEST(PlantFile, MoreRowsThanItTakesAreNotDroppedInSilence) {
    std::string text = "select\n";
    for (int n = 0; n < 2'000'001; ++n) text += "leaf=0\n";
    EXPECT_EQ(errors_in(text),
              "p.csv:2000002:1: error: more than 2000000 readings\n    one row may select many cables\n");
}

TEST(PlantFile, TakesAnyBytes) {
    const std::string whole = kHeader + "tier=leaf-spine & leaf=3,up,2,1.45,61.2,-48.5,-0.4\n# x\nleaf=1,,,2,,,\n";
    std::mt19937 random(1);
    std::size_t refused = 0;
    for (int n = 0; n < 5000; ++n) {
        std::string text = whole.substr(0, random() % (whole.size() + 1));
        for (unsigned changes = random() % 4; changes > 0 && !text.empty(); --changes)
            text[random() % text.size()] = static_cast<char>(random() % 256);
        const ParsedPlant parsed = parse_plant(text, "p.csv");
        const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
        for (const InputError& error : parsed.errors) {
            EXPECT_LE(error.line, lines);
            EXPECT_GE(error.column, 1);
            EXPECT_LE(static_cast<std::size_t>(error.column), text.size() + 1);
            const std::string shown = to_string(error);
            EXPECT_TRUE(std::ranges::all_of(shown, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
        }
        if (!parsed.errors.empty()) ++refused;
    }
    EXPECT_GT(refused, 1000u);
    EXPECT_LT(refused, 5000u);
}

}  // namespace
}  // namespace lightloom::test
