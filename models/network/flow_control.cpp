#include "models/network/flow_control.hpp"

#include "models/network/frame.hpp"

namespace lightloom {

Bytes headroom(const PausePath& path, const Framing& framing, Bytes largest) {
    const Bytes spacing = framing.preamble + framing.gap + largest;
    const Bytes pause = framing.preamble + framing.gap + Bytes{kControlBytes};
    const Duration ahead = path.back_rate.duration_of(spacing.count * 8);
    const Duration retries = (ahead + path.back_delay + path.delay) * path.back_retries;
    const Duration frame = path.rate.duration_of(spacing.count * 8);
    const Duration open = path.rate.duration_of((framing.preamble + largest).count * 8) + path.delay + path.latency +
                          path.back_rate.duration_of((spacing + pause).count * 8) + path.back_delay +
                          path.peer_latency + retries;
    // Frames begun in that time, the one that did not fit, and the part of one more that small frames could fill.
    const __int128 bytes = static_cast<__int128>(largest.count) * (open.ps + frame.ps) / frame.ps + 1;
    return {static_cast<std::int64_t>(bytes)};
}

}  // namespace lightloom
