#include "topologies/partition_plan.hpp"

#include <algorithm>
#include <cassert>
#include <map>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>

namespace lightloom {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// Which of `parts` equal shares of `total` the middle of [before, before + weight) falls into; what weighs nothing and
// comes last (a leaf without servers) falls into the last.
std::uint32_t share_of(std::uint64_t before, std::uint64_t weight, std::uint64_t total, std::uint64_t parts) {
    return static_cast<std::uint32_t>(std::min((2 * before + weight) * parts / (2 * total), parts - 1));
}

// What is best left whole: servers that share a leaf or scale-up nodes, directly or through others, and their leaves.
// In a leaf-spine that is a rack, with rails or two leaves per NIC a scalable unit or segment.
struct Racks {
    std::vector<std::uint32_t> of_node;  // numbered in the order of their first node; kNone above the leaves
    std::uint32_t count = 0;
};

Racks racks_of(const Topology& t) {
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> joined(t.nodes.size());
    for (const Topology::Cable& cable : t.cables) {
        const NodeId lower = t.ports[cable.lower.value].node, upper = t.ports[cable.upper.value].node;
        const NodeKind above = t.nodes[upper.value].kind;
        if (t.nodes[lower.value].kind == NodeKind::server && (above == NodeKind::leaf || above == NodeKind::scale_up))
            boost::add_edge(lower.value, upper.value, joined);
    }
    std::vector<std::uint32_t> component(t.nodes.size());
    boost::connected_components(joined, component.data());
    Racks racks{.of_node = std::vector<std::uint32_t>(t.nodes.size(), kNone)};
    std::vector<std::uint32_t> number(t.nodes.size(), kNone);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        if (t.nodes[n].kind != NodeKind::server && t.nodes[n].kind != NodeKind::leaf) continue;
        std::uint32_t& rack = number[component[n]];
        if (rack == kNone) rack = racks.count++;
        racks.of_node[n] = rack;
    }
    return racks;
}

std::vector<std::uint32_t> endpoints_of_nodes(const Topology& t) {
    std::vector<std::uint32_t> endpoints(t.nodes.size(), 0);
    for (const Topology::Endpoint& endpoint : t.endpoints) ++endpoints[endpoint.server.value];
    return endpoints;
}

class Planner {
public:
    Planner(const Topology& t, std::uint32_t partitions)
        : t_(t), partitions_(partitions), of_node_(t.nodes.size(), kNone) {
        const Racks racks = racks_of(t);
        if (partitions <= racks.count)
            cut_between(racks);
        else
            cut_inside();
        for (const NodeKind kind : {NodeKind::scale_up, NodeKind::spine, NodeKind::core}) place_above(kind);
    }

    std::vector<std::uint16_t> take() const { return {of_node_.begin(), of_node_.end()}; }

private:
    // Consecutive racks to each partition, so that all have about the same number of endpoints.
    void cut_between(const Racks& racks) {
        const std::vector<std::uint32_t> endpoints = endpoints_of_nodes(t_);
        std::vector<std::uint64_t> weight(racks.count, 0);
        for (std::size_t n = 0; n < t_.nodes.size(); ++n)
            if (racks.of_node[n] != kNone) weight[racks.of_node[n]] += endpoints[n];
        std::vector<std::uint32_t> of_rack;
        std::uint64_t before = 0;
        for (const std::uint64_t rack : weight) {
            of_rack.push_back(share_of(before, rack, t_.endpoints.size(), partitions_));
            before += rack;
        }
        for (std::size_t n = 0; n < t_.nodes.size(); ++n)
            if (racks.of_node[n] != kNone) of_node_[n] = of_rack[racks.of_node[n]];
    }

    // More partitions than racks: each has its share of the servers, and of the leaves, which lie in the same order.
    void cut_inside() {
        const std::vector<std::uint32_t> endpoints = endpoints_of_nodes(t_);
        const auto leaves = static_cast<std::uint64_t>(
            std::count_if(t_.nodes.begin(), t_.nodes.end(), [](const auto& n) { return n.kind == NodeKind::leaf; }));
        std::uint64_t before = 0;
        for (std::size_t n = 0; n < t_.nodes.size(); ++n) {
            if (t_.nodes[n].kind == NodeKind::leaf) of_node_[n] = share_of(t_.nodes[n].index, 1, leaves, partitions_);
            if (t_.nodes[n].kind != NodeKind::server) continue;
            of_node_[n] = share_of(before, endpoints[n], t_.endpoints.size(), partitions_);
            before += endpoints[n];
        }
    }

    // Those that reach the same partitions downwards are dealt out among them: a pod's spines stay with the pod.
    void place_above(NodeKind kind) {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> alike;
        for (std::size_t n = 0; n < t_.nodes.size(); ++n)
            if (t_.nodes[n].kind == kind) alike[reach(n)].push_back(n);
        for (const auto& [range, nodes] : alike)
            for (std::size_t i = 0; i < nodes.size(); ++i)
                of_node_[nodes[i]] = range.first + share_of(i, 1, nodes.size(), range.second - range.first + 1);
    }

    // The first and the last partition among the neighbours that have one; all, if there is none.
    std::pair<std::uint32_t, std::uint32_t> reach(std::size_t node) const {
        const Topology::Node& row = t_.nodes[node];
        std::uint32_t first = kNone, last = 0;
        for (std::size_t p = row.first_port; p < std::size_t{row.first_port} + row.ports; ++p) {
            const NodeId peer = t_.ports[t_.ports[p].peer.value].node;
            if (t_.nodes[peer.value].kind == row.kind || of_node_[peer.value] == kNone) continue;
            first = std::min(first, of_node_[peer.value]);
            last = std::max(last, of_node_[peer.value]);
        }
        return first == kNone ? std::pair{0u, partitions_ - 1} : std::pair{first, last};
    }

    const Topology& t_;
    std::uint32_t partitions_;
    std::vector<std::uint32_t> of_node_;
};

}  // namespace

PartitionPlan plan_partitions(const Topology& topology, std::uint32_t partitions) {
    assert(partitions >= 1 && partitions <= topology.nodes.size() && partitions <= UINT16_MAX);
    return {.partitions = partitions, .of_node = Planner(topology, partitions).take()};
}

}  // namespace lightloom
