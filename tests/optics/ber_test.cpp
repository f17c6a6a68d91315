// Oracles: tests/data/optics/ber_reference.csv and pam4_margin_to_fec.csv (closed forms, six digits).
#include "models/optics/ber.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/optics/fec.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};
constexpr Decibel kNoFloor{std::numeric_limits<double>::infinity()};

using Row = ReferenceTable::Row;

double number(const Row& row, const char* column) { return std::stod(row.at(column)); }

TEST(Nrz, MatchesTheReference) {
    int checked = 0;
    for (const Row& row : ReferenceTable("ber_reference.csv").where("quantity", "NRZ_Q")) {
        const double q = number(row, "argument"), ratio = number(row, "value");
        EXPECT_TRUE(near_relative(normal_tail(q), ratio, 1e-6));
        EXPECT_TRUE(near_relative(bit_error_ratio(Modulation::nrz, q), ratio, 1e-6));
        EXPECT_TRUE(near_relative(half_spacing(Modulation::nrz, ratio), q, 1e-6));
        ++checked;
    }
    EXPECT_EQ(checked, 16);
}

TEST(Nrz, NeedsAQFactorOf7ForOneErrorIn1e12) { EXPECT_NEAR(half_spacing(Modulation::nrz, 1e-12), 7.034, 5e-4); }

TEST(Pam4, MatchesTheReference) {
    int checked = 0;
    for (const Row& row : ReferenceTable("ber_reference.csv").where("quantity", "PAM4_BER_gray_exact")) {
        const double x = number(row, "argument"), ratio = number(row, "value");
        EXPECT_TRUE(near_relative(bit_error_ratio(Modulation::pam4, x), ratio, 1e-6));
        EXPECT_TRUE(near_relative(half_spacing(Modulation::pam4, ratio), x, 1e-6));
        ++checked;
    }
    EXPECT_EQ(checked, 13);
}

// The table's approximation is from below: 3/4 Q(x), which the far levels add to.
TEST(Pam4, IsAboveItsNearestLevelsAlone) {
    const ReferenceTable table("ber_reference.csv");
    int checked = 0;
    for (const char* quantity : {"PAM4_BER_gray_approx", "PAM4_SER"})
        for (const Row& row : table.where("quantity", quantity)) {
            const double x = number(row, "argument"), value = number(row, "value");
            const double errors_per_tail = quantity == std::string("PAM4_SER") ? 1.5 : 0.75;
            EXPECT_TRUE(near_relative(errors_per_tail * normal_tail(x), value, 1e-6));
            EXPECT_GE(pam4_bit_error_ratio(x), (1.0 - 1e-6) * 0.75 * value / errors_per_tail);
            ++checked;
        }
    EXPECT_EQ(checked, 26);
}

// Oracle: the formula with all of its terms.
TEST(Pam4, LeavesOutOnlyWhatRoundingHides) {
    for (double x = 0.0; x < 37.0; x += 0.001) {
        const auto tail = [](double y) { return 0.5 * std::erfc(y / std::sqrt(2.0)); };
        const double exact = (3.0 * tail(x) + 2.0 * tail(3.0 * x) - tail(5.0 * x)) / 4.0;
        ASSERT_TRUE(near_relative(pam4_bit_error_ratio(x), exact, 1e-12)) << x;
    }
}

TEST(Pam4, IsAHalfWithoutASignal) { EXPECT_DOUBLE_EQ(pam4_bit_error_ratio(0.0), 0.5); }

// The table's symbol error ratio counts neighbouring levels only: twice the bit error ratio where errors are rare.
TEST(Pam4, HalfSpacingMatchesTheReference) {
    int checked = 0;
    for (const Row& row : ReferenceTable("ber_reference.csv").where("quantity", "PAM4_Qt_for_SER")) {
        EXPECT_TRUE(near_relative(pam4_half_spacing(number(row, "argument") / 2), number(row, "value"), 2e-6));
        ++checked;
    }
    EXPECT_EQ(checked, 5);
}

// Qt of the two corrections in front of which PAM4 works: RS(544,514) alone, and with the inner code of 802.3dj
TEST(Pam4, HalfSpacingAtTheThresholdsOfTheCodes) {
    EXPECT_NEAR(pam4_half_spacing(4.8e-4 / 2), 3.41407, 5e-6);
    EXPECT_NEAR(pam4_half_spacing(9.7e-3 / 2), 2.486, 5e-4);
}

TEST(BitErrorRatio, HalfSpacingIsTheInverse) {
    for (const Modulation modulation : {Modulation::nrz, Modulation::pam4})
        for (const double ratio :
             {0.4999999, 0.49, 0.4, 0.3, 0.2, 0.1, 1e-2, 4.85e-3, 2.4e-4, 1e-9, 1e-15, 1e-30, 1e-100, 1e-300})
            EXPECT_TRUE(near_relative(bit_error_ratio(modulation, half_spacing(modulation, ratio)), ratio, 1e-12));
}

// Errors grow by x^2 where x is off by its own rounding, so what holds is 1e-5 of the margin, not of the error ratio.
TEST(ErrorCurve, MatchesTheReferenceWithAndWithoutFloor) {
    int checked = 0;
    for (const Row& row : ReferenceTable("pam4_margin_to_fec.csv").rows()) {
        const std::string& floor = row.at("x_floor_20log10_dB");
        const ErrorCurve curve(Modulation::pam4, 2.4e-4, floor == "none" ? kNoFloor : Decibel{std::stod(floor)});
        const double margin_db = number(row, "optical_margin_dB_vs_2.4e-4_point");
        const double ratio = curve.bit_error_ratio({margin_db});
        const double codewords = codeword_error_ratio(kKp4, ratio);
        EXPECT_TRUE(near_relative(ratio, number(row, "pre_fec_ber"), 3e-4)) << floor;
        EXPECT_NEAR(curve.margin_at(number(row, "pre_fec_ber")).value, margin_db, 1e-4) << floor;
        EXPECT_TRUE(near_relative(codewords, number(row, "kp4_codeword_error_ratio"), 5e-3)) << floor;
        EXPECT_TRUE(near_relative(frame_loss_ratio(kKp4, 2, codewords, 64), number(row, "flr_64B_interleave2"), 5e-3))
            << floor;
        ++checked;
    }
    EXPECT_EQ(checked, 45);
}

TEST(ErrorCurve, PassesThroughTheSpecifiedPointWhateverTheFloor) {
    for (const double floor_db : {11.0, 14.0, 17.0, 30.0, kNoFloor.value}) {
        const ErrorCurve pam4(Modulation::pam4, 2.4e-4, Decibel{floor_db});
        EXPECT_TRUE(near_relative(pam4.bit_error_ratio({0.0}), 2.4e-4, 1e-12));
        EXPECT_NEAR(pam4.margin_at(2.4e-4).value, 0.0, 1e-12);
        const ErrorCurve nrz(Modulation::nrz, 5e-5, Decibel{floor_db + 2.0});
        EXPECT_TRUE(near_relative(nrz.bit_error_ratio({0.0}), 5e-5, 1e-12));
    }
}

TEST(ErrorCurve, ApproachesItsFloorAndAHalf) {
    const ErrorCurve curve(Modulation::pam4, 2.4e-4, Decibel{17.0});
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({60.0}), pam4_bit_error_ratio(std::pow(10.0, 17.0 / 20)), 1e-6));
    EXPECT_NEAR(curve.bit_error_ratio({-60.0}), 0.5, 1e-5);
    EXPECT_DOUBLE_EQ(curve.bit_error_ratio({-std::numeric_limits<double>::infinity()}), 0.5);
}

TEST(ErrorCurve, LowestFloorIsTheThresholdItself) {
    EXPECT_NEAR(ErrorCurve::noise_floor_limit(Modulation::pam4, 2.4e-4).value, 20.0 * std::log10(3.41407), 1e-4);
    EXPECT_NEAR(ErrorCurve::noise_floor_limit(Modulation::nrz, 1e-12).value, 20.0 * std::log10(7.034), 1e-3);
}

TEST(ErrorCurve, MarginAtUndoesBitErrorRatio) {
    for (const double floor_db : {13.0, 17.0, kNoFloor.value})
        for (const double extra : {0.0, 0.01, 0.03})
            for (double margin_db = -4.0; margin_db <= 2.0; margin_db += 0.25) {
                const ErrorCurve curve(Modulation::pam4, 2.4e-4, Decibel{floor_db});
                const double ratio = curve.bit_error_ratio({margin_db}, extra);
                EXPECT_NEAR(curve.margin_at(ratio, extra).value, margin_db, 1e-9);
            }
}

TEST(ErrorCurve, NoMarginReachesWhatLiesBelowTheFloor) {
    const ErrorCurve curve(Modulation::pam4, 2.4e-4, Decibel{13.0});
    const double floor_ratio = pam4_bit_error_ratio(std::pow(10.0, 13.0 / 20.0));
    EXPECT_TRUE(std::isfinite(curve.margin_at(1.001 * floor_ratio).value));
    EXPECT_TRUE(std::isinf(curve.margin_at(0.999 * floor_ratio).value));
    EXPECT_TRUE(std::isinf(curve.margin_at(1.001 * floor_ratio, 1e-3).value));
}

// Noise of a host and noise of the floor are one noise to the slicer; only the specified point tells them apart.
TEST(ErrorCurve, ExtraNoiseAddsAsTheFloorDoes) {
    const ErrorCurve none(Modulation::pam4, 2.4e-4, kNoFloor);
    for (const double x_host : {4.0, 7.0, 12.0})
        for (const double margin_db : {-1.0, 0.0, 2.0}) {
            const double x_module = pam4_half_spacing(none.bit_error_ratio({margin_db}));
            const double x = 1.0 / std::sqrt(1.0 / (x_module * x_module) + 1.0 / (x_host * x_host));
            EXPECT_TRUE(near_relative(none.bit_error_ratio({margin_db}, 1.0 / (x_host * x_host)),
                                      pam4_bit_error_ratio(x), 1e-9));
        }
}

// Oracle: by hand, sqrt(10^-13.6 x 26.56e9) = 2.6 % of the outer amplitude, which is 1/6.45 of half a level spacing.
TEST(NoiseFloorOfRin, MatchesTheWorkedExample) {
    const Decibel pam4 = noise_floor_of_rin(Modulation::pam4, -136.0, 26.56);
    EXPECT_NEAR(std::pow(10.0, pam4.value / 20.0), 6.45, 5e-3);
    const Decibel nrz = noise_floor_of_rin(Modulation::nrz, -136.0, 26.56);
    EXPECT_NEAR((nrz - pam4).value, 20.0 * std::log10(3.0), 1e-12);
}

}  // namespace
}  // namespace lightloom
