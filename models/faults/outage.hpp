// Outage, Impairment, RateChange: what a fault comes to for one direction of a cable, known before the run starts, so
// that nobody needs an event to learn of it. What meets them is models/network: a dark direction loses what is on it.
// Not here: how a fault becomes outages (models/faults/fault_timeline.hpp), loss of lock
// (models/network/dark_intervals.hpp).
#pragma once

#include <cstdint>

#include "core/rate.hpp"
#include "core/time.hpp"

namespace lightloom {

/// Why a direction is dark. Nothing follows from it but what a result says.
enum class OutageCause : std::uint8_t {
    link_down,      // someone or something took the cable out of service
    flap,           // one of a train of short failures
    one_direction,  // light is lost one way only
    switch_crash,   // of the switch at one of its ends, until it has restarted
    nic_loss,
    lane_change,   // retraining at another width
    module_swap,   // a module is being replaced
    circuit_loss,  // an optical circuit switch lost the circuit
    circuit,       // the schedule of the circuits has it unlit
    loss,          // it is not: it has more loss; where outages and impairments stand in one list
};

/// A direction is dark in [from, to); to == kNever: for good. Outages of one direction may overlap.
struct Outage {
    Time from, to;
    std::uint32_t direction = 0;  // 2 x cable, + 1 for the one from its upper to its lower end
    OutageCause cause = OutageCause::link_down;
    std::uint32_t occurrence = UINT32_MAX;  // of which it is a part, in FaultTimeline::occurrences; none: of none
    friend bool operator==(const Outage&, const Outage&) = default;
};

/// A direction has more loss in [from, to), or a margin that wanders. It is lit, but may lose frames, and lock.
struct Impairment {
    Time from, to;  // to == kNever: for good
    std::uint32_t direction = 0;
    std::uint32_t occurrence = UINT32_MAX;  // as of an Outage
};

/// What a run lost to an outage. A frame that meets several is the loss of the first of them alone.
struct OutageLosses {
    std::uint64_t frames = 0;
    Time first = kNever,
         last{};  // when the first and the last of them was lost: in the outage, if not at its beginning
};

/// A direction sends at `rate` from an instant on: some of its lanes were lost, or are back.
struct RateChange {
    Time at;
    std::uint32_t direction = 0;
    Rate rate;
};

}  // namespace lightloom
