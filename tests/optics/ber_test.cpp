// Oracles: tests/data/optics/ber_reference.csv and pam4_margin_to_fec.csv (closed forms, six digits).
#include "models/optics/ber.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "models/optics/fec.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};
constexpr Decibel kNoFloor{std::numeric_limits<double>::infinity()};

TEST(NormalTail, MatchesTheReference) {
    for (const auto& row : ReferenceTable("ber_reference.csv").where("quantity", "NRZ_Q"))
        EXPECT_TRUE(near_relative(normal_tail(std::stod(row.at("argument"))), std::stod(row.at("value")), 1e-6));
}

TEST(Pam4, MatchesTheReference) {
    for (const auto& row : ReferenceTable("ber_reference.csv").where("quantity", "PAM4_BER_gray_exact"))
        EXPECT_TRUE(
            near_relative(pam4_bit_error_ratio(std::stod(row.at("argument"))), std::stod(row.at("value")), 1e-6));
}

TEST(Pam4, IsAHalfWithoutASignal) { EXPECT_DOUBLE_EQ(pam4_bit_error_ratio(0.0), 0.5); }

// The table's symbol error ratio counts neighbouring levels only: twice the bit error ratio where errors are rare.
TEST(Pam4, HalfSpacingMatchesTheReference) {
    for (const auto& row : ReferenceTable("ber_reference.csv").where("quantity", "PAM4_Qt_for_SER"))
        EXPECT_TRUE(
            near_relative(pam4_half_spacing(std::stod(row.at("argument")) / 2), std::stod(row.at("value")), 2e-6));
}

TEST(Pam4, HalfSpacingIsTheInverse) {
    for (const double ratio : {0.4, 1e-2, 2.4e-4, 1e-9, 1e-15, 1e-30})
        EXPECT_TRUE(near_relative(pam4_bit_error_ratio(pam4_half_spacing(ratio)), ratio, 1e-12));
}

// Errors grow by x^2 where x is off by its own rounding, so what holds is 1e-5 of the margin, not of the error ratio.
TEST(ErrorCurve, MatchesTheReferenceWithAndWithoutFloor) {
    for (const auto& row : ReferenceTable("pam4_margin_to_fec.csv").rows()) {
        const std::string& floor = row.at("x_floor_20log10_dB");
        const ErrorCurve curve(2.4e-4, floor == "none" ? kNoFloor : Decibel{std::stod(floor)});
        const double ratio = curve.bit_error_ratio({std::stod(row.at("optical_margin_dB_vs_2.4e-4_point"))});
        const double codewords = codeword_error_ratio(kKp4, ratio);
        EXPECT_TRUE(near_relative(ratio, std::stod(row.at("pre_fec_ber")), 3e-4)) << floor;
        EXPECT_TRUE(near_relative(codewords, std::stod(row.at("kp4_codeword_error_ratio")), 5e-3)) << floor;
        EXPECT_TRUE(
            near_relative(frame_loss_ratio(kKp4, 2, codewords, 64), std::stod(row.at("flr_64B_interleave2")), 5e-3))
            << floor;
    }
}

TEST(ErrorCurve, PassesThroughTheSpecifiedPointWhateverTheFloor) {
    for (const double floor_db : {11.0, 14.0, 17.0, 30.0})
        EXPECT_TRUE(near_relative(ErrorCurve(2.4e-4, Decibel{floor_db}).bit_error_ratio({0.0}), 2.4e-4, 1e-12));
}

TEST(ErrorCurve, ApproachesItsFloorAndAHalf) {
    const ErrorCurve curve(2.4e-4, Decibel{17.0});
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({60.0}), pam4_bit_error_ratio(std::pow(10.0, 17.0 / 20)), 1e-6));
    EXPECT_NEAR(curve.bit_error_ratio({-60.0}), 0.5, 1e-5);
    EXPECT_DOUBLE_EQ(curve.bit_error_ratio({-std::numeric_limits<double>::infinity()}), 0.5);
}

TEST(ErrorCurve, LowestFloorIsTheThresholdItself) {
    EXPECT_NEAR(ErrorCurve::noise_floor_limit(2.4e-4).value, 20.0 * std::log10(3.41407), 1e-4);
}

}  // namespace
}  // namespace lightloom
