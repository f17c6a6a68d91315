// How much a receiver must be able to take in after it has told its peer to stop. Not here: the buffer itself
// (Fabric::admit), who waits for whom (Fabric::deadlock).
#pragma once

#include "core/quantity.hpp"
#include "core/rate.hpp"
#include "core/time.hpp"
#include "models/network/parameters.hpp"

namespace lightloom {

/// One cable, seen from the port that receives.
struct PausePath {
    Rate rate, back_rate;            // of what comes in, and of the way the pause goes
    Duration delay, back_delay;      // propagation, PHY and FEC
    Duration latency, peer_latency;  // of the two nodes, from an event to its effect at a port
    std::int64_t back_retries = 0;   // that a link which repeats may give a frame ahead of the pause
};

/// Headroom of one lossless class at one port. From the instant at which the first frame does not fit: a largest frame
/// may have just begun to leave towards the peer and delays the pause; the pause is sent, travels and takes effect
/// after the peer's latency; the peer may have just begun a largest frame; where the link repeats what it corrupts, the
/// frame ahead of the pause may be repeated as often as that is allowed; and all that is on its way then, or in the
/// node's own pipeline, still comes in. After IEEE 802.1Q annex N, with delays taken from the link itself.
/// @param largest  frame, header to check sequence
Bytes headroom(const PausePath& path, const Framing& framing, Bytes largest);

}  // namespace lightloom
