// The study of topologies and optics (scenarios/studies/optics-and-topology.sh): each of its four fabrics holds 1,024
// GPUs, and a bad link costs each of them its tail, though the optics hold with it clean.
#include <gtest/gtest.h>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {
namespace {

RunResult result_of(const std::string& name, const std::string& extra_loss) {
    const std::vector<Override> overrides{{"fault.0.extra_loss", extra_loss}, {"workload.bytes", "256KiB"}};
    const LoadedScenario input =
        load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/studies/1024-" + name + ".toml", overrides).loaded.value();
    return run(input.scenario, plan(input.scenario, input.context()), {.threads = 2}, nullptr);
}

TEST(OpticsAndTopology, ABadLinkIsSeenInEveryFabric) {
    for (const std::string name : {"leaf-spine", "rails", "clos", "planes"}) {
        const RunResult clean = result_of(name, "0dB"), bad = result_of(name, "9dB");
        EXPECT_EQ(clean.topology.endpoints.size(), 1024u) << name;
        EXPECT_EQ(clean.summary.frames_lost, 0) << name;
        EXPECT_TRUE(clean.complete) << name;
        EXPECT_GT(clean.summary.first_percentile_margin_db, 0.5) << name;
        EXPECT_GT(bad.summary.frames_lost, 0) << name;
        EXPECT_GT(bad.summary.completion_ps, 2 * clean.summary.completion_ps) << name;
    }
}

}  // namespace
}  // namespace lightloom
