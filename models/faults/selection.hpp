// Selection: which cables or nodes a fault is about, as a set: every predicate narrows it, a group widens it to all
// that share a risk, and `random` draws from what is left.
// Not here: its text (scenarios), what shares a risk (models/faults/risk_groups.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/faults/fault_timeline.hpp"
#include "models/faults/risk_groups.hpp"

namespace lightloom {

/// What is not named matches every cable.
struct CableSelection {
    std::optional<std::string> tier = {};
    // A cable of which one end is this node, by its index among its kind.
    std::optional<std::int64_t> leaf = {}, spine = {}, core = {}, server = {};
    std::optional<std::int64_t> pod = {};   // an end is in it; what serves several pods is in none
    std::optional<std::int64_t> link = {};  // of a server its port; else its place among the cables of its two nodes
    std::optional<RiskGrouping> group = {};
    std::optional<End> group_end = {};  // none: at the node that is named; if none is, at the lower switch
    Way way = Way::both;
    std::optional<std::int64_t> random = {};  // so many of those that match: cables, or groups
    std::uint32_t number = 0;                 // of two selections that draw from one seed, each its own
};

/// A topology's cables, to be asked for selections: for many of them as fast as for one.
class CableIndex {
public:
    explicit CableIndex(const Topology& topology);

    /// Those that the predicates match, ascending: before `group` widens and `random` draws. None is no error.
    std::vector<CableId> matching(const CableSelection& selection) const;
    const Topology& topology() const { return topology_; }

private:
    bool matches(const CableSelection& selection, CableId cable) const;

    const Topology& topology_;
    std::vector<std::uint32_t> link_;            // by cable: what CableSelection::link says
    std::vector<std::vector<CableId>> of_leaf_;  // cables by the leaf at either end
};

/// Nodes of any kind, or of one.
struct NodeSelection {
    std::optional<NodeKind> kind = {};
    bool switches = false;                   // leaves, spines and cores only
    std::optional<std::int64_t> index = {};  // among its kind
    std::optional<std::int64_t> pod = {};
    std::optional<std::int64_t> random = {};
    std::uint32_t number = 0;
};

/// What fails together, in order of the first cable: cable by cable, or group by group, each with all its cables.
/// `random` takes targets without replacement, each set of so many equally likely; of a greater number the smaller
/// number's are a part. @throws FaultError if something named does not exist, nothing matches, or too few do
std::vector<FaultTarget> select_targets(const CableIndex& index, const CableSelection& selection, std::uint64_t seed);
std::vector<FaultTarget> select_targets(const Topology& topology, const CableSelection& selection, std::uint64_t seed);

/// The cables of those targets, in order, each once. @throws as select_targets
std::vector<CableId> select(const Topology& topology, const CableSelection& selection, std::uint64_t seed);

/// Their directions, as of an Outage: both of each, or what `way` leaves. @throws as select_targets
std::vector<std::uint32_t> select_directions(const Topology& topology, const CableSelection& selection,
                                             std::uint64_t seed);

/// In order of their ids. @throws FaultError if something named does not exist, nothing matches, or too few do
std::vector<NodeId> select_nodes(const Topology& topology, const NodeSelection& selection, std::uint64_t seed);

}  // namespace lightloom
