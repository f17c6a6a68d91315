// From the command line's scenario and --set to a Scenario and its Plan, or to every mistake on stderr. Shared by all
// commands, so that all accept the same. Not here: what a scenario's text may say (scenarios/scenario_text.hpp).
#pragma once

#include <optional>
#include <string>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/command.hpp"

namespace lightloom {

struct ScenarioInput {
    std::string file, text;
    Scenario scenario;
};

/// The option --set, which every command that reads a scenario has.
void add_set_option(Options& options);

/// Reads the scenario that `arguments` name, with its --set and, where the command has it, --seed.
/// @return nothing if it has mistakes; they have been printed then, and the command's exit code is kExitUsersMistake
/// @throws UsageError if there is no such file
std::optional<ScenarioInput> read_scenario(const Arguments& arguments);

/// Plans the scenario; nothing, and a message on stderr, if it asks for what cannot be built.
std::optional<Plan> plan_or_complain(const ScenarioInput& input);

}  // namespace lightloom
