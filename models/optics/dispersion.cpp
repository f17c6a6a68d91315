#include "models/optics/dispersion.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace lightloom {
namespace {

constexpr double kLightSpeedMetresPerSecond = 299'792'458.0;
constexpr double kInfinite = std::numeric_limits<double>::infinity();

double kilometres(Metres length) { return length.value / 1000.0; }

// Mean of exp(a u^2) over u in (0, 1): sum of a^n / (n! (2n + 1)), all terms positive.
double mean_gaussian_gain(double a) {
    constexpr double kPastAnyReceiver = 100.0;  // 200 dB of penalty
    if (a > kPastAnyReceiver) return kInfinite;
    double power = 1.0, sum = 1.0;
    for (int n = 1; power > 1e-17 * sum; ++n) {
        power *= a / n;
        sum += power / (2.0 * n + 1.0);
    }
    return sum;
}

}  // namespace

double fibre_dispersion_ps_nm_km(double wavelength_nm, double zero_nm, double slope_ps_nm2_km) {
    const double ratio = zero_nm / wavelength_nm;
    return 0.25 * slope_ps_nm2_km * wavelength_nm * (1.0 - ratio * ratio * ratio * ratio);
}

double DispersionRange::worst() const { return std::max(std::abs(least), std::abs(most)); }

// D rises with the wavelength and falls with the zero, so that the extremes lie at opposite ends of the two ranges.
DispersionRange fibre_dispersion(double slope_ps_nm2_km, WavelengthRange zero, WavelengthRange window) {
    assert(zero.least_nm <= zero.most_nm && window.least_nm <= window.most_nm);
    return {.least = fibre_dispersion_ps_nm_km(window.least_nm, zero.most_nm, slope_ps_nm2_km),
            .typical = fibre_dispersion_ps_nm_km(std::midpoint(window.least_nm, window.most_nm),
                                                 std::midpoint(zero.least_nm, zero.most_nm), slope_ps_nm2_km),
            .most = fibre_dispersion_ps_nm_km(window.most_nm, zero.least_nm, slope_ps_nm2_km)};
}

double accumulated_dispersion_ps_nm(double dispersion_ps_nm_km, Metres length) {
    return dispersion_ps_nm_km * kilometres(length);
}

double dispersion_eta(double dispersion_ps_nm_km, Metres length, double wavelength_nm, double baud_gbd) {
    const double seconds_per_metre = std::abs(accumulated_dispersion_ps_nm(dispersion_ps_nm_km, length)) * 1e-3;
    const double wavelength_m = wavelength_nm * 1e-9, baud = baud_gbd * 1e9;
    return seconds_per_metre * wavelength_m * wavelength_m * baud * baud / kLightSpeedMetresPerSecond;
}

double dispersion_excess_penalty_db(double eta, double eta_covered, double coefficient_db) {
    return coefficient_db * std::max(0.0, eta * eta - eta_covered * eta_covered);
}

double wideband_modal_bandwidth_mhz_km(double wavelength_nm, double at_850_nm, double at_953_nm) {
    return std::lerp(at_850_nm, at_953_nm, std::clamp((wavelength_nm - 850.0) / (953.0 - 850.0), 0.0, 1.0));
}

double multimode_bandwidth_ghz(const MultimodeLight& light, Metres length) {
    const double modal_inverse = kilometres(length) / (light.modal_bandwidth_mhz_km * 1e-3);
    const double spread_ps = kilometres(length) * std::abs(light.dispersion_ps_nm_km) * light.spectral_width_nm;
    const double chromatic_inverse = spread_ps * 1e-3 / 0.187;
    return 1.0 / std::hypot(modal_inverse, chromatic_inverse);
}

double bandwidth_penalty_db(double bandwidth_ghz, double baud_gbd, Modulation modulation) {
    assert(!is_coherent(modulation));
    if (modulation == Modulation::nrz) {
        const double spread = std::numbers::pi * bandwidth_ghz / baud_gbd / (2.0 * std::sqrt(std::numbers::ln2));
        const double eye = 1.0 - 2.0 * std::erfc(spread);
        return eye > 0.0 ? -10.0 * std::log10(eye) : kInfinite;
    }
    // |H|^2 = 4^-(f / bandwidth)^2; noise adds in power, and a decibel of light is two of signal.
    const double at_half_baud = 0.5 * baud_gbd / bandwidth_ghz;
    return 5.0 * std::log10(mean_gaussian_gain(2.0 * std::numbers::ln2 * at_half_baud * at_half_baud));
}

double multimode_excess_penalty_db(const MultimodeLight& light, Metres length, Metres covered, double baud_gbd,
                                   Modulation modulation) {
    if (length <= covered) return 0.0;
    const double whole_db = bandwidth_penalty_db(multimode_bandwidth_ghz(light, length), baud_gbd, modulation);
    if (std::isinf(whole_db)) return kInfinite;
    return whole_db - bandwidth_penalty_db(multimode_bandwidth_ghz(light, covered), baud_gbd, modulation);
}

double mean_dgd_ps(double pmd_ps_per_sqrt_km, Metres length) {
    return pmd_ps_per_sqrt_km * std::sqrt(kilometres(length));
}

double dgd_exceedance(double dgd_ps, double mean_dgd_ps) {
    if (dgd_ps <= 0.0) return 1.0;
    const double x = dgd_ps / (mean_dgd_ps * std::sqrt(std::numbers::pi / 8.0));  // in scale parameters
    return std::erfc(x / std::numbers::sqrt2) + std::sqrt(2.0 / std::numbers::pi) * x * std::exp(-0.5 * x * x);
}

double pmd_penalty_db(double dgd_ps, double baud_gbd) {
    const double at_half_baud = 0.5 * std::numbers::pi * dgd_ps * baud_gbd * 1e-3;
    if (at_half_baud <= 0.0) return 0.0;
    if (at_half_baud >= 0.5 * std::numbers::pi) return kInfinite;
    return 5.0 * std::log10(std::tan(at_half_baud) / at_half_baud);
}

double group_delay_ps(Metres length, double group_index) {
    return length.value * group_index / kLightSpeedMetresPerSecond * 1e12;
}

}  // namespace lightloom
