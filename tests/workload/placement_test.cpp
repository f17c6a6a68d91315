// Where jobs are placed: by what each placement promises, and that no GPU is of two jobs.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "models/workload/placement.hpp"
#include "topologies/leaf_spine.hpp"

namespace lightloom {
namespace {

// Servers 0 to 3 under leaf 0, 4 to 7 under leaf 1.
Topology two_racks() {
    return leaf_spine({.servers = 8,
                       .gpus_per_server = 2,
                       .leaves = 2,
                       .spines = 1,
                       .links_per_pair = 1,
                       .rate = Rate::from({400'000'000'000}).value()});
}

std::vector<std::uint32_t> numbers(const Ranks& gpus) {
    std::vector<std::uint32_t> all;
    for (const EndpointId gpu : gpus) all.push_back(gpu.value);
    return all;
}

std::vector<std::uint32_t> placed(const std::vector<PlacementRequest>& jobs, std::size_t job, std::uint64_t seed = 1) {
    return numbers(place_jobs(two_racks(), jobs, seed).at(job));
}

std::string refusal(const std::vector<PlacementRequest>& jobs) {
    try {
        place_jobs(two_racks(), jobs, 1);
    } catch (const PlacementError& error) {
        return error.what();
    }
    return {};
}

using Numbers = std::vector<std::uint32_t>;

TEST(Placement, PackedTakesServersAsTheyStand) {
    EXPECT_EQ(placed({{.name = "a", .placement = Placement::packed, .gpus = 5}}, 0), (Numbers{0, 1, 2, 3, 4}));
}

TEST(Placement, SpreadTakesAServerOfEveryRackInTurn) {
    EXPECT_EQ(placed({{.name = "a", .placement = Placement::spread, .gpus = 6}}, 0), (Numbers{0, 1, 8, 9, 2, 3}));
}

TEST(Placement, RailAlignedTakesAGpuOfEveryServer) {
    EXPECT_EQ(placed({{.name = "a", .placement = Placement::rail_aligned, .gpus = 9}}, 0),
              (Numbers{0, 2, 4, 6, 8, 10, 12, 14, 1}));
}

TEST(Placement, ListedTakesWhatTheListSaysInItsOrder) {
    EXPECT_EQ(placed({{.name = "a", .placement = Placement::listed, .list = {{7}, {2, 1, 1}}}}, 0),
              (Numbers{14, 15, 5}));
}

TEST(Placement, RandomTakesWholeServersOfTheSeedsChoice) {
    std::set<Numbers> different;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Numbers gpus = placed({{.name = "a", .placement = Placement::random, .gpus = 6}}, 0, seed);
        for (std::size_t i = 0; i < gpus.size(); i += 2) {
            EXPECT_EQ(gpus[i] % 2, 0u);
            EXPECT_EQ(gpus[i + 1], gpus[i] + 1);
        }
        EXPECT_EQ(gpus, placed({{.name = "a", .placement = Placement::random, .gpus = 6}}, 0, seed));
        different.insert(gpus);
    }
    EXPECT_GT(different.size(), 40u);  // of 8 x 7 x 6 orders
}

TEST(Placement, ListsComeFirstAndTheRestLast) {
    const std::vector<PlacementRequest> jobs{{.name = "rest"},
                                             {.name = "four", .placement = Placement::packed, .gpus = 4},
                                             {.name = "list", .placement = Placement::listed, .list = {{0}}}};
    EXPECT_EQ(placed(jobs, 2), (Numbers{0, 1}));
    EXPECT_EQ(placed(jobs, 1), (Numbers{2, 3, 4, 5}));
    EXPECT_EQ(placed(jobs, 0), (Numbers{6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
}

TEST(Placement, RefusesWhatCannotBeAndNamesTheJobs) {
    EXPECT_EQ(refusal({{.name = "a", .placement = Placement::listed, .list = {{3}}},
                       {.name = "b", .placement = Placement::listed, .list = {{3, 1, 1}}}}),
              "job b cannot be placed: GPU 1 of server 3 is job a's already");
    EXPECT_EQ(refusal({{.name = "a", .gpus = 10}, {.name = "b", .gpus = 7}}),
              "job b cannot be placed: 6 GPUs are left of 16");
    EXPECT_EQ(refusal({{.name = "a", .placement = Placement::listed, .list = {{8}}}}),
              "job a cannot be placed: there is no server 8");
    EXPECT_EQ(refusal({{.name = "a", .placement = Placement::listed, .list = {{0, 1, 2}}}}),
              "job a cannot be placed: server 0 has 2 GPUs");
}

}  // namespace
}  // namespace lightloom
