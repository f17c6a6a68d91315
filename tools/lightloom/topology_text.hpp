// A fabric as `lightloom topology` shows it: what it has, what a failure takes, what it is built of and costs; as text
// and as JSON. Not here: the counting (models/economics/inventory.hpp, topologies/), the command (topology.cpp).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/economics/inventory.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/json.hpp"
#include "topologies/analysis.hpp"

namespace lightloom {

/// What is asked of the graph; nothing where it would take too long.
struct FabricAnswers {
    Injection injection;
    std::optional<PathStatistics> paths;
    std::optional<Bisection> bisection;
    std::vector<Oversubscription> oversubscription;
    std::vector<std::pair<Failure, BlastRadius>> failures;
};
FabricAnswers answers_of(const Topology& topology);

/// What is shown, gathered.
struct FabricReport {
    const Scenario& scenario;
    const Topology& topology;
    const CableFacts& cables;
    Inventory inventory;
    FabricAnswers answers;
};

std::string topology_text(const FabricReport& report);
/// "format_version" rises when a name changes its meaning or goes.
JsonObject topology_json(const FabricReport& report);

}  // namespace lightloom
