// What shares a risk: groups of every kind cut the cables into disjoint sets of the right size, between the right
// places. Oracles: sets by hand on a small fabric of three tiers, whose cables are numbered leaf by leaf; the property
// that groups of one end are a partition of all cables.
#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "models/faults/fault_timeline.hpp"
#include "models/faults/risk_groups.hpp"
#include "tests/faults/three_tiers.hpp"

namespace lightloom::testing {
namespace {

std::vector<std::uint32_t> numbers(const std::vector<CableId>& cables) {
    std::vector<std::uint32_t> values;
    for (const CableId cable : cables) values.push_back(cable.value);
    return values;
}

class Groups {
public:
    Groups(RiskKind kind, std::uint32_t per_group) : groups_(topology_, {kind, per_group}) {}
    std::vector<std::uint32_t> around(std::size_t cable, End end = End::lower) const {
        return numbers(groups_.cables_of(groups_.group_of(CableId{cable}, end)));
    }
    const RiskGroups& all() const { return groups_; }

private:
    Topology topology_ = three_tiers();
    RiskGroups groups_;
};

using Cables = std::vector<std::uint32_t>;

TEST(RiskGroups, OfAModuleAreNeighbouringPorts) {
    const Groups twins(RiskKind::module, 2);
    EXPECT_EQ(twins.around(0, End::lower), (Cables{0, 1}));  // a server's two NICs in one cage
    EXPECT_EQ(twins.around(3, End::upper), (Cables{2, 3}));
    EXPECT_EQ(twins.around(4), (Cables{4, 5}));                 // leaf 0's two cables to spine 0
    EXPECT_EQ(twins.around(4, End::upper), (Cables{4, 5}));     // spine 0's ports lie leaf by leaf
    EXPECT_EQ(twins.around(32), (Cables{32, 33}));              // spine 0 to both cores
    EXPECT_EQ(twins.around(32, End::upper), (Cables{32, 34}));  // core 0 from spines 0 and 1
}

TEST(RiskGroups, OfALineCardAreThoseOfItsPorts) {
    const Groups cards(RiskKind::line_card, 3);
    EXPECT_EQ(cards.around(0, End::upper), (Cables{0, 1, 2}));
    EXPECT_EQ(cards.around(5), (Cables{3, 4, 5}));
    EXPECT_EQ(cards.around(7), (Cables{6, 7}));  // the last has what is left
}

TEST(RiskGroups, OfATrunkRunBetweenTwoPlaces) {
    const Groups trunks(RiskKind::trunk, 3);
    EXPECT_EQ(trunks.around(5), (Cables{4, 5, 6}));  // leaf 0 to the spines of its pod
    EXPECT_EQ(trunks.around(7), (Cables{7}));
    EXPECT_EQ(trunks.around(2), (Cables{0, 1, 2}));      // hosts to leaf 0
    EXPECT_EQ(trunks.around(12), (Cables{12, 13, 14}));  // leaf 1
    EXPECT_EQ(trunks.around(35), (Cables{35}));          // pod 0's spines to the cores: 32 to 34, then 35
    EXPECT_EQ(trunks.around(36), (Cables{36, 37, 38}));  // pod 1's
}

TEST(RiskGroups, OfAPanelBeginAtOnePlace) {
    const Groups panels(RiskKind::panel, 4);
    EXPECT_EQ(panels.around(6), (Cables{4, 5, 6, 7}));
    EXPECT_EQ(panels.around(0), (Cables{0, 1, 2, 3}));
    EXPECT_EQ(panels.around(8), (Cables{8, 9, 10, 11}));  // the servers of pod 0 are one place
    const Groups wide(RiskKind::panel, 100);
    EXPECT_EQ(wide.around(8), (Cables{0, 1, 2, 3, 8, 9, 10, 11}));
}

TEST(RiskGroups, OfARouteJoinTwoPods) {
    const Groups routes(RiskKind::route, 1);
    EXPECT_EQ(routes.around(33), (Cables{32, 33, 34, 35}));
    EXPECT_EQ(routes.around(39), (Cables{36, 37, 38, 39}));
    EXPECT_EQ(routes.around(4), (Cables{4, 5, 6, 7, 12, 13, 14, 15}));  // within pod 0, of that tier
}

TEST(RiskGroups, OfANodeAreItsCables) {
    const Groups nodes(RiskKind::node, 1);
    EXPECT_EQ(nodes.around(0, End::upper), (Cables{0, 1, 2, 3, 4, 5, 6, 7}));  // leaf 0
    EXPECT_EQ(nodes.around(0, End::lower), (Cables{0, 1}));                    // server 0
    EXPECT_EQ(nodes.around(4, End::upper), (Cables{4, 5, 12, 13, 32, 33}));    // spine 0
    EXPECT_EQ(nodes.around(33, End::upper), (Cables{33, 35, 37, 39}));         // core 1
}

TEST(RiskGroups, ArePartitionsWithNumbersOfTheirOwn) {
    const Topology topology = three_tiers();
    std::set<std::uint64_t> all;
    for (const RiskKind kind :
         {RiskKind::module, RiskKind::line_card, RiskKind::trunk, RiskKind::panel, RiskKind::route, RiskKind::node})
        for (const std::uint32_t per_group : {1u, 2u, 5u, 1000u}) {
            const RiskGroups groups(topology, {kind, per_group});
            std::set<std::uint64_t> of_kind;
            for (std::uint32_t c = 0; c < topology.cables.size(); ++c)
                for (const End end : {End::lower, End::upper}) {
                    const std::uint64_t group = groups.group_of(CableId{c}, end);
                    of_kind.insert(group);
                    const std::vector<CableId> members = groups.cables_of(group);
                    EXPECT_TRUE(std::ranges::is_sorted(members));
                    EXPECT_TRUE(std::ranges::binary_search(members, CableId{c}));
                    if (kind != RiskKind::route && kind != RiskKind::node) {
                        EXPECT_LE(members.size(), per_group);
                    }
                }
            std::map<CableId, int> times;
            for (const std::uint64_t group : of_kind)
                for (const CableId cable : groups.cables_of(group)) ++times[cable];
            const bool by_end = kind == RiskKind::module || kind == RiskKind::line_card || kind == RiskKind::node;
            for (const auto& [cable, count] : times) EXPECT_EQ(count, by_end ? 2 : 1) << cable.value;
            EXPECT_EQ(times.size(), topology.cables.size());
            if (per_group != 2u) continue;
            for (const std::uint64_t group : of_kind) EXPECT_TRUE(all.insert(group).second);
        }
}

TEST(RiskGroups, RefuseToBeEmpty) {
    EXPECT_THROW(Groups(RiskKind::trunk, 0), FaultError);
    EXPECT_THROW(Groups(RiskKind::node, 0), FaultError);
}

}  // namespace
}  // namespace lightloom::testing
