// Every scenario that ships can be read, with the parts that ship.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "models/optics/catalogue.hpp"
#include "scenarios/scenario_text.hpp"

namespace lightloom {
namespace {

const std::filesystem::path kCatalogue = LIGHTLOOM_SOURCE_DIR "/scenarios/catalog";

ParsedScenario parse_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const Catalogue& parts = Catalogue::built_in();
    return parse_scenario(text, path.filename(), {}, {parts.module_ids(), parts.fibre_ids(), parts.connector_ids()});
}

TEST(CatalogueScenarios, AreAllRight) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kCatalogue)) {
        const auto parsed = parse_file(entry.path());
        for (const InputError& error : parsed.errors) ADD_FAILURE() << to_string(error);
        EXPECT_TRUE(!parsed.scenario || !parsed.scenario->title.empty()) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 7);
}

TEST(CatalogueScenarios, LossyFlagshipDiffersByItsFaultAlone) {
    auto flagship = parse_file(kCatalogue / "flagship-all-reduce.toml").scenario;
    auto lossy = parse_file(kCatalogue / "flagship-lossy-link.toml").scenario;
    ASSERT_TRUE(flagship && lossy);
    ASSERT_EQ(lossy->faults.size(), 1u);
    EXPECT_GT(lossy->faults[0].extra_loss, Decibel{0.0});
    lossy->faults.clear();
    lossy->title = flagship->title;
    EXPECT_EQ(*lossy, *flagship);
}

}  // namespace
}  // namespace lightloom
