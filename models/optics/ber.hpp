// From optical margin to bit error ratio: Gray-coded PAM4 behind a receiver whose noise is partly fixed (it matters
// less as power grows) and partly proportional to the signal (a floor that no power mends).
// Not here: what makes up the margin (link_budget.hpp), what the code corrects (fec.hpp).
#pragma once

#include "core/quantity.hpp"

namespace lightloom {

/// Upper tail of the standard normal.
double normal_tail(double x);

/// Bit error ratio of Gray-coded PAM4, four equally spaced levels, Gaussian noise, exact:
/// (3 Q(x) + 2 Q(3x) - Q(5x)) / 4 with Q the normal tail.
/// @param x  half the level spacing over the noise's standard deviation, >= 0
double pam4_bit_error_ratio(double x);

/// The x at which pam4_bit_error_ratio gives `bit_error_ratio`: 3.41407 for 2.4e-4. @param bit_error_ratio in (0, 0.5)
double pam4_half_spacing(double bit_error_ratio);

/// Error ratio of a receiver as a function of its optical margin. The fixed noise alone would give x_th = k 10^(m/10)
/// (optical decibels: current goes with power); with the floor, 1/x^2 = 1/x_th^2 + 1/x_floor^2.
/// k is such that the curve passes through the ratio at which sensitivity is specified when the margin is 0, so that
/// the floor bends the curve without moving the specified point.
class ErrorCurve {
public:
    /// @param sensitivity_ber  the ratio at margin 0: 2.4e-4 for RS(544,514)
    /// @param noise_floor      20 log10 x_floor; infinite for none. Must lie above noise_floor_limit(sensitivity_ber).
    ErrorCurve(double sensitivity_ber, Decibel noise_floor);

    double bit_error_ratio(Decibel margin) const;

    /// At this floor and below it no power at all reaches `sensitivity_ber`.
    static Decibel noise_floor_limit(double sensitivity_ber);

private:
    double inverse_floor_squared_;
    double inverse_k_squared_;
};

}  // namespace lightloom
