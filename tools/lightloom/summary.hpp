// The summary of a run: the answer first, then how it was got; as text for people and as one JSON object for scripts.
// Every figure in it is in the result file too. Not here: how figures are computed (scenarios/measurements.hpp,
// scenarios/expectation.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comparison/ranking.hpp"
#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"

namespace lightloom {

/// What a scenario asks, in one line: "all-reduce (ring) of 64 MiB on 256 GPUs, 8 rings of 32".
std::string question(const Scenario& scenario);

/// What a summary says beside what was measured.
struct SummaryContext {
    const Scenario& scenario;
    std::optional<Duration> expected_completion;  // by arithmetic; none where there is no formula
    std::string file;                             // where the result was written
    std::vector<GateOutcome> gates;
    std::vector<std::string> relative_gates;  // required, but to be judged against a baseline
};

std::string summary_text(const SummaryContext& context, const RunResult& result);

/// The port that sends in a direction of a cable, as in LinkConditions: "leaf3.port17".
std::string sender_name(const Topology& topology, std::uint32_t direction);

/// One object on one line; its "format_version" rises when a name changes its meaning or goes.
std::string summary_json(const SummaryContext& context, const RunResult& result);

}  // namespace lightloom
