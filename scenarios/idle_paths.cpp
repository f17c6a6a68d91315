#include "scenarios/idle_paths.hpp"

#include <algorithm>

namespace lightloom {

IdlePaths::IdlePaths(const Scenario& scenario, const Plan& plan)
    : scenario_(scenario), plan_(plan), channels_(channels_of(plan.links, scenario.optics.lock)) {}

void IdlePaths::Path::add(double delay_ps, double of_a_bit) {
    fixed_ps += delay_ps;
    bit_ps += of_a_bit;
    most_bit_ps = std::max(most_bit_ps, of_a_bit);
}

void IdlePaths::add_cable(Path& path, PortId out) const {
    const Topology& t = plan_.topology;
    const CableId number = t.ports[out.value].cable;
    const Topology::Cable& cable = t.cables[number.value];
    const Channel& channel = channels_[2 * std::size_t{number.value} + (cable.upper == out)];
    path.add(static_cast<double>(channel.delay.ps),
             1e12 / static_cast<double>(t.tiers[cable.tier].rate.bit_rate().bits_per_second));
}

// Next hops lead to the leaf by equally many cables, so this ends.
const std::optional<IdlePaths::Path>& IdlePaths::onwards(NodeId node, NodeId leaf) {
    const auto known = onwards_.find({node, leaf});
    if (known != onwards_.end()) return known->second;
    std::optional<Path> best;
    if (node == leaf) best.emplace();
    if (node != leaf) {
        const Topology& t = plan_.topology;
        const Routes::PortSet& hops = plan_.routes.next_hops(node, t.nodes[leaf.value].index);
        for (std::uint32_t i = 0; i < hops.count; ++i) {
            const PortId out{t.nodes[node.value].first_port + plan_.routes.ports[hops.first + i]};
            const std::optional<Path>& rest = onwards(t.ports[t.ports[out.value].peer.value].node, leaf);
            if (!rest) continue;
            Path path = *rest;
            add_cable(path, out);
            path.fixed_ps += static_cast<double>(scenario_.switches.latency.ps);
            if (!best || path.fixed_ps < best->fixed_ps) best = path;
        }
    }
    return onwards_.emplace(std::pair(node, leaf), best).first->second;
}

std::optional<IdlePaths::Path> IdlePaths::between(EndpointId from, EndpointId to) {
    const Topology& t = plan_.topology;
    const Topology::Endpoint &source = t.endpoints[from.value], &destination = t.endpoints[to.value];
    if (source.nics != 1 || destination.nics != 1 || scenario_.scale_up_network.kind != ScaleUpKind::none)
        return std::nullopt;
    std::optional<Path> path = onwards(source.leaf, destination.leaf);
    if (!path) return std::nullopt;
    add_cable(*path, source.nic);
    add_cable(*path, t.ports[destination.nic.value].peer);
    path->fixed_ps += static_cast<double>((scenario_.nic.latency + scenario_.switches.latency).ps);
    return path;
}

// Packets follow each other on the slowest cable. A switch that stores a frame adds its time on every other cable, of a
// full one where the last packet comes behind such; one that cuts through adds none.
std::optional<double> IdlePaths::message_ps(EndpointId from, EndpointId to, std::int64_t bytes) {
    const std::optional<Path> path = between(from, to);
    if (!path) return std::nullopt;
    const auto& framing = scenario_.framing;
    const std::int64_t payload = scenario_.transport.payload.count;
    const std::int64_t packets = std::max<std::int64_t>((bytes + payload - 1) / payload, 1);
    const auto bits = [&](std::int64_t of_payload) {
        return static_cast<double>(8 * (framing.preamble.count + framing.header.count + of_payload));
    };
    const double last = bits(bytes - (packets - 1) * payload), full = packets > 1 ? bits(payload) : last;
    const auto gap = static_cast<double>(8 * framing.gap.count);
    const bool stores = scenario_.switches.forwarding == Forwarding::store_and_forward;
    return path->fixed_ps + static_cast<double>(packets - 1) * (full + gap) * path->most_bit_ps +
           last * path->most_bit_ps + (stores ? full * (path->bit_ps - path->most_bit_ps) : 0.0);
}

}  // namespace lightloom
