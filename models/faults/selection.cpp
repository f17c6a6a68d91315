#include "models/faults/selection.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "core/random.hpp"

namespace lightloom {
namespace {

void require_below(const std::optional<std::int64_t>& wanted, std::int64_t count, const char* what) {
    if (wanted && (*wanted < 0 || *wanted >= count))
        throw FaultError(fmt::format("there is no {} {}: the topology has {}, counted from 0", what, *wanted, count));
}

std::int64_t count_of(const Topology& topology, NodeKind kind) {
    return std::ranges::count(topology.nodes, kind, &Topology::Node::kind);
}

std::int64_t pods_of(const Topology& topology) {
    std::uint32_t most = 0;
    for (const Topology::Node& node : topology.nodes)
        if (node.pod != Topology::Node::kNoPod) most = std::max(most, node.pod);
    return std::int64_t{most} + 1;
}

void check(const Topology& topology, const CableSelection& selection) {
    if (selection.tier && !std::ranges::count(topology.tiers, *selection.tier, &Topology::Tier::name))
        throw FaultError(fmt::format("there is no tier \"{}\"", *selection.tier));
    for (const auto& [wanted, kind] :
         {std::pair(selection.leaf, NodeKind::leaf), std::pair(selection.spine, NodeKind::spine),
          std::pair(selection.core, NodeKind::core), std::pair(selection.server, NodeKind::server)})
        if (wanted) require_below(wanted, count_of(topology, kind), name_of(kind));
    if (selection.pod) require_below(selection.pod, pods_of(topology), "pod");
    if (selection.link && *selection.link < 0) throw FaultError("a link is counted from 0");
}

const Topology::Node& node_at(const Topology& t, PortId port) { return t.nodes[t.ports[port.value].node.value]; }

const std::optional<std::int64_t>& index_named(const CableSelection& selection, NodeKind kind) {
    static const std::optional<std::int64_t> none;
    switch (kind) {
        case NodeKind::server: return selection.server;
        case NodeKind::leaf: return selection.leaf;
        case NodeKind::spine: return selection.spine;
        case NodeKind::core: return selection.core;
        case NodeKind::scale_up: return none;
    }
    return none;
}

bool is_named(const CableSelection& selection, const Topology::Node& node) {
    const auto& index = index_named(selection, node.kind);
    return index && *index == node.index;
}

// At which end of a cable a group of it lies.
End end_of_group(const Topology& topology, const CableSelection& selection, CableId id) {
    if (selection.group_end) return *selection.group_end;
    const Topology::Cable& cable = topology.cables[id.value];
    for (const auto& [end, port] : {std::pair(End::lower, cable.lower), std::pair(End::upper, cable.upper)})
        if (is_named(selection, node_at(topology, port))) return end;
    return node_at(topology, cable.lower).kind == NodeKind::server ? End::upper : End::lower;
}

// Those with the least numbers: a draw without replacement that knows neither order nor how many there are.
template <class Item, class Entity>
void keep_random(std::vector<Item>& items, std::optional<std::int64_t> wanted, std::uint64_t seed, std::uint32_t number,
                 Entity&& entity, const char* what) {
    if (items.empty()) throw FaultError(fmt::format("no {} matches the selection", what));
    if (!wanted) return;
    const auto count = static_cast<std::int64_t>(items.size());
    if (*wanted < 1 || *wanted > count)
        throw FaultError(fmt::format("{} at random: {} match, so it must be from 1 to {}", *wanted, count, count));
    std::vector<std::pair<std::uint64_t, std::size_t>> lots;
    for (std::size_t i = 0; i < items.size(); ++i)
        lots.emplace_back(draw(seed, entity(items[i]), Purpose::selection, number), i);
    std::ranges::nth_element(lots, lots.begin() + (*wanted - 1));
    lots.resize(static_cast<std::size_t>(*wanted));
    std::ranges::sort(lots, {}, [](const auto& lot) { return lot.second; });
    std::vector<Item> kept;
    for (const auto& [lot, i] : lots) kept.push_back(std::move(items[i]));
    items = std::move(kept);
}

}  // namespace

CableIndex::CableIndex(const Topology& topology) : topology_(topology), link_(topology.cables.size()) {
    std::vector<std::map<NodeId, std::uint32_t>> seen(topology.nodes.size());  // a node has few peers beside its ports
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const Topology::Cable& cable = topology.cables[c];
        const Topology::Port &lower = topology.ports[cable.lower.value], &upper = topology.ports[cable.upper.value];
        const Topology::Node& below = topology.nodes[lower.node.value];
        link_[c] = below.kind == NodeKind::server ? cable.lower.value - below.first_port
                                                  : seen[lower.node.value][upper.node]++;
        for (const NodeId end : {lower.node, upper.node}) {
            const Topology::Node& node = topology.nodes[end.value];
            if (node.kind != NodeKind::leaf) continue;
            if (of_leaf_.size() <= node.index) of_leaf_.resize(node.index + std::size_t{1});
            of_leaf_[node.index].emplace_back(c);
        }
    }
}

std::vector<CableId> CableIndex::matching(const CableSelection& selection) const {
    std::vector<CableId> found;
    const auto keep = [&](CableId cable) {
        if (matches(selection, cable)) found.push_back(cable);
    };
    // Most selectors name a leaf, and a leaf has few cables: none of those need look at all of them.
    if (selection.leaf) {
        if (static_cast<std::uint64_t>(*selection.leaf) < of_leaf_.size())
            for (const CableId cable : of_leaf_[static_cast<std::size_t>(*selection.leaf)]) keep(cable);
    } else {
        for (std::uint32_t c = 0; c < topology_.cables.size(); ++c) keep(CableId{c});
    }
    return found;
}

bool CableIndex::matches(const CableSelection& selection, CableId id) const {
    const Topology::Cable& cable = topology_.cables[id.value];
    if (selection.tier && topology_.tiers[cable.tier].name != *selection.tier) return false;
    if (selection.link && link_[id.value] != *selection.link) return false;
    const std::array ends{&node_at(topology_, cable.lower), &node_at(topology_, cable.upper)};
    for (const NodeKind kind : {NodeKind::server, NodeKind::leaf, NodeKind::spine, NodeKind::core})
        if (index_named(selection, kind) &&
            std::ranges::none_of(ends, [&](const auto* n) { return n->kind == kind && is_named(selection, *n); }))
            return false;
    const auto in_pod = [&](const auto* n) { return n->pod == *selection.pod; };
    return !selection.pod || std::ranges::any_of(ends, in_pod);
}

std::vector<FaultTarget> select_targets(const Topology& topology, const CableSelection& selection, std::uint64_t seed) {
    return select_targets(CableIndex(topology), selection, seed);
}

std::vector<FaultTarget> select_targets(const CableIndex& index, const CableSelection& selection, std::uint64_t seed) {
    const Topology& topology = index.topology();
    check(topology, selection);
    std::optional<RiskGroups> groups;
    if (selection.group) groups.emplace(topology, *selection.group);
    std::vector<FaultTarget> targets;
    std::set<std::uint64_t> seen;
    for (const CableId cable : index.matching(selection)) {
        if (!groups) {
            targets.push_back(target_of(cable));
            continue;
        }
        const std::uint64_t group = groups->group_of(cable, end_of_group(topology, selection, cable));
        if (seen.insert(group).second) targets.push_back({group, groups->cables_of(group)});
    }
    keep_random(
        targets, selection.random, seed, selection.number, [](const FaultTarget& t) { return t.entity; }, "cable");
    return targets;
}

std::vector<CableId> select(const Topology& topology, const CableSelection& selection, std::uint64_t seed) {
    std::vector<CableId> cables;
    for (const FaultTarget& target : select_targets(topology, selection, seed))
        cables.insert(cables.end(), target.cables.begin(), target.cables.end());
    std::ranges::sort(cables);
    cables.erase(std::ranges::unique(cables).begin(), cables.end());
    return cables;
}

std::vector<std::uint32_t> select_directions(const Topology& topology, const CableSelection& selection,
                                             std::uint64_t seed) {
    std::vector<std::uint32_t> directions;
    for (const CableId cable : select(topology, selection, seed)) {
        if (selection.way != Way::down) directions.push_back(2 * cable.value);
        if (selection.way != Way::up) directions.push_back(2 * cable.value + 1);
    }
    return directions;
}

std::vector<NodeId> select_nodes(const Topology& topology, const NodeSelection& selection, std::uint64_t seed) {
    if (selection.index && !selection.kind)
        throw FaultError("an index is one among the nodes of a kind: name the kind");
    if (selection.kind) require_below(selection.index, count_of(topology, *selection.kind), name_of(*selection.kind));
    require_below(selection.pod, pods_of(topology), "pod");
    std::vector<NodeId> nodes;
    for (std::uint32_t n = 0; n < topology.nodes.size(); ++n) {
        const Topology::Node& node = topology.nodes[n];
        if (selection.kind && node.kind != *selection.kind) continue;
        if (selection.switches && (node.kind == NodeKind::server || node.kind == NodeKind::scale_up)) continue;
        if (selection.index && node.index != *selection.index) continue;
        if (selection.pod && node.pod != *selection.pod) continue;
        nodes.emplace_back(n);
    }
    keep_random(
        nodes, selection.random, seed, selection.number, [&](NodeId node) { return target_of(topology, node).entity; },
        "node");
    return nodes;
}

}  // namespace lightloom
