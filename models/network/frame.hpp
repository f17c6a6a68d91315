// Frame: the one event of a fabric. It carries everything that is known of a packet on its way: no packet object
// exists, so a hop touches no memory but the event, the node's rows and the bucket it is posted to.
#pragma once

#include <cstdint>

#include "core/order.hpp"
#include "core/time.hpp"

namespace lightloom {

/// What happens, by urgency among events of one instant.
enum class Happening : std::uint8_t {
    pause,     // the peer of port `source` stops (cumulative 1) or lets go on (0) class `packet`
    credit,    // the peer of port `source` has let in `cumulative` bytes of class `packet` in all
    arrival,   // a frame reaches the node's ingress port `source`
    scale_up,  // a frame reaches the GPU of its own server whose NIC is to send it; `source`: its scale-up port
    tail,      // the last bit of a frame that was too early to cut through; `source`: its ingress port
    start,     // a flow opens with its first messages
    begin,     // worker `flow` begins its program
    computed,  // a computation of worker `flow` is over, or a collective launched, on stream `packet`
    service,   // a NIC's port is about to run dry
    unpark,    // a flow that a NIC holds to a rate may send
    wake,      // a committed port comes free
    stepped,   // a message to `flow`, of `cumulative` << 32 | `packet` bytes of data, is ready to be sent
    // Alone these keep no run going.
    timeout,      // a node's earliest time-out may have come
    publication,  // a switch tells its neighbours of its queues, as they are after all else of this instant
    sample,  // a node notes what its ports are doing, after all else of this instant; `flow`: which of those that do
};

/// Frame::flow of what ports say to each other; such a frame has no acknowledgement and no losses to be counted.
inline constexpr std::uint32_t kNoFlow = UINT32_MAX;
/// Frame::source of what a node sends of its own and not by way of its switch's memory.
inline constexpr std::uint32_t kNoIngress = UINT32_MAX;
/// Frame::to_port, and Frame::hops before its only cable, of what is for the switch at the other end itself. That cable
/// counted, it is past every hop limit.
inline constexpr std::uint16_t kNeighbour = 0xffff;
inline constexpr std::uint8_t kNeighbourHops = 30;
/// On the wire: the smallest Ethernet frame (IEEE 802.3 clause 31 for pause; credits are taken to travel alike).
inline constexpr std::uint16_t kControlBytes = 64;

struct Frame {
    Time at;
    std::uint32_t node;
    std::uint32_t source;  // ingress port, or kOwnEvent | counter
    Time sent_at;          // when its NIC took it up; what data waits before that is not in its latency
    std::uint32_t flow;
    std::uint32_t packet;      // its number; of an acknowledgement: the packet acknowledged
    std::uint32_t cumulative;  // acknowledgement: all packets before this one have arrived; data: its pair of ports
    std::uint16_t to_leaf;     // destination: a leaf's index and a port of it
    std::uint16_t to_port;
    std::uint16_t bytes;    // header to check sequence: without preamble and gap
    std::uint16_t entropy;  // the sender's choice among paths
    std::uint8_t attempt;   // time-outs of its flow before it was sent; a repetition takes another path
    std::uint8_t traffic_class : 3, hops : 5;  // 7 is the most urgent class; cables it has travelled
    Happening kind;
    std::uint8_t flags;

    static constexpr std::uint8_t kAcknowledgement = 1, kMarked = 2;
    // kCorrupted: by the link it now arrives on. kBroken: by an earlier one of a cut-through path; travels on unread.
    // kDark, beside kCorrupted: by a link without lock.
    static constexpr std::uint8_t kCorrupted = 4, kBroken = 8, kDark = 16;
    // kTrimmed: its payload was cut off. kNegative: an acknowledgement that asks for a repetition. kNotification: of
    // congestion, from receiver to sender. kLast: a data packet that ends its message.
    static constexpr std::uint8_t kTrimmed = 32, kNegative = 64, kNotification = 128, kLast = 64;

    bool has(std::uint8_t flag) const { return flags & flag; }
};
// 64 bytes would cost 9 % of the packet rate: a field must earn its place.
static_assert(sizeof(Frame) == 48);

}  // namespace lightloom
