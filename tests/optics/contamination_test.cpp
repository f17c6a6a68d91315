// Oracles: the design reference's assumption on dirt (10 % of dirty pairs above 2.2 dB, 2.5 % above 4.3 dB), DC1 of
// link_budget_golden.csv, the bend limits of ITU-T G.657 (2016).
#include "models/optics/contamination.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "models/optics/reflection.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr int kPairs = 4;
constexpr std::uint32_t kFibres = 40'000;

std::vector<DirtySpot> spots(const Dirt& dirt, bool angled, std::uint64_t seed = 1) {
    std::vector<DirtySpot> found;
    for (std::uint32_t fibre = 0; fibre < kFibres; ++fibre)
        for (int pair = 0; pair < kPairs; ++pair)
            if (const auto spot = dirt_on(dirt, DirtDraws(seed, fibre / 8, fibre % 8), pair, kPairs, angled))
                found.push_back(*spot);
    return found;
}

TEST(Dirt, LosesAsMuchAsAssumed) {
    const std::vector<DirtySpot> found = spots({.fraction = 1.0, .per = Dirt::Per::mating}, false);
    ASSERT_EQ(found.size(), std::size_t{kPairs} * kFibres);
    const auto share_above = [&](double db) {
        const auto above =
            std::count_if(found.begin(), found.end(), [&](const auto& spot) { return spot.loss.value > db; });
        return static_cast<double>(above) / static_cast<double>(found.size());
    };
    EXPECT_NEAR(share_above(0.6), 0.5, 0.005);  // sigma of it: 0.00125
    EXPECT_NEAR(share_above(2.2), 0.10, 0.005);
    EXPECT_NEAR(share_above(4.3), 0.025, 0.003);
    for (const DirtySpot& spot : found) {
        EXPECT_GT(spot.loss.value, 0.0);
        EXPECT_GE(spot.reflectance.value().value, -35.0);
        EXPECT_LE(spot.reflectance.value().value, -15.0);
    }
}

TEST(Dirt, IsAsFrequentAsAskedAndOncePerFibre) {
    const double by_pair = static_cast<double>(spots({.fraction = 0.1, .per = Dirt::Per::mating}, false).size());
    EXPECT_NEAR(by_pair / (kPairs * double{kFibres}), 0.1, 0.003);
    const double by_fibre = static_cast<double>(spots({.fraction = 0.1, .per = Dirt::Per::fibre}, false).size());
    EXPECT_NEAR(by_fibre / kFibres, 0.1, 0.006);
    // Every fibre dirty: each exactly once, on any of its pairs alike
    std::vector<int> on(kPairs, 0);
    for (std::uint32_t fibre = 0; fibre < kFibres; ++fibre) {
        int dirty = 0;
        for (int pair = 0; pair < kPairs; ++pair)
            if (dirt_on({.fraction = 1.0}, DirtDraws(1, fibre, 0), pair, kPairs, true))
                ++dirty, ++on[std::size_t(pair)];
        ASSERT_EQ(dirty, 1);
    }
    for (const int count : on) EXPECT_NEAR(count / double{kFibres}, 0.25, 0.01);
    EXPECT_TRUE(spots({.fraction = 0.0}, false).empty());
    EXPECT_TRUE(spots({.fraction = 0.0, .per = Dirt::Per::mating}, false).empty());
}

TEST(Dirt, OnAngledFacesReflectsNothing) {
    const Dirt dirt{.fraction = 0.2, .per = Dirt::Per::mating};
    const std::vector<DirtySpot> angled = spots(dirt, true), flat = spots(dirt, false);
    ASSERT_EQ(angled.size(), flat.size());
    ASSERT_GT(angled.size(), 0u);
    for (std::size_t n = 0; n < angled.size(); ++n) {
        EXPECT_EQ(angled[n].reflectance, std::nullopt);
        EXPECT_EQ(angled[n].loss, flat[n].loss);
    }
}

// What it is for: one dirty flat pair among clean ones is worth decibels of MPI
TEST(Dirt, OnFlatFacesCostsMpi) {
    StrayLight clean, dirty;
    for (StrayLight* light : {&clean, &dirty}) {
        light->reflect({-26.0});
        light->reflect({light == &clean ? -45.0 : -20.0});
        light->reflect({-26.0});
    }
    EXPECT_LT(mpi_penalty_db(clean.pair_sum(), 4, Decibel{5.0}), 0.3);
    EXPECT_GT(mpi_penalty_db(dirty.pair_sum(), 4, Decibel{5.0}), 0.6);
}

// Same seed, same dirt; a pair more in the chain moves no other pair's; other seeds and fibres have other dirt.
TEST(Dirt, BelongsToItsPlace) {
    const Dirt dirt{.fraction = 0.5, .per = Dirt::Per::mating};
    int differ_by_fibre = 0, differ_by_seed = 0;
    for (std::uint32_t cable = 0; cable < 200; ++cable) {
        const DirtDraws draws(7, cable, 3);
        for (int pair = 0; pair < 3; ++pair) {
            const auto few = dirt_on(dirt, draws, pair, 3, false), more = dirt_on(dirt, draws, pair, 4, false);
            ASSERT_EQ(few.has_value(), more.has_value());
            EXPECT_EQ(few.value_or(DirtySpot{}).loss, more.value_or(DirtySpot{}).loss);
            if (few.has_value() != dirt_on(dirt, DirtDraws(7, cable, 4), pair, 3, false).has_value()) ++differ_by_fibre;
            if (few.has_value() != dirt_on(dirt, DirtDraws(8, cable, 3), pair, 3, false).has_value()) ++differ_by_seed;
        }
    }
    EXPECT_GT(differ_by_fibre, 200);
    EXPECT_GT(differ_by_seed, 200);
}

TEST(Cleaning, RemovesDirtAsOftenAsItSucceeds) {
    for (const double success : {0.5, 0.8, 1.0}) {
        int after_one = 0, after_two = 0;
        for (std::uint32_t fibre = 0; fibre < kFibres; ++fibre) {
            const DirtDraws draws(1, fibre, 0);
            EXPECT_TRUE(survives_cleaning(draws, 0, 0, success));
            const bool one = survives_cleaning(draws, 0, 1, success), two = survives_cleaning(draws, 0, 2, success);
            EXPECT_TRUE(one || !two);  // dirt that is gone stays gone
            after_one += one;
            after_two += two;
        }
        EXPECT_NEAR(after_one / double{kFibres}, 1.0 - success, 0.01);
        EXPECT_NEAR(after_two / double{kFibres}, (1.0 - success) * (1.0 - success), 0.01);
    }
}

// DC1 of the golden budgets: 1.5 dBm, sensitivity -18 dBm, 13.0 dB of loss, 3.0 dB reserve; 3.8 dB of dirt, 1.1 dB of
// cold; 12.95 dB of loss after cleaning
TEST(Dirt, OfTheGoldenBudget) {
    ASSERT_EQ(ReferenceTable("link_budget_golden.csv").where("id", "DC1").front().at("expected"),
              "margin after reserve 3.5; -0.3 with dirt; -1.4 with cold; 3.55 after cleaning");
    const auto spot =
        dirt_on({.fraction = 1.0, .per = Dirt::Per::mating, .loss_db = {Distribution::Kind::fixed, 3.8, 0.0}},
                DirtDraws(1, 0, 0), 0, 1, false);
    ASSERT_TRUE(spot.has_value());
    const Decibel margin = PowerDbm{1.5} - Decibel{13.0} - PowerDbm{-18.0} - Decibel{3.0};
    EXPECT_NEAR(margin.value, 3.5, 1e-12);
    EXPECT_NEAR((margin - spot->loss).value, -0.3, 1e-12);
    EXPECT_NEAR((margin - spot->loss - Decibel{1.1}).value, -1.4, 1e-12);
    ASSERT_FALSE(survives_cleaning(DirtDraws(1, 0, 0), 0, 1, 1.0));
    EXPECT_NEAR((PowerDbm{1.5} - Decibel{12.95} - PowerDbm{-18.0} - Decibel{3.0}).value, 3.55, 1e-12);
}

TEST(Bend, GoesThroughTheLimitsOfItsStandard) {
    EXPECT_NEAR(bend_loss(kBendG657A2, 7.5, 1.0, 1550.0).value, 0.5, 1e-3);
    EXPECT_NEAR(bend_loss(kBendG657A2, 7.5, 1.0, 1625.0).value, 1.0, 1e-3);
    EXPECT_NEAR(bend_loss(kBendG657A2, 10.0, 1.0, 1550.0).value, 0.1, 1e-3);
    EXPECT_NEAR(bend_loss(kBendG657A2, 10.0, 1.0, 1625.0).value, 0.2, 1e-3);
    EXPECT_NEAR(bend_loss(kBendG657A1, 10.0, 1.0, 1550.0).value, 0.75, 1e-3);
    EXPECT_NEAR(bend_loss(kBendG657A1, 10.0, 1.0, 1625.0).value, 1.5, 1e-3);
}

// The signature of a bend: 1550 nm loses 3 to 10 times what 1310 nm does, and within CWDM4 1331 nm more than 1271 nm
TEST(Bend, LosesLongWavelengthsFirst) {
    const auto loss_db = [](double nm) { return bend_loss(kBendG657A1, 8.0, 2.0, nm).value; };
    EXPECT_GT(loss_db(1550.0) / loss_db(1310.0), 3.0);
    EXPECT_LT(loss_db(1550.0) / loss_db(1310.0), 10.0);
    EXPECT_GT(loss_db(1550.0), 5.0 * loss_db(1331.0));
    EXPECT_GT(loss_db(1331.0), 1.5 * loss_db(1271.0));
}

TEST(Bend, LosesMoreTheTighterAndByTheTurn) {
    double before = 0.0;
    for (const double radius_mm : {30.0, 15.0, 10.0, 7.5, 5.0}) {
        const double db = bend_loss(kBendG657A1, radius_mm, 1.0, 1310.0).value;
        EXPECT_GT(db, before);
        EXPECT_TRUE(near_relative(bend_loss(kBendG657A1, radius_mm, 0.25, 1310.0).value, 0.25 * db, 1e-12));
        before = db;
    }
    EXPECT_EQ(bend_loss(kBendG657A1, 10.0, 0.0, 1550.0).value, 0.0);
}

}  // namespace
}  // namespace lightloom
