// Which ranks a process group has: from the JSON beside a trace, or from what PyTorch writes into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

/// Whether a text from a file can stand as a group's name, in a message, too.
bool is_group_name(std::string_view text);

/// A file such as {"1": [0, 1], "2": [2, 3]}. @throws TraceError
std::vector<ProcessGroup> read_process_groups(std::string_view json, const std::string& file);

/// The same as text. @param groups  with their members
std::string process_groups_text(const std::vector<ProcessGroup>& groups);

/// What the inputs of a node say of groups, if they do: a JSON list of objects with pg_name and ranks, perhaps inside a
/// list of Python's. A group without ranks is of all.
std::vector<ProcessGroup> described_groups(std::string_view inputs);

}  // namespace lightloom
