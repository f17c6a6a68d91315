// Every scenario that ships can be read, with the parts that ship.
#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

const std::filesystem::path kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog";

TEST(CatalogueScenarios, AreAllRight) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kCatalogue)) {
        if (entry.path().extension() != ".toml") continue;
        const ScenarioFiles files = load_scenario(entry.path().string());
        for (const InputError& error : files.errors) ADD_FAILURE() << to_string(error);
        EXPECT_TRUE(!files.loaded || !files.loaded->scenario.title.empty()) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 14);
}

TEST(CatalogueScenarios, LossyFlagshipDiffersByItsFaultAlone) {
    auto flagship = load_scenario((kCatalogue / "flagship-all-reduce.toml").string()).loaded;
    auto lossy = load_scenario((kCatalogue / "flagship-lossy-link.toml").string()).loaded;
    ASSERT_TRUE(flagship && lossy);
    Scenario& same = lossy->scenario;
    ASSERT_EQ(same.faults.size(), 1u);
    EXPECT_GT(same.faults[0].extra_loss, Decibel{0.0});
    same.faults.clear();
    same.title = flagship->scenario.title;
    EXPECT_EQ(same, flagship->scenario);
}

}  // namespace
}  // namespace lightloom
