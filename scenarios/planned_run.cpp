#include "scenarios/planned_run.hpp"

#include <algorithm>
#include <utility>

#include "topologies/partition_bonds.hpp"

namespace lightloom {
namespace {

PartitionPlan partitions_for(const Plan& plan, const RunOptions& options) {
    const auto nodes = static_cast<std::uint32_t>(plan.topology.nodes.size());
    const std::uint32_t wanted = options.partitions == 0 ? options.threads : options.partitions;
    return plan_partitions(plan.topology, std::min({wanted, nodes, 65'535u}));
}

}  // namespace

PlannedRun::PlannedRun(const Scenario& scenario, const Plan& plan, const RunOptions& options,
                       std::optional<std::uint32_t> only_job)
    : scenario_(scenario),
      options_(options),
      partitions_(partitions_for(plan, options)),
      traffic_(traffic_of(scenario, plan)),
      channels_(channels_of(plan.links, scenario.optics.lock)),
      input_(fabric_input(scenario, plan, traffic_, channels_, partitions_.partitions)),
      until_(scenario.until ? Time{scenario.until->ps} : kNever),
      flaps_(input_, scenario.routing.detection),
      any_flaps_(scenario.routing.failover && flaps_.any_before(until_)) {
    input_.only_job = only_job;
    if (only_job) input_.sampling = {};  // those of the run that it is compared with are what is wanted
    if (!plan.outages.empty() || any_flaps_) {
        reroutes_.emplace(route_timeline(scenario, plan, any_flaps_ ? Time{0} : kNever));
        input_.reroutes = &*reroutes_;
    }
    fabric_.emplace(input_);
    partitions_ = keep_bonds(std::move(partitions_), plan.topology, fabric_->cables_below(kShortestPeriod));
}

SimulationOutcome PlannedRun::simulate(std::function<bool(Time now, std::int64_t events)> between_windows) {
    std::function<Time(Time)> foresee;
    if (any_flaps_) foresee = [this](Time end) { return flaps_.tell(*reroutes_, *fabric_, end); };
    return lightloom::simulate(*fabric_, {.threads = options_.threads,
                                          .partitions = partitions_.partitions,
                                          .partition_of = partitions_.of_node,
                                          .window_divisor = options_.window_divisor,
                                          .until = until_,
                                          .seed = scenario_.seeds.traffic,
                                          .between_windows = std::move(between_windows),
                                          .foresee = foresee});
}

}  // namespace lightloom
