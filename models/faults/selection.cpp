#include "models/faults/selection.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/random.hpp"

namespace lightloom {
namespace {

const char* kind_text(NodeKind kind) {
    switch (kind) {
        case NodeKind::server: return "server";
        case NodeKind::leaf: return "leaf";
        case NodeKind::spine: return "spine";
        case NodeKind::core: return "core";
        case NodeKind::scale_up: return "scale-up switch";
    }
    return "";
}

void require_below(const std::optional<std::int64_t>& wanted, std::int64_t count, const char* what) {
    if (wanted && (*wanted < 0 || *wanted >= count))
        throw FaultError(fmt::format("there is no {} {}: the topology has {}, counted from 0", what, *wanted, count));
}

std::int64_t count_of(const Topology& topology, NodeKind kind) {
    return std::ranges::count(topology.nodes, kind, &Topology::Node::kind);
}

std::int64_t pods_of(const Topology& topology) {
    std::uint32_t most = 0;
    for (const Topology::Node& node : topology.nodes) most = std::max(most, node.pod);
    return std::int64_t{most} + 1;
}

void check(const Topology& topology, const CableSelection& selection) {
    if (selection.tier && !std::ranges::count(topology.tiers, *selection.tier, &Topology::Tier::name))
        throw FaultError(fmt::format("there is no tier \"{}\"", *selection.tier));
    for (const auto& [wanted, kind] :
         {std::pair(selection.leaf, NodeKind::leaf), std::pair(selection.spine, NodeKind::spine),
          std::pair(selection.core, NodeKind::core), std::pair(selection.server, NodeKind::server)})
        require_below(wanted, count_of(topology, kind), kind_text(kind));
    require_below(selection.pod, pods_of(topology), "pod");
    if (selection.link && *selection.link < 0) throw FaultError("a link is counted from 0");
}

/// What of a cable the predicates look at.
class CableView {
public:
    CableView(const Topology& topology, const CableSelection& wanted) : topology_(topology), wanted_(wanted) {}

    bool matches(CableId id) {
        const Topology::Cable& cable = topology_.cables[id.value];
        const std::int64_t link = link_of(cable);  // counts, so it must see every cable
        return (!wanted_.tier || topology_.tiers[cable.tier].name == *wanted_.tier) &&
               ends_at(cable, NodeKind::leaf, wanted_.leaf) && ends_at(cable, NodeKind::spine, wanted_.spine) &&
               ends_at(cable, NodeKind::core, wanted_.core) && ends_at(cable, NodeKind::server, wanted_.server) &&
               (!wanted_.pod || in_pod(cable.lower) || in_pod(cable.upper)) && (!wanted_.link || *wanted_.link == link);
    }

    End end_of_group(CableId id) const {
        if (wanted_.group_end) return *wanted_.group_end;
        const Topology::Cable& cable = topology_.cables[id.value];
        for (const auto& [end, port] : {std::pair(End::lower, cable.lower), std::pair(End::upper, cable.upper)})
            if (is_named(port)) return end;
        return node(cable.lower).kind == NodeKind::server ? End::upper : End::lower;
    }

private:
    const Topology::Node& node(PortId port) const { return topology_.nodes[topology_.ports[port.value].node.value]; }
    const std::optional<std::int64_t>& wanted_index(NodeKind kind) const {
        static const std::optional<std::int64_t> none;
        switch (kind) {
            case NodeKind::server: return wanted_.server;
            case NodeKind::leaf: return wanted_.leaf;
            case NodeKind::spine: return wanted_.spine;
            case NodeKind::core: return wanted_.core;
            case NodeKind::scale_up: return none;
        }
        return none;
    }
    bool is_named(PortId port) const {
        const auto& index = wanted_index(node(port).kind);
        return index && *index == node(port).index;
    }
    bool ends_at(const Topology::Cable& cable, NodeKind kind, const std::optional<std::int64_t>& index) const {
        return !index || (node(cable.lower).kind == kind && is_named(cable.lower)) ||
               (node(cable.upper).kind == kind && is_named(cable.upper));
    }
    bool in_pod(PortId port) const { return node(port).kind != NodeKind::core && node(port).pod == *wanted_.pod; }
    std::int64_t link_of(const Topology::Cable& cable) {
        if (!wanted_.link) return 0;
        if (node(cable.lower).kind == NodeKind::server) return cable.lower.value - node(cable.lower).first_port;
        return seen_[{topology_.ports[cable.lower.value].node, topology_.ports[cable.upper.value].node}]++;
    }

    const Topology& topology_;
    const CableSelection& wanted_;
    std::map<std::pair<NodeId, NodeId>, std::int64_t> seen_;  // cables so far between two nodes
};

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

std::vector<FaultTarget> select_targets(const Topology& topology, const CableSelection& selection, std::uint64_t seed) {
    check(topology, selection);
    CableView view(topology, selection);
    std::optional<RiskGroups> groups;
    if (selection.group) groups.emplace(topology, *selection.group);
    std::vector<FaultTarget> targets;
    std::set<std::uint64_t> seen;
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        const CableId cable{c};
        if (!view.matches(cable)) continue;
        if (!groups) {
            targets.push_back(target_of(cable));
            continue;
        }
        const std::uint64_t group = groups->group_of(cable, view.end_of_group(cable));
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
    if (selection.kind) require_below(selection.index, count_of(topology, *selection.kind), kind_text(*selection.kind));
    require_below(selection.pod, pods_of(topology), "pod");
    std::vector<NodeId> nodes;
    for (std::uint32_t n = 0; n < topology.nodes.size(); ++n) {
        const Topology::Node& node = topology.nodes[n];
        if (selection.kind && node.kind != *selection.kind) continue;
        if (selection.index && node.index != *selection.index) continue;
        if (selection.pod && (node.kind == NodeKind::core || node.pod != *selection.pod)) continue;
        nodes.emplace_back(n);
    }
    keep_random(
        nodes, selection.random, seed, selection.number, [&](NodeId node) { return target_of(topology, node).entity; },
        "node");
    return nodes;
}

}  // namespace lightloom
