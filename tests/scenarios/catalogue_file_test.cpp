// A user's own catalogue file: what it changes, and that every mistake in it comes back located, whatever the bytes.
#include "scenarios/catalogue_file.hpp"

#include <gtest/gtest.h>

#include <random>

#include "scenarios/toml_document.hpp"

namespace lightloom {
namespace {

Catalogue catalogue_of(const std::string& text) {
    const ParsedCatalogue parsed = parse_catalogue_file(text, "my.toml");
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return Catalogue(built_in_catalogue_text(), parsed.changes);
}

// All errors, one a line, without hints
std::string errors_of(const std::string& text) {
    std::string all;
    for (InputError error : parse_catalogue_file(text, "my.toml").errors) {
        error.hint = "";
        all += to_string(error) + "\n";
    }
    return all;
}

std::string hint_of(const std::string& text) {
    const ParsedCatalogue parsed = parse_catalogue_file(text, "my.toml");
    return parsed.errors.empty() ? "no error" : parsed.errors[0].hint;
}

TEST(CatalogueFile, ChangesFiguresOfARowThatShips) {
    const Catalogue catalogue = catalogue_of(R"(
[module.400gbase-dr4]
power_max_watt = 9.5
price_low_usd = 380

[fibre.os2]
attenuation_max_db_per_km = { 1310 = 0.35, 1550 = 0.25 }
)");
    EXPECT_EQ(catalogue.module("400gbase-dr4")->power_max.value, 9.5);
    EXPECT_EQ(catalogue.module("400gbase-dr4")->price->low_usd, 380.0);
    EXPECT_EQ(catalogue.module("400gbase-dr4")->levels->tx_oma_min.value, -0.8);
    EXPECT_EQ(catalogue.fibre("os2")->attenuation_max_db_per_km.at(1550.0), 0.25);
    // Its source does not vouch for that
    EXPECT_EQ(catalogue.module("400gbase-dr4")->from.note, "changed by the user: power_max_watt price_low_usd");
    EXPECT_EQ(catalogue.modules().size(), Catalogue::built_in().modules().size());
}

TEST(CatalogueFile, MakesARowLikeAnother) {
    const Catalogue catalogue = catalogue_of(R"(
[module.my-dr4]
like = "400gbase-dr4"
source = "data sheet of 2025-03"
tdecq_max_db = { assumed = [2.0, 2.6, 3.4] }
rx_overload_average_dbm = "3.5~4~4.5"
reach_m = { os2 = 500, os1a = 250 }
form_factors = ["OSFP", "QSFP112"]
)");
    const ModuleRow& mine = *catalogue.module("my-dr4");
    EXPECT_EQ(mine.name, "my-dr4");
    EXPECT_EQ(mine.from.source, "data sheet of 2025-03");
    EXPECT_EQ(mine.from.confidence, "the user's");
    EXPECT_EQ(mine.from.note, "like 400gbase-dr4");
    EXPECT_EQ(mine.levels->tdecq_max.value, 2.6);
    EXPECT_EQ(mine.levels->tx_oma_minus_tdecq_min.value, -2.2);
    EXPECT_EQ(mine.reach_m.at("os1a"), 250.0);
    EXPECT_EQ(mine.reach_m.at("g657-a1"), std::nullopt);
    EXPECT_EQ(mine.form_factors, "OSFP;QSFP112");
    EXPECT_EQ(mine.rate, Catalogue::built_in().module("400gbase-dr4")->rate);
    EXPECT_EQ(catalogue.assumed().size(), Catalogue::built_in().assumed().size() + 2);
}

TEST(CatalogueFile, GivesAModuleTheLevelsThatItLacks) {
    std::string text = "[modules.400gbase-er8]\nsource = \"measured\"\n";
    for (const std::string& column : Catalogue::built_in().module("400gbase-er8")->missing)
        text += column + " = \"1~2~3\"\n";
    EXPECT_TRUE(catalogue_of(text).module("400gbase-er8")->levels.has_value());
    EXPECT_TRUE(catalogue_of(text).module("400gbase-er8")->missing.empty());
}

TEST(CatalogueFile, MakesRowsOfOtherTables) {
    const Catalogue catalogue = catalogue_of(R"(
[cage.MINE]
source = "measured"
kelvin_per_watt = 1.2
case_max_c = 75

[grid.mine]
source = "data sheet"
channels = [[1300, 1295, 1305.5], [1320, 1315, 1325]]

[connector.mine]
like = "lc-upc-grade-b"
source = "data sheet"
angled = true

[module."1.6t-dac"]
reach_m = 1.5
)");
    EXPECT_EQ(catalogue.cage("MINE")->kelvin_per_watt, 1.2);
    ASSERT_EQ(catalogue.grid("mine")->channels.size(), 2u);
    EXPECT_EQ(catalogue.grid("mine")->channels[0].most_nm, 1305.5);
    EXPECT_TRUE(catalogue.connector("mine")->angled);
    EXPECT_EQ(catalogue.module("1.6t-dac")->reach_m.at("twinax"), 1.5);
}

TEST(CatalogueFile, EmptyIsNoMistake) {
    EXPECT_EQ(errors_of(""), "");
    EXPECT_EQ(errors_of("# nothing yet\n[module]\n"), "");
}

TEST(CatalogueFile, EveryMistakeAtOnce) {
    EXPECT_EQ(errors_of(R"([modul.400gbase-dr4]
power_max_watt = 9.5
[module.400gbase-dr4]
power_max_wat = 9.5
like = "400zr"
tdecq_max_db = 1979-05-27
reach_m = { om3 = { assumed = [1, 2] } }
[module.400gbase-dr5]
power_max_watt = 9.5
[module.mine]
like = "400gbase-dr5"
source = "me"
[fibres]
os2 = 3
)"),
              "my.toml:1:2: error: no table \"modul\"\n"
              "my.toml:4:1: error: module.400gbase-dr4: no column \"power_max_wat\"\n"
              "my.toml:5:1: error: module.400gbase-dr4: like is for a new row\n"
              "my.toml:6:16: error: module.400gbase-dr4.tdecq_max_db: found a date or time of day\n"
              "my.toml:7:11: error: module.400gbase-dr4.reach_m: found a table\n"
              "my.toml:8:9: error: module.400gbase-dr5: is not in the catalogue, and a new row needs a source\n"
              "my.toml:11:8: error: module.mine.like: no row \"400gbase-dr5\" ships\n"
              "my.toml:14:1: error: fibres: found a whole number under \"os2\"\n");
}

TEST(CatalogueFile, WhatIsWrongWithAFigureIsLocatedToo) {
    EXPECT_EQ(errors_of(R"([module.400gbase-dr4]
tdecq_max_db = "3.4 dB"
[fibre.os2]
source = "A, B"
[cage.OSFP]
kelvin_per_watt = { assumed = [3, 2, 1] }
)"),
              "my.toml:2:1: error: modules 400gbase-dr4: tdecq_max_db is no number: \"3.4 dB\"\n"
              "my.toml:4:1: error: fibres os2: source is too long or holds a comma, a quote or a line break\n"
              "my.toml:6:1: error: cages OSFP: kelvin_per_watt does not rise from low to high: \"3~2~1\"\n");
    EXPECT_EQ(errors_of("[module.400gbase-dr4]\nhost_interface = \"linear\"\n"),
              "my.toml:2:1: error: modules 400gbase-dr4: host \"100g-c2m\" has no linear_snr_db, which a linear module "
              "needs\n");
    EXPECT_EQ(errors_of("[module.new]\nsource = \"x\"\n"), "my.toml:1:9: error: modules new: form_factors is empty\n");
    EXPECT_TRUE(parse_catalogue_file("[module.400gbase-dr4]\nlanes = 99\n", "my.toml").changes.empty());
}

TEST(CatalogueFile, SaysWhatWasProbablyMeant) {
    EXPECT_EQ(hint_of("[modul.x]\n"), "did you mean \"modules\"?");
    EXPECT_EQ(hint_of("[module.400gbase-dr4]\npower_max_wat = 1\n"), "did you mean \"power_max_watt\"?");
    EXPECT_EQ(hint_of("[module.400gbase-dr44]\npower_max_watt = 1\n"), "did you mean \"400gbase-dr4\"?");
    EXPECT_EQ(hint_of("[module.1.6t-dac]\nreach_m = 1\n"), "an id with a dot stands in quotes: [module.\"1.6t-dac\"]");
    EXPECT_EQ(hint_of("[module.qqqqqqqq]\nreach_m = 1\n"),
              "source = \"...\", and like = \"...\" to start as a copy of another row");
    EXPECT_EQ(hint_of("[module.x]\nlike = \"400gbase-dr44\"\nsource = \"a\"\n"), "did you mean \"400gbase-dr4\"?");
}

TEST(CatalogueFile, TablesGoBySeveralNames) {
    for (const char* word : {"fibres", "fibre", "fibers", "fiber"}) EXPECT_EQ(catalogue_table_named(word), "fibres");
    EXPECT_EQ(catalogue_table_named("fec"), "fec");
    EXPECT_EQ(catalogue_table_named("module"), "modules");
    EXPECT_EQ(catalogue_table_named("modul"), "");
    EXPECT_EQ(catalogue_table_named(""), "");
}

// Whatever the bytes: an answer, located, and never so much of it that nobody could read it.
TEST(CatalogueFile, TakesAnyBytes) {
    const std::string whole =
        "[module.my-dr4]\nlike = \"400gbase-dr4\"\nsource = \"x\"\ntdecq_max_db = { assumed = [2.0, 2.6, 3.4] }\n"
        "[fec.kp4-400g]\nlength_symbols = 544\nreach = [[1,2],[3]]\n[grid.g]\nchannels = \"1:2:3\"\n";
    std::mt19937 random(1);
    std::size_t refused = 0;
    for (int n = 0; n < 3000; ++n) {
        std::string text = whole.substr(0, random() % (whole.size() + 1));
        for (unsigned changes = random() % 4; changes > 0 && !text.empty(); --changes)
            text[random() % text.size()] = static_cast<char>(random() % 256);
        const ParsedCatalogue parsed = parse_catalogue_file(text, "my.toml");
        EXPECT_LE(parsed.errors.size(), 100u);
        if (parsed.errors.empty()) {
            EXPECT_NO_THROW(Catalogue(built_in_catalogue_text(), parsed.changes));
        } else {
            ++refused;
        }
    }
    EXPECT_GT(refused, 1000u);
    EXPECT_LT(refused, 3000u);
}

TEST(CatalogueFile, TooManyRowsAreRefused) {
    std::string text;
    for (int n = 0; n < 1100; ++n) text += "[cage.c" + std::to_string(n) + "]\nlike=\"OSFP\"\nsource=\"x\"\n";
    EXPECT_NE(errors_of(text).find("more than 1000 rows"), std::string::npos);
}

}  // namespace
}  // namespace lightloom
