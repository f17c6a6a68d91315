#include "models/optics/inner_code.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "models/optics/ber.hpp"

namespace lightloom {
namespace {

constexpr int kLength = 128, kSymbolBits = 10;

double choose(int n, int k) {
    double ways = 1.0;
    for (int i = 1; i <= std::min(k, n - k); ++i) ways = ways * (n - i + 1) / i;
    return ways;
}

// Words of a weight: the dual, a Reed-Muller code, has 254 words of weight 64 besides none and all ones.
double words_of(int weight) {
    if (weight < 0 || weight > kLength || weight % 2 == 1) return 0.0;
    const double middle = choose(kLength / 2, weight / 2);
    return (choose(kLength, weight) + (weight % 4 == 0 ? 127.0 : -127.0) * middle) / 128.0;
}

// Of a symbol, with `wrong` wrong bits anywhere in the word: 1 - C(118, wrong) / C(128, wrong)
double symbol_hit(int wrong) {
    double missed = 1.0;
    for (int i = 0; i < kSymbolBits; ++i) missed *= std::max(0, kLength - wrong - i) / static_cast<double>(kLength - i);
    return 1.0 - missed;
}

// Union bound of the soft decoder: words of weight 4 whose bits lie in four PAM4 symbols (82,149 of the 85,344 when
// the columns of the check matrix ascend), each bit with 0.75 nearest neighbours on average, and four noises together.
double union_bound(double half_spacing) {
    constexpr double kNearestWords = 82149.0 * 0.75 * 0.75 * 0.75 * 0.75;
    return kNearestWords * normal_tail(2.0 * half_spacing);
}

// What is left where half the level spacing is 1.0, 1.2... 3.0 deviations of the noise: 2e6 to 6e7 words each, standard
// error of the symbols 0.01 % at the first, 0.1 % at 2.4, 0.9 % at the last. The decoder is the one of the test.
constexpr double kFirstHalfSpacing = 1.0, kHalfSpacingStep = 0.2;
constexpr std::array<InnerRemainder, 11> kSimulated{{{1.223152e-1, 7.518727e-1},
                                                     {9.017970e-2, 6.301318e-1},
                                                     {6.569540e-2, 5.056497e-1},
                                                     {4.574019e-2, 3.762803e-1},
                                                     {2.667643e-2, 2.280565e-1},
                                                     {1.099553e-2, 9.601243e-2},
                                                     {3.004166e-3, 2.659125e-2},
                                                     {5.629268e-4, 5.031285e-3},
                                                     {7.814626e-5, 7.034872e-4},
                                                     {8.670760e-6, 7.847603e-5},
                                                     {7.839864e-7, 7.098546e-6}}};

// Logarithm of what is left per word of the union bound: it changes slowly, so a cubic through four points of the table
// serves.
double log_of_bound(double half_spacing, double InnerRemainder::*ratio) {
    const auto last = static_cast<double>(kSimulated.size() - 1);
    const double place = std::min(last, (half_spacing - kFirstHalfSpacing) / kHalfSpacingStep);
    const double first = std::clamp(std::floor(place) - 1.0, 0.0, last - 3.0);
    double sum = 0.0;
    for (int point = 0; point < 4; ++point) {
        double weight = 1.0;
        for (int other = 0; other < 4; ++other)
            if (other != point) weight *= (place - first - other) / (point - other);
        const double at = first + point;
        const double simulated = kSimulated[static_cast<std::size_t>(at)].*ratio;
        sum += weight * std::log(simulated / union_bound(kFirstHalfSpacing + kHalfSpacingStep * at));
    }
    return sum;
}

}  // namespace

InnerRemainder inner_hard_decision(double bit_error_ratio) {
    const double p = bit_error_ratio;
    assert(p >= 0.0 && p <= 0.5);
    InnerRemainder remainder{0.0, 0.0};
    const auto add = [&](double probability, int wrong) {
        remainder.bit_error_ratio += probability * wrong / kLength;
        remainder.symbol_error_ratio += probability * symbol_hit(wrong);
    };
    for (int wrong = 2; wrong <= kLength; ++wrong) {
        const double pattern = std::pow(p, wrong) * std::pow(1.0 - p, kLength - wrong);
        if (wrong % 2 == 0) {
            add(choose(kLength, wrong) * pattern, wrong);
        } else {  // the flip turns it into a word of the code, one lighter or one heavier
            add(words_of(wrong - 1) * (kLength - wrong + 1) * pattern, wrong - 1);
            add(words_of(wrong + 1) * (wrong + 1) * pattern, wrong + 1);
        }
    }
    return remainder;
}

InnerRemainder inner_soft_decision(double bit_error_ratio) {
    assert(bit_error_ratio >= 0.0 && bit_error_ratio < 0.5);
    if (bit_error_ratio <= 0.0) return {0.0, 0.0};
    const double x = pam4_half_spacing(bit_error_ratio);
    if (x < kFirstHalfSpacing) {
        const double more = bit_error_ratio / pam4_bit_error_ratio(kFirstHalfSpacing);
        return {std::min(0.5, more * kSimulated[0].bit_error_ratio),
                std::min(1.0 - 0x1p-10, more * kSimulated[0].symbol_error_ratio)};  // ten bits at random
    }
    return {union_bound(x) * std::exp(log_of_bound(x, &InnerRemainder::bit_error_ratio)),
            union_bound(x) * std::exp(log_of_bound(x, &InnerRemainder::symbol_error_ratio))};
}

}  // namespace lightloom
