#include "models/transport/window_transport.hpp"

#include <algorithm>

namespace lightloom {
namespace {

// The most messages of a flow that can be open at once: as many of its smallest as fit into a window, and one cut by
// either end of it.
std::uint32_t most_open_messages(const Traffic& traffic, const Traffic::Flow& flow, const TransportParameters& p) {
    const std::int64_t fewest = packets_of(traffic.smallest_message_bytes(flow), p.payload);
    return static_cast<std::uint32_t>(std::min<std::int64_t>(flow.messages, p.window / fewest + 2));
}

}  // namespace

WindowTransport::WindowTransport(const Traffic& traffic, const TransportParameters& parameters)
    : traffic_(traffic),
      parameters_(parameters),
      senders_(traffic.flows.size()),
      receivers_(traffic.flows.size()),
      stalls_(traffic.flows.size()),
      acknowledged_(traffic.flows.size(), parameters.window),
      arrived_(traffic.flows.size(), parameters.window),
      asked_(repeats_one_by_one() ? traffic.flows.size() : 0, parameters.window) {
    first_slot_.reserve(traffic.flows.size() + 1);
    first_slot_.push_back(0);
    for (std::uint32_t flow = 0; flow < traffic.flows.size(); ++flow) {
        first_slot_.push_back(first_slot_.back() + most_open_messages(traffic, traffic.flows[flow], parameters));
        advance(flow, receivers_[flow].expected);
        advance(flow, senders_[flow].oldest);
    }
    opened_.resize(first_slot_.back());
}

void WindowTransport::advance(std::uint32_t flow, MessageCursor& cursor) const {
    ++cursor.message;
    const Traffic::Flow& spec = traffic_.flows[flow];
    if (cursor.message == spec.messages) {  // past the last: no packet belongs here
        cursor.end = UINT64_MAX;
        return;
    }
    const std::int64_t bytes = traffic_.message_bytes(spec, cursor.message);
    const std::int64_t packets = packets_of(bytes, parameters_.payload);
    cursor.end += static_cast<std::uint64_t>(packets);
    cursor.tail_bytes = static_cast<std::uint32_t>(bytes - (packets - 1) * parameters_.payload.count);
}

void WindowTransport::open_message(std::uint32_t flow, Time now) {
    Sender& s = senders_[flow];
    advance(flow, s.open);
    opened_[first_slot_[flow] + s.open.message % slots(flow)] = now;
}

[[gnu::cold, gnu::noinline]] void WindowTransport::note_stall(std::uint32_t flow, Time now, Time to) {
    std::unique_ptr<Stalls>& stalls = stalls_[flow];
    if (!stalls) {
        stalls = std::make_unique<Stalls>();
        stalls->rows.reserve(8);
    }
    const Time from = senders_[flow].moved;
    stalls->total_ps += (now - from).ps;
    if (stalls->rows.size() < Stalls::kMost || to == kNever) stalls->rows.push_back({from, to});
}

bool WindowTransport::skip_to_repetition(std::uint32_t flow) {
    Sender& s = senders_[flow];
    if (before_number(s.repeat, s.base)) s.repeat = before_number(s.repeat_end, s.base) ? s.repeat_end : s.base;
    if (repeats_one_by_one())
        s.repeat = s.asked == 0 ? s.repeat_end : asked_.first(flow, s.repeat, s.repeat_end);
    else
        while (s.repeat != s.repeat_end && acknowledged_.has(flow, s.repeat)) ++s.repeat;
    return s.repeat != s.repeat_end;
}

WindowTransport::Packet WindowTransport::take_repetition(std::uint32_t flow) {
    Sender& s = senders_[flow];
    ++s.retransmissions;
    const PacketNumber number = s.repeat++;
    if (repeats_one_by_one() && asked_.take(flow, number)) --s.asked;
    return {number, payload_of(flow, number)};
}

void WindowTransport::time_out(std::uint32_t flow, Time now) {
    Sender& s = senders_[flow];
    ++s.timeouts;
    ++s.attempt;
    if (++s.tries == parameters_.tries) {
        s.failed = now;
        note_stall(flow, now, kNever);
        s.longest_stall_ps = std::max(s.longest_stall_ps, (now - s.moved).ps);
        s.repeat = s.repeat_end;
        s.open.end = s.next;  // with nothing released, may_send() finds nothing
        s.released = 0;
        return;
    }
    switch (parameters_.reliability) {
        case Reliability::window:
            s.repeat = s.base;
            s.repeat_end = s.sent_by_progress;
            break;
        case Reliability::go_back_n:  // whatever was sent later was refused, or will be
            s.repeat = s.base;
            s.repeat_end = s.next;
            break;
        case Reliability::selective_repeat:
        case Reliability::unordered: ask(flow, s.base, s.sent_by_progress); break;
    }
    s.progress = now;
    s.sent_by_progress = s.next;
}

// `repeat` goes back to the first packet asked for; `repeat_end` never does, since all gaps before it have been named.
void WindowTransport::ask(std::uint32_t flow, PacketNumber first, PacketNumber last) {
    Sender& s = senders_[flow];
    if (before_number(s.repeat_end, s.base)) s.repeat = s.repeat_end = s.base;
    if (before_number(first, s.base)) first = s.base;
    if (!before_number(first, last)) return;
    for (PacketNumber packet = first; packet != last; ++packet)
        if (!acknowledged_.has(flow, packet) && !asked_.set(flow, packet)) ++s.asked;
    if (before_number(first, s.repeat)) s.repeat = first;
    if (before_number(s.repeat_end, last)) s.repeat_end = last;
}

bool WindowTransport::refuse(std::uint32_t flow, PacketNumber packet, PacketNumber cumulative) {
    Sender& s = senders_[flow];
    const bool overtaken = before_number(cumulative, s.base);  // by a later one that said more
    const bool arrived = parameters_.reliability == Reliability::selective_repeat;
    const bool moved = acknowledge(flow, arrived ? packet : cumulative - 1, cumulative);
    switch (parameters_.reliability) {
        case Reliability::window: break;
        case Reliability::go_back_n:
            if (overtaken) break;
            s.repeat = s.base;
            s.repeat_end = s.next;
            break;
        case Reliability::selective_repeat:
            ask(flow, before_number(s.repeat_end, s.base) ? s.base : s.repeat_end, packet);
            break;
        case Reliability::unordered: ask(flow, packet, packet + 1); break;
    }
    return moved;
}

[[gnu::noinline]] Answer WindowTransport::receive_otherwise(std::uint32_t flow, PacketNumber packet, bool trimmed) {
    Receiver& r = receivers_[flow];
    if (trimmed) {
        ++r.delivered;
        ++r.refused;
        if (parameters_.reliability != Reliability::unordered) return Answer::none;  // as if it had been dropped
        const bool late = before_number(packet, r.base) || arrived_.has(flow, packet);
        r.duplicates += late;
        return late ? Answer::positive : r.refuse();
    }
    switch (parameters_.reliability) {
        case Reliability::go_back_n: return receive_in_order(flow, packet);
        case Reliability::selective_repeat:
            accept(flow, packet);
            return before_number(r.base, packet) ? r.refuse() : Answer::positive;
        case Reliability::window:
        case Reliability::unordered: accept(flow, packet); return Answer::positive;
    }
    return Answer::none;
}

Answer WindowTransport::receive_in_order(std::uint32_t flow, PacketNumber packet) {
    Receiver& r = receivers_[flow];
    ++r.delivered;
    if (packet == r.base) {
        ++r.base;
        r.gap_named = false;
        return Answer::positive;
    }
    if (before_number(packet, r.base)) {
        ++r.duplicates;
        return Answer::positive;
    }
    ++r.refused;
    if (r.gap_named) return Answer::none;
    r.gap_named = true;
    return r.refuse();
}

std::uint32_t WindowTransport::in_flight(std::uint32_t flow) const {
    const Sender& s = senders_[flow];
    const PacketNumber from = before_number(s.repeat, s.base) ? s.base : s.repeat;
    const std::uint32_t waiting = repeats_one_by_one()                ? s.asked
                                  : before_number(from, s.repeat_end) ? s.repeat_end - from
                                                                      : 0;
    const std::uint32_t unacknowledged = s.next - s.base - s.held;
    return unacknowledged - std::min(unacknowledged, waiting);
}

std::uint32_t WindowTransport::payload_of(std::uint32_t flow, PacketNumber packet) const {
    MessageCursor cursor = senders_[flow].oldest;
    while (packet >= cursor.end) advance(flow, cursor);
    return packet + 1 == cursor.end ? cursor.tail_bytes : static_cast<std::uint32_t>(parameters_.payload.count);
}

}  // namespace lightloom
