#include "scenarios/ways.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/network/port_pairs.hpp"
#include "scenarios/workload.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

// "GPU 1 of server 3 (leaf 5, leaf 6)"
std::string gpu_text(const Topology& t, EndpointId id) {
    const Topology::Endpoint& endpoint = t.endpoints[id.value];
    std::uint32_t gpu = 0;
    while (gpu < id.value && t.endpoints[id.value - gpu - 1].server == endpoint.server) ++gpu;
    std::string leaves;
    for (std::uint32_t i = 0; i < endpoint.nics; ++i)
        leaves += (i == 0 ? "" : ", ") + t.node_name(t.attachment(endpoint, i).leaf);
    return fmt::format("GPU {} of {} ({})", gpu, t.node_name(endpoint.server), leaves);
}

}  // namespace

void check_ways(const Scenario& scenario, const Plan& plan) {
    const Traffic traffic = traffic_of(scenario, plan);
    check_amounts(traffic, scenario, plan.topology);
    const auto flow = flow_without_a_way(fabric_input(scenario, plan, traffic, {}, 1));
    if (!flow) return;
    const Traffic::Flow& lost = traffic.flows[flow->value];
    const auto& endpoints = plan.topology.endpoints;
    const bool one_server = endpoints[lost.source.value].server == endpoints[lost.destination.value].server;
    throw TopologyError(fmt::format(
        "{} sends to {}, but no path between their leaves avoids servers: {}", gpu_text(plan.topology, lost.source),
        gpu_text(plan.topology, lost.destination),
        one_server ? "spines above both leaves would join them, or a scale-up network in the server"
                   : "spines above both leaves would join them, or a scale-up network that takes packets to the NIC on "
                     "the destination's rail (PXN)"));
}

bool has_ways_without(const Scenario& scenario, const Plan& plan, std::span<const CableId> dark) {
    const Traffic traffic = traffic_of(scenario, plan);
    const Routes routes = equal_cost_routes_without(plan.topology, dark);
    for (const Traffic::Flow& flow : traffic.flows)  // sums keep to their trees
        if (flow.over.valid() && std::ranges::count(dark, plan.topology.ports[flow.over.value].cable) > 0) return false;
    const FabricInput whole = fabric_input(scenario, plan, traffic, {}, 1);
    return !flow_without_a_way({.topology = plan.topology,
                                .routes = routes,
                                .traffic = traffic,
                                .channels = {},
                                .network = whole.network,
                                .transport = whole.transport,
                                .scale_up = whole.scale_up,
                                .nic_of = whole.nic_of});
}

}  // namespace lightloom
