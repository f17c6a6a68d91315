#include "models/network/port_pairs.hpp"

#include <algorithm>
#include <numeric>

#include "core/abort.hpp"
#include "models/network/fabric.hpp"

namespace lightloom {
namespace {

constexpr std::uint32_t kApart = UINT32_MAX;

// Cables on the shortest way from one leaf to another.
std::uint32_t hops_between(const Topology& t, const Routes& routes, NodeId leaf, std::uint32_t to) {
    std::uint32_t hops = 0;
    for (NodeId node = leaf; t.nodes[node.value].kind != NodeKind::leaf || t.nodes[node.value].index != to; ++hops) {
        const Routes::PortSet& next = routes.next_hops(node, to);
        if (next.count == 0) return kApart;
        const Topology::Port& out = t.ports[t.nodes[node.value].first_port + routes.ports[next.first]];
        node = t.ports[out.peer.value].node;
    }
    return hops;
}

PortPair::End end_of(const Topology& t, const Topology::Attachment& at) {
    return {.nic = at.nic.value,
            .leaf = static_cast<std::uint16_t>(t.nodes[at.leaf.value].index),
            .down = static_cast<std::uint16_t>(at.down)};
}

}  // namespace

std::vector<PortPair> port_pairs(const Topology& t, const Routes& routes, const Topology::Endpoint& from,
                                 const Topology::Endpoint& to) {
    std::vector<PortPair> pairs;
    for (std::uint32_t i = 0; i < from.nics; ++i)
        for (std::uint32_t j = 0; j < to.nics; ++j) {
            const Topology::Attachment out = t.attachment(from, i), in = t.attachment(to, j);
            const std::uint32_t hops = hops_between(t, routes, out.leaf, t.nodes[in.leaf.value].index);
            if (hops != kApart) pairs.push_back({.from = end_of(t, out), .to = end_of(t, in), .hops = hops});
        }
    std::ranges::stable_sort(pairs, {}, &PortPair::hops);
    return pairs;
}

std::vector<PortPair> scale_up_pairs(const Topology& t, EndpointId from, EndpointId to) {
    const auto end = [&t](const Topology::Endpoint& gpu, std::uint32_t i) {
        const std::uint32_t port = gpu.scale_up.value + i, peer = t.ports[port].peer.value;
        const Topology::Node& node = t.nodes[t.ports[peer].node.value];
        return PortPair::End{port, kScaleUpLeaf, static_cast<std::uint16_t>(peer - node.first_port)};
    };
    std::vector<PortPair> pairs;
    const Topology::Endpoint &source = t.endpoints[from.value], &destination = t.endpoints[to.value];
    for (std::uint32_t i = 0; i < std::min(source.scale_ups, destination.scale_ups); ++i)
        pairs.push_back({.from = end(source, i), .to = end(destination, i), .hops = 0});
    return pairs;
}

void PortPairs::build(const Topology& topology, const Routes& routes, std::size_t flows, bool racks) {
    if (!racks && std::ranges::all_of(topology.endpoints, [](const auto& e) { return e.nics == 1; })) return;
    topology_ = &topology;
    routes_ = &routes;
    bond_of_port_.assign(topology.ports.size() + topology.endpoints.size(), kNone);  // with those of a scale-up network
    endpoint_of_port_.assign(bond_of_port_.size(), kNone);
    for (std::uint32_t e = 0; e < topology.endpoints.size(); ++e) {
        const Topology::Endpoint& endpoint = topology.endpoints[e];
        add_bond(e, endpoint.nic.value, endpoint.nics);
        if (racks && endpoint.scale_ups > 0) add_bond(e, endpoint.scale_up.value, endpoint.scale_ups);
    }
    first_pair_.assign(1, 0);
    choices_.resize(flows);
}

void PortPairs::add_bond(std::uint32_t endpoint, std::uint32_t first_port, std::uint32_t ports) {
    endpoint_of_port_[first_port] = endpoint;
    if (ports == 1) return;
    std::fill_n(bond_of_port_.begin() + first_port, ports, static_cast<std::uint32_t>(bonds_.size()));
    bonds_.push_back({.first_port = first_port, .ports = ports});
}

void PortPairs::add(std::uint32_t flow, std::uint32_t from_port, std::uint32_t to_port) {
    const std::uint32_t from = endpoint_of_port_[from_port], to = endpoint_of_port_[to_port];
    if (from != kNone && to != kNone) {
        const Topology::Endpoint &source = topology_->endpoints[from], &destination = topology_->endpoints[to];
        std::vector<PortPair> pairs = from_port == source.scale_up.value
                                          ? scale_up_pairs(*topology_, EndpointId{from}, EndpointId{to})
                                          : port_pairs(*topology_, *routes_, source, destination);
        if (pairs.empty())  // its leaf is where it ends
            pairs.push_back({.from = end_of(*topology_, topology_->attachment(source, 0)),
                             .to = end_of(*topology_, topology_->attachment(destination, 0)),
                             .hops = 0});
        if (pairs.size() > 0xffff) abort_run("{} pairs of ports between two NICs", pairs.size());
        pairs_.insert(pairs_.end(), pairs.begin(), pairs.end());
    }
    first_pair_.push_back(static_cast<std::uint32_t>(pairs_.size()));
    if (has(flow)) choices_[flow].set = nearest(flow, [](const PortPair&) { return true; });
}

template <class Usable>
PortPairs::Set PortPairs::nearest(std::uint32_t flow, Usable&& usable) {
    const auto pairs = static_cast<std::uint16_t>(first_pair_[flow + 1] - first_pair_[flow]);
    std::vector<std::uint16_t> numbers;
    for (std::uint16_t i = 0; i < pairs; ++i) {
        if (!numbers.empty() && pair(flow, i).hops > pair(flow, numbers.front()).hops) break;
        if (usable(pair(flow, i))) numbers.push_back(i);
    }
    if (numbers.empty()) {
        numbers.resize(pairs);
        std::iota(numbers.begin(), numbers.end(), std::uint16_t{0});
    }
    return set_of(numbers);
}

PortPairs::Set PortPairs::set_of(const std::vector<std::uint16_t>& numbers) {
    const auto [entry, fresh] = sets_.try_emplace(
        numbers, Set{static_cast<std::uint32_t>(numbers_.size()), static_cast<std::uint32_t>(numbers.size())});
    if (fresh) numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
    return entry->second;
}

void PortPairs::follow(const RouteTimeline& timeline, const Traffic& traffic) {
    changes_.clear();
    for (std::uint32_t flow = 0; flow < choices_.size(); ++flow) {
        if (!has(flow)) continue;
        Choice& choice = choices_[flow];
        choice.first_change = static_cast<std::uint32_t>(changes_.size());
        const NodeId server = topology_->endpoints[traffic.flows[flow].source.value].server;
        for (const RouteTimeline::View& view : timeline.views(server)) {
            const Set set = nearest(flow, [&](const PortPair& pair) {
                return timeline.usable(view, PortId{pair.from.nic}, PortId{pair.to.nic});
            });
            const bool same = changes_.size() > choice.first_change && changes_.back().set.first == set.first &&
                              changes_.back().set.count == set.count;
            if (!same) changes_.push_back({view.at, set});
        }
        choice.last_change = static_cast<std::uint32_t>(changes_.size());
        const std::uint32_t next = choice.first_change + choice.next_change;
        choice.until = next < choice.last_change ? changes_[next].at : kNever;
    }
}

void PortPairs::take_up(Choice& choice, Time now) {
    std::uint32_t next = choice.first_change + choice.next_change;
    for (; next < choice.last_change && changes_[next].at <= now; ++next) choice.set = changes_[next].set;
    choice.next_change = next - choice.first_change;
    choice.until = next < choice.last_change ? changes_[next].at : kNever;
}

std::optional<FlowId> flow_without_a_way(const FabricInput& input) {
    const Topology& t = input.topology;
    for (std::size_t flow = 0; flow < input.traffic.flows.size(); ++flow) {
        if (input.traffic.flows[flow].over.valid()) continue;
        const auto [out, in] = ends_in_fabric(input, input.traffic.flows[flow]);
        if (out == in) continue;
        if (port_pairs(t, input.routes, t.endpoints[out.value], t.endpoints[in.value]).empty()) return FlowId{flow};
    }
    return std::nullopt;
}

Ends ends_in_fabric(const FabricInput& input, const Traffic::Flow& flow) {
    if (!input.scale_up) return {flow.source, flow.destination};
    const EndpointId out = egress_of(input.topology, *input.scale_up, input.nic_of, flow.source, flow.destination).nic;
    if (out == flow.destination) return {out, out};
    return {out, input.nic_of.empty() ? flow.destination : input.nic_of[flow.destination.value]};
}

}  // namespace lightloom
