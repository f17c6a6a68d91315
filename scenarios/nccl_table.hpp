// What nccl-tests prints, as measurements, and the engine that would give them: latency and bandwidth of one algorithm
// inside one node, fitted to an all-reduce's rows. Not here: the file of an engine (engine_file.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantity.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

/// Of the first of the two runs (out of place), in the units of the table.
struct NcclRow {
    int line = 0;
    std::int64_t bytes = 0;
    double time_us = 0.0, algorithm_gbytes_per_s = 0.0, bus_gbytes_per_s = 0.0;
};

struct ParsedNcclTable {
    std::vector<NcclRow> rows;
    std::vector<InputError> errors;  // in the order of the text, at most kMostErrors
};

/// @param text  any bytes. Never throws because of them. @param file_name  for the errors only
ParsedNcclTable parse_nccl_table(std::string_view text, const std::string& file_name);

/// T(S) = latency + S / rate, by least squares of the relative error.
struct NcclFit {
    std::uint32_t ranks = 0;  // as bus over algorithm bandwidth of an all-reduce tells
    double latency_us = 0.0, gbytes_per_s = 0.0;
    std::size_t rows = 0;
    double worst_error = 0.0;  // of a row: fitted over measured, less 1
    std::int64_t worst_bytes = 0;
};

/// @param rows  of an all-reduce; those of no or less than `least` bytes are left out
/// @return none: less than two rows, no whole number of ranks, or none of the two quantities would be positive
std::optional<NcclFit> fit(const std::vector<NcclRow>& rows, Bytes least);

/// NCCL's constants for all protocols, with what was fitted in place of those of one algorithm.
/// @param algorithm  ring (by Simple) or in_switch  @param rate  of a GPU's port inside its node
/// @param nic_latency  beyond NCCL's constants for a step across
/// @return none: the rows are faster than the port
std::optional<Scenario::Engine> engine_of(const NcclFit& fit, Algorithm algorithm, BitRate rate, Duration nic_latency);

}  // namespace lightloom
