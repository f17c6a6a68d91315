// From what a scenario says of faults to what models/faults makes instants of, and from what comes out to changes of
// channels. Not here: how a selector is written (scenarios/selector_text.hpp), when things fail (models/faults).
#pragma once

#include <string>
#include <vector>

#include "models/faults/fault_timeline.hpp"
#include "models/faults/selection.hpp"
#include "models/network/parameters.hpp"
#include "models/optics/link_model.hpp"
#include "scenarios/optics_changes.hpp"
#include "scenarios/scenario.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// Does a fault of this kind befall nodes? Else cables.
constexpr bool is_of_nodes(FaultKind kind) { return kind == FaultKind::crash || kind == FaultKind::nic_loss; }

/// The cables that a fault is about: what its selector names, or the usual ones of its kind.
std::string tier_of(const Scenario::Fault& fault);

/// What a selector of cables means, in `tier` if it names none.
CableSelection selection_of(const Selector& selector, const std::string& tier = "leaf-spine");

/// In the order of the scenario's faults. @throws TopologyError if one of them selects nothing, or too little
std::vector<PlannedFault> planned_faults(const Scenario& scenario, const Topology& topology);

/// Lets faults that take lanes know how many their cables have. @throws TopologyError if none would be left
void set_widths(std::vector<PlannedFault>& faults, const Topology& topology, const LinkModel& model);

/// Losses that are there from the start, by cable.
std::vector<ExtraLoss> losses_at_start(const std::vector<PlannedFault>& faults);

/// What later losses and other modules make of channels, each on top of those before it, in order of time.
/// @param faults  that made the timeline
/// @throws CatalogueError if a lane is named that a cable has not, or a cable is to lose light that has none
OpticsChanges optics_changes(const std::vector<PlannedFault>& faults, const FaultTimeline& timeline,
                             const Topology& topology, const LinkModel& model, int frame_bytes);

}  // namespace lightloom
