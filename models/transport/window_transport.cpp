#include "models/transport/window_transport.hpp"

#include <algorithm>

namespace lightloom {
WindowTransport::WindowTransport(std::size_t flows, const TransportParameters& parameters, std::size_t nodes)
    : parameters_(parameters),
      senders_(flows),
      receivers_(flows),
      stalls_(flows),
      acknowledged_(flows, parameters.window),
      arrived_(flows, parameters.window),
      ends_(flows, parameters.window),
      asked_(repeats_one_by_one() ? flows : 0, parameters.window),
      pools_(nodes) {}

void WindowTransport::release(std::uint32_t flow, std::int64_t bytes) {
    Sender& s = senders_[flow];
    MessagePool& pool = pools_[s.pool];
    const std::int64_t packets = packets_of(bytes, parameters_.payload);
    const std::uint32_t row =
        pool.add({.packets = static_cast<std::uint64_t>(packets),
                  .opened = {},
                  .tail_bytes = static_cast<std::uint32_t>(bytes - (packets - 1) * parameters_.payload.count)});
    if (s.last_message == MessagePool::kNone) {
        pool[row].next = row;
    } else {
        pool[row].next = pool[s.last_message].next;
        pool[s.last_message].next = row;
    }
    s.last_message = row;
    if (s.unopened == MessagePool::kNone) s.unopened = row;
}

void WindowTransport::open_message(Sender& s, Time now) {
    MessagePool& pool = pools_[s.pool];
    const std::uint32_t row = s.unopened;
    Message& message = pool[row];
    message.opened = now;
    ++s.opened;
    s.open_end += message.packets;
    s.open_tail_bytes = message.tail_bytes;
    if (row == pool[s.last_message].next) s.oldest_end = s.open_end;
    s.unopened = row == s.last_message ? MessagePool::kNone : message.next;
}

Time WindowTransport::close_message(std::uint32_t flow) {
    Sender& s = senders_[flow];
    MessagePool& pool = pools_[s.pool];
    const std::uint32_t row = pool[s.last_message].next, next = pool[row].next;
    const Time opened = pool[row].opened;
    pool.remove(row);
    if (row == s.last_message) {
        s.last_message = MessagePool::kNone;
        s.oldest_end = UINT64_MAX;
    } else {
        pool[s.last_message].next = next;
        s.oldest_end = next == s.unopened ? UINT64_MAX : s.oldest_end + pool[next].packets;
    }
    return opened;
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
    return sent_before(flow, number);
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
        s.open_end = s.next;  // with nothing to be opened, may_send() finds nothing
        s.unopened = MessagePool::kNone;
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

[[gnu::noinline]] Answer WindowTransport::receive_otherwise(std::uint32_t flow, PacketNumber packet, bool last,
                                                            bool trimmed) {
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
        case Reliability::go_back_n: return receive_in_order(flow, packet, last);
        case Reliability::selective_repeat:
            accept(flow, packet, last);
            return before_number(r.base, packet) ? r.refuse() : Answer::positive;
        case Reliability::window:
        case Reliability::unordered: accept(flow, packet, last); return Answer::positive;
    }
    return Answer::none;
}

Answer WindowTransport::receive_in_order(std::uint32_t flow, PacketNumber packet, bool last) {
    Receiver& r = receivers_[flow];
    ++r.delivered;
    if (packet == r.base) {
        ++r.base;
        r.messages += last;
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

// A packet that was sent before and is not acknowledged: where it stands in its message.
WindowTransport::Packet WindowTransport::sent_before(std::uint32_t flow, PacketNumber packet) const {
    const Sender& s = senders_[flow];
    const MessagePool& pool = pools_[s.pool];
    std::uint32_t row = pool[s.last_message].next;
    std::uint64_t end = s.oldest_end;
    while (packet >= end) {
        row = pool[row].next;
        end += pool[row].packets;
    }
    if (packet + std::uint64_t{1} == end) return {packet, pool[row].tail_bytes, true};
    return {packet, static_cast<std::uint32_t>(parameters_.payload.count), false};
}

}  // namespace lightloom
