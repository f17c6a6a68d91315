// A packet's hops over its server's scale-up network (models/network/scale_up.hpp): to the GPU it is for, or to the one
// whose NIC takes it on. Such a hop costs no NIC latency: the port acts at the instant of the event. What goes to
// another server of the rack sets out here, and then goes from node to node like any frame.
#pragma once

#include <cstdint>

#include "models/network/fabric.hpp"

namespace lightloom {

/// A server's packet or acknowledgement sets out by the port that its flow uses.
template <class Context>
[[gnu::always_inline]] inline void Fabric::launch(Context& context, Node& node, std::uint32_t port, const Frame& frame,
                                                  std::uint8_t flags, Time now) {
    if (has_detours_) [[unlikely]] {
        if (frame.to_port == kNeighbour) return send_to_neighbour(context, node, port, frame, flags, now);
        if (frame.to_leaf == kScaleUpLeaf) {
            Frame inside = frame;
            inside.bytes = static_cast<std::uint16_t>(scale_up_bits(frame.bytes, flags) / 8);
            return hand_to_nic(context, node, port, inside, flags, now);
        }
        const bool data = !(flags & Frame::kAcknowledgement);
        if (is_scale_up(port)) return cross(context, port, frame, flags, Happening::arrival, now);
        if (data && scale_up_ && relay_of_flow_[frame.flow] != kNoRelay) {
            nics_[port].relayed += ports_[port].clock.duration_of(wire_bits(frame) + gap_bits_);
            return cross(context, relay_of_flow_[frame.flow], frame, flags, Happening::scale_up, now);
        }
    }
    hand_to_nic(context, node, port, frame, flags, now);
}

/// A frame joins the queue of a server's port, after the NIC's latency.
template <class Context>
[[gnu::always_inline]] inline void Fabric::hand_to_nic(Context& context, Node& node, std::uint32_t port,
                                                       const Frame& frame, std::uint8_t flags, Time now) {
    if (!commits<Context>()) {
        transmit(context, port, frame, flags, now + node.latency);
        return;
    }
    const CommittedRows rows = rows_of(node, port);
    start_until(context, node, rows, now + node.latency);
    hand_over(context, node, rows, frame, flags, frame.traffic_class, false, now + node.latency);
}

template <class Context>
[[gnu::noinline]] void Fabric::cross(Context& context, std::uint32_t index, const Frame& frame, std::uint8_t flags,
                                     Happening kind, Time now) {
    Port& port = ports_[index];
    PortCounters& counters = counters_[index];
    const std::int64_t bits = scale_up_bits(frame.bytes, flags);
    const Time departure = port.clock.send(now, bits);
    ++counters.frames_sent;
    counters.bytes_sent += static_cast<std::uint64_t>(bits / 8);
    counters.deepest_backlog_ps = std::max(counters.deepest_backlog_ps, (departure - now).ps);
    context.post_changed(frame, departure + port.delay, port.peer_node, [&](Frame& sent) {
        sent.source = index;
        sent.kind = kind;
        sent.flags = flags;
    });
}

/// A packet has reached the GPU whose NIC is to send it.
template <class Context>
void Fabric::relay(Context& context, Node& node, const Frame& frame) {
    ++counters_[frame.source].frames_delivered;
    const std::uint32_t port = nic_port_of(frame);
    Duration& relayed = nics_[port].relayed;
    relayed = relayed - ports_[port].clock.duration_of(wire_bits(frame) + gap_bits_);
    hand_to_nic(context, node, port, frame, frame.flags, frame.at);
}

}  // namespace lightloom
