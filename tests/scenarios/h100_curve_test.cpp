// An engine calibrated on one H100 server, and what then comes of two, against what was measured on two.
//
// Rows used for calibration: all seven of one server (scenarios/engines/h100-nvswitch.txt). Of the two-server table
// only its 8-byte row was used, with 12.9 us of one server: (69.12 - 12.9) / 2 = 28.1 us a step across, 5.0 of them
// NCCL's own constant for LL. All else is NCCL's constants. The rows from 1 MiB on are held against what is predicted.
#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/size_sweep.hpp"

namespace lightloom {
namespace {

struct Row {
    std::int64_t bytes;
    double us;
};
constexpr std::int64_t kMiB = 1 << 20;

// Payloads of 32 kB instead of 4 KiB, so that the largest size takes seconds.
Scenario servers(const char* count, std::vector<Override> overrides) {
    overrides.insert(
        overrides.end(),
        {{"topology.servers", count}, {"topology.servers_per_unit", count}, {"transport.payload", "32000B"}});
    return load_scenario(LIGHTLOOM_SOURCE_DIR "/scenarios/catalog/h100-two-servers.toml", overrides)
        .loaded.value()
        .scenario;
}

/// @return the geometric mean of how far off rows are, as a ratio
double deviation(const char* title, const Scenario& scenario, const std::vector<Row>& rows) {
    double sum = 0.0, worst = 0.0;
    Row worst_row{};
    std::cout << title << '\n';
    for (const Row& row : rows) {
        const Scenario one = at_size(scenario, Bytes{row.bytes});
        const RunResult result = run(one, plan(one), {.threads = 1}, nullptr);
        EXPECT_TRUE(result.complete);
        const double us = static_cast<double>(result.summary.completion_ps) / 1e6, off = std::log(us / row.us);
        std::cout << fmt::format("{:>12} B  measured {:>10.1f} us  simulated {:>10.1f} us  {:+.1f} %\n", row.bytes,
                                 row.us, us, 100 * (us / row.us - 1));
        sum += std::abs(off);
        if (std::abs(off) > std::abs(worst)) worst = off, worst_row = row;
    }
    const double mean = std::exp(sum / static_cast<double>(rows.size()));
    std::cout << fmt::format("geometric mean {:.1f} % off; worst {:+.1f} % at {} B\n", 100 * (mean - 1),
                             100 * (std::exp(worst) - 1), worst_row.bytes);
    return mean;
}

// Azure/AI-benchmarking-guide, ND H100 v5: what the engine was fitted to.
TEST(H100, OneServerIsAsItWasCalibrated) {
    const double mean = deviation(
        "one server",
        servers("1", {{"workload.algorithm", "in-switch"}, {"workload.channels", "8"}, {"workload.chunk", "512KiB"}}),
        {{kMiB, 41.99}, {16 * kMiB, 125.2}, {256 * kMiB, 1109.5}, {8192 * kMiB, 31389.4}});
    EXPECT_LT(mean, 1.10);
}

// aws-samples/awsome-distributed-training, nccl-tests: two p5.48xlarge, out of place.
TEST(H100, TwoServersComeOutWithinFifteenPercent) {
    const double mean = deviation("two servers", servers("2", {}),
                                  {{kMiB, 123.2},
                                   {16 * kMiB, 298.1},
                                   {128 * kMiB, 870.3},
                                   {512 * kMiB, 2559.2},
                                   {1024 * kMiB, 4607.6},
                                   {8192 * kMiB, 33605.0}});
    EXPECT_LT(mean, 1.15);
}

}  // namespace
}  // namespace lightloom
