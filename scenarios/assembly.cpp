#include "scenarios/assembly.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <stdexcept>

#include "models/network/simulation.hpp"
#include "models/optics/catalogue.hpp"
#include "models/optics/link_model.hpp"
#include "scenarios/measurements.hpp"
#include "scenarios/schema_types.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/partition_bonds.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Rate rate_of(BitRate bit_rate) {
    const auto rate = Rate::from(bit_rate);
    if (!rate)
        throw TopologyError("no port clock keeps a rate of " + std::to_string(bit_rate.bits_per_second) + " b/s");
    return *rate;
}

Topology topology_of(const Scenario& scenario) {
    const Scenario::Fabric& t = scenario.topology;
    switch (t.kind) {
        case TopologyKind::leaf_spine:
            return leaf_spine({.servers = t.servers,
                               .gpus_per_server = t.gpus_per_server,
                               .leaves = t.leaves,
                               .spines = t.spines,
                               .links_per_pair = t.links_per_pair,
                               .rate = rate_of(t.rate)});
    }
    throw std::logic_error("unknown topology kind");
}

CableClass cable_class(const Scenario& scenario, const std::string& name, const Scenario::Tier& tier) {
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
            .rate = scenario.topology.rate};
}

// Does a selector name this cable? What it leaves open matches every one.
bool selects(const Scenario::Fault& fault, const Scenario& scenario, const Topology& topology,
             const Topology::Cable& cable) {
    const auto node = [&](PortId port) { return topology.nodes[topology.ports[port.value].node.value]; };
    const auto matches = [](const std::optional<std::int64_t>& wanted, std::int64_t is) {
        return !wanted || *wanted == is;
    };
    const Topology::Node lower = node(cable.lower), upper = node(cable.upper);
    if (topology.tiers[cable.tier].name != fault.tier) return false;
    if (lower.kind == NodeKind::server) {
        const std::int64_t nic = cable.lower.value - lower.first_port;
        return !fault.spine && matches(fault.server, lower.index) && matches(fault.leaf, upper.index) &&
               matches(fault.link, nic);
    }
    // A spine's ports lie leaf by leaf, so its number of the port says which of the parallel links this is.
    const std::int64_t link = (cable.upper.value - upper.first_port) % scenario.topology.links_per_pair;
    return !fault.server && matches(fault.leaf, lower.index) && matches(fault.spine, upper.index) &&
           matches(fault.link, link);
}

// A reading that selects several cables holds of each of them.
std::vector<Reading> readings_of(const Scenario& scenario, const Topology& topology,
                                 const std::vector<PlantReading>& given) {
    if (given.empty()) return {};
    // Most rows name a leaf, and a leaf has few cables: no row need look at all of them.
    std::vector<std::uint32_t> all(topology.cables.size());
    std::iota(all.begin(), all.end(), 0u);
    std::map<std::int64_t, std::vector<std::uint32_t>> of_leaf;
    for (const std::uint32_t c : all)
        for (const PortId end : {topology.cables[c].lower, topology.cables[c].upper}) {
            const Topology::Node& node = topology.nodes[topology.ports[end.value].node.value];
            if (node.kind == NodeKind::leaf) of_leaf[node.index].push_back(c);
        }
    std::vector<Reading> readings;
    for (const PlantReading& row : given) {
        const std::size_t before = readings.size();
        for (const std::uint32_t c : row.selection.leaf ? of_leaf[*row.selection.leaf] : all)
            if (selects(row.selection, scenario, topology, topology.cables[c])) {
                readings.push_back(row.reading);
                readings.back().cable = c;
            }
        if (readings.size() == before)
            throw CatalogueError(fmt::format("{}:{}: no cable is selected by \"{}\"", scenario.optics.plant, row.line,
                                             selector_text(row.selection)));
    }
    return readings;
}

Plant plant_of(const Scenario& scenario, const Topology& topology, const std::vector<PlantReading>& readings) {
    const Scenario::Optics& optics = scenario.optics;
    Plant plant{.classes = {cable_class(scenario, "host-leaf", scenario.host_leaf),
                            cable_class(scenario, "leaf-spine", scenario.leaf_spine)},
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
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        plant.class_of_cable.push_back(cable.tier);
        for (const PortId end : {cable.lower, cable.upper})
            plant.port_of_end.push_back(end.value - topology.nodes[topology.ports[end.value].node.value].first_port);
        for (const Scenario::Fault& fault : scenario.faults)
            if (fault.at == Duration{0} && selects(fault, scenario, topology, cable))
                plant.extra_losses.push_back({c, static_cast<int>(fault.lane.value_or(-1)), fault.extra_loss});
    }
    return plant;
}

// What faults after the start do, each on top of those before it.
std::vector<ChannelChange> changes_of(const Scenario& scenario, const Topology& topology, const LinkModel& model) {
    std::vector<const Scenario::Fault*> later;
    for (const Scenario::Fault& fault : scenario.faults)
        if (fault.at > Duration{0}) later.push_back(&fault);
    if (later.empty()) return {};
    std::ranges::stable_sort(later, {}, [](const auto* fault) { return fault->at; });

    std::vector<ChannelChange> changes;
    std::map<std::uint32_t, LinkCondition> worsened;  // by direction
    LinkConditions one(1);
    for (const Scenario::Fault* fault : later)
        for (std::uint32_t row = 0; row < 2 * topology.cables.size(); ++row) {
            const Topology::Cable& cable = topology.cables[row / 2];
            if (!selects(*fault, scenario, topology, cable)) continue;
            if (const Joint& joint = model.joint(cable.tier); fault->lane.value_or(0) >= joint.lanes)
                throw CatalogueError(fmt::format("a fault at {}: \"{}\" has no lane {}, only 0 to {}",
                                                 to_text(fault->at), joint.lower->id, *fault->lane, joint.lanes - 1));
            LinkCondition& condition = worsened.try_emplace(row, model.condition(row)).first->second;
            for (std::size_t lane = 0; lane < condition.extra_loss_db.size(); ++lane)
                if (!fault->lane || *fault->lane == static_cast<std::int64_t>(lane))
                    condition.extra_loss_db[lane] += fault->extra_loss.value;
            model.evaluate(row, condition, full_frame_bytes(scenario), one, 0);
            changes.push_back({.at = Time{fault->at.ps},
                               .direction = row,
                               .codeword_hazard = one.codeword_hazard[0],
                               .lock_loss_per_second = one.lock_losses_per_second[0]});
        }
    return changes;
}

}  // namespace

int full_frame_bytes(const Scenario& scenario) {
    return static_cast<int>((scenario.framing.header + scenario.transport.payload).count);
}

Layout layout(const Scenario& scenario, const ScenarioContext& context) {
    Topology topology = topology_of(scenario);
    Plant plant = plant_of(scenario, topology, context.readings);
    return {std::move(topology), std::move(plant)};
}

Plan plan(const Scenario& scenario, const ScenarioContext& context) {
    Layout laid_out = layout(scenario, context);
    const LinkModel model(context.catalogue, std::move(laid_out.plant));
    Plan plan;
    plan.topology = std::move(laid_out.topology);
    plan.routes = equal_cost_routes(plan.topology);
    plan.links = model.evaluate(full_frame_bytes(scenario));
    for (std::size_t kind = 0; kind < model.plant().classes.size(); ++kind) plan.joints.push_back(model.joint(kind));
    plan.changes = changes_of(scenario, plan.topology, model);
    return plan;
}

Traffic traffic_of(const Scenario& scenario, const Plan& plan) {
    const Scenario::Workload& w = scenario.workload;
    switch (w.kind) {
        case WorkloadKind::all_reduce:
            return ring_all_reduce(plan.topology, w.placement, w.bytes, static_cast<std::uint32_t>(w.iterations));
        case WorkloadKind::permutation: return permutation(plan.topology, w.bytes, scenario.seeds.traffic);
        case WorkloadKind::incast: {
            const std::size_t others = plan.topology.endpoints.size() - 1;
            return incast(static_cast<std::uint32_t>(w.senders == 0 ? others : static_cast<std::size_t>(w.senders)),
                          w.bytes);
        }
    }
    throw std::logic_error("unknown workload kind");
}

std::vector<Channel> channels_of(const LinkConditions& links, const LockSettings& lock) {
    std::vector<Channel> channels(links.directions());
    for (std::size_t i = 0; i < channels.size(); ++i)
        channels[i] = {.delay = {links.propagation_ps[i] + links.phy_ps[i]},
                       .codeword_hazard = links.codeword_hazard[i],
                       .interleave = static_cast<std::uint32_t>(links.interleave[i]),
                       .codeword_bits = links.codeword_bits[i],
                       .lock_loss_per_second = links.lock_losses_per_second[i],
                       .relock = lock.relock_ps,
                       .debounce = lock.debounce,
                       .link_up = lock.link_up};
    return channels;
}

FabricInput fabric_input(const Scenario& scenario, const Plan& plan, const Traffic& traffic,
                         std::span<const Channel> channels, std::uint32_t partitions) {
    return {.topology = plan.topology,
            .routes = plan.routes,
            .traffic = traffic,
            .channels = channels,
            .network = {.forwarding = scenario.switches.forwarding,
                        .path = scenario.routing,
                        .switch_latency = scenario.switches.latency,
                        .nic_latency = scenario.nic.latency,
                        .buffer = scenario.switches.buffer,
                        .queue_limit = scenario.switches.queue_limit,
                        .ecn_threshold = scenario.switches.ecn_threshold,
                        .framing = scenario.framing,
                        .hash_seed = scenario.seeds.traffic},
            .transport = {.payload = scenario.transport.payload,
                          .window = static_cast<std::uint32_t>(scenario.transport.window),
                          .timeout = scenario.transport.timeout},
            .fault_seed = scenario.seeds.faults,
            .partitions = partitions,
            .changes = plan.changes};
}

RunResult run(const Scenario& scenario, Plan plan, const RunOptions& options, const Watcher& watcher) {
    const auto started = Clock::now();
    const auto nodes = static_cast<std::uint32_t>(plan.topology.nodes.size());
    const std::uint32_t wanted = options.partitions == 0 ? options.threads : options.partitions;
    PartitionPlan partitions = plan_partitions(plan.topology, std::min({wanted, nodes, 65'535u}));
    const Traffic traffic = traffic_of(scenario, plan);
    const std::vector<Channel> channels = channels_of(plan.links, scenario.optics.lock);
    Fabric fabric(fabric_input(scenario, plan, traffic, channels, partitions.partitions));
    partitions = keep_bonds(std::move(partitions), plan.topology, fabric.cables_below(kShortestPeriod));
    const double setup_seconds = seconds_since(started);

    const auto began = Clock::now();
    auto watched = began;
    const Time until = scenario.until ? Time{scenario.until->ps} : kNever;
    Time now{0};
    const SimulationOutcome outcome =
        simulate(fabric, {.threads = options.threads,
                          .partitions = partitions.partitions,
                          .partition_of = partitions.of_node,
                          .window_divisor = options.window_divisor,
                          .until = until,
                          .seed = scenario.seeds.traffic,
                          .between_windows = [&](Time at, std::int64_t events) {
                              now = at;
                              if (!watcher || seconds_since(watched) < 0.1) return true;
                              watched = Clock::now();
                              return watcher({.now = at,
                                              .payload_bytes_delivered = fabric.payload_bytes_delivered(),
                                              .payload_bytes_total = fabric.total_payload_bytes(),
                                              .messages_delivered = fabric.messages_delivered(),
                                              .messages_total = fabric.total_messages(),
                                              .events = events});
                          }});

    RunResult result = measurements(fabric, outcome, outcome.interrupted ? now : until);
    result.execution.wall_seconds = seconds_since(began);
    result.execution.setup_seconds = setup_seconds;
    result.execution.partitions = partitions.partitions;
    result.plant_seed = scenario.seeds.plant;
    result.traffic_seed = scenario.seeds.traffic;
    result.faults_seed = scenario.seeds.faults;
    result.topology = std::move(plan.topology);
    result.links = std::move(plan.links);
    summarise_links(result);
    return result;
}

}  // namespace lightloom
