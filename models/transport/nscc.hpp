// NSCC, the sender-based congestion control of Ultra Ethernet: a window of bytes, moved by what each acknowledgement
// says of marks and of queueing delay. A pure state machine; the caller counts what is in flight. Sources: Ultra
// Ethernet Specification 1.0 (its NSCC); constants and scaling as in the reference simulator (uet-htsim, uec.cpp).
// Not here: spraying over paths (WindowTransport::entropy), receiver credits.
#pragma once

#include <cstdint>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

struct NsccParameters {
    Duration base_rtt{};           // of an idle fabric, first bit of a packet to the end of its acknowledgement; > 0
    double target = 0.75;          // queueing delay aimed at, in base_rtt: 0.75 where packets are trimmed, else 1
    double gamma = 0.8;            // how much of the delay beyond the target a decrease takes back
    double delay_gain = 0.0125;    // of the mean delay
    double proportional = 4.0;     // packets that an idle path adds per round trip, for 100 Gb/s and 12 us
    double fair = 1.0;             // the same beyond the target, without marks
    double probe = 0.15;           // the same, always
    double fast = 0.25;            // bytes per byte acknowledged once a whole window met no queue
    std::uint32_t quick_gate = 3;  // a window that achieved less than the largest / 2^gate is cut to what it achieved
    double largest = 1.5;          // window, in bandwidth-delay products; every flow begins with it

    friend bool operator==(const NsccParameters&, const NsccParameters&) = default;
};

/// What is derived from a run's parameters and a flow's line rate. Bytes and picoseconds.
struct NsccScale {
    double base_rtt_ps, target_ps, largest, payload;
    double proportional, fair, probe, fast;  // bytes a round trip; fast: bytes per byte
    /// @param line_rate  in bits per second
    NsccScale(double line_rate, Bytes payload_bytes, const NsccParameters& p);
};

/// One flow's row at its sender.
struct alignas(64) NsccSender {
    double window;        // bytes that may be in flight
    double increase = 0;  // collected since `adjusted`, in bytes x window
    Time adjusted;        // when it was last added
    Time cut;             // when the window was last decreased
    Time quick_end;       // end of the period over which `achieved` counts; 0: none has begun
    float mean_delay_ps = 0;
    std::uint32_t acknowledged = 0;  // bytes since `adjusted`
    std::uint32_t achieved = 0;      // bytes acknowledged in this quick period
    std::uint32_t ignored = 0;       // bytes whose fate says nothing: sent before the window was cut to size
    std::uint32_t unqueued = 0;      // bytes acknowledged in a row that met no queue
    bool grows_fast = false, lost = false;

    explicit NsccSender(const NsccScale& scale) : window(scale.largest) {}

    /// Packets of `bytes` are acknowledged, by one that took `rtt`. @param in_flight  bytes, after it
    void acknowledge(std::uint32_t bytes, Duration rtt, bool marked, std::uint32_t in_flight, Time now,
                     const NsccScale& scale, const NsccParameters& p);
    /// Packets of `bytes` are known to be lost or trimmed.
    void lose(std::uint32_t bytes, std::uint32_t in_flight, Time now, const NsccScale& scale, const NsccParameters& p);

private:
    bool adapts_quickly(double delay_ps, std::uint32_t in_flight, Time now, const NsccScale& scale,
                        const NsccParameters& p);
    void note_delay(double delay_ps, bool marked, const NsccScale& scale, const NsccParameters& p);
    void grow(double bytes, double delay_ps, const NsccScale& scale);
    void shrink(Time now, const NsccScale& scale, const NsccParameters& p);
    void adjust(Time now, const NsccScale& scale);
};
static_assert(sizeof(NsccSender) == 64);

}  // namespace lightloom
