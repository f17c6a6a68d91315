#include "scenarios/assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "models/faults/circuit_schedule.hpp"
#include "models/optics/catalogue.hpp"
#include "models/optics/link_model.hpp"
#include "models/workload/loads.hpp"
#include "scenarios/economics.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/fault_plan.hpp"
#include "scenarios/fault_results.hpp"
#include "scenarios/flow_results.hpp"
#include "scenarios/job_results.hpp"
#include "scenarios/measurements.hpp"
#include "scenarios/planned_run.hpp"
#include "scenarios/schema_types.hpp"
#include "scenarios/selector_text.hpp"
#include "scenarios/size_sweep.hpp"
#include "scenarios/training.hpp"
#include "scenarios/ways.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// A topology may have several tiers of one name, for cables of different rates.
CableClass cable_class(const Scenario& scenario, const Topology::Tier& of_topology) {
    const std::string& name = of_topology.name;
    const auto kind = tier_named(name);
    if (!kind) throw TopologyError("no tier is called \"" + name + "\"");
    const Scenario::Tier& tier = scenario.tier(*kind);
    return {.name = "tier." + name,
            .lower_module = tier.lower_module,
            .upper_module = tier.upper_module,
            .fibre = tier.fibre,
            .length_m = tier.length,
            .connectors = static_cast<int>(tier.connectors),
            .connector_family = tier.connector_family,
            .connector_loss_db = tier.connector_loss,
            .splices = static_cast<int>(tier.splices),
            .parts = tier.parts,
            .bend_turns = tier.bend_turns,
            .bend_radius = tier.bend_radius,
            .lower_host_loss = tier.lower_host_loss,
            .upper_host_loss = tier.upper_host_loss,
            .rate = of_topology.rate.bit_rate()};
}

// Who sets a rate but no module has a default that may not run at it, and never wrote what would be complained of.
void check_defaults(const Scenario& scenario, const Topology& topology, const Catalogue& catalogue) {
    for (const Topology::Tier& tier : topology.tiers) {
        const auto kind = tier_named(tier.name);
        if (!kind) continue;  // plant_of complains
        const std::string id = Scenario{}.tier(*kind).lower_module;
        const ModuleRow* module = catalogue.module(id);
        const BitRate rate = tier.rate.bit_rate();
        if (scenario.tier(*kind).lower_module != id || scenario.tier(*kind).upper_module != id || module == nullptr ||
            lanes_at(*module, rate) > 0)
            continue;
        std::vector<std::string> fitting;
        for (const ModuleRow& row : catalogue.modules())
            if (row.is_optical() == module->is_optical() && lanes_at(row, rate) > 0 && fitting.size() < 6)
                fitting.push_back(row.id);
        throw CatalogueError(fmt::format("tier.{}.module: {}, the default, does not run at {}: {}", tier.name, id,
                                         to_text(rate),
                                         fitting.empty() ? "no module of its sort in the catalogue does"
                                                         : fmt::format("such as {} do", fmt::join(fitting, ", "))));
    }
}

// A selector as it was understood.
Selector with_tier(Selector selector, const std::string& tier) {
    selector.tier = tier;
    return selector;
}

// A reading that selects several cables holds of each of them.
std::vector<Reading> readings_of(const Scenario& scenario, const Topology& topology,
                                 const std::vector<PlantReading>& given) {
    if (given.empty()) return {};
    const CableIndex index(topology);
    std::vector<Reading> readings;
    for (const PlantReading& row : given) {
        const CableSelection selection = selection_of(row.selection);
        const std::vector<CableId> cables = index.matching(selection);
        for (const CableId cable : cables) {
            readings.push_back(row.reading);
            readings.back().cable = cable.value;
        }
        if (cables.empty())
            throw CatalogueError(fmt::format("{}:{}: no cable is selected by \"{}\"", scenario.optics.plant, row.line,
                                             selector_text(with_tier(row.selection, *selection.tier))));
    }
    return readings;
}

Plant plant_of(const Scenario& scenario, const Topology& topology, const std::vector<PlantReading>& readings) {
    const Scenario::Optics& optics = scenario.optics;
    Plant plant{.classes = {},
                .class_of_cable = {},
                .port_of_end = {},
                .extra_losses = {},
                .basis = optics.basis,
                .life = {.age_years = optics.age.value,
                         .inlet = optics.inlet_temperature,
                         .gradient_k = optics.inlet_gradient.value,
                         .daily_swing_k = optics.daily_swing.value,
                         .dirt = optics.dirt},
                .readings = readings_of(scenario, topology, readings),
                .noise_floor = optics.noise_floor,
                .lock = optics.lock,
                .burst = optics.burst,
                .line = optics.line,
                .allow_out_of_spec = optics.allow_out_of_spec,
                .seed = scenario.seeds.plant};
    for (const Topology::Tier& tier : topology.tiers) plant.classes.push_back(cable_class(scenario, tier));
    for (const Topology::Cable& cable : topology.cables) {
        plant.class_of_cable.push_back(cable.tier);
        for (const PortId end : {cable.lower, cable.upper})
            plant.port_of_end.push_back(end.value - topology.nodes[topology.ports[end.value].node.value].first_port);
    }
    return plant;
}

FaultTimeline timeline_of(const std::vector<PlannedFault>& faults, const Topology& topology, const Scenario& scenario) {
    try {
        return fault_timeline(topology, faults, scenario.until ? Time{scenario.until->ps} : kNever,
                              scenario.seeds.faults);
    } catch (const FaultError& error) {
        throw TopologyError(error.what());
    }
}

// What the schedule of circuit switches leaves dark, up to the end of the run.
void add_circuit_schedule(const Scenario& scenario, Plan& plan) {
    const Scenario::Fabric& fabric = scenario.topology;
    if (plan.topology.circuits.empty() || !scenario.until) return;
    const std::vector<Outage> dark = circuit_outages(
        plan.topology.circuits,
        {.states = static_cast<std::uint32_t>(fabric.states), .period = fabric.period, .dark = fabric.dark},
        Time{scenario.until->ps});
    plan.outages.insert(plan.outages.end(), dark.begin(), dark.end());
}

}  // namespace

Layout layout(const Scenario& scenario, const ScenarioContext& context) {
    Topology topology = topology_of(scenario);
    check_defaults(scenario, topology, context.catalogue);
    Plant plant = plant_of(scenario, topology, context.readings);
    std::vector<PlannedFault> faults = planned_faults(scenario, topology);
    plant.extra_losses = losses_at_start(faults);
    return {std::move(topology), std::move(plant), std::move(faults)};
}

Plan plan(const Scenario& scenario, const ScenarioContext& context) {
    Layout laid_out = layout(scenario, context);
    const LinkModel model(context.catalogue, std::move(laid_out.plant));
    Plan plan;
    plan.topology = std::move(laid_out.topology);
    plan.routes = equal_cost_routes(plan.topology);
    plan.nic_of = nics_of(scenario, plan.topology);
    check_ways(scenario, plan);
    if (scenario.routing.weights == PortWeights::capacity) plan.routes = weighted_routes(plan.topology, plan.routes);
    plan.links = model.evaluate(full_frame_bytes(scenario));
    for (std::size_t kind = 0; kind < model.plant().classes.size(); ++kind) plan.joints.push_back(model.joint(kind));
    plan.inventory =
        inventory_of(plan.topology, cable_facts(scenario, plan.topology, model), EquipmentCatalogue::built_in());
    set_widths(laid_out.faults, plan.topology, model);
    FaultTimeline timeline = timeline_of(laid_out.faults, plan.topology, scenario);
    OpticsChanges changes = optics_changes(laid_out.faults, timeline, plan.topology, model, full_frame_bytes(scenario));
    plan.changes = std::move(changes.channels);
    plan.margins = std::move(changes.margins);
    plan.outages = std::move(timeline.outages);
    add_circuit_schedule(scenario, plan);
    plan.impairments = std::move(timeline.impairments);
    plan.rates = std::move(timeline.rates);
    plan.faults = std::move(laid_out.faults);
    plan.occurrences = std::move(timeline.occurrences);
    plan.sampled_ports = sampled_ports(scenario, plan.topology);
    return plan;
}

RouteTimeline route_timeline(const Scenario& scenario, const Plan& plan, Time until) {
    RouteTimeline timeline(plan.topology, plan.routes,
                           {.failover = scenario.routing.failover,
                            .weighted = scenario.routing.weights == PortWeights::capacity,
                            .detection = scenario.routing.detection,
                            .convergence = {.a = static_cast<double>(scenario.routing.convergence.ps)},
                            .seed = scenario.seeds.faults});
    timeline.extend(plan.outages, until);
    return timeline;
}

RunResult run(const Scenario& scenario, Plan plan, const RunOptions& options, const Watcher& watcher) {
    if (scenario.workload.smallest) return run_sizes(scenario, plan, options, watcher);
    const auto started = Clock::now();
    PlannedRun planned(scenario, plan, options);
    const Fabric& fabric = planned.fabric();
    const double setup_seconds = seconds_since(started);

    const auto began = Clock::now();
    auto watched = began;
    const Load total = total_load(fabric.traffic(), scenario.transport.payload);
    Progress progress{.now = Time{0},
                      .payload_bytes_delivered = 0,
                      .payload_bytes_total = total.bytes,
                      .messages_delivered = 0,
                      .messages_total = total.messages,
                      .events = 0};
    const auto goes_on = [&] {
        if (!watcher || seconds_since(watched) < 0.1) return true;
        watched = Clock::now();
        progress.payload_bytes_delivered = fabric.payload_bytes_delivered();
        progress.messages_delivered = fabric.messages_delivered();
        progress.series = &planned.samples().series();
        progress.samples = planned.samples().whole(progress.now);
        return watcher(progress);
    };
    const SimulationOutcome outcome = planned.simulate([&](Time at, std::int64_t events) {
        progress.now = at;
        progress.events = events;
        return goes_on();
    });

    RunResult result = measurements(fabric, outcome, total, outcome.interrupted ? progress.now : planned.until());
    if (scenario.jobs.empty() && scenario.workload.kind == WorkloadKind::training && result.complete)
        result.training = training_result(scenario, fabric);
    add_job_results(result, scenario, fabric);
    result.job_waits = job_waits(scenario, fabric, result.jobs.completion_ps);
    result.replay_ranks = replay_ranks(scenario, fabric);
    add_flow_results(result, scenario, plan);
    add_fault_results(result, scenario, plan, fabric, planned.reroutes());
    result.series = planned.samples().take(Time{result.summary.end_ps});
    if (scenario.alone && result.complete && !run_jobs_alone(result, scenario, plan, options, goes_on))
        result.stopped_by = "interrupt";
    result.execution.wall_seconds = seconds_since(began);
    result.execution.setup_seconds = setup_seconds;
    result.execution.partitions = planned.partitions();
    result.plant_seed = scenario.seeds.plant;
    result.traffic_seed = scenario.seeds.traffic;
    result.faults_seed = scenario.seeds.faults;
    result.topology = std::move(plan.topology);
    result.links = std::move(plan.links);
    result.inventory = std::move(plan.inventory);
    summarise_links(result, plan.margins);
    return result;
}

}  // namespace lightloom
