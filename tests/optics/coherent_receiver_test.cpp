// Oracles: tests/data/optics/coherent_ber_cases.csv (closed form beside a Monte-Carlo count), the coherent rows of
// ber_reference.csv, the rows ZR1 and ZR2 of link_budget_golden.csv.
#include "models/optics/coherent_receiver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "models/optics/coherent_line.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

// OIF-400ZR-01.0
CoherentReceiver zr400() {
    return {.modulation = Modulation::dp_16qam,
            .baud_gbd = 59.84375,
            .fec_threshold_ber = 1.25e-2,
            .required_osnr = {26.0},
            .rx_power_min = {-20.0},
            .osnr_at_rx_power_min = {34.0},
            .dispersion_ps_per_nm = {2400.0, {0.0}},
            .pmd_ps = {10.0, {0.5}},
            .rx_power_at_required_osnr = {-12.0}};
}

// The theory's column has seven digits; the counts' intervals hold 95 of 100 rows, so they are widened by a fifth.
TEST(CoherentBitErrorRatio, MeetsTheoryAndMonteCarlo) {
    int rows = 0;
    for (const auto& row : ReferenceTable("coherent_ber_cases.csv").rows()) {
        ++rows;
        const auto number = [&](const char* column) { return std::stod(row.at(column)); };
        const bool qpsk = row.at("format") == "DP-QPSK";
        ASSERT_TRUE(qpsk || row.at("format") == "DP-16QAM");
        const double floor_db = row.at("snr_trx_db") == "none" ? kNone : number("snr_trx_db");
        const Decibel light = snr_from_osnr({number("osnr_12p5ghz_db")}, number("baud_gbd"));
        const double snr = 1.0 / (1.0 / light.linear() + 1.0 / Decibel{floor_db}.linear());
        EXPECT_NEAR(10.0 * std::log10(snr), number("snr_total_db"), 1e-6);

        const double ratio = coherent_bit_error_ratio(qpsk ? Modulation::dp_qpsk : Modulation::dp_16qam, snr);
        EXPECT_TRUE(near_relative(ratio, number("ber_theory"), 1e-6)) << row.at("case_id");
        const double counted = number("ber_mc");
        EXPECT_GE(ratio, counted - 1.2 * (counted - number("ber_mc_lo95"))) << row.at("case_id");
        EXPECT_LE(ratio, counted + 1.2 * (number("ber_mc_hi95") - counted)) << row.at("case_id");
    }
    EXPECT_EQ(rows, 18);
}

TEST(CoherentBitErrorRatio, MeetsTheReferenceOfQpsk) {
    const auto rows = ReferenceTable("ber_reference.csv").where("quantity", "QPSK_BER");
    for (const auto& row : rows)
        EXPECT_TRUE(near_relative(
            coherent_bit_error_ratio(Modulation::dp_qpsk, Decibel{std::stod(row.at("argument"))}.linear()),
            std::stod(row.at("value")), 1e-6));
    EXPECT_EQ(rows.size(), 19u);
}

// These rows keep the first term of the exact form only. The rest is positive, 1.4 % at 6 dB, and gone at 12 dB.
TEST(CoherentBitErrorRatio, MeetsTheReferenceOf16Qam) {
    const auto rows = ReferenceTable("ber_reference.csv").where("quantity", "16QAM_BER");
    for (const auto& row : rows) {
        const double snr_db = std::stod(row.at("argument")), first_term = std::stod(row.at("value"));
        const double ratio = coherent_bit_error_ratio(Modulation::dp_16qam, Decibel{snr_db}.linear());
        EXPECT_TRUE(near_relative(ratio, first_term, snr_db < 12.0 ? 0.014 : 2e-6)) << snr_db;
        EXPECT_GE(ratio, first_term * (1.0 - 1e-6)) << snr_db;
    }
    EXPECT_EQ(rows.size(), 19u);
}

TEST(CoherentBitErrorRatio, IsAHalfWithoutASignalAndFallsWithSnr) {
    for (const Modulation modulation : {Modulation::dp_qpsk, Modulation::dp_16qam}) {
        EXPECT_DOUBLE_EQ(coherent_bit_error_ratio(modulation, 0.0), 0.5);
        for (double snr_db = -20.0; snr_db < 24.0; snr_db += 0.25)
            EXPECT_GT(coherent_bit_error_ratio(modulation, Decibel{snr_db}.linear()),
                      coherent_bit_error_ratio(modulation, Decibel{snr_db + 0.25}.linear()));
    }
}

TEST(RequiredSnr, MeetsTheReference) {
    const std::map<std::string, double> baud_gbd = {{"400ZR DP-16QAM cFEC", 59.84375},
                                                    {"OpenZR+ 400G DP-16QAM oFEC", 60.1385},
                                                    {"OpenZR+ 200G DP-QPSK oFEC", 60.1385},
                                                    {"OpenZR+ 100G DP-QPSK oFEC", 60.1385 / 2},
                                                    {"800ZR DP-16QAM oFEC", 118.203}};
    int rows = 0;
    for (const char* quantity : {"theory_required_SNR_dB", "theory_required_OSNR_dB_0.1nm"})
        for (const auto& row : ReferenceTable("ber_reference.csv").where("quantity", quantity)) {
            ++rows;
            const std::string& mode = row.at("argument_name");
            const bool qpsk = mode.find("QPSK") != std::string::npos;
            const Decibel snr =
                required_snr(qpsk ? Modulation::dp_qpsk : Modulation::dp_16qam, std::stod(row.at("argument")));
            const bool osnr = std::string(quantity).find("OSNR") != std::string::npos;
            const Decibel got = osnr ? osnr_from_snr(snr, baud_gbd.at(mode)) : snr;
            EXPECT_NEAR(got.value, std::stod(row.at("value")), 1e-4) << mode;
        }
    EXPECT_EQ(rows, 10);
}

TEST(RequiredSnr, IsTheInverse) {
    for (const Modulation modulation : {Modulation::dp_qpsk, Modulation::dp_16qam})
        for (const double ratio : {0.4, 2e-2, 1.25e-2, 1e-4, 1e-9, 1e-15, 1e-30})
            EXPECT_TRUE(near_relative(coherent_bit_error_ratio(modulation, required_snr(modulation, ratio).linear()),
                                      ratio, 1e-9));
}

TEST(CoherentCurve, MeetsTheGoldenRowsOf400Zr) {
    const CoherentReceiver receiver = zr400();
    const auto theory = ReferenceTable("link_budget_golden.csv").where("id", "ZR2").at(0);
    EXPECT_EQ(theory.at("expected"), "theory OSNR 20.35 dB; spec 26 dB -> 5.65 dB implementation+EOL");
    const Decibel ideal = osnr_from_snr(required_snr(receiver.modulation, 1.25e-2), receiver.baud_gbd);
    EXPECT_NEAR(ideal.value, 20.35, std::stod(theory.at("tolerance")));
    EXPECT_NEAR((receiver.required_osnr - ideal).value, 5.65, std::stod(theory.at("tolerance")));

    // 10 to 11 dB from transmitters of -10 to -9 dBm, the book's figure 11
    const auto budget = ReferenceTable("link_budget_golden.csv").where("id", "ZR1").at(0);
    EXPECT_EQ(budget.at("expected"), "loss budget 10-11 dB (book: 11)");
    const PowerDbm sensitivity = CoherentCurve(receiver).sensitivity({34.0});
    EXPECT_NEAR((PowerDbm{-9.0} - sensitivity).value, 11.0, std::stod(budget.at("tolerance")));
    EXPECT_NEAR((PowerDbm{-10.0} - sensitivity).value, 10.0, std::stod(budget.at("tolerance")));
}

TEST(CoherentCurve, PassesThroughBothSpecifiedPoints) {
    const CoherentCurve curve(zr400());
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({26.0}, {-12.0}, 0.0, 0.0), 1.25e-2, 1e-9));
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({34.0}, {-20.0}, 0.0, 0.0), 1.25e-2, 1e-9));
    EXPECT_NEAR(curve.required_osnr({-12.0}).value, 26.0, 1e-9);
    EXPECT_NEAR(curve.sensitivity({34.0}).value, -20.0, 1e-9);

    CoherentReceiver in_plenty = zr400();
    in_plenty.rx_power_at_required_osnr = {kNone};
    const CoherentCurve other(in_plenty);
    EXPECT_TRUE(near_relative(other.bit_error_ratio({26.0}, {kNone}, 0.0, 0.0), 1.25e-2, 1e-9));
    EXPECT_TRUE(near_relative(other.bit_error_ratio({34.0}, {-20.0}, 0.0, 0.0), 1.25e-2, 1e-9));
}

// 1/13.549 dB less 1/19.199 dB leaves 14.93 dB; what noise of the detector there is at -12 dBm makes it 15.20 dB.
TEST(CoherentCurve, FindsTheFloorBehindTheSpecification) {
    EXPECT_NEAR(CoherentCurve(zr400()).noise_floor().value, 15.20, 0.01);
    CoherentReceiver in_plenty = zr400();
    in_plenty.rx_power_at_required_osnr = {kNone};
    EXPECT_NEAR(CoherentCurve(in_plenty).noise_floor().value, 14.93, 0.01);
}

TEST(CoherentCurve, GrowsWorseWithLessPowerLessOsnrMoreDispersion) {
    const CoherentCurve curve(zr400());
    for (double power_dbm = -30.0; power_dbm < 0.0; power_dbm += 1.0)
        for (double osnr_db = 15.0; osnr_db < 45.0; osnr_db += 1.0) {
            const double here = curve.bit_error_ratio({osnr_db}, {power_dbm}, 0.0, 5.0);
            EXPECT_GT(here, curve.bit_error_ratio({osnr_db + 1.0}, {power_dbm}, 0.0, 5.0));
            EXPECT_GT(here, curve.bit_error_ratio({osnr_db}, {power_dbm + 1.0}, 0.0, 5.0));
            EXPECT_LT(here, curve.bit_error_ratio({osnr_db}, {power_dbm}, 0.0, 6.0));
        }
    const double floor = coherent_bit_error_ratio(Modulation::dp_16qam, curve.noise_floor().linear());
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({kNone}, {kNone}, 0.0, 0.0), floor, 1e-9));
    EXPECT_DOUBLE_EQ(curve.bit_error_ratio({kNone}, {-kNone}, 0.0, 0.0), 0.5);
}

TEST(CoherentCurve, HasNoOsnrAtWhichItHearsNothing) {
    const CoherentCurve curve(zr400());
    EXPECT_EQ(curve.required_osnr({-24.0}).value, kNone);
    EXPECT_EQ(curve.sensitivity({25.0}).value, kNone);
}

// The penalty is what it costs in OSNR: with power in plenty, 0.5 dB more of it undoes 10 ps.
TEST(CoherentCurve, PaysForPmdInOsnr) {
    const CoherentCurve curve(zr400());
    EXPECT_DOUBLE_EQ(curve.penalty(2400.0, 10.0).value, 0.5);
    EXPECT_DOUBLE_EQ(curve.penalty(-1200.0, 5.0).value, 0.125);
    EXPECT_DOUBLE_EQ(curve.penalty(0.0, 0.0).value, 0.0);
    EXPECT_TRUE(near_relative(curve.bit_error_ratio({26.5}, {kNone}, 2400.0, 10.0),
                              curve.bit_error_ratio({26.0}, {kNone}, 0.0, 0.0), 1e-9));
}

// Up to the optimum amplifiers' noise rules, beyond it interference; in the closed form the latter is half the former
// at the optimum (GSNR of P / (A + N P^3) is highest where N P^3 = A / 2).
TEST(CoherentCurve, HasABestLaunchPower) {
    const LineSpan span{.connector_in = {0.5},
                        .padding = {0.0},
                        .length = {80e3},
                        .fibre = {.attenuation_db_per_km = 0.2,
                                  .dispersion_ps_per_nm_km = 16.7,
                                  .effective_area_um2 = 83.0,
                                  .pmd_ps_per_sqrt_km = 0.04},
                        .connector_out = {0.5},
                        .amplifier = LineAmplifier{Decibel{17.0}, Decibel{5.0}}};
    const CoherentLine line{.mux_loss = {0.0}, .booster = {}, .spans = {span}, .demux_loss = {0.0}};
    const ChannelGrid grid{.first_thz = 191.375, .spacing_ghz = 75.0, .channels = 64, .baud_gbd = 59.84375};
    const NliEfficiency efficiency(line, grid);
    const CoherentCurve curve(zr400());

    std::vector<double> ratio, nli_over_ase;
    for (int step = 0; step <= 200; ++step) {
        const double launch_dbm = -10.0 + 0.1 * step;
        const Comb comb{.grid = grid, .tx_power = std::vector<PowerDbm>(64, {launch_dbm}), .tx_osnr = {kNone}};
        const LineOutcome outcome = propagate(line, comb, efficiency);
        ratio.push_back(curve.bit_error_ratio(outcome.gsnr(32, NoiseBand::tenth_nm), {kNone},
                                              outcome.dispersion_ps_per_nm, outcome.pmd_ps));
        nli_over_ase.push_back(outcome.nli_w(32) / outcome.ase_w(32));
    }
    const auto best = std::min_element(ratio.begin(), ratio.end());
    ASSERT_GT(best - ratio.begin(), 20);
    ASSERT_LT(best - ratio.begin(), 180);
    EXPECT_TRUE(std::is_sorted(best, ratio.end()));
    EXPECT_TRUE(std::is_sorted(ratio.begin(), best + 1, std::greater<>()));
    EXPECT_NEAR(nli_over_ase[static_cast<std::size_t>(best - ratio.begin())], 0.5, 0.05);
}

template <class Change>
void expect_refused(Change change, const std::string& figure) {
    CoherentReceiver receiver = zr400();
    change(receiver);
    try {
        const CoherentCurve curve(receiver);
        ADD_FAILURE() << "accepted " << figure;
    } catch (const CatalogueError& error) {
        EXPECT_NE(std::string(error.what()).find(figure), std::string::npos) << error.what();
    }
}

TEST(CoherentCurve, RefusesWhatNoReceiverIs) {
    expect_refused([](auto& r) { r.modulation = Modulation::pam4; }, "DP-QPSK");
    expect_refused([](auto& r) { r.baud_gbd = 0.0; }, "0 GBd");
    expect_refused([](auto& r) { r.fec_threshold_ber = 0.5; }, "0.5");
    expect_refused([](auto& r) { r.required_osnr = {20.0}; }, "20.35 dB");
    expect_refused([](auto& r) { r.osnr_at_rx_power_min = {25.0}; }, "25 dB");
    expect_refused([](auto& r) { r.rx_power_min = {-kNone}; }, "-inf dBm");
    expect_refused([](auto& r) { r.rx_power_at_required_osnr = {-20.0}; }, "-20 dBm");
    expect_refused([](auto& r) { r.pmd_ps = {-1.0, {0.5}}; }, "-1 ps");
    expect_refused([](auto& r) { r.dispersion_ps_per_nm = {2400.0, {-0.5}}; }, "-0.5 dB");
}

TEST(CoherentCurve, RefusesMoreThanItTolerates) {
    const CoherentCurve curve(zr400());
    EXPECT_THROW(curve.bit_error_ratio({34.0}, {-10.0}, 2401.0, 0.0), CatalogueError);
    EXPECT_THROW(curve.bit_error_ratio({34.0}, {-10.0}, -2401.0, 0.0), CatalogueError);
    EXPECT_THROW(curve.bit_error_ratio({34.0}, {-10.0}, 0.0, 10.1), CatalogueError);
    EXPECT_THROW(curve.penalty(NAN, 0.0), CatalogueError);
}

}  // namespace
}  // namespace lightloom
