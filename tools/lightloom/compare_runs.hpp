// The runs that a comparison needs: of each scenario with each set of seeds, and more of them with assumed figures of
// its optics drawn. Not here: running (comparison/simulations.hpp), what follows from the results (comparison/).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "comparison/assumptions.hpp"
#include "comparison/simulations.hpp"
#include "tools/lightloom/compare_input.hpp"

namespace lightloom {

/// Which simulation is a design's with a set of seeds.
struct Runs {
    std::vector<Simulation> simulations;
    std::vector<std::vector<std::size_t>> of_seeds;  // by design, then by set of seeds; none: it is a result
};
Runs runs_of(const std::vector<DesignInput>& designs, const ResultFolder& folder, std::uint64_t seeds);

/// Which simulations are a design's in a draw.
struct DrawnRuns {
    std::vector<Simulation> simulations;
    /// By design, then by draw, then by set of seeds; none: the runs as they are.
    std::vector<std::vector<std::vector<std::size_t>>> of_draws;
    std::vector<std::string> figures;  // of optics that the draws change
};
DrawnRuns drawn_runs(const Runs& runs, const std::vector<DesignInput>& designs, const ResultFolder& folder,
                     std::uint64_t draws);

/// A result that is compared stays as it is. @throws UsageError
void refuse_to_replace_inputs(const std::vector<DesignInput>& designs, const std::vector<Simulation>& simulations);

/// On so many cores, with progress on stderr unless it is to be quiet. @param why  behind their number in the first
/// word of them @return false: the user has stopped it
bool simulate_all(std::vector<Simulation>& simulations, unsigned cores, const char* why, bool quiet);

/// Whether one cannot be built, which stderr is told.
bool complained_of_impossible(const std::vector<DesignInput>& designs, const Runs& runs);

/// From the result files. @throws ResultUnreadable
Design read_design(const DesignInput& input, const Runs& runs, std::size_t number);

AssumedOutcome draw_figures(const Comparison& comparison, std::optional<std::size_t> winner, const DrawnRuns& drawn,
                            std::uint64_t draws);

}  // namespace lightloom
