// The keys under [trace], and from them to a job of execution traces: files beside the scenario, read when it is.
// Not here: what a trace may say (models/workload/traces).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "models/workload/traces/trace_job.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

struct Scenario;

struct ScenarioTrace {  // of a workload of that kind
    std::string prefix{}, process_groups{};
    std::optional<std::int64_t> replicas{};  // ranks that all do what rank 0's trace says; none: a trace for each
    bool control_dependencies = true;
    AllGatherSize all_gather = AllGatherSize::contribution;
    std::int64_t element_bytes = 1;
    ComputeTime compute = ComputeTime::recorded;
    double compute_scale = 1.0;
    std::string gpu = "h100";
    std::shared_ptr<const TraceJob> job{};  // what the files say
    friend bool operator==(const ScenarioTrace&, const ScenarioTrace&) = default;
};

/// @param scenario_file  whose folder the trace's names begin in. @throws TraceError
std::shared_ptr<const TraceJob> load_job(const ScenarioTrace& trace, const std::string& scenario_file);

/// Why a job that was read cannot be replayed on so many GPUs, in a sentence; empty: it can.
std::string trace_mistake(const TraceJob& job, std::int64_t iterations, Bytes payload, std::int64_t gpus);

/// @param gpus  rank 0 sits at the first of them
Traffic trace_traffic(const Scenario& scenario, const Topology& topology, std::span<const EndpointId> gpus);

}  // namespace lightloom
