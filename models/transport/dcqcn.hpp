// DCQCN: the sender's rate, cut by notifications of congestion and raised by time and by bytes. A pure state machine,
// evaluated lazily: the timers cost nothing until the flow sends or is notified. Source: Y. Zhu et al., "Congestion
// control for large-scale RDMA deployments", SIGCOMM 2015, sections 3.2 and 3.3.
// Not here: who marks a frame (models/network), whose turn it is at the NIC (models/network/fabric_walk.hpp).
#pragma once

#include <cstdint>

#include "core/quantity.hpp"
#include "core/time.hpp"

namespace lightloom {

struct DcqcnParameters {
    double gain = 1.0 / 256;                      // g: what one notification adds to alpha, in (0, 1)
    double first_alpha = 1.0;                     // before the first notification
    Duration alpha_period = microseconds(55);     // alpha falls once in each that passes without a notification
    Duration cut_period{};                        // least time between two cuts of the rate
    Duration increase_period = microseconds(55);  // of the timer
    std::int64_t increase_bytes = 10'000'000;     // of the byte counter; 0: there is none
    std::uint32_t fast_recoveries = 5;            // F: increases towards the target before it is raised itself
    BitRate additive{40'000'000}, hyper{400'000'000};
    BitRate least{40'000'000};
    bool always_lowers_target = true;                 // false: only a cut that follows an increase does
    Duration notification_period = microseconds(50);  // the receiver sends one per flow in this time at most

    friend bool operator==(const DcqcnParameters&, const DcqcnParameters&) = default;
};

/// The paper's values. It prints no hyper increase: ten times the additive one, as in QCN (IEEE 802.1Qau).
inline constexpr DcqcnParameters kDcqcnPaper2015{};

/// What NICs from ConnectX-4 on ship with. Source: NVIDIA DOCA documentation of DCQCN and mlxconfig dumps.
inline constexpr DcqcnParameters kDcqcnConnectX{.gain = 5.0 / 1024,
                                                .first_alpha = 1023.0 / 1024,
                                                .alpha_period = microseconds(1),
                                                .cut_period = microseconds(4),
                                                .increase_period = microseconds(300),
                                                .increase_bytes = 32'767,
                                                .fast_recoveries = 1,
                                                .additive = {5'000'000},
                                                .hyper = {50'000'000},
                                                .least = {1'000'000},
                                                .always_lowers_target = false,
                                                .notification_period = microseconds(4)};

/// The configuration that SimAI and other users of the same ns-3 model run with. It has no byte counter.
inline constexpr DcqcnParameters kDcqcnSimai{.gain = 1.0 / 256,
                                             .first_alpha = 1.0,
                                             .alpha_period = microseconds(1),
                                             .cut_period = microseconds(4),
                                             .increase_period = microseconds(900),
                                             .increase_bytes = 0,
                                             .fast_recoveries = 1,
                                             .additive = {50'000'000},
                                             .hyper = {100'000'000},
                                             .least = {100'000'000},
                                             .always_lowers_target = false,
                                             .notification_period = microseconds(4)};

/// The reaction point: one flow's row at its sender.
struct alignas(64) DcqcnSender {
    Time next_send;     // not before
    double rate = 0;    // bits per second, preamble and gap included
    double target = 0;  // what the rate recovers to
    double alpha = 1;   // how congested the path is, 0 to 1
    Time alpha_since;   // when alpha was last brought up to date
    Time timer_since;   // when the increase timer last began
    Time cut{INT64_MIN / 2};
    std::uint32_t bytes = 0;  // sent since the byte counter last began
    std::uint16_t timer_stage = 0, byte_stage = 0;

    /// @param line_rate  of the NIC's port, in bits per second: where every flow begins
    DcqcnSender(double line_rate, const DcqcnParameters& p)
        : rate(line_rate), target(line_rate), alpha(p.first_alpha) {}

    /// A packet of so many bits on the wire is sent. Sets when the next one may be.
    void send(std::int64_t wire_bits, Time now, double line_rate, const DcqcnParameters& p);
    /// The receiver says that a frame was marked.
    void notify(Time now, double line_rate, const DcqcnParameters& p);

private:
    void run_timer(Time now, double line_rate, const DcqcnParameters& p);
    void forget(Time now, const DcqcnParameters& p);
    void increase(double line_rate, const DcqcnParameters& p);
};
static_assert(sizeof(DcqcnSender) == 64);

}  // namespace lightloom
