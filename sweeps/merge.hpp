// The merged file of a sweep: one row per point, with what it set and every scalar that it came to, and a link to its
// own file. It holds nothing that two sweeps of the same points could differ in, so they make the same bytes.
//
//     /points      name, status (finished, partial, failed, missing), digest, error
//     /settings    a column per key that the points set, in the base unit of its kind where all values have one
//     /summary, /training, /histograms/NAME, ...   the scalars of those groups of the points' files; NaN: it has none
//     /results/NAME                                the point's own file
//
// Not here: what those scalars mean (scenarios/README.md).
#pragma once

#include <string>
#include <vector>

#include "sweeps/sweep_folder.hpp"

namespace lightloom {

enum class PointStatus { finished, partial, failed, missing };

struct PointOutcome {
    PointStatus status = PointStatus::missing;
    std::string error;  // of a failed one
};

/// Writes merged.h5 of what there is. One outcome per point of the plan. @throws ResultError
std::vector<PointOutcome> merge(const SweepPlan& plan, const std::string& title, const SweepFolder& folder);

}  // namespace lightloom
