// Waterfall: the budget of one lane as a table to read and to add up by hand, each term with its basis and the source
// of its figure. Not here: the terms themselves (lane_budget.cpp), how a table looks (tools/lightloom/qualify.cpp).
#pragma once

#include <string>
#include <vector>

#include "models/optics/link_model.hpp"

namespace lightloom {

struct WaterfallLine {
    std::string what;    // "fibre", "received", "margin"
    double value;        // dB, or dBm where `absolute`
    bool absolute;       // a level; else a change of one
    double running_dbm;  // the level after it
    std::string how;     // "61.2 m of os2 at 0.40 dB/km"
    std::string basis;   // "limit", "typical", "typical, ASSUMED", "measured", "computed"
    std::string source;
};

/// The worst lane of one direction. Terms of no effect are left out, but for those that every link has.
/// @pre !joint().specified_end_to_end()
std::vector<WaterfallLine> waterfall(const LinkModel& model, std::size_t row, const LinkCondition& condition);

/// Are figures of this module assumed, so that its limits are?
bool is_assumed(const Catalogue& catalogue, const ModuleRow& module);

/// The figures of a class that are assumed, as Catalogue::assumed() has them, and that its budget uses.
std::vector<AssumedFigure> assumed_figures(const LinkModel& model, std::size_t kind);

}  // namespace lightloom
