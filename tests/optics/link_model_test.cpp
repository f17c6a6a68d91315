// Oracles: budgets added up by hand from the catalogue's limits, the pure functions of ber.hpp and fec.hpp (held to
// reference tables in their own tests), and the connectors' published statistics.
#include "models/optics/link_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/optics/ber.hpp"
#include "models/optics/fec.hpp"
#include "models/optics/fec_burst.hpp"
#include "tests/optics/reference_table.hpp"

namespace lightloom {
namespace {

constexpr ReedSolomon kKp4{.length = 544, .data = 514, .bits_per_symbol = 10};
constexpr int kFrameBytes = 4160;

Distribution metres(double value) { return {Distribution::Kind::fixed, value, 0.0}; }

CableClass links_of(const std::string& module, const std::string& fibre, const Distribution& length_m, int connectors,
                    const std::string& family) {
    return {.name = "tier",
            .lower_module = module,
            .upper_module = module,
            .fibre = fibre,
            .length_m = length_m,
            .connectors = connectors,
            .connector_family = family,
            .rate = BitRate{module.starts_with("100g") ? 100'000'000'000 : 400'000'000'000}};
}

// A host without loss adds no errors of its own, so that the optics can be read off.
CableClass optics_alone(CableClass kind) {
    kind.lower_host_loss.drawn_db = kind.upper_host_loss.drawn_db = Distribution{};
    return kind;
}

CableClass dr4(double length_m, int connectors, const std::string& family = "mpo-apc-low-loss") {
    return optics_alone(links_of("400gbase-dr4", "os2", metres(length_m), connectors, family));
}

constexpr double kAllocation_db = 0.1;  // -2.2 + 3.4 - 3.0 + 1.9: what DR4's limits leave for reflections

Plant plant_of(const CableClass& kind, std::size_t cables = 1) {
    return {.classes = {kind}, .class_of_cable = std::vector<std::uint32_t>(cables, 0)};
}

LinkConditions evaluated(const Plant& plant) { return LinkModel(Catalogue::built_in(), plant).evaluate(kFrameBytes); }

std::string refusal(const Plant& plant) {
    try {
        evaluated(plant);
        return "accepted";
    } catch (const CatalogueError& error) {
        return error.what();
    }
}

// Transmitter max(-0.8, -2.2 + 3.4) = 1.2 dBm; receiver max(-3.9, 3.4 - 5.3) = -1.9 dBm; 500 m at 0.4 dB/km = 0.2 dB.
TEST(LinkModel, OfADr4LinkByHand) {
    const LinkConditions links = evaluated(plant_of(dr4(500.0, 0)));
    ASSERT_EQ(links.directions(), 2u);
    for (const std::size_t row : {0u, 1u}) {
        EXPECT_EQ(links.length_m[row], 500.0);
        EXPECT_NEAR(links.term(Term::fibre)[row], 0.2, 1e-12);
        EXPECT_EQ(links.term(Term::connectors)[row], 0.0);
        EXPECT_EQ(links.term(Term::fault)[row], 0.0);
        EXPECT_NEAR(links.received_dbm[row], 1.0, 1e-12);
        EXPECT_NEAR(links.margin_db[row], 2.9 - kAllocation_db, 1e-12);
        EXPECT_EQ(links.interleave[row], 2);
        EXPECT_EQ(links.phy_ps[row], 2 * 60'000 + 25'600 + 37'000);
        EXPECT_EQ(links.power_watt[row], 12.0);
    }
}

// LAT1 of the golden budgets: 500 m at group index 1.4676 take 2.448 us
TEST(LinkModel, LightTakesItsTime) {
    EXPECT_NEAR(static_cast<double>(evaluated(plant_of(dr4(500.0, 0))).propagation_ps[0]), 2.448e6, 1e3);
    EXPECT_EQ(evaluated(plant_of(dr4(0.0, 0))).propagation_ps[0], 0);
    EXPECT_EQ(evaluated(plant_of(links_of("400g-aec", "os2", metres(2.0), 0, ""))).propagation_ps[0],
              9'000);  // 4.5 ns/m
}

// The reference for -1, 0 and 2 dB of margin and a floor of 17 dB (tests/data/optics/pam4_margin_to_fec.csv)
TEST(LinkModel, ErrorsFollowFromTheMargin) {
    struct {
        double margin_db, ber, codewords;
    } const cases[] = {{-1.0, 1.71127e-03, 2.59301e-02}, {0.0, 2.4e-4, 8.15157e-13}, {2.0, 1.21957e-06, 5.35623e-49}};
    for (const auto& [margin_db, ber, codewords] : cases) {
        Plant plant = plant_of(dr4(500.0, 0));
        plant.extra_losses = {{0, -1, Decibel{2.9 - kAllocation_db - margin_db}}};
        const LinkConditions links = evaluated(plant);
        EXPECT_NEAR(links.margin_db[0], margin_db, 1e-12);
        EXPECT_TRUE(near_relative(links.pre_fec_ber[0], ber, 1e-4));
        EXPECT_TRUE(near_relative(links.worst_lane_ber[0], ber, 1e-4));
        EXPECT_TRUE(near_relative(links.codeword_error_ratio[0], codewords, 2e-3));
        EXPECT_TRUE(near_relative(links.codeword_hazard[0], -std::log1p(-links.codeword_error_ratio[0]), 1e-12));
        EXPECT_TRUE(near_relative(links.frame_loss_ratio[0],
                                  frame_loss_ratio(kKp4, 2, links.codeword_error_ratio[0], kFrameBytes), 1e-12));
    }
}

TEST(LinkModel, TermsOfTheWorstLaneAddUp) {
    Plant plant = plant_of(
        links_of("400gbase-dr4", "os2", {Distribution::Kind::uniform, 20.0, 120.0}, 4, "mpo-apc-standard"), 500);
    for (std::uint32_t cable = 0; cable < 500; cable += 3)
        plant.extra_losses.push_back({cable, int(cable % 4), Decibel{1.5}});
    const LinkConditions links = evaluated(plant);
    for (std::size_t row = 0; row < links.directions(); ++row) {
        const double loss_db =
            links.term(Term::fibre)[row] + links.term(Term::connectors)[row] + links.term(Term::fault)[row];
        EXPECT_NEAR(links.received_dbm[row], 1.2 - loss_db, 1e-12);
        EXPECT_NEAR(links.margin_db[row], links.received_dbm[row] + 1.9 - kAllocation_db, 1e-12);
        EXPECT_LE(links.pre_fec_ber[row], links.worst_lane_ber[row]);
        EXPECT_GE(links.pre_fec_ber[row], links.worst_lane_ber[row] / 4.0);
        EXPECT_GE(links.length_m[row], 20.0);
        EXPECT_LE(links.length_m[row], 120.0);
    }
}

TEST(LinkModel, DirectionsShareTheLengthButNotTheFibres) {
    const LinkConditions links = evaluated(plant_of(
        links_of("400gbase-dr4", "os2", {Distribution::Kind::uniform, 20.0, 120.0}, 4, "mpo-apc-standard"), 2));
    EXPECT_EQ(links.length_m[0], links.length_m[1]);
    EXPECT_NE(links.length_m[0], links.length_m[2]);
    EXPECT_NE(links.term(Term::connectors)[0], links.term(Term::connectors)[1]);
    EXPECT_NE(links.term(Term::connectors)[0], links.term(Term::connectors)[2]);
}

// The mean over many connectors of one lane each, and the share below the 97 % point, as IEC 61755-2 defines Grade B
TEST(LinkModel, ConnectorLossesHaveTheirPublishedStatistics) {
    constexpr std::size_t kCables = 20'000;
    const LinkConditions links =
        evaluated(plant_of(links_of("100gbase-dr", "os2", metres(10.0), 1, "lc-upc-grade-b"), kCables));
    const auto& loss = links.term(Term::connectors);
    EXPECT_NEAR(std::accumulate(loss.begin(), loss.end(), 0.0) / (2.0 * kCables), 0.12, 0.001);  // sigma of it: 0.0003
    const auto below = std::count_if(loss.begin(), loss.end(), [](double db) { return db <= 0.25; });
    EXPECT_NEAR(static_cast<double>(below) / (2.0 * kCables), 0.97, 0.005);
    EXPECT_LE(*std::max_element(loss.begin(), loss.end()), 0.75);
    EXPECT_GT(*std::min_element(loss.begin(), loss.end()), 0.0);
}

TEST(LinkModel, ConnectorLossesStayBelowTheirMaximum) {
    const LinkConditions links = evaluated(plant_of(dr4(10.0, 1), 20'000));
    const double most = *std::max_element(links.term(Term::connectors).begin(), links.term(Term::connectors).end());
    EXPECT_LE(most, 0.35);
    EXPECT_GT(most, 0.34);  // 160,000 draws reach for it
}

TEST(LinkModel, EveryFibreOfARibbonHasItsOwnLoss) {
    const LinkConditions links = evaluated(plant_of(dr4(500.0, 4, "mpo-apc-standard"), 50));
    for (std::size_t row = 0; row < links.directions(); ++row)
        EXPECT_LT(links.pre_fec_ber[row], 0.999 * links.worst_lane_ber[row]);
}

// Wavelengths that share a fibre share its connectors: every lane of an FR4 link is as bad as its worst.
TEST(LinkModel, WavelengthsOfOneFibreShareItsLoss) {
    const LinkConditions links =
        evaluated(plant_of(links_of("400gbase-fr4", "os2", metres(500.0), 4, "lc-upc-grade-b"), 50));
    for (std::size_t row = 0; row < links.directions(); ++row)
        EXPECT_TRUE(near_relative(links.pre_fec_ber[row], links.worst_lane_ber[row], 1e-12));
}

TEST(LinkModel, SameSeedSameDrawOtherSeedOtherDraw) {
    Plant plant = plant_of(
        links_of("400gbase-dr4", "os2", {Distribution::Kind::uniform, 20.0, 120.0}, 4, "mpo-apc-standard"), 300);
    const LinkConditions first = evaluated(plant), again = evaluated(plant);
    plant.seed = 2;
    const LinkConditions other = evaluated(plant);
    EXPECT_EQ(first.margin_db, again.margin_db);
    EXPECT_EQ(first.codeword_error_ratio, again.codeword_error_ratio);
    EXPECT_NE(first.length_m, other.length_m);
    EXPECT_NE(first.term(Term::connectors), other.term(Term::connectors));
}

// A cable's draws are its own: more cables, another class beside it, one connector more leave the others as they were.
TEST(LinkModel, DrawsOfACableDoNotDependOnItsNeighbours) {
    const LinkConditions few = evaluated(plant_of(dr4(50.0, 2), 10));
    Plant mixed = plant_of(dr4(50.0, 2), 5'000);
    mixed.classes.push_back(dr4(50.0, 3));
    for (std::uint32_t cable = 1; cable < 5'000; cable += 2) mixed.class_of_cable[cable] = 1;
    const LinkConditions many = evaluated(mixed);
    for (std::size_t row = 0; row < 20; ++row) {
        const bool two_connectors = row / 2 % 2 == 0;
        if (two_connectors)
            EXPECT_EQ(many.term(Term::connectors)[row], few.term(Term::connectors)[row]);
        else
            EXPECT_GT(many.term(Term::connectors)[row], few.term(Term::connectors)[row]);
    }
}

TEST(LinkModel, LossOnOneLaneIsDilutedLossOnAllIsNot) {
    Plant one = plant_of(dr4(500.0, 0)), all = one;
    one.extra_losses = {{0, 2, Decibel{3.8}}};
    all.extra_losses = {{0, -1, Decibel{3.8}}};
    const LinkConditions bad_lane = evaluated(one), bad_link = evaluated(all);
    EXPECT_NEAR(bad_lane.margin_db[0], -1.0, 1e-12);
    EXPECT_EQ(bad_lane.margin_db[0], bad_link.margin_db[0]);
    EXPECT_EQ(bad_lane.worst_lane_ber[0], bad_link.worst_lane_ber[0]);
    EXPECT_TRUE(near_relative(bad_lane.pre_fec_ber[0], bad_link.pre_fec_ber[0] / 4.0, 1e-3));
    EXPECT_LT(bad_lane.codeword_error_ratio[0], 1e-4 * bad_link.codeword_error_ratio[0]);
    EXPECT_EQ(bad_lane.margin_db[1], bad_lane.margin_db[0]);  // both directions
    // The curve's answer for each lane, put together by the tested convolution
    const ErrorCurve curve(Modulation::pam4, 2.4e-4, Decibel{17.0});
    const double good = curve.bit_error_ratio({2.8}), bad = curve.bit_error_ratio({-1.0});
    EXPECT_TRUE(near_relative(bad_lane.codeword_error_ratio[0],
                              striped_codeword_error_ratio(kKp4, std::vector{good, good, bad, good}), 1e-9));
}

TEST(LinkModel, ExtraLossesOfOneLaneAddUpAndTouchNoOtherCable) {
    Plant plant = plant_of(dr4(500.0, 0), 3);
    plant.extra_losses = {{1, 0, Decibel{1.0}}, {1, -1, Decibel{0.5}}, {1, 3, Decibel{0.7}}};
    const LinkConditions links = evaluated(plant);
    EXPECT_NEAR(links.term(Term::fault)[2], 1.5, 1e-12);
    EXPECT_NEAR(links.term(Term::fault)[3], 1.5, 1e-12);
    for (const std::size_t row : {0u, 1u, 4u, 5u}) EXPECT_EQ(links.term(Term::fault)[row], 0.0);
}

TEST(LinkModel, MoreLossIsNeverBetter) {
    Plant plant = plant_of(dr4(100.0, 0), 200);
    for (std::uint32_t cable = 0; cable < 200; ++cable) plant.extra_losses.push_back({cable, -1, Decibel{0.1 * cable}});
    const LinkConditions links = evaluated(plant);
    for (std::size_t row = 2; row < links.directions(); row += 2) {
        EXPECT_LT(links.margin_db[row], links.margin_db[row - 2]);
        EXPECT_GT(links.pre_fec_ber[row], links.pre_fec_ber[row - 2]);
        EXPECT_GE(links.codeword_error_ratio[row], links.codeword_error_ratio[row - 2]);
        EXPECT_GE(links.frame_loss_ratio[row], links.frame_loss_ratio[row - 2]);
    }
    EXPECT_LT(links.frame_loss_ratio.front(), 1e-40);
    EXPECT_EQ(links.frame_loss_ratio.back(), 1.0);
}

TEST(LinkModel, ACutFibreDeliversNothing) {
    Plant plant = plant_of(dr4(100.0, 2));
    plant.extra_losses = {{0, -1, Decibel{std::numeric_limits<double>::infinity()}}};
    const LinkConditions links = evaluated(plant);
    EXPECT_EQ(links.pre_fec_ber[0], 0.5);
    EXPECT_EQ(links.codeword_error_ratio[0], 1.0);
    EXPECT_EQ(links.frame_loss_ratio[0], 1.0);
}

TEST(LinkModel, CopperIsAsItsRowSays) {
    const LinkConditions links = evaluated(plant_of(links_of("400g-aec", "os2", metres(3.0), 2, "no such family")));
    for (const std::size_t row : {0u, 1u}) {
        for (const auto* term : {&links.term(Term::fibre), &links.term(Term::connectors), &links.term(Term::fault),
                                 &links.received_dbm, &links.margin_db})
            EXPECT_TRUE(std::isnan((*term)[row]));
        EXPECT_TRUE(near_relative(links.pre_fec_ber[row], 2.6e-4, 1e-12));
        EXPECT_TRUE(near_relative(links.codeword_error_ratio[row], codeword_error_ratio(kKp4, 2.6e-4), 1e-9));
        EXPECT_EQ(links.phy_ps[row], 2 * 80'000 + 25'600 + 37'000);
        EXPECT_EQ(links.power_watt[row], 4.5);
    }
}

TEST(LinkModel, RefusesWhatIsNotInTheCatalogue) {
    EXPECT_EQ(refusal(plant_of(dr4(50.0, 2))), "accepted");
    EXPECT_EQ(refusal(plant_of(links_of("400g-dr4", "os2", metres(50.0), 2, "mpo-apc-low-loss"))),
              "no module \"400g-dr4\" in the catalogue");
    EXPECT_EQ(refusal(plant_of(links_of("400gbase-dr4", "os9", metres(50.0), 2, "mpo-apc-low-loss"))),
              "no fibre \"os9\" in the catalogue");
    EXPECT_EQ(refusal(plant_of(dr4(50.0, 2, "mpo"))), "no connector family \"mpo\" in the catalogue");
    EXPECT_EQ(refusal(plant_of(dr4(50.0, 0, "mpo"))), "accepted");  // none of them
}

TEST(LinkModel, RefusesWhatCannotBeJoined) {
    EXPECT_EQ(refusal(plant_of(links_of("400gbase-dr4", "twinax", metres(50.0), 2, "mpo-apc-low-loss"))),
              "tier: two 400gbase-dr4 do not make a link: 400gbase-dr4 does not take fibre twinax, which is not "
              "single-mode");
    EXPECT_EQ(refusal(plant_of(dr4(50.0, -1))), "tier: a cable has 0 to 1000 connectors and splices, not -1 and 0");
    EXPECT_EQ(refusal(plant_of(dr4(-1.0, 0))),
              "cable 0 of \"400gbase-dr4\" comes out -1 m long; 0 to 1e+07 m is possible");
    EXPECT_EQ(refusal(plant_of(dr4(std::nan(""), 0))),
              "cable 0 of \"400gbase-dr4\" comes out nan m long; 0 to 1e+07 m is possible");
    EXPECT_EQ(refusal(plant_of(links_of("400g-aec", "", metres(6.0), 0, ""))),
              "cable 0 of \"400g-aec\" comes out 6 m long; 0 to 5 m is possible");
}

TEST(LinkModel, RefusesAFloorThatNoPowerOvercomes) {
    Plant plant = plant_of(dr4(50.0, 2));
    for (const double floor_db : {10.66, -3.0, std::nan("")}) {
        plant.noise_floor = Decibel{floor_db};
        EXPECT_EQ(refusal(plant).rfind("with a noise floor of ", 0), 0u) << floor_db;
    }
    plant.noise_floor = Decibel{10.67};
    EXPECT_EQ(refusal(plant), "accepted");
}

TEST(LinkModel, RefusesExtraLossThatMeansNothing) {
    Plant plant = plant_of(dr4(50.0, 2), 2);
    plant.classes.push_back(links_of("400g-aec", "", metres(2.0), 0, ""));
    plant.class_of_cable[1] = 1;
    const auto with = [&](ExtraLoss extra) {
        plant.extra_losses = {extra};
        return refusal(plant);
    };
    EXPECT_EQ(with({0, 3, Decibel{1.0}}), "accepted");
    EXPECT_EQ(with({0, 4, Decibel{1.0}}), "extra loss on cable 0: \"400gbase-dr4\" has no lane 4, only 0 to 3");
    EXPECT_EQ(with({0, -2, Decibel{1.0}}), "extra loss on cable 0: \"400gbase-dr4\" has no lane -2, only 0 to 3");
    EXPECT_EQ(with({0, 0, Decibel{-1.0}}), "extra loss on cable 0: -1 dB is no loss");
    EXPECT_EQ(with({0, 0, Decibel{std::nan("")}}), "extra loss on cable 0: nan dB is no loss");
    EXPECT_EQ(with({2, 0, Decibel{1.0}}), "extra loss on cable 2: none such");
    EXPECT_EQ(with({1, 0, Decibel{1.0}}),
              "extra loss on cable 1: \"400g-aec\" is specified by its error ratio, which no loss changes");
}

// One-way codewords (100GBASE-DR), as the reference's own table says (fec_burst_reference.csv, no interleave): at one
// raw error ratio longer bursts cost more, and precoding helps where they are long and hurts where there are none.
TEST(LinkModel, BurstsCostCodewordsAndPrecodingHelpsAgainstLongOnes) {
    Plant plant = plant_of(optics_alone(links_of("100gbase-dr", "os2", metres(500.0), 0, "")));
    plant.extra_losses = {{0, -1, Decibel{2.9}}};
    const auto lost = [&](double propagation, bool precoding) {
        plant.burst = {propagation, precoding};
        return evaluated(plant).codeword_error_ratio[0];
    };
    const double independent = lost(0.0, false);
    EXPECT_GT(lost(0.5, false), 3.0 * independent);
    EXPECT_GT(lost(0.75, false), 3.0 * lost(0.5, false));
    EXPECT_LT(lost(0.75, true), lost(0.75, false));
    EXPECT_GT(lost(0.0, true), independent);
    // The table between its points is the exact chain: within a tenth of it
    const double ber = LinkModel(Catalogue::built_in(), plant).budgets(0, {.extra_loss_db = {2.9}}).ber[0];
    const BurstLoss exact = burst_loss(kKp4, feedback_chain(ber, 0.5, false), 1);
    EXPECT_TRUE(near_relative(lost(0.5, false), std::pow(10.0, exact.log10_codeword_error_ratio), 0.1));
}

// Loss of lock begins where codewords are lost, and a flap is one that outlasts the debounce.
TEST(LinkModel, LockIsLostAsOftenAsThreeCodewordsInARow) {
    Plant plant = plant_of(dr4(500.0, 0));
    plant.extra_losses = {{0, -1, Decibel{3.55}}};
    const LinkConditions links = evaluated(plant);
    const double cer = links.codeword_error_ratio[0];
    ASSERT_GT(cer, 1e-5);
    ASSERT_LT(cer, 1e-1);
    EXPECT_TRUE(
        near_relative(links.lock_losses_per_second[0], 2.0 * std::pow(cer, 3) * (1.0 - cer) / 25.6e-9, 2 * cer));
    // lognormal relock of median 1 ms and sigma 1: past 10 ms with ln(10) sigmas
    const double share = 0.5 * std::erfc(std::log(10.0) / std::sqrt(2.0));
    EXPECT_TRUE(near_relative(links.flaps_per_second[0], share * links.lock_losses_per_second[0], 1e-6));
    plant.lock.on = false;
    EXPECT_EQ(evaluated(plant).lock_losses_per_second[0], 0.0);
}

TEST(LinkModel, OfNothingIsEmpty) { EXPECT_EQ(evaluated(Plant{}).directions(), 0u); }

}  // namespace
}  // namespace lightloom
