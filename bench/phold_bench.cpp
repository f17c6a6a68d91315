// PHOLD on the engine alone: what an event costs when the model costs nothing.
#include <benchmark/benchmark.h>

#include "core/engine.hpp"
#include "tests/support/phold.hpp"

namespace lightloom {
namespace {

constexpr std::uint32_t kNodes = 1024, kTokensPerNode = 64;

void phold(benchmark::State& state) {
    const auto threads = static_cast<std::uint32_t>(state.range(0));
    std::vector<std::uint16_t> partition_of(kNodes);
    for (std::uint32_t node = 0; node < kNodes; ++node)
        partition_of[node] = static_cast<std::uint16_t>(node * threads / kNodes);
    std::int64_t events = 0;
    for (auto _ : state) {
        testing::Phold model(kNodes);
        Engine<testing::Phold> engine(model, {.threads = threads,
                                              .partitions = threads,
                                              .partition_of = partition_of,
                                              .weight_of = {},
                                              .lookahead = model.lookahead,
                                              .until = Time{100'000'000}});
        for (std::uint32_t token = 0; token < kNodes * kTokensPerNode; ++token)
            engine.post({.at = Time{token}, .node = token % kNodes, .source = token, .kind = 0, .hops = 0});
        engine.run();
        events += engine.events();
    }
    state.counters["events/s"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK(phold)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond)->Name("phold/threads");

}  // namespace
}  // namespace lightloom
