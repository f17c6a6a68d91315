// What the tests of the generators ask of a fabric, and how one was refused.
#pragma once

#include <algorithm>
#include <string>

#include "topologies/validation.hpp"

namespace lightloom {

inline const Rate k200G = *Rate::from({200'000'000'000});
inline const Rate k400G = *Rate::from({400'000'000'000});

inline std::size_t nodes_of(const Topology& t, NodeKind kind) {
    return static_cast<std::size_t>(
        std::count_if(t.nodes.begin(), t.nodes.end(), [&](const auto& node) { return node.kind == kind; }));
}

inline std::size_t cables_of(const Topology& t, const std::string& tier) {
    return static_cast<std::size_t>(std::count_if(t.cables.begin(), t.cables.end(),
                                                  [&](const auto& cable) { return t.tiers[cable.tier].name == tier; }));
}

/// The sentence with which a generator refuses its parameters.
template <class Generator>
std::string refusal_of(Generator&& generate) {
    try {
        generate();
    } catch (const TopologyError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace lightloom
