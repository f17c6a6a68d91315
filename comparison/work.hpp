// Work: what a scenario has its fabric do, so that designs are compared that do the same. How it is done (algorithm,
// channels, placement) is the design's; what is done is not.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenarios/result_reader.hpp"

namespace lightloom {

/// Keys of the workload with their values, as the effective scenario has them, and how many GPUs there are.
using Work = std::map<std::string, std::string>;
Work work_of(const ResultReader& result);

/// Where a design's work differs from another's, a phrase for each key; none: they do the same.
std::vector<std::string> other_work(const std::string& name, const Work& work, const std::string& baseline_name,
                                    const Work& baseline);

}  // namespace lightloom
