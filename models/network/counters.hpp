// What is counted of a port, and of a flow away from its ends. Integers, so that sums do not depend on their order.
#pragma once

#include <cstdint>

namespace lightloom {

/// Of one port, as the sender of its outgoing direction and the receiver of its incoming one.
struct alignas(64) PortCounters {
    std::uint64_t frames_sent = 0;
    std::uint64_t bytes_sent = 0;        // without preamble and gap
    std::uint64_t frames_delivered = 0;  // arrived here unharmed by the cable
    std::uint64_t frames_lost = 0;       // arrived here corrupted by the cable
    std::uint32_t frames_dropped = 0;    // found no room in this port's queue
    std::uint32_t frames_marked = 0;
    std::int64_t deepest_backlog_ps = 0;
    std::uint64_t frames_lost_in_dark = 0;  // of frames_lost: because the cable had no lock; else it was a codeword
};

/// What became of a flow's frames away from its ends.
struct FlowLosses {
    std::uint32_t lost = 0, dropped = 0;  // data packets
    std::uint32_t lost_acknowledgements = 0, dropped_acknowledgements = 0;
    std::uint32_t unrouted = 0, unrouted_acknowledgements = 0;  // black-holed or looped
};

}  // namespace lightloom
