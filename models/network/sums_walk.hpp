// The packets of sums that switches make (models/workload/in_network.hpp): each goes over one cable, of which one end
// or both are a switch that sends and receives as a server does. So they need no routes; and on the walk of all other
// packets nothing asks for them, since they reach a switch as if past the hop limit.
//
// A switch that cuts through adds up whole packets, too: those to itself wait for their last bit. What it sends joins
// the queue of its port like frames that it passes on, but takes memory of its own, not of the shared buffer.
#pragma once

#include <cstdint>

#include "models/network/fabric.hpp"

namespace lightloom {

/// A packet or an acknowledgement sets out to the other end of a port's cable.
template <class Context>
[[gnu::noinline]] void Fabric::send_to_neighbour(Context& context, Node& node, std::uint32_t port, const Frame& frame,
                                                 std::uint8_t flags, Time now) {
    Frame own = frame;
    own.hops = kNeighbourHops;
    own.source = kNoIngress;
    hand_to_nic(context, node, port, own, flags, now);
}

/// One has come to the switch that it is for.
template <class Context>
[[gnu::noinline]] void Fabric::receive_at_switch(Context& context, Node& node, const Frame& frame) {
    if (frame.has(Frame::kCorrupted)) return let_go(context, node, frame);
    if (node.cuts_through && frame.kind == Happening::arrival) {
        Frame whole = frame;
        whole.at = frame.at + incoming_clock(frame).duration_of(wire_bits(frame));
        whole.kind = Happening::tail;
        context.post(whole);
        return;
    }
    let_go(context, node, frame);
    be_due_to_publish(context, node, frame.at);
    if (frame.has(Frame::kAcknowledgement))
        receive_acknowledgement(context, node, frame);
    else
        receive_data(context, node, frame);
}

}  // namespace lightloom
