// Ways: whether the fabric of a plan joins all that its traffic wants joined. Leaves may well meet in servers only, as
// rails without spines between them or planes do, as long as nobody sends from one to the other.
#pragma once

#include <span>

#include "scenarios/assembly.hpp"

namespace lightloom {

/// @throws WorkloadError: the traffic cannot be
/// @throws TopologyError: names both GPUs of the first flow without a way, and what would join them
void check_ways(const Scenario& scenario, const Plan& plan);

/// Does all traffic have a way between leaves once routes avoid these cables?
bool has_ways_without(const Scenario& scenario, const Plan& plan, std::span<const CableId> dark);

}  // namespace lightloom
