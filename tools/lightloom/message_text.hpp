// What a summary says of the messages of patterns: a row for each class of sizes, as text and as JSON.
#pragma once

#include <string>
#include <vector>

#include "scenarios/run_result.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {

/// Empty where no job is a pattern.
std::string message_lines(const RunResult& result);
std::vector<JsonObject> message_objects(const RunResult& result);

}  // namespace lightloom
