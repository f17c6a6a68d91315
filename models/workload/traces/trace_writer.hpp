// Writes one rank's Chakra trace, as trace_reader.hpp reads it and other simulators do: durations in the format's
// microseconds, and beside them to the picosecond in an attribute of our own, duration_ps.
#pragma once

#include <ostream>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

void write_trace(const RankTrace& trace, std::ostream& out);

}  // namespace lightloom
