#include "models/optics/catalogue_reading.hpp"

#include <cmath>
#include <limits>

namespace lightloom {
namespace {

using Range = CatalogueRow::Range;

// Bounds that only a slip of the pen exceeds; they keep every figure where formulas make sense.
constexpr Range kLoss_db{0.0, 100.0};
constexpr Range kReflectance_db{-100.0, -1.0};
constexpr Range kWavelength_nm{100.0, 10'000.0};
constexpr Range kSpread_db{0.0, 20.0};
constexpr Range kLarge{0.0, 1e12};
constexpr double kTiny = std::numeric_limits<double>::min();

constexpr double kLightSpeed_nm_ghz = 299'792'458.0;  // nm x GHz
constexpr std::size_t kMostChannels = 1000;

GridRow::Channel read_channel(const CatalogueRow& cells, std::string_view text, double spacing_ghz) {
    const auto pieces = CatalogueRow::split(text, ':');
    const auto nm = [&](std::size_t n) { return cells.number_in("channels", "", pieces[n], kWavelength_nm); };
    if (pieces.size() == 1 && spacing_ghz > 0.0) {
        const double centre = nm(0);
        const double half = 0.5 * spacing_ghz * centre * centre / kLightSpeed_nm_ghz;
        return {centre, centre - half, centre + half};
    }
    if (pieces.size() != 3) throw cells.error("channels", fmt::format("is no nm:least:most: \"{}\"", text));
    const GridRow::Channel channel{nm(0), nm(1), nm(2)};
    if (!(channel.least_nm <= channel.wavelength_nm && channel.wavelength_nm <= channel.most_nm))
        throw cells.error("channels", fmt::format("does not lie in its window: \"{}\"", text));
    return channel;
}

}  // namespace

Medium read_medium(const CatalogueRow& cells) {
    return cells.choice<Medium>(
        "medium", {{"single-mode", Medium::single_mode}, {"multimode", Medium::multimode}, {"copper", Medium::copper}});
}

Provenance read_provenance(const CatalogueRow& cells) {
    return {cells.some_text("confidence"), cells.some_text("source"), cells.text("note")};
}

void read_row(const CatalogueRow& cells, FibreRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.medium = read_medium(cells);
    const Range per_km{kTiny, 1000.0};
    row.attenuation_max_db_per_km = cells.spectral_figures("attenuation_max_db_per_km", per_km);
    row.attenuation_typical_db_per_km = cells.spectral_figures("attenuation_typical_db_per_km", per_km);
    row.group_index = cells.spectral_figures("group_index", {1.0, 3.0});
    if (row.group_index.by_nm.empty()) throw cells.error("group_index", "is empty");
    row.zero_dispersion_min_nm = cells.number_or("zero_dispersion_min_nm", kWavelength_nm, 0.0);
    row.zero_dispersion_max_nm = cells.number_or("zero_dispersion_max_nm", kWavelength_nm, 0.0);
    row.dispersion_slope_max = cells.number_or("dispersion_slope_max_ps_per_nm2_km", {0.0, 1.0}, 0.0);
    row.pmd_ps_per_sqrt_km = cells.number_or("pmd_ps_per_sqrt_km", {0.0, 100.0}, 0.0);
    row.modal_bandwidth_mhz_km = cells.spectral_figures("modal_bandwidth_mhz_km", {1.0, 1e6});
    row.dispersion_1550_ps_nm_km = cells.number_or("dispersion_1550_ps_nm_km", {-200.0, 200.0}, 0.0);
    row.effective_area_um2 = cells.number_or("effective_area_um2", {1.0, 1e4}, 0.0);
    row.nonlinear_index_m2_per_w = cells.number_or("nonlinear_index_m2_per_w", {0.0, 1e-15}, 0.0);
    row.price_usd_per_m = cells.optional_number("price_usd_per_m", {0.0, 1e6});
    row.from = read_provenance(cells);
    if (row.medium == Medium::copper) return;
    const auto needs = [&](bool given, std::string_view column) {
        if (!given) throw cells.error(column, "is empty");
    };
    needs(!row.attenuation_max_db_per_km.by_nm.empty(), "attenuation_max_db_per_km");
    needs(!row.attenuation_typical_db_per_km.by_nm.empty(), "attenuation_typical_db_per_km");
    if (row.medium == Medium::multimode)
        return needs(!row.modal_bandwidth_mhz_km.by_nm.empty(), "modal_bandwidth_mhz_km");
    needs(row.zero_dispersion_min_nm > 0.0, "zero_dispersion_min_nm");
    needs(row.zero_dispersion_max_nm > 0.0, "zero_dispersion_max_nm");
    if (row.zero_dispersion_max_nm < row.zero_dispersion_min_nm)
        throw cells.error("zero_dispersion_max_nm", "is less than zero_dispersion_min_nm");
}

void read_row(const CatalogueRow& cells, ConnectorRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.medium = read_medium(cells);
    row.face = cells.some_text("face");
    row.angled = cells.flag("angled");
    row.loss_median = {cells.number("loss_median_db", {1e-6, 100.0})};
    row.loss_sigma_ln = cells.number("loss_sigma_ln", {1e-6, 10.0});
    row.loss_max = {cells.number("loss_max_db", {1e-6, 100.0})};
    row.reflectance = {cells.number("reflectance_db", kReflectance_db)};
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, PassiveRow& row) {
    using Kind = PassiveRow::Kind;
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.kind = cells.choice<Kind>("kind", {{"splice", Kind::splice},
                                           {"panel", Kind::panel},
                                           {"mux", Kind::mux},
                                           {"ocs", Kind::ocs},
                                           {"circulator", Kind::circulator},
                                           {"wss", Kind::wss}});
    row.loss_typical = {cells.number("loss_typical_db", kLoss_db)};
    row.loss_max = {cells.number("loss_max_db", kLoss_db)};
    row.reflectance = {cells.number("reflectance_db", kReflectance_db)};
    row.adjacent_isolation = {cells.number_or("adjacent_isolation_db", kLoss_db, 0.0)};
    row.power_watt = cells.number_or("power_watt", kLarge, 0.0);
    row.switching_ms = cells.number_or("switching_ms", kLarge, 0.0);
    row.ports = cells.empty("ports") ? 0 : cells.count("ports", 1, 1'000'000);
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, FecRow& row) {
    using Kind = FecRow::Kind;
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.kind = cells.choice<Kind>("kind", {{"none", Kind::none},
                                           {"reed-solomon", Kind::reed_solomon},
                                           {"hamming-reed-solomon", Kind::hamming_reed_solomon},
                                           {"threshold", Kind::threshold}});
    row.code = {cells.count("length_symbols", 1, 10'000'000), cells.count("data_symbols", 1, 10'000'000),
                cells.count("bits_per_symbol", 1, 16)};
    row.interleave = cells.count("interleave", 1, 64);
    row.striped = cells.flag("striped");
    row.threshold_ber = cells.number("threshold_ber", {1e-30, 0.499});
    row.target_ber = cells.number_or("target_ber", {1e-30, 0.499}, 0.0);
    row.waterfall_decades_per_db = cells.number_or("waterfall_decades_per_db", {0.1, 1000.0}, 0.0);
    row.line_rate_gbps = cells.number("line_rate_gbps", {1e-3, 1e6});
    row.processing_ns = cells.number("processing_ns", {0.0, 1e9});
    row.from = read_provenance(cells);
    if (row.code.data > row.code.length) throw cells.error("data_symbols", "is more than length_symbols");
    if (row.code.payload_bits() < 1) throw cells.error("data_symbols", "is less than a block of 257 bits");
    const bool corrects_symbols = row.kind == Kind::reed_solomon || row.kind == Kind::hamming_reed_solomon;
    if (corrects_symbols && (row.code.correctable() < 1 || row.code.correctable() > kMostCorrectable))
        throw cells.error("data_symbols", fmt::format("is wrong: a code corrects 1 to {} symbols", kMostCorrectable));
    if (!corrects_symbols && row.code.bits_per_symbol != 1)
        throw cells.error("bits_per_symbol", "is 1 where no symbols are corrected");
    if (row.kind != Kind::threshold) return;
    if (row.target_ber <= 0.0) throw cells.error("target_ber", "is empty");
    if (row.target_ber >= row.threshold_ber) throw cells.error("target_ber", "is not below threshold_ber");
    if (row.waterfall_decades_per_db <= 0.0) throw cells.error("waterfall_decades_per_db", "is empty");
}

void read_row(const CatalogueRow& cells, GridRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.spacing_ghz = cells.number_or("spacing_ghz", {1.0, 10'000.0}, 0.0);
    const std::string channels = cells.some_text("channels");
    const auto pieces = CatalogueRow::split(channels, ';');
    if (pieces.size() > kMostChannels) throw cells.error("channels", fmt::format("are more than {}", kMostChannels));
    for (const std::string_view piece : pieces) row.channels.push_back(read_channel(cells, piece, row.spacing_ghz));
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, HostChannelRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.nyquist_ghz = cells.number("nyquist_ghz", {0.1, 1000.0});
    row.loss_budget = {cells.number("loss_budget_db", kLoss_db)};
    row.ber_at_budget = cells.number("ber_at_budget", {1e-30, 0.1});
    row.snr_per_loss = cells.number("snr_per_loss", {0.0, 10.0});
    row.linear_snr = {cells.number("linear_snr_db", kLoss_db)};
    row.burst_probability = cells.number("burst_probability", {0.0, 0.99});
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, ReflectanceRow& row) {
    row.id = cells.some_text("id");
    cells.some_text("most_db");
    for (const auto& [name, value] : cells.named_figures("most_db", kReflectance_db).by_name) {
        const double count = cells.number_in("most_db", "", name, {1.0, 1000.0});
        if (count != std::floor(count) || (!row.most_db.empty() && count <= row.most_db.back().first))
            throw cells.error("most_db", "does not rise in whole numbers of reflectances");
        row.most_db.emplace_back(static_cast<int>(count), value);
    }
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, TransmitterRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.bias_control = cells.choice<BiasControl>("bias_control", {{"constant-power", BiasControl::constant_power},
                                                                  {"constant-bias", BiasControl::constant_bias}});
    const Range kelvin{0.0, 10'000.0}, celsius{-100.0, 300.0}, milliampere{0.01, 10'000.0};
    row.threshold_ma = cells.number("threshold_ma", milliampere);
    row.bias_ma = cells.number("bias_ma", milliampere);
    if (row.bias_ma <= row.threshold_ma) throw cells.error("bias_ma", "is no more than threshold_ma");
    row.spectral_width_nm = cells.number("spectral_width_nm", {0.0, 100.0});
    row.threshold_t0_k = cells.number_or("threshold_t0_k", kelvin, 0.0);
    row.slope_t1_k = cells.number_or("slope_t1_k", kelvin, 0.0);
    row.parabola_minimum_c = cells.number_or("parabola_minimum_c", celsius, 0.0);
    row.parabola_width_k = cells.number_or("parabola_width_k", kelvin, 0.0);
    if (row.threshold_t0_k <= 0.0 && row.parabola_width_k <= 0.0)
        throw cells.error("threshold_t0_k", "is empty, and so is parabola_width_k");
    row.wavelength_drift_nm_per_c = cells.number("wavelength_drift_nm_per_c", {-10.0, 10.0});
    row.junction_rise_c = cells.number("junction_rise_c", {0.0, 200.0});
    row.tdecq_per_c_db = cells.number("tdecq_per_c_db", {-1.0, 1.0});
    row.wear_growth = cells.number("wear_growth", {0.0, 10.0});
    row.wear_exponent = cells.number("wear_exponent", {0.01, 10.0});
    row.wear_sigma_ln = cells.number("wear_sigma_ln", {0.0, 10.0});
    row.activation_energy_ev = cells.number("activation_energy_ev", {0.0, 10.0});
    row.random_fit = cells.number("random_fit", kLarge);
    row.oma_above_min_db = cells.number("oma_above_min_db", {-20.0, 20.0});
    row.oma_sigma_lot_db = cells.number("oma_sigma_lot_db", kSpread_db);
    row.oma_sigma_module_db = cells.number("oma_sigma_module_db", kSpread_db);
    row.oma_sigma_lane_db = cells.number("oma_sigma_lane_db", kSpread_db);
    row.tdecq_below_max_db = cells.number("tdecq_below_max_db", {-20.0, 20.0});
    row.tdecq_sigma_db = cells.number("tdecq_sigma_db", kSpread_db);
    row.rin_db_per_hz = cells.number("rin_db_per_hz", {-200.0, -50.0});
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, ReceiverRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.responsivity_a_per_w = cells.number("responsivity_a_per_w", {0.01, 10.0});
    row.thermal_pa_per_sqrt_hz = cells.number("thermal_pa_per_sqrt_hz", {0.0, 1000.0});
    row.bandwidth_over_baud = cells.number("bandwidth_over_baud", {0.1, 10.0});
    row.dark_current_na = cells.number("dark_current_na", {0.0, 1e6});
    row.apd_gain = cells.number("apd_gain", {1.0, 1000.0});
    row.apd_k = cells.number("apd_k", {0.0, 1.0});
    row.sensitivity_better_db = cells.number("sensitivity_better_db", {-20.0, 20.0});
    row.sensitivity_sigma_db = cells.number("sensitivity_sigma_db", kSpread_db);
    row.from = read_provenance(cells);
}

void read_row(const CatalogueRow& cells, CageRow& row) {
    row.id = cells.some_text("id");
    row.kelvin_per_watt = cells.number("kelvin_per_watt", {0.0, 100.0});
    row.case_max_c = cells.number("case_max_c", {0.0, 300.0});
    row.from = read_provenance(cells);
}

}  // namespace lightloom
