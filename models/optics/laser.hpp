// Laser: what heat and age do to a transmitter. Temperature from inlet air to junction; threshold, slope and bias over
// temperature; the wavelength's drift against its channel; ageing, wear-out and random failure.
// No figure of a device is in this code: LaserPhysics holds them, a row of the catalogue fills it in.
// Not here: limits of standards hold over life and temperature, so budgets at limits use nothing of this.
#pragma once

#include <limits>

#include "core/quantity.hpp"

namespace lightloom {

/// What the module's control loop keeps: the power (bias rises with heat and age until the laser fails) or the bias
/// (power falls).
enum class BiasControl { constant_power, constant_bias };

/// exponential: Ith ~ exp((T - Tref)/T0), edge emitters. parabolic: Ith ~ 1 + ((T - Tmin)/dT)^2, VCSELs, whose gain and
/// cavity agree at one temperature only.
enum class ThresholdModel { exponential, parabolic };

struct LaserPhysics {
    BiasControl bias_control = BiasControl::constant_power;

    // At start of life; currents are those at the reference junction temperature.
    Celsius reference_junction;
    double threshold_ma = 0.0, bias_ma = 0.0;
    ThresholdModel threshold_model = ThresholdModel::exponential;
    double threshold_t0_k = 0.0;    // exponential
    Celsius parabola_minimum;       // parabolic
    double parabola_width_k = 0.0;  // parabolic: threshold is doubled this far from the minimum
    double slope_t1_k = std::numeric_limits<double>::infinity();  // slope ~ exp(-(T - Tref)/T1)

    double junction_rise_k = 0.0;  // over the case
    double wavelength_drift_nm_per_k = 0.0;

    // Wear: the bias that constant power takes grows by A (t / 1000 h)^m at the wear junction temperature.
    double wear_growth = 0.0, wear_exponent = 1.0;
    Celsius wear_junction;
    double wear_activation_ev = 0.0;
    double wear_sigma_ln = 0.0;  // spread of lives: standard deviation of ln(life)

    // Random failures, per 1e9 hours at the random junction temperature.
    double random_fit = 0.0;
    Celsius random_junction;
    double random_activation_ev = 0.0;
};

/// Where a module sits.
struct Surroundings {
    Celsius inlet;               // air at the coolest place, mean of the day
    double gradient_k = 0.0;     // from the coolest place to the warmest
    double daily_swing_k = 0.0;  // from the coolest hour to the warmest
    double warmest_hour = 0.0;   // of the day, in [0, 24)
};

/// Case temperature: inlet + gradient + daily cycle + thermal resistance x power.
/// @param place  in [0, 1], from the coolest place to the warmest
/// @param hour   of the day; any number, the day repeats
Celsius case_temperature(const Surroundings& surroundings, double place, double hour, double kelvin_per_watt,
                         Watt power);
Celsius junction_temperature(const LaserPhysics& laser, Celsius module_case);

double threshold_ma(const LaserPhysics& laser, Celsius junction);
/// Slope efficiency over that at the reference junction temperature.
double slope_ratio(const LaserPhysics& laser, Celsius junction);
/// Bias at which the laser emits what it emits at its reference bias and temperature, when new.
double bias_for_constant_power_ma(const LaserPhysics& laser, Celsius junction);
/// Power lost against the reference temperature; negative where heat or cold helps, infinite below threshold.
/// Constant power loses none.
double power_lost_to_heat_db(const LaserPhysics& laser, Celsius junction);

/// Wavelength against its channel's middle, nm. @param centred  case temperature at which it is in the middle
double wavelength_offset_nm(const LaserPhysics& laser, Celsius module_case, Celsius centred);
/// How steeply a filter's edge falls: from its window to that of the neighbour it is as far down as its isolation.
/// @param spacing_nm  of channels, more than 2 x half_window_nm
double filter_edge_db_per_nm(Decibel isolation, double spacing_nm, double half_window_nm);
/// Loss at a filter: none inside the window, `edge_db_per_nm` for each nm outside. A straight edge is a simplification.
double drift_penalty_db(double offset_nm, double half_window_nm, double edge_db_per_nm);

/// How many times faster a process of this activation energy runs at `hot` than at `cool` (Arrhenius).
double arrhenius_acceleration(double activation_ev, Celsius cool, Celsius hot);

/// Growth of the bias that constant power takes, over that of the new laser, in `years` at this junction temperature.
double bias_growth(const LaserPhysics& laser, Celsius junction, double years);
/// Power lost to age, on top of power_lost_to_heat_db: under constant bias what constant power would have to make up
/// for by bias is missing above threshold; infinite if that is all there is. Constant power loses none.
double power_lost_to_age_db(const LaserPhysics& laser, Celsius junction, double years);

/// The end of life that qualification uses: bias + 50 % at constant power, or power - 2 dB at constant bias.
/// Source: Telcordia GR-468-CORE.
inline constexpr double kEndOfLifeBiasGrowth = 0.5, kEndOfLifeSag_db = 2.0;
/// Median time to it; infinite for a laser that does not wear.
double wear_out_years(const LaserPhysics& laser, Celsius junction);

inline constexpr double kHoursPerYear = 8760.0;
/// Failures per device and year of a constant hazard. @param fit  failures per 1e9 hours
double failures_per_year(double fit);
/// Probability that a device of constant hazard fails within `years`: about failures_per_year x years where small.
double failure_probability(double fit, double years);
/// Share of lasers that still work: neither failed at random (constant hazard) nor worn out (lognormal life).
double survival(const LaserPhysics& laser, Celsius junction, double years);
/// Mean time until the first of many equal devices of constant hazard fails.
double hours_to_first_failure(double mttf_hours, double devices);

}  // namespace lightloom
