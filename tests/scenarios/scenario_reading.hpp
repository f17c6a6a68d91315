// What the tests of scenario texts share: names that may be used, a text that is right, errors as the user sees them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario_text.hpp"

namespace lightloom::test {

inline const ScenarioNames kNames{{"400g-aec", "400gbase-dr4"},
                                  {"os2"},
                                  {"mpo-apc-low-loss", "mpo-apc-standard"},
                                  {"ocs-mems"},
                                  {{"400g-aec", {5.0}}}};

/// The least that a scenario must say.
inline const std::string kLeast = R"([topology]
servers = 4
leaves = 2
spines = 2
)";

inline ParsedScenario parse(std::string_view text, const std::vector<Override>& overrides = {}) {
    return parse_scenario(text, "s.toml", overrides, kNames);
}

inline std::vector<std::string> errors_of(std::string_view text, const std::vector<Override>& overrides = {}) {
    std::vector<std::string> shown;
    for (const InputError& error : parse(text, overrides).errors) shown.push_back(to_string(error));
    return shown;
}

using Errors = std::vector<std::string>;

}  // namespace lightloom::test
