// What a scenario's faults did to a run: a row per fault, and the events in order of time. Puts together what is known
// before the run (when, which cables, when routes follow) and what it left (frames lost, stalls).
// Not here: which stall is put down to which fault (models/faults/effects.hpp), columns in a file
// (scenarios/result_faults.hpp).
#pragma once

#include "models/faults/effects.hpp"
#include "models/network/route_timeline.hpp"
#include "scenarios/assembly.hpp"

namespace lightloom {

/// A flow's stalls in order of time; the last may still last when the run ends.
std::vector<FlowStall> flow_stalls(const Fabric& fabric, Time end);

/// Fills in `faults` and `events`. @param reroutes  none: nobody learns of anything
void add_fault_results(RunResult& result, const Scenario& scenario, const Plan& plan, const Fabric& fabric,
                       const RouteTimeline* reroutes);

}  // namespace lightloom
