// What must hold of every link that the catalogue can make, and what must not. Links are drawn over the catalogue with
// fixed seeds. Oracles: the direction in which physics goes; the plain formulas of ber.hpp and fec.hpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "models/optics/ber.hpp"
#include "models/optics/link_model.hpp"

namespace lightloom {
namespace {

constexpr int kFrameBytes = 4160;

Distribution fixed(double value) { return {Distribution::Kind::fixed, value, 0.0}; }

const Catalogue& catalogue() { return Catalogue::built_in(); }

// A class of links between two of `module`, with what it takes.
CableClass links_of(const ModuleRow& module, double length_m, int connectors) {
    CableClass kind{.name = "tier",
                    .lower_module = module.id,
                    .upper_module = module.id,
                    .fibre = module.medium == Medium::multimode ? "om4" : "os2",
                    .length_m = fixed(length_m),
                    .connectors = connectors,
                    .connector_family = "",
                    .rate = module.port_rate()};
    for (const std::string& id : catalogue().ids("connectors"))
        if (catalogue().connector(id)->medium == module.medium && catalogue().connector(id)->face == module.connector) {
            kind.connector_family = id;
            break;
        }
    if (kind.connector_family.empty()) kind.connectors = 0;
    return kind;
}

// Direct-detect modules of which everything is known.
std::vector<const ModuleRow*> modules_with_budgets() {
    std::vector<const ModuleRow*> found;
    for (const ModuleRow& module : catalogue().modules())
        if (module.levels && module.missing.empty() && module.is_optical()) found.push_back(&module);
    return found;
}

Plant plant_of(const CableClass& kind, Basis basis, std::size_t cables = 1) {
    return {.classes = {kind},
            .class_of_cable = std::vector<std::uint32_t>(cables, 0),
            .basis = basis,
            .allow_out_of_spec = true};
}

LinkConditions evaluated(const Plant& plant) { return LinkModel(catalogue(), plant).evaluate(kFrameBytes); }

class Draw {
public:
    double real(double least, double most) { return std::uniform_real_distribution(least, most)(random_); }
    std::size_t below(std::size_t count) { return random_() % count; }

private:
    std::mt19937_64 random_{7};
};

TEST(LinkProperties, MoreLossIsNeverBetterBelowOverloadAndWithoutReflections) {
    Draw draw;
    const auto modules = modules_with_budgets();
    ASSERT_GE(modules.size(), 20u);
    int compared = 0;
    for (int trial = 0; trial < 400; ++trial) {
        const ModuleRow& module = *modules[draw.below(modules.size())];
        const double reach_m = module.reach_m.at(module.medium == Medium::multimode ? "om4" : "os2").value_or(50.0);
        Plant plant = plant_of(links_of(module, draw.real(0.0, reach_m), int(draw.below(5))), Basis::limit);
        const double least_db = draw.real(0.0, 8.0);
        double before = 0.0, lost_before = 0.0;
        for (const double extra_db : {0.0, 0.3, 1.1, 4.0}) {
            plant.extra_losses = {{0, -1, Decibel{least_db + extra_db}}};
            const LinkConditions links = evaluated(plant);
            EXPECT_GE(links.worst_lane_ber[0], before) << module.id;
            EXPECT_GE(links.codeword_error_ratio[0], lost_before) << module.id;
            before = links.worst_lane_ber[0];
            lost_before = links.codeword_error_ratio[0];
            ++compared;
        }
    }
    EXPECT_EQ(compared, 1600);
}

TEST(LinkProperties, MoreNoiseAndMoreDirtAreNeverBetter) {
    Draw draw;
    const auto modules = modules_with_budgets();
    int angled = 0;
    for (int trial = 0; trial < 200; ++trial) {
        const ModuleRow& module = *modules[draw.below(modules.size())];
        Plant plant = plant_of(links_of(module, draw.real(1.0, 50.0), 2), Basis::typical, 4);
        plant.noise_floor = Decibel{draw.real(17.5, 25.0)};
        plant.extra_losses = {{0, -1, Decibel{2.0}}, {1, -1, Decibel{3.0}}, {2, -1, Decibel{4.0}}};
        const LinkConditions quiet = evaluated(plant);
        plant.noise_floor = Decibel{plant.noise_floor.value - 0.5};
        const LinkConditions noisy = evaluated(plant);
        plant.life.dirt = {.fraction = 1.0, .per = Dirt::Per::mating, .loss_db = fixed(0.5)};
        const LinkConditions dirty = evaluated(plant);
        plant.life.dirt.loss_db = fixed(1.0);
        const LinkConditions dirtier = evaluated(plant);
        for (std::size_t row = 0; row < quiet.directions(); ++row) {
            // The curve turns about the point of margin 0: a floor costs above it, and recalibrates below.
            if (quiet.margin_db[row] > 0.0) {
                EXPECT_GE(noisy.worst_lane_ber[row], quiet.worst_lane_ber[row]) << module.id;
            }
            if (quiet.term(Term::overload)[row] > 0.0 || module.connector == "") continue;
            EXPECT_GE(dirty.worst_lane_ber[row], noisy.worst_lane_ber[row]) << module.id;
            // On flat faces more loss between the reflections of the dirt lowers them: not monotone, rightly.
            const ConnectorRow* face = catalogue().connector(plant.classes[0].connector_family);
            if (face == nullptr || !face->angled) continue;
            EXPECT_GE(dirtier.worst_lane_ber[row], dirty.worst_lane_ber[row]) << module.id;
            ++angled;
        }
    }
    EXPECT_GT(angled, 100);
}

// Rightly not monotone: a receiver that gets too much, and a VCSEL that is cold.
TEST(LinkProperties, OverloadMakesLessLossWorse) {
    const ModuleRow& module = *catalogue().module("400gbase-dr4");
    Plant plant = plant_of(links_of(module, 1.0, 0), Basis::measured);
    const auto at = [&](double received_dbm) {
        plant.readings = {{.cable = 0, .direction = -1, .fibre = -1, .received_dbm = received_dbm}};
        return evaluated(plant).worst_lane_ber[0];
    };
    const double overload = module.levels->rx_overload_average.value;
    EXPECT_LT(at(overload), at(overload - 6.0));
    EXPECT_GT(at(overload + 4.0), at(overload));
}

// A VCSEL that is driven little above its threshold, which rises again when it is cold.
TEST(LinkProperties, AColdVcselIsWorseThanAWarmOne) {
    const auto figure = [](const char* column, const char* cell) {
        return CatalogueChange{"transmitters", "vcsel-850", column, cell, "test"};
    };
    const std::vector<CatalogueChange> changes{figure("threshold_ma", "0.8"), figure("bias_ma", "2.0"),
                                               figure("parabola_width_k", "40")};
    const Catalogue own(built_in_catalogue_text(), changes);
    const LinkModel model(own, plant_of(links_of(*own.module("400gbase-sr4"), 50.0, 0), Basis::typical));
    const auto ber_at = [&](double inlet_c) {
        LinkCondition condition = model.condition(0);
        condition.inlet_c = inlet_c;
        condition.extra_loss_db.fill(4.0);
        return model.budgets(0, condition).optics_ber[0];
    };
    EXPECT_GT(ber_at(-40.0), 2.0 * ber_at(0.0));
    EXPECT_GT(ber_at(45.0), 2.0 * ber_at(0.0));
}

TEST(LinkProperties, ConstantPowerLosesNothingToHeatAndAgeConstantBiasDoes) {
    for (const auto& [id, loses] : {std::pair{"400gbase-dr4", false}, {"400gbase-sr4", true}}) {
        const ModuleRow& module = *catalogue().module(id);
        LinkModel model(catalogue(), plant_of(links_of(module, 50.0, 0), Basis::typical));
        LinkCondition condition = model.condition(0);
        condition.age_years = 7.0;
        condition.inlet_c = 40.0;
        const LaneBudgets lanes = model.budgets(0, condition);
        EXPECT_EQ(lanes.term(Term::ageing)[0] > 0.01, loses) << id;
        EXPECT_EQ(std::abs(lanes.term(Term::heat)[0]) > 0.01, loses) << id;
    }
}

// One dirty fibre of a ribbon hurts one lane. Striped over four, its codewords are diluted; broken out, it is a link of
// its own that loses what it loses.
TEST(LinkProperties, TheStripedLinkSurvivesTheDirtyFibreThatTheBreakoutDoesNot) {
    CableClass striped = links_of(*catalogue().module("400gbase-dr4"), 100.0, 4);
    striped.lower_host_loss.drawn_db = striped.upper_host_loss.drawn_db = fixed(0.0);
    CableClass lane = striped;
    lane.rate = {100'000'000'000};
    Plant whole = plant_of(striped, Basis::limit), broken_out = plant_of(lane, Basis::limit);
    const double to_cliff_db = evaluated(whole).margin_db[0] + 1.0;  // one dB beyond the specified point
    whole.extra_losses = {{0, 0, Decibel{to_cliff_db}}};
    broken_out.extra_losses = {{0, 0, Decibel{to_cliff_db}}};
    const LinkConditions survives = evaluated(whole), loses = evaluated(broken_out);
    EXPECT_LT(survives.frame_loss_ratio[0], 1e-6);
    EXPECT_GT(loses.frame_loss_ratio[0], 1e-2);
    EXPECT_EQ(survives.worst_lane[0], 0);
    // and the three other lanes are as they were
    LinkModel clean(catalogue(), plant_of(striped, Basis::limit)), dirty(catalogue(), whole);
    const LaneBudgets before = clean.budgets(0, clean.condition(0)), after = dirty.budgets(0, dirty.condition(0));
    for (const std::size_t other : {1u, 2u, 3u}) EXPECT_EQ(after.margin_db[other], before.margin_db[other]);
}

TEST(LinkProperties, DirtOfTheDrawnKindFallsOnSingleFibres) {
    Plant plant = plant_of(links_of(*catalogue().module("400gbase-dr4"), 50.0, 4), Basis::typical, 4000);
    plant.life.dirt = {.fraction = 0.01};
    const LinkModel model(catalogue(), plant);
    int dirty_fibres = 0, dirty_links = 0;
    for (std::size_t row = 0; row < 8000; ++row) {
        const LaneBudgets lanes = model.budgets(row, model.condition(row));
        const auto& dirt = lanes.term(Term::dirt);
        const auto count = std::count_if(dirt.begin(), dirt.begin() + lanes.lanes, [](double db) { return db > 0.0; });
        dirty_fibres += static_cast<int>(count);
        dirty_links += count > 0;
    }
    EXPECT_NEAR(dirty_fibres, 320, 4 * std::sqrt(320.0));  // of 32,000
    EXPECT_GT(dirty_links, 0.95 * dirty_fibres);           // hardly ever two of one ribbon
}

// 100,000 links of one make: the worst is worse than the median by some four or five deviations, not by ten.
TEST(LinkProperties, AFabricHasABelievableWorstLink) {
    Plant plant = plant_of(links_of(*catalogue().module("400gbase-dr4"), 100.0, 4), Basis::typical, 20'000);
    LinkConditions links = evaluated(plant);
    std::vector<double> margin = links.margin_db;
    std::ranges::sort(margin);
    const double median = margin[margin.size() / 2];
    double variance = 0.0;
    for (const double db : margin) variance += (db - median) * (db - median);
    const double deviation = std::sqrt(variance / static_cast<double>(margin.size()));
    EXPECT_GT(median - margin.front(), 3.0 * deviation);
    EXPECT_LT(median - margin.front(), 7.0 * deviation);
    EXPECT_GT(deviation, 0.2);
    EXPECT_LT(deviation, 1.5);
}

// The path that evaluates a million lanes against the formulas written out, for 1,000 lanes.
TEST(LinkProperties, TheFastPathIsThePlainOne) {
    CableClass kind = links_of(*catalogue().module("400gbase-dr4"), 100.0, 4);
    kind.connector_loss_db = Distribution{Distribution::Kind::uniform, 0.3, 1.4};
    const LinkModel model(catalogue(), plant_of(kind, Basis::typical, 125));
    const LinkConditions links = model.evaluate(kFrameBytes);
    const double k = 1.0 / std::sqrt(1.0 / std::pow(pam4_half_spacing(2.4e-4), 2) - std::pow(10.0, -1.7));
    int lanes_checked = 0;
    for (std::size_t row = 0; row < links.directions(); ++row) {
        const LaneBudgets lanes = model.budgets(row, model.condition(row));
        std::vector<double> ber;
        for (std::size_t lane = 0; lane < 4; ++lane, ++lanes_checked) {
            const double x_th = k * std::pow(10.0, lanes.margin_db[lane] / 10.0);
            const double x = 1.0 / std::sqrt(1.0 / (x_th * x_th) + std::pow(10.0, -1.7));
            const auto q = [](double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); };
            ber.push_back((3.0 * q(x) + 2.0 * q(3.0 * x) - q(5.0 * x)) / 4.0 + lanes.sender_host_ber +
                          lanes.receiver_host_ber);
            EXPECT_NEAR(lanes.ber[lane] / ber.back(), 1.0, 1e-9);
        }
        // wrong symbols of four lanes, convolved in full
        std::vector<double> wrong{1.0};
        for (const double lane_ber : ber) {
            const double s = -std::expm1(10.0 * std::log1p(-lane_ber));
            std::vector<double> more(wrong.size() + 40, 0.0);
            for (int count = 0; count <= 40; ++count) {
                const double p = std::exp(std::lgamma(137.0) - std::lgamma(count + 1.0) - std::lgamma(137.0 - count) +
                                          count * std::log(s) + (136 - count) * std::log1p(-s));
                for (std::size_t n = 0; n < wrong.size(); ++n)
                    more[n + static_cast<std::size_t>(count)] += wrong[n] * p;
            }
            wrong = more;
        }
        double lost = 0.0;
        for (std::size_t n = wrong.size(); n-- > 16;) lost += wrong[n];
        if (lost > 1e-280) {
            EXPECT_NEAR(links.codeword_error_ratio[row] / lost, 1.0, 1e-6) << row;
        }
    }
    EXPECT_EQ(lanes_checked, 1000);
}

TEST(LinkProperties, OnlyTheDirectionWhoseConditionChangesChanges) {
    const LinkModel model(catalogue(),
                          plant_of(links_of(*catalogue().module("400gbase-dr4"), 100.0, 4), Basis::limit, 3));
    LinkConditions links = model.evaluate(kFrameBytes);
    const LinkConditions before = links;
    LinkCondition worse = model.condition(2);
    worse.extra_loss_db[1] += 3.0;
    model.evaluate(2, worse, kFrameBytes, links, 2);
    for (std::size_t row = 0; row < links.directions(); ++row) {
        EXPECT_EQ(links.codeword_hazard[row] != before.codeword_hazard[row], row == 2);
        EXPECT_EQ(links.margin_db[row] != before.margin_db[row], row == 2);
    }
    model.evaluate(2, model.condition(2), kFrameBytes, links, 2);
    EXPECT_EQ(links.codeword_hazard, before.codeword_hazard);
}

// Unequal hosts: a list by port reaches the port that it is of.
TEST(LinkProperties, HostLossByPortReachesItsPort) {
    CableClass kind = links_of(*catalogue().module("400gbase-dr4"), 50.0, 0);
    kind.lower_host_loss.by_port_db = {3.0, 8.0};
    kind.upper_host_loss.by_port_db = {5.0};
    Plant plant = plant_of(kind, Basis::limit, 3);
    plant.port_of_end = {0, 7, 1, 8, 2, 9};
    const LinkModel model(catalogue(), plant);
    for (const auto& [row, loss_db] : {std::pair{0u, 3.0}, {2u, 8.0}, {4u, 3.0}}) {
        EXPECT_EQ(model.budgets(row, model.condition(row)).sender_host_loss_db, loss_db);
        EXPECT_EQ(model.budgets(row, model.condition(row)).receiver_host_loss_db, 5.0);
    }
}

// Retimed hosts add errors; a linear one adds noise before the same slicer, so less of it moves the whole curve.
TEST(LinkProperties, RetimedSegmentsAddErrorsLinearOnesAddNoise) {
    const auto at_host_loss = [](const char* id, double loss_db) {
        CableClass kind = links_of(*catalogue().module(id), 50.0, 2);
        kind.lower_host_loss.drawn_db = kind.upper_host_loss.drawn_db = fixed(loss_db);
        const LinkModel model(catalogue(), plant_of(kind, Basis::limit));
        return model.budgets(0, model.condition(0));
    };
    const LaneBudgets near = at_host_loss("800gbase-dr8", 4.0), far = at_host_loss("800gbase-dr8", 16.0);
    EXPECT_EQ(near.optics_ber[0], far.optics_ber[0]);
    EXPECT_NEAR(far.ber[0], far.optics_ber[0] + 2e-5, 1e-9);  // two segments at their budget's 1e-5
    EXPECT_LT(near.sender_host_ber, 1e-9);
    const LaneBudgets lpo_near = at_host_loss("800g-dr8-lpo", 4.0), lpo_far = at_host_loss("800g-dr8-lpo", 11.0);
    EXPECT_EQ(lpo_far.sender_host_ber + lpo_far.receiver_host_ber, 0.0);
    EXPECT_EQ(lpo_near.received_dbm[0], lpo_far.received_dbm[0]);
    EXPECT_GT(lpo_far.term(Term::host)[0], lpo_near.term(Term::host)[0] + 0.1);
    EXPECT_NEAR(lpo_far.margin_db[0] + lpo_far.term(Term::host)[0],
                lpo_near.margin_db[0] + lpo_near.term(Term::host)[0], 1e-9);
    EXPECT_EQ(far.term(Term::host)[0], 0.0);
    EXPECT_GT(lpo_far.ber[0], 3.0 * lpo_near.ber[0]);
}

}  // namespace
}  // namespace lightloom
