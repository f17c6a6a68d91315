// From what a scenario says of faults to what models/faults makes instants of, and from what comes out to changes of
// channels. Not here: how a selector is written (scenarios/schema_types.hpp), when things fail (models/faults).
#pragma once

#include <vector>

#include "models/faults/fault_timeline.hpp"
#include "models/faults/selection.hpp"
#include "models/network/parameters.hpp"
#include "models/optics/link_model.hpp"
#include "scenarios/scenario.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// What a selector of the scenario file means, without group and chance.
CableSelection selection_of(const Scenario::Fault& selector);

/// In the order of the scenario's faults. @throws TopologyError if one of them selects no cable
std::vector<PlannedFault> planned_faults(const Scenario& scenario, const Topology& topology);

/// Losses that are there from the start, by cable.
std::vector<ExtraLoss> losses_at_start(const std::vector<PlannedFault>& faults);

/// What the later losses make of channels, each on top of those before it, in order of time.
/// @throws CatalogueError if a lane is named that a cable has not
std::vector<ChannelChange> channel_changes(const FaultTimeline& timeline, const Topology& topology,
                                           const LinkModel& model, int frame_bytes);

}  // namespace lightloom
