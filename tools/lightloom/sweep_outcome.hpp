// What a sweep says: its plan, what became of its points, and a table of their figures. Not here: reading arguments
// (sweep.cpp), the merged file (sweeps/merge.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sweeps/merge.hpp"
#include "sweeps/plan.hpp"
#include "sweeps/sweep_folder.hpp"

namespace lightloom {

struct SweepOutcome {
    const SweepPlan& plan;
    const SweepFolder& folder;
    std::vector<PointOutcome> points;  // in the order of the plan
    std::size_t kept = 0;              // that were there before, from a sweep that this one resumes
    std::size_t strangers = 0;         // results in the folder that are of no point
};

/// "12 points, 3 excluded by filters"
std::string counted(const SweepPlan& plan);
/// "  KEY=VALUE  KEY=VALUE"
std::string settings_text(const Point& point);

/// Every point with its settings, and whether it is finished.
std::string plan_json(const SweepPlan& plan, const SweepFolder& folder);
std::string outcome_json(const SweepOutcome& outcome);
/// With the figures of the first points that have some. @throws ResultUnreadable
std::string outcome_text(const SweepOutcome& outcome);
/// What the table below begins with, and no other file does.
inline constexpr std::string_view kCsvBeginning = "point,status,";
/// A row per point that has a result, a column per key that varies or is set and per metric. @throws ResultUnreadable
std::string points_csv(const SweepOutcome& outcome);

}  // namespace lightloom
