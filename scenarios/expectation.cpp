#include "scenarios/expectation.hpp"

#include <algorithm>
#include <set>

#include "core/engine.hpp"
#include "models/network/port_pairs.hpp"
#include "models/network/simulation.hpp"
#include "models/workload/loads.hpp"
#include "scenarios/tuner.hpp"
#include "topologies/aggregation_tree.hpp"
#include "topologies/partition_bonds.hpp"

namespace lightloom {
namespace {

// The way from one endpoint to another: the mean of all equal-cost paths.
struct Path {
    std::int64_t hops;  // cables from NIC to NIC
    double delay_ps;    // propagation, PHY and FEC of all of them
    double stored;      // wire times that switches add, in those of the first cable: one each where all rates agree
};

class Paths {
public:
    /// @param racks  whether those that share scale-up nodes send by them
    Paths(const Plan& plan, std::span<const Channel> channels, bool racks)
        : plan_(plan), channels_(channels), racks_(racks) {}

    /// @param visit  called for every node but the source with the share of packets that arrive there
    template <class Visit>
    Path between(EndpointId from, EndpointId to, Visit&& visit) const {
        const std::vector<PortPair> pairs = nearest(from, to);
        Path path{};
        for (const PortPair& pair : pairs)
            add_way(PortId{pair.from.nic}, PortId{pair.to.nic}, 1.0 / static_cast<double>(pairs.size()), path, visit);
        visit(plan_.topology.endpoints[to.value].server, 1.0);
        return path;
    }
    /// How many ports of a NIC send at once to another's, each to a port of its own.
    std::size_t ports_between(EndpointId from, EndpointId to) const {
        std::set<std::uint32_t> out, in;
        for (const PortPair& pair : nearest(from, to)) {
            out.insert(pair.from.nic);
            in.insert(pair.to.nic);
        }
        return std::min(out.size(), in.size());
    }

private:
    std::vector<PortPair> nearest(EndpointId from, EndpointId to) const {
        const Topology::Endpoint &out = plan_.topology.endpoints[from.value], &in = plan_.topology.endpoints[to.value];
        if (racks_ && share_scale_up(plan_.topology, out, in)) return scale_up_pairs(plan_.topology, from, to);
        std::vector<PortPair> pairs = port_pairs(plan_.topology, plan_.routes, out, in);
        std::erase_if(pairs, [hops = pairs.empty() ? 0 : pairs.front().hops](auto& pair) { return pair.hops > hops; });
        return pairs;
    }
    template <class Visit>
    void add_way(PortId out, PortId in, double share, Path& path, Visit&& visit) const {
        const Topology& t = plan_.topology;
        const PortId last = t.ports[in.value].peer;
        const NodeId leaf = t.ports[t.ports[out.value].peer.value].node, end = t.ports[last.value].node;
        path.hops = 2;
        path.delay_ps += share * (delay(out) + delay(last));
        path.stored += share * bit_time(last) / bit_time(out);
        std::vector<std::pair<NodeId, double>> front{{leaf, share}};  // where a packet may be, and how likely
        while (true) {
            for (const auto& [node, part] : front) visit(node, part);
            if (front.size() == 1 && front[0].first == end) break;
            ++path.hops;
            std::vector<std::pair<NodeId, double>> next;
            for (const auto& [node, part] : front) spread(node, end, part, bit_time(out), path, next);
            front = std::move(next);
        }
    }
    double delay(PortId port) const {
        const Topology::Port& from = plan_.topology.ports[port.value];
        const bool down = plan_.topology.cables[from.cable.value].upper == port;
        return static_cast<double>(channels_[2 * std::size_t{from.cable.value} + down].delay.ps);
    }
    double bit_time(PortId port) const {
        const Topology& t = plan_.topology;
        const Topology::Cable& cable = t.cables[t.ports[port.value].cable.value];
        return 1.0 / static_cast<double>(t.tiers[cable.tier].rate.bit_rate().bits_per_second);
    }
    void spread(NodeId node, NodeId leaf, double share, double first_bit_time, Path& path,
                std::vector<std::pair<NodeId, double>>& next) const {
        const Routes::PortSet& hops = plan_.routes.next_hops(node, plan_.topology.nodes[leaf.value].index);
        for (std::uint32_t i = 0; i < hops.count; ++i) {
            const PortId port{plan_.topology.nodes[node.value].first_port + plan_.routes.ports[hops.first + i]};
            const double part = share / hops.count;
            path.delay_ps += part * delay(port);
            path.stored += part * (bit_time(port) / first_bit_time);
            const NodeId peer = plan_.topology.ports[plan_.topology.ports[port.value].peer.value].node;
            const auto known = std::find_if(next.begin(), next.end(), [&](const auto& n) { return n.first == peer; });
            if (known == next.end())
                next.push_back({peer, part});
            else
                known->second += part;
        }
    }

    const Plan& plan_;
    std::span<const Channel> channels_;
    bool racks_;
};

// A frame's time on the wire of a NIC and the time its gap takes away, in seconds.
double wire_seconds(const Scenario& s, std::int64_t frame_bytes, bool with_gap) {
    const std::int64_t bytes = s.framing.preamble.count + frame_bytes + (with_gap ? s.framing.gap.count : 0);
    return static_cast<double>(bytes * 8) / static_cast<double>(s.rate_of(TierKind::host_leaf).bits_per_second);
}

RingExpectation ring_expectation(const Scenario& s, const Traffic& traffic, const Paths& paths) {
    const CollectiveCall& ring = traffic.calls.front().call();
    const std::int64_t payload = s.transport.payload.count;
    const double full = wire_seconds(s, s.framing.header.count + payload, true) +
                        wire_seconds(s, s.framing.acknowledgement.count, true);
    std::size_t ports = by_one_port(s.routing.policy) ? 1 : SIZE_MAX;
    for (const Traffic::Flow& flow : traffic.flows)
        if (ports > 1) ports = std::min(ports, paths.ports_between(flow.source, flow.destination));
    const double nic_rate = static_cast<double>(ports) * static_cast<double>(payload) / full;

    const std::int64_t chunk = ring.bytes / ring.ranks;
    const std::int64_t last_payload = chunk - (packets_of(chunk, s.transport.payload) - 1) * payload;
    const double hop_seconds = wire_seconds(s, s.framing.header.count + last_payload, false);
    double alpha = 0.0, round_trip = 0.0;
    for (const Traffic::Flow& flow : traffic.flows) {
        const Path path = paths.between(flow.source, flow.destination, [](NodeId, double) {});
        const auto switches = static_cast<double>(path.hops - 1);
        // A switch that cuts through passes a frame on while it arrives; only storing it costs its serialisation.
        const double stored = s.switches.forwarding == Forwarding::cut_through ? 0.0 : path.stored * hop_seconds;
        const double idle = s.nic.latency.seconds() + path.delay_ps * 1e-12 + switches * s.switches.latency.seconds();
        alpha += idle + stored;
        const double serialised = s.switches.forwarding == Forwarding::cut_through ? 1.0 : path.stored + 1.0;
        round_trip += 2.0 * idle + serialised * (wire_seconds(s, s.framing.header.count + payload, false) +
                                                 wire_seconds(s, s.framing.acknowledgement.count, false));
    }
    alpha /= static_cast<double>(traffic.flows.size());
    round_trip /= static_cast<double>(traffic.flows.size());
    const bool longer_than_window = packets_of(chunk, s.transport.payload) > s.transport.window;
    const double window_rate = static_cast<double>(s.transport.window * payload) / round_trip;
    const double rate = longer_than_window ? std::min(nic_rate, window_rate) : nic_rate;
    const double step = alpha + static_cast<double>(ring.bytes) / ring.ranks / rate;
    const double total = 2.0 * (ring.ranks - 1) * step * traffic.programs.front().iterations;
    return {.alpha = {static_cast<std::int64_t>(alpha * 1e12)},
            .payload_bytes_per_second = rate,
            .ports = ports,
            .completion = {static_cast<std::int64_t>(total * 1e12)}};
}

// The closed form is of rings that have their rail to themselves.
bool is_one_ring(const Scenario& s) {
    const Scenario::Workload& w = s.workload;
    return engine_costs(s) == EngineCosts{} && w.kind == WorkloadKind::all_reduce &&
           w.algorithm.value_or(Algorithm::ring) == Algorithm::ring && w.groups == Grouping::rails && w.channels == 1 &&
           !w.chunk;
}

}  // namespace

Expectation expect(const Scenario& as_said, const Plan& plan) {
    const Scenario scenario = tuned(as_said);
    const Traffic traffic = traffic_of(scenario, plan);
    const std::vector<Channel> channels = channels_of(plan.links, scenario.optics.lock);
    const Fabric fabric(fabric_input(scenario, plan, traffic, channels, 1));
    const bool racks = scenario.scale_up_network.has_racks();
    const Paths paths(plan, channels, racks);

    Expectation e;
    e.lookahead = fabric.lookahead().least;
    e.lookahead_port = fabric.lookahead().port;
    e.window = {std::int64_t{1} << window_shift_of(e.lookahead)};
    const PartitionPlan halves =
        keep_bonds(plan_partitions(plan.topology, 2), plan.topology, fabric.cables_below(kShortestPeriod));
    const Fabric::Lookahead cut = fabric.lookahead(halves.of_node);
    e.cut_lookahead = cut.least;
    e.cut_port = cut.port;
    e.period = {std::int64_t{1} << window_shift_of(cut.least)};
    e.committed_ports = fabric.committed_ports();
    e.least_headroom = {INT64_MAX};
    for (std::uint32_t port = 0; port < plan.topology.ports.size(); ++port) {
        if (fabric.is_nic(port)) continue;
        e.least_headroom = {std::min(e.least_headroom.count, fabric.headroom_of(port).count)};
        e.most_headroom = {std::max(e.most_headroom.count, fabric.headroom_of(port).count)};
    }
    e.flows = traffic.flows.size();
    const std::vector<Load> loads = loads_of(traffic, scenario.transport.payload);
    for (const Load& load : loads) {
        e.messages += load.messages;
        e.payload_bytes += load.bytes;
    }
    std::vector<double> work(plan.topology.nodes.size(), 0.0);  // frames that arrive at a node
    const FabricInput input = fabric_input(scenario, plan, traffic, channels, 1);
    for (std::uint32_t i = 0; i < traffic.flows.size(); ++i) {
        const auto count = static_cast<double>(loads[i].packets);
        if (traffic.flows[i].over.valid()) {  // an acknowledgement comes back by the same cable
            for (const EndpointId end : {traffic.flows[i].source, traffic.flows[i].destination})
                work[node_of(plan.topology, end).value] += count;
            e.packet_hops += 2 * loads[i].packets;
            continue;
        }
        Ends ends = ends_in_fabric(input, traffic.flows[i]);
        if (ends.out == ends.in) {
            if (!racks) {  // it stays in its server
                work[plan.topology.endpoints[ends.out.value].server.value] += 2.0 * count;
                e.scale_up_hops += 2 * loads[i].packets;
                continue;
            }
            ends = {traffic.flows[i].source, traffic.flows[i].destination};
        }
        const NodeId from = plan.topology.endpoints[ends.out.value].server;
        const NodeId to = plan.topology.endpoints[ends.in.value].server;
        const std::int64_t packets = loads[i].packets;
        // Acknowledgements come back the same way: every switch sees both, each end one of them.
        const Path path = paths.between(ends.out, ends.in, [&](NodeId node, double share) {
            work[node.value] += (node == to ? 1.0 : 2.0) * share * count;
        });
        work[from.value] += count;
        e.packet_hops += 2 * packets * path.hops;
    }
    if (const std::int64_t hops = e.packet_hops + e.scale_up_hops; hops > 0)
        e.heaviest_node_share = *std::max_element(work.begin(), work.end()) / static_cast<double>(hops);
    // In racks the hops of a ring differ too much for one formula.
    if (scenario.jobs.empty() && is_one_ring(scenario) && !racks) e.ring = ring_expectation(scenario, traffic, paths);
    return e;
}

}  // namespace lightloom
