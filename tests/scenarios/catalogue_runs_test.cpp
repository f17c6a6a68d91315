// Every scenario of the catalogue and the tutorial is run, whole: to its end, to one digest whatever executes it, and to
// what it promises. What the tutorial says of its steps: tutorial_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

const std::filesystem::path kScenarios = LIGHTLOOM_SOURCE_DIR "/scenarios";

LoadedScenario loaded_from(const std::filesystem::path& file) { return load_scenario(file.string()).loaded.value(); }
LoadedScenario loaded(const std::string& name) { return loaded_from(kScenarios / "catalog" / (name + ".toml")); }

std::vector<std::filesystem::path> files() {
    std::vector<std::filesystem::path> all;
    for (const char* folder : {"catalog", "tutorial"})
        for (const auto& entry : std::filesystem::directory_iterator(kScenarios / folder))
            if (entry.path().extension() == ".toml") all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

class CatalogueRuns : public ::testing::TestWithParam<std::filesystem::path> {};
INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueRuns, ::testing::ValuesIn(files()), [](const auto& named) {
    std::string name = named.param.stem();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_P(CatalogueRuns, EndWithOneDigestAndEverythingDelivered) {
    const LoadedScenario input = loaded_from(GetParam());
    const Scenario& scenario = input.scenario;
    const Plan prepared = plan(scenario, input.context());
    const RunResult alone = run(scenario, prepared, {.threads = 1}, nullptr);
    EXPECT_TRUE(alone.complete);
    EXPECT_EQ(alone.summary.messages_delivered, alone.summary.messages);
    EXPECT_EQ(alone.summary.payload_bytes_delivered, expect(scenario, prepared).payload_bytes);
    EXPECT_GE(alone.summary.frames_sent, expect(scenario, prepared).packet_hops);
    const RunResult cut = run(scenario, prepared, {.threads = 2, .partitions = 3, .window_divisor = 2}, nullptr);
    EXPECT_EQ(cut.digest, alone.digest);
}

TEST(Flagship, EveryLeafSpineLinkCarriesTraffic) {
    const Scenario scenario = loaded("flagship-all-reduce").scenario;
    const RunResult result = run(scenario, plan(scenario), {.threads = 2}, nullptr);
    std::int64_t links = 0;
    for (const Topology::Cable& cable : result.topology.cables) {
        if (result.topology.tiers[cable.tier].name != "leaf-spine") continue;
        ++links;
        EXPECT_GT(result.ports.frames_sent[cable.lower.value], 0) << result.topology.port_name(cable.lower);
        EXPECT_GT(result.ports.frames_sent[cable.upper.value], 0) << result.topology.port_name(cable.upper);
    }
    EXPECT_EQ(links, scenario.topology.leaves * scenario.topology.spines * scenario.topology.links_per_pair);
}

TEST(Flagship, ALinkThatLosesFramesStretchesTheTail) {
    const Scenario healthy = loaded("flagship-all-reduce").scenario, lossy = loaded("flagship-lossy-link").scenario;
    const RunResult well = run(healthy, plan(healthy), {.threads = 2}, nullptr);
    const RunResult ill = run(lossy, plan(lossy), {.threads = 2}, nullptr);
    EXPECT_EQ(well.summary.frames_lost, 0);
    EXPECT_GT(ill.summary.frames_lost, 10);
    EXPECT_GT(ill.message_latency.quantile(0.999), 2 * well.message_latency.quantile(0.999));
    EXPECT_GT(ill.summary.completion_ps, well.summary.completion_ps);
    EXPECT_LT(ill.summary.worst_margin_db, 0.0);
    // Only the two directions of the one bad cable lose anything.
    const auto losing = std::count_if(ill.ports.frames_lost.begin(), ill.ports.frames_lost.end(),
                                      [](std::int64_t lost) { return lost > 0; });
    EXPECT_GE(losing, 1);
    EXPECT_LE(losing, 2);
}

// A spine's cable that carries a quarter gets a 29th of the frames where leaves hear of its queue, and an eighth where
// they do not: then it alone needs 3.5 times as long as all others. News older than the queues last is worse than none.
TEST(AdaptiveStale, FreshNewsOfQueuesAHopOnGoesRoundThem) {
    Scenario scenario = loaded("adaptive-stale").scenario;
    const auto completion = [&](std::optional<Duration> staleness) {
        scenario.routing.staleness = staleness;
        const Plan prepared = plan(scenario);
        const double ideal = expect(scenario, prepared).ring->completion.seconds();
        return Duration{run(scenario, prepared, {.threads = 2}, nullptr).summary.completion_ps}.seconds() / ideal;
    };
    EXPECT_LT(completion(microseconds(2)), 1.15);
    const double local = completion(std::nullopt);
    EXPECT_GT(local, 2.5);
    EXPECT_GT(completion(microseconds(200)), 1.2 * local);
}

TEST(FlappingLink, LosesFewFramesWhereRoutesLeaveIt) {
    const LoadedScenario input = loaded("flapping-link");
    Scenario scenario = input.scenario;
    const RunResult left = run(scenario, plan(scenario, input.context()), {.threads = 2}, nullptr);
    scenario.routing.failover = false;
    const RunResult kept = run(scenario, plan(scenario, input.context()), {.threads = 2}, nullptr);
    EXPECT_GT(left.summary.flaps, 3);
    EXPECT_GT(left.summary.frames_lost_in_dark, 0);
    EXPECT_LT(20 * left.summary.frames_lost_in_dark, kept.summary.frames_lost_in_dark);
    EXPECT_LT(4 * left.summary.completion_ps, kept.summary.completion_ps);
}

}  // namespace
}  // namespace lightloom
