// The walk of a frame through a committed port (models/network/committed_ports.hpp):
//
//   enqueue_committed -> admit (shared buffer, headroom; pause the peer) -> hand_over
//   start_next (class, pause, credit) -> on the line -> depart (memory, resume or credit the peer) -> start_next
//
// Every touch of a node brings its ports up to the touch's instant first, departures before touches; the end of a
// window brings them up to where the next touch can be at the earliest. So a port sees everything in order of time,
// however long the windows are, and a node costs one wake-up call per window at most.
#pragma once

#include "models/network/fabric.hpp"

namespace lightloom {

template <class Context>
void Fabric::end_of_window(Context& context, std::uint32_t index, Time end) {
    Node& node = nodes_[index];
    if (node.queues == CommittedPort::kNone) return;
    NodeQueues& queues = queues_[node.queues];
    if (queues.nothing_departs()) return;
    depart_until(context, node, end + node.latency - Duration{1});
    // Memory that comes free can wait until somebody asks; a frame, a pause or a credit cannot.
    if (queues.nothing_departs() || (queues.waiting() == 0 && network_.flow_control == FlowControl::none)) return;
    const Time wake = queues.next_departure() - node.latency;
    if (wake >= queues.wake_at) return;
    queues.wake_at = wake;
    post_own(context, node, Frame{}, Happening::wake, wake);
}

// A switch's egress queue at the instant `now`.
template <class Context>
void Fabric::enqueue_committed(Context& context, Node& node, std::uint32_t index, const Frame& frame,
                               std::uint8_t flags, Time now) {
    NodeQueues::Slot slot{.frame = frame};
    slot.frame.flags = flags;
    slot.frame.kind = Happening::arrival;
    Admission admission = admit(context, node, index, slot.frame, now);
    if (admission == Admission::dropped && network_.trimming &&
        !slot.frame.has(Frame::kAcknowledgement | Frame::kTrimmed | Frame::kBroken)) {
        ++committed_[index].trimmed;
        slot.frame.flags |= Frame::kTrimmed;
        slot.frame.bytes = static_cast<std::uint16_t>(network_.framing.header.count);
        slot.frame.traffic_class = kTrafficClasses - 1;
        admission = admit(context, node, index, slot.frame, now);
    }
    if (admission == Admission::dropped) return drop(context, index, slot.frame, slot.frame.flags);
    if (is_to_be_marked(slot.frame, index, backlog_at(index, slot.frame.traffic_class, now))) {
        slot.frame.flags |= Frame::kMarked;
        ++counters_[index].frames_marked;
    }
    slot.in_headroom = admission == Admission::headroom;
    hand_over(context, node, index, slot, slot.frame.traffic_class, now);
}

// Is there room for a frame? A lossless one that finds the shared buffer used up is taken into its link's headroom, and
// the peer is told to pause. That is where memory is charged to whom it came from.
template <class Context>
Fabric::Admission Fabric::admit(Context& context, Node& node, std::uint32_t index, const Frame& frame, Time now) {
    SharedBuffer& buffer = buffers_[node.buffer];
    if (!is_lossless(frame.traffic_class)) {
        if (!finds_room(node, index, frame, backlog_at(index, frame.traffic_class, now), now))
            return Admission::dropped;
        buffer.hold(frame.bytes);
        return Admission::shared;
    }
    CommittedPort& ingress = committed_[frame.source];
    std::int32_t& held = ingress.held[frame.traffic_class];
    std::int32_t& headroom_used = ingress.headroom_used[frame.traffic_class];
    const bool fits = buffer.has_room(now, frame.bytes) && held - headroom_used + frame.bytes <= shared_limit(node);
    if (network_.flow_control == FlowControl::pause && !fits) {
        if (headroom_used + frame.bytes > ingress.headroom) return Admission::dropped;
        headroom_used += frame.bytes;
        held += frame.bytes;
        ingress.deepest_headroom = std::max(ingress.deepest_headroom, headroom_used);
        if (!(ingress.has_paused >> frame.traffic_class & 1)) {
            ingress.has_paused |= static_cast<std::uint8_t>(1u << frame.traffic_class);
            ++ingress.pauses_sent;
            const CommittedPort& egress = committed_[index];
            const bool stopped = egress.paused >> frame.traffic_class & 1;
            tell_peer(context, node, frame.source, Happening::pause, frame.traffic_class, 1,
                      static_cast<std::uint8_t>(1 + (stopped ? std::min<int>(egress.pause_depth, 254) : 0)), now);
        }
        return Admission::headroom;
    }
    if (network_.flow_control == FlowControl::pause) buffer.hold(frame.bytes);
    held += frame.bytes;
    return Admission::shared;
}

// A frame joins its class at a port; if the port is free and the class may send, it leaves at once.
template <class Context>
void Fabric::hand_over(Context& context, Node& node, std::uint32_t index, const NodeQueues::Slot& slot, int queue,
                       Time now) {
    CommittedPort& port = committed_[index];
    PortCounters& counters = counters_[index];
    ++counters.frames_sent;
    counters.bytes_sent += slot.frame.bytes;
    PortClock clock = ports_[index].clock.behind(port.waiting_bits);
    const Duration backlog = clock.send(now, wire_bits(slot.frame)) - now;
    counters.deepest_backlog_ps = std::max(counters.deepest_backlog_ps, backlog.ps);
    queues_[node.queues].push(port, queue, slot, wire_and_gap_bits(slot.frame));
    if (!port.busy()) start_idle(context, node, index, now);
}

// All of a node's ports that come free at `now` or before, in order of time.
template <class Context>
void Fabric::depart_until(Context& context, Node& node, Time now) {
    NodeQueues& queues = queues_[node.queues];
    while (!queues.nothing_departs() && queues.next_departure() <= now)
        depart(context, node, queues.next_port(), queues.next_departure());
}

template <class Context>
void Fabric::depart(Context& context, Node& node, std::uint32_t index, Time now) {
    NodeQueues& queues = queues_[node.queues];
    CommittedPort& port = committed_[index];
    const std::uint32_t gone = port.sending;  // busy until all is said: what is told by this very port waits its turn
    if (node.is_switch && queues.slot(gone).frame.flow != kNoFlow) free_ingress(context, node, gone, now);
    port.sending = CommittedPort::kNone;
    queues.release(gone);
    if (const Time next = start_next(context, node, index, now, true); next != kNever)
        queues.replace_departure(next);
    else
        queues.drop_departure();
}

// The same for a port that was idle.
template <class Context>
void Fabric::start_idle(Context& context, Node& node, std::uint32_t index, Time now) {
    const Time departure = start_next(context, node, index, now, false);
    if (departure != kNever) queues_[node.queues].add_departure(departure, index);
}

// Which of a port's lists have a frame that may leave: bit c for class c.
inline unsigned Fabric::eligible(const CommittedPort& port, const NodeQueues& queues) const {
    unsigned classes = port.waiting & ~unsigned{port.paused};
    if (!port.needs_credit()) return classes;
    for (int c = 0; c < kTrafficClasses; ++c) {
        const auto i = static_cast<std::size_t>(c);
        if (!(classes >> c & 1u) || !is_lossless(c)) continue;
        const std::uint32_t left = port.credit_limit[i] - port.credit_used[i];
        if (queues.slot(port.queues[i].first).frame.bytes > left) classes &= ~(1u << c);
    }
    return classes;
}

// A free port sends its next frame, if one may leave. What its link corrupted and can repeat (link-level retry) is sent
// again when the peer's refusal is back; the frames sent meanwhile would be refused too, so the port may as well wait.
// @return when the last bit leaves; kNever: nothing does
template <class Context>
Time Fabric::start_next(Context& context, Node& node, std::uint32_t index, Time now, bool back_to_back) {
    NodeQueues& queues = queues_[node.queues];
    Port& port = ports_[index];
    CommittedPort& committed = committed_[index];
    if (now >= port.steady_until) [[unlikely]]
        take_up_rate(index, now);
    const unsigned classes = eligible(committed, queues);
    if (classes == 0) return kNever;
    const auto head = [&](int c) -> const Frame& {
        return queues.slot(committed.queues[static_cast<std::size_t>(c)].first).frame;
    };
    const int queue =
        classes >> kControl & 1u
            ? kControl
            : committed.scheduler.choose(classes, network_.classes, [&](int c) { return wire_and_gap_bits(head(c)); });
    const std::int64_t bits = wire_bits(head(queue));
    committed.sending = queues.pop(committed, queue, bits + gap_bits_);
    const Frame& frame = queues.slot(committed.sending).frame;
    if (committed.needs_credit() && queue != kControl && is_lossless(queue))
        committed.credit_used[static_cast<std::size_t>(queue)] += frame.bytes;

    std::uint8_t flags = frame.flags;
    Time departure, arrival;
    for (std::int64_t attempt = 0;; ++attempt) {
        const Time first =
            port.on_first_bit ? (back_to_back ? port.clock.first_bit_next() : port.clock.first_bit(now)) : now;
        departure = port.on_first_bit ? port.clock.last_bit(bits)
                    : back_to_back    ? port.clock.send_next(bits)
                                      : port.clock.send(now, bits);
        arrival = (port.on_first_bit ? first : departure) + port.delay;
        if (queue == kControl) break;  // it is short, and is repeated in reality until it is heard
        std::uint8_t met = 0;
        if (port.losses.spend(port.risk_bits + bits) || departure >= port.steady_until) [[unlikely]]
            met = meet_condition(index, frame, departure);
        if (met != Frame::kCorrupted || attempt == network_.link_retries) {
            flags |= met;
            break;
        }
        ++committed.replays;
        now = departure + port.delay + ports_[port.peer].delay;
        port.clock.hold_until(now);
        back_to_back = false;
    }
    post_arrival(context, index, frame, frame.kind, flags, arrival);
    return departure;
}

// A frame has left a switch: its memory is free, and whom it came from may be owed a resume or a credit.
template <class Context>
void Fabric::free_ingress(Context& context, Node& node, std::uint32_t slot_index, Time now) {
    const NodeQueues::Slot& slot = queues_[node.queues].slot(slot_index);
    const std::uint32_t port = slot.frame.source;  // it moves with what tell_peer() adds
    const std::int32_t bytes = slot.frame.bytes;
    const int c = slot.frame.traffic_class;
    const bool lossless = is_lossless(c);
    if (!slot.in_headroom && !(lossless && network_.flow_control == FlowControl::credit))
        buffers_[node.buffer].give_back(now, bytes);
    if (!lossless) return;
    const auto i = static_cast<std::size_t>(c);
    CommittedPort& ingress = committed_[port];
    ingress.held[i] -= bytes;
    if (slot.in_headroom) ingress.headroom_used[i] -= bytes;
    if (network_.flow_control == FlowControl::credit) {
        ingress.credited[i] += static_cast<std::uint32_t>(bytes);
        if (ingress.credited[i] - ingress.told[i] < static_cast<std::uint32_t>(ingress.headroom / 4)) return;
        ingress.told[i] = ingress.credited[i];
        return tell_peer(context, node, port, Happening::credit, c, ingress.credited[i], 0, now);
    }
    if (!(ingress.has_paused >> c & 1)) return;
    // Not before two frames would fit: else every frame that leaves would stop and start the peer.
    if (ingress.held[i] > 0 &&
        (ingress.headroom_used[i] > 0 || ingress.held[i] + 2 * largest_frame_bytes_ > shared_limit(node)))
        return;
    ingress.has_paused &= static_cast<std::uint8_t>(~(1u << c));
    tell_peer(context, node, port, Happening::pause, c, 0, 0, now);
}

// A pause, a resume or a credit sets out to the peer of a port, ahead of all that waits there.
template <class Context>
void Fabric::tell_peer(Context& context, Node& node, std::uint32_t port, Happening what, int traffic_class,
                       std::uint32_t value, std::uint8_t depth, Time now) {
    Frame frame{};
    frame.flow = kNoFlow;
    frame.packet = static_cast<std::uint32_t>(traffic_class);
    frame.cumulative = value;
    frame.bytes = kControlBytes;
    frame.attempt = depth;
    frame.kind = what;
    hand_over(context, node, port, {.frame = frame}, kControl, now);
}

// The port that a pause, a resume or a credit came in by changes at the node's egress instant, like any port.
template <class Context>
void Fabric::heed_peer(Context& context, Node& node, const Frame& frame) {
    const Time now = frame.at + node.latency;
    CommittedPort& port = committed_[frame.source];
    const std::size_t c = frame.packet;
    const auto bit = static_cast<std::uint8_t>(1u << c);
    ++counters_[frame.source].frames_delivered;
    node.digest.fold(static_cast<std::uint64_t>(frame.at.ps), std::uint64_t{frame.packet} << 32 | frame.cumulative,
                     std::uint64_t{frame.source} << 32 | static_cast<std::uint32_t>(frame.kind));
    if (frame.kind == Happening::credit) {
        port.credit_limit[c] = frame.cumulative + port.credit_window;
    } else if (frame.cumulative != 0) {
        ++port.pauses_received;
        port.paused |= bit;
        port.paused_since[c] = now;
        port.pause_depth = frame.attempt;
        port.deepest_pause = std::max(port.deepest_pause, frame.attempt);
    } else if (port.paused & bit) {
        port.paused &= static_cast<std::uint8_t>(~bit);
        port.paused_ps += (now - port.paused_since[c]).ps;
    }
    if (!port.busy()) start_idle(context, node, frame.source, now);
    if (!node.is_switch) serve(context, node, frame.source, frame.at);
}

}  // namespace lightloom
