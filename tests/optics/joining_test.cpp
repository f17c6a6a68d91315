// Ends are joined by what their lanes are, not by their names. Oracle: what IEEE 802.3 and the MSAs let interoperate.
#include "models/optics/joining.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/optics/link_model.hpp"

namespace lightloom {
namespace {

CableClass between(const std::string& lower, const std::string& upper, std::int64_t gbps,
                   const std::string& fibre = "os2") {
    return {.name = "tier",
            .lower_module = lower,
            .upper_module = upper,
            .fibre = fibre,
            .length_m = {Distribution::Kind::fixed, 30.0, 0.0},
            .connectors = 0,
            .connector_family = "",
            .rate = {gbps * 1'000'000'000}};
}

std::string objection(const CableClass& kind) {
    const Joint joint = join(Catalogue::built_in(), kind);
    return joint.objections.empty() ? "" : joint.objections.front();
}

TEST(Joining, UnequalEndsThatFit) {
    for (const auto& [lower, upper, gbps, lanes] : {std::tuple{"400gbase-dr4", "400gbase-dr4", 400, 4},
                                                    {"800g-2xdr4", "400gbase-dr4", 400, 4},      // a port of a twin
                                                    {"400gbase-dr4", "400gbase-dr4-2", 400, 4},  // the weaker budget
                                                    {"100gbase-dr", "400gbase-dr4", 100, 1},     // breakout
                                                    {"800g-2xfr4", "400gbase-fr4", 400, 4},
                                                    {"400gbase-dr4", "400g-dr4-lpo", 400, 4}}) {  // half linear
        const Joint joint = join(Catalogue::built_in(), between(lower, upper, gbps));
        EXPECT_TRUE(joint.objections.empty()) << lower << ' ' << upper << ": " << joint.objections.front();
        EXPECT_EQ(joint.lanes, lanes) << lower << ' ' << upper;
    }
}

TEST(Joining, TheWeakerBudgetCounts) {
    const Joint joint = join(Catalogue::built_in(), between("400gbase-dr4", "400gbase-dr4-2", 400));
    EXPECT_EQ(joint.reach_m, 500.0);
    EXPECT_EQ(joint.channel_loss_max_db, 3.0);
    // DR4-2 sends more and needs less, so its own direction has the margin of a mixture.
    const LinkModel mixed(Catalogue::built_in(),
                          {.classes = {between("400gbase-dr4", "400gbase-dr4-2", 400)}, .class_of_cable = {0}});
    const LinkConditions links = mixed.evaluate(4160);
    // up: DR4 sends 1.2 dBm, DR4-2 needs -2.5; down: DR4-2 sends 1.9, DR4 needs -1.9
    EXPECT_NEAR(links.term(Term::transmitter)[0], 1.2, 1e-12);
    EXPECT_NEAR(links.term(Term::sensitivity)[0], -2.5, 1e-12);
    EXPECT_NEAR(links.term(Term::transmitter)[1], 1.9, 1e-12);
    EXPECT_NEAR(links.term(Term::sensitivity)[1], -1.9, 1e-12);
}

TEST(Joining, RefusesWhatCannotWorkWithTheReason) {
    EXPECT_EQ(objection(between("400gbase-dr4", "400gbase-fr4", 400)),
              "400gbase-dr4 has 4 fibres each way, 400gbase-fr4 has 1");
    EXPECT_EQ(objection(between("400gbase-dr4", "800gbase-dr8", 400)),
              "800gbase-dr8 has ports of 800G and lanes of 100G, not 400G");
    EXPECT_EQ(objection(between("400gbase-sr4", "400gbase-dr4", 400)).substr(0, 40),
              "400gbase-sr4 does not take fibre os2, wh");
    EXPECT_EQ(objection(between("400gbase-dr4", "400gbase-dr4", 200)),
              "400gbase-dr4 has ports of 400G and lanes of 100G, not 200G");
    EXPECT_EQ(objection(between("400g-aec", "400gbase-dr4", 400)), "a cable assembly has the same module at both ends");
    EXPECT_EQ(objection(between("400gbase-lr8", "400gbase-sr8", 400)).substr(0, 12), "400gbase-lr8");
    EXPECT_THROW(join_or_refuse(Catalogue::built_in(), between("400gbase-dr4", "400gbase-fr4", 400), true),
                 CatalogueError);
}

TEST(Joining, WhatTheStandardDoesNotAllowIsComputedOnRequest) {
    const CableClass strong = between("400g-lr4-10", "400gbase-fr4", 400);  // 5.1 dBm into a receiver that takes 3.5
    EXPECT_THROW(join_or_refuse(Catalogue::built_in(), strong, false), CatalogueError);
    const Joint joint = join_or_refuse(Catalogue::built_in(), strong, true);
    EXPECT_FALSE(joint.objections.empty());
    EXPECT_TRUE(joint.possible);
}

TEST(Joining, AModuleWithoutFiguresSaysWhichToSupply) {
    const std::string text = objection(between("400gbase-er8", "400gbase-er8", 400));
    EXPECT_NE(text.find("400gbase-er8 lacks "), std::string::npos) << text;
    EXPECT_NE(text.find("tx_oma_min_dbm"), std::string::npos) << text;
}

TEST(Joining, UnknownNames) {
    EXPECT_THROW(join(Catalogue::built_in(), between("400gbase-dr5", "400gbase-dr4", 400)), CatalogueError);
    EXPECT_THROW(join(Catalogue::built_in(), between("400gbase-dr4", "400gbase-dr4", 400, "os9")), CatalogueError);
}

}  // namespace
}  // namespace lightloom
