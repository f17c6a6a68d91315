// The files of a job: PREFIX.0.et, PREFIX.1.et, ..., each perhaps gzipped (with .gz or without), and process groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/workload/traces/trace_job.hpp"
#include "models/workload/traces/trace_reader.hpp"

namespace lightloom {

struct TraceFiles {
    std::string prefix;          // with its folder
    std::string process_groups;  // a file; empty: none
    std::uint32_t replicas = 0;  // > 0: only rank 0's file is read, and so many ranks do what it says
};

/// Of which rank a file is by its name; none: of none of that prefix. Both without their folder.
std::optional<std::uint32_t> rank_of_trace_file(std::string_view name, std::string_view prefix);

/// @throws TraceError
TraceJob load_trace_job(const TraceFiles& files, const TraceReading& reading, const TraceConventions& conventions);

/// Writes a trace for every rank, and PREFIX.groups.json. @param prefix  with its folder, which exists
/// @throws std::runtime_error: a file cannot be written
void write_trace_files(const std::vector<RankTrace>& traces, const std::vector<ProcessGroup>& groups,
                       const std::string& prefix);

}  // namespace lightloom
