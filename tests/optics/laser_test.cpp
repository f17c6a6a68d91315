// Oracles: tests/data/optics/arrhenius_reference.csv (closed form, four decimals), TH1 and CL1 of
// link_budget_golden.csv, the ranges of the design reference's table of lasers, laws inverted by hand.
#include "models/optics/laser.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

// Figures of the middle of the reference's ranges; what they are does not matter to the laws.
LaserPhysics edge_emitter(BiasControl control) {
    return {.bias_control = control,
            .reference_junction = {55.0},
            .threshold_ma = 12.0,
            .bias_ma = 70.0,
            .threshold_model = ThresholdModel::exponential,
            .threshold_t0_k = 85.0,
            .parabola_minimum = {},
            .parabola_width_k = 0.0,
            .slope_t1_k = 150.0,
            .junction_rise_k = 15.0,
            .wavelength_drift_nm_per_k = 0.09,
            .wear_growth = 0.002,
            .wear_exponent = 0.8,
            .wear_junction = {55.0},
            .wear_activation_ev = 0.6,
            .wear_sigma_ln = 0.4,
            .random_fit = 100.0,
            .random_junction = {55.0},
            .random_activation_ev = 0.35};
}

LaserPhysics vcsel(BiasControl control) {
    LaserPhysics laser = edge_emitter(control);
    laser.reference_junction = {50.0};
    laser.threshold_ma = 0.8;
    laser.bias_ma = 7.0;
    laser.threshold_model = ThresholdModel::parabolic;
    laser.threshold_t0_k = 0.0;
    laser.parabola_minimum = {35.0};
    laser.parabola_width_k = 40.0;
    laser.slope_t1_k = 300.0;
    return laser;
}

TEST(Arrhenius, MatchesTheReference) {
    int rows = 0;
    for (const auto& row : ReferenceTable("arrhenius_reference.csv").rows()) {
        const auto number = [&](const char* column) { return std::stod(row.at(column)); };
        EXPECT_NEAR(arrhenius_acceleration(number("Ea_eV"), Celsius{number("T_use_C")}, Celsius{number("T_stress_C")}),
                    number("acceleration_factor"), 5.1e-5);
        ++rows;
    }
    EXPECT_EQ(rows, 30);
}

TEST(Arrhenius, OfTheGoldenBudgets) {
    ASSERT_EQ(ReferenceTable("link_budget_golden.csv").where("id", "TH1").front().at("expected"), "AF 9.66");
    EXPECT_TRUE(near_relative(arrhenius_acceleration(0.7, Celsius{40.0}, Celsius{70.0}), 9.66, 0.005));
    EXPECT_TRUE(near_relative(arrhenius_acceleration(0.7, Celsius{70.0}, Celsius{40.0}), 1.0 / 9.66, 0.005));
    EXPECT_EQ(arrhenius_acceleration(0.7, Celsius{40.0}, Celsius{40.0}), 1.0);
}

TEST(CaseTemperature, AddsUp) {
    const Surroundings room{.inlet = {25.0}, .gradient_k = 6.0, .daily_swing_k = 4.0, .warmest_hour = 15.0};
    EXPECT_NEAR(case_temperature(room, 0.5, 15.0, 2.0, Watt{16.0}).value, 25.0 + 3.0 + 2.0 + 32.0, 1e-12);
    EXPECT_NEAR(case_temperature(room, 0.0, 3.0, 2.0, Watt{0.0}).value, 23.0, 1e-12);   // the coolest hour
    EXPECT_NEAR(case_temperature(room, 1.0, 21.0, 2.0, Watt{8.0}).value, 47.0, 1e-9);   // between the two
    EXPECT_NEAR(case_temperature(room, 0.5, 39.0, 2.0, Watt{16.0}).value, 62.0, 1e-9);  // the next day
    EXPECT_EQ(junction_temperature(edge_emitter(BiasControl::constant_power), Celsius{50.0}), Celsius{65.0});
}

TEST(Threshold, FollowsItsLaw) {
    const LaserPhysics edge = edge_emitter(BiasControl::constant_bias), surface = vcsel(BiasControl::constant_bias);
    EXPECT_EQ(threshold_ma(edge, {55.0}), 12.0);
    EXPECT_TRUE(near_relative(threshold_ma(edge, {55.0 + 85.0}), 12.0 * std::exp(1.0), 1e-12));
    EXPECT_EQ(threshold_ma(surface, {50.0}), 0.8);
    EXPECT_TRUE(near_relative(threshold_ma(surface, {75.0}), 2.0 * threshold_ma(surface, {35.0}), 1e-12));
    EXPECT_TRUE(near_relative(threshold_ma(surface, {20.0}), 0.8, 1e-12));  // as far off as 50 C on the other side
    EXPECT_TRUE(near_relative(slope_ratio(edge, {70.0}), std::exp(-0.1), 1e-12));
}

TEST(Heat, TakesPowerOnlyUnderConstantBias) {
    const LaserPhysics steady = edge_emitter(BiasControl::constant_power);
    const LaserPhysics sagging = edge_emitter(BiasControl::constant_bias);
    EXPECT_EQ(power_lost_to_heat_db(sagging, {55.0}), 0.0);
    double bias_ma = 0.0, lost_db = -10.0;
    for (double c = 0.0; c <= 100.0; c += 5.0) {
        EXPECT_EQ(power_lost_to_heat_db(steady, {c}), 0.0);
        EXPECT_GT(bias_for_constant_power_ma(steady, {c}), bias_ma);
        EXPECT_GT(power_lost_to_heat_db(sagging, {c}), lost_db);
        bias_ma = bias_for_constant_power_ma(steady, {c});
        lost_db = power_lost_to_heat_db(sagging, {c});
    }
    EXPECT_EQ(bias_for_constant_power_ma(steady, {55.0}), 70.0);
}

// The reference: -0.02 to -0.05 dB/C above 40 C for InP
TEST(Heat, TakesAsMuchAsLasersOfItsKindLose) {
    const LaserPhysics laser = edge_emitter(BiasControl::constant_bias);
    const double per_k = (power_lost_to_heat_db(laser, {85.0}) - power_lost_to_heat_db(laser, {55.0})) / 30.0;
    EXPECT_GT(per_k, 0.02);
    EXPECT_LT(per_k, 0.06);
}

// The bias that constant power asks for gives back what constant bias has lost.
TEST(Heat, BiasAndPowerAreTwoSidesOfOneLaw) {
    LaserPhysics laser = edge_emitter(BiasControl::constant_bias);
    const double bias_ma = bias_for_constant_power_ma(laser, {80.0});
    EXPECT_TRUE(
        near_relative(slope_ratio(laser, {80.0}) * (bias_ma - threshold_ma(laser, {80.0})), 70.0 - 12.0, 1e-12));
    laser.bias_ma = threshold_ma(laser, {90.0});
    EXPECT_TRUE(std::isinf(power_lost_to_heat_db(laser, {90.0})));
}

// Rightly not monotone: a cold VCSEL emits less than one at 35 C, as does a hot one.
TEST(Heat, AndColdAreBothBadForAVcsel) {
    const LaserPhysics laser = vcsel(BiasControl::constant_bias);
    LaserPhysics flat = laser;
    flat.slope_t1_k = std::numeric_limits<double>::infinity();
    EXPECT_GT(power_lost_to_heat_db(flat, {0.0}), power_lost_to_heat_db(flat, {35.0}));
    EXPECT_GT(power_lost_to_heat_db(flat, {85.0}), power_lost_to_heat_db(flat, {35.0}));
    EXPECT_GT(threshold_ma(laser, {-5.0}), threshold_ma(laser, {35.0}));
    const LaserPhysics steady = vcsel(BiasControl::constant_power);
    EXPECT_GT(bias_for_constant_power_ma(steady, {85.0}), bias_for_constant_power_ma(steady, {35.0}));
}

// CWDM4: 0 to 70 C at 0.09 nm/C is 6.3 nm, inside a window of +-6.5 nm (wdm_grids.csv)
TEST(Drift, CostsNothingInsideTheWindowAndMuchOutside) {
    const LaserPhysics laser = edge_emitter(BiasControl::constant_power);
    const double edge = filter_edge_db_per_nm(Decibel{25.0}, 20.0, 6.5);
    EXPECT_NEAR(edge, 25.0 / 7.0, 1e-12);
    for (const double c : {0.0, 35.0, 70.0})
        EXPECT_EQ(drift_penalty_db(wavelength_offset_nm(laser, {c}, {35.0}), 6.5, edge), 0.0) << c;
    EXPECT_NEAR(wavelength_offset_nm(laser, {70.0}, {0.0}), 6.3, 1e-12);
    double before = 0.0;
    for (const double c : {110.0, 120.0, 130.0}) {
        const double db = drift_penalty_db(wavelength_offset_nm(laser, {c}, {35.0}), 6.5, edge);
        EXPECT_GT(db, before);
        EXPECT_TRUE(near_relative(drift_penalty_db(-wavelength_offset_nm(laser, {c}, {35.0}), 6.5, edge), db, 1e-12));
        before = db;
    }
    EXPECT_NEAR(drift_penalty_db(13.5, 6.5, edge), 25.0, 1e-12);  // in the neighbour's window: its isolation
    EXPECT_GT(drift_penalty_db(wavelength_offset_nm(laser, {70.0}, {35.0}), 1.03, edge), 5.0);  // LWDM without a cooler
}

TEST(Age, RaisesBiasOrTakesPower) {
    const LaserPhysics steady = edge_emitter(BiasControl::constant_power);
    const LaserPhysics sagging = edge_emitter(BiasControl::constant_bias);
    EXPECT_EQ(bias_growth(steady, {55.0}, 0.0), 0.0);
    EXPECT_TRUE(near_relative(bias_growth(steady, {55.0}, 1000.0 / kHoursPerYear), 0.002, 1e-12));
    double growth = 0.0, sag_db = 0.0;
    for (const double years : {1.0, 5.0, 10.0}) {
        EXPECT_EQ(power_lost_to_age_db(steady, {55.0}, years), 0.0);
        EXPECT_GT(bias_growth(steady, {55.0}, years), growth);
        EXPECT_GT(bias_growth(steady, {70.0}, years), bias_growth(steady, {55.0}, years));
        EXPECT_GT(power_lost_to_age_db(sagging, {55.0}, years), sag_db);
        growth = bias_growth(steady, {55.0}, years);
        sag_db = power_lost_to_age_db(sagging, {55.0}, years);
        EXPECT_NEAR(sag_db, -10.0 * std::log10(1.0 - growth * 70.0 / 58.0), 1e-12);
    }
    EXPECT_TRUE(std::isinf(power_lost_to_age_db(sagging, {55.0}, 1e6)));
}

TEST(Age, WearsOutWhereTheLawSays) {
    const LaserPhysics steady = edge_emitter(BiasControl::constant_power);
    const LaserPhysics sagging = edge_emitter(BiasControl::constant_bias);
    for (const double c : {40.0, 55.0, 70.0}) {
        EXPECT_TRUE(near_relative(bias_growth(steady, {c}, wear_out_years(steady, {c})), 0.5, 1e-9));
        EXPECT_TRUE(near_relative(power_lost_to_age_db(sagging, {c}, wear_out_years(sagging, {c})), 2.0, 1e-9));
    }
    EXPECT_TRUE(near_relative(wear_out_years(steady, {40.0}) / wear_out_years(steady, {70.0}),
                              arrhenius_acceleration(0.6, {40.0}, {70.0}), 1e-9));
    LaserPhysics everlasting = steady;
    everlasting.wear_growth = 0.0;
    EXPECT_TRUE(std::isinf(wear_out_years(everlasting, {70.0})));
}

// reliability.csv: 1000 FIT are 0.876 % a year; CL1 of the golden budgets: 100,000 links of 5 years, 26.28 min
TEST(RandomFailure, MatchesTheReference) {
    EXPECT_TRUE(near_relative(failures_per_year(1000.0), 0.00876, 1e-12));
    EXPECT_TRUE(near_relative(failure_probability(1000.0, 1.0), 0.00876, 0.005));
    EXPECT_NEAR(failure_probability(1000.0, 1e6), 1.0, 1e-12);
    ASSERT_EQ(ReferenceTable("link_budget_golden.csv").where("id", "CL1").front().at("expected"), "26.28 min");
    EXPECT_NEAR(60.0 * hours_to_first_failure(5.0 * kHoursPerYear, 100'000), 26.28, 0.01);
}

TEST(Survival, CombinesRandomFailureAndWear) {
    LaserPhysics laser = edge_emitter(BiasControl::constant_power);
    const double median_years = wear_out_years(laser, {55.0});
    EXPECT_EQ(survival(laser, {55.0}, 0.0), 1.0);
    EXPECT_TRUE(near_relative(survival(laser, {55.0}, median_years),
                              0.5 * (1.0 - failure_probability(100.0, median_years)), 1e-9));
    double before = 1.0;
    for (double years = 1.0; years < 40.0; years += 3.0) {
        const double alive = survival(laser, {55.0}, years);
        EXPECT_LT(alive, before);
        EXPECT_LT(survival(laser, {75.0}, years), alive);
        before = alive;
    }
    // Without wear: the constant hazard alone, faster where it is hot
    laser.wear_growth = 0.0;
    const double hot = arrhenius_acceleration(0.35, {55.0}, {70.0});
    EXPECT_TRUE(near_relative(1.0 - survival(laser, {70.0}, 1.0), failure_probability(100.0 * hot, 1.0), 1e-9));
    // Without spread: all at once
    laser = edge_emitter(BiasControl::constant_power);
    laser.wear_sigma_ln = 0.0;
    EXPECT_GT(survival(laser, {55.0}, 0.99 * median_years), 0.9);
    EXPECT_EQ(survival(laser, {55.0}, 1.01 * median_years), 0.0);
}

}  // namespace
}  // namespace lightloom
