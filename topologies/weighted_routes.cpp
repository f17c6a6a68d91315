// Weighted next hops: what a port of an equal-cost set is worth once some of the cables behind it are gone.
#include <algorithm>
#include <map>
#include <numeric>

#include "topologies/routes.hpp"

namespace lightloom {
namespace {

constexpr double kMostTimes = 8.0;  // that a port stands in a set

// The switches on the way to one leaf at a time.
class Capacities {
public:
    Capacities(const Topology& t, const Routes& routes) : t_(t), routes_(routes) {
        for (std::size_t n = 0; n < t.nodes.size(); ++n)
            if (routes.role_of_node[n] != UINT32_MAX) switches_.emplace_back(n);
        for (const NodeId node : switches_)
            if (t.nodes[node.value].kind == NodeKind::leaf) leaves_.push_back(node);
        std::vector<double> rates;
        for (const Topology::Tier& tier : t.tiers)
            rates.push_back(static_cast<double>(tier.rate.bits()) / static_cast<double>(tier.rate.picoseconds()));
        for (const Topology::Port& port : t.ports)
            beyond_.push_back({t.ports[port.peer.value].node, rates[t.cables[port.cable.value].tier]});
    }

    void towards(std::uint32_t leaf) {
        leaf_ = leaf;
        end_ = leaves_[leaf];
        hops_.assign(t_.nodes.size(), kUnknown);
        downstream_.assign(t_.nodes.size(), 0.0);
        incoming_.assign(t_.nodes.size(), 0.0);
        std::vector<NodeId> order = switches_;
        for (const NodeId node : order) find_hops(node);
        std::stable_sort(order.begin(), order.end(),
                         [&](NodeId a, NodeId b) { return hops_[a.value] < hops_[b.value]; });
        for (const NodeId node : order)
            for (const std::uint16_t port : ports(node)) {
                const auto [peer, rate] = beyond(node, port);
                incoming_[peer.value] += rate;
                downstream_[node.value] += is_leaf(peer) ? rate : std::min(rate, downstream_[peer.value]);
            }
    }
    double weight(NodeId node, std::uint16_t port) const {
        const auto [peer, rate] = beyond(node, port);
        return is_leaf(peer) ? rate : rate * std::min(1.0, downstream_[peer.value] / incoming_[peer.value]);
    }
    std::span<const std::uint16_t> ports(NodeId node) const {
        if (is_leaf(node)) return {};
        const Routes::PortSet& set = routes_.next_hops(node, leaf_);
        return std::span(routes_.ports).subspan(set.first, set.count);
    }
    const std::vector<NodeId>& switches() const { return switches_; }

private:
    static constexpr std::uint32_t kUnknown = UINT32_MAX;
    struct Beyond {
        NodeId peer;
        double rate;  // bits per picosecond
    };

    bool is_leaf(NodeId node) const { return node == end_; }
    const Beyond& beyond(NodeId node, std::uint16_t port) const {
        return beyond_[t_.nodes[node.value].first_port + port];
    }
    std::uint32_t find_hops(NodeId node) {  // as deep as the fabric has tiers, twice
        std::uint32_t& hops = hops_[node.value];
        if (hops != kUnknown) return hops;
        const auto next = ports(node);
        return hops = next.empty() ? 0 : find_hops(beyond(node, next.front()).peer) + 1;
    }

    const Topology& t_;
    const Routes& routes_;
    std::vector<NodeId> switches_, leaves_;
    std::vector<Beyond> beyond_;  // by port
    std::uint32_t leaf_ = 0;      // where all is on its way to, and its node
    NodeId end_;
    std::vector<std::uint32_t> hops_;  // by node, as the others
    std::vector<double> downstream_;   // capacity towards the leaf
    std::vector<double> incoming_;     // rates of the cables that lead here on the way to it
};

// Each port as often as it weighs, by the smallest numbers that say so.
std::vector<std::uint16_t> repeated(std::span<const std::uint16_t> ports, const std::vector<double>& weights) {
    const double heaviest = weights.empty() ? 0.0 : *std::max_element(weights.begin(), weights.end());
    std::vector<std::uint32_t> times;
    std::uint32_t divisor = 0;
    for (const double weight : weights) {
        times.push_back(std::max(1u, static_cast<std::uint32_t>(kMostTimes * weight / heaviest + 0.5)));
        divisor = std::gcd(divisor, times.back());
    }
    std::vector<std::uint16_t> all;
    for (std::size_t i = 0; i < ports.size(); ++i) all.insert(all.end(), times[i] / divisor, ports[i]);
    return all;
}

// Sets of ports by their numbers, each stored once.
class WeightedSets {
public:
    WeightedSets(const Routes& from, Routes& to) : from_(from), to_(to), unweighted_(from.ports.size() + 1, kNone) {}

    /// Most sets hold ports of one weight: those are told apart by where they stand.
    /// @param ports  a set of `from`, or none
    std::uint32_t number_of(std::span<const std::uint16_t> ports, const std::vector<double>& weights) {
        const bool even = std::ranges::all_of(weights, [&](double weight) { return weight == weights.front(); });
        if (!even) return interned(repeated(ports, weights));
        const auto place = ports.empty() ? from_.ports.size() : static_cast<std::size_t>(&ports[0] - &from_.ports[0]);
        std::uint32_t& known = unweighted_[place];
        if (known == kNone || distinct_[known].count != ports.size()) known = interned({ports.begin(), ports.end()});
        return known;
    }
    const Routes::PortSet& distinct(std::uint32_t number) const { return distinct_[number]; }

private:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    std::uint32_t interned(const std::vector<std::uint16_t>& ports) {
        const auto [entry, fresh] = numbers_.try_emplace(ports, static_cast<std::uint32_t>(distinct_.size()));
        if (fresh) {
            distinct_.push_back(
                {static_cast<std::uint32_t>(to_.ports.size()), static_cast<std::uint32_t>(ports.size())});
            to_.ports.insert(to_.ports.end(), ports.begin(), ports.end());
        }
        return entry->second;
    }

    const Routes& from_;
    Routes& to_;
    std::vector<std::uint32_t> unweighted_;  // by the place of the first port in from_.ports
    std::map<std::vector<std::uint16_t>, std::uint32_t> numbers_;
    std::vector<Routes::PortSet> distinct_;
};

}  // namespace

Routes weighted_routes(const Topology& topology, const Routes& routes) {
    Capacities capacities(topology, routes);
    const auto& switches = capacities.switches();
    Routes weighted{.leaves = routes.leaves, .role_of_node = routes.role_of_node, .sets = {}, .ports = {}};
    WeightedSets sets(routes, weighted);
    std::vector<double> weights;
    std::vector<std::vector<std::uint32_t>> rows(switches.size(),
                                                 std::vector<std::uint32_t>(routes.leaves, UINT32_MAX));
    for (std::uint32_t leaf = 0; leaf < routes.leaves; ++leaf) {
        capacities.towards(leaf);
        for (std::size_t i = 0; i < switches.size(); ++i) {
            const auto ports = capacities.ports(switches[i]);
            weights.clear();
            for (const std::uint16_t port : ports) weights.push_back(capacities.weight(switches[i], port));
            rows[i][leaf] = sets.number_of(ports, weights);
        }
    }
    // A leaf never reads its own column: let it agree with a column that it agreed with, so that leaves share rows.
    for (std::size_t i = 0; i < switches.size(); ++i) {
        const Topology::Node& node = topology.nodes[switches[i].value];
        if (node.kind != NodeKind::leaf) continue;
        for (std::uint32_t leaf = 0; leaf < routes.leaves; ++leaf)
            if (leaf != node.index &&
                routes.next_hops(switches[i], leaf).first == routes.next_hops(switches[i], node.index).first) {
                rows[i][node.index] = rows[i][leaf];
                break;
            }
    }
    std::map<std::vector<std::uint32_t>, std::uint32_t> roles;
    for (std::size_t i = 0; i < switches.size(); ++i) {
        const auto [entry, fresh] = roles.try_emplace(rows[i], static_cast<std::uint32_t>(roles.size()));
        if (fresh)
            for (const std::uint32_t set : rows[i]) weighted.sets.push_back(sets.distinct(set));
        weighted.role_of_node[switches[i].value] = entry->second;
    }
    return weighted;
}

}  // namespace lightloom
