// Circuit schedule: optical circuit switches go through their states in turn, one per period, and what they do not
// join is dark: outages that are planned.
// Not here: a circuit that fails (models/faults/fault_timeline.hpp), which cables are circuits (Topology::circuits).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/faults/outage.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// State k holds from k x period on, 0, 1, ... states - 1, and again from 0; the first from the start.
struct CircuitSchedule {
    std::uint32_t states = 1;
    Duration period;
    Duration
        dark{};  // at the beginning of a period, of a circuit that was not lit before: mirrors turn, receivers lock
};

/// Outages of all circuits, both ways, by direction and time; a cable in several states is lit in each.
/// @param until  what begins later is left out
/// @throws FaultError if the period is not positive and longer than `dark`, a state does not exist, or more than 2^22
///         would come out
std::vector<Outage> circuit_outages(std::span<const Topology::Circuit> circuits, const CircuitSchedule& schedule,
                                    Time until);

}  // namespace lightloom
