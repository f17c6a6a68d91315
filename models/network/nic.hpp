// Nic: a server's port, or several, and which of its flows it asks for a packet next. Lists run through the flows' own
// rows. Not here: when it asks (Fabric::serve), how a packet leaves (models/network/fabric_walk.hpp).
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.hpp"
#include "models/transport/window_transport.hpp"

namespace lightloom {

/// A server's port as the NIC of its flows: those that may have something to send, in turn.
struct Nic {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    std::uint32_t first_ready = kNone, last_ready = kNone;
    std::uint32_t first_parked = kNone;  // flows that have something to send, but may not yet
    bool service_pending = false;
    Duration full_frame;  // how long one keeps the port busy
    Duration relayed{0};  // the same of what is on its way to it over scale-up ports
    Time due = kNever;    // of the parked flows, when the first may send
    Time wake = kNever;   // when the NIC will look at them

    void append(WindowTransport& flows, std::uint32_t flow) {
        flows.sender(flow).ready = true;
        if (first_ready == kNone)
            first_ready = flow;
        else
            flows.sender(last_ready).next_ready = flow;
        last_ready = flow;
    }
    std::uint32_t take_first(WindowTransport& flows) {
        const std::uint32_t flow = first_ready;
        first_ready = flow == last_ready ? kNone : flows.sender(flow).next_ready;
        flows.sender(flow).ready = false;
        return flow;
    }
    void park(WindowTransport& flows, std::uint32_t flow, Time until) {
        flows.sender(flow).ready = true;
        flows.sender(flow).next_ready = first_parked;
        first_parked = flow;
        due = std::min(due, until);
    }
};

}  // namespace lightloom
