#include "core/random.hpp"

#include <Random123/philox.h>

namespace lightloom {

std::uint64_t draw(std::uint64_t seed, std::uint64_t entity, Purpose purpose, std::uint64_t n) {
    using Philox = r123::Philox4x32;
    // The purpose takes the high half of n's upper word: n < 2^48 leaves every (purpose, n) a counter of its own.
    const Philox::ctr_type counter{{static_cast<std::uint32_t>(n),
                                    static_cast<std::uint32_t>(n >> 32) | static_cast<std::uint32_t>(purpose) << 16,
                                    static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32)}};
    const Philox::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    const Philox::ctr_type word = Philox{}(counter, key);
    return static_cast<std::uint64_t>(word[1]) << 32 | word[0];
}

double inverse_normal(double u) {
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                            1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                            6.680131188771972e+01, -1.328068155288572e+01};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                            -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
    constexpr double tail_begins = 0.02425;
    const auto tail = [&](double p) {
        const double q = std::sqrt(-2.0 * std::log(p));
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
    };
    if (u < tail_begins) return tail(u);
    if (u > 1.0 - tail_begins) return -tail(1.0 - u);
    const double q = u - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
}

}  // namespace lightloom
