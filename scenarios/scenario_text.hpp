// A scenario file as text: reading it, with every mistake at once, and writing it, with every key.
// One schema (scenarios/schema.cpp) serves the file, --set, the effective scenario and the help.
// Not here: what the text is made of (scenarios/toml_document.hpp), what its keys mean together
// (scenarios/scenario_checks.hpp), building anything (scenarios/assembly.hpp).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"
#include "scenarios/text_errors.hpp"
#include "scenarios/toml_document.hpp"

namespace lightloom {

/// One --set: `key` is a key's path ("tier.leaf-spine.length", "fault.0.lane"), `value` what would stand behind its "="
/// in a file; quotes around a text may be left out.
struct Override {
    std::string key, value;
    std::string file = {};  // that says so, at `at`; empty: the command line does
    TextPosition at = {};
};

/// The value of a --set, as that of "x": TOML if it is some, else a text, as quotes are a nuisance on a command line.
TomlDocument parse_override_value(const std::string& value);

/// What errors call it: the option, or the file that says so.
std::string source_of(const Override& override);

/// The ids that a scenario may name. Handed in, so that reading a text needs no catalogue.
struct ScenarioNames {
    std::vector<std::string> modules, fibres, connector_families, parts = {};

    /// A module whose cable is part of it: copper, specified end to end.
    struct CaptiveCable {
        double reach_m;
    };
    std::map<std::string, CaptiveCable, std::less<>> captive_cables =
        {};  // by module; the others take a separate cable

    std::shared_ptr<const Topology> graph = {};   // of the file that topology.file names
    std::optional<Scenario::Engine> engine = {};  // of the one that engine.file names
};

struct ParsedScenario {
    std::optional<Scenario> scenario;  // only if there are no errors
    std::vector<InputError> errors;    // in the order of the text, then of the overrides; at most kMostErrors
};

/// More mistakes than a user can read; the last error then says that there are others.
inline constexpr std::size_t kMostErrors = 100;

/// @param text  any bytes. Never throws because of them, and every error lies inside them or in an override.
/// @param file_name  for the errors only
ParsedScenario parse_scenario(std::string_view text, const std::string& file_name, std::span<const Override> overrides,
                              const ScenarioNames& names);

enum class Help { without, with };

/// Every key with its value, default or not, as a scenario file that reads back as `scenario`.
std::string effective_toml(const Scenario& scenario, Help help = Help::without);

/// All keys: what each means, what it may be, what it is if it is left out.
std::string schema_help();

}  // namespace lightloom
