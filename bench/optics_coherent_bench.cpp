// The coherent line: 64 channels of 75 GHz over spans of 80 km, with the efficiency of interference kept by the caller,
// and what it takes to make that.
#include <benchmark/benchmark.h>

#include "models/optics/coherent_line.hpp"

namespace lightloom {
namespace {

constexpr ChannelGrid kGrid{.first_thz = 191.375, .spacing_ghz = 75.0, .channels = 64, .baud_gbd = 59.84375};

// Lengths alternate, so that there are two distinct spans.
CoherentLine line_of(int spans) {
    CoherentLine line{.mux_loss = {5.0}, .booster = LineAmplifier{{15.0}, {5.0}}, .spans = {}, .demux_loss = {5.0}};
    for (int span = 0; span < spans; ++span)
        line.spans.push_back({.connector_in = {0.5},
                              .padding = {0.0},
                              .length = {span % 2 == 0 ? 80e3 : 79e3},
                              .fibre = {.attenuation_db_per_km = 0.2,
                                        .dispersion_ps_per_nm_km = 16.7,
                                        .effective_area_um2 = 83.0,
                                        .pmd_ps_per_sqrt_km = 0.04},
                              .connector_out = {0.5},
                              .amplifier = LineAmplifier{{17.0}, {5.0}}});
    return line;
}

void propagation(benchmark::State& state) {
    const CoherentLine line = line_of(static_cast<int>(state.range(0)));
    const Comb comb{.grid = kGrid, .tx_power = std::vector<PowerDbm>(64, {-10.0}), .tx_osnr = {36.0}};
    const NliEfficiency efficiency(line, kGrid);
    for (auto _ : state) benchmark::DoNotOptimize(propagate(line, comb, efficiency));
}
BENCHMARK(propagation)->ArgName("spans")->Arg(1)->Arg(10)->Unit(benchmark::kMicrosecond);

void efficiency(benchmark::State& state) {
    const CoherentLine line = line_of(static_cast<int>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(NliEfficiency(line, kGrid));
}
BENCHMARK(efficiency)->ArgName("spans")->Arg(1)->Arg(10)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lightloom
