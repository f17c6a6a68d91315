// What the optics of a fabric cost: budget, bit errors and FEC of a million lanes, all different, on one thread.
// That this path is the plain one is a test (tests/optics/link_properties_test.cpp).
#include <benchmark/benchmark.h>

#include "models/optics/link_model.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kCables = 125'000;  // x 2 directions x 4 lanes
constexpr int kFrameBytes = 4160;

Plant plant_of(Basis basis) {
    Plant plant{.classes = {{.name = "tier",
                             .lower_module = "400gbase-dr4",
                             .upper_module = "400gbase-dr4",
                             .fibre = "os2",
                             .length_m = {Distribution::Kind::uniform, 20.0, 120.0},
                             .connectors = 4,
                             .connector_family = "mpo-apc-low-loss",
                             .rate = {400'000'000'000}}},
                .class_of_cable = std::vector<std::uint32_t>(kCables, 0),
                .basis = basis};
    if (basis == Basis::typical) plant.life = {.age_years = 3.0, .inlet = {35.0}, .dirt = {.fraction = 0.01}};
    return plant;
}

void million_lanes(benchmark::State& state, Basis basis) {
    const LinkModel model(Catalogue::built_in(), plant_of(basis));
    for (auto _ : state) {
        LinkConditions links = model.evaluate(kFrameBytes);
        benchmark::DoNotOptimize(links.codeword_error_ratio.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kCables) * 8);
}
BENCHMARK_CAPTURE(million_lanes, limit, Basis::limit)->Unit(benchmark::kMillisecond)->MinTime(2.0);
BENCHMARK_CAPTURE(million_lanes, typical, Basis::typical)->Unit(benchmark::kMillisecond)->MinTime(2.0);

}  // namespace
}  // namespace lightloom
