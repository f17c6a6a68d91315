#include "models/optics/passive_losses.hpp"

#include <limits>

namespace lightloom {

PassiveLosses passive_losses(const Catalogue& catalogue, const Plant& plant, const CableClass& kind,
                             const ModuleRow& module) {
    PassiveLosses losses;
    if (kind.connectors > 0) {
        const ConnectorRow& row =
            known_row(catalogue.connector(kind.connector_family), "connector family", kind.connector_family);
        if (row.medium != module.medium)
            throw CatalogueError(
                fmt::format("{}: connectors \"{}\" do not join the fibre of {}", kind.name, row.id, module.id));
        losses.connector.emplace(row);
        losses.reflectance_db = row.reflectance.value;
        losses.angled = row.angled;
    }
    if (kind.splices > 0)
        losses.splice_mean_db = known_row(catalogue.passive(kind.splice), "splice", kind.splice).loss_typical.value;
    for (const std::string& id : kind.parts) {
        const PassiveRow& part = known_row(catalogue.passive(id), "part", id);
        const double loss_db = (plant.basis == Basis::limit ? part.loss_max : part.loss_typical).value;
        losses.parts_db += loss_db;
        losses.parts.emplace_back(loss_db, part.reflectance.value);
    }
    return losses;
}

double bend_loss_db(const CableClass& kind, const FibreRow& fibre, double wavelength_nm) {
    if (kind.bend_turns <= 0.0 || fibre.medium != Medium::single_mode) return 0.0;
    const BendLaw& law = fibre.id == "g657-a2" || fibre.id == "g657-b3" ? kBendG657A2 : kBendG657A1;
    return bend_loss(law, 1000.0 * kind.bend_radius.value, kind.bend_turns, wavelength_nm).value;
}

double kelvin_per_watt(const Catalogue& catalogue, const ModuleRow& module) {
    const CageRow* cage = catalogue.cage(module.cage());
    return cage == nullptr ? 0.0 : cage->kelvin_per_watt;
}

double case_temperature_c(const Plant& plant, const ModuleRow& module, double kelvin_per_watt, const PlantDraws& draws,
                          const LinkCondition& condition) {
    const Watt watts = plant.basis == Basis::typical ? module.power_typical : module.power_max;
    const Surroundings room{.inlet = {condition.inlet_c},
                            .gradient_k = plant.life.gradient_k,
                            .daily_swing_k = plant.life.daily_swing_k,
                            .warmest_hour = 0.0};
    return case_temperature(room, draws.place_u(draws.sending_end()), room.warmest_hour, kelvin_per_watt, watts).value;
}

LaserPhysics laser_of(const TransmitterRow& row) {
    constexpr double kReference_c = 25.0, kWear_c = 55.0;  // case at start of life; junction of the wear figures
    return {.bias_control = row.bias_control,
            .reference_junction = {kReference_c + row.junction_rise_c},
            .threshold_ma = row.threshold_ma,
            .bias_ma = row.bias_ma,
            .threshold_model = row.parabola_width_k > 0.0 ? ThresholdModel::parabolic : ThresholdModel::exponential,
            .threshold_t0_k = row.threshold_t0_k,
            .parabola_minimum = {row.parabola_minimum_c},
            .parabola_width_k = row.parabola_width_k,
            .slope_t1_k = row.slope_t1_k > 0.0 ? row.slope_t1_k : std::numeric_limits<double>::infinity(),
            .junction_rise_k = row.junction_rise_c,
            .wavelength_drift_nm_per_k = row.wavelength_drift_nm_per_c,
            .wear_growth = row.wear_growth,
            .wear_exponent = row.wear_exponent,
            .wear_junction = {kWear_c},
            .wear_activation_ev = row.activation_energy_ev,
            .wear_sigma_ln = row.wear_sigma_ln,
            .random_fit = row.random_fit,
            .random_junction = {kWear_c},
            .random_activation_ev = row.activation_energy_ev};
}

}  // namespace lightloom
