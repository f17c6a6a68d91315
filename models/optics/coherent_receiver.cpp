#include "models/optics/coherent_receiver.hpp"

#include <fmt/format.h>

#include <cassert>
#include <cmath>
#include <string>

#include "models/optics/catalogue.hpp"

namespace lightloom {
namespace {

constexpr double kTenthNmGhz = 12.5;  // 0.1 nm at 1550 nm, as OSNR is quoted by convention
constexpr double kNone = std::numeric_limits<double>::infinity();

void require(bool fulfilled, const std::string& text) {
    if (!fulfilled) throw CatalogueError(text);
}

double penalty_db(const Tolerance& tolerance, double value, const char* what) {
    const double size = std::abs(value);  // a fibre's dispersion may have either sign
    if (!(size <= tolerance.most))
        throw CatalogueError(
            fmt::format("{} {} is more than the {} that the receiver compensates", value, what, tolerance.most));
    if (size == 0.0) return 0.0;
    const double part = size / tolerance.most;
    return tolerance.penalty_at_most.value * part * part;
}

void check(const Tolerance& tolerance, const char* what) {
    require(tolerance.most >= 0.0 && tolerance.penalty_at_most.value >= 0.0,
            fmt::format("no receiver tolerates {} {} at a penalty of {} dB", tolerance.most, what,
                        tolerance.penalty_at_most.value));
}

void check(const CoherentReceiver& receiver) {
    require(is_coherent(receiver.modulation), "a coherent receiver takes DP-QPSK or DP-16QAM");
    require(receiver.baud_gbd > 0.0 && std::isfinite(receiver.baud_gbd),
            fmt::format("{} GBd is no symbol rate", receiver.baud_gbd));
    require(receiver.fec_threshold_ber > 0.0 && receiver.fec_threshold_ber < 0.5,
            fmt::format("{} is no threshold of a bit error ratio", receiver.fec_threshold_ber));
    require(std::isfinite(receiver.rx_power_min.value), fmt::format("{} dBm is no power", receiver.rx_power_min.value));
    require(receiver.rx_power_at_required_osnr > receiver.rx_power_min,
            fmt::format("the required OSNR is stated at {} dBm, which is not above the least power of {} dBm",
                        receiver.rx_power_at_required_osnr.value, receiver.rx_power_min.value));
    check(receiver.dispersion_ps_per_nm, "ps/nm");
    check(receiver.pmd_ps, "ps");
}

}  // namespace

double coherent_bit_error_ratio(Modulation modulation, double snr) {
    assert(is_coherent(modulation) && snr >= 0.0);
    if (modulation == Modulation::dp_qpsk) return 0.5 * std::erfc(std::sqrt(snr / 2.0));
    const double x = std::sqrt(snr / 10.0);
    return 0.375 * std::erfc(x) + 0.25 * std::erfc(3.0 * x) - 0.125 * std::erfc(5.0 * x);
}

Decibel required_snr(Modulation modulation, double bit_error_ratio) {
    assert(bit_error_ratio > 0.0 && bit_error_ratio < 0.5);
    double low = 0.0, high = 1e5;  // at 50 dB either ratio is below the smallest double
    while (true) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) return {10.0 * std::log10(middle)};
        (coherent_bit_error_ratio(modulation, middle) > bit_error_ratio ? low : high) = middle;
    }
}

Decibel snr_from_osnr(Decibel osnr, double baud_gbd) {
    return osnr - Decibel{10.0 * std::log10(baud_gbd / kTenthNmGhz)};
}

Decibel osnr_from_snr(Decibel snr, double baud_gbd) { return snr + Decibel{10.0 * std::log10(baud_gbd / kTenthNmGhz)}; }

// At the specified points 1/snr - 1/snr_of_osnr = floor + power_noise / P: two equations for floor and power noise.
CoherentCurve::CoherentCurve(const CoherentReceiver& receiver) : receiver_(receiver) {
    check(receiver);
    const Decibel threshold = required_snr(receiver.modulation, receiver.fec_threshold_ber);
    inverse_threshold_snr_ = 1.0 / threshold.linear();
    const auto left_by = [&](Decibel osnr) {
        return inverse_threshold_snr_ - 1.0 / snr_from_osnr(osnr, receiver.baud_gbd).linear();
    };
    const double amplified = left_by(receiver.required_osnr), unamplified = left_by(receiver.osnr_at_rx_power_min);
    const double inverse_high_mw = 1.0 / receiver.rx_power_at_required_osnr.milliwatts().value;
    const double inverse_low_mw = 1.0 / receiver.rx_power_min.milliwatts().value;
    power_noise_mw_ = (unamplified - amplified) / (inverse_low_mw - inverse_high_mw);
    inverse_floor_ = amplified - power_noise_mw_ * inverse_high_mw;
    require(power_noise_mw_ > 0.0, fmt::format("an OSNR of {} dB at the least power leaves no room for noise of the "
                                               "receiver beside the {} dB required in general",
                                               receiver.osnr_at_rx_power_min.value, receiver.required_osnr.value));
    require(inverse_floor_ > 0.0,
            fmt::format("an OSNR of {} dB is too little for a bit error ratio of {}: theory alone takes {:.2f} dB",
                        receiver.required_osnr.value, receiver.fec_threshold_ber,
                        osnr_from_snr(threshold, receiver.baud_gbd).value));
}

double CoherentCurve::bit_error_ratio(Decibel osnr, PowerDbm received, double dispersion_ps_per_nm,
                                      double pmd_ps) const {
    const double raised = penalty(dispersion_ps_per_nm, pmd_ps).linear();
    const double light = 1.0 / snr_from_osnr(osnr, receiver_.baud_gbd).linear();
    const double detector = power_noise_mw_ / received.milliwatts().value;
    return coherent_bit_error_ratio(receiver_.modulation, 1.0 / (raised * (light + detector) + inverse_floor_));
}

Decibel CoherentCurve::penalty(double dispersion_ps_per_nm, double pmd_ps) const {
    return {penalty_db(receiver_.dispersion_ps_per_nm, dispersion_ps_per_nm, "ps/nm of dispersion") +
            penalty_db(receiver_.pmd_ps, pmd_ps, "ps of PMD")};
}

Decibel CoherentCurve::required_osnr(PowerDbm received) const {
    const double left = inverse_threshold_snr_ - inverse_floor_ - power_noise_mw_ / received.milliwatts().value;
    if (!(left > 0.0)) return {kNone};
    return osnr_from_snr({-10.0 * std::log10(left)}, receiver_.baud_gbd);
}

PowerDbm CoherentCurve::sensitivity(Decibel osnr) const {
    const double left =
        inverse_threshold_snr_ - inverse_floor_ - 1.0 / snr_from_osnr(osnr, receiver_.baud_gbd).linear();
    if (!(left > 0.0)) return {kNone};
    return PowerDbm::from({power_noise_mw_ / left});
}

Decibel CoherentCurve::noise_floor() const { return {-10.0 * std::log10(inverse_floor_)}; }

}  // namespace lightloom
