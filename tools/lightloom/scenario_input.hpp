// From the command line's scenario and --set to a LoadedScenario and its Plan, or to every mistake on stderr. Shared by
// all commands, so that all accept the same. Not here: what a scenario's text may say (scenarios/scenario_text.hpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/assembly.hpp"
#include "scenarios/scenario_files.hpp"
#include "tools/lightloom/command.hpp"

namespace lightloom {

/// The option --set, which every command that reads a scenario has.
void add_set_option(Options& options);

/// What --set and --seed say. @throws UsageError
std::vector<Override> overrides_of(const Arguments& arguments);

/// Reads the scenario that `arguments` name, with its --set and, where the command has it, --seed.
/// @return nothing if it has mistakes; they have been printed then, and the command's exit code is kExitUsersMistake
/// @throws UsageError if there is no such file
std::optional<LoadedScenario> read_scenario(const Arguments& arguments);

/// Plans the scenario; nothing, and a message on stderr, if it asks for what cannot be built.
std::optional<Plan> plan_or_complain(const LoadedScenario& input);
/// Its topology and the optics' input, likewise.
std::optional<Layout> layout_or_complain(const LoadedScenario& input);

/// A user's own catalogue file; nothing if it has mistakes, which have been printed. @throws UsageError: no such file
std::optional<std::vector<CatalogueChange>> read_catalogue_file(const std::string& file);

/// Mistakes, and that nothing was done.
void complain(const std::vector<InputError>& errors);
/// What the optics object to, as an error of the scenario.
void complain_of(const LoadedScenario& input, const CatalogueError& error);

}  // namespace lightloom
