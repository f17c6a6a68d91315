#include "scenarios/selection.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

namespace lightloom {
namespace {

const Topology::Node& node_of(const Topology& t, PortId port) { return t.nodes[t.ports[port.value].node.value]; }

}  // namespace

Selection::Selection(const Topology& topology) : topology_(topology), link_(topology.cables.size()) {
    // Parallel cables of two nodes by their number: a node has few peers beside its own ports.
    std::vector<std::map<std::uint32_t, std::uint32_t>> seen(topology.nodes.size());
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        const Topology::Node &lower = node_of(topology, cable.lower), &upper = node_of(topology, cable.upper);
        const std::uint32_t lower_id = topology.ports[cable.lower.value].node.value;
        const std::uint32_t upper_id = topology.ports[cable.upper.value].node.value;
        link_[c] = lower.kind == NodeKind::server ? cable.lower.value - lower.first_port : seen[lower_id][upper_id]++;
        for (const Topology::Node* node : {&lower, &upper}) {
            if (node->kind != NodeKind::leaf) continue;
            if (of_leaf_.size() <= node->index) of_leaf_.resize(node->index + 1);
            of_leaf_[node->index].push_back(c);
        }
    }
}

std::vector<std::uint32_t> Selection::cables(const Scenario::Fault& selector) const {
    std::vector<std::uint32_t> found;
    const auto keep = [&](std::uint32_t cable) {
        if (matches(selector, cable)) found.push_back(cable);
    };
    // Most selectors name a leaf, and a leaf has few cables: none of those need look at all of them.
    if (selector.leaf) {
        if (static_cast<std::uint64_t>(*selector.leaf) < of_leaf_.size())
            for (const std::uint32_t c : of_leaf_[static_cast<std::size_t>(*selector.leaf)]) keep(c);
    } else {
        for (std::uint32_t c = 0; c < topology_.cables.size(); ++c) keep(c);
    }
    return found;
}

bool Selection::matches(const Scenario::Fault& selector, std::uint32_t cable) const {
    const Topology::Cable& row = topology_.cables[cable];
    if (topology_.tiers[row.tier].name != selector.tier) return false;
    const std::array ends{&node_of(topology_, row.lower), &node_of(topology_, row.upper)};
    const auto ends_at = [&](const std::optional<std::int64_t>& index, NodeKind kind) {
        return !index ||
               std::ranges::any_of(ends, [&](const auto* n) { return n->kind == kind && n->index == *index; });
    };
    const auto in_pod = [&](const auto* n) { return n->kind != NodeKind::core && n->pod == *selector.pod; };
    return ends_at(selector.server, NodeKind::server) && ends_at(selector.leaf, NodeKind::leaf) &&
           ends_at(selector.spine, NodeKind::spine) && ends_at(selector.core, NodeKind::core) &&
           (!selector.pod || std::ranges::any_of(ends, in_pod)) && (!selector.link || link_[cable] == *selector.link);
}

}  // namespace lightloom
