// What a run says of its switches, NICs and frames. Plain data; defaults and their reasons are in
// scenarios/scenario.hpp.
#pragma once

#include <cstdint>

#include "core/distribution.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/network/routing_policy.hpp"

namespace lightloom {

enum class Forwarding { store_and_forward, cut_through };

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
    Bytes ecn_threshold{256 << 10};              // a frame that finds more than this ahead of it is marked
    Framing framing;
    std::uint64_t hash_seed = 1;  // of the path hashes
    HashFields hash_fields;
    std::uint32_t queue_pairs = 1;           // that a flow's packets are dealt out to, each with an entropy of its own
    Duration flowlet_gap = microseconds(5);  // a flow that pauses for longer may take another path
    std::uint32_t flowlet_slots = 1024;      // of a switch's table
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
