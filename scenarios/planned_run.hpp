// PlannedRun: a planned scenario as a fabric with everything that it refers to, ready to be simulated once: all jobs,
// or one of them by itself.
// Not here: what is made of what it leaves (scenarios/assembly.hpp, scenarios/job_results.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/network/flaps.hpp"
#include "models/network/simulation.hpp"
#include "scenarios/assembly.hpp"

namespace lightloom {

class PlannedRun {
public:
    /// @param scenario, plan  outlive it   @param only_job  of several; the others' flows keep their numbers, and idle
    PlannedRun(const Scenario& scenario, const Plan& plan, const RunOptions& options,
               std::optional<std::uint32_t> only_job = {});
    PlannedRun(const PlannedRun&) = delete;  // its parts refer to each other
    PlannedRun& operator=(const PlannedRun&) = delete;

    /// @param between_windows  as SimulationOptions has it
    SimulationOutcome simulate(std::function<bool(Time now, std::int64_t events)> between_windows);

    const Fabric& fabric() const { return *fabric_; }
    PortSamples& samples() { return fabric_->samples(); }
    const RouteTimeline* reroutes() const { return input_.reroutes; }
    std::uint32_t partitions() const { return partitions_.partitions; }
    /// When the run ends at the latest.
    Time until() const { return until_; }

private:
    const Scenario& scenario_;
    RunOptions options_;
    PartitionPlan partitions_;
    Traffic traffic_;
    std::vector<Channel> channels_;
    FabricInput input_;
    Time until_;
    Flaps flaps_;
    bool any_flaps_;
    std::optional<RouteTimeline> reroutes_;
    std::optional<Fabric> fabric_;
};

}  // namespace lightloom
