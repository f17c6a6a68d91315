#include "models/optics/threshold_code.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace lightloom {

double log10_block_error_ratio(const ThresholdCode& code, double bit_error_ratio) {
    assert(bit_error_ratio >= 0.0 && bit_error_ratio <= 1.0 && code.decades_per_db > 0.0);
    if (bit_error_ratio <= 0.0) return -std::numeric_limits<double>::infinity();
    if (bit_error_ratio >= 0.5) return 0.0;
    const double quality = inverse_normal(bit_error_ratio) / inverse_normal(code.threshold_bit_error_ratio);
    const double above_threshold_db = 20.0 * std::log10(quality);
    return std::min(0.0, std::log10(code.ratio_at_threshold) - code.decades_per_db * above_threshold_db);
}

double block_error_ratio(const ThresholdCode& code, double bit_error_ratio) {
    return std::pow(10.0, log10_block_error_ratio(code, bit_error_ratio));
}

}  // namespace lightloom
