// A fabric as `lightloom topology` shows it: what it has, what it is built of, what it costs; as text, as JSON, and as
// a graph for dot. Not here: the counting (models/economics/inventory.hpp, topologies/), the command (topology.cpp).
#pragma once

#include <string>

#include "models/economics/inventory.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// What is shown, gathered.
struct FabricReport {
    const Scenario& scenario;
    const Topology& topology;
    const CableFacts& cables;
    Inventory inventory;
};

std::string topology_text(const FabricReport& report);
/// "format_version" rises when a name changes its meaning or goes.
JsonObject topology_json(const FabricReport& report);

/// The nodes and cables as a graph in the language of Graphviz; parallel cables are one edge with their number.
std::string topology_dot(const Topology& topology);

}  // namespace lightloom
