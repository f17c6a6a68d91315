#include "topologies/partition_plan.hpp"

#include <algorithm>
#include <cassert>

namespace lightloom {
namespace {

// Which of `parts` equal shares of `total` the middle of [before, before + weight) falls into; what weighs nothing and
// comes last (a leaf without servers) falls into the last.
std::uint16_t share_of(std::uint64_t before, std::uint64_t weight, std::uint64_t total, std::uint64_t parts) {
    return static_cast<std::uint16_t>(std::min((2 * before + weight) * parts / (2 * total), parts - 1));
}

// The leaf that a server stands under: that of its first NIC.
std::uint32_t rack_of(const Topology& t, const Topology::Node& server) {
    const NodeId leaf = t.ports[t.ports[server.first_port].peer.value].node;
    return t.nodes[leaf.value].index;
}

std::vector<std::uint32_t> count_kinds(const Topology& t) {
    std::vector<std::uint32_t> counts(5, 0);
    for (const Topology::Node& node : t.nodes) ++counts[static_cast<std::size_t>(node.kind)];
    return counts;
}

// Consecutive racks to each partition, so that all have about the same number of endpoints.
std::vector<std::uint16_t> cut_between_racks(const Topology& t, std::size_t racks, std::uint32_t partitions) {
    std::vector<std::uint64_t> endpoints(racks, 0);
    for (const Topology::Node& node : t.nodes)
        if (node.kind == NodeKind::server) endpoints[rack_of(t, node)] += node.ports;

    std::vector<std::uint16_t> of_rack(racks);
    std::uint64_t before = 0;
    for (std::size_t rack = 0; rack < racks; ++rack) {
        of_rack[rack] = share_of(before, endpoints[rack], t.endpoints.size(), partitions);
        before += endpoints[rack];
    }
    return of_rack;
}

}  // namespace

PartitionPlan plan_partitions(const Topology& topology, std::uint32_t partitions) {
    assert(partitions >= 1 && partitions <= topology.nodes.size() && partitions <= UINT16_MAX);
    const std::vector<std::uint32_t> counts = count_kinds(topology);
    const std::uint32_t racks = counts[static_cast<std::size_t>(NodeKind::leaf)];
    const bool whole_racks = partitions <= racks;
    const std::vector<std::uint16_t> of_rack = cut_between_racks(topology, racks, partitions);

    PartitionPlan plan{.partitions = partitions, .of_node = {}};
    plan.of_node.reserve(topology.nodes.size());
    std::uint64_t endpoints_before = 0;
    for (const Topology::Node& node : topology.nodes) {
        switch (node.kind) {
            case NodeKind::server:
                plan.of_node.push_back(
                    whole_racks ? of_rack[rack_of(topology, node)]
                                : share_of(endpoints_before, node.ports, topology.endpoints.size(), partitions));
                endpoints_before += node.ports;
                break;
            case NodeKind::leaf: plan.of_node.push_back(of_rack[node.index]); break;
            case NodeKind::spine:
            case NodeKind::core:
            case NodeKind::scale_up:
                plan.of_node.push_back(
                    share_of(node.index, 1, counts[static_cast<std::size_t>(node.kind)], partitions));
                break;
        }
    }
    return plan;
}

}  // namespace lightloom
