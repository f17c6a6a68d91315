// Pods whose spines are joined directly, through optical circuit switches instead of cores (as in Jupiter: Poutievski
// et al., SIGCOMM 2022; with several states, as in RotorNet: Mellette et al., SIGCOMM 2017).
// Not here: when the schedule is in which state (the scenario), cores made of packets (topologies/folded_clos.hpp).
#pragma once

#include <optional>

#include "topologies/topology.hpp"

namespace lightloom {

struct OcsParameters {
    std::int64_t pods, leaves_per_pod, spines_per_pod;
    std::int64_t servers_per_leaf, gpus_per_server;
    std::int64_t leaf_spine_links = 1;
    std::int64_t circuits_per_spine;        // uplinks of a spine into circuit switches
    std::int64_t states = 1;                // of the schedule; 1: the circuits stay as they are, and none is listed
    Rate rate;                              // of every port, unless
    std::optional<Rate> uplink_rate = {};   // of leaf-spine cables
    std::optional<Rate> circuit_rate = {};  // of circuits; else as leaf-spine cables
};

/// The pods that meet in one round of a round-robin tournament, by the circle method; with an odd number of pods one is
/// left out. @param round  in [0, rounds_of(pods))
std::vector<std::pair<std::uint32_t, std::uint32_t>> pods_that_meet(std::uint32_t pods, std::uint32_t round);
constexpr std::uint32_t rounds_of(std::uint32_t pods) { return pods % 2 == 0 ? pods - 1 : pods; }

/// Tiers "host-leaf", "leaf-spine" and "circuit". In state s the circuits number k of all spines join the pods that
/// meet in round (s + k) mod rounds, spine j to spine j. One spine's uplink k is one cable per state, of which one is
/// lit. Nodes pod by pod (rack by rack, then the spines); cables of circuits state by state.
/// @throws TopologyError for a parameter that is out of range or does not fit the others
Topology ocs_pods(const OcsParameters& parameters);

}  // namespace lightloom
