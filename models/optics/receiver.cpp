#include "models/optics/receiver.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <numeric>

#include "models/optics/ber.hpp"

namespace lightloom {
namespace {

constexpr double kElementaryCharge_c = 1.602176634e-19;  // exact, SI of 2019
constexpr double kOsnrBandwidth_hz = 12.5e9;             // 0.1 nm at 1550 nm

std::size_t level_count(Modulation modulation) {
    assert(!is_coherent(modulation));
    return std::size_t{1} << bits_per_symbol(modulation);
}

// (ER - 1) / (ER + 1), which is 1 for an infinite ratio too
double modulation_depth(Decibel extinction_ratio) {
    const double dark_over_bright = 1.0 / extinction_ratio.linear();
    return (1.0 - dark_over_bright) / (1.0 + dark_over_bright);
}

// Optical power of each level
std::vector<double> level_powers_w(const DirectSignal& signal) {
    const std::size_t levels = level_count(signal.modulation);
    const double average_w = signal.average_power.milliwatts().value * 1e-3;
    const double depth = modulation_depth(signal.extinction_ratio);
    std::vector<double> powers_w;
    for (std::size_t level = 0; level < levels; ++level) {
        const double position = 2.0 * static_cast<double>(level) / static_cast<double>(levels - 1) - 1.0;
        powers_w.push_back(average_w * (1.0 + depth * position));
    }
    return powers_w;
}

std::vector<ReceivedLevel> levels_of(const DirectReceiver& receiver, const DirectSignal& signal) {
    const std::vector<double> powers_w = level_powers_w(signal);
    const double r = receiver.responsivity_a_per_w, m = receiver.apd_gain, k = receiver.apd_ionisation_ratio;
    const double excess_noise = k * m + (1.0 - k) * (2.0 - 1.0 / m);
    const double band_hz = receiver.bandwidth_over_baud * signal.baud_gbd * 1e9;
    const double thermal = std::pow(receiver.thermal_pa_per_sqrt_hz * 1e-12, 2);
    const double rin_per_hz = signal.rin_db_per_hz ? Decibel{*signal.rin_db_per_hz}.linear() : 0.0;

    double ase_w_per_hz = 0.0, optical_band_hz = band_hz;  // one polarisation
    if (signal.amplified) {
        const double average_w = signal.average_power.milliwatts().value * 1e-3;
        ase_w_per_hz = average_w / (signal.amplified->osnr.linear() * 2.0 * kOsnrBandwidth_hz);
        optical_band_hz = signal.amplified->optical_bandwidth_ghz * 1e9;
        assert(2.0 * optical_band_hz >= band_hz);
    }
    const double ase_a_per_hz = r * ase_w_per_hz;
    const double ase_beat = 2.0 * ase_a_per_hz * ase_a_per_hz * (2.0 * optical_band_hz - band_hz);
    const double half_spacing_a = 0.5 * m * r * (powers_w[1] - powers_w[0]);
    const double floor_a2 = half_spacing_a * half_spacing_a / signal.noise_floor.linear();

    std::vector<ReceivedLevel> levels;
    for (const double power_w : powers_w) {
        const double light_a = r * power_w, current_a = light_a + receiver.dark_current_na * 1e-9;
        const double shot = 2.0 * kElementaryCharge_c * excess_noise * current_a;
        const double multiplied = shot + rin_per_hz * light_a * light_a + 4.0 * light_a * ase_a_per_hz + ase_beat;
        const double variance_a2 = (thermal + m * m * multiplied) * band_hz + floor_a2;
        const double mean_a = m * (current_a + 2.0 * ase_a_per_hz * optical_band_hz);
        levels.push_back({mean_a * 1e6, std::sqrt(variance_a2) * 1e6});
    }
    return levels;
}

// The crossing of the two densities that lies between the levels, by the form of the quadratic's root that holds for
// equal sigmas too. Where noise buries the distance the crossing leaves it, and the nearer level is the threshold.
double crossing_ua(const ReceivedLevel& low, const ReceivedLevel& high) {
    const double distance = high.mean_ua - low.mean_ua;
    if (distance <= 0.0) return low.mean_ua;
    const double a = 1.0 / (low.sigma_ua * low.sigma_ua), b = 1.0 / (high.sigma_ua * high.sigma_ua);
    const double log_ratio = 2.0 * std::log(high.sigma_ua / low.sigma_ua);
    const double root = std::sqrt(a * b * distance * distance + (a - b) * log_ratio);
    const double above_low = (b * distance * distance + log_ratio) / (b * distance + root);
    return low.mean_ua + std::clamp(above_low, 0.0, distance);
}

double tail_above(const ReceivedLevel& level, double threshold_ua) {
    return normal_tail((threshold_ua - level.mean_ua) / level.sigma_ua);
}
double tail_below(const ReceivedLevel& level, double threshold_ua) {
    return normal_tail((level.mean_ua - threshold_ua) / level.sigma_ua);
}

Eye eye_between(const ReceivedLevel& low, const ReceivedLevel& high, Thresholds thresholds) {
    const double threshold_ua =
        thresholds == Thresholds::optimal ? crossing_ua(low, high) : 0.5 * (low.mean_ua + high.mean_ua);
    const double distance_ua = high.mean_ua - low.mean_ua, sigma_sum_ua = low.sigma_ua + high.sigma_ua;
    return {.threshold_ua = threshold_ua,
            .q_factor = distance_ua / sigma_sum_ua,
            .error_ratio = 0.5 * (tail_above(low, threshold_ua) + tail_below(high, threshold_ua)),
            .distance_ua = distance_ua,
            .sigma_sum_ua = sigma_sum_ua};
}

int gray_distance(std::size_t a, std::size_t b) { return std::popcount((a ^ (a >> 1)) ^ (b ^ (b >> 1))); }

// Sum over what is sent and what is decided. Each probability is a difference of tails on the far side of the level, so
// that small ones keep their digits.
double gray_bit_error_ratio(const Reception& reception) {
    const std::size_t count = reception.levels.size();
    double wrong_bits = 0.0;
    for (std::size_t sent = 0; sent < count; ++sent) {
        const ReceivedLevel& level = reception.levels[sent];
        for (std::size_t decided = sent + 1; decided < count; ++decided) {
            const double nearer = tail_above(level, reception.eyes[decided - 1].threshold_ua);
            const double farther = decided + 1 < count ? tail_above(level, reception.eyes[decided].threshold_ua) : 0.0;
            wrong_bits += (nearer - farther) * gray_distance(sent, decided);
        }
        for (std::size_t decided = 0; decided < sent; ++decided) {
            const double nearer = tail_below(level, reception.eyes[decided].threshold_ua);
            const double farther = decided > 0 ? tail_below(level, reception.eyes[decided - 1].threshold_ua) : 0.0;
            wrong_bits += (nearer - farther) * gray_distance(sent, decided);
        }
    }
    return wrong_bits / static_cast<double>(count * static_cast<std::size_t>(std::bit_width(count) - 1));
}

Decibel snr_of(const std::vector<ReceivedLevel>& levels) {
    const double middle_ua = 0.5 * (levels.front().mean_ua + levels.back().mean_ua);
    double signal = 0.0, noise = 0.0;
    for (const ReceivedLevel& level : levels) {
        signal += (level.mean_ua - middle_ua) * (level.mean_ua - middle_ua);
        noise += level.sigma_ua * level.sigma_ua;
    }
    return {10.0 * std::log10(signal / noise)};
}

// Where `errors` crosses `target`, to the last digit. @param errors  falls from `many` to `few`
template <class Errors>
std::optional<double> crossing(const Errors& errors, double many, double few, double target) {
    if (!(errors(many) >= target && errors(few) <= target)) return std::nullopt;
    while (true) {
        const double middle = std::midpoint(many, few);
        if (middle == many || middle == few) return middle;
        (errors(middle) > target ? many : few) = middle;
    }
}

}  // namespace

double Eye::height_ua(double probability) const {
    return distance_ua - half_spacing(Modulation::nrz, probability) * sigma_sum_ua;
}

Reception receive(const DirectReceiver& receiver, const DirectSignal& signal, Thresholds thresholds) {
    assert(receiver.thermal_pa_per_sqrt_hz > 0.0 && receiver.apd_gain >= 1.0);
    assert(signal.extinction_ratio > Decibel{0.0});
    Reception reception{.levels = levels_of(receiver, signal), .eyes = {}, .bit_error_ratio = 0.0, .snr = {}};
    for (std::size_t level = 1; level < reception.levels.size(); ++level)
        reception.eyes.push_back(eye_between(reception.levels[level - 1], reception.levels[level], thresholds));
    reception.bit_error_ratio = gray_bit_error_ratio(reception);
    reception.snr = snr_of(reception.levels);
    return reception;
}

std::optional<PowerDbm> sensitivity(const DirectReceiver& receiver, DirectSignal signal, double bit_error_ratio,
                                    Thresholds thresholds) {
    constexpr double kFaintest_dbm = -100.0, kBrightest_dbm = 30.0;
    const auto errors = [&](double power_dbm) {
        signal.average_power = {power_dbm};
        return receive(receiver, signal, thresholds).bit_error_ratio;
    };
    const std::optional<double> power_dbm = crossing(errors, kFaintest_dbm, kBrightest_dbm, bit_error_ratio);
    if (!power_dbm) return std::nullopt;
    return PowerDbm{*power_dbm};
}

std::optional<double> thermal_noise_for(DirectReceiver receiver, const DirectSignal& signal, double bit_error_ratio,
                                        Thresholds thresholds) {
    constexpr double kLeast = -6.0, kMost = 12.0;  // decades of pA/sqrt(Hz): nothing, and more than any light
    const auto errors = [&](double decades) {
        receiver.thermal_pa_per_sqrt_hz = std::pow(10.0, decades);
        return receive(receiver, signal, thresholds).bit_error_ratio;
    };
    const std::optional<double> decades = crossing(errors, kMost, kLeast, bit_error_ratio);
    if (!decades) return std::nullopt;
    return std::pow(10.0, *decades);
}

PowerDbm outer_oma(PowerDbm average, Decibel extinction_ratio) {
    return average + Decibel{10.0 * std::log10(2.0 * modulation_depth(extinction_ratio))};
}

PowerDbm average_power(PowerDbm outer_oma, Decibel extinction_ratio) {
    return outer_oma - Decibel{10.0 * std::log10(2.0 * modulation_depth(extinction_ratio))};
}

Decibel extinction_ratio(PowerDbm average, PowerDbm outer_oma) {
    const double half_oma_over_average = 0.5 * (outer_oma - average).linear();
    assert(half_oma_over_average > 0.0 && half_oma_over_average <= 1.0);
    return {10.0 * std::log10((1.0 + half_oma_over_average) / (1.0 - half_oma_over_average))};
}

}  // namespace lightloom
