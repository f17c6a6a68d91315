// Selections: each predicate alone and together, groups, draws without replacement, and what is refused.
// Oracles: sets by hand on a small fabric of three tiers; counts of a leaf-spine from its parameters; for draws the
// binomial interval at 99.9 % with seeds fixed.
#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "models/faults/selection.hpp"
#include "tests/faults/three_tiers.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/rail_optimised.hpp"

namespace lightloom::testing {
namespace {

using Cables = std::vector<std::uint32_t>;

Cables selected(const CableSelection& selection, std::uint64_t seed = 1) {
    Cables cables;
    for (const CableId cable : select(three_tiers(), selection, seed)) cables.push_back(cable.value);
    return cables;
}

Cables from_to(std::uint32_t first, std::uint32_t last) {
    Cables cables;
    for (std::uint32_t c = first; c <= last; ++c) cables.push_back(c);
    return cables;
}

TEST(Selection, NarrowsByEveryPredicate) {
    EXPECT_EQ(selected({}), from_to(0, 39));
    EXPECT_EQ(selected({.tier = "spine-core"}), from_to(32, 39));
    EXPECT_EQ(selected({.leaf = 1}), from_to(8, 15));
    EXPECT_EQ(selected({.tier = "leaf-spine", .leaf = 1}), from_to(12, 15));
    EXPECT_EQ(selected({.spine = 3}), (Cables{22, 23, 30, 31, 38, 39}));
    EXPECT_EQ(selected({.leaf = 2, .spine = 3}), (Cables{22, 23}));
    EXPECT_EQ(selected({.leaf = 2, .spine = 3, .link = 1}), (Cables{23}));
    EXPECT_EQ(selected({.core = 1}), (Cables{33, 35, 37, 39}));
    EXPECT_EQ(selected({.core = 1, .pod = 1}), (Cables{37, 39}));
    EXPECT_EQ(selected({.pod = 0}), (Cables{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 32, 33, 34, 35}));
    EXPECT_EQ(selected({.server = 3}), (Cables{10, 11}));
    EXPECT_EQ(selected({.server = 3, .link = 1}), (Cables{11}));
    EXPECT_EQ(selected({.tier = "host-leaf", .link = 0}), (Cables{0, 2, 8, 10, 16, 18, 24, 26}));
}

// Spines that serve all units are in none: a unit is its own leaves and servers, whichever it is.
TEST(Selection, APodIsWhatBelongsToItAlone) {
    const Topology topology = rail_optimised({.servers = 8,
                                              .gpus_per_server = 2,
                                              .servers_per_unit = 2,
                                              .spines = 3,
                                              .links_per_pair = 1,
                                              .rate = *Rate::from({400'000'000'000})});
    for (const std::int64_t unit : {0, 1, 3}) {
        EXPECT_EQ(select(topology, {.pod = unit}, 1).size(), 2u * 2 + 2u * 3);
        EXPECT_EQ(select(topology, {.tier = "leaf-spine", .pod = unit}, 1).size(), 2u * 3);
        EXPECT_EQ(select_nodes(topology, {.switches = true, .pod = unit}, 1).size(), 2u);
    }
}

TEST(Selection, HasTheCountsOfALeafSpine) {
    const Topology topology = leaf_spine({.servers = 24,
                                          .gpus_per_server = 4,
                                          .leaves = 6,
                                          .spines = 5,
                                          .links_per_pair = 3,
                                          .rate = *Rate::from({400'000'000'000})});
    const auto count = [&](const CableSelection& selection) { return select(topology, selection, 1).size(); };
    EXPECT_EQ(count({}), 24u * 4 + 6u * 5 * 3);
    EXPECT_EQ(count({.leaf = 5}), 4u * 4 + 5u * 3);
    EXPECT_EQ(count({.spine = 0}), 6u * 3);
    EXPECT_EQ(count({.spine = 0, .link = 2}), 6u);
    EXPECT_EQ(count({.tier = "leaf-spine", .link = 0}), 30u);
    EXPECT_EQ(count({.server = 23}), 4u);
    EXPECT_EQ(count({.tier = "host-leaf", .link = 3}), 24u);
}

TEST(Selection, WidensToGroups) {
    const auto group = [](RiskKind kind, std::uint32_t per_group) { return RiskGrouping{kind, per_group}; };
    EXPECT_EQ(selected({.leaf = 0, .spine = 1, .link = 0, .group = group(RiskKind::trunk, 4)}), from_to(4, 7));
    EXPECT_EQ(selected({.core = 0, .pod = 1, .group = group(RiskKind::route, 1)}), from_to(36, 39));
    // The end of the node that is named; else the switch's end, the lower of two.
    const RiskGrouping node = group(RiskKind::node, 1);
    EXPECT_EQ(selected({.server = 1, .link = 0, .group = node}), (Cables{2, 3}));
    EXPECT_EQ(selected({.server = 1, .link = 0, .group = node, .group_end = End::upper}), from_to(0, 7));
    EXPECT_EQ(selected({.tier = "leaf-spine", .spine = 0, .group = node}), (Cables{4, 5, 12, 13, 32, 33}));
    EXPECT_EQ(selected({.tier = "host-leaf", .pod = 0, .group = node}), from_to(0, 15));
    const auto targets = select_targets(three_tiers(), {.tier = "host-leaf", .pod = 0, .group = node}, 1);
    ASSERT_EQ(targets.size(), 2u);  // leaf 0 and leaf 1, each to fail as a whole
    EXPECT_EQ(targets[1].cables.size(), 8u);
}

TEST(Selection, GivesDirections) {
    const auto directions = [](Way way) {
        return select_directions(three_tiers(), {.leaf = 2, .spine = 3, .way = way}, 1);
    };
    EXPECT_EQ(directions(Way::both), (Cables{44, 45, 46, 47}));
    EXPECT_EQ(directions(Way::up), (Cables{44, 46}));
    EXPECT_EQ(directions(Way::down), (Cables{45, 47}));
}

TEST(Selection, DrawsWithoutReplacementEachAsOftenAsAnother) {
    constexpr int draws = 4000;
    std::vector<int> times(40);
    for (std::uint64_t seed = 1; seed <= draws; ++seed) {
        const Cables cables = selected({.tier = "leaf-spine", .random = 5}, seed);
        ASSERT_EQ(cables.size(), 5u);
        ASSERT_EQ(std::set(cables.begin(), cables.end()).size(), 5u);
        for (const std::uint32_t cable : cables) ++times[cable];
    }
    const Cables all = selected({.tier = "leaf-spine"});
    const double share = 5.0 / 16.0;
    for (std::uint32_t c = 0; c < times.size(); ++c)
        if (std::ranges::binary_search(all, c))
            EXPECT_NEAR(times[c], draws * share, 3.9 * std::sqrt(draws * share * (1.0 - share))) << c;
        else
            EXPECT_EQ(times[c], 0);
}

TEST(Selection, DrawsMoreByAddingToFewer) {
    Cables before;
    for (std::int64_t count = 1; count <= 16; ++count) {
        const Cables cables = selected({.tier = "leaf-spine", .random = count}, 9);
        EXPECT_TRUE(std::ranges::includes(cables, before)) << count;
        before = cables;
    }
    EXPECT_EQ(before, selected({.tier = "leaf-spine"}));
    EXPECT_NE(selected({.random = 5, .number = 0}), selected({.random = 5, .number = 1}));
}

TEST(Selection, DrawsWholeGroups) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto targets = select_targets(
            three_tiers(), {.tier = "leaf-spine", .group = RiskGrouping{RiskKind::trunk, 4}, .random = 2}, seed);
        ASSERT_EQ(targets.size(), 2u);
        for (const FaultTarget& target : targets) EXPECT_EQ(target.cables.size(), 4u);
    }
}

TEST(Selection, FindsNodes) {
    const auto names = [](const NodeSelection& selection) {
        std::vector<std::string> found;
        const Topology topology = three_tiers();
        for (const NodeId node : select_nodes(topology, selection, 3)) found.push_back(topology.node_name(node));
        return found;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(names({.kind = NodeKind::core}), (Names{"core 0", "core 1"}));
    EXPECT_EQ(names({.kind = NodeKind::leaf, .index = 3}), (Names{"leaf 3"}));
    EXPECT_EQ(names({.kind = NodeKind::spine, .pod = 1}), (Names{"spine 2", "spine 3"}));
    EXPECT_EQ(names({.pod = 1}).size(), 8u);
    EXPECT_EQ(names({}).size(), 18u);
    EXPECT_EQ(names({.kind = NodeKind::server, .random = 3}).size(), 3u);
}

TEST(Selection, RefusesWhatDoesNotExist) {
    const auto refuses = [](const CableSelection& selection, const char* what) {
        try {
            select(three_tiers(), selection, 1);
            ADD_FAILURE() << "accepted, not: " << what;
        } catch (const FaultError& error) {
            EXPECT_NE(std::string(error.what()).find(what), std::string::npos) << error.what();
        }
    };
    refuses({.tier = "leaf-leaf"}, "no tier \"leaf-leaf\"");
    refuses({.leaf = 4}, "no leaf 4: the topology has 4");
    refuses({.leaf = -1}, "no leaf -1");
    refuses({.spine = 4}, "no spine 4");
    refuses({.core = 2}, "no core 2");
    refuses({.server = 8}, "no server 8");
    refuses({.pod = 2}, "no pod 2");
    refuses({.link = -1}, "counted from 0");
    refuses({.leaf = 0, .spine = 2}, "no cable matches");  // of different pods
    refuses({.tier = "host-leaf", .spine = 0}, "no cable matches");
    refuses({.server = 0, .link = 2}, "no cable matches");
    refuses({.tier = "spine-core", .random = 9}, "from 1 to 8");
    refuses({.random = 0}, "from 1 to 40");
    refuses({.group = RiskGrouping{RiskKind::trunk, 0}}, "at least one member");
    const Topology topology = three_tiers();
    EXPECT_THROW(select_nodes(topology, {.index = 0}, 1), FaultError);
    EXPECT_THROW(select_nodes(topology, {.kind = NodeKind::leaf, .index = 4}, 1), FaultError);
    EXPECT_THROW(select_nodes(topology, {.kind = NodeKind::scale_up}, 1), FaultError);
    EXPECT_THROW(select_nodes(topology, {.pod = 2}, 1), FaultError);
    EXPECT_THROW(select_nodes(topology, {.kind = NodeKind::core, .pod = 0}, 1), FaultError);
    EXPECT_THROW(select_nodes(topology, {.kind = NodeKind::leaf, .random = 5}, 1), FaultError);
}

}  // namespace
}  // namespace lightloom::testing
