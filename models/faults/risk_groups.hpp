// RiskGroups: which cables fail together, because they share a module, a trunk of fibres, a panel, a line card, a route
// in the ground or a switch. Where a plant has records, they are right; here it is worked out from the order in which a
// topology numbers its cables and ports, which is the order in which a plant is laid out.
// Not here: what names a cable (models/faults/selection.hpp), when a group fails (models/faults/fault_timeline.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "topologies/topology.hpp"

namespace lightloom {

enum class RiskKind : std::uint8_t {
    module,     // a twin-port module: so many neighbouring ports of a node, counted from its first
    line_card,  // the same, of a switch's slots
    trunk,      // an MPO trunk: so many cables of a tier, in their order, from one place to another
    panel,      // a patch panel: so many cables of a tier, in their order, whose lower ends are at one place
    route,      // a fibre route: all cables of a tier between two pods, or between a pod and the cores
    node,       // all cables of a switch, or of a server
};

struct RiskGrouping {
    RiskKind kind = RiskKind::module;
    std::uint32_t per_group = 2;  // not read of routes and nodes
};

/// Members of a group where nobody says otherwise: twin-port modules, 36 ports on a line card, 144 fibres in a trunk
/// and 576 in a panel, eight to a cable. ASSUMED: what is usual, not what a plant has.
constexpr std::uint32_t usual_members(RiskKind kind) {
    switch (kind) {
        case RiskKind::module: return 2;
        case RiskKind::line_card: return 36;
        case RiskKind::trunk: return 18;
        case RiskKind::panel: return 72;
        case RiskKind::route:
        case RiskKind::node: break;  // they have what they have
    }
    return 1;
}

enum class End { lower, upper };

/// A leaf is a place of its own; what else is of one kind in one pod stands together.
class RiskGroups {
public:
    /// @throws FaultError if a group is to have no member. The topology must outlive it.
    RiskGroups(const Topology& topology, const RiskGrouping& grouping);

    /// The group that a cable is in. Of a module, a line card or a node, that at its `end`; of others there is one.
    /// @return a number that no other group of any kind has
    std::uint64_t group_of(CableId cable, End end) const;
    /// All cables of a group, in order.
    std::vector<CableId> cables_of(std::uint64_t group) const;

private:
    void sort_by_place();

    const Topology& topology_;
    RiskGrouping grouping_;
    std::vector<std::uint32_t> least_;                      // per cable: the first of its group; of trunk, panel, route
    std::map<std::uint32_t, std::vector<CableId>> cables_;  // by their first
};

}  // namespace lightloom
