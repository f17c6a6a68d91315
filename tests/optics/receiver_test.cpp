// Oracles: tests/data/optics/imdd_ber_cases.csv (closed form in double precision and Monte Carlo of another program);
// worked examples whose figures stand beside them. Properties: random receivers, fixed seed.
#include "models/optics/receiver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <sstream>

#include "core/random.hpp"
#include "models/optics/ber.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

using Row = ReferenceTable::Row;

constexpr Decibel kNoFloor{std::numeric_limits<double>::infinity()};

double number(const Row& row, const std::string& column) { return std::stod(row.at(column)); }

std::vector<double> numbers(const Row& row, const std::string& column) {
    std::vector<double> values;
    std::istringstream text(row.at(column));
    for (std::string value; std::getline(text, value, ';');) values.push_back(std::stod(value));
    return values;
}

DirectReceiver receiver_of(const Row& row) {
    return {.responsivity_a_per_w = number(row, "responsivity_a_w"),
            .thermal_pa_per_sqrt_hz = number(row, "tia_noise_pa_sqrthz"),
            .bandwidth_over_baud = number(row, "noise_bw_over_baud"),
            .dark_current_na = number(row, "dark_current_na")};
}

DirectSignal signal_of(const Row& row) {
    DirectSignal signal{.modulation = row.at("format") == "NRZ" ? Modulation::nrz : Modulation::pam4,
                        .baud_gbd = number(row, "baud_gbd"),
                        .average_power = {number(row, "rx_avg_power_dbm")},
                        .extinction_ratio = {number(row, "er_outer_db")},
                        .rin_db_per_hz = std::nullopt,
                        .amplified = std::nullopt};
    if (row.at("rin_db_hz") != "none") signal.rin_db_per_hz = number(row, "rin_db_hz");
    if (row.at("osnr_12p5ghz_db") != "none")
        signal.amplified = {{number(row, "osnr_12p5ghz_db")}, number(row, "optical_bw_ghz")};
    return signal;
}

// A receiver as in a 400G module of four lanes; each test changes what it is about.
const DirectReceiver kReceiver{
    .responsivity_a_per_w = 0.85, .thermal_pa_per_sqrt_hz = 15.0, .bandwidth_over_baud = 0.5};
const DirectSignal kSignal{.modulation = Modulation::pam4,
                           .baud_gbd = 53.125,
                           .average_power = {-8.0},
                           .extinction_ratio = {5.0},
                           .rin_db_per_hz = std::nullopt,
                           .amplified = std::nullopt};

constexpr Thresholds kBoth[] = {Thresholds::optimal, Thresholds::equal};
std::string name_of(Thresholds thresholds) { return thresholds == Thresholds::optimal ? "optimum" : "equal"; }

// The table prints seven digits. The formulas are the same: what is checked is every constant, unit and sign in them.
TEST(DirectReceiver, MatchesTheClosedFormOfEveryCase) {
    int checked = 0;
    for (const Row& row : ReferenceTable("imdd_ber_cases.csv").rows()) {
        SCOPED_TRACE(row.at("case_id"));
        const DirectSignal signal = signal_of(row);
        EXPECT_NEAR(outer_oma(signal.average_power, signal.extinction_ratio).value, number(row, "oma_outer_dbm"), 1e-5);
        const std::vector<double> levels_ua = numbers(row, "level_ua"), sigmas_ua = numbers(row, "sigma_ua");
        for (const Thresholds thresholds : kBoth) {
            const Reception reception = receive(receiver_of(row), signal, thresholds);
            const std::vector<double> thresholds_ua = numbers(row, "thr_" + name_of(thresholds) + "_ua");
            ASSERT_EQ(reception.levels.size(), levels_ua.size());
            ASSERT_EQ(reception.eyes.size(), thresholds_ua.size());
            for (std::size_t n = 0; n < levels_ua.size(); ++n) {
                EXPECT_TRUE(near_relative(reception.levels[n].mean_ua, levels_ua[n], 1e-6));
                EXPECT_TRUE(near_relative(reception.levels[n].sigma_ua, sigmas_ua[n], 1e-6));
            }
            for (std::size_t n = 0; n < thresholds_ua.size(); ++n)
                EXPECT_TRUE(near_relative(reception.eyes[n].threshold_ua, thresholds_ua[n], 1e-6));
            EXPECT_TRUE(
                near_relative(reception.bit_error_ratio, number(row, "ber_theory_" + name_of(thresholds)), 1e-5));
        }
        ++checked;
    }
    EXPECT_EQ(checked, 49);
}

// The count of errors, by contrast, knows no formula of noise in its `poisson`, `waveform` and `field` rows. Its
// intervals hold 95 %, so that of 98 some miss; twice as wide, none should. What leans to one side shows in the mean:
// 2 % of scatter on each of 49 independent rows leaves it 0.3 %.
TEST(DirectReceiver, AgreesWithCountedErrors) {
    int checked = 0;
    double sum_of_deviations = 0.0;
    for (const Row& row : ReferenceTable("imdd_ber_cases.csv").rows())
        for (const Thresholds thresholds : kBoth) {
            const double ratio = receive(receiver_of(row), signal_of(row), thresholds).bit_error_ratio;
            const std::string column = "ber_mc_" + name_of(thresholds);
            const double low = number(row, column + "_lo95"), high = number(row, column + "_hi95");
            EXPECT_NEAR(ratio, 0.5 * (low + high), high - low) << row.at("case_id");
            sum_of_deviations += ratio / number(row, column) - 1.0;
            ++checked;
        }
    EXPECT_EQ(checked, 98);
    EXPECT_LT(std::abs(sum_of_deviations / checked), 0.01);
}

TEST(DirectReceiver, TheWrongNoiseIsFarFromTheCases) {
    int moved = 0;
    for (const Row& row : ReferenceTable("imdd_ber_cases.csv").rows()) {
        DirectReceiver receiver = receiver_of(row);
        receiver.thermal_pa_per_sqrt_hz *= 1.05;
        const double ratio = receive(receiver, signal_of(row)).bit_error_ratio;
        moved += ratio > 1.01 * number(row, "ber_theory_optimum");
    }
    EXPECT_EQ(moved, 49);
}

// By hand: sigma 15 pA x sqrt(26.56 GHz) = 2.44 uA; 6 x 3.414 x 2.44 uA / 0.85 = 58.9 uW. Shot noise is taken out by a
// light so strong, beside a noise as strong, that it is lost between them.
TEST(DirectReceiver, NeedsTheAmplitudeOfTheWorkedExample) {
    constexpr double kStronger_db = 40.0;
    const DirectReceiver receiver{.responsivity_a_per_w = 0.85,
                                  .thermal_pa_per_sqrt_hz = 15.0 * std::pow(10.0, kStronger_db / 10.0),
                                  .bandwidth_over_baud = 0.5};
    DirectSignal signal = kSignal;
    signal.baud_gbd = 53.12;
    const PowerDbm needed = sensitivity(receiver, signal, 2.4e-4).value();
    EXPECT_NEAR(outer_oma(needed, signal.extinction_ratio).value - kStronger_db, -12.30, 5e-3);
}

TEST(DirectReceiver, WithOneNoiseIsTheClosedFormOfX) {
    DirectReceiver receiver = kReceiver;
    receiver.thermal_pa_per_sqrt_hz = 15e4;  // as above, so that every level has the same noise
    for (const Modulation modulation : {Modulation::nrz, Modulation::pam4})
        for (const double power_dbm : {26.0, 28.0, 30.0, 31.0}) {
            DirectSignal signal = kSignal;
            signal.modulation = modulation;
            signal.average_power = {power_dbm};
            const Reception reception = receive(receiver, signal);
            const double x = reception.eyes[0].q_factor;
            EXPECT_TRUE(near_relative(reception.bit_error_ratio, bit_error_ratio(modulation, x), 2e-3));
            const double levels_over_noise = modulation == Modulation::nrz ? 1.0 : 5.0;
            EXPECT_NEAR(reception.snr.value, 10.0 * std::log10(levels_over_noise * x * x), 1e-3);
        }
}

// PAM4 at 2.4e-4 has an SNR of 17.66 dB: 5 x 3.41407^2.
TEST(DirectReceiver, SnrIsTheAnchorAtTheThreshold) {
    DirectReceiver receiver = kReceiver;
    DirectSignal signal = kSignal;
    signal.average_power = {30.0};
    receiver.thermal_pa_per_sqrt_hz = thermal_noise_for(receiver, signal, 2.4e-4).value();
    EXPECT_NEAR(receive(receiver, signal).snr.value, 17.66, 5e-3);
}

TEST(DirectReceiver, EyesCloseTowardsTheBrightLevels) {
    DirectSignal signal = kSignal;
    signal.rin_db_per_hz = -140.0;
    const Reception reception = receive(kReceiver, signal);
    for (std::size_t eye = 0; eye < 3; ++eye) {
        const Eye& here = reception.eyes[eye];
        const ReceivedLevel &low = reception.levels[eye], &high = reception.levels[eye + 1];
        const double by_hand_ua = high.mean_ua - low.mean_ua - 4.753424 * (high.sigma_ua + low.sigma_ua);
        EXPECT_NEAR(here.height_ua(1e-6), by_hand_ua, 1e-5);  // Q(4.753424) = 1e-6
        EXPECT_GT(here.threshold_ua, low.mean_ua);
        EXPECT_LT(here.threshold_ua, 0.5 * (low.mean_ua + high.mean_ua));
        EXPECT_GT(here.height_ua(1e-3), here.height_ua(1e-6));
        if (eye == 0) continue;
        EXPECT_LT(here.q_factor, reception.eyes[eye - 1].q_factor);
        EXPECT_GT(here.error_ratio, reception.eyes[eye - 1].error_ratio);
        EXPECT_LT(here.height_ua(1e-6), reception.eyes[eye - 1].height_ua(1e-6));
    }
}

// Of the symbols, a half border on each of three eyes, and each error is one bit of two.
TEST(DirectReceiver, BitErrorRatioIsTheEyesTogether) {
    DirectSignal signal = kSignal;
    signal.rin_db_per_hz = -140.0;
    for (const Thresholds thresholds : kBoth) {
        const Reception reception = receive(kReceiver, signal, thresholds);
        const double eyes =
            reception.eyes[0].error_ratio + reception.eyes[1].error_ratio + reception.eyes[2].error_ratio;
        EXPECT_TRUE(near_relative(reception.bit_error_ratio, eyes / 4.0, 1e-6));
    }
}

TEST(DirectReceiver, WithoutLightIsAGuess) {
    for (const Modulation modulation : {Modulation::nrz, Modulation::pam4}) {
        DirectSignal signal = kSignal;
        signal.modulation = modulation;
        signal.average_power = {-std::numeric_limits<double>::infinity()};
        for (const Thresholds thresholds : kBoth)
            EXPECT_DOUBLE_EQ(receive(kReceiver, signal, thresholds).bit_error_ratio, 0.5);
    }
}

// At the noise floor of the signal no power helps; past it, sensitivity and calibration have no answer.
TEST(DirectReceiver, HasNoSensitivityBelowItsFloor) {
    DirectSignal signal = kSignal;
    signal.noise_floor = Decibel{20.0 * std::log10(pam4_half_spacing(1e-6))};
    EXPECT_TRUE(sensitivity(kReceiver, signal, 1e-5).has_value());
    EXPECT_FALSE(sensitivity(kReceiver, signal, 0.9e-6).has_value());
    signal.average_power = {10.0};
    EXPECT_TRUE(thermal_noise_for(kReceiver, signal, 1e-5).has_value());
    EXPECT_FALSE(thermal_noise_for(kReceiver, signal, 0.9e-6).has_value());
}

TEST(DirectReceiver, SensitivityAndCalibrationAreInverse) {
    DirectSignal signal = kSignal;
    signal.rin_db_per_hz = -142.0;
    for (const double power_dbm : {-12.0, -8.0, -4.0})
        for (const Thresholds thresholds : kBoth) {
            signal.average_power = {power_dbm};
            DirectReceiver receiver = kReceiver;
            receiver.thermal_pa_per_sqrt_hz = thermal_noise_for(receiver, signal, 2.4e-4, thresholds).value();
            EXPECT_TRUE(near_relative(receive(receiver, signal, thresholds).bit_error_ratio, 2.4e-4, 1e-9));
            EXPECT_NEAR(sensitivity(receiver, signal, 2.4e-4, thresholds)->value, power_dbm, 1e-9);
        }
}

// The two models of one receiver meet at its specified point: the curve by its calibration, whatever the floor; the
// physics by a thermal noise that the same floor, or the intensity noise that makes it, leaves room for.
TEST(DirectReceiver, MeetsTheErrorCurveAtTheCalibrationPoint) {
    const PowerDbm sensitivity_oma{-4.6};
    DirectSignal signal = kSignal;
    signal.baud_gbd = 53.12;  // the worked example's 26.56 GHz at half the symbol rate
    signal.average_power = average_power(sensitivity_oma, signal.extinction_ratio);
    const Decibel rin_floor = noise_floor_of_rin(Modulation::pam4, -136.0, 26.56);
    EXPECT_NEAR(std::pow(10.0, rin_floor.value / 20.0), 6.45, 5e-3);

    for (const Decibel floor : {kNoFloor, Decibel{17.0}, rin_floor})
        for (const double rin_db_per_hz : {-200.0, -145.0, -142.0}) {
            signal.noise_floor = floor;
            signal.rin_db_per_hz = rin_db_per_hz;
            DirectReceiver receiver = kReceiver;
            receiver.thermal_pa_per_sqrt_hz = thermal_noise_for(receiver, signal, 2.4e-4).value();
            EXPECT_GT(receiver.thermal_pa_per_sqrt_hz, 15.0);  // sensitivity limits leave room for real receivers
            const double physics = receive(receiver, signal).bit_error_ratio;
            const double curve = ErrorCurve(Modulation::pam4, 2.4e-4, floor).bit_error_ratio({0.0});
            EXPECT_TRUE(near_relative(physics, 2.4e-4, 1e-9));
            EXPECT_TRUE(near_relative(physics, curve, 1e-9));
        }
}

// Where all noise is the amplifier's or the floor's they are one curve, not only one point.
TEST(DirectReceiver, IsTheErrorCurveWhereNoiseKnowsNoLevel) {
    for (const Modulation modulation : {Modulation::nrz, Modulation::pam4})
        for (const Decibel floor : {kNoFloor, Decibel{17.0}, noise_floor_of_rin(Modulation::pam4, -136.0, 26.56)}) {
            DirectSignal signal = kSignal;
            signal.modulation = modulation;
            signal.noise_floor = floor;
            signal.average_power = {60.0};  // so that shot noise is lost in the thermal noise that suits
            DirectReceiver receiver = kReceiver;
            receiver.thermal_pa_per_sqrt_hz = thermal_noise_for(receiver, signal, 2.4e-4).value();
            const ErrorCurve curve(modulation, 2.4e-4, floor);
            for (const double margin_db : {-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0}) {
                signal.average_power = {60.0 + margin_db};
                EXPECT_TRUE(
                    near_relative(receive(receiver, signal).bit_error_ratio, curve.bit_error_ratio({margin_db}), 1e-4))
                    << margin_db;
            }
        }
}

TEST(DirectReceiver, PowerAmplitudeAndExtinctionRatioAreOneTriple) {
    EXPECT_NEAR(outer_oma({0.0}, kNoFloor).value, 10.0 * std::log10(2.0), 1e-12);        // dark lowest level: twice
    EXPECT_NEAR(outer_oma({-3.0}, Decibel{10.0 * std::log10(3.0)}).value, -3.0, 1e-12);  // ER 3: the average itself
    for (const double er_db : {0.5, 3.5, 6.0, 15.0}) {
        const PowerDbm average{-4.2}, oma = outer_oma(average, {er_db});
        EXPECT_NEAR(average_power(oma, {er_db}).value, average.value, 1e-12);
        EXPECT_NEAR(extinction_ratio(average, oma).value, er_db, 1e-9);
    }
    EXPECT_GT(extinction_ratio({0.0}, PowerDbm::from({2.0})).value, 100.0);
}

// An avalanche photodiode of k 0.2, as of InAlAs, before the amplifier above: gain first lifts the
// signal over the amplifier's noise, then its own noise outgrows it.
TEST(Avalanche, HasABestGain) {
    DirectReceiver receiver = kReceiver;
    receiver.apd_ionisation_ratio = 0.2;
    receiver.dark_current_na = 10.0;
    DirectSignal signal = kSignal;
    signal.average_power = {-15.0};
    std::vector<double> ratios;
    for (int gain = 1; gain <= 40; ++gain) {
        receiver.apd_gain = gain;
        ratios.push_back(receive(receiver, signal).bit_error_ratio);
    }
    const auto best = std::min_element(ratios.begin(), ratios.end());
    const auto best_gain = best - ratios.begin() + 1;
    EXPECT_GT(best_gain, 3);
    EXPECT_LT(best_gain, 20);
    EXPECT_LT(*best, 0.1 * ratios.front());
    EXPECT_GT(ratios.back(), 2.0 * *best);
    EXPECT_TRUE(std::is_sorted(ratios.begin(), best, std::greater<>()));
    EXPECT_TRUE(std::is_sorted(best, ratios.end()));
}

TEST(Avalanche, IsAPinPhotodiodeAtGainOne) {
    DirectReceiver apd = kReceiver;
    apd.apd_ionisation_ratio = 0.7;
    EXPECT_EQ(receive(apd, kSignal).bit_error_ratio, receive(kReceiver, kSignal).bit_error_ratio);
}

// F = k M + (1-k)(2 - 1/M): 0.2 x 10 + 0.8 x 1.9 = 3.52
TEST(Avalanche, MultipliesShotNoiseByItsExcess) {
    DirectReceiver apd = kReceiver;
    apd.apd_gain = 10.0;
    apd.apd_ionisation_ratio = 0.2;
    const ReceivedLevel level = receive(apd, kSignal).levels[3], primary = receive(kReceiver, kSignal).levels[3];
    const double band_hz = 26.5625e9, thermal_ua = 15e-6 * std::sqrt(band_hz);
    EXPECT_TRUE(near_relative(level.mean_ua, 10.0 * primary.mean_ua, 1e-12));
    const double shot = 2.0 * 1.602176634e-19 * 10.0 * 10.0 * 3.52 * primary.mean_ua * 1e6 * band_hz;
    EXPECT_TRUE(near_relative(level.sigma_ua * level.sigma_ua, thermal_ua * thermal_ua + shot, 1e-9));
}

// Random links: `n` tells the draws of one link apart, `entity` the links.
struct RandomLink {
    DirectReceiver receiver;
    DirectSignal signal;
};

RandomLink random_link(std::uint64_t entity) {
    std::uint64_t n = 0;
    const auto between = [&](double low, double high) {
        return low + (high - low) * uniform(draw(20, entity, Purpose::receiver, n++));
    };
    RandomLink link{.receiver = {.responsivity_a_per_w = between(0.5, 1.1),
                                 .thermal_pa_per_sqrt_hz = between(3.0, 25.0),
                                 .bandwidth_over_baud = between(0.5, 0.75),
                                 .dark_current_na = between(0.0, 100.0),
                                 .apd_gain = between(0.0, 1.0) < 0.5 ? 1.0 : between(1.0, 15.0),
                                 .apd_ionisation_ratio = between(0.0, 0.6)},
                    .signal = {.modulation = between(0.0, 1.0) < 0.5 ? Modulation::nrz : Modulation::pam4,
                               .baud_gbd = between(10.0, 113.0),
                               .average_power = {between(-18.0, 0.0)},
                               .extinction_ratio = {between(3.0, 12.0)},
                               .rin_db_per_hz = between(-155.0, -135.0),
                               .amplified = std::nullopt}};
    if (between(0.0, 1.0) < 0.5)
        link.signal.amplified = {{between(28.0, 45.0)}, between(1.0, 3.0) * link.signal.baud_gbd};
    link.signal.noise_floor = Decibel{between(14.0, 30.0)};
    return link;
}

constexpr std::uint64_t kRandomLinks = 2000;

TEST(RandomReceivers, ErrorsFallWithPower) {
    int fell = 0;
    for (std::uint64_t entity = 0; entity < kRandomLinks; ++entity)
        for (const Thresholds thresholds : kBoth) {
            RandomLink link = random_link(entity);
            double before = 0.5;
            for (double power_dbm = -25.0; power_dbm <= 5.0; power_dbm += 1.0) {
                link.signal.average_power = {power_dbm};
                const double ratio = receive(link.receiver, link.signal, thresholds).bit_error_ratio;
                ASSERT_LE(ratio, before) << entity << " at " << power_dbm << " dBm";
                fell += ratio < before;
                before = ratio;
            }
        }
    EXPECT_GT(fell, 100'000);  // of 124,000; the rest is where a double ends
}

TEST(RandomReceivers, ErrorsRiseWithEveryNoise) {
    using Change = void (*)(RandomLink&);
    const Change worse[] = {
        [](RandomLink& link) { link.receiver.thermal_pa_per_sqrt_hz *= 1.1; },
        [](RandomLink& link) { link.receiver.dark_current_na += 100.0; },
        [](RandomLink& link) { link.receiver.bandwidth_over_baud *= 1.1; },
        [](RandomLink& link) { *link.signal.rin_db_per_hz += 1.0; },
        [](RandomLink& link) { link.signal.noise_floor = link.signal.noise_floor - Decibel{1.0}; },
        [](RandomLink& link) {
            link.signal.amplified = {{25.0}, 3.0 * link.signal.baud_gbd};
        },
        [](RandomLink& link) { link.signal.extinction_ratio = 0.9 * link.signal.extinction_ratio; },
    };
    int rose = 0;
    for (std::uint64_t entity = 0; entity < kRandomLinks; ++entity) {
        const RandomLink link = random_link(entity);
        for (std::size_t change = 0; change < std::size(worse); ++change)
            for (const Thresholds thresholds : kBoth) {
                RandomLink changed = link;
                worse[change](changed);
                const double before = receive(link.receiver, link.signal, thresholds).bit_error_ratio;
                const double after = receive(changed.receiver, changed.signal, thresholds).bit_error_ratio;
                ASSERT_GE(after, before) << "link " << entity << ", change " << change;
                rose += after > before;
            }
    }
    EXPECT_GT(rose, 25'000);  // of 28,000
}

// The crossing of two densities is the best threshold of its eye: none to the left or right has fewer errors.
TEST(RandomReceivers, OptimalThresholdsAreNoWorseThanEqualOnes) {
    for (std::uint64_t entity = 0; entity < kRandomLinks; ++entity) {
        const RandomLink link = random_link(entity);
        const Reception optimal = receive(link.receiver, link.signal);
        const Reception equal = receive(link.receiver, link.signal, Thresholds::equal);
        for (std::size_t eye = 0; eye < optimal.eyes.size(); ++eye)
            ASSERT_LE(optimal.eyes[eye].error_ratio, equal.eyes[eye].error_ratio * (1.0 + 1e-12)) << entity;
        if (optimal.bit_error_ratio > 0.05) continue;  // far levels count too
        ASSERT_LE(optimal.bit_error_ratio, equal.bit_error_ratio * (1.0 + 1e-9)) << entity;
    }
}

}  // namespace
}  // namespace lightloom
