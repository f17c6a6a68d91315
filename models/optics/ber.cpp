#include "models/optics/ber.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/random.hpp"

namespace lightloom {
namespace {

double normal_density(double x) { return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

// How fast bit_error_ratio falls with x
double slope(Modulation modulation, double x) {
    if (modulation == Modulation::nrz) return -normal_density(x);
    return -(3.0 * normal_density(x) + 6.0 * normal_density(3.0 * x) - 5.0 * normal_density(5.0 * x)) / 4.0;
}

double inverse_square(Decibel amplitude) { return std::pow(10.0, -amplitude.value / 10.0); }

}  // namespace

double normal_tail(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

double pam4_bit_error_ratio(double x) {
    // 2 Q(3x) is about 2/9 exp(-4 x^2) of 3 Q(x), and Q(5x) 1/15 exp(-12 x^2): past these bounds rounding hides them.
    constexpr double kNearestOnly = 3.0, kTwoNearest = 1.7;
    const double nearest = 0.75 * normal_tail(x);
    if (x > kNearestOnly) return nearest;
    const double two_nearest = nearest + 0.5 * normal_tail(3.0 * x);
    return x > kTwoNearest ? two_nearest : two_nearest - 0.25 * normal_tail(5.0 * x);
}

double bit_error_ratio(Modulation modulation, double x) {
    assert(!is_coherent(modulation));
    return modulation == Modulation::nrz ? normal_tail(x) : pam4_bit_error_ratio(x);
}

double half_spacing(Modulation modulation, double ratio) {
    assert(ratio >= 1e-300 && ratio < 0.5);
    // Newton's method on the logarithm, which is concave: from the right of the answer it comes down to it, from the
    // left it first jumps across. The start is the answer but for far levels, so that three or four steps do.
    const double nearest_ratio = modulation == Modulation::nrz ? ratio : std::min(0.5, ratio / 0.75);
    double x = -inverse_normal(nearest_ratio);
    for (int step = 0; step < 20; ++step) {
        const double got = bit_error_ratio(modulation, x);
        const double change = std::log(got / ratio) * got / slope(modulation, x);
        x -= change;
        if (std::abs(change) < 1e-12 * x) break;  // the next would be its square
    }
    return x;
}

Decibel noise_floor_of_rin(Modulation modulation, double rin_oma_db_per_hz, double bandwidth_ghz) {
    const double levels = modulation == Modulation::nrz ? 2.0 : 4.0;
    const Decibel noise_over_oma_squared{rin_oma_db_per_hz + 10.0 * std::log10(bandwidth_ghz * 1e9)};
    return Decibel{-20.0 * std::log10(2.0 * (levels - 1.0))} - noise_over_oma_squared;
}

ErrorCurve::ErrorCurve(Modulation modulation, double specified_ber, Decibel noise_floor)
    : modulation_(modulation), inverse_floor_squared_(inverse_square(noise_floor)) {
    assert(noise_floor > noise_floor_limit(modulation, specified_ber));
    const double x_at_zero_margin = half_spacing(modulation, specified_ber);
    inverse_k_squared_ = 1.0 / (x_at_zero_margin * x_at_zero_margin) - inverse_floor_squared_;
}

double ErrorCurve::bit_error_ratio(Decibel margin, double extra_inverse_x_squared) const {
    assert(extra_inverse_x_squared >= 0.0);
    constexpr double kMargin = -std::numbers::ln10 / 5.0;  // exp is a third of the price of pow
    const double inverse_x_squared =
        inverse_k_squared_ * std::exp(kMargin * margin.value) + inverse_floor_squared_ + extra_inverse_x_squared;
    return lightloom::bit_error_ratio(modulation_, 1.0 / std::sqrt(inverse_x_squared));
}

Decibel ErrorCurve::margin_at(double ratio, double extra_inverse_x_squared) const {
    const double x = half_spacing(modulation_, ratio);
    const double fixed = 1.0 / (x * x) - inverse_floor_squared_ - extra_inverse_x_squared;
    if (!(fixed > 0.0)) return {std::numeric_limits<double>::infinity()};
    return {5.0 * std::log10(inverse_k_squared_ / fixed)};
}

Decibel ErrorCurve::noise_floor_limit(Modulation modulation, double specified_ber) {
    return {20.0 * std::log10(half_spacing(modulation, specified_ber))};
}

}  // namespace lightloom
