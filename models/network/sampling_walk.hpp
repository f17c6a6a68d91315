// A node's sample of its ports: the last of its events of an instant, so all that came before has had its effect, and
// nothing that comes later can have one before the instant that is sampled. It changes nothing but what is brought up
// to that instant anyway. Not here: what is kept of it (models/network/port_samples.hpp).
#pragma once

#include "models/network/fabric.hpp"

namespace lightloom {

// What a port has been given and not sent is still to come: the rest it has been busy with.
inline PortSamples::Reading Fabric::reading(std::uint32_t index, Time at) const {
    const PortCounters& counters = counters_[index];
    const CommittedPort* row = committed(index);
    const PortClock clock = row ? ports_[index].clock.behind(at, row->waiting_bits) : ports_[index].clock;
    const Duration waiting = clock.busy_after(at);
    const Duration given =
        busy(index, static_cast<std::int64_t>(counters.frames_sent), static_cast<std::int64_t>(counters.bytes_sent));
    std::int64_t paused_ps = row ? row->paused_ps : 0;
    for (std::size_t c = 0; row && c < kTrafficClasses; ++c)
        if (row->paused >> c & 1) paused_ps += (at - row->paused_since[c]).ps;
    return {.sent_ps = given.ps - waiting.ps,
            .paused_ps = paused_ps,
            .queue_bytes = clock.bits_in(waiting) / 8,
            .dropped = counters.frames_dropped,
            .marked = counters.frames_marked};
}

template <class Context>
[[gnu::noinline]] void Fabric::sample(Context& context, Node& node, const Frame& frame) {
    const Time at = frame.at + node.latency;
    if (commits<Context>()) catch_up(context, node, at);
    samples_.note(frame.flow, at, [&](std::uint32_t port) { return reading(port, at); });
    if (samples_.goes_on()) post_own(context, node, frame, Happening::sample, frame.at + samples_.interval());
}

}  // namespace lightloom
