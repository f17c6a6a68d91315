#include "models/optics/lock_loss.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "models/optics/ber.hpp"

namespace lightloom {

double lock_losses_per_second(const CodewordStreams& line, double codeword_error_ratio) {
    const double p = codeword_error_ratio;
    assert(p >= 0.0 && p <= 1.0 && line.streams > 0 && line.codeword_ns > 0.0);
    return line.streams * p * p * p / (1.0 + p + p * p) / (line.codeword_ns * 1e-9);
}

double log10_lock_losses_per_year(const CodewordStreams& line, double log10_codeword_error_ratio) {
    constexpr double kSecondsPerYear = 365.25 * 86400.0;
    const double p = std::pow(10.0, log10_codeword_error_ratio);
    return std::log10(line.streams / (line.codeword_ns * 1e-9) * kSecondsPerYear) + 3.0 * log10_codeword_error_ratio -
           std::log10(1.0 + p + p * p);
}

double share_above(const Distribution& distribution, double value) {
    const auto& [kind, a, b] = distribution;
    switch (kind) {
        case Distribution::Kind::fixed: break;
        case Distribution::Kind::uniform:
            if (b > a) return std::clamp((b - value) / (b - a), 0.0, 1.0);
            break;
        case Distribution::Kind::normal:
            if (b > 0.0) return normal_tail((value - a) / b);
            break;
        case Distribution::Kind::lognormal:
            if (value <= 0.0) return 1.0;
            if (b > 0.0) return normal_tail(std::log(value / a) / b);
            break;
    }
    return a > value ? 1.0 : 0.0;  // no spread
}

double mean_of(const Distribution& distribution) {
    switch (distribution.kind) {
        case Distribution::Kind::fixed:
        case Distribution::Kind::normal: return distribution.a;
        case Distribution::Kind::uniform: return 0.5 * (distribution.a + distribution.b);
        case Distribution::Kind::lognormal: return distribution.a * std::exp(0.5 * distribution.b * distribution.b);
    }
    return distribution.a;
}

double flaps_per_second(double lock_losses_per_second, const Distribution& relock_s, double debounce_s) {
    return lock_losses_per_second * share_above(relock_s, debounce_s);
}

double dark_share(double lock_losses_per_second, double mean_relock_s) {
    const double dark = lock_losses_per_second * mean_relock_s;
    return std::isinf(dark) ? 1.0 : dark / (1.0 + dark);
}

}  // namespace lightloom
