// Which ranks form each group. Oracle: what groups are for: the ranks of one differ in its axes alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "models/workload/training/parallelism.hpp"

namespace lightloom {
namespace {

using Ranks = std::vector<std::int64_t>;
constexpr GroupKind kKinds[] = {GroupKind::tensor,   GroupKind::context, GroupKind::data,
                                GroupKind::pipeline, GroupKind::expert,  GroupKind::expert_data};
constexpr Axis kAllAxes[] = {Axis::tensor, Axis::context, Axis::data, Axis::pipeline};

// Every rank is in one group of the kind, at its place.
void expect_partition(const RankLayout& layout, GroupKind kind) {
    std::vector<int> seen(static_cast<std::size_t>(layout.ranks()));
    std::int64_t last_first = -1;
    for (std::int64_t group = 0; group < layout.groups(kind); ++group) {
        const Ranks members = layout.members(kind, group);
        ASSERT_EQ(static_cast<std::int64_t>(members.size()), layout.group_size(kind)) << name_of(kind);
        EXPECT_TRUE(std::ranges::is_sorted(members)) << name_of(kind);
        EXPECT_GT(members.front(), last_first) << name_of(kind);  // numbered by their first ranks
        last_first = members.front();
        for (std::size_t place = 0; place < members.size(); ++place) {
            const std::int64_t rank = members[place];
            ASSERT_TRUE(rank >= 0 && rank < layout.ranks()) << name_of(kind);
            ++seen[static_cast<std::size_t>(rank)];
            EXPECT_EQ(layout.group_of(kind, rank), group) << name_of(kind);
            EXPECT_EQ(layout.place(kind, rank), static_cast<std::int64_t>(place)) << name_of(kind);
        }
    }
    EXPECT_TRUE(std::ranges::all_of(seen, [](int n) { return n == 1; })) << name_of(kind);
}

// The members differ in these axes, and in no other.
void expect_axes(const RankLayout& layout, GroupKind kind, const std::set<Axis>& own) {
    for (std::int64_t group = 0; group < layout.groups(kind); ++group) {
        const Ranks members = layout.members(kind, group);
        std::set<Ranks> coordinates;
        for (const std::int64_t rank : members) {
            Ranks at;
            for (const Axis axis : kAllAxes) {
                if (own.count(axis) != 0)
                    at.push_back(layout.coordinate(rank, axis));
                else
                    EXPECT_EQ(layout.coordinate(rank, axis), layout.coordinate(members[0], axis)) << name_of(kind);
            }
            EXPECT_TRUE(coordinates.insert(at).second) << name_of(kind);
        }
    }
}

TEST(RankLayout, NumbersRanksAsMegatronDoes) {
    const RankLayout layout({.tensor = 2, .context = 1, .data = 2, .pipeline = 4, .micro_batches = 1});
    EXPECT_EQ(layout.ranks(), 16);  // the example in Megatron-LM's parallel_state
    EXPECT_EQ(layout.members(GroupKind::tensor, 1), (Ranks{2, 3}));
    EXPECT_EQ(layout.members(GroupKind::data, 0), (Ranks{0, 2}));
    EXPECT_EQ(layout.members(GroupKind::data, 3), (Ranks{5, 7}));
    EXPECT_EQ(layout.members(GroupKind::pipeline, 0), (Ranks{0, 4, 8, 12}));
    EXPECT_EQ(layout.stage(11), 2);
}

TEST(RankLayout, ConsecutiveRanksOfAStageHoldDifferentExperts) {
    const RankLayout layout({.tensor = 2, .data = 4, .pipeline = 2, .expert = 4});
    EXPECT_EQ(layout.members(GroupKind::expert, 1), (Ranks{4, 5, 6, 7}));
    EXPECT_EQ(layout.members(GroupKind::expert_data, 1), (Ranks{1, 5}));
    EXPECT_EQ(layout.members(GroupKind::expert, 2), (Ranks{8, 9, 10, 11}));
}

TEST(RankLayout, ThePipelineMayLieBetweenTheNeighbours) {
    const RankLayout layout({.tensor = 2,
                             .data = 4,
                             .pipeline = 2,
                             .expert = 4,
                             .order = {Axis::tensor, Axis::pipeline, Axis::context, Axis::data}});
    EXPECT_EQ(layout.members(GroupKind::pipeline, 0), (Ranks{0, 2}));
    EXPECT_EQ(layout.members(GroupKind::expert, 0), (Ranks{0, 1, 4, 5}));
    EXPECT_EQ(layout.members(GroupKind::expert_data, 0), (Ranks{0, 8}));
}

TEST(RankLayout, EveryRankIsInOneGroupOfEachKind) {
    std::mt19937 random(1);
    const auto draw = [&](std::int64_t most) { return 1 + static_cast<std::int64_t>(random() % most); };
    int tried = 0;
    while (tried < 200) {
        Parallelism cut{.tensor = draw(4), .context = draw(3), .data = draw(6), .pipeline = draw(5)};
        cut.expert = draw(cut.stage_ranks());
        std::shuffle(cut.order.begin(), cut.order.end(), random);
        if (!mistakes(cut).empty()) continue;
        ++tried;
        const RankLayout layout(cut);
        for (const GroupKind kind : kKinds) expect_partition(layout, kind);
        expect_axes(layout, GroupKind::tensor, {Axis::tensor});
        expect_axes(layout, GroupKind::context, {Axis::context});
        expect_axes(layout, GroupKind::data, {Axis::context, Axis::data});
        expect_axes(layout, GroupKind::pipeline, {Axis::pipeline});
        expect_axes(layout, GroupKind::expert, {Axis::tensor, Axis::context, Axis::data});
        EXPECT_EQ(layout.group_size(GroupKind::expert), cut.expert);
        EXPECT_EQ(layout.group_size(GroupKind::expert_data) * cut.expert, cut.stage_ranks());
    }
}

TEST(Parallelism, WhatCannotBeIsSaid) {
    EXPECT_TRUE(mistakes(Parallelism{}).empty());
    EXPECT_NE(mistakes({.tensor = 0}).at(0).message.find("tensor must be from 1"), std::string::npos);
    EXPECT_NE(mistakes({.tensor = 1 << 20, .data = 1 << 20}).at(0).message.find("more than"), std::string::npos);
    EXPECT_NE(mistakes({.data = 6, .expert = 4}).at(0).message.find("no multiple of expert 4"), std::string::npos);
    EXPECT_NE(
        mistakes({.pipeline = 4, .micro_batches = 6, .virtual_stages = 2}).at(0).message.find("multiple of pipeline 4"),
        std::string::npos);
    EXPECT_NE(mistakes({.micro_batches = 6, .virtual_stages = 2}).at(0).message.find("needs a pipeline"),
              std::string::npos);
    EXPECT_NE(mistakes({.order = {Axis::tensor, Axis::tensor, Axis::data, Axis::pipeline}}).at(0).message.find("twice"),
              std::string::npos);
    const Parallelism torn{.tensor = 2,
                           .context = 3,
                           .data = 2,
                           .pipeline = 2,
                           .expert = 4,
                           .order = {Axis::tensor, Axis::context, Axis::pipeline, Axis::data}};
    EXPECT_NE(mistakes(torn).at(0).message.find("neither divides the 6 neighbours"), std::string::npos);
}

}  // namespace
}  // namespace lightloom
