#include "scenarios/in_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/quantity_text.hpp"
#include "models/workload/in_network.hpp"
#include "scenarios/workload.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

bool sums_in_network(const Scenario::Workload& w) {
    return w.kind == WorkloadKind::all_reduce && w.algorithm == Algorithm::in_network;
}

constexpr const char* kNeedsNoTree = "workload.algorithm = \"ring\" or \"tree\" sums at GPUs";

}  // namespace

bool sums_in_network(const Scenario& scenario) {
    return std::ranges::any_of(jobs_of(scenario),
                               [](const Scenario::Job& job) { return sums_in_network(job.workload); });
}

// Switches add up packet by packet, unless the scenario says otherwise.
Traffic in_network_traffic(const Scenario& scenario, const Plan& plan, std::vector<Ranks> groups,
                           const CollectiveCall& call, std::uint32_t iterations, std::uint32_t first_tree) {
    CollectiveCall of_packets = call;
    if (call.chunk_bytes == CollectiveCall{}.chunk_bytes) of_packets.chunk_bytes = scenario.transport.payload.count;
    const ScenarioInNetwork& keys = scenario.in_network;
    return in_network_all_reduce(plan.topology, groups, plan.nic_of, of_packets, iterations,
                                 {.latency = keys.latency, .memory = keys.memory}, first_tree);
}

std::optional<NoTree> without_trees(const Scenario& scenario, bool has_all_gpus) {
    const Scenario::Fabric& f = scenario.topology;
    if (f.kind == TopologyKind::multi_plane && f.nics_per_gpu > 1)
        return NoTree{
            fmt::format("NICs of {} ports have no one leaf whose switch adds up what they send", f.nics_per_gpu),
            fmt::format("topology.nics_per_gpu = 1; {}", kNeedsNoTree)};
    if (!has_all_gpus) return std::nullopt;
    if (f.kind == TopologyKind::ocs_pods && f.pods > 1 && scenario.workload.groups != Grouping::servers)
        return NoTree{"circuits between pods are not always lit, so no switch is above all leaves",
                      fmt::format("topology.kind = \"folded-clos\" has cores; {}", kNeedsNoTree)};
    if (f.kind != TopologyKind::graph || !f.graph) return std::nullopt;
    try {
        for (const Ranks& group : groups_of(*f.graph, scenario.workload.groups, scenario.workload.placement))
            aggregation_tree(*f.graph, group, 0);
    } catch (const TopologyError& error) {
        return NoTree{error.what(), "a spine with a cable to each of these leaves would do"};
    }
    return std::nullopt;
}

std::string in_network_text(const Scenario& scenario, const Plan& plan) {
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    const std::vector<Ranks> gpus = placed(scenario, plan.topology);
    std::uint32_t trees = 0;
    std::size_t uplinks = 0;
    std::set<NodeId> switches, roots;
    for (std::uint32_t job = 0; job < jobs.size(); ++job) {
        if (!sums_in_network(jobs[job].workload)) continue;
        for (const Ranks& group : groups_of(plan.topology, jobs[job].workload.groups, gpus[job])) {
            const AggregationTree tree = tree_of(plan.topology, group, plan.nic_of, trees++);
            for (const AggregationTree::Switch& one : tree.switches) switches.insert(one.node);
            roots.insert(tree.switches.front().node);
            uplinks += tree.uplinks();
        }
    }
    if (trees == 0) return {};
    std::string names;
    constexpr std::size_t kShown = 4;
    for (std::size_t shown = 0; const NodeId root : roots) {
        if (shown++ < kShown) names += (names.empty() ? "" : ", ") + plan.topology.node_name(root);
    }
    if (roots.size() > kShown) names += fmt::format(" and {} more", roots.size() - kShown);
    return fmt::format("{} tree{} over {} switches and {} cables between them, root{} {}; a sum takes {}", trees,
                       trees == 1 ? "" : "s", switches.size(), uplinks, roots.size() == 1 ? "" : "s", names,
                       to_text(scenario.in_network.latency));
}

}  // namespace lightloom
