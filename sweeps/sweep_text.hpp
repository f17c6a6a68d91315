// A sweep file as text: which scenario, which axes, which of their points, how many of them and where they run.
// Errors are found as in a scenario: all at once, each with its place.
// Not here: what the keys of the axes mean (the scenario says that, sweeps/plan.hpp asks it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/text_errors.hpp"
#include "sweeps/axis.hpp"
#include "sweeps/filter.hpp"

namespace lightloom {

inline constexpr std::size_t kMostPoints = 100'000;

struct PlacedFilter {
    Filter filter;
    std::string text;
    TextPosition at;
};

struct Sweep {
    std::string file;  // for errors
    std::string title;
    std::string base;               // beside the sweep's file
    std::vector<Setting> settings;  // of every point, before those of the axes
    std::vector<SweepAxis> axes;
    std::vector<PlacedFilter> filters;

    struct Budget {
        std::size_t points = kMostPoints;
        TextPosition points_at;
        double seconds = 0.0;           // after which no point is begun; 0: none
        std::int64_t memory_bytes = 0;  // of all points that run at once; 0: what the machine has
        unsigned threads = 1;           // of each point
        unsigned retries = 0;           // of a point that failed
    } budget;

    struct Slurm {
        std::vector<std::string> options;  // for sbatch, as they stand
        std::size_t points_per_task = 0;   // 0: as many as fill a minute, by the time that the first one took
        unsigned cpus = 1;                 // of a task, which runs so many points at once
    } slurm;
};

struct ParsedSweep {
    std::optional<Sweep> sweep;  // only if there are no errors
    std::vector<InputError> errors;
};

/// @param text  any bytes
ParsedSweep parse_sweep(std::string_view text, const std::string& file);

}  // namespace lightloom
