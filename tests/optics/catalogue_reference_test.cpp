// The catalogue's figures beside the tables that they were taken from, cell by cell: tests/data/optics/modules.csv,
// fibers.csv, passives.csv, fec.csv, wdm_grids.csv, reflectance.csv, whose sources are standards and data sheets.
// Rows of those tables that are no parts (acceptance limits, a bend model, contamination) are not in the catalogue.
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "models/optics/catalogue.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

using Row = ReferenceTable::Row;

// The number that a cell begins with; none if it begins with something else.
std::optional<double> first_number(const std::string& cell) {
    std::smatch match;
    if (!std::regex_search(cell, match, std::regex(R"(^<?~?(-?\d+(\.\d+)?(e-?\d+)?))"))) return std::nullopt;
    return std::stod(match[1]);
}

const std::map<std::string, std::vector<std::string>> kModules{
    {"100GBASE-SR4", {"100gbase-sr4"}},
    {"100G-CWDM4", {"100g-cwdm4"}},
    {"100GBASE-LR4", {"100gbase-lr4"}},
    {"100GBASE-DR", {"100gbase-dr"}},
    {"100GBASE-FR1", {"100gbase-fr1"}},
    {"100GBASE-LR1", {"100gbase-lr1"}},
    {"200GBASE-SR4", {"200gbase-sr4"}},
    {"200GBASE-FR4", {"200gbase-fr4"}},
    {"400GBASE-SR8", {"400gbase-sr8"}},
    {"400GBASE-SR4.2", {"400gbase-sr4.2"}},
    {"400GBASE-VR4", {"400gbase-vr4"}},
    {"400GBASE-SR4", {"400gbase-sr4"}},
    {"400GBASE-DR4", {"400gbase-dr4"}},
    {"400GBASE-DR4-2 (DR4+/XDR4)", {"400gbase-dr4-2"}},
    {"400GBASE-FR4", {"400gbase-fr4"}},
    {"400GBASE-LR4-6", {"400gbase-lr4-6"}},
    {"400G-LR4-10", {"400g-lr4-10"}},
    {"400GBASE-LR8", {"400gbase-lr8"}},
    {"400GBASE-ER8", {"400gbase-er8"}},
    {"400G-ER4 (ER4-30/ER4-40 class)", {"400g-er4"}},
    {"400ZR", {"400zr"}},
    {"400G OpenZR+ (0 dBm class: ZR+)", {"400g-openzr-plus"}},
    {"800GBASE-VR8", {"800gbase-vr8"}},
    {"800GBASE-SR8 / 2xSR4", {"800gbase-sr8"}},
    {"800GBASE-DR8 / 2xDR4", {"800gbase-dr8", "800g-2xdr4"}},
    {"800GBASE-DR8-2", {"800gbase-dr8-2"}},
    {"800G 2xFR4", {"800g-2xfr4"}},
    {"800G 2xLR4", {"800g-2xlr4"}},
    {"800ZR", {"800zr"}},
    {"800G-ZR+", {"800g-zr-plus"}},
    {"800GBASE-DR4 (200G/lane)", {"800gbase-dr4"}},
    {"800GBASE-DR4-2 (200G/lane)", {"800gbase-dr4-2"}},
    {"1.6TBASE-DR8 (200G/lane)", {"1.6tbase-dr8"}},
    {"1.6TBASE-DR8-2 (200G/lane)", {"1.6tbase-dr8-2"}},
    {"1.6T 2xFR4 (200G/lane)", {"1.6t-2xfr4"}},
    {"100G-DR-LPO x8 (800G DR8 LPO)", {"800g-dr8-lpo"}},
    {"800G DR8 LRO/TRO (half-retimed)", {"800g-dr8-lro"}},
    {"CPO Broadcom Bailly (per 800G of 51.2T)", {"800g-cpo-bailly"}},
    {"CPO NVIDIA Quantum-X/Spectrum-X (per 1.6T port)", {"1.6t-cpo-quantum"}},
    {"400G DAC (100G/lane)", {"400g-dac"}},
    {"800G DAC (100G/lane)", {"800g-dac"}},
    {"1.6T DAC (200G/lane)", {"1.6t-dac"}},
    {"800G ACC (linear redriver)", {"800g-acc"}},
    {"400G AEC (retimed)", {"400g-aec"}},
    {"800G AEC (retimed)", {"800g-aec"}},
    {"400G AOC", {"400g-aoc"}},
    {"800G AOC", {"800g-aoc"}},
};

int compared = 0;

void same(const Row& reference, const std::string& column, double got, const std::string& id) {
    const auto expected = first_number(reference.at(column));
    if (!expected) return;
    EXPECT_NEAR(got, *expected, 1e-9 * std::abs(*expected)) << id << ' ' << column;
    ++compared;
}

void same_levels(const Row& reference, const OpticalLevels& levels, const std::string& id) {
    std::smatch limit;
    const std::string oma = reference.at("tx_OMAouter_min_dBm"), sensitivity = reference.at("rx_sens_formula_dBm");
    const std::regex of_oma(R"(max\((-?[\d.]+); TDECQ(-[\d.]+)\))"),
        of_sensitivity(R"(max\((-?[\d.]+); T?S?ECQ(-[\d.]+)\).*)");
    if (std::regex_match(oma, limit, of_oma)) {
        EXPECT_EQ(levels.tx_oma_min.value, std::stod(limit[1])) << id;
        EXPECT_EQ(levels.tx_oma_minus_tdecq_min.value, std::stod(limit[2])) << id;
        compared += 2;
    } else {
        same(reference, "tx_OMAouter_min_dBm", levels.tx_oma_min.value, id);
    }
    if (std::regex_match(sensitivity, limit, of_sensitivity)) {
        EXPECT_EQ(levels.rx_sensitivity_min.value, std::stod(limit[1])) << id;
        EXPECT_EQ(levels.rx_sensitivity_at_zero_secq.value, std::stod(limit[2])) << id;
        compared += 2;
    } else {
        same(reference, "rx_sens_OMA_max_dBm", levels.rx_sensitivity_min.value, id);
    }
    same(reference, "tx_OMAouter_max_dBm", levels.tx_oma_max.value, id);
    same(reference, "tx_OMA_minus_TDECQ_min_dBm", levels.tx_oma_minus_tdecq_min.value, id);
    same(reference, "tx_avg_min_dBm", levels.tx_average_min.value, id);
    same(reference, "tx_avg_max_dBm", levels.tx_average_max.value, id);
    same(reference, "ER_min_dB", levels.extinction_ratio_min.value, id);
    same(reference, "TDECQ_max_dB", levels.tdecq_max.value, id);
    same(reference, "stressed_rx_sens_OMA_dBm", levels.rx_stressed_sensitivity.value, id);
    same(reference, "rx_avg_min_dBm", levels.rx_average_min.value, id);
    same(reference, "rx_overload_avg_dBm", levels.rx_overload_average.value, id);
}

void same_loss(const Row& reference, const ModuleRow& module) {
    const std::string cell = reference.at("channel_IL_max_dB");
    for (const std::string& entry : list_of(cell)) {
        std::smatch of_fibre;
        if (std::regex_search(entry, of_fibre, std::regex(R"(([\d.]+) \(OM(\d))"))) {
            EXPECT_EQ(module.channel_loss_max_db.at("om" + of_fibre[2].str()), std::stod(of_fibre[1])) << module.id;
            ++compared;
        } else if (std::regex_match(entry, std::regex(R"([\d.]+)"))) {
            EXPECT_EQ(module.channel_loss_max_db.at("os2"), std::stod(entry)) << module.id;
            ++compared;
        }
    }
}

TEST(CatalogueReference, Modules) {
    compared = 0;
    std::size_t rows = 0;
    for (const Row& reference : ReferenceTable("modules.csv").rows()) {
        ++rows;
        for (const std::string& id : kModules.at(reference.at("name"))) {
            const ModuleRow& module = *Catalogue::built_in().module(id);
            same(reference, "aggregate_Gbps", static_cast<double>(module.rate.bits_per_second) / 1e9, id);
            same(reference, "lanes_per_direction", module.lanes, id);
            same(reference, "baud_GBd", module.baud_gbd, id);
            same(reference, "power_typ_W", module.power_typical.value, id);
            same(reference, "power_max_W", module.power_max.value, id);
            const double watt_over_gbps = module.power_max.value / static_cast<double>(module.rate.bits_per_second);
            EXPECT_NEAR(watt_over_gbps * 1e12, std::stod(reference.at("pJ_per_bit_at_max_W")), 0.06) << id;
            double reach_m = 0.0;
            for (const auto& [fibre, metres] : module.reach_m.by_name) reach_m = std::max(reach_m, metres);
            same(reference, "reach_m", reach_m, id);
            if (module.price) {
                same(reference, "price_class_USD_year", module.price->low_usd, id);
            } else {
                EXPECT_EQ(reference.at("price_class_USD_year"), "") << id;
            }
            if (module.is_optical()) same_loss(reference, module);
            if (module.levels) same_levels(reference, *module.levels, id);
            if (module.coherent) {
                same(reference, "tx_avg_min_dBm", module.coherent->tx_power_min.value, id);
                same(reference, "tx_avg_max_dBm", module.coherent->tx_power_max.value, id);
                same(reference, "rx_avg_min_dBm", module.coherent->rx_power_min_amplified.value, id);
                same(reference, "rx_overload_avg_dBm", module.coherent->rx_overload.value, id);
            }
            if (module.captive_cable.empty()) same(reference, "pre_fec_ber_threshold", module.specified_ber, id);
        }
    }
    EXPECT_EQ(rows, 47u);
    EXPECT_EQ(kModules.size(), 47u);
    EXPECT_GT(compared, 600);
}

// 400ZR: OSNR of 26 dB, 34 dB unamplified at -20 dBm, 2400 ps/nm, 10 ps (OIF-400ZR-01.0; the note of its row)
TEST(CatalogueReference, CoherentModule) {
    const CoherentLevels& zr = Catalogue::built_in().module("400zr")->coherent.value();
    EXPECT_EQ(zr.required_osnr_db, 26.0);
    EXPECT_EQ(zr.unamplified_osnr_db, 34.0);
    EXPECT_EQ(zr.rx_power_min_unamplified->value, -20.0);
    EXPECT_EQ(zr.cd_tolerance_ps_nm, 2400.0);
    EXPECT_EQ(zr.pmd_tolerance_ps, 10.0);
}

// "850:3.5(IEC 3.0 cabled-new);1300:1.5(1.0)": each figure at its wavelength
int same_spectrum(const std::string& cell, const SpectralFigures& got, const std::string& id) {
    int count = 0;
    const std::regex at_nm(R"((?:^|;)(\d+):([\d.]+))");
    for (std::sregex_iterator at(cell.begin(), cell.end(), at_nm), end; at != end; ++at, ++count)
        EXPECT_EQ(got.at(std::stod((*at)[1])), std::stod((*at)[2])) << id << ' ' << (*at)[1];
    return count;
}

TEST(CatalogueReference, Fibres) {
    const std::map<std::string, std::string> ids{
        {"OM3", "om3"},          {"OM4", "om4"},          {"OM5", "om5"},
        {"OS2 G.652.D", "os2"},  {"OS1a", "os1a"},        {"G.657.A1", "g657-a1"},
        {"G.657.A2", "g657-a2"}, {"G.657.B3", "g657-b3"}, {"SSMF long-haul model (GNPy default)", "ssmf"}};
    int spectra = 0;
    std::size_t rows = 0;
    compared = 0;
    for (const Row& reference : ReferenceTable("fibers.csv").rows()) {
        const auto known = ids.find(reference.at("type"));
        if (known == ids.end()) continue;
        ++rows;
        const std::string& id = known->second;
        const FibreRow& fibre = *Catalogue::built_in().fibre(id);
        spectra += same_spectrum(reference.at("attenuation_max_dB_km"), fibre.attenuation_max_db_per_km, id);
        spectra += same_spectrum(reference.at("attenuation_typ_dB_km"), fibre.attenuation_typical_db_per_km, id);
        spectra += same_spectrum(reference.at("group_index"), fibre.group_index, id);
        same(reference, "zero_dispersion_min_nm", fibre.zero_dispersion_min_nm, id);
        same(reference, "zero_dispersion_max_nm", fibre.zero_dispersion_max_nm, id);
        same(reference, "PMD_link_ps_sqrt_km", fibre.pmd_ps_per_sqrt_km, id);
        if (id != "om5") same(reference, "S0_max_ps_nm2_km", fibre.dispersion_slope_max, id);  // a formula there
        std::smatch bandwidth;
        const std::string emb = reference.at("EMB_min_MHz_km");
        if (std::regex_search(emb, bandwidth, std::regex(R"(850 EMB (\d+))"))) {
            EXPECT_EQ(fibre.modal_bandwidth_mhz_km.at(850.0), std::stod(bandwidth[1])) << id;
        }
    }
    EXPECT_EQ(rows, ids.size());
    EXPECT_GE(spectra, 35);
    EXPECT_GE(compared, 25);
    EXPECT_EQ(Catalogue::built_in().fibre("om5")->modal_bandwidth_mhz_km.at(953.0), 2470.0);
    // OM5: S0 = 4 x -103 / (840 (1 - (l0 / 840)^4)) is largest at the shortest zero
    EXPECT_NEAR(Catalogue::built_in().fibre("om5")->dispersion_slope_max,
                -412.0 / (840.0 * (1.0 - std::pow(1297.0 / 840.0, 4))), 5e-5);
}

struct Part {
    const char *component, *grade, *fibre, *id;
};
constexpr Part kConnectors[] = {
    {"Connector LC/SC random mate", "IEC 61755-2 Grade A (reserved)", "SM", "lc-upc-grade-a"},
    {"Connector LC/SC random mate", "IEC 61755-2 Grade B", "SM", "lc-upc-grade-b"},
    {"Connector LC/SC random mate", "IEC 61755-2 Grade C", "SM", "lc-upc-grade-c"},
    {"Connector LC/SC random mate", "IEC 61755-2 Grade D", "SM", "lc-upc-grade-d"},
    {"Connector MPO-12/16", "standard SM", "SM", "mpo-apc-standard"},
    {"Connector MPO-12/16", "low loss (elite) SM", "SM", "mpo-apc-low-loss"},
    {"Connector MPO-12/16", "standard MM", "MM", "mpo-mm-standard"},
    {"Connector MPO-12/16", "low loss MM", "MM", "mpo-mm-low-loss"},
    {"Connector LC", "MM PC", "MM", "lc-mm"},
};
constexpr Part kParts[] = {
    {"Fusion splice", "SM", "SM", "fusion-splice"},
    {"Fusion splice", "MM", "MM", "fusion-splice-mm"},
    {"Mechanical splice", "any", "any", "mechanical-splice"},
    {"Patch panel (2 mated LC + cassette)", "low loss", "SM", "panel-mpo-lc"},
    {"CWDM4 mux or demux (inside module)", "TFF/AWG", "SM", "cwdm4-mux"},
    {"DWDM 48/64ch mux or demux", "AAWG", "SM", "dwdm-mux"},
    {"ROADM/WSS", "1x9..1x32", "SM", "wss"},
    {"Circulator (bidi OCS links)", "integrated", "SM", "circulator"},
    {"OCS 3D-MEMS Google Palomar", "136x136", "SM", "ocs-palomar"},
    {"OCS 3D-MEMS commercial (Calient S320 / Lumentum R300)", "320/300 ports", "SM", "ocs-mems"},
    {"OCS piezo DirectLight (Polatis 7000)", "384x384", "SM", "ocs-polatis"},
    {"OCS robotic patch panel (Telescent)", "1008 ports", "SM", "ocs-telescent"},
    {"OCS liquid crystal (Coherent)", "300x300", "SM", "ocs-liquid-crystal"},
};

Row passive_row(const ReferenceTable& table, const Part& part) {
    for (const Row& row : table.where("component", part.component))
        if (row.at("grade_or_type") == part.grade && row.at("fiber") == part.fibre) return row;
    throw std::runtime_error(std::string("no row for ") + part.id);
}

// Mean and 97 % point of a lognormal: median e^(s^2 / 2) and median e^(1.8808 s)
TEST(CatalogueReference, Connectors) {
    const ReferenceTable table("passives.csv");
    int points = 0;
    for (const Part& part : kConnectors) {
        const Row reference = passive_row(table, part);
        const ConnectorRow& row = *Catalogue::built_in().connector(part.id);
        const double sigma = row.loss_sigma_ln, median = row.loss_median.value;
        const double mean = median * std::exp(0.5 * sigma * sigma);
        const double reference_mean = std::stod(reference.at("IL_typ_mean_dB"));
        EXPECT_NEAR(mean, reference_mean, 0.1 * reference_mean) << part.id;
        if (const auto most = first_number(reference.at("IL_97pct_dB"))) {
            EXPECT_NEAR(mean, reference_mean, 1e-3) << part.id;
            EXPECT_NEAR(median * std::exp(1.8808 * sigma), *most, 2e-3) << part.id;
            ++points;
        }
        if (const auto most = first_number(reference.at("IL_max_dB"))) {
            EXPECT_EQ(row.loss_max.value, *most) << part.id;
        }
        std::smatch suggested;
        const std::string words = reference.at("sim_distribution_suggested");
        if (std::regex_search(words, suggested, std::regex(R"(median ([\d.]+) sigma ([\d.]+); truncate ([\d.]+))"))) {
            EXPECT_EQ(median, std::stod(suggested[1])) << part.id;
            EXPECT_EQ(sigma, std::stod(suggested[2])) << part.id;
            EXPECT_EQ(row.loss_max.value, std::stod(suggested[3])) << part.id;
            ++points;
        }
        EXPECT_EQ(row.angled, std::string(part.grade).find("SM") != std::string::npos) << part.id;
    }
    EXPECT_EQ(points, 6);
    // Return loss of clean pairs: IEC 61755-2 grades 1 to 4
    for (const auto& [id, db] : {std::pair{"lc-apc-grade-b", -60.0},
                                 {"lc-upc-grade-b", -45.0},
                                 {"lc-upc-grade-c", -35.0},
                                 {"lc-upc-grade-d", -26.0},
                                 {"mpo-apc-standard", -60.0},
                                 {"mpo-mm-standard", -20.0},
                                 {"mpo-mm-low-loss", -25.0}})
        EXPECT_EQ(Catalogue::built_in().connector(id)->reflectance.value, db) << id;
}

TEST(CatalogueReference, Passives) {
    const ReferenceTable table("passives.csv");
    compared = 0;
    for (const Part& part : kParts) {
        const Row reference = passive_row(table, part);
        const PassiveRow& row = *Catalogue::built_in().passive(part.id);
        same(reference, "IL_typ_mean_dB", row.loss_typical.value, part.id);
        same(reference, "IL_max_dB", row.loss_max.value, part.id);
        std::smatch loss;
        const std::string reflected = reference.at("return_loss_min_dB");
        if (std::regex_search(reflected, loss, std::regex(R"(\d+)"))) {
            EXPECT_EQ(row.reflectance.value, -std::stod(loss[0])) << part.id;
            ++compared;
        }
    }
    EXPECT_GE(compared, 35);
    EXPECT_EQ(Catalogue::built_in().passive("ocs-palomar")->power_watt, 108.0);
    EXPECT_EQ(Catalogue::built_in().passive("ocs-palomar")->ports, 136);
}

TEST(CatalogueReference, Codes) {
    const std::map<std::string, std::string> ids{{"KR4 (100G; 4x25G)", "kr4-100g"},
                                                 {"KP4 100G", "kp4-100g"},
                                                 {"KP4 200G", "kp4-200g"},
                                                 {"KP4 400G", "kp4-400g"},
                                                 {"KP4 800G", "kp4-800g"},
                                                 {"KP4 1.6T", "kp4-1600g"},
                                                 {"LL-FEC", "ll-fec"},
                                                 {"cFEC (400ZR)", "cfec-400g"},
                                                 {"oFEC", "ofec-400g"},
                                                 {"Firecode cl.74", "firecode-25g"}};
    std::size_t rows = 0;
    compared = 0;
    for (const Row& reference : ReferenceTable("fec.csv").rows()) {
        if (reference.at("name") == "Inner Hamming 802.3dj") {
            EXPECT_EQ(Catalogue::built_in().fec("hamming-kp4-800g")->threshold_ber, 4.85e-3);
            EXPECT_EQ(Catalogue::built_in().fec("hamming-kp4-800g")->kind, FecRow::Kind::hamming_reed_solomon);
            continue;
        }
        const std::string id = ids.at(reference.at("name"));
        const FecRow& row = *Catalogue::built_in().fec(id);
        ++rows;
        same(reference, "n", row.code.length, id);
        same(reference, "k", row.code.data, id);
        same(reference, "interleave", row.interleave, id);
        same(reference, "pre_fec_ber_threshold", row.threshold_ber, id);
        if (row.kind == FecRow::Kind::reed_solomon) {
            same(reference, "t", row.code.correctable(), id);
            same(reference, "symbol_bits", row.code.bits_per_symbol, id);
            same(reference, "line_rate_Gbps", row.line_rate_gbps, id);
            // KR4's 528 symbols take 51.2 ns of the 103.125 Gb/s, as KP4's 544 take of 106.25
            EXPECT_NEAR(row.codeword_ns(), std::stod(reference.at("codeword_accumulation_ns")), 1e-9) << id;
        } else {
            const double overhead = 100.0 * (static_cast<double>(row.code.length) / row.code.data - 1.0);
            EXPECT_NEAR(overhead, std::stod(reference.at("overhead_pct")), 0.05) << id;
            same(reference, "target_post", row.target_ber, id);
        }
    }
    EXPECT_EQ(rows, ids.size());
    EXPECT_GE(compared, 55);
}

TEST(CatalogueReference, Grids) {
    const std::map<std::string, std::string> ids{{"CWDM4", "cwdm4"},
                                                 {"LWDM4 (100G-LR4)", "lwdm4"},
                                                 {"LWDM8 (LR8/ER8)", "lwdm8"},
                                                 {"400ZR 100 GHz", "zr-100ghz"},
                                                 {"400ZR 75 GHz", "zr-75ghz"}};
    const ReferenceTable table("wdm_grids.csv");
    std::size_t channels = 0;
    for (const auto& [name, id] : ids) {
        const auto rows = table.where("grid", name);
        const GridRow& grid = *Catalogue::built_in().grid(id);
        ASSERT_EQ(grid.channels.size(), rows.size()) << id;
        for (std::size_t n = 0; n < rows.size(); ++n, ++channels) {
            const GridRow::Channel& channel = grid.channels[n];
            EXPECT_EQ(channel.wavelength_nm, std::stod(rows[n].at("wavelength_nm"))) << id;
            EXPECT_NEAR(299'792.458 / channel.wavelength_nm, std::stod(rows[n].at("frequency_THz")), 2e-3) << id;
            if (rows[n].at("window_min_nm").empty()) {  // half the spacing either side
                const double width_ghz = 299'792'458.0 * (1.0 / channel.least_nm - 1.0 / channel.most_nm);
                EXPECT_NEAR(width_ghz, grid.spacing_ghz, 0.01) << id;
            } else {
                EXPECT_EQ(channel.least_nm, std::stod(rows[n].at("window_min_nm"))) << id;
                EXPECT_EQ(channel.most_nm, std::stod(rows[n].at("window_max_nm"))) << id;
            }
        }
    }
    EXPECT_EQ(channels, 128u);
    EXPECT_EQ(Catalogue::built_in().grid("zr-150ghz")->channels.size(), 32u);
}

TEST(CatalogueReference, Reflectances) {
    const std::map<std::string, std::string> ids{{"400GBASE-DR4 / 100GBASE-DR (strict)", "dr"},
                                                 {"100GBASE-FR1 / 400GBASE-FR4 class", "fr"},
                                                 {"100GBASE-LR1 / LR4 class", "lr"}};
    int rows = 0;
    for (const auto& [pmd, id] : ids) {
        std::size_t n = 0;
        for (const Row& reference : ReferenceTable("reflectance.csv").where("pmd", pmd)) {
            const auto& [count, db] = Catalogue::built_in().reflectance(id)->most_db.at(n++);
            EXPECT_EQ(count, std::stoi(reference.at("n_discrete_reflectances"))) << id;
            EXPECT_EQ(db, std::stod(reference.at("max_each_dB"))) << id;
            ++rows;
        }
    }
    EXPECT_EQ(rows, 18);
}

}  // namespace
}  // namespace lightloom
