#include "models/optics/coherent_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/optics/passive_losses.hpp"

namespace lightloom {
namespace {

constexpr double kCarrier_thz = 193.1;  // the anchor of ITU-T G.694.1
constexpr double kCarrier_nm = 1552.52;
constexpr double kDefaultPmd = 0.04;  // ps/sqrt(km), where a fibre states none

CoherentReceiver receiver_of(const Catalogue& catalogue, const ModuleRow& module) {
    const CoherentLevels& levels = *module.coherent;
    const FecRow& fec = known_row(catalogue.fec(module.fec), "fec", module.fec);
    CoherentReceiver receiver{.modulation = module.modulation,
                              .baud_gbd = module.baud_gbd,
                              .fec_threshold_ber = fec.threshold_ber,
                              .required_osnr = {levels.required_osnr_db},
                              .rx_power_min = levels.rx_power_min_amplified,
                              .osnr_at_rx_power_min = {levels.tx_osnr_db},
                              .dispersion_ps_per_nm = {levels.cd_tolerance_ps_nm, {0.0}},
                              .pmd_ps = {levels.pmd_tolerance_ps, {0.5}}};
    // A module that states no unamplified power is taken to need all of a transmitter's OSNR at the least that it does.
    if (levels.rx_power_min_unamplified && levels.unamplified_osnr_db) {
        receiver.rx_power_at_required_osnr = levels.rx_power_min_amplified;
        receiver.rx_power_min = *levels.rx_power_min_unamplified;
        receiver.osnr_at_rx_power_min = {*levels.unamplified_osnr_db};
    }
    return receiver;
}

}  // namespace

CoherentLink::CoherentLink(const Catalogue& catalogue, const Plant& plant, const CableClass& kind, const Joint& joint,
                           int direction)
    : plant_(plant),
      kind_(kind),
      sender_(direction == 0 ? *joint.lower : *joint.upper),
      transmitter_(known_row(catalogue.transmitter(sender_.transmitter), "transmitter", sender_.transmitter)),
      fibre_(*joint.fibre),
      rx_overload_dbm_((direction == 0 ? *joint.upper : *joint.lower).coherent->rx_overload.value),
      curve_(receiver_of(catalogue, direction == 0 ? *joint.upper : *joint.lower)) {
    const PassiveLosses passive = passive_losses(catalogue, plant, kind, sender_);
    connector_ = passive.connector;
    splice_mean_db_ = passive.splice_mean_db;
    parts_db_ = passive.parts_db;
    kelvin_per_watt_ = kelvin_per_watt(catalogue, sender_);
    const GridRow& grid = known_row(catalogue.grid(sender_.grid), "grid", sender_.grid);
    spacing_ghz_ = std::max(grid.spacing_ghz, sender_.baud_gbd);
    if (!(fibre_.dispersion_1550_ps_nm_km > 0.0) || !(fibre_.effective_area_um2 > 0.0))
        throw CatalogueError(
            fmt::format("{}: fibre \"{}\" states no dispersion and effective area at 1550 nm, which a "
                        "coherent link needs",
                        kind.name, fibre_.id));
}

ChannelGrid CoherentLink::grid() const {
    const auto channels = static_cast<int>(plant_.line.channels);
    return {.first_thz = kCarrier_thz - 0.5e-3 * spacing_ghz_ * (channels - 1),
            .spacing_ghz = spacing_ghz_,
            .channels = channels,
            .baud_gbd = sender_.baud_gbd};
}

double CoherentLink::attenuation_db_per_km() const {
    return (plant_.basis == Basis::limit ? fibre_.attenuation_max_db_per_km : fibre_.attenuation_typical_db_per_km)
        .at(kCarrier_nm);
}

// Equal spans; losses at the ends of the whole line lie at its two ends. Each amplifier makes up for its span.
CoherentLine CoherentLink::line_over(double length_m, double ends_db, double extra_db) const {
    const LineSettings& settings = plant_.line;
    const double attenuation =
        (plant_.basis == Basis::limit ? fibre_.attenuation_max_db_per_km : fibre_.attenuation_typical_db_per_km)
            .at(kCarrier_nm);
    const double span_m = length_m / static_cast<double>(settings.spans);
    LineSpan span{
        .connector_in = {0.0},
        .padding = {0.0},
        .length = {std::max(span_m, 1.0)},
        .fibre = {.attenuation_db_per_km = attenuation,
                  .dispersion_ps_per_nm_km = fibre_.dispersion_1550_ps_nm_km,
                  .effective_area_um2 = fibre_.effective_area_um2,
                  .pmd_ps_per_sqrt_km = fibre_.pmd_ps_per_sqrt_km > 0.0 ? fibre_.pmd_ps_per_sqrt_km : kDefaultPmd},
        .connector_out = {0.0},
        .amplifier = std::nullopt};
    CoherentLine line{.mux_loss = {0.0}, .booster = std::nullopt, .spans = {}, .demux_loss = {0.0}};
    for (std::int64_t n = 0; n < settings.spans; ++n) {
        LineSpan each = span;
        if (n == 0) each.connector_in = {0.5 * ends_db + extra_db};
        if (n + 1 == settings.spans) each.connector_out = {0.5 * ends_db};
        if (settings.amplified) {
            const double loss_db =
                span_m / 1000.0 * attenuation + 0.5 * ends_db * ((n == 0) + (n + 1 == settings.spans));
            each.amplifier = LineAmplifier{{loss_db}, settings.noise_figure};
        }
        line.spans.push_back(each);
    }
    return line;
}

// Limits: the weakest allowed. Typical: the middle of what is allowed, and about it what lot and module bring; its
// power is set and controlled, so that none is outside.
double CoherentLink::sent_dbm(const PlantDraws& draws) const {
    const CoherentLevels& levels = *sender_.coherent;
    const double least = levels.tx_power_min.value, most = levels.tx_power_max.value;
    if (plant_.basis != Basis::typical) return least;
    const int end = draws.sending_end();
    return std::clamp(0.5 * (least + most) + transmitter_.oma_sigma_lot_db * draws.lot_z(end) +
                          transmitter_.oma_sigma_module_db * draws.module_z(end),
                      least, most);
}

// What lies at the ends of the line, by draws; the terms of the one lane.
double CoherentLink::lose(const PlantDraws& draws, LaneBudgets& lanes) const {
    double connectors_db = 0.0, splices_db = 0.0, dirt_db = 0.0;
    for (int pair = 0; pair < kind_.connectors; ++pair) {
        connectors_db += pair_loss_db(kind_, connector_, draws, 0, pair);
        if (const auto spot = dirty_spot(plant_, kind_, draws, 0, pair, false)) dirt_db += spot->loss.value;
    }
    for (int splice = 0; splice < kind_.splices; ++splice)
        splices_db += splice_loss_db(splice_mean_db_, draws, 0, splice);
    const double bends_db = bend_loss_db(kind_, fibre_, kCarrier_nm);
    lanes.term(Term::connectors)[0] = connectors_db;
    lanes.term(Term::splices)[0] = splices_db;
    lanes.term(Term::parts)[0] = parts_db_;
    lanes.term(Term::bends)[0] = bends_db;
    lanes.term(Term::dirt)[0] = dirt_db;
    return connectors_db + splices_db + parts_db_ + bends_db + dirt_db;
}

// The light of the middle channel at the end of the line. Less loss than there is, which only an analysis asks for, is
// not sent through the fibre but given back at the end.
LineOutcome CoherentLink::propagated(double tx_dbm, double length_m, double ends_db, double extra_db) const {
    const LineSettings& settings = plant_.line;
    CoherentLine line = line_over(length_m, ends_db, std::max(0.0, extra_db));
    const Comb comb{.grid = grid(),
                    .tx_power = std::vector<PowerDbm>(static_cast<std::size_t>(settings.channels), PowerDbm{tx_dbm}),
                    .tx_osnr = {sender_.coherent->tx_osnr_db}};
    if (settings.amplified)
        line.booster =
            LineAmplifier{{std::max(0.0, settings.launch.value + 0.5 * ends_db - tx_dbm)}, settings.noise_figure};
    const NliForm form = settings.nli == LineSettings::Nli::gnpy ? NliForm::gnpy : NliForm::tanh;
    return propagate(line, comb, NliEfficiency(line, comb.grid, form));
}

void CoherentLink::fill(const PlantDraws& draws, double length_m, std::span<const Reading> readings,
                        const LinkCondition& condition, LaneBudgets& lanes) const {
    const bool amplified = plant_.line.amplified;
    lanes.lanes = 1;
    lanes.case_temperature_c = case_temperature_c(plant_, sender_, kelvin_per_watt_, draws, condition);
    const double tx_dbm = sent_dbm(draws);
    const double ends_db = lose(draws, lanes), extra_db = condition.extra_loss_db[0];
    const LineOutcome outcome = propagated(tx_dbm, length_m, ends_db, extra_db);
    const int middle = static_cast<int>(plant_.line.channels / 2);
    const double given_back_db = std::max(0.0, -extra_db);
    double received_dbm = outcome.received(middle).value + (amplified ? 0.0 : given_back_db);
    Decibel osnr = outcome.with_transmitter(outcome.gsnr(middle, NoiseBand::tenth_nm), NoiseBand::tenth_nm);
    if (amplified) osnr.value += given_back_db;

    double level_dbm = tx_dbm;
    if (lose_as_read(readings, draws.sending_end(), level_dbm, lanes))
        received_dbm = level_dbm - lanes.term(Term::fibre)[0] - extra_db;
    else
        lanes.term(Term::fibre)[0] =
            amplified ? length_m / 1000.0 * attenuation_db_per_km() : tx_dbm - ends_db - extra_db - received_dbm;
    lanes.term(Term::transmitter)[0] = level_dbm;
    lanes.term(Term::fault)[0] = extra_db;
    if (amplified)  // the powers are exact, gains nominal: noise, and what interference took, are in it
        lanes.term(Term::amplifiers)[0] = tx_dbm - ends_db - extra_db - lanes.term(Term::fibre)[0] - received_dbm;
    receive(outcome, osnr, received_dbm, lanes);
}

// A reading takes the place of what it measured. @return whether there is one
bool CoherentLink::lose_as_read(std::span<const Reading> readings, int direction, double& level_dbm,
                                LaneBudgets& lanes) const {
    std::optional<double> loss_db, power_dbm;  // the last of each
    for (const Reading& reading : readings) {
        if (reading.direction >= 0 && reading.direction != direction) continue;
        if (reading.loss_db) loss_db = reading.loss_db;
        if (reading.received_dbm) power_dbm = reading.received_dbm;
    }
    if (!loss_db && !power_dbm) return false;
    for (const Term term : {Term::connectors, Term::splices, Term::parts, Term::bends}) lanes.term(term)[0] = 0.0;
    lanes.term(Term::fibre)[0] = power_dbm ? 0.0 : *loss_db;
    if (power_dbm) level_dbm = *power_dbm;
    return true;
}

// Unamplified, power decides; amplified, the OSNR of the light, and the margin is one of OSNR.
void CoherentLink::receive(const LineOutcome& outcome, Decibel osnr, double received_dbm, LaneBudgets& lanes) const {
    const Decibel penalty = curve_.penalty(outcome.dispersion_ps_per_nm, outcome.pmd_ps);
    const double overload_db = overload_penalty_db(received_dbm, rx_overload_dbm_);
    const double required_db = curve_.required_osnr({received_dbm}).value;
    const double margin_db =
        (plant_.line.amplified ? osnr.value - required_db - penalty.value
                               : received_dbm - curve_.sensitivity({osnr.value - penalty.value}).value) -
        overload_db;
    lanes.osnr_db = osnr.value;
    lanes.required_osnr_db = required_db;
    lanes.received_dbm[0] = received_dbm;
    lanes.margin_db[0] = margin_db;
    lanes.term(Term::dispersion)[0] = penalty.value;
    lanes.term(Term::overload)[0] = overload_db;
    lanes.term(Term::sensitivity)[0] = received_dbm - penalty.value - overload_db - margin_db;
    lanes.optics_ber[0] = lanes.ber[0] = curve_.bit_error_ratio({osnr.value - overload_db}, {received_dbm},
                                                                outcome.dispersion_ps_per_nm, outcome.pmd_ps);
}

}  // namespace lightloom
