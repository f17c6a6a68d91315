// Simulation: a Fabric run on the parallel engine, and what was in flight when it ended. The one place where
// Engine<Fabric> is compiled.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/network/fabric.hpp"

namespace lightloom {

struct SimulationOptions {
    std::uint32_t threads = 1;
    std::uint32_t partitions = 1;
    std::span<const std::uint16_t> partition_of;  // per node
    std::uint32_t window_divisor = 1;
    Time until = kNever;
    std::uint64_t seed = 1;                                              // of the order of simultaneous events
    std::function<bool(Time now, std::int64_t events)> between_windows;  // false stops the run
    std::function<Time(Time end)> foresee = {};                          // as EngineOptions::foresee
};

/// Frames that a run left behind: booked by a port, but not begun to be sent, or sent and not arrived.
struct InFlight {
    std::vector<std::uint32_t> queued_frames, travelling_frames;  // per sending port
    std::vector<std::uint64_t> queued_bytes;                      // per sending port
    // Per flow, data and acknowledgements: not begun to be sent by their NIC, or anywhere on their way.
    std::vector<std::uint32_t> queued_packets, travelling_packets;
    std::vector<std::uint32_t> queued_acknowledgements, travelling_acknowledgements;
};

struct SimulationOutcome {
    bool interrupted = false;
    std::int64_t windows = 0;  // periods between barriers: see core/engine.hpp
    std::int64_t events = 0;
    std::uint32_t threads = 1;
    Duration window_length, period_length;
    InFlight in_flight;
};

/// Cables that set a lookahead below this are not cut where that can be avoided: so often threads need not meet.
inline constexpr Duration kShortestPeriod = nanoseconds(100);

/// Runs to the end of the traffic, to `until`, or to where `between_windows` stops it.
SimulationOutcome simulate(Fabric& fabric, const SimulationOptions& options);

template <class Visit>
void Fabric::for_each_waiting(Visit&& visit) const {
    for (std::uint32_t port = 0; port < committed_.size(); ++port) {
        const NodeQueues& queues = queues_[nodes_[topology_.ports[port].node.value].queues];
        for (const ClassQueue& queue : committed_[port].queues)
            queues.for_each(queue, [&](const NodeQueues::Slot& slot) { visit(slot.frame, port); });
    }
}

/// Sorts what an engine left pending at `now` into queued and travelling.
template <class Engine>
InFlight in_flight(const Fabric& fabric, const Engine& engine, Time now) {
    const std::size_t ports = fabric.counters().size(), flows = fabric.traffic().flows.size();
    InFlight left;
    for (auto* column : {&left.queued_frames, &left.travelling_frames}) column->resize(ports);
    left.queued_bytes.resize(ports);
    for (auto* column : {&left.queued_packets, &left.travelling_packets, &left.queued_acknowledgements,
                         &left.travelling_acknowledgements})
        column->resize(flows);
    engine.for_each_pending([&](const Frame& frame) {
        const bool acknowledgement = frame.has(Frame::kAcknowledgement);
        if (frame.kind == Happening::tail) {  // arrived here, waiting for its last bit
            ++(acknowledgement ? left.travelling_acknowledgements : left.travelling_packets)[frame.flow];
            return;
        }
        if (frame.kind > Happening::scale_up) return;
        const bool started = fabric.had_started(frame, now);
        const std::uint32_t port = fabric.peer(frame.source);
        ++(started ? left.travelling_frames : left.queued_frames)[port];
        if (!started) left.queued_bytes[port] += frame.bytes;
        if (frame.flow == kNoFlow) return;      // what ports say to each other
        if (frame.has(Frame::kBroken)) return;  // its flow has it among the lost
        const bool left_its_nic = frame.kind == Happening::arrival && (started || !fabric.is_nic(port));
        if (acknowledgement)
            ++(left_its_nic ? left.travelling_acknowledgements : left.queued_acknowledgements)[frame.flow];
        else
            ++(left_its_nic ? left.travelling_packets : left.queued_packets)[frame.flow];
    });
    fabric.for_each_waiting([&](const Frame& frame, std::uint32_t port) {
        ++left.queued_frames[port];
        left.queued_bytes[port] += frame.bytes;
        if (frame.flow == kNoFlow || frame.has(Frame::kBroken)) return;
        const bool nic = fabric.is_nic(port);
        if (frame.has(Frame::kAcknowledgement))
            ++(nic ? left.queued_acknowledgements : left.travelling_acknowledgements)[frame.flow];
        else
            ++(nic ? left.queued_packets : left.travelling_packets)[frame.flow];
    });
    return left;
}

}  // namespace lightloom
