// One point of a sweep, run from its scenario to its result file; in a process of its own, so that a crash, a full
// memory or a kill costs this point only. Not here: starting such processes (sweeps/local_executor.hpp).
#pragma once

#include <string>

#include "sweeps/plan.hpp"

namespace lightloom {

/// Runs the point and writes its result to `path`. Nothing is printed but errors, on stderr.
/// @return 0; 2: the scenario is to blame; 3: the machine
int run_point(const std::string& base, const Point& point, const std::string& path, unsigned threads);

}  // namespace lightloom
