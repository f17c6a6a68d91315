// Rows of modules.csv: the longest table, and the only one that names rows of others.
#include <array>
#include <cmath>

#include "models/optics/catalogue_reading.hpp"
#include "models/optics/link_condition.hpp"

namespace lightloom {
namespace {

using Range = CatalogueRow::Range;

constexpr Range kPower_dbm{-100.0, 50.0};
constexpr Range kLoss_db{0.0, 100.0};
constexpr Range kOsnr_db{0.0, 100.0};
constexpr Range kSecq_dbm{-100.0, 50.0};

// Reads figures that a budget needs, and keeps in mind which are not there.
class Needed {
public:
    explicit Needed(const CatalogueRow& cells) : cells_(cells) {}
    double number(std::string_view column, Range range) {
        const auto value = cells_.optional_number(column, range);
        given_ |= value.has_value();
        if (!value)
            missing_.emplace_back(column);
        else if (first_given_.empty())
            first_given_ = column;
        return value.value_or(0.0);
    }
    PowerDbm power(std::string_view column) { return {number(column, kPower_dbm)}; }

    bool complete() const { return missing_.empty(); }
    const std::vector<std::string>& missing() const { return missing_; }
    void must_be_empty(std::string_view why) const {
        if (given_) throw cells_.error(first_given_, fmt::format("is given, but {}", why));
    }

private:
    const CatalogueRow& cells_;
    std::vector<std::string> missing_;
    std::string first_given_;
    bool given_ = false;
};

OpticalLevels read_levels(Needed& needed) {
    OpticalLevels levels;
    levels.tx_oma_min = needed.power("tx_oma_min_dbm");
    levels.tx_oma_max = needed.power("tx_oma_max_dbm");
    levels.tx_oma_minus_tdecq_min = needed.power("tx_oma_minus_tdecq_min_dbm");
    levels.tx_average_min = needed.power("tx_average_min_dbm");
    levels.tx_average_max = needed.power("tx_average_max_dbm");
    levels.extinction_ratio_min = {needed.number("extinction_ratio_min_db", {0.1, 50.0})};
    levels.tdecq_max = {needed.number("tdecq_max_db", kLoss_db)};
    levels.rx_sensitivity_min = needed.power("rx_sensitivity_min_dbm");
    levels.rx_sensitivity_at_zero_secq = {needed.number("rx_sensitivity_at_zero_secq_dbm", kSecq_dbm)};
    levels.rx_stressed_sensitivity = needed.power("rx_stressed_sensitivity_dbm");
    levels.rx_average_min = needed.power("rx_average_min_dbm");
    levels.rx_overload_average = needed.power("rx_overload_average_dbm");
    return levels;
}

CoherentLevels read_coherent(const CatalogueRow& cells, Needed& needed) {
    CoherentLevels levels;
    levels.tx_power_min = needed.power("tx_power_min_dbm");
    levels.tx_power_max = needed.power("tx_power_max_dbm");
    levels.rx_power_min_amplified = needed.power("rx_power_min_amplified_dbm");
    levels.required_osnr_db = needed.number("required_osnr_db", kOsnr_db);
    if (const auto power = cells.optional_number("rx_power_min_unamplified_dbm", kPower_dbm))
        levels.rx_power_min_unamplified = PowerDbm{*power};
    levels.unamplified_osnr_db = cells.optional_number("unamplified_osnr_db", kOsnr_db);
    levels.tx_osnr_db = needed.number("tx_osnr_db", kOsnr_db);
    levels.cd_tolerance_ps_nm = needed.number("cd_tolerance_ps_nm", {0.0, 1e7});
    levels.pmd_tolerance_ps = needed.number("pmd_tolerance_ps", {0.0, 1e4});
    levels.rx_overload = needed.power("rx_overload_dbm");
    return levels;
}

void read_all_levels(const CatalogueRow& cells, ModuleRow& row) {
    Needed direct_figures(cells), coherent_figures(cells);
    const OpticalLevels levels = read_levels(direct_figures);
    const CoherentLevels coherent = read_coherent(cells, coherent_figures);
    if (!row.is_optical()) {
        direct_figures.must_be_empty("a cable assembly is specified end to end");
        coherent_figures.must_be_empty("a cable assembly is specified end to end");
    } else if (is_coherent(row.modulation)) {
        direct_figures.must_be_empty("the module is coherent");
        if (coherent_figures.complete()) row.coherent = coherent;
        row.missing = coherent_figures.missing();
    } else {
        coherent_figures.must_be_empty("the module detects directly");
        if (direct_figures.complete()) row.levels = levels;
        row.missing = direct_figures.missing();
    }
}

std::optional<Price> read_price(const CatalogueRow& cells) {
    const auto low = cells.optional_number("price_low_usd", {0.0, 1e9});
    const auto high = cells.optional_number("price_high_usd", {0.0, 1e9});
    const std::string year = cells.text("price_year");
    if (!low && !high && year.empty()) return std::nullopt;
    if (!low || !high || year.empty())
        throw cells.error("price_low_usd", "goes with price_high_usd and price_year: all three or none");
    if (*low > *high) throw cells.error("price_low_usd", "is more than price_high_usd");
    return Price{*low, *high, year};
}

template <class Row>
const Row& named(const CatalogueRow& cells, std::string_view column, std::string_view what, const Row* row,
                 const std::string& id) {
    if (row == nullptr) throw cells.error(column, fmt::format("names no {}: \"{}\"", what, id));
    return *row;
}

void check_code(const CatalogueRow& cells, std::string_view column, const FecRow& fec, int lanes) {
    const bool dealt = fec.striped && fec.kind != FecRow::Kind::none && fec.kind != FecRow::Kind::threshold;
    if (dealt && fec.code.length % lanes != 0)
        throw cells.error(column, fmt::format("{} does not divide among {} lanes", fec.id, lanes));
}

void check_counts(const CatalogueRow& cells, const ModuleRow& module) {
    if (module.lanes % module.ports != 0) throw cells.error("lanes", "do not divide among the ports");
    if (module.fibres_per_direction > module.lanes || module.lanes % module.fibres_per_direction != 0)
        throw cells.error("lanes", "do not divide among the fibres");
    if (module.fibres_per_direction % module.ports != 0)
        throw cells.error("fibres_per_direction", "do not divide among the ports");
    const double line_gbps = module.lanes * module.baud_gbd * bits_per_symbol(module.modulation);
    if (line_gbps * 1e9 < static_cast<double>(module.rate.bits_per_second))
        throw cells.error("baud_gbd", fmt::format("gives {:g} Gb/s on all lanes, less than rate_gbps", line_gbps));
}

}  // namespace

void read_row(const CatalogueRow& cells, ModuleRow& row) {
    row.id = cells.some_text("id");
    row.name = cells.some_text("name");
    row.form_factors = cells.some_text("form_factors");
    row.medium = read_medium(cells);
    row.captive_cable = cells.text("captive_cable");
    row.rate = {std::llround(cells.number("rate_gbps", {0.001, 1e6}) * 1e9)};
    row.ports = cells.count("ports", 1, LinkCondition::kMostLanes);
    row.lanes = cells.count("lanes", 1, LinkCondition::kMostLanes);
    row.fibres_per_direction = cells.count("fibres_per_direction", 1, LinkCondition::kMostLanes);
    row.baud_gbd = cells.number("baud_gbd", {0.001, 1000.0});
    row.modulation = cells.choice<Modulation>("modulation", {{"nrz", Modulation::nrz},
                                                             {"pam4", Modulation::pam4},
                                                             {"dp-qpsk", Modulation::dp_qpsk},
                                                             {"dp-16qam", Modulation::dp_16qam}});
    row.grid = cells.text("grid");
    row.fec = cells.some_text("fec");
    row.breakout_fec = cells.text("breakout_fec");
    row.specified_ber = cells.number("specified_ber", {1e-18, 0.4});
    row.reach_m = cells.named_figures("reach_m", {0.1, 1e7});
    if (row.reach_m.by_name.empty()) throw cells.error("reach_m", "is empty");
    row.channel_loss_max_db = cells.named_figures("channel_loss_max_db", kLoss_db);
    row.transmitter = cells.text("transmitter");
    row.receiver = cells.text("receiver");
    row.host = cells.text("host");
    row.host_interface = cells.choice<HostInterface>("host_interface", {{"passive", HostInterface::passive},
                                                                        {"retimed", HostInterface::retimed},
                                                                        {"half-retimed", HostInterface::half_retimed},
                                                                        {"linear", HostInterface::linear},
                                                                        {"co-packaged", HostInterface::co_packaged}});
    row.connector = cells.choice<std::string>(
        "connector", {{"mpo-apc", "mpo-apc"}, {"mpo-pc", "mpo-pc"}, {"lc", "lc"}, {"none", "none"}});
    row.reflectance_class = cells.text("reflectance_class");
    read_all_levels(cells, row);
    row.latency_ns = cells.number("latency_ns", {0.0, 1e9});
    row.power_typical = {cells.number("power_typical_watt", {0.0, 1e4})};
    row.power_max = {cells.number("power_max_watt", {0.0, 1e4})};
    row.price = read_price(cells);
    row.mtbf_hours = cells.optional_number("mtbf_hours", {1.0, 1e15});
    row.from = read_provenance(cells);
}

void check_module(const CatalogueRow& cells, const ModuleRow& module, const Catalogue& catalogue) {
    check_counts(cells, module);
    check_code(cells, "fec", named(cells, "fec", "code", catalogue.fec(module.fec), module.fec),
               module.lanes_per_port());
    if (!module.breakout_fec.empty())
        check_code(cells, "breakout_fec",
                   named(cells, "breakout_fec", "code", catalogue.fec(module.breakout_fec), module.breakout_fec), 1);
    const std::string cage = module.cage();
    named(cells, "form_factors", "cage", catalogue.cage(cage), cage);

    // What glass needs is not asked of a cable assembly, but what is named must be there.
    const auto check = [&](std::string_view column, std::string_view what, const auto* row, const std::string& id) {
        if (id.empty() && module.is_optical()) throw cells.error(column, "is empty");
        if (!id.empty()) named(cells, column, what, row, id);
    };
    check("grid", "grid", catalogue.grid(module.grid), module.grid);
    check("transmitter", "transmitter", catalogue.transmitter(module.transmitter), module.transmitter);
    check("receiver", "receiver", catalogue.receiver(module.receiver), module.receiver);
    check("host", "host channel", catalogue.host(module.host), module.host);
    if (!module.reflectance_class.empty())
        named(cells, "reflectance_class", "reflectance class", catalogue.reflectance(module.reflectance_class),
              module.reflectance_class);
    const bool linear = module.host_interface != HostInterface::passive &&
                        module.host_interface != HostInterface::retimed && module.is_optical();
    if (linear && !(catalogue.host(module.host)->linear_snr.value > 0.0))
        throw cells.error("host", fmt::format("\"{}\" has no linear_snr_db, which a {} module needs", module.host,
                                              name_of(module.host_interface)));
    if (module.is_optical() && module.connector == "none") throw cells.error("connector", "is none");

    if (module.captive_cable.empty()) {
        if (module.medium == Medium::copper) throw cells.error("captive_cable", "is empty");
        const auto wavelengths = static_cast<int>(catalogue.grid(module.grid)->channels.size());
        if (module.lanes / module.fibres_per_direction > wavelengths)
            throw cells.error("grid", fmt::format("\"{}\" has fewer wavelengths than share a fibre", module.grid));
        return;
    }
    const FibreRow& cable =
        named(cells, "captive_cable", "fibre", catalogue.fibre(module.captive_cable), module.captive_cable);
    if (cable.medium != module.medium) throw cells.error("captive_cable", "is of another medium");
    if (!module.reach_m.at(module.captive_cable)) throw cells.error("reach_m", "does not give that of captive_cable");
}

}  // namespace lightloom
