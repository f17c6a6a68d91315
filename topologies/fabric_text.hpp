// FabricText: what a user's text says of a fabric, word by word, before anything of it is understood. Both formats of
// topologies/user_topology.hpp end in it. Not here: what the words mean (topologies/user_topology.cpp).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lightloom {

struct FabricText {
    struct Element {
        std::size_t line;                                             // from 1
        std::vector<std::pair<std::string, std::string>> attributes;  // in the order of the text
    };
    struct Edge : Element {
        std::size_t source, target;  // into `nodes`
    };
    std::vector<Element> nodes;
    std::vector<Edge> edges;
};

/// @throws TopologyError "name:line: ..." for what is no statement
FabricText read_edge_list(std::string_view text, const std::string& name);

/// @throws TopologyError "name:line: ..." for what is no GraphML, or nests deeper than graph editors do
FabricText read_graphml_text(std::string_view text, const std::string& name);

}  // namespace lightloom
