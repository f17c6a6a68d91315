// Ways: whether the fabric of a plan joins all that its traffic wants joined. Leaves may well meet in servers only, as
// rails without spines between them or planes do, as long as nobody sends from one to the other.
#pragma once

#include "scenarios/assembly.hpp"

namespace lightloom {

/// @throws TopologyError: names both GPUs of the first flow without a way, and what would join them
void check_ways(const Scenario& scenario, const Plan& plan);

}  // namespace lightloom
