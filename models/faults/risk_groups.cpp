#include "models/faults/risk_groups.hpp"

#include <algorithm>
#include <tuple>

#include "models/faults/fault_timeline.hpp"

namespace lightloom {
namespace {

constexpr std::uint32_t kKindShift = 56;
constexpr std::uint64_t kWithoutKind = (std::uint64_t{1} << kKindShift) - 1;

bool goes_by_port(RiskKind kind) {
    switch (kind) {
        case RiskKind::module:
        case RiskKind::line_card:
        case RiskKind::node: return true;
        case RiskKind::trunk:
        case RiskKind::panel:
        case RiskKind::route: return false;
    }
    return false;
}

using Place = std::tuple<NodeKind, std::uint32_t, std::uint32_t>;  // kind, pod, leaf

Place place_of(const Topology& topology, PortId port) {
    const Topology::Node& node = topology.nodes[topology.ports[port.value].node.value];
    return {node.kind, node.pod, node.kind == NodeKind::leaf ? node.index : 0};
}

std::uint32_t pod_of(const Topology& topology, PortId port) {
    return topology.nodes[topology.ports[port.value].node.value].pod;
}

}  // namespace

RiskGroups::RiskGroups(const Topology& topology, const RiskGrouping& grouping)
    : topology_(topology), grouping_(grouping) {
    if (grouping.per_group == 0) throw FaultError("a risk group must have at least one member");
    if (!goes_by_port(grouping.kind)) sort_by_place();
}

// Cables between the same two places are dealt out in their order, each group full before the next is begun.
void RiskGroups::sort_by_place() {
    struct Open {
        std::uint32_t first = 0, count = 0;
    };
    std::map<std::tuple<std::uint32_t, Place, Place>, Open> open;
    least_.reserve(topology_.cables.size());
    for (std::uint32_t c = 0; c < topology_.cables.size(); ++c) {
        const Topology::Cable& cable = topology_.cables[c];
        Place lower = place_of(topology_, cable.lower), upper = place_of(topology_, cable.upper);
        if (grouping_.kind == RiskKind::panel) upper = {};
        if (grouping_.kind == RiskKind::route) {
            const auto ends = std::minmax({pod_of(topology_, cable.lower), pod_of(topology_, cable.upper)});
            lower = {NodeKind::server, ends.first, 0};
            upper = {NodeKind::server, ends.second, 0};
        }
        Open& group = open[{cable.tier, lower, upper}];
        const bool full = grouping_.kind != RiskKind::route && group.count == grouping_.per_group;
        if (group.count == 0 || full) group = {c, 0};
        ++group.count;
        least_.push_back(group.first);
        cables_[group.first].push_back(CableId{c});
    }
}

std::uint64_t RiskGroups::group_of(CableId cable, End end) const {
    const std::uint64_t kind = (std::uint64_t{1} + static_cast<std::uint64_t>(grouping_.kind)) << kKindShift;
    if (!goes_by_port(grouping_.kind)) return kind | least_[cable.value];
    const Topology::Cable& ends = topology_.cables[cable.value];
    const std::uint32_t port = (end == End::lower ? ends.lower : ends.upper).value;
    const Topology::Node& node = topology_.nodes[topology_.ports[port].node.value];
    const std::uint32_t step = grouping_.kind == RiskKind::node ? node.ports : grouping_.per_group;
    return kind | (port - (port - node.first_port) % step);
}

std::vector<CableId> RiskGroups::cables_of(std::uint64_t group) const {
    const auto first = static_cast<std::uint32_t>(group & kWithoutKind);
    if (!goes_by_port(grouping_.kind)) return cables_.at(first);
    const Topology::Node& node = topology_.nodes[topology_.ports[first].node.value];
    const std::uint32_t end = node.first_port + node.ports;
    const std::uint32_t last = grouping_.kind == RiskKind::node ? end : std::min(end, first + grouping_.per_group);
    std::vector<CableId> cables;
    for (std::uint32_t port = first; port < last; ++port) cables.push_back(topology_.ports[port].cable);
    std::ranges::sort(cables);
    return cables;
}

}  // namespace lightloom
