// What `qualify` concludes. Oracles: budgets added up by hand from the catalogue's limits; sums of the printed lines;
// Poisson's law written out.
#include "models/optics/qualification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/optics/alternatives.hpp"

namespace lightloom {
namespace {

constexpr int kFrameBytes = 4160;

Distribution fixed(double value) { return {Distribution::Kind::fixed, value, 0.0}; }

CableClass links_of(const std::string& module, const std::string& fibre, double length_m, double loss_of_pairs_db) {
    const ModuleRow& row = *Catalogue::built_in().module(module);
    CableClass kind{.name = "tier",
                    .lower_module = module,
                    .upper_module = module,
                    .fibre = fibre,
                    .length_m = fixed(length_m),
                    .connectors = row.connector == "none" ? 0 : 2,
                    .rate = row.port_rate()};
    for (const std::string& id : Catalogue::built_in().ids("connectors")) {
        const ConnectorRow& connector = *Catalogue::built_in().connector(id);
        if (connector.medium == row.medium && connector.face == row.connector && kind.connector_family.empty())
            kind.connector_family = id;
    }
    kind.connector_loss_db = fixed(0.5 * loss_of_pairs_db);
    return kind;
}

Plant plant_of(const CableClass& kind, Basis basis = Basis::limit, std::size_t cables = 8) {
    return {.classes = {kind}, .class_of_cable = std::vector<std::uint32_t>(cables, 0), .basis = basis};
}

Qualification qualified(const Plant& plant, const Targets& targets = {}) {
    const LinkModel model(Catalogue::built_in(), plant);
    return qualify(model, model.evaluate(kFrameBytes), targets, kFrameBytes).at(0);
}

// IEEE 802.3 clause 124: at the whole of its channel loss a DR4 link has a margin of 0, and works.
TEST(Qualification, OfTheStandardsOwnExample) {
    const Qualification q = qualified(plant_of(links_of("400gbase-dr4", "os2", 500.0, 2.8)));
    EXPECT_NEAR(q.worst_margin_db, 0.0, 1e-9);
    EXPECT_EQ(q.verdict, Verdict::marginal);
    EXPECT_LT(q.worst_frame_loss, q.frame_loss_target);
    EXPECT_NEAR(q.worst_lanes.optics_ber[0], 2.4e-4, 1e-9);
    EXPECT_GT(q.cliff_db, 0.0);
    EXPECT_LT(q.cliff_db, 0.3);
    EXPECT_GT(q.lock_cliff_db, q.cliff_db);
}

TEST(Qualification, VerdictsFollowTheMargin) {
    EXPECT_EQ(qualified(plant_of(links_of("400gbase-dr4", "os2", 100.0, 0.5))).verdict, Verdict::pass);
    EXPECT_EQ(qualified(plant_of(links_of("400gbase-dr4", "os2", 100.0, 2.2))).verdict, Verdict::marginal);
    const Qualification fails = qualified(plant_of(links_of("400gbase-dr4", "os2", 100.0, 3.5)));
    EXPECT_EQ(fails.verdict, Verdict::fail);
    EXPECT_LT(fails.cliff_db, 0.0);
    EXPECT_EQ(qualified(plant_of(links_of("400gbase-dr4", "os2", 100.0, 2.2)), {.margin = {0.5}}).verdict,
              Verdict::pass);
}

// Whoever adds up the printed lines gets the printed margin: over the catalogue, on two bases.
TEST(Qualification, WaterfallsAddUp) {
    int added = 0;
    for (const ModuleRow& module : Catalogue::built_in().modules()) {
        if (!module.is_optical() || !module.missing.empty()) continue;
        for (const Basis basis : {Basis::limit, Basis::typical}) {
            Plant plant =
                plant_of(links_of(module.id, module.medium == Medium::multimode ? "om4" : "os2", 40.0, 0.6), basis, 4);
            plant.life = {.age_years = basis == Basis::typical ? 3.0 : 0.0,
                          .dirt = {.fraction = basis == Basis::typical ? 0.3 : 0.0}};
            plant.allow_out_of_spec = true;
            const LinkModel model(Catalogue::built_in(), plant);
            for (std::size_t row = 0; row < 8; ++row) {
                double level = 0.0, margin = NAN;
                for (const WaterfallLine& line : waterfall(model, row, model.condition(row))) {
                    if (line.what == "transmitter")
                        level = line.value;
                    else if (line.what == "received")
                        EXPECT_NEAR(level, line.value, 1e-3) << module.id;
                    else if (line.what == "sensitivity")
                        level -= line.value;
                    else if (line.what == "margin")
                        margin = line.value;
                    else
                        level += line.value;
                    EXPECT_FALSE(line.how.empty()) << module.id << ' ' << line.what;
                    EXPECT_FALSE(line.basis.empty()) << module.id << ' ' << line.what;
                }
                EXPECT_NEAR(level, margin, 1e-3) << module.id;  // a term below half of it is not told of
                ++added;
            }
        }
    }
    EXPECT_GT(added, 400);
}

// A figure that decides and is only assumed leaves the verdict open, and is named.
TEST(Qualification, IsUndecidedWhereAnAssumedFigureDecides) {
    const std::vector<CatalogueChange> changes{
        {"modules", "400gbase-dr4", "tdecq_max_db", "2.4~3.4~4.6", "own.toml:1:1"}};
    std::vector<std::unique_ptr<Catalogue>> kept;
    const auto model_with = [&](const Plant& plant) {
        return [&kept, &changes, plant](const Assumption& assumption) {
            kept.push_back(std::make_unique<Catalogue>(built_in_catalogue_text(), changes, assumption));
            return std::make_unique<LinkModel>(*kept.back(), plant);
        };
    };
    // Closure moves transmitter and receiver alike, but what the standard sets aside grows with it.
    const Plant close = plant_of(links_of("400gbase-dr4", "os2", 100.0, 1.9));
    const Qualification open = qualify_with_assumptions(model_with(close), {}, kFrameBytes).at(0);
    const Plant far = plant_of(links_of("400gbase-dr4", "os2", 100.0, 0.2));
    const Qualification sure = qualify_with_assumptions(model_with(far), {}, kFrameBytes).at(0);
    EXPECT_EQ(sure.verdict, Verdict::pass);
    EXPECT_TRUE(sure.figures_to_obtain.empty());
    EXPECT_EQ(open.verdict, Verdict::undecided) << open.reason;
    ASSERT_FALSE(open.figures_to_obtain.empty());
    EXPECT_NE(open.figures_to_obtain.front().find("tdecq_max_db of modules \"400gbase-dr4\""), std::string::npos);
}

// The least stock s with P(Poisson(failures while waiting) <= s) at least the confidence.
TEST(Qualification, SparesFollowPoissonsLaw) {
    const Qualification q = qualified(plant_of(links_of("400gbase-dr4", "os2", 100.0, 0.5), Basis::limit, 2000));
    const Operations& o = q.operations;
    EXPECT_DOUBLE_EQ(o.modules, 4000.0);
    const double expected = o.failures_per_year * 30.0 / 365.25;
    const auto at_most = [expected](int count) {
        double sum = 0.0;
        for (int n = 0; n <= count; ++n) sum += std::exp(n * std::log(expected) - expected - std::lgamma(n + 1.0));
        return sum;
    };
    EXPECT_GE(at_most(o.spares), 0.95);
    EXPECT_LT(at_most(o.spares - 1), 0.95);
}

TEST(Qualification, AlternativesKeepTheCablesAndSayWhy) {
    Plant plant = plant_of(links_of("400gbase-dr4", "os2", 60.0, 1.0), Basis::limit, 6);
    plant.classes.insert(plant.classes.begin(), links_of("400gbase-fr4", "os2", 10.0, 0.5));
    plant.class_of_cable = {0, 0, 1, 1, 1, 0};
    const auto catalogue_with = [](Assumption::Level level) -> const Catalogue& {
        static const Catalogue low(built_in_catalogue_text(), {}, {.level = Assumption::Level::low});
        static const Catalogue high(built_in_catalogue_text(), {}, {.level = Assumption::Level::high});
        return level == Assumption::Level::low ? low : level == Assumption::Level::high ? high : Catalogue::built_in();
    };
    const auto all = alternatives(plant, 1, {}, kFrameBytes, catalogue_with, AlternativeOrder::power);
    const auto named = [&](const std::string& id) {
        const auto found = std::ranges::find(all, id, &Alternative::module);
        EXPECT_NE(found, all.end()) << id;
        return *found;
    };
    EXPECT_TRUE(named("400gbase-dr4").present);
    EXPECT_NEAR(named("400gbase-dr4").worst_margin_db, qualified(plant_of(plant.classes[1])).worst_margin_db, 1e-12);
    EXPECT_TRUE(named("400gbase-fr4").serves);
    EXPECT_EQ(named("400gbase-sr4").fibre, "om4");
    EXPECT_FALSE(named("400g-aec").serves);
    EXPECT_FALSE(named("400g-aec").why_not.empty());
    EXPECT_NE(named("400gbase-er8").why_not.find("lacks"), std::string::npos);
    double watts = 0.0;
    bool others = false;
    for (const Alternative& a : all) {
        EXPECT_FALSE(a.serves && others);  // those that serve come first
        others |= !a.serves;
        if (!a.serves) continue;
        EXPECT_GE(a.watt_per_link, watts);
        watts = a.watt_per_link;
    }
}

}  // namespace
}  // namespace lightloom
