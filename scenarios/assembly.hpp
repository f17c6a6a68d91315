// Assembly: from a typed Scenario to a running fabric and back to a RunResult. One call per arrow of the walk in
// ARCHITECTURE.md; nothing here parses text or writes files.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "models/economics/inventory.hpp"
#include "models/faults/fault_timeline.hpp"
#include "models/network/fabric.hpp"
#include "models/optics/catalogue.hpp"
#include "models/optics/joining.hpp"
#include "models/optics/link_condition.hpp"
#include "models/optics/plant.hpp"
#include "scenarios/optics_changes.hpp"
#include "scenarios/plant_file.hpp"
#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"
#include "topologies/partition_plan.hpp"
#include "topologies/routes.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// How to execute: changes speed, never a result.
struct RunOptions {
    std::uint32_t threads = 1;
    std::uint32_t partitions = 0;      // 0: one per thread
    std::uint32_t window_divisor = 1;  // a power of two; tests run with a half, an eighth of the legal window
};

/// What a run tells whoever watches it, now and then, between two windows.
struct Progress {
    Time now;
    std::int64_t payload_bytes_delivered, payload_bytes_total;
    std::int64_t messages_delivered, messages_total;
    std::int64_t events;
    const PortSeries* series = nullptr;  // what has been sampled so far, ...
    std::size_t samples = 0;             // ... of which so many are whole

    /// From 0 to 1, by payload.
    double share_done() const {
        return payload_bytes_total <= 0
                   ? 0.0
                   : static_cast<double>(payload_bytes_delivered) / static_cast<double>(payload_bytes_total);
    }
};

/// The parts of a run before it starts: what `explain` prints and `run` executes.
struct Plan {
    Topology topology;
    Routes routes;
    LinkConditions links;                                // as they are at the start
    std::vector<Joint> joints;                           // by tier; rows of the catalogue that it was planned with
    std::vector<ChannelChange> changes;                  // what faults do to them later, in order of time
    std::vector<MarginChange> margins;                   // and to their budgets, likewise
    std::vector<Outage> outages;                         // when they are down
    std::vector<Impairment> impairments;                 // when faults add to their loss
    std::vector<RateChange> rates;                       // when they have fewer lanes, or all again
    std::vector<EndpointId> nic_of;                      // whose NIC an endpoint uses; none: each its own
    std::vector<PlannedFault> faults;                    // the scenario's, in its order
    std::vector<FaultTimeline::Occurrence> occurrences;  // of theirs, fault by fault
    Inventory inventory;                                 // what it is built of
    std::vector<std::uint32_t> sampled_ports;            // ascending
};

/// What a scenario refers to beside itself: parts, and readings of a plant.
struct ScenarioContext {
    const Catalogue& catalogue;
    std::vector<PlantReading> readings = {};
};

/// Topology and optics' input, before anything is computed. @throws TopologyError
struct Layout {
    Topology topology;
    Plant plant;
    std::vector<PlannedFault> faults;
};
Layout layout(const Scenario& scenario, const ScenarioContext& context = {Catalogue::built_in()});

/// Builds topology, routes and optics. @throws TopologyError, CatalogueError: the scenario asks for the impossible
Plan plan(const Scenario& scenario, const ScenarioContext& context = {Catalogue::built_in()});

/// Bytes of a full data frame, by which frame loss is reckoned.
int full_frame_bytes(const Scenario& scenario);

/// What `scenario` sends over `plan`.
Traffic traffic_of(const Scenario& scenario, const Plan& plan);
/// Delay and hazards of every direction of every cable, as the fabric needs them.
std::vector<Channel> channels_of(const LinkConditions& links, const LockSettings& lock);
/// Whose NIC each endpoint uses, as scale_up.affinity says; none: each its own. @throws TopologyError
std::vector<EndpointId> nics_of(const Scenario& scenario, const Topology& topology);
/// The tables of a run. They refer to what stands in `plan`, `traffic` and `channels`, which must outlive them.
FabricInput fabric_input(const Scenario& scenario, const Plan& plan, const Traffic& traffic,
                         std::span<const Channel> channels, std::uint32_t partitions);

/// What the switches of a plan do about its outages. It refers to the plan's topology, which must outlive it.
/// @param until  as far as they are known to it; kNever: all of them, and no flap will be told
RouteTimeline route_timeline(const Scenario& scenario, const Plan& plan, Time until);

/// Called between windows, at most ten times a second; returning false stops the run there.
using Watcher = std::function<bool(const Progress&)>;

/// Runs a planned scenario to its end, or to where the watcher stopped it.
RunResult run(const Scenario& scenario, Plan plan, const RunOptions& options, const Watcher& watcher);

}  // namespace lightloom
