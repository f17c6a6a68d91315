#include "models/optics/lane_budget.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/optics/crosstalk.hpp"
#include "models/optics/dispersion.hpp"
#include "models/optics/receiver.hpp"
#include "models/optics/reflection.hpp"

namespace lightloom {
namespace {

constexpr Decibel kEndReflectance{-26.0};  // of transmitter and receiver, at most (IEEE 802.3 clauses 124, 140, 151)
constexpr double kReference_c = 25.0;      // case at which start-of-life figures hold
constexpr Celsius kCentred{35.0};          // case at which a laser is in the middle of its window: half of 0 to 70 C
constexpr double kMostRatio = 0.49;        // of bits, up to which a margin can be told from it
// Boards are laid out with some of the interface's loss budget to spare; how much is an assumption.
constexpr double kTypicalShareOfBudget = 0.7;

double linear(double db) { return std::pow(10.0, db / 10.0); }
std::size_t index(Term term) { return static_cast<std::size_t>(term); }
int levels_of(Modulation modulation) { return modulation == Modulation::nrz ? 2 : 4; }

// No standard here sets aside more for reflections and delay spread; limits that leave more are of a part that is
// better than its channel asks for, and it may use that.
constexpr double kMostAllocation_db = 0.5;

// What a standard sets aside between its limits: (OMA - TDECQ)min + TDECQmax - ILmax - SRS.
double allocation_of(const ModuleRow& module, const std::string& fibre) {
    const OpticalLevels& levels = *module.levels;
    const auto loss = module.channel_loss_max_db.at(fibre);
    if (!loss) return 0.0;
    const PowerDbm least = levels.tx_oma_minus_tdecq_min + levels.tdecq_max - Decibel{*loss};
    return std::clamp((least - levels.rx_stressed_sensitivity).value, 0.0, kMostAllocation_db);
}

ErrorCurve error_curve(const ModuleRow& module, Decibel noise_floor) {
    const Decibel limit = ErrorCurve::noise_floor_limit(module.modulation, module.specified_ber);
    if (!(noise_floor > limit))
        throw CatalogueError(
            fmt::format("with a noise floor of {} dB no power brings \"{}\" to the bit error ratio of "
                        "{} that it is specified for; it takes more than {:.2f} dB",
                        noise_floor.value, module.id, module.specified_ber, limit.value));
    return ErrorCurve(module.modulation, module.specified_ber, noise_floor);
}

bool is_linear_out(HostInterface host) { return host == HostInterface::linear || host == HostInterface::co_packaged; }
bool is_linear_in(HostInterface host) { return is_linear_out(host) || host == HostInterface::half_retimed; }

// Signal to noise of a host's electrical way: a dB of loss less than the budget is worth `snr_per_loss` dB.
double host_snr_db(const HostChannelRow& host, double at_budget_db, double loss_db) {
    return at_budget_db + host.snr_per_loss * (host.loss_budget.value - loss_db);
}

// Signal to noise of a segment that ends in a slicer of its own, at its loss budget; none where it does not.
std::optional<double> retimed_snr_at_budget_db(const HostChannelRow* host, bool is_linear) {
    if (host == nullptr || is_linear || host->ber_at_budget <= 0.0) return std::nullopt;
    return 20.0 * std::log10(pam4_half_spacing(host->ber_at_budget));
}

double retimed_ber(const HostChannelRow* host, std::optional<double> snr_at_budget_db, double loss_db) {
    if (!snr_at_budget_db) return 0.0;
    return pam4_bit_error_ratio(std::pow(10.0, host_snr_db(*host, *snr_at_budget_db, loss_db) / 20.0));
}

}  // namespace

LaneBudget::LaneBudget(const Catalogue& catalogue, const Plant& plant, const CableClass& kind, const Joint& joint,
                       int direction)
    : plant_(plant),
      kind_(kind),
      sender_(direction == 0 ? *joint.lower : *joint.upper),
      receiver_(direction == 0 ? *joint.upper : *joint.lower),
      transmitter_(known_row(catalogue.transmitter(sender_.transmitter), "transmitter", sender_.transmitter)),
      receiver_row_(known_row(catalogue.receiver(receiver_.receiver), "receiver", receiver_.receiver)),
      sender_host_(catalogue.host(sender_.host)),
      receiver_host_(catalogue.host(receiver_.host)),
      fibre_(*joint.fibre),
      lanes_(joint.lanes),
      fibres_(joint.fibres),
      levels_(levels_of(sender_.modulation)),
      kelvin_per_watt_(kelvin_per_watt(catalogue, sender_)),
      reach_m_(sender_.reach_m.at(joint.fibre->id).value_or(0.0)),
      passive_(passive_losses(catalogue, plant, kind, sender_)),
      laser_(laser_of(transmitter_)),
      sender_snr_db_(retimed_snr_at_budget_db(sender_host_, is_linear_out(sender_.host_interface))),
      receiver_snr_db_(retimed_snr_at_budget_db(receiver_host_, is_linear_in(receiver_.host_interface))),
      curve_(error_curve(receiver_, plant.noise_floor)) {
    if (plant.basis != Basis::typical) allocation_db_ = allocation_of(receiver_, fibre_.id);
    if (const PassiveRow* mux = catalogue.passive("cwdm4-mux"); mux != nullptr && lanes_ > fibres_)
        isolation_db_ = mux->adjacent_isolation.value;
    set_lanes(known_row(catalogue.grid(sender_.grid), "grid", sender_.grid));
}

// What wavelength decides, lane by lane
void LaneBudget::set_lanes(const GridRow& grid) {
    if (grid.channels.empty()) throw CatalogueError(fmt::format("grid \"{}\" has no channels", grid.id));
    const bool at_limits = plant_.basis != Basis::typical;
    const SpectralFigures& attenuation =
        plant_.basis == Basis::limit ? fibre_.attenuation_max_db_per_km : fibre_.attenuation_typical_db_per_km;
    for (std::size_t n = 0; n < static_cast<std::size_t>(lanes_); ++n) {
        const GridRow::Channel& channel = grid.channels[n % grid.channels.size()];
        wavelength_nm_[n] = channel.wavelength_nm;
        window_half_nm_[n] = 0.5 * (channel.most_nm - channel.least_nm);
        attenuation_db_per_m_[n] = attenuation.at(channel.wavelength_nm) / 1000.0;
        bends_db_[n] = bend_loss_db(kind_, fibre_, channel.wavelength_nm);
        const DispersionRange range = fibre_dispersion(fibre_.dispersion_slope_max,
                                                       {fibre_.zero_dispersion_min_nm, fibre_.zero_dispersion_max_nm},
                                                       {channel.least_nm, channel.most_nm});
        dispersion_ps_nm_km_[n] = at_limits ? range.worst() : range.typical;
        if (fibre_.medium == Medium::single_mode)
            eta_per_m_[n] =
                dispersion_eta(dispersion_ps_nm_km_[n], Metres{1.0}, channel.wavelength_nm, sender_.baud_gbd);
    }
    if (isolation_db_ <= 0.0 || grid.channels.size() < 2) return;
    const double spacing_nm = grid.channels[1].wavelength_nm - grid.channels[0].wavelength_nm;
    if (spacing_nm > 2.0 * window_half_nm_[0])  // windows that touch leave no edge to be on
        filter_edge_db_per_nm_ = filter_edge_db_per_nm({isolation_db_}, spacing_nm, window_half_nm_[0]);
}

void LaneBudget::fill(const PlantDraws& draws, double length_m, std::span<const Reading> readings,
                      const LinkCondition& condition, LaneBudgets& lanes) const {
    PerLane tdecq{};
    lanes.lanes = lanes_;
    lanes.case_temperature_c = case_temperature_c(plant_, sender_, kelvin_per_watt_, draws, condition);
    transmit(draws, condition, lanes, tdecq);
    for (int fibre = 0; fibre < fibres_; ++fibre) lose(draws, fibre, length_m, condition, lanes);
    for (const Reading& reading : readings)
        if (reading.direction < 0 || reading.direction == draws.sending_end()) lose_as_read(reading, lanes);
    penalise(length_m, lanes.case_temperature_c, lanes);
    receive(draws, tdecq, lanes);
    err(draws, lanes);
}

// Limits: the weakest transmitter allowed behind the worst eye closure allowed. Typical: start of life by lot, module
// and lane; then heat, and age.
void LaneBudget::transmit(const PlantDraws& draws, const LinkCondition& condition, LaneBudgets& lanes,
                          PerLane& tdecq) const {
    const OpticalLevels& levels = *sender_.levels;
    if (plant_.basis != Basis::typical) {
        tdecq.fill(levels.tdecq_max.value);
        lanes.term(Term::transmitter).fill(levels.tx_oma(levels.tdecq_max).value);
        lanes.tdecq_db = levels.tdecq_max.value;
        return;
    }
    const TransmitterRow& t = transmitter_;
    const int end = draws.sending_end();
    const double closure_db = levels.tdecq_max.value - t.tdecq_below_max_db;
    const double warm_db = t.tdecq_per_c_db * std::max(0.0, lanes.case_temperature_c - kReference_c);
    const double module_dbm = levels.tx_oma({closure_db}).value + t.oma_above_min_db +
                              t.oma_sigma_lot_db * draws.lot_z(end) + t.oma_sigma_module_db * draws.module_z(end);
    const Celsius junction = junction_temperature(laser_, {lanes.case_temperature_c});
    lanes.term(Term::heat).fill(power_lost_to_heat_db(laser_, junction));
    const double age_years = draws.swaps_of(end) == 0 ? condition.age_years : 0.0;  // a spare is new
    lanes.term(Term::ageing).fill(power_lost_to_age_db(laser_, junction, age_years));
    for (int lane = 0; lane < lanes_; ++lane) {
        const auto n = static_cast<std::size_t>(lane);
        tdecq[n] = std::max(0.0, closure_db + t.tdecq_sigma_db * draws.eye_closure_z(lane) + warm_db);
        lanes.tdecq_db = std::max(lanes.tdecq_db, tdecq[n]);
        lanes.term(Term::transmitter)[n] =
            std::min(levels.tx_oma_max.value, module_dbm + t.oma_sigma_lane_db * draws.transmitter_z(lane));
    }
}

// A fibre is one chain of parts, so the wavelengths that share it share its losses and its stray light.
void LaneBudget::lose(const PlantDraws& draws, int fibre, double length_m, const LinkCondition& condition,
                      LaneBudgets& lanes) const {
    const bool reflects = plant_.basis == Basis::typical;
    const int first = fibre * lanes_ / fibres_, last = (fibre + 1) * lanes_ / fibres_;
    const double segment_db =
        length_m * attenuation_db_per_m_[static_cast<std::size_t>(first)] / (kind_.connectors + 1);
    double connectors_db = 0.0, dirt_db = 0.0, splices_db = 0.0, before_db = segment_db;
    StrayLight stray;
    if (reflects) stray.reflect(kEndReflectance);
    for (int pair = 0; pair < kind_.connectors; ++pair) {
        double pair_db = pair_loss_db(kind_, passive_.connector, draws, fibre, pair);
        connectors_db += pair_db;
        Decibel reflectance{passive_.reflectance_db};
        if (const auto spot = dirty_spot(plant_, kind_, draws, fibre, pair, passive_.angled)) {
            dirt_db += spot->loss.value;
            pair_db += spot->loss.value;
            if (spot->reflectance) reflectance = std::max(reflectance, *spot->reflectance);
        }
        if (!reflects) continue;
        stray.lose({before_db + 0.5 * pair_db});
        stray.reflect(reflectance);
        before_db = segment_db + 0.5 * pair_db;
    }
    if (reflects)
        for (const auto& [loss_db, reflectance_db] : passive_.parts) {  // behind the connectors, wherever they lie
            stray.lose({before_db + 0.5 * loss_db});
            stray.reflect({reflectance_db});
            before_db = 0.5 * loss_db;
        }
    for (int splice = 0; splice < kind_.splices; ++splice)
        splices_db += splice_loss_db(passive_.splice_mean_db, draws, fibre, splice);
    double reflections_db = 0.0;
    if (reflects) {
        stray.lose({before_db});
        stray.reflect(kEndReflectance);
        reflections_db = mpi_penalty_db(stray.pair_sum(), levels_, sender_.levels->extinction_ratio_min);
    }
    for (auto n = static_cast<std::size_t>(first); n < static_cast<std::size_t>(last); ++n) {
        lanes.term(Term::fibre)[n] = length_m * attenuation_db_per_m_[n];
        lanes.term(Term::connectors)[n] = connectors_db;
        lanes.term(Term::splices)[n] = splices_db;
        lanes.term(Term::parts)[n] = passive_.parts_db;
        lanes.term(Term::bends)[n] = bends_db_[n];
        lanes.term(Term::dirt)[n] = dirt_db;
        lanes.term(Term::fault)[n] = condition.extra_loss_db[n];
        lanes.term(Term::reflections)[n] = reflections_db;
        lanes.term(Term::allocation)[n] = allocation_db_;
    }
}

// A reading takes the place of what it measured: the loss of the channel is all in `fibre` then, and a received power
// takes the place of the transmitter and of everything on the way.
void LaneBudget::lose_as_read(const Reading& reading, LaneBudgets& lanes) const {
    const Decibel er = sender_.levels->extinction_ratio_min;
    double reflections_db = 0.0;
    if (reading.reflectance_db) {
        StrayLight stray;
        stray.reflect(kEndReflectance);
        for (int pair = 0; pair < std::max(1, kind_.connectors); ++pair) stray.reflect({*reading.reflectance_db});
        stray.reflect(kEndReflectance);
        reflections_db = mpi_penalty_db(stray.pair_sum(), levels_, er);
    }
    for (int lane = 0; lane < lanes_; ++lane) {
        if (reading.fibre >= 0 && reading.fibre != fibre_of(lane)) continue;
        const auto n = static_cast<std::size_t>(lane);
        if (reading.loss_db || reading.received_dbm) {
            for (const Term term : {Term::connectors, Term::splices, Term::parts, Term::bends})
                lanes.term(term)[n] = 0.0;
            lanes.term(Term::fibre)[n] = reading.received_dbm ? 0.0 : *reading.loss_db;
        }
        if (reading.received_dbm) lanes.term(Term::transmitter)[n] = outer_oma({*reading.received_dbm}, er).value;
        if (!reading.reflectance_db) continue;
        lanes.term(Term::allocation)[n] = 0.0;
        lanes.term(Term::reflections)[n] = reflections_db;
    }
}

// What a fibre longer than the eye closure holds does beyond it; drift; neighbours in wavelength.
void LaneBudget::penalise(double length_m, double case_c, LaneBudgets& lanes) const {
    if (length_m > reach_m_) disperse(length_m, lanes);
    if (plant_.basis == Basis::typical && fibre_.medium == Medium::single_mode) {  // limits: inside the allocation
        const double dgd_ps = mean_dgd_ps(fibre_.pmd_ps_per_sqrt_km, Metres{length_m});
        const double pmd_db = pmd_penalty_db(dgd_ps, sender_.baud_gbd);
        for (double& db : lanes.term(Term::dispersion)) db += pmd_db;
    }
    if (plant_.basis != Basis::typical || isolation_db_ <= 0.0) return;
    const double drift_nm = std::abs(wavelength_offset_nm(laser_, {case_c}, kCentred));
    const PerLane& power_dbm = lanes.term(Term::transmitter);
    for (int lane = 0; lane < lanes_; ++lane) {
        const auto n = static_cast<std::size_t>(lane);
        lanes.term(Term::wavelength)[n] = drift_penalty_db(drift_nm, window_half_nm_[n], filter_edge_db_per_nm_);
        double leak = 0.0;  // from the next channels; the others are kept away by more than matters
        for (const int neighbour : {lane - 1, lane + 1})
            if (neighbour >= 0 && neighbour < lanes_ && fibre_of(neighbour) == fibre_of(lane))
                leak += linear(power_dbm[static_cast<std::size_t>(neighbour)] - power_dbm[n] - isolation_db_);
        lanes.term(Term::crosstalk)[n] = incoherent_crosstalk_penalty_db(leak, levels_);
    }
}

void LaneBudget::disperse(double length_m, LaneBudgets& lanes) const {
    for (std::size_t n = 0; n < static_cast<std::size_t>(lanes_); ++n) {
        lanes.term(Term::dispersion)[n] =
            dispersion_excess_penalty_db(eta_per_m_[n] * length_m, eta_per_m_[n] * reach_m_);
        if (fibre_.medium != Medium::multimode) continue;
        const MultimodeLight light{.modal_bandwidth_mhz_km = fibre_.modal_bandwidth_mhz_km.at(wavelength_nm_[n]),
                                   .dispersion_ps_nm_km = dispersion_ps_nm_km_[n],
                                   .spectral_width_nm = transmitter_.spectral_width_nm};
        lanes.term(Term::modal)[n] = multimode_excess_penalty_db(light, Metres{length_m}, Metres{reach_m_},
                                                                 sender_.baud_gbd, sender_.modulation);
    }
}

void LaneBudget::receive(const PlantDraws& draws, const PerLane& tdecq, LaneBudgets& lanes) const {
    const OpticalLevels& levels = *receiver_.levels;
    const double average_db = average_power({0.0}, sender_.levels->extinction_ratio_min).value;  // over OMA
    for (int lane = 0; lane < lanes_; ++lane) {
        const auto n = static_cast<std::size_t>(lane);
        double sensitivity_dbm = levels.rx_sensitivity({tdecq[n]}).value;
        if (plant_.basis == Basis::typical)
            sensitivity_dbm +=
                receiver_row_.sensitivity_sigma_db * draws.receiver_z(lane) - receiver_row_.sensitivity_better_db;
        double level_dbm = lanes.term(Term::transmitter)[n];
        for (std::size_t term = index(Term::ageing); term < index(kFirstPenalty); ++term)
            level_dbm -= lanes.terms_db[term][n];
        lanes.received_dbm[n] = level_dbm;
        lanes.term(Term::overload)[n] = overload_penalty_db(level_dbm + average_db, levels.rx_overload_average.value);
        for (std::size_t term = index(kFirstPenalty); term < index(Term::sensitivity); ++term)
            level_dbm -= lanes.terms_db[term][n];
        lanes.term(Term::sensitivity)[n] = sensitivity_dbm;
        lanes.margin_db[n] = level_dbm - sensitivity_dbm;
    }
}

double LaneBudget::host_loss_db(const PlantDraws& draws, int end, const HostChannelRow* host) const {
    const HostLoss& given = end == 0 ? kind_.lower_host_loss : kind_.upper_host_loss;
    if (!given.by_port_db.empty()) return given.by_port_db[draws.port_of(plant_, end) % given.by_port_db.size()];
    if (given.drawn_db) return std::max(0.0, given.drawn_db->at(draws.host_u(end)));
    if (host == nullptr) return 0.0;
    return (plant_.basis == Basis::typical ? kTypicalShareOfBudget : 1.0) * host->loss_budget.value;
}

// What linear hosts add to 1/x^2 of the optical slicer.
double LaneBudget::host_noise(double sender_loss_db, double receiver_loss_db) const {
    double noise = 0.0;
    if (sender_host_ != nullptr && is_linear_out(sender_.host_interface))
        noise += linear(-host_snr_db(*sender_host_, sender_host_->linear_snr.value, sender_loss_db));
    if (receiver_host_ != nullptr && is_linear_in(receiver_.host_interface))
        noise += linear(-host_snr_db(*receiver_host_, receiver_host_->linear_snr.value, receiver_loss_db));
    return noise;
}

// Retimed segments decide for themselves and add errors; linear ones add their noise before the one slicer.
void LaneBudget::err(const PlantDraws& draws, LaneBudgets& lanes) const {
    lanes.sender_host_loss_db = host_loss_db(draws, draws.sending_end(), sender_host_);
    lanes.receiver_host_loss_db = host_loss_db(draws, draws.receiving_end(), receiver_host_);
    lanes.sender_host_ber = retimed_ber(sender_host_, sender_snr_db_, lanes.sender_host_loss_db);
    lanes.receiver_host_ber = retimed_ber(receiver_host_, receiver_snr_db_, lanes.receiver_host_loss_db);
    const double noise = host_noise(lanes.sender_host_loss_db, lanes.receiver_host_loss_db);
    for (std::size_t n = 0; n < static_cast<std::size_t>(lanes_); ++n) {
        lanes.optics_ber[n] = curve_.bit_error_ratio({lanes.margin_db[n]}, noise);
        if (noise > 0.0) {  // as much less margin as makes the same errors without it
            const double without_db = curve_.margin_at(std::min(lanes.optics_ber[n], kMostRatio)).value;
            lanes.term(Term::host)[n] = lanes.margin_db[n] - without_db;
            lanes.margin_db[n] = without_db;
        }
        lanes.ber[n] = std::min(0.5, lanes.optics_ber[n] + lanes.sender_host_ber + lanes.receiver_host_ber);
    }
}

}  // namespace lightloom
