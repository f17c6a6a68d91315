// Which ports a flow's packets and acknowledgements set out by, and where they are to go: by routes from GPU to GPU, or
// over one cable to the switch at its other end.
#include <algorithm>

#include "models/network/fabric.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {
namespace {

// Bits a second.
double rate_of(const Topology& topology, PortId port) {
    const CableId cable = topology.ports[port.value].cable;
    const Rate rate = topology.tiers[topology.cables[cable.value].tier].rate;
    return static_cast<double>(kPicosecondsPerSecond) / rate.picoseconds() * rate.bits();
}

}  // namespace

void Fabric::build_flows() {
    const auto flows = static_cast<std::uint32_t>(traffic_.flows.size());
    flow_times_.resize(flows);
    for (auto& statistics : statistics_) statistics.losses.resize(flows);
    for (std::uint32_t flow = 0; flow < flows; ++flow) {
        const Traffic::Flow& spec = traffic_.flows[flow];
        const NodeId at = node_of(topology_, spec.source);
        transport_.sender(flow).pool = at.value;
        if (spec.over.valid())
            join_neighbours(flow, spec.over);
        else
            join_by_routes(flow);

        class_of_flow_.push_back(traffic_.groups[spec.group].traffic_class);
        Node& node = nodes_[at.value];
        if (node.last_flow == 0) node.first_flow = flow;
        node.last_flow = flow + 1;
        if (runs(spec)) opening_messages_ += spec.opening_messages;
    }
    for (const Traffic::Loop& loop : traffic_.loops) opened_of_loop_.push_back(std::min(loop.outstanding, loop.flows));
    for (const Traffic::Worker& worker : traffic_.workers) {
        workers_ += runs_job(worker.job);
        first_iteration_.push_back(iteration_end_ps_.size());
        iteration_end_ps_.resize(iteration_end_ps_.size() + traffic_.programs[worker.program].iterations, -1);
    }
}

void Fabric::join_by_routes(std::uint32_t flow) {
    const Topology::Endpoint& source = topology_.endpoints[traffic_.flows[flow].source.value];
    const Topology::Endpoint& destination = topology_.endpoints[traffic_.flows[flow].destination.value];
    Sender& sender = transport_.sender(flow);
    sender.nic_port = source.nic.value;
    sender.to_leaf = static_cast<std::uint16_t>(topology_.nodes[destination.leaf.value].index);
    sender.to_port = static_cast<std::uint16_t>(destination.down);
    Receiver& receiver = transport_.receiver(flow);
    receiver.nic_port = destination.nic.value;
    receiver.to_leaf = static_cast<std::uint16_t>(topology_.nodes[source.leaf.value].index);
    receiver.to_port = static_cast<std::uint16_t>(source.down);
}

// Any leaf will do: a switch looks routes up before it sees that the frame is its own.
void Fabric::join_neighbours(std::uint32_t flow, PortId from) {
    Sender& sender = transport_.sender(flow);
    Receiver& receiver = transport_.receiver(flow);
    sender.nic_port = from.value;
    receiver.nic_port = topology_.ports[from.value].peer.value;
    sender.to_leaf = receiver.to_leaf = 0;
    sender.to_port = receiver.to_port = kNeighbour;
    has_detours_ = true;
}

// After the scale-up network, which decides whose NIC a flow uses.
void Fabric::build_pairs(const FabricInput& input) {
    pairs_.build(topology_, input.routes, traffic_.flows.size(), scale_up_ && scale_up_->racks);
    bonded_ = pairs_.any();
    if (!bonded_) return;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
        if (topology_.nodes[i].kind == NodeKind::server)
            nodes_[i].hash_salt = draw(network_.hash_seed, i, Purpose::switch_hash, 0);
    for (std::uint32_t flow = 0; flow < traffic_.flows.size(); ++flow)
        pairs_.add(flow, transport_.sender(flow).nic_port, transport_.receiver(flow).nic_port);
    if (reroutes_) pairs_.follow(*reroutes_, traffic_);
}

// What a flow may send at most: by one port where a hash of the flow picks it, else by all of the NIC's; in a rack by
// all of the GPU's.
std::vector<double> Fabric::line_rates(const FabricInput& input) {
    std::vector<double> rates;
    for (const Traffic::Flow& flow : input.traffic.flows) {
        if (flow.over.valid()) {
            rates.push_back(rate_of(input.topology, flow.over));
            continue;
        }
        const Topology::Endpoint& source = input.topology.endpoints[flow.source.value];
        const bool in_rack = input.scale_up && input.scale_up->racks &&
                             share_scale_up(input.topology, source, input.topology.endpoints[flow.destination.value]);
        const PortId first = in_rack ? source.scale_up : source.nic;
        const std::uint32_t ports = in_rack ? source.scale_ups : by_one_port(input.network.path) ? 1 : source.nics;
        double sum = 0.0;
        for (std::uint32_t i = 0; i < ports; ++i) sum += rate_of(input.topology, PortId{first.value + i});
        rates.push_back(sum);
    }
    return rates;
}

}  // namespace lightloom
