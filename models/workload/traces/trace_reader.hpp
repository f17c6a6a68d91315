// Reads one rank's Chakra trace, gzipped or not, node by node: what is kept is what a run needs, whatever else the
// file holds. Both versions of the format, and what real generators make of it.
// Not here: several ranks (trace_job.hpp), files (trace_files.hpp).
#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

/// What is larger was not meant, and is refused before it is held.
struct TraceLimits {
    std::int64_t nodes = 1 << 22;
    std::int64_t dependencies = 1 << 26;
    std::int64_t message_bytes = 16 << 20;            // of a node
    std::int64_t file_bytes = std::int64_t{8} << 30;  // unpacked
    std::int64_t described_bytes = 16 << 20;          // of metadata, which may describe groups
};

struct TraceReading {
    bool control_dependencies = true;  // followed as data dependencies are
    TraceLimits limits = {};
};

/// @param name  of the file, for messages
/// @throws TraceError
RankTrace read_trace(std::istream& in, const std::string& name, const TraceReading& reading = {});

}  // namespace lightloom
