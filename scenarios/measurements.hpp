// Measurements: from the tables that a run left to the columns of a RunResult. Sums and quotients only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "models/network/simulation.hpp"
#include "models/workload/loads.hpp"
#include "scenarios/optics_changes.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// All that the fabric measured. @param stopped_at  when the run was cut short; later than any event otherwise
RunResult measurements(const Fabric& fabric, const SimulationOutcome& outcome, const Load& total, Time stopped_at);

/// The program that all workers of a job follow, if it is one call of a collective and nothing else.
std::optional<std::uint32_t> only_program(const Traffic& traffic, std::uint32_t job);

/// Fills in the least margins of the run, worst and first percentile; links specified by an error ratio (copper) have
/// none. @param changes  by faults; those that come after the end of the run changed nothing
void summarise_links(RunResult& result, std::span<const MarginChange> changes);

}  // namespace lightloom
