// From the [topology] and the racks of a scenario to its shape, which is quick, and to the fabric itself. One case per
// kind. Not here: what the fabric's cables are made of (scenarios/assembly.hpp), the generators (topologies/).
#pragma once

#include <string_view>

#include "scenarios/scenario.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

std::string_view name_of(TopologyKind kind);

/// What a scenario's fabric has, without building it. Parameters need not fit each other.
FabricShape shape_of(const Scenario& scenario);

/// Builds the fabric, each tier at its rate. @throws TopologyError: the scenario asks for the impossible
Topology topology_of(const Scenario& scenario);

}  // namespace lightloom
