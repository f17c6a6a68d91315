// Oracles: binomial tails summed in 60 and 80 digit arithmetic (tests/data/README.md says by whom).
#include "models/optics/fec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "models/optics/ber.hpp"
#include "models/optics/catalogue.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};
constexpr ReedSolomon kKr4{.length = 528, .data = 514, .bits_per_symbol = 10};

TEST(ReedSolomon, CountsItsBits) {
    EXPECT_EQ(kKp4.correctable(), 15);
    EXPECT_EQ(kKr4.correctable(), 7);
    EXPECT_EQ(kKp4.bits(), 5440);
    EXPECT_EQ(kKp4.payload_bits(), 5120);
}

TEST(CodewordErrorRatio, MatchesTheExactTail) {
    for (const auto& row : ReferenceTable("fec_reference.csv").rows()) {
        const ReedSolomon code{std::stoi(row.at("n_sym")), std::stoi(row.at("k_sym")), 10};
        const double ratio = std::stod(row.at("pre_fec_ber"));
        EXPECT_TRUE(near_relative(symbol_error_ratio(code, ratio), std::stod(row.at("rs_symbol_error_prob")), 1e-6));
        EXPECT_TRUE(near_relative(codeword_error_ratio(code, ratio), std::stod(row.at("codeword_error_ratio")), 1e-6))
            << row.at("scheme") << " at " << ratio;
    }
}

TEST(CodewordErrorRatio, MatchesASecondCalculation) {
    for (const auto& row : ReferenceTable("rs_cases.csv").where("error_model", "random")) {
        const ReedSolomon code{std::stoi(row.at("n")), std::stoi(row.at("k")), std::stoi(row.at("symbol_bits"))};
        const double got = codeword_error_ratio(code, std::stod(row.at("pre_fec_ber")));
        EXPECT_NEAR(std::log10(got), std::stod(row.at("log10_codeword_failure_exact")), 1e-7) << row.at("case_id");
        if (row.at("codeword_failure_mc_lo95").empty()) continue;
        EXPECT_GT(got, 0.98 * std::stod(row.at("codeword_failure_mc_lo95"))) << row.at("case_id");
        EXPECT_LT(got, 1.02 * std::stod(row.at("codeword_failure_mc_hi95"))) << row.at("case_id");
    }
}

// Four decimals of the logarithm, down to -49.6
TEST(CodewordErrorRatio, MatchesTheLogarithmOfTheExactTail) {
    int rows = 0;
    double lowest = 0.0;
    for (const auto& row : ReferenceTable("fec_reference.csv").rows()) {
        const ReedSolomon code{std::stoi(row.at("n_sym")), std::stoi(row.at("k_sym")), 10};
        const double got = log10_codeword_error_ratio(code, std::stod(row.at("pre_fec_ber")));
        EXPECT_NEAR(got, std::stod(row.at("log10_cer")), 5.1e-5) << row.at("scheme") << " at " << row.at("pre_fec_ber");
        lowest = std::min(lowest, got);
        ++rows;
    }
    EXPECT_EQ(rows, 160);
    EXPECT_LT(lowest, -49.0);
}

// Far out only the first term of the tail is left: C(544, 16) s^16 with s = 10 p, here near 1e-401.
TEST(CodewordErrorRatio, HasALogarithmWhereNoDoubleReaches) {
    const double first_term = std::lgamma(545.0) - std::lgamma(17.0) - std::lgamma(529.0) + 16.0 * std::log(1e-26);
    const double expected = first_term / std::log(10.0);
    ASSERT_LT(expected, -380.0);
    EXPECT_NEAR(log10_codeword_error_ratio(kKp4, 1e-27), expected, 1e-9);
    EXPECT_NEAR(log10_striped_codeword_error_ratio(kKp4, std::vector(4, 1e-27)), expected, 1e-9);
    EXPECT_EQ(codeword_error_ratio(kKp4, 1e-27), 0.0);
    EXPECT_TRUE(std::isinf(log10_codeword_error_ratio(kKp4, 0.0)));
}

TEST(CodewordErrorRatio, OfSymbolsIsThatOfTheirBits) {
    for (const double ratio : {1e-9, 1e-5, 2.4e-4, 1e-3, 1e-2}) {
        const double symbols = symbol_error_ratio(kKp4, ratio);
        EXPECT_TRUE(
            near_relative(codeword_error_ratio_of_symbols(kKp4, symbols), codeword_error_ratio(kKp4, ratio), 1e-12));
        EXPECT_NEAR(log10_codeword_error_ratio_of_symbols(kKp4, symbols), log10_codeword_error_ratio(kKp4, ratio),
                    1e-12);
    }
}

TEST(CodewordErrorRatio, NeverFallsAsErrorsGrow) {
    double before = -1e9;
    for (double ratio = 1e-30; ratio < 0.5; ratio *= 1.07) {
        const double now = log10_codeword_error_ratio(kKp4, ratio);
        EXPECT_GE(now, before - 1e-12) << ratio;
        EXPECT_LE(now, 1e-12) << ratio;
        before = now;
    }
}

TEST(PostFecBitErrorRatio, MatchesTheExactSum) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_reference.csv").rows()) {  // printed to five digits
        const ReedSolomon code{std::stoi(row.at("n_sym")), std::stoi(row.at("k_sym")), 10};
        const double got = post_fec_bit_error_ratio(code, std::stod(row.at("pre_fec_ber")));
        EXPECT_TRUE(near_relative(got, std::stod(row.at("post_fec_ber_if_uncorrected_passed")), 6e-5))
            << row.at("scheme") << " at " << row.at("pre_fec_ber");
        ++rows;
    }
    EXPECT_EQ(rows, 160);
}

TEST(PostFecBitErrorRatio, MatchesASecondCalculation) {
    int rows = 0;
    for (const auto& row : ReferenceTable("rs_cases.csv").where("error_model", "random")) {
        const ReedSolomon code{std::stoi(row.at("n")), std::stoi(row.at("k")), std::stoi(row.at("symbol_bits"))};
        const double got = post_fec_bit_error_ratio(code, std::stod(row.at("pre_fec_ber")));
        EXPECT_NEAR(std::log10(got), std::stod(row.at("log10_post_ber_exact")), 1e-7) << row.at("case_id");
        ++rows;
    }
    EXPECT_EQ(rows, 13);
}

TEST(PostFecBitErrorRatio, IsThatBeforeWhereNothingIsCorrected) {
    EXPECT_EQ(post_fec_bit_error_ratio(kKp4, 0.0), 0.0);
    EXPECT_NEAR(post_fec_bit_error_ratio(kKp4, 0.2), 0.2, 1e-12);
}

// Six printed digits
TEST(InverseFec, MatchesTheReference) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_inverse_reference.csv").rows()) {
        const ReedSolomon code = row.at("scheme").starts_with("KR4") ? kKr4 : kKp4;
        const double target = std::stod(row.at("target_value"));
        const double got = row.at("target_metric") == "flr_64B"
                               ? bit_error_ratio_for_frames(code, std::stoi(row.at("interleave_codewords")), target, 64)
                               : bit_error_ratio_for_codewords(code, target);
        EXPECT_TRUE(near_relative(got, std::stod(row.at("max_pre_fec_ber")), 6e-6))
            << row.at("scheme") << ' ' << row.at("target_metric") << ' ' << target;
        ++rows;
    }
    EXPECT_EQ(rows, 44);
}

TEST(InverseFec, UndoesTheForwardFunction) {
    for (const double target : {1e-250, 1e-100, 1e-20, 1e-3, 0.5})
        EXPECT_TRUE(
            near_relative(codeword_error_ratio(kKp4, bit_error_ratio_for_codewords(kKp4, target)), target, 1e-9));
}

// 5440 I / R; IEEE 802.3 clauses 91, 119, 172 (interleaves and rates)
TEST(Latency, WaitsForAGroupOfCodewords) {
    struct {
        const char* item;
        int interleave;
        double line_rate_gbps;
    } const rates[] = {{"KP4 accumulate 100G", 1, 106.25},
                       {"KP4 accumulate 200G", 2, 212.5},
                       {"KP4 accumulate 400G", 2, 425.0},
                       {"KP4 accumulate 800G", 4, 850.0},
                       {"KP4 accumulate 1.6T", 4, 1700.0}};
    const ReferenceTable table("latency.csv");
    const auto value = [&](const char* item) { return std::stod(table.where("item", item).at(0).at("value")); };
    for (const auto& [item, interleave, rate] : rates)
        EXPECT_NEAR(accumulation_ns(kKp4, interleave, rate), value(item), 1e-9) << item;
    const double processing_ns = value("KP4 decode (correction) @1 GHz") + value("KP4 enc + misc");
    EXPECT_NEAR(accumulation_ns(kKp4, 4, 850.0) + processing_ns, value("KP4 total 800G"), 1e-9);
    EXPECT_EQ(Catalogue::built_in().fec("kp4-400g")->latency_ns(), accumulation_ns(kKp4, 2, 425.0) + processing_ns);
}

TEST(CodewordErrorRatio, IsZeroWithoutErrorsAndOneAtAHalf) {
    EXPECT_EQ(codeword_error_ratio(kKp4, 0.0), 0.0);
    EXPECT_NEAR(codeword_error_ratio(kKp4, 0.5), 1.0, 1e-9);
}

TEST(FrameLossRatio, MatchesTheReferenceForEveryInterleaveAndSize) {
    for (const auto& row : ReferenceTable("fec_reference.csv").rows()) {
        const ReedSolomon code{std::stoi(row.at("n_sym")), std::stoi(row.at("k_sym")), 10};
        const double codewords = codeword_error_ratio(code, std::stod(row.at("pre_fec_ber")));
        const int interleave = std::stoi(row.at("interleave_codewords"));
        for (const int bytes : {64, 1518, 4200, 9018})  // printed to five digits
            EXPECT_TRUE(near_relative(frame_loss_ratio(code, interleave, codewords, bytes),
                                      std::stod(row.at("flr_" + std::to_string(bytes) + "B")), 6e-5))
                << row.at("scheme") << " x" << interleave << " at " << row.at("pre_fec_ber") << ", " << bytes << " B";
    }
}

// IEEE 802.3 clauses 140 and 124: 9.2e-13 for one codeword at a time, 1.7e-12 for two (golden budgets FLR1 to FLR4)
TEST(FrameLossRatio, ReproducesTheStandards) {
    const double codewords = codeword_error_ratio(kKp4, 2.4e-4);
    EXPECT_TRUE(near_relative(frame_loss_ratio(kKp4, 1, codewords, 64), 9.22e-13, 5e-3));
    EXPECT_TRUE(near_relative(frame_loss_ratio(kKp4, 2, codewords, 64), 1.737e-12, 5e-3));
    EXPECT_TRUE(near_relative(frame_loss_ratio(kKp4, 4, codewords, 64), 3.368e-12, 5e-3));
    EXPECT_TRUE(near_relative(frame_loss_ratio(kKr4, 1, codeword_error_ratio(kKr4, 5e-5), 64), 4.974e-10, 5e-3));
}

// Where a 400 Gb/s link starts to lose 4 KiB frames, from the project's optical reference (three digits); margins with
// sensitivity at 2.4e-4 and no noise floor.
TEST(FrameLossRatio, FallsOffACliff) {
    struct {
        double loss, bit_error_ratio, margin_db;
    } const cliff[] = {{1e-6, 5.57e-4, -0.312}, {1e-5, 6.65e-4, -0.383}, {1e-4, 8.02e-4, -0.461},
                       {1e-3, 9.77e-4, -0.546}, {1e-2, 1.21e-3, -0.643}, {1e-1, 1.56e-3, -0.759}};
    const ErrorCurve curve(Modulation::pam4, 2.4e-4, Decibel{1000.0});
    for (const auto& [loss, ratio, margin_db] : cliff) {
        EXPECT_TRUE(near_relative(bit_error_ratio_for_frames(kKp4, 2, loss, 4096), ratio, 5e-3)) << loss;
        EXPECT_TRUE(near_relative(curve.bit_error_ratio(Decibel{margin_db}), ratio, 2e-2)) << loss;
    }
}

TEST(FrameLossRatio, NeverExceedsOne) {
    EXPECT_EQ(frame_loss_ratio(kKp4, 2, 1.0, 9018), 1.0);
    EXPECT_EQ(frame_loss_ratio(kKp4, 2, 0.9, 9018), 1.0);
    EXPECT_EQ(frame_loss_ratio(kKp4, 2, 0.0, 64), 0.0);
}

std::vector<double> numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<double> all;
    for (double number; in >> number;) all.push_back(number);
    return all;
}

// 1e-9 of itself: the oracle's ten printed digits
TEST(StripedCodeword, MatchesTheFullConvolutionFrom1Down) {
    for (const auto& row : ReferenceTable("striped_codeword.csv").rows()) {
        const ReedSolomon code{std::stoi(row.at("length_symbols")), std::stoi(row.at("data_symbols")), 10};
        const double got = striped_codeword_error_ratio(code, numbers(row.at("lane_bit_error_ratios")));
        EXPECT_TRUE(near_relative(got, std::stod(row.at("codeword_error_ratio")), 1e-9))
            << row.at("lane_bit_error_ratios");
    }
}

TEST(StripedCodeword, IsTheSameAsOneLaneWhereLanesAreAlike) {
    for (const double ratio : {1e-12, 1e-6, 1e-4, 5e-4, 1e-3, 3e-3, 1e-2, 0.1})
        for (const std::size_t lanes : {1u, 2u, 4u, 8u, 16u}) {
            const std::vector<double> alike(lanes, ratio);
            EXPECT_TRUE(
                near_relative(striped_codeword_error_ratio(kKp4, alike), codeword_error_ratio(kKp4, ratio), 1e-9))
                << lanes << " lanes at " << ratio;
        }
}

// One lane of four bad: its error ratio, what a code of its own would lose, what the striped code loses; to the two or
// three digits that the project's optical reference gives.
TEST(StripedCodeword, DilutesABadLane) {
    struct {
        double bad, own, striped, relative;
    } const cases[] = {{8.79e-4, 3.53e-5, 1.16e-13, 5e-3},
                       {2.51e-3, 2.80e-1, 3.2e-7, 2e-2},
                       {5.87e-3, 9.99e-1, 4.9e-3, 2e-2},
                       {1.17e-2, 1.0, 0.44, 2e-2}};
    for (const auto& [bad, own, striped, relative] : cases) {
        EXPECT_TRUE(near_relative(codeword_error_ratio(kKp4, bad), own, 5e-3));
        EXPECT_TRUE(
            near_relative(striped_codeword_error_ratio(kKp4, std::vector{bad, 1e-8, 1e-8, 1e-8}), striped, relative));
    }
}

TEST(StripedCodeword, DoesNotCareWhichLaneIsBad) {
    const double first = striped_codeword_error_ratio(kKp4, std::vector{2e-3, 1e-5, 1e-6, 1e-7});
    const double last = striped_codeword_error_ratio(kKp4, std::vector{1e-7, 1e-6, 1e-5, 2e-3});
    EXPECT_TRUE(near_relative(first, last, 1e-12));
}

TEST(StripedCodeword, IsZeroWithoutErrors) {
    EXPECT_EQ(striped_codeword_error_ratio(kKp4, std::vector(4, 0.0)), 0.0);
    EXPECT_EQ(striped_codeword_error_ratio(kKp4, std::vector(4, 1e-30)), 0.0);  // 1e-440: no double
    EXPECT_DOUBLE_EQ(striped_codeword_error_ratio(kKp4, std::vector(4, 0.5)), 1.0);
}

}  // namespace
}  // namespace lightloom
