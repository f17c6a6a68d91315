// The groups of a result file that tell what broke and what it did: /faults, /events, /switches, /scale_up_ports.
// Not here: the other groups (scenarios/result_groups.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// Each is absent where nothing was measured for it.
void write_faults(const hdf5::Group& root, const RunResult& result);

}  // namespace lightloom
