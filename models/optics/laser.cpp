#include "models/optics/laser.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "models/optics/ber.hpp"

namespace lightloom {
namespace {

constexpr double kBoltzmannElectronvoltPerKelvin = 8.617333e-5;  // CODATA
constexpr double kFreezing_k = 273.15;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

double parabola(const LaserPhysics& laser, Celsius junction) {
    const double off = (junction.value - laser.parabola_minimum.value) / laser.parabola_width_k;
    return 1.0 + off * off;
}

double loss_db(double remaining) { return remaining > 0.0 ? -10.0 * std::log10(remaining) : kInfinite; }

// Bias growth at which the laser counts as worn out.
double end_of_life_growth(const LaserPhysics& laser, Celsius junction) {
    if (laser.bias_control == BiasControl::constant_power) return kEndOfLifeBiasGrowth;
    const double above_threshold = 1.0 - threshold_ma(laser, junction) / laser.bias_ma;
    return std::max(0.0, above_threshold) * (1.0 - Decibel{-kEndOfLifeSag_db}.linear());
}

}  // namespace

Celsius case_temperature(const Surroundings& surroundings, double place, double hour, double kelvin_per_watt,
                         Watt power) {
    assert(place >= 0.0 && place <= 1.0);
    const double phase = 2.0 * std::numbers::pi * (hour - surroundings.warmest_hour) / 24.0;
    return {surroundings.inlet.value + surroundings.gradient_k * place +
            0.5 * surroundings.daily_swing_k * std::cos(phase) + kelvin_per_watt * power.value};
}

Celsius junction_temperature(const LaserPhysics& laser, Celsius module_case) {
    return {module_case.value + laser.junction_rise_k};
}

double threshold_ma(const LaserPhysics& laser, Celsius junction) {
    switch (laser.threshold_model) {
        case ThresholdModel::exponential:
            return laser.threshold_ma *
                   std::exp((junction.value - laser.reference_junction.value) / laser.threshold_t0_k);
        case ThresholdModel::parabolic:
            return laser.threshold_ma * parabola(laser, junction) / parabola(laser, laser.reference_junction);
    }
    return laser.threshold_ma;
}

double slope_ratio(const LaserPhysics& laser, Celsius junction) {
    return std::exp(-(junction.value - laser.reference_junction.value) / laser.slope_t1_k);
}

double bias_for_constant_power_ma(const LaserPhysics& laser, Celsius junction) {
    return threshold_ma(laser, junction) + (laser.bias_ma - laser.threshold_ma) / slope_ratio(laser, junction);
}

double power_lost_to_heat_db(const LaserPhysics& laser, Celsius junction) {
    if (laser.bias_control == BiasControl::constant_power) return 0.0;
    return loss_db(slope_ratio(laser, junction) * (laser.bias_ma - threshold_ma(laser, junction)) /
                   (laser.bias_ma - laser.threshold_ma));
}

double wavelength_offset_nm(const LaserPhysics& laser, Celsius module_case, Celsius centred) {
    return laser.wavelength_drift_nm_per_k * (module_case.value - centred.value);
}

double filter_edge_db_per_nm(Decibel isolation, double spacing_nm, double half_window_nm) {
    assert(spacing_nm > 2.0 * half_window_nm);
    return isolation.value / (spacing_nm - 2.0 * half_window_nm);
}

double drift_penalty_db(double offset_nm, double half_window_nm, double edge_db_per_nm) {
    return edge_db_per_nm * std::max(0.0, std::abs(offset_nm) - half_window_nm);
}

double arrhenius_acceleration(double activation_ev, Celsius cool, Celsius hot) {
    return std::exp(activation_ev / kBoltzmannElectronvoltPerKelvin *
                    (1.0 / (cool.value + kFreezing_k) - 1.0 / (hot.value + kFreezing_k)));
}

double bias_growth(const LaserPhysics& laser, Celsius junction, double years) {
    const double acceleration = arrhenius_acceleration(laser.wear_activation_ev, laser.wear_junction, junction);
    return laser.wear_growth * std::pow(acceleration * years * kHoursPerYear / 1000.0, laser.wear_exponent);
}

double power_lost_to_age_db(const LaserPhysics& laser, Celsius junction, double years) {
    if (laser.bias_control == BiasControl::constant_power) return 0.0;
    const double above_threshold_ma = laser.bias_ma - threshold_ma(laser, junction);
    if (above_threshold_ma <= 0.0) return kInfinite;
    return loss_db(1.0 - bias_growth(laser, junction, years) * laser.bias_ma / above_threshold_ma);
}

double wear_out_years(const LaserPhysics& laser, Celsius junction) {
    if (laser.wear_growth <= 0.0) return kInfinite;
    const double acceleration = arrhenius_acceleration(laser.wear_activation_ev, laser.wear_junction, junction);
    const double growth = end_of_life_growth(laser, junction) / laser.wear_growth;
    return std::pow(growth, 1.0 / laser.wear_exponent) * 1000.0 / kHoursPerYear / acceleration;
}

double failures_per_year(double fit) { return fit * 1e-9 * kHoursPerYear; }

double failure_probability(double fit, double years) { return -std::expm1(-failures_per_year(fit) * years); }

double survival(const LaserPhysics& laser, Celsius junction, double years) {
    if (years <= 0.0) return 1.0;
    const double acceleration = arrhenius_acceleration(laser.random_activation_ev, laser.random_junction, junction);
    const double median_years = wear_out_years(laser, junction);
    double not_worn = years < median_years ? 1.0 : 0.0;
    if (laser.wear_sigma_ln > 0.0) not_worn = normal_tail(std::log(years / median_years) / laser.wear_sigma_ln);
    return not_worn * (1.0 - failure_probability(acceleration * laser.random_fit, years));
}

double hours_to_first_failure(double mttf_hours, double devices) { return mttf_hours / devices; }

}  // namespace lightloom
