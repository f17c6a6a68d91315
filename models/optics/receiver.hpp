// Direct detection from first principles: from light of NRZ or PAM4 on a photodiode (PIN or avalanche) with its
// amplifier to the current and noise of every level, the eyes between them and the bit error ratio. Every level has a
// noise of its own, since shot noise, intensity noise and the beat with amplified light grow with it; so every eye is
// judged apart. It is what a calibrated ErrorCurve (ber.hpp) stands for, and shows where that departs: the curve knows
// one noise.
// Gaussian densities, equally spaced levels, no inter-symbol interference, no jitter, no quantisation, no overload.
// Not here: eye closure as standards state it (TDECQ, in a module's levels), what a code corrects (fec.hpp), light that
// is mixed with a local laser.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include "core/quantity.hpp"
#include "models/optics/modulation.hpp"

namespace lightloom {

struct DirectReceiver {
    double responsivity_a_per_w;        // before the avalanche
    double thermal_pa_per_sqrt_hz;      // of the amplifier, referred to its input; white, one-sided; > 0
    double bandwidth_over_baud;         // one-sided equivalent noise bandwidth; 0.5 of a reference receiver, up to 0.75
    double dark_current_na = 0.0;       // the part that the avalanche multiplies
    double apd_gain = 1.0;              // M; 1 is a PIN photodiode
    double apd_ionisation_ratio = 0.0;  // k of McIntyre, 0 to 1
};

/// Noise of the optical amplifiers on the way, at the photodiode, behind a rectangular optical filter.
struct AmplifiedLight {
    Decibel osnr;  // in 12.5 GHz, noise of both polarisations
    double optical_bandwidth_ghz;
};

struct DirectSignal {
    Modulation modulation;  // nrz or pam4
    double baud_gbd;
    PowerDbm average_power;               // of the signal, on the photodiode; noise of amplifiers comes on top
    Decibel extinction_ratio;             // outer: highest level over lowest, > 0; infinite if the lowest is dark
    std::optional<double> rin_db_per_hz;  // relative intensity noise, white, one-sided
    std::optional<AmplifiedLight> amplified;
    // Noise in proportion to the outer amplitude and alike on all levels (reflections, crosstalk), as ErrorCurve has it
    Decibel noise_floor{std::numeric_limits<double>::infinity()};
};

/// Where the decision between two neighbouring levels lies: where their densities cross, or half-way between them.
enum class Thresholds { optimal, equal };

/// Current at the amplifier's input, after the avalanche.
struct ReceivedLevel {
    double mean_ua;
    double sigma_ua;
};

/// Between a level and the next higher one.
struct Eye {
    double threshold_ua;
    double q_factor;     // distance of the levels over the sum of their sigmas
    double error_ratio;  // of a symbol that is one of the two, decided between the two
    double distance_ua;
    double sigma_sum_ua;

    /// Opening of the eye: from what the lower level exceeds with `probability` to what the upper one undercuts with
    /// it, which is the distance less k sigmas of both, k = 4.75 for 1e-6. 0 or less: closed.
    /// @param probability  in (0, 0.5)
    double height_ua(double probability) const;
};

struct Reception {
    std::vector<ReceivedLevel> levels;  // from dark to bright
    std::vector<Eye> eyes;              // from dark to bright, one fewer
    double bit_error_ratio;             // Gray coding; errors past the next level are counted
    Decibel snr;  // variance of the levels over the mean variance of the noise: x^2 for NRZ, 5 x^2 for PAM4
};

/// Noise of a level with optical power P and primary current I = R P + dark, in the bandwidth B:
///   thermal^2 B + M^2 (2 q F I + RIN (R P)^2 + 4 R^2 P N) B + M^2 2 R^2 N^2 (2 Bo - B) B + floor
/// with F = k M + (1-k)(2 - 1/M), and N the density of amplified noise in one polarisation. It also raises every mean
/// by M 2 R N Bo; the shot noise of that part is left out: q Bo / (R P) of the beat with the signal, 2e-4 at -10 dBm.
/// Sources: G. P. Agrawal, Fiber-Optic Communication Systems, ch. 4 (shot, thermal, RIN); N. A. Olsson, J. Lightwave
/// Technol. 7 (1989) 1071 (beats); R. J. McIntyre, IEEE Trans. Electron Devices 13 (1966) 164 (F).
Reception receive(const DirectReceiver& receiver, const DirectSignal& signal,
                  Thresholds thresholds = Thresholds::optimal);

/// The average power at which `bit_error_ratio` is reached, for the signal at any power of its own; none if a floor is
/// above it, or if it takes more than 30 dBm. @param bit_error_ratio  in (0, 0.5)
std::optional<PowerDbm> sensitivity(const DirectReceiver& receiver, DirectSignal signal, double bit_error_ratio,
                                    Thresholds thresholds = Thresholds::optimal);

/// Calibration: the thermal noise density, pA/sqrt(Hz), with which the receiver (its own is not read) meets
/// `bit_error_ratio` at the signal's power; none if the other noise is already too much.
/// @param bit_error_ratio  in (0, 0.5)
std::optional<double> thermal_noise_for(DirectReceiver receiver, const DirectSignal& signal, double bit_error_ratio,
                                        Thresholds thresholds = Thresholds::optimal);

/// Outer modulation amplitude: highest level less lowest. OMA = 2 P (ER - 1) / (ER + 1), for NRZ and for PAM4 alike, as
/// levels are equally spaced and equally frequent.
PowerDbm outer_oma(PowerDbm average, Decibel extinction_ratio);
PowerDbm average_power(PowerDbm outer_oma, Decibel extinction_ratio);
/// Infinite if the amplitude is twice the average. @param outer_oma  at most that
Decibel extinction_ratio(PowerDbm average, PowerDbm outer_oma);

}  // namespace lightloom
