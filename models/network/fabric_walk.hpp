// The walk of a packet, in the order in which it happens; every step is a few lines of Fabric.
//
//   start / an acknowledgement -> make_ready -> serve -> send_packet -> transmit     source NIC
//   arrive -> forward -> choose_port -> enqueue (drop, mark) -> transmit             each switch
//   arrive -> receive_data -> deliver_messages (release the next step), acknowledge   destination
//   arrive -> receive_acknowledgement                                                 source again
//   check_timeouts                                                                    what was lost is sent again
//
// A frame is corrupted in transmit, by its link, and lost in arrive, at the first node that reads all of it.
// A node acts at two instants: an event at t is handled at t; whatever it makes a port do happens at t + the node's
// latency. So latency counts once, and a port sees its frames in order of time.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "models/network/bonded_walk.hpp"
#include "models/network/committed_walk.hpp"
#include "models/network/sampling_walk.hpp"
#include "models/network/scale_up_walk.hpp"
#include "models/network/sums_walk.hpp"
#include "models/network/work_walk.hpp"

namespace lightloom {

inline constexpr std::uint8_t kNotificationClass = 6;  // as NICs send them: DSCP 48

template <class Context>
[[gnu::always_inline]] inline void Fabric::handle(Context& context, const Frame& frame) {
    Node& node = nodes_[frame.node];
    if (commits<Context>() && node.in_order) [[unlikely]]
        catch_up(context, node, frame.at + node.latency);
    switch (frame.kind) {
        case Happening::pause:
        case Happening::credit: heed_peer(context, node, frame); return;
        case Happening::arrival:
            arrive(node, statistics_[context.index()], frame);
            if (node.is_switch)
                forward(context, node, frame);
            else if (frame.has(Frame::kCorrupted | Frame::kBroken))
                return;
            else if (frame.has(Frame::kAcknowledgement))
                receive_acknowledgement(context, node, frame);
            else
                receive_data(context, node, frame);
            return;
        case Happening::scale_up: relay(context, node, frame); return;
        case Happening::tail: forward(context, node, frame); return;
        case Happening::start: open(context, node, frame.flow, frame.at); return;
        case Happening::begin:
        case Happening::computed: go_on(context, node, frame); return;
        case Happening::stepped: send_step(context, node, frame); return;
        case Happening::service:
            nics_[frame.flow].service_pending = false;
            serve(context, node, frame.flow, frame.at);
            return;
        case Happening::unpark:
            if (nics_[frame.flow].wake != frame.at) return;  // an earlier one was posted since
            nics_[frame.flow].wake = kNever;
            serve(context, node, frame.flow, frame.at);
            return;
        case Happening::wake: queues_[node.queues].wake_at = kNever; return;
        case Happening::timeout: check_timeouts(context, node, frame.at); return;
        case Happening::publication:
            if (publish(node, frame.at)) be_due_to_publish(context, node, frame.at);
            return;
        case Happening::sample: sample(context, node, frame); return;
    }
}

// Every frame that reaches a node passes here: what the digest sees, and where a corrupted frame counts as lost.
[[gnu::always_inline]] inline void Fabric::arrive(Node& node, Statistics& statistics, const Frame& frame) {
    node.digest.fold(static_cast<std::uint64_t>(frame.at.ps), std::uint64_t{frame.flow} << 32 | frame.packet,
                     std::uint64_t{frame.source} << 32 | std::uint32_t{frame.attempt} << 8 | frame.flags);
    PortCounters& ingress = counters_[frame.source];
    if (!frame.has(Frame::kCorrupted)) [[likely]] {
        ++ingress.frames_delivered;
        return;
    }
    ++ingress.frames_lost;
    ingress.frames_lost_in_dark += frame.has(Frame::kDark);
    FlowLosses& losses = statistics.losses[frame.flow];
    if (frame.has(Frame::kBroken)) return;  // it was counted on the link that broke it first
    ++(frame.has(Frame::kAcknowledgement) ? losses.lost_acknowledgements : losses.lost);
}

// A cable has one rate both ways, and the port that a frame came in by its clock, unless rates change in the run.
inline PortClock Fabric::incoming_clock(const Frame& frame) const {
    if (rates_.empty()) [[likely]]
        return ports_[frame.source].clock;
    const std::uint32_t sender = ports_[frame.source].peer;
    return clock_at(sender, frame.at - ports_[sender].delay);
}

// Would a port send a frame faster than it comes in?
inline bool Fabric::outruns(std::uint32_t port, const Frame& frame) const {
    if (rates_.empty()) [[likely]]
        return ports_[port].clock.faster_than(ports_[frame.source].clock);
    return clock_at(port, frame.at).faster_than(incoming_clock(frame));
}

// A switch passes a frame on. One that cuts through acts on the first bit, if the egress is no faster than the ingress;
// else, like any other, it waits for the last. Only a frame read whole can be checked: a broken one that is cut through
// travels on and takes its bandwidth.
template <class Context>
[[gnu::always_inline]] inline void Fabric::forward(Context& context, Node& node, const Frame& frame) {
    std::uint8_t flags = frame.flags;
    if (frame.has(Frame::kCorrupted | Frame::kBroken)) [[unlikely]] {
        if (!node.cuts_through) return let_go(context, node, frame);
        flags = static_cast<std::uint8_t>((flags & ~(Frame::kCorrupted | Frame::kDark)) | Frame::kBroken);
    }
    if (reroutes_ && frame.at >= steering_[node.buffer].routes_until) [[unlikely]]
        follow_routes(node, frame.at);
    const std::uint32_t port = choose_port(node, frame);
    if (port == kNoPort || frame.hops > network_.hop_limit) [[unlikely]] {
        if (frame.to_port == kNeighbour) return receive_at_switch(context, node, frame);
        let_go(context, node, frame);
        be_due_to_publish(context, node, frame.at);
        return give_up(node, statistics_[context.index()], frame, flags, port != kNoPort);
    }
    if (node.cuts_through && frame.kind == Happening::arrival && outruns(port, frame)) {
        if (flags & Frame::kBroken) return let_go(context, node, frame);
        Frame tail = frame;  // by the same ingress port, whose memory it is charged to
        tail.at = frame.at + incoming_clock(frame).duration_of(wire_bits(frame));
        tail.kind = Happening::tail;
        context.post(tail);
        return;
    }
    if (chooses_by_state_) [[unlikely]] {
        note_choice(node, frame);
        be_due_to_publish(context, node, frame.at);
    }
    enqueue(context, node, port, frame, flags, frame.at + node.latency);
}

// A frame ends in a switch that it took no memory of: its credit goes back, as a link that counts what was sent
// (InfiniBand: FCTBS and ABR) sets right what a lost frame would keep.
template <class Context>
[[gnu::always_inline]] inline void Fabric::let_go(Context& context, Node& node, const Frame& frame) {
    if (!commits<Context>() || network_.flow_control != FlowControl::credit || !is_lossless(frame.traffic_class))
        return;
    answer_ingress(context, node,
                   {.start = frame.at + node.latency,
                    .at = frame.at + node.latency,
                    .source = frame.source,
                    .bytes = frame.bytes,
                    .traffic_class = frame.traffic_class,
                    .in_headroom = false});
}

// Down to the destination's port at its own leaf; elsewhere one of the equal-cost next hops, if there is one. What
// waits for its tail is asked after twice, so nothing is noted here.
[[gnu::always_inline]] inline std::uint32_t Fabric::choose_port(const Node& node, const Frame& frame) const {
    if (frame.to_leaf == node.leaf) return node.first_port + frame.to_port;
    const Routes::PortSet& hops = routes_.sets[node.first_route + frame.to_leaf];
    if (hops.count < 2) return hops.count == 0 ? kNoPort : node.first_port + routes_.ports[hops.first];
    std::uint64_t key = path_key(frame) & hash_mask_;
    if (network_.path == PathPolicy::spray)
        key ^= packet_key(frame);
    else if (network_.path != PathPolicy::ecmp) [[unlikely]]
        return node.first_port + routes_.ports[hops.first + choose_among(node, frame, hops)];
    return node.first_port + routes_.ports[hops.first + pick(scramble(key ^ node.hash_salt), hops.count)];
}

// A switch's egress queue at the instant `now`: dropped for want of room, marked for the length of the queue, or sent.
template <class Context>
[[gnu::always_inline]] inline void Fabric::enqueue(Context& context, Node& node, std::uint32_t index,
                                                   const Frame& frame, std::uint8_t flags, Time now) {
    if (commits<Context>()) return enqueue_committed(context, node, index, frame, flags, now);
    const std::int64_t waiting = ports_[index].clock.backlog(now);
    if (!finds_room(buffers_[node.buffer], ports_[index].clock, frame, waiting, now)) [[unlikely]]
        return drop(context, index, frame, flags);
    if (is_to_be_marked(frame, index, waiting)) {
        flags |= Frame::kMarked;
        ++counters_[index].frames_marked;
    }
    buffers_[node.buffer].take(transmit(context, index, frame, flags, now), frame.bytes);
}

// Room for a frame that nothing protects: in the shared buffer, and in what its queue may hold of it.
// @param waiting  what the frame finds ahead of it, in PortClock's unit
[[gnu::always_inline]] inline bool Fabric::finds_room(SharedBuffer& buffer, const PortClock& clock, const Frame& frame,
                                                      std::int64_t waiting, Time now) const {
    if (!buffer.has_room(now, frame.bytes)) [[unlikely]]
        return false;
    std::int64_t limit_bits = queue_limit_bits_;
    if (network_.buffer_alpha > 0.0) limit_bits = std::min(limit_bits, 8 * shared_limit(buffer));
    return waiting <= clock.backlog_of(limit_bits - frame.bytes * std::int64_t{8});
}

template <class Context>
[[gnu::cold, gnu::noinline]] void Fabric::drop(Context& context, std::uint32_t index, const Frame& frame,
                                               std::uint8_t flags) {
    ++counters_[index].frames_dropped;
    if (flags & Frame::kBroken) return;  // its flow has it among the lost already
    FlowLosses& losses = statistics_[context.index()].losses[frame.flow];
    ++(frame.has(Frame::kAcknowledgement) ? losses.dropped_acknowledgements : losses.dropped);
}

// Explicit congestion notification (IETF RFC 3168), with the profile of DCQCN: never below the threshold, always above
// where it is full, and with a probability that rises linearly in between.
// @param waiting  what the frame finds ahead of it, in PortClock's unit
[[gnu::always_inline]] inline bool Fabric::is_to_be_marked(const Frame& frame, std::uint32_t index,
                                                           std::int64_t waiting) const {
    const PortClock& clock = ports_[index].clock;
    const std::int64_t threshold = clock.backlog_of(ecn_threshold_bits_);
    if (waiting <= threshold) [[likely]]
        return false;
    const std::int64_t full = clock.backlog_of(ecn_full_bits_);
    if (waiting > full) return true;
    const double probability =
        network_.ecn_probability * static_cast<double>(waiting - threshold) / static_cast<double>(full - threshold);
    const std::uint64_t drawn = scramble(scramble(network_.hash_seed ^ std::uint64_t{index} << 32 ^ frame.flow) ^
                                         static_cast<std::uint64_t>(frame.at.ps) ^ frame.packet);
    return static_cast<double>(drawn >> 11) * 0x1p-53 < probability;
}

// An arithmetic egress port: the exact clock, the link's loss, and the arrival at the other end. @return when the last
// bit leaves
template <class Context>
[[gnu::always_inline]] inline Time Fabric::transmit(Context& context, std::uint32_t index, const Frame& frame,
                                                    std::uint8_t flags, Time now) {
    Port& port = ports_[index];
    PortCounters& counters = counters_[index];
    const std::int64_t bits = wire_bits(frame);
    Time arrival, departure;
    if (port.on_first_bit) {
        arrival = port.clock.first_bit(now) + port.delay;
        departure = port.clock.last_bit(bits);
    } else {
        departure = port.clock.send(now, bits);
        arrival = departure + port.delay;
    }
    ++counters.frames_sent;
    counters.bytes_sent += frame.bytes;
    if ((departure - now).ps > counters.deepest_backlog_ps) counters.deepest_backlog_ps = (departure - now).ps;

    if (port.losses.spend(port.risk_bits + bits) || departure >= port.steady_until) [[unlikely]]
        flags |= meet_condition(index, frame, departure);
    post_arrival(context, port, frame, Happening::arrival, flags, arrival);
    return departure;
}

template <class Context>
[[gnu::always_inline]] inline void Fabric::post_arrival(Context& context, const Port& port, const Frame& frame,
                                                        Happening kind, std::uint8_t flags, Time at) {
    context.post_changed(
        frame, at, port.peer_node, [&](Frame & sent) __attribute__((always_inline)) {
            sent.source = port.peer;
            sent.attempt = frame.attempt;  // all four bytes, so that none is read back from what was just written
            sent.traffic_class = frame.traffic_class;
            sent.hops = (frame.hops + 1u) & 31u;
            sent.kind = kind;
            sent.flags = flags;
        });
}

[[gnu::always_inline]] inline std::int64_t Fabric::backlog_of(const CommittedRows& rows, int traffic_class, Time now) {
    const PortClock& clock = rows.port.clock;
    return clock.backlog(now) + clock.backlog_of(rows.committed.queue(traffic_class).bits);
}

[[gnu::always_inline]] inline Duration Fabric::waiting_at(bool committed, std::uint32_t index, int traffic_class,
                                                          Time now) const {
    const Port& port = ports_[index];
    if (scale_up_ && is_scale_up(index)) return port.clock.waiting(now - network_.nic_latency);
    if (!committed) return port.clock.waiting(now) + nics_[index].relayed;
    return port.clock.behind(now, committed_[index].queue(traffic_class).bits).waiting(now) + nics_[index].relayed;
}

// Does the peer not let this class send?
inline bool Fabric::is_stopped(std::uint32_t index, int traffic_class) const {
    if (index >= committed_.size()) return false;  // arithmetic, as all are into scale-up networks
    const CommittedPort& port = committed_[index];
    if (port.paused >> traffic_class & 1) return true;
    if (!port.needs_credit() || !is_lossless(traffic_class)) return false;
    const auto c = static_cast<std::size_t>(traffic_class);
    return port.credit_limit[c] - port.credit_used[c] < static_cast<std::uint32_t>(largest_frame_bytes_);
}

// What one queue, or one ingress of a lossless class, may hold of the shared buffer. Source: Choudhury and Hahne,
// "Dynamic queue length thresholds for shared-memory packet switches", 1998.
inline std::int64_t Fabric::shared_limit(const SharedBuffer& buffer) const {
    if (network_.buffer_alpha <= 0.0) return INT32_MAX;
    return static_cast<std::int64_t>(network_.buffer_alpha * static_cast<double>(buffer.free_bytes()));
}

template <class Context>
[[gnu::always_inline]] inline void Fabric::receive_data(Context& context, Node& node, const Frame& frame) {
    Statistics& statistics = statistics_[context.index()];
    Receiver& receiver = transport_.receiver(frame.flow);
    const std::int64_t latency_ps = (frame.at - frame.sent_at).ps;
    statistics.packet_latency.record(latency_ps);
    if (receiver.last_latency_ps >= 0) statistics.packet_jitter.record(std::abs(latency_ps - receiver.last_latency_ps));
    receiver.last_latency_ps = latency_ps;
    receiver.marks += frame.has(Frame::kMarked);
    const std::uint32_t useless = receiver.duplicates + receiver.refused;
    const Answer answer =
        transport_.receive(frame.flow, frame.packet, frame.has(Frame::kLast), frame.has(Frame::kTrimmed));
    if (answer == Answer::none) [[unlikely]]
        return;
    if (receiver.duplicates + receiver.refused == useless)
        statistics.payload_bytes_delivered += frame.bytes - header_bytes(frame);

    if (bonded_) [[unlikely]]
        answer_by_pair_of(frame, receiver);
    Frame acknowledgement = frame;
    acknowledgement.sent_at = frame.at;
    acknowledgement.cumulative = receiver.base;
    acknowledgement.to_leaf = receiver.to_leaf;
    acknowledgement.to_port = receiver.to_port;
    acknowledgement.traffic_class = network_.acknowledgement_class & 7u;
    acknowledgement.hops = 0;
    acknowledgement.bytes = static_cast<std::uint16_t>(network_.framing.acknowledgement.count);
    if (frame.has(Frame::kMarked) && control_.notifies(frame.flow, frame.at)) {
        Frame notification = acknowledgement;
        notification.traffic_class = kNotificationClass;
        launch(context, node, receiver.nic_port, notification, Frame::kAcknowledgement | Frame::kNotification,
               frame.at);
    }
    const auto flags = static_cast<std::uint8_t>(Frame::kAcknowledgement | (frame.flags & Frame::kMarked) |
                                                 (answer == Answer::negative ? Frame::kNegative : 0));
    launch(context, node, receiver.nic_port, acknowledgement, flags, frame.at);

    if (receiver.announced != receiver.messages) deliver_messages(context, node, frame.flow, frame.at);
}

template <class Context>
[[gnu::always_inline]] inline void Fabric::receive_acknowledgement(Context& context, Node& node, const Frame& frame) {
    Statistics& statistics = statistics_[context.index()];
    Sender& sender = transport_.sender(frame.flow);
    if (frame.has(Frame::kNotification)) return control_.note_notification(frame.flow, frame.at);
    statistics.acknowledgement_latency.record((frame.at - frame.sent_at).ps);
    sender.marks += frame.has(Frame::kMarked);
    if (sender.has_failed()) [[unlikely]]
        return;
    const CongestionControl::Before before(sender);
    const bool refused = frame.has(Frame::kNegative);
    const bool moved = refused ? transport_.refuse(frame.flow, frame.packet, frame.cumulative)
                               : transport_.acknowledge(frame.flow, frame.packet, frame.cumulative);
    if (control_.active())
        control_.note_answer(frame.flow, before, frame.packet, frame.has(Frame::kMarked), frame.at, transport_);
    else if (!moved && !refused)
        return;
    if (moved) transport_.note_progress(frame.flow, frame.at);
    while (transport_.may_close(frame.flow)) {
        statistics.message_latency.record((frame.at - transport_.close_message(frame.flow)).ps);
        ++statistics.messages_acknowledged;
        flow_times_[frame.flow].acknowledged_ps = frame.at.ps;
        if (opened_of_loop_.empty()) [[likely]]
            continue;
        if (const std::uint32_t loop = traffic_.flows[frame.flow].loop; loop != Traffic::kNone)
            open_next(context, node, loop, frame.at);
    }
    make_ready(context, node, frame.flow, frame.at);
}

// A flow that may have something to send joins its NIC's list, and the NIC sends what its port can take.
template <class Context>
void Fabric::make_ready(Context& context, Node& node, std::uint32_t flow, Time now) {
    const Sender& sender = transport_.sender(flow);
    if (!sender.ready) nics_[sender.nic_port].append(transport_, flow);
    serve(context, node, sender.nic_port, now);
}

// A NIC keeps no queue of packets. It asks its flows in turn for one packet each while its port has less than two full
// frames to send, and comes back when one of them is left. So an acknowledgement waits for a frame or two, not for a
// window. A flow that is held to a rate is parked until its time; one whose class the peer has stopped is passed over,
// and the port comes back to it when the peer lets go. What a switch has to send of its own queues like all else there.
template <class Context>
void Fabric::serve(Context& context, Node& node, std::uint32_t port, Time now) {
    if (bonded_ && pairs_.is_bonded(port)) [[unlikely]]
        return serve_bonded(context, node, port, now);
    Nic& nic = nics_[port];
    if (nic.due <= now) unpark(nic, now);
    if (commits<Context>() && !is_scale_up(port)) start_until(context, node, rows_of(node, port), now + node.latency);
    std::uint32_t first_stopped = Nic::kNone;
    while (nic.first_ready != Nic::kNone && !nic.service_pending) {
        const int traffic_class = class_of_flow_[nic.first_ready];
        const Duration waiting = waiting_at(commits<Context>(), port, traffic_class, now + node.latency);
        if (waiting > nic.full_frame * 2 && !node.is_switch) {
            if (is_stopped(port, traffic_class)) {
                if (nic.first_ready == first_stopped) break;
                if (first_stopped == Nic::kNone) first_stopped = nic.first_ready;
                nic.append(transport_, nic.take_first(transport_));
                continue;
            }
            nic.service_pending = true;
            Frame service{};
            service.flow = port;
            post_own(context, node, service, Happening::service, now + (waiting - nic.full_frame));
            return;
        }
        const std::uint32_t flow = nic.take_first(transport_);
        if (!transport_.may_send(flow, now) || !control_.has_room(flow, transport_)) continue;
        if (const Time next = control_.next_send(flow); next > now) {
            nic.park(transport_, flow, next);
            continue;
        }
        send_packet(context, node, flow, port, 0, waiting, now);
        nic.append(transport_, flow);
    }
    if (nic.due >= nic.wake || nic.service_pending) return;
    nic.wake = nic.due;
    Frame wake{};
    wake.flow = port;
    post_own(context, node, wake, Happening::unpark, nic.wake);
}

// Parked flows whose time has come join the list of those that are asked in turn.
inline void Fabric::unpark(Nic& nic, Time now) {
    std::uint32_t flow = std::exchange(nic.first_parked, Nic::kNone);
    nic.due = kNever;
    while (flow != Nic::kNone) {
        const std::uint32_t next = transport_.sender(flow).next_ready;
        if (const Time due = control_.next_send(flow); due > now)
            nic.park(transport_, flow, due);
        else
            nic.append(transport_, flow);
        flow = next;
    }
}

template <class Context>
void Fabric::send_packet(Context& context, Node& node, std::uint32_t flow, std::uint32_t port, std::uint32_t pair,
                         Duration waiting, Time now) {
    const std::uint16_t entropy = transport_.entropy(flow);
    const WindowTransport::Packet packet = transport_.take(flow, now);
    const Sender& sender = transport_.sender(flow);
    const Frame frame{.at = now,
                      .node = 0,
                      .source = 0,
                      .sent_at = now + waiting,
                      .flow = flow,
                      .packet = packet.number,
                      .cumulative = pair,
                      .to_leaf = sender.to_leaf,
                      .to_port = sender.to_port,
                      .bytes = static_cast<std::uint16_t>(network_.framing.header.count + packet.payload_bytes),
                      .entropy = static_cast<std::uint16_t>(
                          entropy ^ entropy_of(network_.path, sender.opened - 1, packet.number, network_.queue_pairs)),
                      .attempt = sender.attempt,
                      .traffic_class = static_cast<std::uint8_t>(class_of_flow_[flow] & 7u),
                      .hops = 0,
                      .kind = Happening::arrival,
                      .flags = 0};
    if (control_.active()) control_.note_sent(flow, packet.number, wire_bits(frame) + gap_bits_, now, frame.sent_at);
    launch(context, node, port, frame, packet.last ? Frame::kLast : std::uint8_t{0}, now);
    if (node.timeout_pending) return;
    node.timeout_pending = true;
    post_own(context, node, Frame{}, Happening::timeout, now + transport_.parameters().timeout);
}

// A node has one pending time-out at most, for its earliest deadline. Flows whose window has not moved for a time-out
// repeat what is missing, or fail if that was their last try; the others are looked at again when their time comes.
template <class Context>
void Fabric::check_timeouts(Context& context, Node& node, Time now) {
    for (std::uint32_t flow = node.first_flow; flow < node.last_flow; ++flow) {
        const Sender& sender = transport_.sender(flow);
        if (!sender.waits() || sender.progress + transport_.parameters().timeout > now) continue;
        transport_.time_out(flow, now);
        control_.note_timeout(flow);
        make_ready(context, node, flow, now);
    }
    Time earliest = kNever;
    for (std::uint32_t flow = node.first_flow; flow < node.last_flow; ++flow)
        if (const Sender& sender = transport_.sender(flow); sender.waits())
            earliest = std::min(earliest, sender.progress + transport_.parameters().timeout);
    node.timeout_pending = earliest != kNever;
    if (node.timeout_pending) post_own(context, node, Frame{}, Happening::timeout, earliest);
}

// A switch that had a frame has something to tell its neighbours of, if it is one that does.
template <class Context>
void Fabric::be_due_to_publish(Context& context, Node& node, Time now) {
    Steering& steering = steering_[node.buffer];
    if (steering.row == PublishedQueues::kNone || std::exchange(steering.publishes, true)) return;
    post_own(context, node, Frame{}, Happening::publication, published_.next(now));
}

template <class Context>
void Fabric::post_own(Context& context, Node& node, Frame frame, Happening kind, Time at) {
    frame.at = at;
    frame.node = static_cast<std::uint32_t>(&node - nodes_.data());
    frame.source = kOwnEvent | node.own_events++;
    frame.kind = kind;
    context.post(frame);
}

}  // namespace lightloom
