// Effects: what a run's faults did, as it was observed: frames lost, flows that stood still, endpoints that felt it,
// how long until the first loss and until all went on. Pure functions of plain rows: they hold of any transport.
// Not here: who loses a frame (Fabric::outage_losses), who stands still (models/transport), what should have been hit
// (models/faults/risk_groups.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/id.hpp"
#include "models/faults/fault_timeline.hpp"
#include "models/faults/outage.hpp"

namespace lightloom {

/// A flow got nothing acknowledged between two instants, though it had something to send.
struct FlowStall {
    std::uint32_t flow = 0;
    EndpointId source, destination;
    Time from, to;                     // to == kNever: it did not go on before the run ended
    Time failed = kNever;              // when it gave up, if it did
    Time seen_until{};                 // of one that did neither: the end of the run
    std::uint32_t group = UINT32_MAX;  // of flows that wait for each other: a job; none: in none
};

/// Of one occurrence of a fault.
struct FaultEffects {
    std::uint64_t frames_lost = 0;            // to its outages
    std::optional<Duration> to_first_loss{};  // since it began; none: no frame was lost
    std::uint32_t flows_stalled = 0;
    std::uint32_t endpoints_affected = 0;   // at either end of a flow that stalled
    Duration longest_stall{};               // of one that did not end: up to the end of its flow, or of the run
    std::optional<Duration> to_recovery{};  // since it began, until the last of its flows went on; none: they did not
    std::uint32_t flows_failed = 0;
    std::uint32_t groups_stalled = 0, groups_failed = 0;  // a flow of theirs stalled, or failed: in both then
    friend bool operator==(const FaultEffects&, const FaultEffects&) = default;
};

/// A stall is put down to an occurrence if they overlap; where several do, to each of them that took light or frames,
/// and if none did, to each. One of which nothing stalled had recovered when it began.
/// @param outages, losses  row by row, as a Fabric gives them
/// @param least_stall      what is shorter is no stall: a transport's time-out, for example
std::vector<FaultEffects> fault_effects(std::span<const FaultTimeline::Occurrence> occurrences,
                                        std::span<const Outage> outages, std::span<const OutageLosses> losses,
                                        std::span<const FlowStall> stalls, Duration least_stall);

/// The same for the faults of the list that made the timeline: sums over their occurrences, the least time to a first
/// loss, the longest to a recovery; a flow or an endpoint that several of them hit counts once.
std::vector<FaultEffects> effects_by_fault(std::size_t faults, std::span<const FaultTimeline::Occurrence> occurrences,
                                           std::span<const Outage> outages, std::span<const OutageLosses> losses,
                                           std::span<const FlowStall> stalls, Duration least_stall);

}  // namespace lightloom
