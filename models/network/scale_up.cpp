#include "models/network/scale_up.hpp"

#include "core/abort.hpp"
#include "models/network/fabric.hpp"

namespace lightloom {
namespace {

EndpointId nic_used(std::span<const EndpointId> nic_of, EndpointId endpoint) {
    return nic_of.empty() ? endpoint : nic_of[endpoint.value];
}

}  // namespace

Egress egress_of(const Topology& topology, const ScaleUpParameters& scale_up, std::span<const EndpointId> nic_of,
                 EndpointId source, EndpointId destination) {
    const auto& endpoints = topology.endpoints;
    const Topology::Endpoint &from = endpoints[source.value], &to = endpoints[destination.value];
    const NodeId here = from.server, there = to.server;
    if (scale_up.racks ? share_scale_up(topology, from, to) : here == there) return {destination, true};
    const EndpointId own = nic_used(nic_of, source);
    if (!scale_up.pxn) return {own, false};
    // Those of a server are consecutive: the rail is how many of its server come before it.
    const EndpointId target = nic_used(nic_of, destination);
    std::uint32_t rail = 0;
    while (rail < target.value && endpoints[target.value - rail - 1].server == there) ++rail;
    std::uint32_t first = source.value;
    while (first > 0 && endpoints[first - 1].server == here) --first;
    const EndpointId proxy{first + std::size_t{rail}};
    if (proxy == own || proxy.value >= endpoints.size() || endpoints[proxy.value].server != here) return {own, false};
    return {proxy, true};
}

void Fabric::build_scale_up(const FabricInput& input) {
    if (!scale_up_) return;
    if (scale_up_->racks && scale_up_->pxn) abort_run("a rack's packets are not passed on to other NICs");
    if (!scale_up_->racks) build_scale_up_ports(input);
    relay_of_flow_.assign(traffic_.flows.size(), kNoRelay);
    for (std::uint32_t flow = 0; flow < traffic_.flows.size(); ++flow) send_by(flow, input.nic_of);
}

// Ports inside servers follow the topology's, one per endpoint. Each is its own peer: what it sends stays in there.
void Fabric::build_scale_up_ports(const FabricInput& input) {
    const std::uint32_t first = scale_up_port(EndpointId{0});
    const std::size_t ports = first + topology_.endpoints.size();
    ports_.resize(ports);
    counters_.resize(ports);
    hazards_.resize(ports);
    nics_.resize(ports);
    for (std::uint32_t i = first; i < ports; ++i) {
        ports_[i].clock = PortClock{scale_up_->rate_per_gpu, 0};
        ports_[i].delay = scale_up_->latency;
        ports_[i].peer = i;
        ports_[i].peer_node = topology_.endpoints[i - first].server.value;
        nics_[i].full_frame = ports_[i].clock.duration_of(8 * (scale_up_->header + input.transport.payload).count);
    }
}

void Fabric::send_by(std::uint32_t flow, std::span<const EndpointId> nic_of) {
    const Traffic::Flow& spec = traffic_.flows[flow];
    if (spec.over.valid()) return;
    Sender& sender = transport_.sender(flow);
    Receiver& receiver = transport_.receiver(flow);
    const Egress egress = egress_of(topology_, *scale_up_, nic_of, spec.source, spec.destination);
    if (egress.nic == spec.destination && scale_up_->racks) {
        const std::vector<PortPair> pairs = scale_up_pairs(topology_, spec.source, spec.destination);
        sender.nic_port = pairs.front().from.nic;
        sender.to_leaf = receiver.to_leaf = kScaleUpLeaf;
        sender.to_port = pairs.front().to.down;
        receiver.nic_port = pairs.front().to.nic;
        receiver.to_port = pairs.front().from.down;
        return;
    }
    if (egress.nic == spec.destination) {
        sender.nic_port = scale_up_port(spec.source);
        receiver.nic_port = scale_up_port(spec.destination);
        return;
    }
    const auto leaf_of = [&](const Topology::Endpoint& e) {
        return static_cast<std::uint16_t>(topology_.nodes[e.leaf.value].index);
    };
    const Topology::Endpoint& out = topology_.endpoints[egress.nic.value];
    const Topology::Endpoint& in = topology_.endpoints[nic_used(nic_of, spec.destination).value];
    sender.nic_port = out.nic.value;
    sender.to_leaf = leaf_of(in);
    sender.to_port = static_cast<std::uint16_t>(in.down);
    receiver.nic_port = in.nic.value;
    receiver.to_leaf = leaf_of(out);
    receiver.to_port = static_cast<std::uint16_t>(out.down);
    if (egress.over_scale_up) relay_of_flow_[flow] = scale_up_port(spec.source);
}

}  // namespace lightloom
