// The groups of a result file: which columns they have, with units and meaning. This is the place to add one; the
// format is described in scenarios/README.md, "The result file".
// Not here: when and under which name a file is written (scenarios/result_file.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// Attributes of the root, /topology and /optics: what is known before a run starts.
void write_header(const hdf5::Group& root, const RunHeader& header);

/// Everything else but /run. A group that nothing was measured for is absent.
void write_measurements(const hdf5::Group& root, const RunResult& result);

/// The only group in which two runs of one scenario may differ.
void write_execution(const hdf5::Group& run, const RunResult::Execution& execution);

}  // namespace lightloom
