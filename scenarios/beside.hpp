// The path of a file that a scenario names: it lies beside the scenario.
#pragma once

#include <filesystem>
#include <string>

namespace lightloom {

inline std::string beside(const std::string& scenario, const std::string& file) {
    return (std::filesystem::path(scenario).parent_path() / file).string();
}

}  // namespace lightloom
