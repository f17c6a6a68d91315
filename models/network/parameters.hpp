// What a run says of its switches, NICs and frames. Plain data; defaults and their reasons are in
// scenarios/scenario.hpp.
#pragma once

#include <array>
#include <cstdint>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/network/routing_policy.hpp"

namespace lightloom {

enum class Forwarding { store_and_forward, cut_through };

/// What keeps a switch from dropping. pause: priority flow control (IEEE 802.1Q clause 36); credit: a port sends only
/// what its peer has promised room for (InfiniBand, UEC credit-based flow control).
enum class FlowControl { none, pause, credit };

/// How the classes of a port share it.
struct TrafficClasses {
    static constexpr int kCount = 8;
    std::uint8_t strict = 0x80;  // bit c: class c goes before all below it; the others share by weight
    std::array<std::uint8_t, kCount> weight{1, 1, 1, 1, 1, 1, 1, 1};
    std::int32_t quantum_bits = 8 * 4200;  // what a weight of 1 lets a class send in its turn
    friend bool operator==(const TrafficClasses&, const TrafficClasses&) = default;
};

struct Framing {
    Bytes preamble{8};          // before each frame on the wire: preamble and start delimiter (IEEE 802.3 clause 3.1.1)
    Bytes gap{12};              // least idle time after it, as bytes (clause 4.4.2)
    Bytes header{64};           // of a data packet: Ethernet, IP, UDP and transport headers with the check sequence
    Bytes acknowledgement{64};  // a whole acknowledgement frame
    friend bool operator==(const Framing&, const Framing&) = default;
};

struct NetworkParameters {
    Forwarding forwarding = Forwarding::store_and_forward;
    PathPolicy path = PathPolicy::spray;
    Duration switch_latency = nanoseconds(500);  // from a frame's arrival to its place in the egress queue
    Duration nic_latency = nanoseconds(500);     // from a decision to send to the NIC's queue
    Bytes buffer{32 << 20};                      // of a switch, shared by all its queues
    Bytes queue_limit{4 << 20};                  // one egress queue's share of it
    Bytes ecn_threshold{256 << 10};              // a frame that finds more than this ahead of it may be marked ...
    Bytes ecn_full{0};                           // ... and for certain from here on; below ecn_threshold: at once
    double ecn_probability = 1.0;                // ... between them it rises from 0 to this
    double buffer_alpha = 0.0;  // a queue, or with pause an ingress, may hold this times what is free; 0: no limit
    FlowControl flow_control = FlowControl::none;
    std::uint8_t lossless = 0x01;   // bit c: flow control protects class c
    Bytes headroom{0};              // of one such class at one port; 0: what its link needs
    bool trimming = false;          // a data packet without room loses its payload instead, and becomes urgent
    std::int64_t link_retries = 0;  // a frame that its link corrupted is sent again by the port, so often at most
    TrafficClasses classes{};
    std::uint8_t acknowledgement_class = 0;
    bool commit_all_ports = false;  // even where departures are arithmetic: one digest either way
    Framing framing;
    std::uint64_t hash_seed = 1;  // of the path hashes
    HashFields hash_fields{};
    std::uint32_t queue_pairs = 1;           // that a flow's packets are dealt out to, each with an entropy of its own
    Duration flowlet_gap = microseconds(5);  // a flow that pauses for longer may take another path
    std::uint32_t flowlet_slots = 1024;      // of a switch's table
    Duration staleness{0};                   // adaptive: how often switches tell others of their queues; 0: never
    std::uint32_t hop_limit = 16;            // switches that a frame may pass, at most 30
};

/// One direction of a cable, as its optics left it.
struct Channel {
    Duration delay{};                   // propagation, PHY and FEC
    double codeword_hazard = 0;         // -ln(1 - probability that a codeword is uncorrectable)
    std::uint32_t interleave = 1;       // codewords that a group of symbols is spread over
    std::int64_t codeword_bits = 5120;  // MAC bits in one; the hazard is per 5,120 of them whatever this is
    // Three uncorrectable codewords in a row, and the receiver looks for the codewords afresh: it has lost lock.
    double lock_loss_per_second = 0;  // while it has lock
    Distribution relock{};            // picoseconds that it takes to find them again: until then the direction is dark
    Duration debounce{};              // of the host: a port that is without lock for longer goes down, which is a flap
    Duration link_up{};               // what a port that went down takes, once it has lock, to carry frames again
};

/// A direction's condition from an instant on, known before the run.
struct ChannelChange {
    Time at;
    std::uint32_t direction = 0;  // as in FabricInput::channels
    double codeword_hazard = 0;
    double lock_loss_per_second = 0;
};

}  // namespace lightloom
