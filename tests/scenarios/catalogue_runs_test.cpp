// Every scenario that ships is run, whole: to its end, to one digest whatever executes it, and to what it promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/assembly.hpp"
#include "scenarios/expectation.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

const std::filesystem::path kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog";

LoadedScenario loaded(const std::string& name) {
    return load_scenario((kCatalogue / (name + ".toml")).string()).loaded.value();
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(kCatalogue))
        if (entry.path().extension() == ".toml") all.push_back(entry.path().stem());
    std::sort(all.begin(), all.end());
    return all;
}

class CatalogueRuns : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Catalogue, CatalogueRuns, ::testing::ValuesIn(names()), [](const auto& named) {
    std::string name = named.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_P(CatalogueRuns, EndWithOneDigestAndEverythingDelivered) {
    const LoadedScenario input = loaded(GetParam());
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

}  // namespace
}  // namespace lightloom
