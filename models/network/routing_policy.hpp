// How a switch picks among equal-cost ports, and what a sender adds to that: the policies by name, the number that a
// path hash scrambles, the entropy of a queue pair, and the rows of the policies that remember something.
// Not here: the choice itself (Fabric::choose_port in models/network/fabric_walk.hpp, Fabric::choose_among), which
// ports are equal (topologies/routes.hpp), when that changes (models/network/route_timeline.hpp).
#pragma once

#include <cstdint>

#include "core/time.hpp"
#include "models/network/frame.hpp"

namespace lightloom {

/// How a switch picks among equal-cost ports.
enum class PathPolicy {
    ecmp,         // by a hash of the flow, its entropy and its attempt
    spray,        // by a hash of the packet
    round_robin,  // each switch in turn
    entropy,      // by a hash of the flow and the entropy that its sender chose for the packet: nothing else moves it
    flowlet,      // as ecmp, drawn anew for the flow after a pause; Vanini et al., "Let it flow", NSDI 2017
    adaptive,     // the port that is free first, or the way if the next switch told of its own; among equals as spray
};

/// Does a flow keep to one port of a NIC that has several, as to one path?
constexpr bool by_one_port(PathPolicy policy) { return policy == PathPolicy::ecmp || policy == PathPolicy::flowlet; }

/// What goes into a path hash, beside the direction (data or acknowledgement) and the switch's own salt.
struct HashFields {
    bool flow = true, entropy = true, attempt = true;
    friend bool operator==(const HashFields&, const HashFields&) = default;

    std::uint64_t mask() const {
        return 1u | (attempt ? 0xff00u : 0u) | (flow ? 0xffff'ffff'0000u : 0u) |
               (entropy ? 0xffff'0000'0000'0000u : 0u);
    }
};

/// All that a hash may see of a frame. The attempt is part of it, or a repetition would follow the same dead path for
/// ever.
inline std::uint64_t path_key(const Frame& frame) {
    return std::uint64_t{frame.entropy} << 48 | std::uint64_t{frame.flow} << 16 | std::uint64_t{frame.attempt} << 8 |
           frame.has(Frame::kAcknowledgement);
}
/// What tells a packet from the others of its flow.
inline std::uint64_t packet_key(const Frame& frame) { return std::uint64_t{frame.packet} << 32 | frame.packet >> 8; }

/// One of `count`, from the upper half of a hash.
inline std::uint32_t pick(std::uint64_t hash, std::uint32_t count) {
    return static_cast<std::uint32_t>((hash >> 32) * count >> 32);
}

/// The entropy of a packet of a connection with `queue_pairs` queue pairs (1 to 65,536). They take its messages in
/// turn, as in Meta's E-ECMP (Gangidi et al., "RDMA over Ethernet for distributed AI training at Meta scale", SIGCOMM
/// 2024); where the sender's entropy alone decides, its packets, as in Ultra Ethernet.
constexpr std::uint16_t entropy_of(PathPolicy policy, std::uint32_t message, std::uint32_t packet,
                                   std::uint32_t queue_pairs) {
    return static_cast<std::uint16_t>((policy == PathPolicy::entropy ? packet : message) % queue_pairs);
}

/// A slot of a switch's table of flowlets. Flows that share it get a new path together, each its own.
struct Flowlet {
    Time last{0};              // a frame of the slot passed
    std::uint32_t number = 0;  // of the flowlet: part of the hash

    std::uint32_t number_at(Time now, Duration gap) const { return number + (now - last > gap); }
    void note(Time now, Duration gap) {
        number = number_at(now, gap);
        last = now;
    }
};

/// What a switch remembers of the ways it sent frames.
struct Steering {
    Time routes_until = kNever;  // its next hops are others from then on
    std::uint32_t next_change = 0;
    std::uint32_t turn = 0;                     // of round_robin
    std::uint64_t black_holed = 0, looped = 0;  // frames that it had no port for; that passed too many switches
    std::uint32_t row = UINT32_MAX;             // its own of the published queues; none: it does not publish
    bool publishes = false;                     // at the next instant of publication
    Duration news_takes{0};                     // what others publish has come from all of them
};

}  // namespace lightloom
