// Oracles: tests/data/optics/dispersion_reference.csv (closed form, four decimals), IEC 60793-2-10 and G.691 figures,
// the IEEE 10GbE link model's fit, numerical integration, and the dispersion, loss and delay rows of
// link_budget_golden.csv.
#include "models/optics/dispersion.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/optics/channel_loss.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr WavelengthRange kG652Zero{1300.0, 1324.0};
constexpr double kG652Slope = 0.092;
constexpr double kPam4Baud = 53.125;

// 850 nm light of 0.6 nm width in OM4, dispersion as the fibre's zero (1316 nm) and slope (0.101) give it
MultimodeLight om4() { return {4700.0, fibre_dispersion_ps_nm_km(850.0, 1316.0, 0.101), 0.6}; }

TEST(FibreDispersion, MatchesTheReference) {
    int rows = 0;
    for (const auto& row : ReferenceTable("dispersion_reference.csv").rows()) {
        const double nm = std::stod(row.at("wavelength_nm"));
        const DispersionRange range = fibre_dispersion(kG652Slope, kG652Zero, {nm, nm});
        EXPECT_NEAR(range.least, std::stod(row.at("D_min_ps_nm_km(lambda0=1324,S0=0.092)")), 5.1e-5) << nm;
        EXPECT_NEAR(range.most, std::stod(row.at("D_max_ps_nm_km(lambda0=1300,S0=0.092)")), 5.1e-5) << nm;
        EXPECT_NEAR(fibre_dispersion(0.090, kG652Zero, {nm, nm}).typical,
                    std::stod(row.at("D_typ(lambda0=1312,S0=0.090)")), 5.1e-5)
            << nm;
        ++rows;
    }
    EXPECT_EQ(rows, 22);
}

// Any wavelength of the window with any fibre of the range lies between the extremes, and the extremes are reached.
TEST(FibreDispersion, OfAWindowHoldsEveryWavelengthAndFibre) {
    const WavelengthRange window{1324.5, 1337.5};
    const DispersionRange range = fibre_dispersion(kG652Slope, kG652Zero, window);
    double least = 1e9, most = -1e9;
    for (double nm = window.least_nm; nm <= window.most_nm; nm += 0.5)
        for (double zero = kG652Zero.least_nm; zero <= kG652Zero.most_nm; zero += 0.5) {
            least = std::min(least, fibre_dispersion_ps_nm_km(nm, zero, kG652Slope));
            most = std::max(most, fibre_dispersion_ps_nm_km(nm, zero, kG652Slope));
        }
    EXPECT_EQ(range.least, least);
    EXPECT_EQ(range.most, most);
    EXPECT_GT(range.typical, range.least);
    EXPECT_LT(range.typical, range.most);
    EXPECT_EQ(range.worst(), range.most);
    const DispersionRange blue = fibre_dispersion(kG652Slope, kG652Zero, {1264.5, 1277.5});
    EXPECT_EQ(blue.worst(), -blue.least);
}

TEST(FibreDispersion, IsZeroAtItsZero) { EXPECT_EQ(fibre_dispersion_ps_nm_km(1310.0, 1310.0, 0.09), 0.0); }

// GN1 of the golden budgets: 80 km of 16.7 ps/(nm km)
TEST(FibreDispersion, AccumulatesWithLength) {
    EXPECT_NEAR(accumulated_dispersion_ps_nm(16.7, Metres{80e3}), 1336.0, 1e-9);
}

// The design reference's section 4: CWDM4 at 53.125 GBd over 2 km (11.9 ps/nm) and 10 km (59 ps/nm)
TEST(DispersionPenalty, OfCwdmOverTwoAndTenKilometres) {
    const double d = fibre_dispersion(kG652Slope, kG652Zero, {1264.5, 1277.5}).worst();
    const double two = dispersion_eta(d, Metres{2000.0}, 1264.5, kPam4Baud);
    const double ten = dispersion_eta(d, Metres{10'000.0}, 1264.5, kPam4Baud);
    EXPECT_NEAR(two, 0.18, 0.005);
    EXPECT_NEAR(ten, 0.90, 0.02);
    EXPECT_NEAR(dispersion_excess_penalty_db(two, 0.0), 0.16, 0.01);
    EXPECT_NEAR(dispersion_excess_penalty_db(ten, 0.0), 4.0, 0.1);
    EXPECT_TRUE(near_relative(dispersion_eta(d, Metres{2000.0}, 1264.5, 2.0 * kPam4Baud), 4.0 * two, 1e-12));
    EXPECT_EQ(dispersion_eta(-d, Metres{2000.0}, 1264.5, kPam4Baud), two);
}

TEST(DispersionPenalty, OfWhatTdecqHoldsIsNotCountedAgain) {
    EXPECT_EQ(dispersion_excess_penalty_db(0.3, 0.3), 0.0);
    EXPECT_EQ(dispersion_excess_penalty_db(0.2, 0.3), 0.0);
    EXPECT_NEAR(dispersion_excess_penalty_db(0.4, 0.3), 5.0 * (0.16 - 0.09), 1e-12);
    EXPECT_NEAR(dispersion_excess_penalty_db(0.4, 0.3, 2.0), 2.0 * (0.16 - 0.09), 1e-12);
}

TEST(MultimodeBandwidth, AddsModesAndColoursAsInverseSquares) {
    const MultimodeLight modes{4700.0, 0.0, 0.6}, colours{1e12, om4().dispersion_ps_nm_km, 0.6};
    const Metres length{100.0};
    EXPECT_NEAR(om4().dispersion_ps_nm_km, -102.0, 0.5);
    EXPECT_NEAR(multimode_bandwidth_ghz(modes, length), 47.0, 1e-9);
    const double f_cd = 0.187 / (0.1 * 101.9 * 0.6) * 1e3;
    EXPECT_NEAR(multimode_bandwidth_ghz(colours, length), f_cd, 0.05);
    EXPECT_NEAR(multimode_bandwidth_ghz(om4(), length), 1.0 / std::hypot(1.0 / 47.0, 1.0 / f_cd), 0.05);
    EXPECT_TRUE(std::isinf(multimode_bandwidth_ghz(om4(), Metres{0.0})));
}

TEST(MultimodeBandwidth, OfWidebandFibreFallsBetweenItsTwoPoints) {
    EXPECT_EQ(wideband_modal_bandwidth_mhz_km(850.0, 4700.0, 2470.0), 4700.0);
    EXPECT_EQ(wideband_modal_bandwidth_mhz_km(953.0, 4700.0, 2470.0), 2470.0);
    EXPECT_NEAR(wideband_modal_bandwidth_mhz_km(901.5, 4700.0, 2470.0), 3585.0, 1e-9);
    EXPECT_EQ(wideband_modal_bandwidth_mhz_km(840.0, 4700.0, 2470.0), 4700.0);
    EXPECT_EQ(wideband_modal_bandwidth_mhz_km(960.0, 4700.0, 2470.0), 2470.0);
}

// The 10GbE link model (IEEE 802.3ae): penalty 10 log10(1 / (1 - 1.425 exp(-1.28 (T / Tc)^2))), Tc the channel's 10 to
// 90 % time; a Gaussian's is 2.563 standard deviations, and those are 0.18739 / f.
TEST(BandwidthPenalty, OfNrzIsTheLinkModels) {
    for (const double symbols_per_rise : {0.9, 1.0, 1.2, 1.5}) {
        const double rise_ps = 40.0 / symbols_per_rise, f_ghz = 0.18739 * 2.563 / rise_ps * 1e3;
        const double fit_db = -10.0 * std::log10(1.0 - 1.425 * std::exp(-1.28 * symbols_per_rise * symbols_per_rise));
        EXPECT_NEAR(bandwidth_penalty_db(f_ghz, 25.0, Modulation::nrz), fit_db, 0.15);
    }
    EXPECT_TRUE(std::isinf(bandwidth_penalty_db(5.0, 25.0, Modulation::nrz)));
}

TEST(BandwidthPenalty, OfPam4IsTheNoiseOfTheInverseFilter) {
    for (const double f_ghz : {10.0, 25.0, 60.0}) {
        double sum = 0.0;
        constexpr int kSteps = 20'000;
        for (int n = 0; n < kSteps; ++n) {
            const double f = (n + 0.5) / kSteps * 0.5 * kPam4Baud;
            sum += std::pow(4.0, f / f_ghz * f / f_ghz) / kSteps;
        }
        EXPECT_NEAR(bandwidth_penalty_db(f_ghz, kPam4Baud, Modulation::pam4), 5.0 * std::log10(sum), 1e-6) << f_ghz;
    }
    EXPECT_EQ(bandwidth_penalty_db(std::numeric_limits<double>::infinity(), kPam4Baud, Modulation::pam4), 0.0);
    EXPECT_TRUE(std::isinf(bandwidth_penalty_db(1.0, kPam4Baud, Modulation::pam4)));
}

TEST(MultimodePenalty, StartsAtTheReachAndGrows) {
    const Metres reach{100.0};
    for (const Modulation modulation : {Modulation::nrz, Modulation::pam4}) {
        EXPECT_EQ(multimode_excess_penalty_db(om4(), Metres{50.0}, reach, 26.5625, modulation), 0.0);
        EXPECT_EQ(multimode_excess_penalty_db(om4(), reach, reach, 26.5625, modulation), 0.0);
        double before = 0.0;
        for (const double length_m : {101.0, 120.0, 150.0, 200.0}) {
            const double db = multimode_excess_penalty_db(om4(), Metres{length_m}, reach, 26.5625, modulation);
            EXPECT_GT(db, before);
            before = db;
        }
        MultimodeLight om3 = om4();
        om3.modal_bandwidth_mhz_km = 2000.0;
        EXPECT_GT(multimode_excess_penalty_db(om3, Metres{120.0}, reach, 26.5625, modulation),
                  multimode_excess_penalty_db(om4(), Metres{120.0}, reach, 26.5625, modulation));
    }
    EXPECT_TRUE(std::isinf(multimode_excess_penalty_db(om4(), Metres{2000.0}, reach, 26.5625, Modulation::nrz)));
}

// ITU-T G.691 table I.1 (K): ratio of maximum to mean DGD against the probability of exceeding it
TEST(Dgd, IsMaxwellianAboutItsMean) {
    constexpr struct {
        double ratio, probability;
    } kTable[] = {{3.0, 4.2e-5}, {3.2, 9.2e-6}, {3.4, 1.8e-6}, {3.5, 7.7e-7}, {3.6, 3.2e-7},
                  {3.7, 1.3e-7}, {3.8, 5.1e-8}, {3.9, 2.0e-8}, {4.0, 7.4e-9}};
    const double mean_ps = mean_dgd_ps(0.06, Metres{10e3});
    EXPECT_NEAR(mean_ps, 0.06 * std::sqrt(10.0), 1e-12);
    for (const auto& [ratio, probability] : kTable)
        EXPECT_TRUE(near_relative(dgd_exceedance(ratio * mean_ps, mean_ps), probability, 0.03)) << ratio;
    EXPECT_EQ(dgd_exceedance(0.0, mean_ps), 1.0);
}

TEST(Dgd, CostsLittleInADataCentreAndTheSignalAtASymbol) {
    const double worst_ps = 4.0 * mean_dgd_ps(0.2, Metres{10e3});
    EXPECT_LT(pmd_penalty_db(worst_ps, kPam4Baud), 0.05);
    EXPECT_GT(pmd_penalty_db(worst_ps, kPam4Baud), 0.01);
    EXPECT_NEAR(pmd_penalty_db(0.1 / kPam4Baud * 1e3, kPam4Baud), 0.018, 0.001);
    EXPECT_EQ(pmd_penalty_db(0.0, kPam4Baud), 0.0);
    EXPECT_TRUE(std::isinf(pmd_penalty_db(1.001 / kPam4Baud * 1e3, kPam4Baud)));
}

// LAT1 of the golden budgets, and the reference's 4.895 ns/m (single-mode) and 4.943 ns/m (multimode)
TEST(GroupDelay, MatchesTheReference) {
    EXPECT_NEAR(group_delay_ps(Metres{500.0}, 1.4676), 2.448e6, 1e3);
    EXPECT_NEAR(group_delay_ps(Metres{1.0}, 1.4676), 4895.0, 0.5);
    EXPECT_NEAR(group_delay_ps(Metres{1.0}, 1.482), 4943.0, 0.5);
}

// LB1 to LB7 of the golden budgets; the parts are in the row's inputs, the answers in `expected`.
TEST(ChannelLoss, OfTheGoldenBudgets) {
    const ReferenceTable golden("link_budget_golden.csv");
    const auto answer = [&](const std::string& id) { return golden.where("id", id).front().at("expected"); };

    const ChannelParts lb1{Metres{2000.0}, 1.0, 5, Decibel{0.5}, 2, Decibel{0.5}};
    ASSERT_EQ(answer("LB1"), "margin 6.0 dB");
    EXPECT_NEAR((Decibel{13.0} - lb1.loss() - Decibel{0.5} - Decibel{1.0}).value, 6.0, 1e-12);

    const ChannelParts lb2{Metres{8000.0}, 0.5, 7, Decibel{0.5}, 0, {}};
    ASSERT_EQ(answer("LB2"), "margin 5.5 dB");
    EXPECT_NEAR((Decibel{13.0} - lb2.loss()).value, 5.5, 1e-12);

    const Metres dr8_reach{500.0}, lr8_reach{10'000.0};
    ASSERT_EQ(answer("LB3"), "reach 500 m (0.25 dB fibre); margin 0.00 dB");
    EXPECT_NEAR(longest_channel(Decibel{3.0}, Decibel{2.75}, 0.5, dr8_reach).value, 500.0, 1e-9);
    EXPECT_NEAR((ChannelParts{dr8_reach, 0.5, 0, {}, 0, {}}.loss() + Decibel{2.75}).value, 3.0, 1e-12);
    ASSERT_EQ(answer("LB4"), "max reach 250 m");
    EXPECT_NEAR(longest_channel(Decibel{3.0}, Decibel{2.75}, 1.0, dr8_reach).value, 250.0, 1e-9);

    ASSERT_EQ(answer("LB5"), "4.3 -> quoted 4 km; 8.6 -> quoted 8 km; 10.75 -> capped at 10 km");
    EXPECT_NEAR(longest_channel(Decibel{6.3}, Decibel{2.0}, 1.0, lr8_reach).value, 4300.0, 1e-9);
    EXPECT_NEAR(longest_channel(Decibel{6.3}, Decibel{2.0}, 0.5, lr8_reach).value, 8600.0, 1e-9);
    EXPECT_EQ(longest_channel(Decibel{6.3}, Decibel{2.0}, 0.4, lr8_reach), lr8_reach);

    ASSERT_EQ(answer("LB6"), "1.85 dB <= IL max 1.9");
    EXPECT_NEAR((ChannelParts{Metres{100.0}, 3.5, 3, Decibel{0.5}, 0, {}}.loss()).value, 1.85, 1e-12);
    ASSERT_EQ(answer("LB7"), "1.745 <= 1.8");
    EXPECT_NEAR((ChannelParts{Metres{70.0}, 3.5, 3, Decibel{0.5}, 0, {}}.loss()).value, 1.745, 1e-12);
}

TEST(ChannelLoss, LeavesNoRoomWhereConnectorsTakeItAll) {
    EXPECT_EQ(longest_channel(Decibel{3.0}, Decibel{3.5}, 0.5, Metres{500.0}).value, 0.0);
}

}  // namespace
}  // namespace lightloom
