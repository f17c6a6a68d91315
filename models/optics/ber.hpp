// From optical margin to bit error ratio: NRZ and Gray-coded PAM4 behind a receiver whose noise is partly fixed (it
// matters less as power grows) and partly proportional to the signal (a floor that no power mends). One number says it
// all: x, half the distance of two neighbouring levels over the noise's standard deviation.
// Not here: what makes up the margin (link_model.hpp), noise from the physics of a photodiode, where every level has
// its own (receiver.hpp), what the code corrects (fec.hpp), coherent formats.
#pragma once

#include "core/quantity.hpp"
#include "models/optics/modulation.hpp"

namespace lightloom {

/// Upper tail of the standard normal.
double normal_tail(double x);

/// Bit error ratio of Gray-coded PAM4, four equally spaced levels, Gaussian noise: (3 Q(x) + 2 Q(3x) - Q(5x)) / 4 with
/// Q the normal tail, exact to rounding. About 20 ns where x > 3, where the nearest level is all that counts.
/// @param x  half the level spacing over the noise's standard deviation, >= 0
double pam4_bit_error_ratio(double x);

/// As pam4_bit_error_ratio; of NRZ it is Q(x), and x is what is called the Q factor.
/// @param modulation  nrz or pam4
double bit_error_ratio(Modulation modulation, double x);

/// The x at which bit_error_ratio gives `ratio`: 3.41407 for PAM4 and 2.4e-4, 7.034 for NRZ and 1e-12.
/// @param ratio  in (0, 0.5), not below 1e-300
double half_spacing(Modulation modulation, double ratio);

inline double pam4_half_spacing(double ratio) { return half_spacing(Modulation::pam4, ratio); }

/// The floor, as 20 log10 x, that noise in proportion to the modulation amplitude makes: with L levels
/// x = 1 / (2 (L-1) sqrt(RIN_OMA B)). 16.2 dB for PAM4, -136 dB/Hz and 26.56 GHz.
/// @param rin_oma_db_per_hz  noise density over the square of the outer modulation amplitude, one-sided
/// @param bandwidth_ghz      one-sided equivalent noise bandwidth
/// Source: definition of RIN_OMA, IEEE 802.3 clause 52.9.6.
Decibel noise_floor_of_rin(Modulation modulation, double rin_oma_db_per_hz, double bandwidth_ghz);

/// Error ratio of a receiver as a function of its optical margin. The fixed noise alone would give x_th = k 10^(m/10)
/// (optical decibels: current goes with power); with the floor, 1/x^2 = 1/x_th^2 + 1/x_floor^2.
/// k is such that the curve passes through the ratio at which sensitivity is specified when the margin is 0, so that
/// the floor bends the curve without moving the specified point.
class ErrorCurve {
public:
    /// @param specified_ber  the ratio at margin 0: 2.4e-4 for RS(544,514)
    /// @param noise_floor    20 log10 x_floor; infinite for none. Must lie above noise_floor_limit.
    ErrorCurve(Modulation modulation, double specified_ber, Decibel noise_floor);

    /// @param extra_inverse_x_squared  1/x^2 of noise that the specified receiver does not have and that adds before
    ///                                 the same slicer, as of a host behind a module without a retimer; >= 0
    double bit_error_ratio(Decibel margin, double extra_inverse_x_squared = 0.0) const;

    /// The margin at which the curve gives `ratio`; infinite if no power reaches it. @param ratio  in (0, 0.5)
    Decibel margin_at(double ratio, double extra_inverse_x_squared = 0.0) const;

    /// At this floor and below it no power at all reaches `specified_ber`.
    static Decibel noise_floor_limit(Modulation modulation, double specified_ber);

private:
    Modulation modulation_;
    double inverse_floor_squared_;
    double inverse_k_squared_;
};

}  // namespace lightloom
