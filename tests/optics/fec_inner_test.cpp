// Oracles: exact enumeration and Monte Carlo of two other hands (tests/data/README.md). The two Monte Carlos differ by
// their layout (one has two bits of a word per PAM4 symbol as the model has, the other one bit), and by about 1 %.
#include "models/optics/inner_code.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/optics/fec.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};

TEST(InnerHardDecision, MatchesTheEnumeration) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_concat_hamming_reference.csv").where("decoder", "HD_bounded_distance")) {
        const double before = std::stod(row.at("pre_inner_ber"));
        const auto [bits, symbols] = inner_hard_decision(before);
        EXPECT_TRUE(near_relative(bits, std::stod(row.at("post_inner_ber")), 1e-6)) << before;
        EXPECT_TRUE(near_relative(symbols, std::stod(row.at("rs_symbol_error_prob")), 1e-4)) << before;
        const double lost = codeword_error_ratio_of_symbols(kKp4, symbols);
        EXPECT_TRUE(near_relative(lost, std::stod(row.at("kp4_codeword_error_ratio")), 1e-3)) << before;
        EXPECT_TRUE(near_relative(frame_loss_ratio(kKp4, 4, lost, 64), std::stod(row.at("flr_64B_interleave4")), 1e-3))
            << before;
        ++rows;
    }
    EXPECT_EQ(rows, 13);
}

TEST(InnerHardDecision, MatchesTheClosedFormAndItsMonteCarlo) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_inner_cases.csv").where("decoder", "hard")) {
        const auto [bits, symbols] = inner_hard_decision(std::stod(row.at("pre_inner_ber_theory")));
        EXPECT_TRUE(near_relative(bits, std::stod(row.at("inner_out_ber_closed_form")), 1e-5)) << row.at("case_id");
        EXPECT_TRUE(near_relative(symbols, std::stod(row.at("inner_out_ser10_closed_form")), 1e-4))
            << row.at("case_id");
        // Two bits of a PAM4 symbol are seldom wrong together, which the closed form leaves out.
        const double middle = std::stod(row.at("inner_out_ser10_mc"));
        const double half_width = std::stod(row.at("inner_out_ser10_hi95")) - middle;
        EXPECT_NEAR(symbols, middle, 2.0 * half_width) << row.at("case_id");
        EXPECT_NEAR(log10_codeword_error_ratio_of_symbols(kKp4, middle),
                    std::stod(row.at("log10_rs544_codeword_failure")), 2e-3);
        ++rows;
    }
    EXPECT_EQ(rows, 5);
}

TEST(InnerSoftDecision, LiesInTheIntervalsOfTheSameLayout) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_inner_cases.csv").where("decoder", "soft-chase6")) {
        const auto [bits, symbols] = inner_soft_decision(std::stod(row.at("pre_inner_ber_theory")));
        const double middle = std::stod(row.at("inner_out_ser10_mc"));
        // Symbol errors come nearly four to a failed word: twice the interval that counts them one by one.
        const double half_width = 2.0 * (std::stod(row.at("inner_out_ser10_hi95")) - middle);
        EXPECT_NEAR(symbols, middle, half_width) << row.at("case_id");
        EXPECT_TRUE(near_relative(bits, std::stod(row.at("inner_out_ber_mc")), 2.0 * half_width / middle));
        EXPECT_NEAR(log10_codeword_error_ratio_of_symbols(kKp4, symbols),
                    std::stod(row.at("log10_rs544_codeword_failure")), 0.3);
        ++rows;
    }
    EXPECT_EQ(rows, 3);
}

// 1.5 % for the difference of layout, or twice the interval of 95 % where that is wider.
TEST(InnerSoftDecision, IsNearTheOtherLayout) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_concat_hamming_reference.csv").where("decoder", "SD_Chase2_p6")) {
        const double before = std::stod(row.at("pre_inner_ber"));
        const auto [bits, symbols] = inner_soft_decision(before);
        const double tolerance = std::max(0.015, 2.0 * 1.96 * std::stod(row.at("relative_std_error_of_ps")));
        EXPECT_TRUE(near_relative(symbols, std::stod(row.at("rs_symbol_error_prob")), tolerance)) << before;
        // More than four wrong bits to a failed word, fewer symbols: its bits scatter wider.
        EXPECT_TRUE(near_relative(bits, std::stod(row.at("post_inner_ber")), 1.5 * tolerance)) << before;
        // Sixteen symbols wrong: sixteen times the difference
        EXPECT_NEAR(log10_codeword_error_ratio_of_symbols(kKp4, symbols),
                    std::log10(std::stod(row.at("kp4_codeword_error_ratio"))), 16.0 * tolerance / std::log(10.0));
        ++rows;
    }
    EXPECT_EQ(rows, 15);
}

// IEEE P802.3dj sets 4.85e-3 where RS(544,514) alone would have 2.28e-4.
TEST(InnerSoftDecision, MeetsTheThresholdOfTheStandard) {
    const double symbols = inner_soft_decision(4.85e-3).symbol_error_ratio;
    EXPECT_TRUE(near_relative(symbols, symbol_error_ratio(kKp4, 2.28e-4), 0.03));
}

TEST(InnerCode, NeverFallsAsErrorsGrowAndSoftIsTheBetter) {
    InnerRemainder hard{0.0, 0.0}, soft{0.0, 0.0};
    for (double ratio = 1e-12; ratio < 0.49; ratio *= 1.01) {
        const InnerRemainder harder = inner_hard_decision(ratio), softer = inner_soft_decision(ratio);
        EXPECT_GE(softer.symbol_error_ratio, soft.symbol_error_ratio) << ratio;
        EXPECT_GE(softer.bit_error_ratio, soft.bit_error_ratio) << ratio;
        EXPECT_GE(harder.bit_error_ratio, hard.bit_error_ratio) << ratio;
        EXPECT_LT(softer.symbol_error_ratio, 1.0);
        EXPECT_LE(codeword_error_ratio_of_symbols(kKp4, softer.symbol_error_ratio), 1.0);
        EXPECT_TRUE(ratio > 2e-2 || softer.symbol_error_ratio < harder.symbol_error_ratio) << ratio;
        hard = harder, soft = softer;
    }
    EXPECT_EQ(inner_hard_decision(0.0).symbol_error_ratio, 0.0);
    EXPECT_EQ(inner_soft_decision(0.0).symbol_error_ratio, 0.0);
    EXPECT_NEAR(inner_hard_decision(0.5).bit_error_ratio, 0.5, 1e-3);
}

}  // namespace
}  // namespace lightloom
