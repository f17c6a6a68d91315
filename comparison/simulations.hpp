// Simulations: many runs, side by side, each into a result file. What is compared is read from those files only.
// Not here: progress and mistakes on a terminal (tools/lightloom/compare.cpp).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/optics/catalogue.hpp"
#include "scenarios/scenario_files.hpp"

namespace lightloom {

struct Simulation {
    const LoadedScenario* input;
    Scenario::Seeds seeds;
    Assumption assumption{};   // about figures of its catalogue
    std::string path{};        // of its result
    std::string impossible{};  // afterwards: why the scenario cannot be built
};

/// Who runs, for the result file.
struct ProgramName {
    std::string version, build_type;
};

struct SimulationsProgress {
    std::size_t ended = 0;
    double share = 0.0;  // of all that is to be simulated, those under way counted by their bytes
};

/// Runs them all, as many at a time as there are cores. @param watch  asked now and then, by one thread at a
/// time, and throws nothing; false ends all. @throws ResultError, and what else a run throws, once all have ended
void simulate(std::vector<Simulation>& simulations, const ProgramName& program, unsigned cores,
              const std::function<bool(const SimulationsProgress&)>& watch);

/// Figures that the scenario's optics take from the catalogue and that are assumed there. @throws CatalogueError
std::vector<AssumedFigure> assumed_figures_of(const LoadedScenario& input);

}  // namespace lightloom
