// The built-in tables are whole and agree with the standards' own identities; a broken table is refused with its place.
#include "models/optics/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

// Numbers between semicolons, such as "-2.2; 3.4; 3; -1.9"
std::vector<double> numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<double> all;
    for (std::string piece; std::getline(in, piece, ';');) all.push_back(std::stod(piece));
    return all;
}

TEST(Catalogue, HoldsTheIdsThatScenariosRelyOn) {
    const Catalogue& catalogue = Catalogue::built_in();
    EXPECT_NE(catalogue.module("400gbase-dr4"), nullptr);
    EXPECT_NE(catalogue.module("400g-aec"), nullptr);
    EXPECT_NE(catalogue.fibre("os2"), nullptr);
    EXPECT_NE(catalogue.connector("mpo-apc-low-loss"), nullptr);
    EXPECT_NE(catalogue.connector("mpo-apc-standard"), nullptr);
    EXPECT_NE(catalogue.connector("lc-upc-grade-b"), nullptr);
    EXPECT_NE(catalogue.fec("kp4-400g"), nullptr);
}

TEST(Catalogue, KnowsNothingElse) {
    const Catalogue& catalogue = Catalogue::built_in();
    EXPECT_EQ(catalogue.module("400GBASE-DR4"), nullptr);
    EXPECT_EQ(catalogue.fibre(""), nullptr);
    EXPECT_EQ(catalogue.connector("os2"), nullptr);
    EXPECT_EQ(catalogue.fec("kp4"), nullptr);
}

TEST(Catalogue, ListsEveryIdThatItFinds) {
    const Catalogue& catalogue = Catalogue::built_in();
    for (const std::string& id : catalogue.module_ids()) EXPECT_EQ(catalogue.module(id)->id, id);
    for (const std::string& id : catalogue.fibre_ids()) EXPECT_EQ(catalogue.fibre(id)->id, id);
    for (const std::string& id : catalogue.connector_ids()) EXPECT_EQ(catalogue.connector(id)->id, id);
    const auto modules = catalogue.module_ids();
    EXPECT_NE(std::find(modules.begin(), modules.end(), "400gbase-dr4"), modules.end());
}

// SF1 of the golden budgets: a standard states its stressed sensitivity twice, as a figure and by its formula.
TEST(Catalogue, StressedSensitivityIsWhatTheFormulaGives) {
    for (const std::string& id : Catalogue::built_in().module_ids()) {
        const auto& levels = Catalogue::built_in().module(id)->levels;
        if (!levels) continue;
        EXPECT_NEAR(levels->rx_sensitivity().value, levels->rx_stressed_sensitivity.value, 1e-3) << id;
    }
}

// RA_* of the golden budgets: what transmitter, channel and receiver limits leave is the allocation for reflections.
TEST(Catalogue, LimitsCloseAsTheStandardsSay) {
    const ReferenceTable golden("link_budget_golden.csv");
    const std::pair<const char*, const char*> cases[] = {{"100gbase-dr", "RA_100GBASE-DR/DR4/DR8 (ER>=5)"},
                                                         {"400gbase-dr4", "RA_100GBASE-DR/DR4/DR8 (ER>=5)"},
                                                         {"400gbase-fr4", "RA_400G-FR4 (MSA)"}};
    for (const auto& [id, golden_id] : cases) {
        const OpticalLevels& levels = Catalogue::built_in().module(id)->levels.value();
        const auto row = golden.where("id", golden_id).at(0);
        const std::vector<double> inputs = numbers(row.at("inputs"));
        EXPECT_EQ(levels.tx_oma_minus_tdecq_min.value, inputs.at(0)) << id;
        EXPECT_EQ(levels.tdecq_max.value, inputs.at(1)) << id;
        EXPECT_EQ(levels.channel_loss_max.value, inputs.at(2)) << id;
        EXPECT_EQ(levels.rx_stressed_sensitivity.value, inputs.at(3)) << id;
        const double left_db = (levels.tx_oma() - levels.rx_sensitivity() - levels.channel_loss_max).value;
        const std::string words = "residual allocation ";
        ASSERT_EQ(row.at("expected").rfind(words, 0), 0u);
        EXPECT_NEAR(left_db, std::stod(row.at("expected").substr(words.size())), 1e-9) << id;
    }
}

// LB3, LB4: 3.0 dB less 2.75 dB of connectors is 500 m of OS2 at 0.5 dB/km, 250 m of OS1a at 1 dB/km.
TEST(Catalogue, FibresReachWhatTheTradeAssociationSays) {
    const Catalogue& catalogue = Catalogue::built_in();
    const double left_db = catalogue.module("400gbase-dr4")->levels->channel_loss_max.value - 2.75;
    EXPECT_NEAR(left_db / catalogue.fibre("os1a")->attenuation_db_per_km.value(), 0.250, 1e-9);
    EXPECT_GE(left_db / catalogue.fibre("os2")->attenuation_db_per_km.value(), 0.500);
}

// KP4: 5440 bits x interleave / line rate, and 31 + 3 + 3 cycles at 1 GHz
TEST(Catalogue, ErrorCorrectionTakesItsTime) {
    EXPECT_NEAR(Catalogue::built_in().fec("kp4-100g")->latency_ns(), 51.2 + 37.0, 1e-9);
    EXPECT_NEAR(Catalogue::built_in().fec("kp4-400g")->latency_ns(), 25.6 + 37.0, 1e-9);
}

TEST(Catalogue, EveryFigureHasASourceAndAConfidence) {
    const Catalogue& catalogue = Catalogue::built_in();
    for (const std::string& id : catalogue.module_ids()) {
        EXPECT_FALSE(catalogue.module(id)->source.empty()) << id;
        EXPECT_NE(catalogue.module(id)->confidence.rfind("low", 0), 0u) << id;
    }
}

// Replaces one piece of one built-in table, and says with which words the catalogue refuses it.
std::string refusal(std::string_view CatalogueText::*table, const std::string& old_piece,
                    const std::string& new_piece) {
    CatalogueText text = kBuiltInCatalogueText;
    std::string changed(text.*table);
    const auto at = changed.find(old_piece);
    if (at == std::string::npos) return "nothing replaced";
    changed.replace(at, old_piece.size(), new_piece);
    text.*table = changed;
    try {
        const Catalogue catalogue(text);
        return "accepted";
    } catch (const CatalogueError& error) {
        return error.what();
    }
}

TEST(CatalogueText, IsRefusedWithTablePlaceAndReason) {
    EXPECT_EQ(refusal(&CatalogueText::modules, "\n400gbase-dr4,", "\n400gbase-dr9,"), "accepted");
    EXPECT_EQ(refusal(&CatalogueText::modules, "100gbase-dr,", ","), "catalogue/modules.csv:2: id is empty");
    EXPECT_EQ(refusal(&CatalogueText::modules, "400gbase-fr4,", "400gbase-dr4,"),
              "catalogue/modules.csv:4: a second \"400gbase-dr4\"");
    EXPECT_EQ(refusal(&CatalogueText::modules, "kp4-100g,", "kp5-100g,"),
              "catalogue/modules.csv:2: no fec \"kp5-100g\"");
    EXPECT_EQ(refusal(&CatalogueText::modules, "copper,twinax", "copper,os2"),
              "catalogue/modules.csv:5: captive_cable is of another medium");
    EXPECT_EQ(refusal(&CatalogueText::modules, "copper,twinax", "copper,coax"),
              "catalogue/modules.csv:5: no fibre \"coax\"");
    EXPECT_EQ(refusal(&CatalogueText::modules, ",400,4,4,", ",400,4,3,"),
              "catalogue/modules.csv:3: lanes do not divide among the fibres");
    EXPECT_EQ(refusal(&CatalogueText::modules, ",400,4,4,", ",400,3,3,"),
              "catalogue/modules.csv:3: a codeword's symbols do not divide among the lanes");
    EXPECT_EQ(refusal(&CatalogueText::modules, ",2.4e-4,", ",0.5,"),
              "catalogue/modules.csv:2: specified_ber must be below 0.5");
    EXPECT_EQ(refusal(&CatalogueText::fibres, "0.40", "0.4o"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km is no number: \"0.4o\"");
    EXPECT_EQ(refusal(&CatalogueText::fibres, "0.40", "nan"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km is no number: \"nan\"");
    EXPECT_EQ(refusal(&CatalogueText::fibres, "0.40", "-1"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km must be more than 0, not -1");
    EXPECT_EQ(refusal(&CatalogueText::fibres, "single-mode", "multi-mode"),
              "catalogue/fibres.csv:2: medium must be single-mode or copper, not \"multi-mode\"");
    EXPECT_EQ(refusal(&CatalogueText::connectors, "0.11,", "0.11,,"),
              "catalogue/connectors.csv:2: 9 cells for 8 columns");
    EXPECT_EQ(refusal(&CatalogueText::connectors, "MPO-12/16", "\"MPO\""),
              "catalogue/connectors.csv:2: quotes are not understood");
    EXPECT_EQ(refusal(&CatalogueText::connectors, "loss_sigma_ln", "sigma"),
              "catalogue/connectors.csv:2: no column \"loss_sigma_ln\"");
    EXPECT_EQ(refusal(&CatalogueText::fec, "544,514,10,1,", "544,514,10,0,"),
              "catalogue/fec.csv:2: interleave must be at least 1, not 0");
    EXPECT_EQ(refusal(&CatalogueText::fec, "544,514,", "544,444,"),
              "catalogue/fec.csv:2: a code corrects 1 to 32 symbols");
}

}  // namespace
}  // namespace lightloom
