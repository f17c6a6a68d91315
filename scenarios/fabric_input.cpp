// From a planned scenario to the tables and parameters that a Fabric is built of.
#include <fmt/format.h>

#include <optional>
#include <stdexcept>

#include "core/quantity_text.hpp"
#include "scenarios/assembly.hpp"
#include "topologies/validation.hpp"

namespace lightloom {

int full_frame_bytes(const Scenario& scenario) {
    return static_cast<int>((scenario.framing.header + scenario.transport.payload).count);
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

namespace {

Reliability reliability_of(const Scenario::Transport& transport) {
    switch (transport.kind) {
        case TransportKind::window: return Reliability::window;
        case TransportKind::rocev2:
            return transport.loss_recovery == LossRecovery::go_back_n ? Reliability::go_back_n
                                                                      : Reliability::selective_repeat;
        case TransportKind::uec: return Reliability::unordered;
    }
    throw std::logic_error("unknown transport kind");
}

DcqcnParameters parameters_of(DcqcnPreset preset) {
    switch (preset) {
        case DcqcnPreset::paper_2015: return kDcqcnPaper2015;
        case DcqcnPreset::connectx: return kDcqcnConnectX;
        case DcqcnPreset::simai: return kDcqcnSimai;
    }
    throw std::logic_error("unknown preset");
}

NetworkParameters network_of(const Scenario& scenario) {
    NetworkParameters network;
    network.forwarding = scenario.switches.forwarding;
    network.path = scenario.routing.policy;
    network.switch_latency = scenario.switches.latency;
    network.nic_latency = scenario.nic.latency;
    network.buffer = scenario.switches.buffer;
    network.queue_limit = scenario.switches.queue_limit;
    network.ecn_threshold = scenario.switches.ecn_threshold;
    network.ecn_full = scenario.switches.ecn_full;
    network.ecn_probability = scenario.switches.ecn_probability;
    network.buffer_alpha = scenario.switches.buffer_alpha;
    network.flow_control = scenario.switches.flow_control;
    network.headroom = scenario.switches.headroom.value_or(Bytes{0});
    network.lossless = scenario.switches.lossless;
    network.classes.strict = scenario.switches.strict;
    network.classes.weight = scenario.switches.weights;
    network.acknowledgement_class = static_cast<std::uint8_t>(scenario.transport.acknowledgement_class);
    network.trimming = scenario.switches.trimming;
    network.link_retries = scenario.switches.link_retries;
    network.framing = scenario.framing;
    network.hash_seed = scenario.seeds.traffic;
    network.hash_fields = {.flow = (scenario.routing.hash & 1u) != 0,
                           .entropy = (scenario.routing.hash & 2u) != 0,
                           .attempt = (scenario.routing.hash & 4u) != 0};
    network.queue_pairs = static_cast<std::uint32_t>(scenario.routing.queue_pairs);
    network.flowlet_gap = scenario.routing.flowlet_gap;
    network.staleness = scenario.routing.staleness.value_or(Duration{0});
    network.hop_limit = static_cast<std::uint32_t>(scenario.routing.hop_limit);
    return network;
}

TransportParameters transport_of(const Scenario::Transport& transport) {
    TransportParameters parameters;
    parameters.payload = transport.payload;
    parameters.window = static_cast<std::uint32_t>(transport.window);
    parameters.timeout = transport.timeout;
    if (transport.retries) parameters.tries = static_cast<std::uint32_t>(*transport.retries);
    parameters.reliability = reliability_of(transport);
    parameters.control = transport.congestion;
    parameters.dcqcn = parameters_of(transport.dcqcn);
    parameters.nscc.base_rtt = transport.base_rtt;
    return parameters;
}

std::optional<ScaleUpParameters> scale_up_of(const Scenario::ScaleUp& network) {
    if (network.kind == ScaleUpKind::none) return std::nullopt;
    const auto rate = Rate::from(network.rate);
    if (!rate) throw TopologyError(fmt::format("no port clock keeps a scale-up rate of {}", to_text(network.rate)));
    return ScaleUpParameters{.rate_per_gpu = *rate,
                             .latency = network.latency,
                             .header = network.header,
                             .pxn = network.pxn,
                             .racks = network.has_racks()};
}

}  // namespace

std::vector<EndpointId> nics_of(const Scenario& scenario, const Topology& topology) {
    const auto& affinity = scenario.scale_up_network.affinity;
    if (scenario.scale_up_network.kind == ScaleUpKind::none || affinity.empty()) return {};
    std::vector<EndpointId> nics;
    for (std::size_t first = 0; first < topology.endpoints.size();) {
        const NodeId server = topology.endpoints[first].server;
        std::size_t last = first;
        while (last < topology.endpoints.size() && topology.endpoints[last].server == server) ++last;
        for (std::size_t gpu = 0; first + gpu < last; ++gpu) {
            const std::size_t nic = gpu < affinity.size() ? static_cast<std::size_t>(affinity[gpu]) : gpu;
            if (first + nic >= last)
                throw TopologyError(fmt::format("{} has no NIC {} for its GPU {}: scale_up.affinity",
                                                topology.node_name(server), nic, gpu));
            nics.emplace_back(first + nic);
        }
        first = last;
    }
    return nics;
}

FabricInput fabric_input(const Scenario& scenario, const Plan& plan, const Traffic& traffic,
                         std::span<const Channel> channels, std::uint32_t partitions) {
    return {.topology = plan.topology,
            .routes = plan.routes,
            .traffic = traffic,
            .channels = channels,
            .network = network_of(scenario),
            .transport = transport_of(scenario.transport),
            .fault_seed = scenario.seeds.faults,
            .partitions = partitions,
            .changes = plan.changes,
            .outages = plan.outages,
            .impairments = plan.impairments,
            .rates = plan.rates,
            .scale_up = scale_up_of(scenario.scale_up_network),
            .nic_of = plan.nic_of,
            .sampling = {scenario.series.interval.value_or(Duration{0}), plan.sampled_ports}};
}

}  // namespace lightloom
