// What a node of a Chakra trace means: its type, its attributes of whatever kind, and what they leave out.
#pragma once

#include <cstdint>
#include <string>

#include "models/workload/traces/trace.hpp"

namespace lightloom {

namespace chakra {
class Node;
}

/// @param trace  gets the names of groups that the node uses and describes. @throws TraceError
/// @return without its dependencies
TraceNode meaning_of(const chakra::Node& node, RankTrace& trace);

}  // namespace lightloom
