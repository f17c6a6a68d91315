#include "models/optics/ber.hpp"

#include <cassert>
#include <cmath>
#include <numbers>

namespace lightloom {

double normal_tail(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

double pam4_bit_error_ratio(double x) {
    return (3.0 * normal_tail(x) + 2.0 * normal_tail(3.0 * x) - normal_tail(5.0 * x)) / 4.0;
}

double pam4_half_spacing(double bit_error_ratio) {
    assert(bit_error_ratio > 0.0 && bit_error_ratio < 0.5);
    double low = 0.0, high = 40.0;  // past 40 the ratio is below the smallest double
    while (true) {
        const double middle = 0.5 * (low + high);
        if (middle == low || middle == high) return middle;
        (pam4_bit_error_ratio(middle) > bit_error_ratio ? low : high) = middle;
    }
}

ErrorCurve::ErrorCurve(double sensitivity_ber, Decibel noise_floor)
    : inverse_floor_squared_(std::pow(10.0, -noise_floor.value / 10.0)) {
    assert(noise_floor > noise_floor_limit(sensitivity_ber));
    const double x_at_zero_margin = pam4_half_spacing(sensitivity_ber);
    inverse_k_squared_ = 1.0 / (x_at_zero_margin * x_at_zero_margin) - inverse_floor_squared_;
}

double ErrorCurve::bit_error_ratio(Decibel margin) const {
    const double inverse_x_squared = inverse_k_squared_ * std::pow(10.0, -margin.value / 5.0) + inverse_floor_squared_;
    return pam4_bit_error_ratio(1.0 / std::sqrt(inverse_x_squared));
}

Decibel ErrorCurve::noise_floor_limit(double sensitivity_ber) {
    return {20.0 * std::log10(pam4_half_spacing(sensitivity_ber))};
}

}  // namespace lightloom
