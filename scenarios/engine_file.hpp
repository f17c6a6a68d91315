// A file of engine costs, as TOML: the tables [engine.ll], [engine.ll128], [engine.simple] and [engine.in_switch] with
// the keys that a scenario may give them. `engine.file` names it; `lightloom calibrate` writes it.
// Not here: figures measured (nccl_table.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/text_errors.hpp"

namespace lightloom {

struct ParsedEngine {
    Scenario::Engine engine;         // what the file leaves out is the default
    std::vector<InputError> errors;  // in the order of the text, at most kMostErrors
};

/// @param text  any bytes. Never throws because of them. @param file_name  for the errors only
ParsedEngine parse_engine_file(std::string_view text, const std::string& file_name);

/// All keys, under one comment. Reads back as `engine`.
/// @param comment  lines without their "# "
std::string engine_toml(const Scenario::Engine& engine, const std::vector<std::string>& comment);

}  // namespace lightloom
