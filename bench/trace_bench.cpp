// Execution traces against their targets: a graph of 100,000 nodes is read, linked and made traffic of in less than two
// seconds, and its replay takes at most a tenth longer per packet-hop than the same collectives without a graph.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "models/workload/traces/trace_reader.hpp"
#include "models/workload/traces/trace_traffic.hpp"
#include "models/workload/traces/trace_writer.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "scenarios/scenario_text.hpp"

namespace lightloom {
namespace {

constexpr std::uint32_t kRanks = 16;
constexpr std::int64_t kBytes = 1 << 18;

// Layers of nine computations and an all-reduce; every node depends on three of the layer before.
std::string graph(std::uint32_t nodes) {
    RankTrace trace;
    trace.groups.emplace_back();
    for (std::uint32_t n = 0; n < nodes; ++n) {
        TraceNode node{.id = n, .duration_ps = 1000, .kind = TraceNode::Kind::compute};
        if (n % 10 == 9) {
            node.kind = TraceNode::Kind::collective;
            node.collective = Collective::all_reduce;
            node.bytes = kBytes;
        }
        node.first_dependency = static_cast<std::uint32_t>(trace.dependencies.size());
        const std::uint32_t layer = n / 10 * 10;
        for (const std::uint32_t back : {1u, 4u, 8u})
            if (layer >= back) trace.dependencies.push_back(layer - back);
        node.dependencies = static_cast<std::uint32_t>(trace.dependencies.size()) - node.first_dependency;
        trace.nodes.push_back(node);
    }
    std::ostringstream bytes;
    write_trace(trace, bytes);
    return bytes.str();
}

TraceJob job_of(const std::string& bytes) {
    std::istringstream in(bytes);
    return trace_job({read_trace(in, "graph")}, {}, {}, kRanks);
}

void read_and_link(benchmark::State& state) {
    const std::string bytes = graph(static_cast<std::uint32_t>(state.range(0)));
    std::vector<EndpointId> endpoints;
    for (std::size_t i = 0; i < kRanks; ++i) endpoints.push_back(EndpointId{i});
    for (auto _ : state) {
        const TraceJob job = job_of(bytes);
        benchmark::DoNotOptimize(
            trace_traffic(job, endpoints, {.algorithm_of = [](Collective) { return Algorithm::ring; }}));
    }
    state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(read_and_link)->Arg(100'000)->Unit(benchmark::kMillisecond);

Scenario scenario() {
    const std::string text = R"([topology]
servers = 16
gpus_per_server = 1
leaves = 4
spines = 4
[workload]
groups = "all"
bytes = "256KiB"
)";
    return parse_scenario(text, "bench", {}, names_of(Catalogue::built_in())).scenario.value();
}

/// @param nodes  of all ranks; 0: the collectives of such a graph by themselves, one after another
void replay(benchmark::State& state) {
    constexpr std::uint32_t kNodesOfARank = 100'000 / kRanks;
    Scenario s = scenario();
    s.workload.iterations = kNodesOfARank / 10;
    if (state.range(0) > 0) {
        s.workload.kind = WorkloadKind::trace;
        s.workload.iterations = 1;
        s.trace.job = std::make_shared<const TraceJob>(job_of(graph(kNodesOfARank)));
    }
    const Plan prepared = plan(s);
    double seconds = 0.0, hops = 0.0;
    for (auto _ : state) {
        const RunResult result = run(s, prepared, {.threads = 1}, nullptr);
        if (!result.complete) state.SkipWithError("did not end");
        seconds += result.execution.wall_seconds;
        hops += static_cast<double>(result.execution.packet_hops);
    }
    state.counters["packet_hops_per_s"] = hops / seconds;
    state.counters["packet_hops"] = hops / static_cast<double>(state.iterations());
}
BENCHMARK(replay)->Arg(0)->Arg(100'000)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace lightloom
