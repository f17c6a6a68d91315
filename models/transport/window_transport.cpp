#include "models/transport/window_transport.hpp"

#include <algorithm>
#include <bit>

namespace lightloom {
namespace {

// The most messages of a flow that can be open at once: as many of its smallest as fit into a window, and one cut by
// either end of it.
std::uint32_t most_open_messages(const Traffic& traffic, const Traffic::Flow& flow, const TransportParameters& p) {
    const std::int64_t fewest = packets_of(traffic.smallest_message_bytes(flow), p.payload);
    return static_cast<std::uint32_t>(std::min<std::int64_t>(flow.messages, p.window / fewest + 2));
}

}  // namespace

WindowTransport::WindowBits::WindowBits(std::size_t flows, std::uint32_t window)
    : log2_words_(std::bit_width(std::max(window, 64u) - 1) - 6), words_(flows << log2_words_) {}

WindowTransport::WindowTransport(const Traffic& traffic, const TransportParameters& parameters)
    : traffic_(traffic),
      parameters_(parameters),
      senders_(traffic.flows.size()),
      receivers_(traffic.flows.size()),
      acknowledged_(traffic.flows.size(), parameters.window),
      arrived_(traffic.flows.size(), parameters.window) {
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

bool WindowTransport::skip_to_repetition(std::uint32_t flow) {
    Sender& s = senders_[flow];
    if (before_number(s.repeat, s.base)) s.repeat = before_number(s.repeat_end, s.base) ? s.repeat_end : s.base;
    while (s.repeat != s.repeat_end && acknowledged_.has(flow, s.repeat)) ++s.repeat;
    return s.repeat != s.repeat_end;
}

WindowTransport::Packet WindowTransport::take_repetition(std::uint32_t flow) {
    Sender& s = senders_[flow];
    ++s.retransmissions;
    const PacketNumber number = s.repeat++;
    return {number, payload_of(flow, number)};
}

std::uint32_t WindowTransport::payload_of(std::uint32_t flow, PacketNumber packet) const {
    MessageCursor cursor = senders_[flow].oldest;
    while (packet >= cursor.end) advance(flow, cursor);
    return packet + 1 == cursor.end ? cursor.tail_bytes : static_cast<std::uint32_t>(parameters_.payload.count);
}

}  // namespace lightloom
