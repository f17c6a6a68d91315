// Gates as commands take them (--fail-if) and print what became of them.
// Not here: what a gate is (scenarios/gates.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "comparison/ranking.hpp"
#include "tools/lightloom/command.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// --fail-if, repeatable. @throws UsageError
std::vector<Gate> gates_of(const Arguments& arguments);

/// Of one run by itself: what its scenario requires, and the gates of the command. What is relative to a baseline is
/// left out.
std::vector<GateOutcome> gates_of_run(const std::vector<std::string>& required, const std::vector<Gate>& fail_if,
                                      const Measured& run);

/// "green", or as the other two are called.
std::string_view state_text(const GateOutcome& gate, std::string_view red, std::string_view undecided);

/// Why nobody knows whether it holds: "completion was not measured".
std::string missing_text(const GateOutcome& gate);

/// "RED   fails if p99_9 > 12us: p99_9_latency is 13.1 us, the bound 12.0 us".
/// @param of  a design's name and ": ", or nothing
std::string gate_line(const GateOutcome& gate, std::string_view of);
/// "state" is "green", "red" or "undecided".
JsonObject gate_json(const GateOutcome& gate);

}  // namespace lightloom
