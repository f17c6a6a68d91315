// Oracles: dynamic programmes over the symbols of a codeword by two other hands, beside Monte Carlo intervals
// (tests/data/README.md); independent errors as the limit of short bursts.
#include "models/optics/fec_burst.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};

// Seven printed digits, from 1e-7 down to 6e-38
TEST(FeedbackBursts, MatchTheExactProgrammeInEveryRow) {
    int rows = 0;
    for (const auto& row : ReferenceTable("fec_burst_reference.csv").rows()) {
        const ErrorChain chain =
            feedback_chain(std::stod(row.at("raw_ber_incl_propagation")),
                           std::stod(row.at("dfe_error_propagation_prob_a")), row.at("precoding_1_1plusD") == "1");
        const int interleave = std::stoi(row.at("symbol_interleave_codewords"));
        const double got = std::pow(10.0, burst_loss(kKp4, chain, interleave).log10_codeword_error_ratio);
        EXPECT_TRUE(near_relative(got, std::stod(row.at("kp4_codeword_error_ratio")), 2e-6)) << "row " << rows;
        EXPECT_TRUE(near_relative(chain.bit_error_ratio(), std::stod(row.at("ber_after_precode_decode")), 1e-6));
        ++rows;
    }
    EXPECT_EQ(rows, 144);
}

ErrorChain chain_of(const ReferenceTable::Row& row) {
    return burst_chain(std::stod(row.at("pre_fec_ber")), std::stod(row.at("mean_burst_bits")),
                       std::stod(row.at("error_density_in_burst")));
}

TEST(BitBursts, MatchTheExactFiguresInEveryRow) {
    int rows = 0;
    for (const char* model : {"run", "gilbert-elliott"})
        for (const auto& row : ReferenceTable("rs_cases.csv").where("error_model", model)) {
            const ReedSolomon code{std::stoi(row.at("n")), std::stoi(row.at("k")), std::stoi(row.at("symbol_bits"))};
            const BurstLoss loss = burst_loss(code, chain_of(row), std::stoi(row.at("interleave_ways")));
            EXPECT_NEAR(loss.log10_codeword_error_ratio, std::stod(row.at("log10_codeword_failure_exact")), 1e-7)
                << row.at("case_id");
            EXPECT_NEAR(loss.log10_symbol_error_ratio_after, std::stod(row.at("log10_post_ser_exact")), 1e-7)
                << row.at("case_id");
            ++rows;
        }
    EXPECT_EQ(rows, 40);
}

// Intervals of 95 %, counted as if the codewords of a group failed independently: of 23 rows, one or two fall outside.
TEST(BitBursts, LieInTheMonteCarloIntervals) {
    int rows = 0, outside = 0;
    for (const char* model : {"run", "gilbert-elliott"})
        for (const auto& row : ReferenceTable("rs_cases.csv").where("error_model", model)) {
            if (row.at("codeword_failure_mc").empty()) continue;
            const ReedSolomon code{std::stoi(row.at("n")), std::stoi(row.at("k")), std::stoi(row.at("symbol_bits"))};
            const double got = std::pow(
                10.0, burst_loss(code, chain_of(row), std::stoi(row.at("interleave_ways"))).log10_codeword_error_ratio);
            const double middle = std::stod(row.at("codeword_failure_mc"));
            const double low = std::stod(row.at("codeword_failure_mc_lo95"));
            const double high = std::stod(row.at("codeword_failure_mc_hi95"));
            EXPECT_GT(got, middle - 2.0 * (middle - low)) << row.at("case_id");
            EXPECT_LT(got, middle + 2.0 * (high - middle)) << row.at("case_id");
            outside += got < low || got > high;
            ++rows;
        }
    EXPECT_EQ(rows, 23);
    EXPECT_LE(outside, 3);
}

// A chain that forgets its state at once is the binomial.
TEST(BitBursts, OfIndependentBitsAreTheBinomial) {
    for (const double ratio : {1e-9, 1e-6, 2.4e-4, 2e-3, 2e-2})
        for (const int interleave : {1, 4}) {
            const BurstLoss loss = burst_loss(kKp4, burst_chain(ratio, 1.0 / (1.0 - ratio), 1.0), interleave);
            EXPECT_NEAR(loss.log10_codeword_error_ratio, log10_codeword_error_ratio(kKp4, ratio), 1e-9) << ratio;
        }
}

TEST(BitBursts, ReachBelowEveryDoubleAndUpToOne) {
    const double low = burst_loss(kKp4, feedback_chain(1e-27, 0.0, false), 4).log10_codeword_error_ratio;
    EXPECT_LT(low, -350.0);
    EXPECT_GT(low, -500.0);
    EXPECT_NEAR(burst_loss(kKp4, feedback_chain(0.2, 0.5, false), 1).log10_codeword_error_ratio, 0.0, 1e-9);
    const BurstLoss never = burst_loss(kKp4, feedback_chain(0.0, 0.5, true), 2);
    EXPECT_TRUE(std::isinf(never.log10_codeword_error_ratio) && never.log10_codeword_error_ratio < 0.0);
}

// What the reference's author draws from the table: precoding pays for long bursts and costs for short ones.
TEST(FeedbackBursts, PrecodingHelpsLongBurstsOnly) {
    const auto lost = [](double propagation, bool precoded) {
        return burst_loss(kKp4, feedback_chain(3e-4, propagation, precoded), 1).log10_codeword_error_ratio;
    };
    EXPECT_LT(lost(0.75, true), lost(0.75, false));
    EXPECT_GT(lost(0.5, true), lost(0.5, false));
    EXPECT_GT(lost(0.0, true), lost(0.0, false));
}

TEST(FeedbackBursts, MoreInterleavingNeverHurts) {
    for (const double propagation : {0.25, 0.5, 0.75}) {
        double before = 0.0;
        for (const int interleave : {1, 2, 4, 8}) {
            const double now =
                burst_loss(kKp4, feedback_chain(1e-4, propagation, false), interleave).log10_codeword_error_ratio;
            EXPECT_LE(now, before + 1e-9);
            before = now;
        }
    }
}

}  // namespace
}  // namespace lightloom
