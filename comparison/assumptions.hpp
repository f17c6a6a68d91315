// Assumptions: does the winner stay the winner if assumed figures are others? In each draw every assumed figure stands
// at its low, mid or high value, each with a third; a figure is the same for all designs that use it.
// Not here: running a scenario anew with other figures of its optics (comparison/simulations.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "comparison/ranking.hpp"
#include "models/optics/catalogue.hpp"

namespace lightloom {

/// Where a figure stands in a draw: a function of its name and the draw's number.
Assumption::Level drawn_level(std::string_view figure, std::uint64_t draw_number);

/// "launch_dbm of modules 400gbase-dr4"
std::string name_of(const AssumedFigure& figure);

/// What the answer hangs on: of objective, requirements and gates those that follow from prices, from power, from runs.
struct Bearing {
    bool prices = false, power = false, runs = false;
};
Bearing bearing_of(const Comparison& comparison);

/// Of optics: all that it changes is a bill, which needs no other run.
bool is_economic(const AssumedFigure& figure);

struct AssumedOutcome {
    std::size_t draws = 0, stays = 0;    // stays: the winner wins; without one, again no design meets what is asked
    std::size_t ties = 0;                // of these, in which the next is as good
    std::size_t figures = 0;             // that were drawn: those that may bear on the answer
    std::optional<std::size_t> instead;  // who wins most often in the other draws
    std::size_t none = 0;                // of these, in which no design meets what is asked
    /// By gate: in how many draws it is red; none: nothing that is drawn moves its value or its bound.
    std::vector<std::optional<std::size_t>> red{};

    /// The figure on which the answer depends most, beyond chance: of the draws with it there, so many have another.
    struct Flip {
        std::string figure;
        Assumption::Level level;
        std::size_t draws, lost;
    };
    std::optional<Flip> flip;
};

/// A design's runs in a draw, with its optics' figures of that draw and with all sets of seeds; nullptr: it cannot be
/// built.
using DrawnResults = std::function<const std::vector<Measured>*(std::size_t design, std::size_t draw)>;

/// @param winner  none: no design meets what is asked
/// @param optics_figures  names of those that `runs` takes account of
AssumedOutcome under_assumptions(const Comparison& comparison, std::optional<std::size_t> winner, std::size_t draws,
                                 const DrawnResults& runs, const std::vector<std::string>& optics_figures);

}  // namespace lightloom
