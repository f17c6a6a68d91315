// The built-in tables are whole and agree with the standards' own identities; a broken table is refused with its place;
// figures that are assumed take the value that is asked for, and changes replace cells.
#include "models/optics/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

using Level = Assumption::Level;

std::size_t count_of(std::string_view table) { return Catalogue::built_in().ids(table).size(); }

TEST(Catalogue, HoldsTheIdsThatScenariosRelyOn) {
    const Catalogue& catalogue = Catalogue::built_in();
    for (const char* id :
         {"100gbase-sr4", "100g-cwdm4",     "100gbase-lr4",   "100gbase-dr",      "100gbase-fr1",     "100gbase-lr1",
          "200gbase-sr4", "200gbase-fr4",   "400gbase-sr8",   "400gbase-sr4.2",   "400gbase-vr4",     "400gbase-sr4",
          "400gbase-dr4", "400gbase-dr4-2", "400gbase-fr4",   "400gbase-lr4-6",   "400g-lr4-10",      "400gbase-lr8",
          "400gbase-er8", "400g-er4",       "400zr",          "400g-openzr-plus", "800gbase-vr8",     "800gbase-sr8",
          "800gbase-dr8", "800g-2xdr4",     "800gbase-dr8-2", "800g-2xfr4",       "800g-2xlr4",       "800zr",
          "800g-zr-plus", "800gbase-dr4",   "800gbase-dr4-2", "1.6tbase-dr8",     "1.6tbase-dr8-2",   "1.6t-2xfr4",
          "800g-dr8-lpo", "400g-dr4-lpo",   "800g-dr8-lro",   "800g-cpo-bailly",  "1.6t-cpo-quantum", "400g-dac",
          "800g-dac",     "1.6t-dac",       "800g-acc",       "400g-aec",         "800g-aec",         "400g-aoc",
          "800g-aoc"})
        EXPECT_NE(catalogue.module(id), nullptr) << id;
    EXPECT_EQ(count_of("modules"), 49u);
    for (const char* id : {"os2", "os2-tia", "os1a", "g657-a1", "g657-a2", "g657-b3", "ssmf", "om3", "om4", "om5"})
        EXPECT_NE(catalogue.fibre(id), nullptr) << id;
    for (const char* id : {"mpo-apc-low-loss", "mpo-apc-standard", "lc-upc-grade-b", "lc-upc-grade-c", "lc-mm"})
        EXPECT_NE(catalogue.connector(id), nullptr) << id;
    for (const char* id : {"fusion-splice", "cwdm4-mux", "ocs-palomar", "circulator"})
        EXPECT_NE(catalogue.passive(id), nullptr) << id;
    for (const char* id : {"none", "kr4-100g", "kp4-100g", "kp4-200g", "kp4-400g", "kp4-800g", "kp4-1600g", "ll-fec",
                           "hamming-kp4-800g", "hamming-kp4-1600g", "cfec-400g", "ofec-400g", "ofec-800g"})
        EXPECT_NE(catalogue.fec(id), nullptr) << id;
}

TEST(Catalogue, KnowsNothingElse) {
    const Catalogue& catalogue = Catalogue::built_in();
    EXPECT_EQ(catalogue.module("400GBASE-DR4"), nullptr);
    EXPECT_EQ(catalogue.fibre(""), nullptr);
    EXPECT_EQ(catalogue.connector("os2"), nullptr);
    EXPECT_EQ(catalogue.fec("kp4"), nullptr);
    EXPECT_TRUE(catalogue.ids("module").empty());
    EXPECT_TRUE(catalogue.cells("modules", "os2").empty());
}

TEST(Catalogue, ListsEveryIdThatItFinds) {
    const Catalogue& catalogue = Catalogue::built_in();
    for (const std::string& id : catalogue.ids("modules")) EXPECT_EQ(catalogue.module(id)->id, id);
    for (const std::string& id : catalogue.ids("fibres")) EXPECT_EQ(catalogue.fibre(id)->id, id);
    for (const std::string& id : catalogue.ids("connectors")) EXPECT_EQ(catalogue.connector(id)->id, id);
    for (const std::string& id : catalogue.ids("passives")) EXPECT_EQ(catalogue.passive(id)->id, id);
    for (const std::string& id : catalogue.ids("grids")) EXPECT_EQ(catalogue.grid(id)->id, id);
    for (const std::string& table : Catalogue::tables()) {
        EXPECT_FALSE(catalogue.ids(table).empty()) << table;
        EXPECT_EQ(catalogue.cells(table, catalogue.ids(table)[0])[0].second, catalogue.ids(table)[0]);
    }
}

TEST(Catalogue, EveryRowHasASourceAndAConfidence) {
    const Catalogue& catalogue = Catalogue::built_in();
    std::size_t rows = 0;
    for (const std::string& table : Catalogue::tables())
        for (const std::string& id : catalogue.ids(table)) {
            std::map<std::string, std::string> cells;
            for (const auto& [column, cell] : catalogue.cells(table, id)) cells[column] = cell;
            EXPECT_FALSE(cells.at("source").empty()) << id;
            EXPECT_FALSE(cells.at("confidence").empty()) << id;
            ++rows;
        }
    EXPECT_GT(rows, 140u);
}

// A figure that nobody published says so: nothing is assumed of a module whose confidence is high throughout.
TEST(Catalogue, AssumedFiguresAreToldOfInTheConfidence) {
    const Catalogue& catalogue = Catalogue::built_in();
    std::set<std::string> modules;
    for (const AssumedFigure& figure : catalogue.assumed()) {
        EXPECT_LT(figure.low, figure.high) << figure.id << ' ' << figure.column;
        if (figure.table == "modules") modules.insert(figure.id);
    }
    for (const char* id : {"800gbase-dr4", "800g-dr8-lpo", "1.6t-cpo-quantum", "800zr"})
        EXPECT_TRUE(modules.contains(id)) << id;
    for (const char* id : {"400gbase-dr4", "400gbase-fr4", "100gbase-sr4", "400zr"})
        EXPECT_FALSE(modules.contains(id)) << id;
    for (const std::string& id : modules) EXPECT_NE(catalogue.module(id)->from.confidence, "high") << id;
}

TEST(Catalogue, ModulesOfUnknownLevelsSayWhatIsMissing) {
    const Catalogue& catalogue = Catalogue::built_in();
    const ModuleRow& er8 = *catalogue.module("400gbase-er8");
    EXPECT_FALSE(er8.levels);
    EXPECT_EQ(er8.missing.size(), 12u);
    EXPECT_NE(std::ranges::find(er8.missing, "rx_stressed_sensitivity_dbm"), er8.missing.end());
    const ModuleRow& zr_plus = *catalogue.module("800g-zr-plus");
    EXPECT_FALSE(zr_plus.coherent);
    EXPECT_EQ(zr_plus.missing.front(), "rx_power_min_amplified_dbm");
    for (const ModuleRow& module : catalogue.modules()) {
        if (!module.missing.empty()) continue;
        EXPECT_EQ(module.levels.has_value(), module.is_optical() && !is_coherent(module.modulation)) << module.id;
        EXPECT_EQ(module.coherent.has_value(), is_coherent(module.modulation)) << module.id;
    }
}

// SF1 of the golden budgets: a standard states its stressed sensitivity twice, as a figure and by its formula.
TEST(Catalogue, StressedSensitivityIsWhatTheFormulaGives) {
    int checked = 0;
    for (const ModuleRow& module : Catalogue::built_in().modules()) {
        if (!module.levels || module.id == "200gbase-fr4") continue;  // its receiver is known to 0.3 dB only
        EXPECT_NEAR(module.levels->rx_sensitivity(module.levels->tdecq_max).value,
                    module.levels->rx_stressed_sensitivity.value, 1e-9)
            << module.id;
        ++checked;
    }
    EXPECT_EQ(checked, 34);
}

// RA_* of the golden budgets: what transmitter, channel and receiver limits leave is the allocation for reflections.
TEST(Catalogue, LimitsCloseAsTheStandardsSay) {
    const ReferenceTable golden("link_budget_golden.csv");
    struct {
        const char *id, *golden, *fibre;
    } const cases[] = {{"100gbase-dr", "RA_100GBASE-DR/DR4/DR8 (ER>=5)", ""},
                       {"400gbase-dr4", "RA_100GBASE-DR/DR4/DR8 (ER>=5)", ""},
                       {"800gbase-dr8", "RA_100GBASE-DR/DR4/DR8 (ER>=5)", ""},
                       {"800g-2xdr4", "RA_100GBASE-DR/DR4/DR8 (ER>=5)", ""},
                       {"100gbase-fr1", "RA_FR1/DR4-2", ""},
                       {"400gbase-dr4-2", "RA_FR1/DR4-2", ""},
                       {"400gbase-fr4", "RA_400G-FR4 (MSA)", ""},
                       {"800g-2xfr4", "RA_400G-FR4 (MSA)", ""},
                       {"100gbase-lr1", "RA_LR1", ""},
                       {"400gbase-sr8", "RA_400GBASE-SR8", "om4"},
                       {"400gbase-sr4", "RA_400GBASE-SR4/800G-SR8", "om4"},
                       {"800gbase-sr8", "RA_400GBASE-SR4/800G-SR8", "om4"},
                       {"400g-lr4-10", "RA_400G-LR4-10", ""}};
    for (const auto& [id, golden_id, fibre] : cases) {
        const ModuleRow& module = *Catalogue::built_in().module(id);
        const OpticalLevels& levels = module.levels.value();
        const double loss_db = module.channel_loss_max_db.at(fibre).value();
        const auto row = golden.where("id", golden_id).at(0);
        std::vector<double> inputs;
        for (const std::string& input : list_of(row.at("inputs"))) inputs.push_back(std::stod(input));
        EXPECT_EQ(levels.tx_oma_minus_tdecq_min.value, inputs.at(0)) << id;
        EXPECT_EQ(levels.tdecq_max.value, inputs.at(1)) << id;
        EXPECT_EQ(loss_db, inputs.at(2)) << id;
        EXPECT_EQ(levels.rx_stressed_sensitivity.value, inputs.at(3)) << id;
        const double left_db =
            (levels.tx_oma(levels.tdecq_max) - levels.rx_sensitivity(levels.tdecq_max)).value - loss_db;
        const std::string words = "residual allocation ";
        ASSERT_EQ(row.at("expected").rfind(words, 0), 0u);
        EXPECT_NEAR(left_db, std::stod(row.at("expected").substr(words.size())), 1e-9) << id;
    }
}

// LB3 to LB7, LAT1: loss budgets of the trade association, and 500 m at group index 1.4676 take 2.448 us.
TEST(Catalogue, FibresReachWhatTheTradeAssociationSays) {
    const Catalogue& catalogue = Catalogue::built_in();
    const auto loss = [&](const char* fibre, double nm) {
        return catalogue.fibre(fibre)->attenuation_max_db_per_km.at(nm);
    };
    const double left_db = catalogue.module("800gbase-dr8")->channel_loss_max_db.at("os2").value() - 2.75;
    EXPECT_NEAR(left_db / loss("os2-tia", 1311.0), 0.500, 1e-9);
    EXPECT_NEAR(left_db / loss("os1a", 1311.0), 0.250, 1e-9);
    const double of_lr8_db = catalogue.module("400gbase-lr8")->channel_loss_max_db.at("os2").value() - 2.0;
    EXPECT_NEAR(of_lr8_db / loss("os1a", 1310.0), 4.3, 1e-9);
    EXPECT_NEAR(of_lr8_db / loss("os2-tia", 1310.0), 8.6, 1e-9);
    EXPECT_NEAR(of_lr8_db / loss("os2", 1310.0), 10.75, 1e-9);
    const ModuleRow& sr8 = *catalogue.module("400gbase-sr8");
    EXPECT_NEAR(0.100 * loss("om4", 850.0) + 1.5, 1.85, 1e-9);
    EXPECT_LE(1.85, sr8.channel_loss_max_db.at("om4").value());
    EXPECT_NEAR(0.070 * loss("om3", 850.0) + 1.5, 1.745, 1e-9);
    EXPECT_LE(1.745, sr8.channel_loss_max_db.at("om3").value());
    EXPECT_NEAR(500.0 * catalogue.fibre("os2")->group_index.at(1311.0) / 299.792458, 2.448, 0.001);
    EXPECT_NEAR(catalogue.fibre("twinax")->group_index.at(850.0) / 0.299792458, 4.5, 1e-4);
}

TEST(Catalogue, FiguresOverWavelengthAreStraightLinesBetweenThoseGiven) {
    const SpectralFigures figures{{{1310.0, 0.4}, {1550.0, 0.3}}};
    EXPECT_EQ(figures.at(1271.0), 0.4);
    EXPECT_NEAR(figures.at(1430.0), 0.35, 1e-12);
    EXPECT_EQ(figures.at(1550.0), 0.3);
    EXPECT_EQ(figures.at(1625.0), 0.3);
    const NamedFigures named{{{"om3", 70.0}, {"", 500.0}}};
    EXPECT_EQ(named.at("om3"), 70.0);
    EXPECT_EQ(named.at("os2"), 500.0);
    EXPECT_EQ(NamedFigures{}.at("os2"), std::nullopt);
}

// KP4: 5440 bits x interleave / line rate, and 31 + 3 + 3 cycles at 1 GHz
TEST(Catalogue, ErrorCorrectionTakesItsTime) {
    for (const auto& [id, accumulation_ns] : {std::pair{"kp4-100g", 51.2},
                                              {"kp4-200g", 51.2},
                                              {"kp4-400g", 25.6},
                                              {"kp4-800g", 25.6},
                                              {"hamming-kp4-800g", 25.6},
                                              {"kp4-1600g", 12.8}})
        EXPECT_NEAR(Catalogue::built_in().fec(id)->latency_ns(), accumulation_ns + 37.0, 1e-9) << id;
}

TEST(Catalogue, AssumedFiguresTakeTheValueThatIsAskedFor) {
    const CatalogueText& text = built_in_catalogue_text();
    const Catalogue low(text, {}, {.level = Level::low}), high(text, {}, {.level = Level::high});
    const char* id = "800gbase-dr4";
    EXPECT_EQ(low.module(id)->levels->tx_oma_minus_tdecq_min.value, -2.2);
    EXPECT_EQ(Catalogue::built_in().module(id)->levels->tx_oma_minus_tdecq_min.value, -1.5);
    EXPECT_EQ(high.module(id)->levels->tx_oma_minus_tdecq_min.value, -0.8);
    EXPECT_EQ(low.assumed(), high.assumed());
    EXPECT_EQ(low.module("400gbase-dr4")->levels->tdecq_max, high.module("400gbase-dr4")->levels->tdecq_max);

    const auto& assumed = low.assumed();
    const auto one = std::ranges::find_if(assumed, [&](const AssumedFigure& figure) {
        return figure.id == id && figure.column == "tx_oma_minus_tdecq_min_dbm";
    });
    ASSERT_NE(one, assumed.end());
    const Catalogue but_one(text, {}, {.level = Level::mid, .except = {{*one, Level::high}}});
    EXPECT_EQ(but_one.module(id)->levels->tx_oma_minus_tdecq_min.value, -0.8);
    EXPECT_EQ(but_one.module(id)->levels->tx_oma_min.value, -0.1);
    EXPECT_EQ(but_one.module("1.6tbase-dr8")->levels->tx_oma_minus_tdecq_min.value, -1.5);
}

// The first mistake's words, or "accepted".
std::string refusal(const std::vector<CatalogueChange>& changes) {
    try {
        const Catalogue catalogue(built_in_catalogue_text(), changes);
        return "accepted";
    } catch (const CatalogueError& error) {
        return error.what();
    }
}

std::vector<CatalogueChange> all_of(const std::string& table, const std::string& like, const std::string& id) {
    std::vector<CatalogueChange> changes;
    for (const auto& [column, cell] : Catalogue::built_in().cells(table, like))
        if (column != "id") changes.push_back({table, id, column, cell, "mine:1:1"});
    return changes;
}

TEST(CatalogueChanges, ReplaceCellsAndMakeRows) {
    auto changes = all_of("modules", "400gbase-dr4", "my-dr4");
    changes.push_back({"modules", "my-dr4", "tdecq_max_db", "2.0~2.6~3.4", "mine:2:1"});
    changes.push_back({"modules", "400gbase-dr4", "power_max_watt", "9.5", "mine:3:1"});
    changes.push_back({"fibres", "os2", "attenuation_max_db_per_km", "1310:0.35", "mine:4:1"});
    const Catalogue catalogue(built_in_catalogue_text(), changes);
    EXPECT_EQ(catalogue.modules().size(), 50u);
    EXPECT_EQ(catalogue.module("my-dr4")->levels->tdecq_max.value, 2.6);
    EXPECT_EQ(catalogue.module("my-dr4")->levels->tx_oma_min.value, -0.8);
    EXPECT_EQ(catalogue.module("400gbase-dr4")->power_max.value, 9.5);
    EXPECT_EQ(catalogue.fibre("os2")->attenuation_max_db_per_km.at(1550.0), 0.35);
    EXPECT_EQ(catalogue.assumed().size(), Catalogue::built_in().assumed().size() + 1);
    EXPECT_EQ(catalogue.ids("modules").back(), "my-dr4");
    EXPECT_EQ(Catalogue::built_in().module("400gbase-dr4")->power_max.value, 12.0);
}

TEST(CatalogueChanges, AreRefusedWithTheirPlace) {
    EXPECT_EQ(refusal({{"modules", "400zr", "tx_osnr_db", "x", "mine:7:3"}}),
              "mine:7:3: modules 400zr: tx_osnr_db is no number: \"x\"");
    EXPECT_EQ(refusal({{"modul", "400zr", "tx_osnr_db", "34", "mine:7:3"}}), "mine:7:3: no table \"modul\"");
    EXPECT_EQ(refusal({{"modules", "400zr", "osnr", "34", "mine:7:3"}}), "mine:7:3: modules 400zr: no column \"osnr\"");
    EXPECT_EQ(refusal({{"modules", "400zr", "id", "x", "mine:7:3"}}), "mine:7:3: modules 400zr: a row keeps its id");
    EXPECT_EQ(refusal({{"cages", "new", "kelvin_per_watt", "2", "mine:7:3"}}),
              "mine:7:3: cages new: case_max_c is empty");
    EXPECT_EQ(refusal({{"fibres", "os2", "note", "a, b", "mine:7:3"}}),
              "mine:7:3: fibres os2: note is too long or holds a comma, a quote or a line break");
    // One mistake a row, all rows at once
    EXPECT_EQ(refusal({{"fibres", "os2", "group_index", "1", "mine:1:1"},
                       {"fibres", "om4", "group_index", "", "mine:2:1"},
                       {"cages", "OSFP", "case_max_c", "-1", "mine:3:1"}}),
              "mine:2:1: fibres om4: group_index is empty\n"
              "mine:3:1: cages OSFP: case_max_c must be from 0 to 300, not -1");
}

// Replaces one piece of one built-in table, and says with which words the catalogue refuses it.
std::string refusal(const std::string& table, const std::string& old_piece, const std::string& new_piece) {
    CatalogueText text = built_in_catalogue_text();
    std::string& changed = text.at(table);
    const auto at = changed.find(old_piece);
    if (at == std::string::npos) return "nothing replaced";
    changed.replace(at, old_piece.size(), new_piece);
    try {
        const Catalogue catalogue(text);
        return "accepted";
    } catch (const CatalogueError& error) {
        const std::string all = error.what();
        return all.substr(0, all.find('\n'));
    }
}

// The same for one cell.
std::string cell_refusal(const std::string& table, const std::string& id, const std::string& column,
                         const std::string& cell) {
    const std::string all = refusal(std::vector<CatalogueChange>{{table, id, column, cell, "f"}});
    return all.substr(0, all.find('\n'));
}

TEST(CatalogueText, IsRefusedWithTablePlaceAndReason) {
    EXPECT_EQ(refusal("modules", "\n400gbase-dr4,", "\n400gbase-dr9,"), "accepted");
    EXPECT_EQ(refusal("modules", "\n100gbase-sr4,", "\n,"), "catalogue/modules.csv:2: id is empty");
    EXPECT_EQ(refusal("modules", "\n100g-cwdm4,", "\n100gbase-sr4,"),
              "catalogue/modules.csv:3: a second \"100gbase-sr4\"");
    EXPECT_EQ(refusal("modules", "kr4-100g,", "kr5-100g,"), "catalogue/modules.csv:2: fec names no code: \"kr5-100g\"");
    EXPECT_EQ(refusal("fibres", "1310:0.40;", "1310:0.4o;"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km is no number: \"0.4o\"");
    EXPECT_EQ(refusal("fibres", "1310:0.40;", "1310:nan;"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km is no number: \"nan\"");
    EXPECT_EQ(refusal("fibres", "1310:0.40;", "1310:-1;"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km must be from 2.22507e-308 to 1000, not -1");
    EXPECT_EQ(refusal("fibres", "1310:0.40;", "1390:0.40;"),
              "catalogue/fibres.csv:2: attenuation_max_db_per_km does not rise in wavelength");
    EXPECT_EQ(refusal("fibres", "single-mode", "mono-mode"),
              "catalogue/fibres.csv:2: medium must be one of single-mode, multimode, copper, not \"mono-mode\"");
    EXPECT_EQ(refusal("connectors", "0.11,", "0.11,,"), "catalogue/connectors.csv:2: 13 cells for 12 columns");
    EXPECT_EQ(refusal("connectors", "MPO-12/16", "\"MPO\""), "catalogue/connectors.csv:2: quotes are not understood");
    EXPECT_EQ(refusal("connectors", "loss_sigma_ln", "sigma"),
              "catalogue/connectors.csv:2: no column \"loss_sigma_ln\"");
    EXPECT_EQ(refusal("cages", "case_max_c,", "case_max_c,colour,").substr(0, 25), "catalogue/cages.csv:2: 6 ");
    EXPECT_EQ(refusal("fec", "528,514,10,1,", "528,514,10,0,"),
              "catalogue/fec.csv:3: interleave must be from 1 to 64, not 0");
    EXPECT_EQ(refusal("fec", "544,514,", "544,444,"),
              "catalogue/fec.csv:4: data_symbols is wrong: a code corrects 1 to 32 symbols");
    EXPECT_EQ(refusal("hosts", "0.3~0.5~0.8", "0.5~0.3~0.8"),
              "catalogue/hosts.csv:2: snr_per_loss does not rise from low to high: \"0.5~0.3~0.8\"");
    EXPECT_EQ(refusal("hosts", "0.3~0.5~0.8", "0.3~0.5"),
              "catalogue/hosts.csv:2: snr_per_loss is no low~mid~high: \"0.3~0.5\"");
    EXPECT_EQ(refusal("grids", "850:840:860", "850:851:860"),
              "catalogue/grids.csv:2: channels does not lie in its window: \"850:851:860\"");
    CatalogueText fewer = built_in_catalogue_text();
    fewer.erase("cages");
    EXPECT_THROW(Catalogue{fewer}, CatalogueError);
}

TEST(CatalogueText, WhatAModuleNamesMustBeThereAndFit) {
    const std::string dr4 = "f: modules 400gbase-dr4: ";
    const auto with = [](const std::string& column, const std::string& cell) {
        return cell_refusal("modules", "400gbase-dr4", column, cell);
    };
    EXPECT_EQ(with("lanes", "3"), dr4 + "lanes do not divide among the fibres");
    EXPECT_EQ(with("ports", "3"), dr4 + "lanes do not divide among the ports");
    EXPECT_EQ(with("lanes", "17"), dr4 + "lanes must be from 1 to 16, not 17");
    EXPECT_EQ(with("baud_gbd", "40"), dr4 + "baud_gbd gives 320 Gb/s on all lanes, less than rate_gbps");
    EXPECT_EQ(with("specified_ber", "0.5"), dr4 + "specified_ber must be from 1e-18 to 0.4, not 0.5");
    EXPECT_EQ(with("grid", "cwdm9"), dr4 + "grid names no grid: \"cwdm9\"");
    EXPECT_EQ(with("fibres_per_direction", "1"), dr4 + "grid \"dr-1311\" has fewer wavelengths than share a fibre");
    EXPECT_EQ(with("transmitter", ""), dr4 + "transmitter is empty");
    EXPECT_EQ(with("receiver", "pin"), dr4 + "receiver names no receiver: \"pin\"");
    EXPECT_EQ(with("host_interface", "linear"),
              dr4 + "host \"100g-c2m\" has no linear_snr_db, which a linear module needs");
    EXPECT_EQ(with("reflectance_class", "d"), dr4 + "reflectance_class names no reflectance class: \"d\"");
    EXPECT_EQ(with("form_factors", "QSFP;OSFP"), dr4 + "form_factors names no cage: \"QSFP\"");
    EXPECT_EQ(with("breakout_fec", "kp9"), dr4 + "breakout_fec names no code: \"kp9\"");
    EXPECT_EQ(with("required_osnr_db", "20"), dr4 + "required_osnr_db is given, but the module detects directly");
    EXPECT_EQ(with("price_year", ""), dr4 + "price_low_usd goes with price_high_usd and price_year: all three or none");
    EXPECT_EQ(with("reach_m", "500;600"), dr4 + "reach_m has two figures for \"\"");
    EXPECT_EQ(with("rx_overload_average_dbm", ""), "accepted");
    const std::string aec = "f: modules 400g-aec: ";
    EXPECT_EQ(cell_refusal("modules", "400g-aec", "captive_cable", "os2"), aec + "captive_cable is of another medium");
    EXPECT_EQ(cell_refusal("modules", "400g-aec", "captive_cable", "coax"),
              aec + "captive_cable names no fibre: \"coax\"");
    EXPECT_EQ(cell_refusal("modules", "400g-aec", "tdecq_max_db", "3"),
              aec + "tdecq_max_db is given, but a cable assembly is specified end to end");
    EXPECT_EQ(cell_refusal("modules", "400zr", "tdecq_max_db", "3"),
              "f: modules 400zr: tdecq_max_db is given, but the module is coherent");
}

}  // namespace
}  // namespace lightloom
