// The plan of a sweep: every point by name and by what it sets. A point's name is a hash of all that its result depends
// on (the effective scenario with its seeds, the files that this names, the format of results), so that two sweeps, or
// one that was edited, find each other's results, and never one that means something else.
// Not here: running points (sweeps/local_executor.hpp), where they are kept (sweeps/sweep_folder.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario_files.hpp"
#include "sweeps/sweep_text.hpp"

namespace lightloom {

struct Point {
    std::string name;               // 16 hex digits
    std::vector<Setting> settings;  // of the whole sweep, then of its axes; each as --set would take it
};

struct SweepPlan {
    std::string base;  // the path of the base scenario
    std::vector<Point> points;
    std::size_t combinations = 0;  // of the axes
    std::size_t excluded = 0;      // by filters
    std::size_t repeated = 0;      // that came to the same scenario as one before
};

struct PlannedSweep {
    std::optional<SweepPlan> plan;  // only if there are no errors
    std::vector<InputError> errors;
};

/// Reads a sweep's file and its base, and makes all points: axes in their order, the last one fastest. A point that the
/// scenario refuses is an error at the axis that is to blame, and then nothing is run.
/// How many there will be is known, and held against the budget, before the first is made.
/// @param watcher  is told how many points of how many are made; false: give up, without errors and without a plan
/// @throws FileError
struct SweepFiles {
    std::optional<Sweep> sweep;
    std::vector<InputError> errors;
};
SweepFiles load_sweep(const std::string& file);
using PlanWatcher = std::function<bool(std::size_t done, std::size_t total)>;
PlannedSweep plan_sweep(const Sweep& sweep, const PlanWatcher& watcher);

/// Of files that scenarios name, each read once however many points name it.
using FileHashes = std::map<std::string, std::uint64_t>;

/// The name of the point that a scenario is. @param known  is added to @throws FileError
std::string point_name(const LoadedScenario& scenario, FileHashes& known);

/// As the scenario's reader takes them. @param file  that says so; empty: errors name the settings instead
std::vector<Override> overrides_of(const std::vector<Setting>& settings, const std::string& file = {});

}  // namespace lightloom
