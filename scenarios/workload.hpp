// From the keys under [workload] to traffic: which collective among whom, or which pattern.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/workload/traffic.hpp"
#include "scenarios/assembly.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/scenario.hpp"

namespace lightloom {

/// The collective that a kind of workload is; none: it is a pattern.
std::optional<Collective> collective_of(WorkloadKind kind);
/// The pattern that it is; none: a collective, or something else.
std::optional<MessageDemand::Pattern> pattern_of(WorkloadKind kind);
std::string_view name_of(WorkloadKind kind);
std::string_view name_of(Algorithm algorithm);
/// The algorithm where a scenario leaves it open: what needs no idea of latency and bandwidth.
Algorithm usual_algorithm(Collective kind);
/// Whether ranks run programs; else it is a pattern of flows.
bool has_programs(WorkloadKind kind);
/// The algorithms that there are for it.
std::vector<std::string> algorithms_of(Collective kind);
/// What runs one collective: a ring, a group; or a pattern.
const char* group_noun(const Scenario::Workload& workload);
/// As the keys name them, in the order of their enumerators.
const std::vector<std::string>& workload_kind_names();
const std::vector<std::string>& algorithm_names();

/// How large the messages of a pattern are.
SizeDistribution message_sizes_of(const Scenario::Workload& workload);

/// The jobs of a scenario; without any, [workload] as the one that there is.
std::vector<Scenario::Job> jobs_of(const Scenario& scenario);
/// The scenario with one job only, which has all GPUs to itself.
Scenario as_workload(const Scenario& scenario, const Scenario::Job& job);

/// What a workload asks of the GPUs that it got that they cannot do.
class WorkloadError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The GPUs of each of jobs_of(), in the order of their ranks. @throws WorkloadError: they cannot be placed
std::vector<Ranks> placed(const Scenario& scenario, const Topology& topology);

/// @throws WorkloadError: a flow has more packets than can be numbered, or a GPU would send for 30 days or more
void check_amounts(const Traffic& traffic, const Scenario& scenario, const Topology& topology);

/// How many groups run the collective, and of how many ranks each is.
struct GroupShape {
    std::int64_t groups = 0, ranks = 0;
};
GroupShape groups_of(Grouping grouping, const FabricShape& fabric);

/// The call that each group of so many ranks makes. What there is no schedule for is for the caller to refuse.
/// @param workload  a collective
CollectiveCall call_of(const Scenario::Workload& workload, std::int64_t ranks, std::int64_t gpus_per_server);
/// That of the scenario's groups, tuned or not.
CollectiveCall call_of(const Scenario& scenario);

}  // namespace lightloom
