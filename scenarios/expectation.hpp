// Expectation: what a scenario comes to by arithmetic, before it is run: the engine's window, the traffic, and the time
// an uncontended collective takes. The formulas are this file's own: the engine does not use them, so a run that
// disagrees has found contention, loss, or a fault in one of the two.
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"
#include "scenarios/assembly.hpp"

namespace lightloom {

/// A ring all-reduce of n ranks without collisions or loss takes, per iteration,
///     2 (n - 1) (alpha + S / (n B))
/// B      the payload rate that a NIC's port leaves a chunk: rate x payload / (wire bytes of a full data packet, and of
///        the acknowledgement that shares the port with it, for every rank receives while it sends); times the ports
///        that a flow sends by at once
///        If a chunk is longer than the window: at most a window of payload per idle round trip.
/// alpha  what a chunk's last packet still needs once it has left the NIC's port, on an idle path: the NIC's latency,
///        and delay, switch latency and serialisation of every further hop. Mean over the ring's hops, since the
///        chain of 2 (n - 1) messages goes round the ring twice.
/// Source: Patarasuk and Yuan 2009; framing as IEEE 802.3 clause 3.1.1 and 4.4.2.
struct RingExpectation {
    Duration alpha;
    double payload_bytes_per_second;  // B
    std::size_t ports;                // of a NIC, that a flow sends by
    Duration completion;              // all iterations
};

struct Expectation {
    Duration lookahead, window;      // the window is the power of two below the lookahead
    PortId lookahead_port;           // whose direction sets it
    Duration cut_lookahead, period;  // the same of the nodes cut in two, and of barriers
    PortId cut_port;                 // none: no channel is cut
    std::size_t flows = 0;
    std::int64_t messages = 0, payload_bytes = 0;
    std::int64_t packet_hops = 0;         // data and acknowledgements, without repetitions
    std::int64_t scale_up_hops = 0;       // the same between GPUs of a server
    double heaviest_node_share = 0.0;     // of all hops: no number of threads makes a run faster than its inverse
    std::size_t committed_ports = 0;      // of all ports: those that commit themselves late
    Bytes least_headroom, most_headroom;  // that a lossless class needs at a switch's port
    std::optional<RingExpectation> ring;  // none: another pattern, or scale-up racks
};

Expectation expect(const Scenario& scenario, const Plan& plan);

}  // namespace lightloom
