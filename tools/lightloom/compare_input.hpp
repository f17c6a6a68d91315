// What `lightloom compare` is given: designs as words, [NAME=]FILE[@KEY=VALUE]..., and the runs that they ask for. Not
// here: what is done with them (compare.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "comparison/design.hpp"
#include "comparison/simulations.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/scenario_text.hpp"
#include "tools/lightloom/command.hpp"

namespace lightloom {

struct DesignInput {
    std::string name, file;
    std::vector<Override> overrides;
    std::optional<LoadedScenario> scenario{};  // one of the two
    std::optional<ResultReader> result{};
    std::string stem{};  // what the files of its runs are called, each design's differently
};

/// Reads scenarios and opens results, all before anything is run. Names are made unique.
/// @return nothing if a scenario has mistakes, which have been printed. @throws UsageError
std::optional<std::vector<DesignInput>> read_designs(const Arguments& arguments);

/// A directory that goes with its owner, unless the user named it.
class ResultFolder {
public:
    /// @param named  empty: a temporary one. @throws UsageError if it cannot be made
    explicit ResultFolder(const std::string& named);
    ~ResultFolder();
    ResultFolder(const ResultFolder&) = delete;
    ResultFolder& operator=(const ResultFolder&) = delete;
    std::string place(const std::string& name) const { return path_ + '/' + name; }

private:
    std::string path_;
    bool is_temporary_;
};

}  // namespace lightloom
