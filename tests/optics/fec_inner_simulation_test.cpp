// A soft decoder at work, bit by bit: the oracle of the table in models/optics/inner_code.cpp, which longer runs of the
// same decoder filled, with other random numbers and, for rare errors, only words that hold a wrong level, weighted.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "models/optics/ber.hpp"
#include "models/optics/inner_code.hpp"

namespace lightloom {
namespace {

constexpr int kBits = 128, kInformation = 120, kLeastReliable = 6;

// Columns of the check matrix, beside the row of all ones that makes weights even: the seven-bit numbers. Information
// bits first, in ascending order; then those of the check bits, which have at most one 1.
struct Columns {
    std::array<int, kBits> of_bit, bit_of;
    Columns() {
        std::iota(of_bit.begin(), of_bit.end(), 0);
        std::stable_partition(of_bit.begin(), of_bit.end(), [](int column) { return (column & (column - 1)) != 0; });
        for (int bit = 0; bit < kBits; ++bit) bit_of[index(of_bit[index(bit)])] = bit;
    }
    static std::size_t index(int n) { return static_cast<std::size_t>(n); }
};

struct Word {
    std::array<bool, kBits> wrong;          // hard decisions against what was sent
    std::array<double, kBits> reliability;  // difference of squared distances to the nearest levels of either value
};

// Random levels stand for a random word: the code is linear, and so is the decoder in what was sent.
Word received(double half_spacing, std::mt19937_64& random) {
    std::normal_distribution<double> noise(0.0, 1.0 / half_spacing);
    Word word{};
    for (std::size_t symbol = 0; symbol < kBits / 2; ++symbol) {
        const double sent = 2.0 * static_cast<double>(random() >> 62) - 3.0, got = sent + noise(random);
        const double size = std::abs(got);
        word.wrong[2 * symbol] = (got > 0.0) != (sent > 0.0);
        word.wrong[2 * symbol + 1] = (size < 2.0) != (std::abs(sent) < 2.0);
        word.reliability[2 * symbol] = size < 2.0 ? size : 2.0 * size - 2.0;
        word.reliability[2 * symbol + 1] = std::abs(size - 2.0);
    }
    return word;
}

// What is wrong after flipping the least reliable set of bits that makes a word of the code
std::array<bool, kBits> decoded(const Word& word, const Columns& columns) {
    std::array<int, kBits> order;
    std::iota(order.begin(), order.end(), 0);
    const auto less = [&](int a, int b) {
        return word.reliability[Columns::index(a)] < word.reliability[Columns::index(b)];
    };
    std::partial_sort(order.begin(), order.begin() + kLeastReliable, order.end(), less);

    double best = INFINITY;
    std::array<bool, kBits> best_wrong{};
    for (int pattern = 0; pattern < 1 << kLeastReliable; ++pattern) {
        auto wrong = word.wrong;
        for (std::size_t n = 0; n < kLeastReliable; ++n)
            if (pattern >> n & 1) wrong[Columns::index(order[n])] ^= true;
        int syndrome = 0;
        bool odd = false;
        for (std::size_t bit = 0; bit < kBits; ++bit)
            if (wrong[bit]) syndrome ^= columns.of_bit[bit], odd = !odd;
        if (odd)
            wrong[Columns::index(columns.bit_of[Columns::index(syndrome)])] ^= true;
        else if (syndrome != 0)
            continue;
        double flipped = 0.0;
        for (std::size_t bit = 0; bit < kBits; ++bit)
            if (wrong[bit] != word.wrong[bit]) flipped += word.reliability[bit];
        if (flipped < best) best = flipped, best_wrong = wrong;
    }
    return best_wrong;
}

struct Simulated {
    InnerRemainder mean;
    double symbol_deviation;  // standard error of the mean, of words and not of symbols: these come in clusters
};

Simulated simulated(double half_spacing, int words) {
    std::mt19937_64 random(20240607);
    const Columns columns;
    double bits = 0.0, symbols = 0.0, squares = 0.0;
    for (int n = 0; n < words; ++n) {
        const Word word = received(half_spacing, random);
        if (std::none_of(word.wrong.begin(), word.wrong.end(), [](bool wrong) { return wrong; })) continue;
        const auto wrong = decoded(word, columns);
        double in_word = 0.0;
        for (auto symbol = wrong.begin(); symbol < wrong.begin() + kInformation; symbol += 10)
            in_word += std::any_of(symbol, symbol + 10, [](bool bit) { return bit; });
        bits += static_cast<double>(std::count(wrong.begin(), wrong.begin() + kInformation, true));
        symbols += in_word;
        squares += in_word * in_word;
    }
    const double mean = symbols / words, variance = squares / words - mean * mean;
    return {{bits / words / kInformation, mean / 12}, std::sqrt(variance / words) / 12};
}

TEST(InnerSoftDecision, IsWhatADecoderDoes) {
    for (const double half_spacing : {1.5, 1.9, 2.1, 2.3}) {  // 5e-2 to 8e-3; at the table's points and between them
        const Simulated decoder = simulated(half_spacing, 30000);
        const InnerRemainder table = inner_soft_decision(pam4_bit_error_ratio(half_spacing));
        const double relative = 4.0 * decoder.symbol_deviation / decoder.mean.symbol_error_ratio;
        ASSERT_LT(relative, 0.25);
        EXPECT_NEAR(table.symbol_error_ratio, decoder.mean.symbol_error_ratio, 4.0 * decoder.symbol_deviation)
            << half_spacing;
        EXPECT_NEAR(table.bit_error_ratio, decoder.mean.bit_error_ratio, 1.2 * relative * decoder.mean.bit_error_ratio)
            << half_spacing;
    }
}

}  // namespace
}  // namespace lightloom
