#include "scenarios/assembly.hpp"

#include <chrono>
#include <stdexcept>

#include "models/network/simulation.hpp"
#include "models/optics/catalogue.hpp"
#include "models/optics/link_budget.hpp"
#include "scenarios/measurements.hpp"
#include "topologies/leaf_spine.hpp"
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

CableClass cable_class(const Scenario::Tier& tier) {
    return {.module = tier.module,
            .fibre = tier.fibre,
            .length_m = tier.length,
            .connectors = static_cast<int>(tier.connectors),
            .connector_family = tier.connector_family};
}

// Does a fault's selector name this cable? What it leaves open matches every one.
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

Plant plant_of(const Scenario& scenario, const Topology& topology) {
    Plant plant{.classes = {cable_class(scenario.host_leaf), cable_class(scenario.leaf_spine)},
                .class_of_cable = {},
                .extra_losses = {},
                .noise_floor = scenario.optics.noise_floor,
                .seed = scenario.seeds.plant};
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        plant.class_of_cable.push_back(cable.tier);
        for (const Scenario::Fault& fault : scenario.faults)
            if (selects(fault, scenario, topology, cable))
                plant.extra_losses.push_back({c, static_cast<int>(fault.lane.value_or(-1)), fault.extra_loss});
    }
    return plant;
}

}  // namespace

Plan plan(const Scenario& scenario) {
    Plan plan;
    plan.topology = topology_of(scenario);
    plan.routes = equal_cost_routes(plan.topology);
    plan.links = evaluate(Catalogue::built_in(), plant_of(scenario, plan.topology),
                          static_cast<int>((scenario.framing.header + scenario.transport.payload).count));
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

std::vector<Channel> channels_of(const LinkConditions& links) {
    std::vector<Channel> channels(links.directions());
    for (std::size_t i = 0; i < channels.size(); ++i)
        channels[i] = {.delay = {links.propagation_ps[i] + links.phy_ps[i]},
                       .codeword_hazard = links.codeword_hazard[i],
                       .interleave = static_cast<std::uint32_t>(links.interleave[i])};
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
            .partitions = partitions};
}

RunResult run(const Scenario& scenario, Plan plan, const RunOptions& options, const Watcher& watcher) {
    const auto started = Clock::now();
    const auto nodes = static_cast<std::uint32_t>(plan.topology.nodes.size());
    const std::uint32_t wanted = options.partitions == 0 ? options.threads : options.partitions;
    const PartitionPlan partitions = plan_partitions(plan.topology, std::min({wanted, nodes, 65'535u}));
    const Traffic traffic = traffic_of(scenario, plan);
    const std::vector<Channel> channels = channels_of(plan.links);
    Fabric fabric(fabric_input(scenario, plan, traffic, channels, partitions.partitions));
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
