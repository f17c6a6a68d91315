#include "models/optics/fec.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "models/optics/wrong_symbols.hpp"

namespace lightloom {
namespace {

// The bit error ratio at which a loss that grows with it reaches the target, by halving the interval of its logarithm
template <typename Loss>
double where_it_reaches(double target, Loss loss) {
    assert(target > 0.0 && target < 1.0);
    double low = std::log(1e-100), high = std::log(0.5);
    while (high - low > 1e-12) {
        const double middle = 0.5 * (low + high);
        (loss(std::exp(middle)) > target ? high : low) = middle;
    }
    return std::exp(0.5 * (low + high));
}

}  // namespace

double symbol_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    // 1 - (1 - p)^m from sums of positive terms: wrong in the first bits, or in the next where those are right.
    double wrong = 0.0, block = bit_error_ratio;
    for (int bits = code.bits_per_symbol; bits > 0; bits /= 2, block += block * (1.0 - block))
        if (bits % 2 == 1) wrong += block * (1.0 - wrong);
    return wrong;
}

double codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    return striped_codeword_error_ratio(code, {&bit_error_ratio, 1});
}

double log10_codeword_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    return log10_striped_codeword_error_ratio(code, {&bit_error_ratio, 1});
}

double codeword_error_ratio_of_symbols(const ReedSolomon& code, double symbol_error_ratio) {
    const auto lost = [&](const auto& wrong) { return wrong.share_above(code.correctable()); };
    return with_wrong_symbols(
        code, 1, [&](int) { return symbol_error_ratio; }, lost);
}

double log10_codeword_error_ratio_of_symbols(const ReedSolomon& code, double symbol_error_ratio) {
    const auto lost = [&](const auto& wrong) { return wrong.log10_share_above(code.correctable()); };
    return with_wrong_symbols(
        code, 1, [&](int) { return symbol_error_ratio; }, lost);
}

double striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio) {
    return with_wrong_symbols(code, lane_bit_error_ratio,
                              [&](const auto& wrong) { return wrong.share_above(code.correctable()); });
}

double log10_striped_codeword_error_ratio(const ReedSolomon& code, std::span<const double> lane_bit_error_ratio) {
    return with_wrong_symbols(code, lane_bit_error_ratio,
                              [&](const auto& wrong) { return wrong.log10_share_above(code.correctable()); });
}

double post_fec_bit_error_ratio(const ReedSolomon& code, double bit_error_ratio) {
    // E[X; X > t] = n s P(Y >= t) with Y the wrong ones among n - 1 others: a code of its own that corrects t - 1.
    const ReedSolomon others{code.length - 1, code.data + 1, code.bits_per_symbol};
    return bit_error_ratio * codeword_error_ratio(others, bit_error_ratio);
}

double frame_loss_ratio(const ReedSolomon& code, int interleave, double codeword_error_ratio, int frame_bytes) {
    constexpr int kPreambleAndGapBytes = 20;
    const double frame_bits = 8.0 * (frame_bytes + kPreambleAndGapBytes);
    const double frames_per_group = interleave * code.payload_bits() / frame_bits;
    const double group_lost = -std::expm1(interleave * std::log1p(-codeword_error_ratio));
    return std::min(1.0, group_lost * (1.0 + frames_per_group) / frames_per_group);
}

double bit_error_ratio_for_codewords(const ReedSolomon& code, double target) {
    return where_it_reaches(target, [&](double ratio) { return codeword_error_ratio(code, ratio); });
}

double bit_error_ratio_for_frames(const ReedSolomon& code, int interleave, double target, int frame_bytes) {
    return where_it_reaches(target, [&](double ratio) {
        return frame_loss_ratio(code, interleave, codeword_error_ratio(code, ratio), frame_bytes);
    });
}

}  // namespace lightloom
