#include "scenarios/trace.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "models/workload/traces/trace_files.hpp"
#include "models/workload/traces/trace_play.hpp"
#include "models/workload/traces/trace_traffic.hpp"
#include "models/workload/training/model_catalogue.hpp"
#include "scenarios/beside.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {

std::shared_ptr<const TraceJob> load_job(const ScenarioTrace& t, const std::string& scenario_file) {
    const GpuRow& gpu = *TrainingCatalogue::built_in().gpu(t.gpu);
    return std::make_shared<const TraceJob>(
        load_trace_job({.prefix = beside(scenario_file, t.prefix),
                        .process_groups = t.process_groups.empty() ? "" : beside(scenario_file, t.process_groups),
                        .replicas = static_cast<std::uint32_t>(t.replicas.value_or(0))},
                       {.control_dependencies = t.control_dependencies},
                       {.all_gather = t.all_gather,
                        .element_bytes = t.element_bytes,
                        .compute = t.compute,
                        .compute_scale = t.compute_scale,
                        .flops_per_second = gpu.bf16_flops,
                        .memory_bytes_per_second = gpu.hbm_bytes_per_s}));
}

std::string trace_mistake(const TraceJob& job, std::int64_t iterations, Bytes payload, std::int64_t gpus) {
    if (job.ranks > gpus) return fmt::format("has {} ranks, and there are {} GPUs for them", job.ranks, gpus);
    const auto times = static_cast<double>(iterations);
    if (static_cast<double>(job.ends_ps) * times > static_cast<double>(kLongestJob_ps))
        return "takes more than 30 days in all iterations, even if communication took no time";
    // Packets of a flow are counted in 32 bits; all that a rank sends could be on one.
    if (job.most_bytes * times / static_cast<double>(payload.count) > 4e9)
        return "has a rank that sends more than 4,000,000,000 packets in all iterations";
    return {};
}

Traffic trace_traffic(const Scenario& s, const Topology& topology, std::span<const EndpointId> gpus) {
    const Scenario::Workload& w = s.workload;
    if (!s.trace.job) abort_run("the traces of a scenario were not read");
    const std::span<const EndpointId> ranks = gpus.first(s.trace.job->ranks);
    std::vector<std::uint32_t> servers;
    for (const EndpointId rank : ranks) servers.push_back(topology.endpoints[rank.value].server.value);
    return trace_traffic(*s.trace.job, ranks,
                         {.algorithm_of =
                              [&w](Collective kind) {
                                  return w.algorithm && is_implemented(kind, *w.algorithm) ? *w.algorithm
                                                                                           : usual_algorithm(kind);
                              },
                          .channels = static_cast<std::uint32_t>(w.channels),
                          .chunk_bytes = w.chunk ? w.chunk->count : CollectiveCall{}.chunk_bytes,
                          .iterations = static_cast<std::uint32_t>(w.iterations),
                          .servers = std::move(servers)});
}

}  // namespace lightloom
