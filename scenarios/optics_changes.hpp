// What faults make of directions during a run, in order of time: plain rows, so that who reads them needs no optics.
// Not here: how they come about (scenarios/fault_plan.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "models/network/parameters.hpp"

namespace lightloom {

/// What faults make of a direction's budget from an instant on.
struct MarginChange {
    Time at;
    std::uint32_t direction = 0;
    double margin_db = 0.0, received_dbm = 0.0;  // of its worst lane then
};
/// The same changes as the fabric and as the result sees them.
struct OpticsChanges {
    std::vector<ChannelChange> channels;
    std::vector<MarginChange> margins;
};

}  // namespace lightloom
