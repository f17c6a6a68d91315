// A module that is swapped: a coherent one has a power of its own as any other, inside what its kind allows, and on
// limits one module is like the other. Oracle: the catalogue's limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/optics/link_model.hpp"

namespace lightloom {
namespace {

constexpr int kFrameBytes = 4160;

Plant zr_over_20_km(Basis basis) {
    const CableClass kind{.name = "tier",
                          .lower_module = "400zr",
                          .upper_module = "400zr",
                          .fibre = "os2",
                          .length_m = {Distribution::Kind::fixed, 20'000.0, 0.0},
                          .rate = BitRate{400'000'000'000}};
    return {.classes = {kind}, .class_of_cable = {0}, .basis = basis};
}

/// Powers that the lower end's transmitter has after 0, 1, ... swaps of it.
std::vector<double> powers(Basis basis, int end) {
    const Plant plant = zr_over_20_km(basis);
    const LinkModel model(Catalogue::built_in(), plant);
    LinkCondition condition = model.condition(0);
    LinkConditions one(1);
    std::vector<double> sent;
    for (std::uint32_t times = 0; times < 8; ++times) {
        condition.swaps[static_cast<std::size_t>(end)] = times;
        model.evaluate(0, condition, kFrameBytes, one, 0);
        sent.push_back(one.terms_db[static_cast<std::size_t>(Term::transmitter)][0]);
    }
    return sent;
}

TEST(ModuleSwap, OfACoherentModuleDrawsItsPowerAnew) {
    const std::vector<double> sent = powers(Basis::typical, 0);
    EXPECT_GT(std::set<double>(sent.begin(), sent.end()).size(), 6u);
    const CoherentLevels& levels = *Catalogue::built_in().module("400zr")->coherent;
    for (const double dbm : sent) {
        EXPECT_GE(dbm, levels.tx_power_min.value);
        EXPECT_LE(dbm, levels.tx_power_max.value);
    }
    const std::vector<double> other_end = powers(Basis::typical, 1);
    EXPECT_EQ(std::set<double>(other_end.begin(), other_end.end()).size(), 1u) << "it sends the other way";
}

TEST(ModuleSwap, OnLimitsChangesNothing) {
    const std::vector<double> sent = powers(Basis::limit, 0);
    const CoherentLevels& levels = *Catalogue::built_in().module("400zr")->coherent;
    for (const double dbm : sent) EXPECT_EQ(dbm, levels.tx_power_min.value);
}

}  // namespace
}  // namespace lightloom
