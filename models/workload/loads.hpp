// Loads: what every flow of a traffic carries in a run that ends, for what is said of a run before it begins. Goes
// through the steps of each call once for every rank, however often its program makes the call.
#pragma once

#include <cstdint>
#include <vector>

#include "core/quantity.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

/// Counts stop at 2^62.
struct Load {
    std::int64_t messages = 0, bytes = 0, packets = 0;
    void add(const Load& other);
};

/// @param payload  of a full packet; an empty message takes a packet, too
std::vector<Load> loads_of(const Traffic& traffic, Bytes payload);

/// Of all flows together.
Load total_load(const Traffic& traffic, Bytes payload);

}  // namespace lightloom
