// From a scenario to a plan: faults that come later, readings that reach the links they select, parts that no standard
// joins. Oracle: the same plant planned with what was to happen already there.
#include "scenarios/assembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "scenarios/scenario_files.hpp"
#include "scenarios/scenario_text.hpp"

namespace lightloom::test {
namespace {

const std::string kFabric = R"([topology]
servers = 4
gpus_per_server = 2
leaves = 2
spines = 2
links_per_pair = 2
[tier.leaf-spine]
length = { uniform = ["20m", "120m"] }
connectors = { count = 4 }
)";

Scenario scenario_of(const std::string& more, const std::vector<Override>& overrides = {}) {
    ParsedScenario parsed = parse_scenario(kFabric + more, "s.toml", overrides, names_of(Catalogue::built_in()));
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return parsed.scenario.value_or(Scenario{});
}

std::string fault(const std::string& at, const std::string& select, const std::string& loss,
                  const std::string& lane = "\"all\"") {
    return "[[fault]]\nat = \"" + at + "\"\nselect = \"" + select + "\"\nextra_loss = \"" + loss +
           "\"\nlane = " + lane + "\n";
}

Plan plan_of(const std::string& more, const std::vector<Override>& overrides = {}) {
    return plan(scenario_of(more, overrides));
}

Plan measured(const std::string& rows) {
    const Scenario scenario = scenario_of("[optics]\nbasis = \"measured\"\nplant = \"p.csv\"\n");
    const ParsedPlant parsed = parse_plant(rows, "p.csv");
    for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
    return plan(scenario, {Catalogue::built_in(), parsed.readings});
}

template <class Make>
std::string refusal(Make make) {
    try {
        make();
    } catch (const CatalogueError& error) {
        return error.what();
    }
    return "accepted";
}

/// The directions of cables between leaves and spines; of one leaf and one spine if they are given.
std::vector<std::uint32_t> directions(const Plan& plan, std::optional<std::uint32_t> leaf = {},
                                      std::optional<std::uint32_t> spine = {}) {
    const auto is = [&](PortId port, std::optional<std::uint32_t> wanted) {
        return !wanted || plan.topology.nodes[plan.topology.ports[port.value].node.value].index == *wanted;
    };
    std::vector<std::uint32_t> found;
    for (std::uint32_t c = 0; c < plan.topology.cables.size(); ++c) {
        const Topology::Cable& cable = plan.topology.cables[c];
        if (plan.topology.tiers[cable.tier].name == "leaf-spine" && is(cable.lower, leaf) && is(cable.upper, spine))
            found.insert(found.end(), {2 * c, 2 * c + 1});
    }
    return found;
}

/// Of the cables between leaves and spines: copper has none.
std::vector<double> margins(const Plan& plan) {
    std::vector<double> found;
    for (const std::uint32_t row : directions(plan)) found.push_back(plan.links.margin_db[row]);
    EXPECT_EQ(found.size(), 16u);
    return found;
}

TEST(LaterFault, ChangesTheChannelOfItsCableThenAndNothingBefore) {
    const std::string where = "leaf=1 & spine=0 & link=1";
    const Plan without = plan_of(""), later = plan_of(fault("200us", where, "3.9dB", "2")),
               at_once = plan_of(fault("0s", where, "3.9dB", "2"));
    EXPECT_EQ(margins(later), margins(without));
    EXPECT_EQ(later.links.codeword_hazard, without.links.codeword_hazard);
    EXPECT_EQ(later.links.frame_loss_ratio, without.links.frame_loss_ratio);
    EXPECT_TRUE(without.changes.empty());
    EXPECT_TRUE(at_once.changes.empty());
    const auto pair = directions(later, 1, 0);
    ASSERT_EQ(pair.size(), 4u);
    ASSERT_EQ(later.changes.size(), 2u);
    for (std::size_t d : {0u, 1u}) {
        const ChannelChange& change = later.changes[d];
        EXPECT_EQ(change.direction, pair[2 + d]);
        EXPECT_EQ(change.at, Time{200'000'000});
        EXPECT_GT(change.codeword_hazard, without.links.codeword_hazard[change.direction]);
        EXPECT_EQ(change.codeword_hazard, at_once.links.codeword_hazard[change.direction]);
        EXPECT_EQ(change.lock_loss_per_second, at_once.links.lock_losses_per_second[change.direction]);
    }
}

TEST(LaterFault, ComesOnTopOfThoseBeforeInOrderOfTime) {
    const std::string both_at_once =
        fault("0s", "leaf=0 & spine=1", "2dB") + fault("0s", "leaf=0 & spine=1", "3dB", "1");
    const Plan later = plan_of(fault("5ms", "leaf=0 & spine=1", "3dB", "1") + fault("2ms", "leaf=0 & spine=1", "2dB")),
               first = plan_of(fault("0s", "leaf=0 & spine=1", "2dB")), both = plan_of(both_at_once);
    ASSERT_EQ(later.changes.size(), 8u);  // two faults on two cables of two directions
    for (std::size_t n = 0; n < 4; ++n) {
        const ChannelChange& early = later.changes[n];
        const ChannelChange& late = later.changes[4 + n];
        EXPECT_EQ(early.at, Time{2'000'000'000});
        EXPECT_EQ(late.at, Time{5'000'000'000});
        EXPECT_EQ(early.direction, directions(later, 0, 1)[n]);
        EXPECT_EQ(late.direction, early.direction);
        EXPECT_EQ(early.codeword_hazard, first.links.codeword_hazard[early.direction]);
        EXPECT_EQ(late.codeword_hazard, both.links.codeword_hazard[late.direction]);
        EXPECT_GT(late.codeword_hazard, early.codeword_hazard);
    }
}

TEST(LaterFault, ComesOnTopOfThoseOfTheStart) {
    const Plan later = plan_of(fault("0s", "leaf=0 & spine=0 & link=0", "2dB") + fault("1ms", "leaf=0", "2dB"));
    const Plan both = plan_of(fault("0s", "leaf=0 & spine=0 & link=0", "2dB") + fault("0s", "leaf=0", "2dB"));
    ASSERT_EQ(later.changes.size(), 8u);
    for (const ChannelChange& change : later.changes)
        EXPECT_EQ(change.codeword_hazard, both.links.codeword_hazard[change.direction]);
}

TEST(LaterFault, NeedsALaneThatThereIs) {
    EXPECT_EQ(refusal([] { plan_of(fault("1ms", "leaf=0", "2dB", "3")); }), "accepted");
    EXPECT_EQ(refusal([] { plan_of(fault("1ms", "leaf=0", "2dB", "4")); }),
              "fault.0: \"400gbase-dr4\" has no lane 4, only 0 to 3");
    EXPECT_EQ(refusal([] { plan_of(fault("0s", "leaf=0 & spine=0 & link=0", "2dB", "4")); }),
              "extra loss on cable 4: \"400gbase-dr4\" has no lane 4, only 0 to 3");
}

TEST(Readings, ReachTheDirectionsAndFibresTheyName) {
    const std::string header = "select,direction,fibre,loss_db,length_m\n", all = "tier=leaf-spine,,,1.0,60\n";
    const Plan even = measured(header + all), high = measured(header + all + "leaf=1 & spine=0 & link=1,down,2,2.5,\n");
    const std::uint32_t read = directions(high, 1, 0)[3];
    for (const std::uint32_t row : directions(high)) {
        EXPECT_EQ(high.links.length_m[row], 60.0);
        EXPECT_NEAR(high.links.margin_db[row], even.links.margin_db[row] - (row == read ? 1.5 : 0.0), 1e-9) << row;
    }
    EXPECT_EQ(high.links.worst_lane[read], 2);
    // Two losses of one channel: the row that comes last holds
    const Plan back = measured(header + "leaf=1 & spine=0 & link=1,down,2,2.5,\n" + all);
    EXPECT_EQ(margins(back), margins(even));
}

TEST(Readings, OfLengthChangeTheDelay) {
    const Plan near = measured("select,length_m\ntier=leaf-spine,20\n"),
               far = measured("select,length_m\ntier=leaf-spine,20\nleaf=0 & spine=1,120\n");
    const auto longer = directions(far, 0, 1);
    for (const std::uint32_t row : directions(far)) {
        const bool is_far = std::ranges::find(longer, row) != longer.end();
        const double more_ns =
            static_cast<double>(far.links.propagation_ps[row] - near.links.propagation_ps[row]) / 1e3;
        EXPECT_NEAR(more_ns, is_far ? 490.0 : 0.0, 3.0) << row;  // 4.9 ns a metre in glass of index 1.467
    }
}

TEST(Readings, OfReceivedPowerReplaceAllBeforeIt) {
    const auto margins_at = [](const std::string& dbm) {
        return margins(measured("select,received_dbm\ntier=leaf-spine," + dbm + "\n"));
    };
    const auto strong = margins_at("-1"), weak = margins_at("-2.5");
    for (std::size_t row = 0; row < strong.size(); ++row) EXPECT_NEAR(strong[row] - weak[row], 1.5, 1e-9);
    // Losses too, in whichever order they were read
    const std::string header = "select,loss_db,received_dbm\n", loss = "tier=leaf-spine,3,\n",
                      power = "tier=leaf-spine,,-1\n";
    EXPECT_EQ(margins(measured(header + loss + power)), strong);
    EXPECT_EQ(margins(measured(header + power + loss)), strong);
    EXPECT_EQ(margins(measured(header + "tier=leaf-spine,3,-1\n")), strong);
}

TEST(Readings, ThatSelectNothingAreRefusedWithTheirLine) {
    EXPECT_EQ(refusal([] { measured("select,loss_db\nleaf=0,1\nleaf=2,1\n"); }),
              "p.csv:3: no cable is selected by \"tier=leaf-spine & leaf=2\"");
    EXPECT_EQ(refusal([] { measured("select,loss_db\ntier=core,1\n"); }),
              "p.csv:2: no cable is selected by \"tier=core\"");
    EXPECT_EQ(refusal([] { measured("select,loss_db\n# x\nleaf=0 & server=0,1\n"); }),
              "p.csv:3: no cable is selected by \"tier=leaf-spine & leaf=0 & server=0\"");
}

TEST(Readings, OfWhatIsNotThereAreRefused) {
    EXPECT_EQ(refusal([] { measured("select,fibre,loss_db\nleaf=0 & spine=0 & link=0,4,1\n"); }),
              "a reading of cable 4: \"400gbase-dr4\" has no fibre 4 each way, only 0 to 3");
    EXPECT_EQ(refusal([] { measured("select,loss_db\ntier=host-leaf & server=0 & link=0,1\n"); }),
              "a reading of cable 0: \"400g-aec\" is specified by its error ratio, which no reading changes");
    EXPECT_EQ(refusal([] { measured("select,length_m\ntier=host-leaf,1.5\n"); }), "accepted");
}

TEST(OutOfSpec, IsComputedAndMarkedOnlyWhereAllowed) {
    const std::string objection =
        "400gbase-lr4-6 may send 5.1 dBm, and 400gbase-fr4 takes no more than 3.5 dBm: an attenuator is needed";
    std::vector<Override> odd{{"tier.leaf-spine.module", "{ leaf = '400gbase-fr4', spine = '400gbase-lr4-6' }"},
                              {"tier.leaf-spine.connectors.family", "lc-upc-grade-b"}};
    EXPECT_EQ(refusal([&] { plan_of("", odd); }),
              "tier.leaf-spine: 400gbase-fr4 and 400gbase-lr4-6 do not make a link: " + objection +
                  " (optics.allow_out_of_spec = true computes it all the same)");
    odd.push_back({"optics.allow_out_of_spec", "true"});
    const Plan plan = plan_of("", odd);
    EXPECT_EQ(plan.joints[1].objections, std::vector{objection});
    for (const double margin_db : margins(plan)) EXPECT_TRUE(std::isfinite(margin_db));
    // What physics forbids stays forbidden
    odd.push_back({"tier.leaf-spine.fibre", "om4"});
    EXPECT_NE(refusal([&] { plan_of("", odd); }).find("400gbase-fr4 does not take fibre om4"), std::string::npos);
}

TEST(Ends, MayDiffer) {
    const Plan plan = plan_of("", {{"tier.host-leaf.module", "{ server = '400gbase-dr4', leaf = '400gbase-dr4' }"},
                                   {"tier.host-leaf.host_loss", "{ server = '3dB', leaf = ['4dB', '10dB'] }"},
                                   {"tier.leaf-spine.module", "{ spine = '400gbase-dr4-2' }"}});
    EXPECT_EQ(plan.joints[1].lower->id, "400gbase-dr4");
    EXPECT_EQ(plan.joints[1].upper->id, "400gbase-dr4-2");
    // Ports of a leaf alternate; errors of both ends count in both directions
    EXPECT_GT(plan.links.host_ber[2], plan.links.host_ber[0]);
    EXPECT_EQ(plan.links.host_ber[4], plan.links.host_ber[0]);
}

}  // namespace
}  // namespace lightloom::test
