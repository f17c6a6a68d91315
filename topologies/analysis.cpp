#include "topologies/analysis.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/graphviz.hpp>

#include "topologies/hardware.hpp"

namespace lightloom {
namespace {

struct Ends {
    NodeId lower, upper;
};

Ends ends_of(const Topology& t, const Topology::Cable& cable) {
    return {t.ports[cable.lower.value].node, t.ports[cable.upper.value].node};
}

std::int64_t bits_per_second(const Topology& t, CableId cable) {
    return t.tiers[t.cables[cable.value].tier].rate.bit_rate().bits_per_second;
}

// Above a node: what is of a higher kind, and its own kind over a circuit.
bool is_above(NodeKind upper, NodeKind node) { return upper >= node && forwards(upper); }

class PathCounter {
public:
    explicit PathCounter(const Topology& t) : t_(t), hops_(t.nodes.size()), paths_(t.nodes.size()) {}

    void search(NodeId from) {
        std::fill(hops_.begin(), hops_.end(), kUnreached);
        std::fill(paths_.begin(), paths_.end(), 0);
        hops_[from.value] = 0;
        paths_[from.value] = 1;
        order_.assign(1, from);
        for (std::size_t i = 0; i < order_.size(); ++i) visit(order_[i]);
    }

    static constexpr std::uint32_t kUnreached = UINT32_MAX;
    std::uint32_t hops(std::size_t node) const { return hops_[node]; }
    std::uint64_t paths(std::size_t node) const { return paths_[node]; }

private:
    void visit(NodeId id) {
        const Topology::Node& node = t_.nodes[id.value];
        for (std::size_t p = node.first_port; p < std::size_t{node.first_port} + node.ports; ++p) {
            const NodeId next = t_.ports[t_.ports[p].peer.value].node;
            if (!forwards(t_.nodes[next.value].kind)) continue;
            if (hops_[next.value] == kUnreached) {
                hops_[next.value] = hops_[id.value] + 1;
                order_.push_back(next);
            }
            if (hops_[next.value] == hops_[id.value] + 1) paths_[next.value] += paths_[id.value];
        }
    }

    const Topology& t_;
    std::vector<std::uint32_t> hops_;
    std::vector<std::uint64_t> paths_;
    std::vector<NodeId> order_;
};

// What is left of the capacity from each node to the top, with some cables dead.
class UpwardShares {
public:
    UpwardShares(const Topology& t, const Failure& failure)
        : t_(t), dead_(t.cables.size()), shares_(t.nodes.size(), 1) {
        for (const CableId cable : failure.cables) dead_[cable.value] = true;
        for (const NodeKind kind : {NodeKind::core, NodeKind::spine, NodeKind::leaf})
            for (std::size_t n = 0; n < t.nodes.size(); ++n)
                if (t.nodes[n].kind == kind) shares_[n] = of_ports(t.nodes[n].first_port, t.nodes[n].ports, kind);
    }

    double of_endpoint(const Topology::Endpoint& e) const { return of_ports(e.nic.value, e.nics, NodeKind::server); }

private:
    double of_ports(std::size_t first, std::uint32_t count, NodeKind kind) const {
        double all = 0, left = 0;
        for (std::size_t p = first; p < first + count; ++p) {
            const NodeId peer = t_.ports[t_.ports[p].peer.value].node;
            const NodeKind above = t_.nodes[peer.value].kind;
            if (!is_above(above, kind)) continue;
            const CableId cable = t_.ports[p].cable;
            const auto rate = static_cast<double>(bits_per_second(t_, cable));
            all += rate;
            if (!dead_[cable.value]) left += rate * (above == kind ? 1.0 : shares_[peer.value]);
        }
        return all > 0 ? left / all : 1.0;
    }

    const Topology& t_;
    std::vector<bool> dead_;
    std::vector<double> shares_;
};

}  // namespace

FabricCounts counts_of(const Topology& topology) {
    FabricCounts counts;
    counts.endpoints = topology.endpoints.size();
    counts.cables.assign(topology.tiers.size(), 0);
    for (const Topology::Node& node : topology.nodes) ++counts.nodes[static_cast<std::size_t>(node.kind)];
    for (const Topology::Cable& cable : topology.cables) ++counts.cables[cable.tier];
    return counts;
}

Injection injection_of(const Topology& topology) {
    Injection found;
    const auto rate_of = [&](PortId first, std::uint32_t ports) {
        std::int64_t rate = 0;
        for (std::uint32_t i = 0; i < ports; ++i)
            rate += bits_per_second(topology, topology.ports[first.value + i].cable);
        return rate;
    };
    for (const Topology::Endpoint& endpoint : topology.endpoints) {
        const std::int64_t rate = rate_of(endpoint.nic, endpoint.nics);
        found.scale_ups = std::max(found.scale_ups, endpoint.scale_ups);
        found.into_rack.bits_per_second =
            std::max(found.into_rack.bits_per_second, rate_of(endpoint.scale_up, endpoint.scale_ups));
        found.fewest_ports = std::min(found.fewest_ports, endpoint.nics);
        found.most_ports = std::max(found.most_ports, endpoint.nics);
        found.least.bits_per_second = std::min(found.least.bits_per_second, rate);
        found.most.bits_per_second = std::max(found.most.bits_per_second, rate);
    }
    return found;
}

PathStatistics paths_between_leaves(const Topology& topology) {
    std::vector<NodeId> leaves;
    for (std::size_t n = 0; n < topology.nodes.size(); ++n)
        if (topology.nodes[n].kind == NodeKind::leaf) leaves.push_back(NodeId{n});
    PathStatistics found;
    PathCounter counter(topology);
    std::vector<std::uint64_t> paths;
    for (const NodeId from : leaves) {
        counter.search(from);
        for (const NodeId to : leaves) {
            if (to == from) continue;
            if (counter.hops(to.value) == PathCounter::kUnreached) {
                ++found.pairs_apart;
                continue;
            }
            found.diameter = std::max(found.diameter, counter.hops(to.value));
            paths.push_back(counter.paths(to.value));
        }
    }
    found.pairs = paths.size();
    if (paths.empty()) return found;
    const auto middle = paths.begin() + static_cast<std::ptrdiff_t>(paths.size() / 2);
    std::nth_element(paths.begin(), middle, paths.end());
    found.median = *middle;
    found.fewest = *std::min_element(paths.begin(), paths.end());
    found.most = *std::max_element(paths.begin(), paths.end());
    return found;
}

double Oversubscription::ratio() const {
    return static_cast<double>(down.bits_per_second) / static_cast<double>(up.bits_per_second);
}

std::vector<Oversubscription> oversubscription_of(const Topology& topology) {
    const Hardware hardware(topology);
    std::vector<Oversubscription> found;
    for (const NodeKind kind : {NodeKind::leaf, NodeKind::spine}) {
        Oversubscription worst{.kind = kind};
        for (const Topology::Node& node : topology.nodes) {
            if (node.kind != kind) continue;
            Oversubscription here{.kind = kind};
            for (std::size_t p = node.first_port; p < std::size_t{node.first_port} + node.ports; ++p) {
                const NodeId peer = topology.ports[topology.ports[p].peer.value].node;
                const bool up = is_above(topology.nodes[peer.value].kind, kind);
                const CableId cable = topology.ports[p].cable;
                (up ? here.up : here.down).bits_per_second += bits_per_second(topology, cable) / hardware.states(cable);
            }
            if (here.up.bits_per_second == 0) continue;
            if (worst.up.bits_per_second == 0 || here.ratio() > worst.ratio()) worst = here;
        }
        if (worst.up.bits_per_second > 0) found.push_back(worst);
    }
    return found;
}

Failure failure_of(const Topology& topology, NodeId node) {
    Failure failure{.name = topology.node_name(node), .cables = {}};
    const Topology::Node& row = topology.nodes[node.value];
    for (std::size_t p = row.first_port; p < std::size_t{row.first_port} + row.ports; ++p)
        failure.cables.push_back(topology.ports[p].cable);
    return failure;
}

std::vector<Failure> single_failures(const Topology& topology) {
    std::vector<Failure> failures;
    for (std::uint32_t tier = 0; tier < topology.tiers.size(); ++tier)
        for (std::size_t c = 0; c < topology.cables.size(); ++c)
            if (topology.cables[c].tier == tier) {
                failures.push_back({topology.tiers[tier].name + " cable " + std::to_string(c), {CableId{c}}});
                break;
            }
    for (const NodeKind kind : {NodeKind::server, NodeKind::leaf, NodeKind::spine, NodeKind::core})
        for (std::size_t n = 0; n < topology.nodes.size(); ++n)
            if (topology.nodes[n].kind == kind) {
                failures.push_back(failure_of(topology, NodeId{n}));
                break;
            }
    Failure nic{.name = "NIC 0", .cables = {}};
    const Topology::Endpoint& endpoint = topology.endpoints.front();
    for (std::uint32_t i = 0; i < endpoint.nics; ++i)
        nic.cables.push_back(topology.ports[endpoint.nic.value + i].cable);
    failures.push_back(nic);
    return failures;
}

BlastRadius blast_radius(const Topology& topology, const Failure& failure) {
    const UpwardShares shares(topology, failure);
    BlastRadius radius;
    for (const Topology::Endpoint& endpoint : topology.endpoints) {
        const double share = shares.of_endpoint(endpoint);
        if (share <= 0)
            ++radius.cut_off;
        else if (share < 1) {
            ++radius.reduced;
            radius.least_share = std::min(radius.least_share, share);
        }
    }
    return radius;
}

std::string dot_of(const Topology& topology) {
    struct Cables {
        std::uint64_t count;
    };
    using Drawing = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, Cables>;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> parallel;
    for (const Topology::Cable& cable : topology.cables) {
        const Ends ends = ends_of(topology, cable);
        ++parallel[{ends.lower.value, ends.upper.value}];
    }
    Drawing drawing(topology.nodes.size());
    for (const auto& [ends, count] : parallel) boost::add_edge(ends.first, ends.second, Cables{count}, drawing);
    std::ostringstream out;
    boost::write_graphviz(
        out, drawing,
        [&](std::ostream& o, std::size_t n) { o << "[label=\"" << topology.node_name(NodeId{n}) << "\"]"; },
        [&](std::ostream& o, const Drawing::edge_descriptor& edge) {
            if (drawing[edge].count > 1) o << "[label=\"" << drawing[edge].count << "\"]";
        });
    return out.str();
}

}  // namespace lightloom
