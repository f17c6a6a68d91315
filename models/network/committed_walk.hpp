// The walk of a frame through a committed port (models/network/committed_ports.hpp):
//
//   enqueue_committed -> admit (shared buffer, headroom; pause the peer) -> hand_over
//   hand_over or start_next (class, pause, credit) -> begin (on the line) -> free_ingress (memory, resume or credit)
//
// A port is brought up to an instant before it is touched, and all of a node's ports at the end of a window, up to
// where the next touch can be at the earliest: a node costs one wake-up call per window at most. What one port sends
// changes nothing for another but the room that is left, and old news of that errs on the safe side: too little. So
// ports are brought up one by one, and all of them before a frame is refused. Only where what a port sends makes
// another speak to its peer (credits, and pauses while any is in force), or routes ask for every queue (adaptive), does
// the node go in order of time over all its ports.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "models/network/fabric.hpp"

namespace lightloom {

template <class Context>
void Fabric::end_of_window(Context& context, std::uint32_t index, Time end) {
    Node& node = nodes_[index];
    if (!commits<Context>()) return;
    NodeQueues& queues = queues_[node.queues];
    if (queues.candidates.empty()) return;
    catch_up(context, node, end + node.latency - Duration{1});
    const Time next = prune_candidates(node);
    if (next == kNever) return;
    const Time wake = next - node.latency;
    if (wake >= queues.wake_at) return;
    queues.wake_at = wake;
    post_own(context, node, Frame{}, Happening::wake, wake);
}

// Where what a port sends matters to another port, or where routes depend on all of them.
inline bool Fabric::goes_in_order(const Node& node) const {
    return queues_[node.queues].pauses != 0 ||
           (node.is_switch && (network_.flow_control == FlowControl::credit || network_.path == PathPolicy::adaptive));
}

// Ports with nothing that may leave are no candidates. @return when the first of the others can go on
inline Time Fabric::prune_candidates(Node& node) {
    NodeQueues& queues = queues_[node.queues];
    queues.order_candidates(committed_);
    node.in_order = goes_in_order(node);
    return queues.candidates.empty() ? kNever : queues.candidates.front().at;
}

// All of a node's ports send what can begin to leave at `now` or before.
template <class Context>
void Fabric::catch_up(Context& context, Node& node, Time now) {
    NodeQueues& queues = queues_[node.queues];
    if (!node.in_order) {
        for (const NodeQueues::Candidate& candidate : queues.candidates)
            start_until(context, node, rows_of(node, candidate.port), now);
        return;
    }
    while (!queues.candidates.empty() && queues.candidates.front().at <= now) {
        const NodeQueues::Candidate first = queues.candidates.front();
        const CommittedRows rows = rows_of(node, first.port);
        CommittedPort& port = rows.committed;
        if (port.next_start != first.at) {
            queues.replace_first(port.next_start);
        } else if (const unsigned classes = eligible(port, queues); classes == 0) {
            port.next_start = kNever;
            drop_candidate(queues, port);
        } else {
            const Departure gone = start_next(context, rows, classes);
            if (port.waiting != 0)
                queues.replace_first(port.next_start);
            else
                drop_candidate(queues, port);
            if (node.is_switch) free_ingress(context, node, gone);
        }
    }
}

inline void Fabric::drop_candidate(NodeQueues& queues, CommittedPort& port) {
    port.listed = false;
    queues.drop_first();
}

inline void Fabric::add_candidate(Node& node, const CommittedRows& rows) {
    rows.committed.listed = true;
    std::vector<NodeQueues::Candidate>& candidates = rows.queues.candidates;
    candidates.push_back({rows.committed.next_start, rows.index});
    if (node.in_order) std::push_heap(candidates.begin(), candidates.end());
}

// One port of a node that need not go in order.
template <class Context>
[[gnu::always_inline]] inline void Fabric::start_until(Context& context, Node& node, const CommittedRows& rows,
                                                       Time now) {
    while (rows.committed.next_start <= now) {
        const unsigned classes = eligible(rows.committed, rows.queues);
        if (classes == 0) {
            rows.committed.next_start = kNever;
            return;
        }
        const Departure gone = start_next(context, rows, classes);
        if (node.is_switch) free_ingress(context, node, gone);
    }
}

// A switch's egress queue at the instant `now`.
template <class Context>
[[gnu::always_inline]] inline void Fabric::enqueue_committed(Context& context, Node& node, std::uint32_t index,
                                                             const Frame& frame, std::uint8_t flags, Time now) {
    const CommittedRows rows = rows_of(node, index);
    if (!node.in_order) start_until(context, node, rows, now);
    const Admission admission = admit(context, node, rows, frame, now);
    if (admission == Admission::dropped) [[unlikely]] {
        constexpr std::uint8_t kWhole = Frame::kAcknowledgement | Frame::kTrimmed | Frame::kBroken;
        if (!network_.trimming || (flags & kWhole)) return drop(context, index, frame, flags);
        return enqueue_trimmed(context, node, index, frame, flags, now);
    }
    queue_admitted(context, node, rows, frame, flags, admission, now);
}

template <class Context>
[[gnu::always_inline]] inline void Fabric::queue_admitted(Context& context, Node& node, const CommittedRows& rows,
                                                          const Frame& frame, std::uint8_t flags, Admission admission,
                                                          Time now) {
    if (is_to_be_marked(frame, rows.index, backlog_of(rows, frame.traffic_class, now))) {
        flags |= Frame::kMarked;
        ++rows.counters.frames_marked;
    }
    hand_over(context, node, rows, frame, flags, frame.traffic_class, admission == Admission::headroom, now);
}

// A packet without room loses its payload, and its header goes on ahead of all others.
template <class Context>
[[gnu::noinline]] void Fabric::enqueue_trimmed(Context& context, Node& node, std::uint32_t index, Frame frame,
                                               std::uint8_t flags, Time now) {
    ++committed_[index].trimmed;
    flags |= Frame::kTrimmed;
    frame.bytes = static_cast<std::uint16_t>(network_.framing.header.count);
    frame.traffic_class = kTrafficClasses - 1;
    const CommittedRows rows = rows_of(node, index);
    const Admission admission = admit(context, node, rows, frame, now);
    if (admission == Admission::dropped) return drop(context, index, frame, flags);
    queue_admitted(context, node, rows, frame, flags, admission, now);
}

// Is there room for a frame? A lossless one that finds the shared buffer used up is taken into its link's headroom, and
// the peer is told to pause. That is where memory is charged to whom it came from.
template <class Context>
[[gnu::always_inline]] inline Fabric::Admission Fabric::admit(Context& context, Node& node, const CommittedRows& rows,
                                                              const Frame& frame, Time now) {
    SharedBuffer& buffer = buffers_[node.buffer];
    const bool lossless = is_lossless(frame.traffic_class);
    bool fits = has_room(buffer, rows, frame, lossless, now);
    if (!fits && !node.in_order) [[unlikely]] {
        catch_up(context, node, now);
        fits = has_room(buffer, rows, frame, lossless, now);
    }
    if (!lossless) {
        if (!fits) return Admission::dropped;
        buffer.hold(frame.bytes);
        return Admission::shared;
    }
    if (network_.flow_control == FlowControl::pause) {
        if (!fits) [[unlikely]]
            return admit_to_headroom(context, node, rows.index, frame, now);
        buffer.hold(frame.bytes);
    }
    committed_[frame.source].in_shared[frame.traffic_class] += frame.bytes;
    return Admission::shared;
}

[[gnu::always_inline]] inline bool Fabric::has_room(SharedBuffer& buffer, const CommittedRows& rows, const Frame& frame,
                                                    bool lossless, Time now) {
    if (!lossless) return finds_room(buffer, rows.port.clock, frame, backlog_of(rows, frame.traffic_class, now), now);
    if (network_.flow_control == FlowControl::credit) return true;
    const std::int32_t in_shared = committed_[frame.source].in_shared[frame.traffic_class];
    return buffer.has_room(now, frame.bytes) && in_shared + frame.bytes <= shared_limit(buffer);
}

template <class Context>
[[gnu::noinline]] Fabric::Admission Fabric::admit_to_headroom(Context& context, Node& node, std::uint32_t index,
                                                              const Frame& frame, Time now) {
    CommittedPort& ingress = committed_[frame.source];
    std::int32_t& in_headroom = ingress.in_headroom[frame.traffic_class];
    if (in_headroom + frame.bytes > ingress.headroom) return Admission::dropped;
    in_headroom += frame.bytes;
    ingress.deepest_headroom = std::max(ingress.deepest_headroom, in_headroom);
    if (ingress.has_paused >> frame.traffic_class & 1) return Admission::headroom;
    ingress.has_paused |= static_cast<std::uint8_t>(1u << frame.traffic_class);
    ++ingress.pauses_sent;
    NodeQueues& queues = queues_[node.queues];
    ++queues.pauses;
    if (!std::exchange(node.in_order, true)) queues.order_candidates(committed_);
    const CommittedPort& egress = committed_[index];
    const bool stopped = egress.paused >> frame.traffic_class & 1;
    tell_peer(context, node, frame.source, Happening::pause, frame.traffic_class, 1,
              static_cast<std::uint8_t>(1 + (stopped ? std::min<int>(egress.pause_depth, 254) : 0)), now);
    return Admission::headroom;
}

// A frame is for a port to send, which has been brought up to `now`. It leaves at once where nothing is ahead of it;
// else it joins its list.
template <class Context>
[[gnu::always_inline]] inline void Fabric::hand_over(Context& context, Node& node, const CommittedRows& rows,
                                                     const Frame& frame, std::uint8_t flags, int queue,
                                                     bool in_headroom, Time now) {
    CommittedPort& port = rows.committed;
    const bool leaves_at_once = port.free_at <= now && port.waiting == 0 && may_leave(port, queue, frame.bytes);
    if (leaves_at_once && now >= rows.port.steady_until) [[unlikely]]
        take_up_rate(rows.index, now);
    ++rows.counters.frames_sent;
    rows.counters.bytes_sent += frame.bytes;
    if (leaves_at_once) {
        const Departure gone = begin(context, rows, frame, flags, queue, in_headroom, now, false);
        rows.counters.deepest_backlog_ps = std::max(rows.counters.deepest_backlog_ps, (gone.at - now).ps);
        if (node.is_switch) free_ingress(context, node, gone);
        return;
    }
    NodeQueues::Slot& slot = rows.queues.push(port, queue, wire_and_gap_bits(frame));
    slot.frame = frame;
    slot.frame.flags = flags;
    slot.in_headroom = in_headroom;
    port.may_start(now);
    note_backlog(rows, now);
    if (!port.listed) add_candidate(node, rows);
}

// How long all that waits at a port keeps it busy, if that is the longest so far; a bound without a division comes
// first.
[[gnu::always_inline]] inline void Fabric::note_backlog(const CommittedRows& rows, Time now) {
    std::int64_t& deepest_ps = rows.counters.deepest_backlog_ps;
    const PortClock& clock = rows.port.clock;
    const std::int64_t left_ps = deepest_ps - clock.waiting(now).ps - 2;
    if (left_ps >= 0 && !clock.takes_longer(rows.committed.waiting_bits, Duration{left_ps})) [[likely]]
        return;
    deepest_ps = std::max(deepest_ps, clock.behind(now, rows.committed.waiting_bits).busy_after(now).ps);
}

// A class that nothing stops, with credit for so many bytes.
inline bool Fabric::may_leave(const CommittedPort& port, int queue, std::uint32_t bytes) const {
    if (port.paused >> queue & 1) return false;
    if (network_.flow_control != FlowControl::credit) [[likely]]
        return true;
    if (!port.needs_credit() || queue == kControl || !is_lossless(queue)) return true;
    const auto c = static_cast<std::size_t>(queue);
    return bytes <= port.credit_limit[c] - port.credit_used[c];
}

// Which of a port's lists have a frame that may leave: bit c for class c.
inline unsigned Fabric::eligible(const CommittedPort& port, const NodeQueues& queues) const {
    unsigned classes = port.waiting & ~unsigned{port.paused};
    if (network_.flow_control != FlowControl::credit) [[likely]]
        return classes;
    for (int c = 0; c < kTrafficClasses; ++c)
        if ((classes >> c & 1u) && !may_leave(port, c, queues.slot(port.queue(c).first).frame.bytes))
            classes &= ~(1u << c);
    return classes;
}

// A free port sends the next of the frames that wait. @param classes  that may leave; not 0
template <class Context>
[[gnu::always_inline]] inline Fabric::Departure Fabric::start_next(Context& context, const CommittedRows& rows,
                                                                   unsigned classes) {
    CommittedPort& port = rows.committed;
    if (port.next_start >= rows.port.steady_until) [[unlikely]]
        take_up_rate(rows.index, port.next_start);
    const auto head_bits = [&](int c) { return wire_and_gap_bits(rows.queues.slot(port.queue(c).first).frame); };
    const int queue = classes >> kControl & 1u ? kControl : port.scheduler.choose(classes, network_.classes, head_bits);
    const std::uint32_t index_of_slot = rows.queues.pop(port, queue, head_bits(queue));
    const NodeQueues::Slot& slot = rows.queues.slot(index_of_slot);
    const Departure gone = begin(context, rows, slot.frame, slot.frame.flags, queue, slot.in_headroom, port.next_start,
                                 port.next_start == port.free_at);
    port.next_start = port.waiting != 0 ? gone.at : kNever;
    rows.queues.release(index_of_slot);
    return gone;
}

// A frame on the line. What its link corrupted and can repeat (link-level retry) is sent again when the peer's refusal
// is back; the frames sent meanwhile would be refused too, so the port may as well wait.
// @param back_to_back  it waited for the frame before it: no idle time but the gap
template <class Context>
[[gnu::always_inline]] inline Fabric::Departure Fabric::begin(Context& context, const CommittedRows& rows,
                                                              const Frame& frame, std::uint8_t flags, int queue,
                                                              bool in_headroom, Time start, bool back_to_back) {
    Port& port = rows.port;
    CommittedPort& committed = rows.committed;
    const std::int64_t bits = wire_bits(frame);
    if (network_.flow_control == FlowControl::credit && committed.needs_credit() && queue != kControl &&
        is_lossless(queue))
        committed.credit_used[static_cast<std::size_t>(queue)] += frame.bytes;
    Time departure, arrival, now = start;
    for (std::int64_t attempt = 0;; ++attempt) {
        if (port.on_first_bit) {
            arrival = (back_to_back ? port.clock.first_bit_next() : port.clock.first_bit(now)) + port.delay;
            departure = port.clock.last_bit(bits);
        } else {
            departure = back_to_back ? port.clock.send_next(bits) : port.clock.send(now, bits);
            arrival = departure + port.delay;
        }
        if (queue == kControl) break;  // it is short, and is repeated in reality until it is heard
        std::uint8_t met = 0;
        if (port.losses.spend(port.risk_bits + bits) || departure >= port.steady_until) [[unlikely]]
            met = meet_condition(rows.index, frame, departure, attempt == network_.link_retries);
        if (met != Frame::kCorrupted || attempt == network_.link_retries) {
            flags |= met;
            break;
        }
        ++committed.replays;
        committed.replayed_bits += bits + gap_bits_;
        now = departure + port.delay + ports_[port.peer].delay;
        port.clock.hold_until(now);
        if (now >= port.steady_until) take_up_rate(rows.index, now);
        back_to_back = false;
    }
    committed.free_at = departure;
    const Happening kind = queue == kControl ? frame.kind : Happening::arrival;
    post_arrival(context, port, frame, kind, flags, arrival);
    return {.start = start,
            .at = departure,
            .source = frame.source,
            .bytes = frame.bytes,
            .traffic_class = frame.source == kNoIngress ? std::uint8_t{kControl} : frame.traffic_class,
            .in_headroom = in_headroom};
}

// A frame has begun to leave a switch: its memory will be free, and whom it came from may be owed a resume or a credit.
template <class Context>
[[gnu::always_inline]] inline void Fabric::free_ingress(Context& context, Node& node, const Departure& gone) {
    const int c = gone.traffic_class;
    if (c == kControl) return;
    const bool lossless = is_lossless(c);
    if (!gone.in_headroom && !(lossless && network_.flow_control == FlowControl::credit))
        buffers_[node.buffer].give_back(gone.start, gone.at, gone.bytes);
    if (!lossless) return;
    const auto i = static_cast<std::size_t>(c);
    CommittedPort& ingress = committed_[gone.source];
    (gone.in_headroom ? ingress.in_headroom : ingress.in_shared)[i] -= gone.bytes;
    if (node.in_order) [[unlikely]]
        answer_ingress(context, node, gone);
}

template <class Context>
[[gnu::noinline]] void Fabric::answer_ingress(Context& context, Node& node, const Departure& gone) {
    const int c = gone.traffic_class;
    const auto i = static_cast<std::size_t>(c);
    CommittedPort& ingress = committed_[gone.source];
    if (network_.flow_control == FlowControl::credit) {
        ingress.credited[i] += gone.bytes;
        if (ingress.credited[i] - ingress.told[i] < static_cast<std::uint32_t>(ingress.headroom / 4)) return;
        ingress.told[i] = ingress.credited[i];
        return tell_peer(context, node, gone.source, Happening::credit, c, ingress.credited[i], 0, gone.start);
    }
    if (!(ingress.has_paused >> c & 1)) return;
    // Not before two frames would fit: else every frame that leaves would stop and start the peer.
    if (ingress.in_headroom[i] > 0) return;
    if (ingress.in_shared[i] > 0 &&
        ingress.in_shared[i] + 2 * largest_frame_bytes_ > shared_limit(buffers_[node.buffer]))
        return;
    ingress.has_paused &= static_cast<std::uint8_t>(~(1u << c));
    --queues_[node.queues].pauses;
    tell_peer(context, node, gone.source, Happening::pause, c, 0, 0, gone.start);
}

// A pause, a resume or a credit sets out to the peer of a port, ahead of all that waits there.
template <class Context>
void Fabric::tell_peer(Context& context, Node& node, std::uint32_t port, Happening what, int traffic_class,
                       std::uint32_t value, std::uint8_t depth, Time now) {
    Frame frame{};
    frame.source = kNoIngress;
    frame.flow = kNoFlow;
    frame.packet = static_cast<std::uint32_t>(traffic_class);
    frame.cumulative = value;
    frame.bytes = kControlBytes;
    frame.attempt = depth;
    frame.kind = what;
    hand_over(context, node, rows_of(node, port), frame, 0, kControl, false, now);
}

// The port that a pause, a resume or a credit came in by changes at the node's egress instant, like any port.
template <class Context>
void Fabric::heed_peer(Context& context, Node& node, const Frame& frame) {
    const Time now = frame.at + node.latency;
    CommittedPort& port = committed_[frame.source];
    const std::size_t c = frame.packet;
    const auto bit = static_cast<std::uint8_t>(1u << c);
    if (!node.in_order) start_until(context, node, rows_of(node, frame.source), now);
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
    if (port.waiting != 0) {  // it may be let go
        port.may_start(now);
        if (!port.listed) add_candidate(node, rows_of(node, frame.source));
        catch_up(context, node, now);
    }
    if (!node.is_switch) serve(context, node, frame.source, frame.at);
}

}  // namespace lightloom
