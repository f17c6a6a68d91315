// The two halves of every flow: a stream of numbered packets cut into messages, with at most `window` of them from the
// first unacknowledged one on. Every packet that is taken is acknowledged together with all before the first gap. How
// a loss is found is the flow's Reliability; a front that stays unacknowledged for a time-out is sent again under each
// of them, and a flow whose retries are used up fails. So loss is survived or told, never silent.
//
// Neither half reads the other. Not here: frames, ports and times of arrival (models/network), or how fast a flow sends
// (models/transport/congestion_control.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/transport/flow_rows.hpp"
#include "models/transport/parameters.hpp"
#include "models/transport/window_bits.hpp"

namespace lightloom {

/// How many packets a message takes: an empty one still takes one, which says that it happened.
constexpr std::int64_t packets_of(std::int64_t bytes, Bytes payload) {
    return bytes == 0 ? 1 : (bytes + payload.count - 1) / payload.count;
}

/// Both halves of every flow, and the packets inside their windows, one bit each.
class WindowTransport {
public:
    /// @param nodes  that flows begin at: the sender's `pool` is one of them
    WindowTransport(std::size_t flows, const TransportParameters& parameters, std::size_t nodes = 1);

    const TransportParameters& parameters() const { return parameters_; }
    void prefetch(std::uint32_t flow, bool for_sender) const {
        if (for_sender) {
            __builtin_prefetch(&senders_[flow]);
            __builtin_prefetch(&senders_[flow].open_end);
        } else {
            __builtin_prefetch(&receivers_[flow]);
        }
    }
    Sender& sender(std::uint32_t flow) { return senders_[flow]; }
    Receiver& receiver(std::uint32_t flow) { return receivers_[flow]; }
    const Sender& sender(std::uint32_t flow) const { return senders_[flow]; }
    const Receiver& receiver(std::uint32_t flow) const { return receivers_[flow]; }

    /// Gives a sender its next message, to be sent as soon as the window allows. @param bytes  >= 0
    void release(std::uint32_t flow, std::int64_t bytes);

    /// Has the flow something to send now? Opens the next message where one has ended.
    /// @param now  becomes the start of a message that is opened
    bool may_send(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        if (s.repeat != s.repeat_end && skip_to_repetition(flow)) [[unlikely]]
            return true;
        if (s.next - s.base >= parameters_.window) return false;
        if (s.next != s.open_end) return true;
        if (s.unopened == MessagePool::kNone) return false;
        open_message(s, now);
        return true;
    }
    /// The packet that may_send() allowed, which is now being sent.
    struct Packet {
        PacketNumber number;
        std::uint32_t payload_bytes;
        bool last;  // of its message
    };
    Packet take(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        if (s.repeat != s.repeat_end) [[unlikely]]
            return take_repetition(flow);
        if (!s.outstanding()) s.progress = s.moved = now;
        const PacketNumber number = s.next++;
        if (s.progress == now) s.sent_by_progress = s.next;
        if (s.next == s.open_end) return {number, s.open_tail_bytes, true};
        return {number, static_cast<std::uint32_t>(parameters_.payload.count), false};
    }

    /// Notes that the window moved.
    void note_progress(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        if (now - s.moved >= parameters_.timeout) [[unlikely]]
            note_stall(flow, now, now);
        s.note_move(now);
    }
    /// Is all of the oldest message acknowledged?
    bool may_close(std::uint32_t flow) const { return senders_[flow].base >= senders_[flow].oldest_end; }
    /// Forgets the oldest message. @return when it was opened
    Time close_message(std::uint32_t flow);
    /// Acts on a time-out: what was sent a time-out ago and is not acknowledged is to be sent again (going back, all of
    /// it), unless it was the last try: then the flow fails at `now`.
    void time_out(std::uint32_t flow, Time now);

    /// Takes an acknowledgement: of one packet, and of all before `cumulative`. @return whether the window moved
    bool acknowledge(std::uint32_t flow, PacketNumber packet, PacketNumber cumulative) {
        Sender& s = senders_[flow];
        const PacketNumber before = s.base;
        if (packet - s.base < s.next - s.base) {
            s.held += !acknowledged_.set(flow, packet);
            if (s.asked != 0 && asked_.take(flow, packet)) --s.asked;
        }
        while (s.base != s.next) {
            if (acknowledged_.take(flow, s.base))
                --s.held;
            else if (!before_number(s.base, cumulative))
                break;
            if (s.asked != 0 && asked_.take(flow, s.base)) --s.asked;
            ++s.base;
        }
        return s.base != before;
    }
    /// Takes a negative acknowledgement, which may come with a positive one: `packet` set it off, all before
    /// `cumulative` have arrived. Marks for repetition what it names. @return whether the window moved
    bool refuse(std::uint32_t flow, PacketNumber packet, PacketNumber cumulative);

    /// Takes a packet, as the flow's reliability does.
    /// @param last  of its message  @param trimmed  its payload was cut off on the way
    Answer receive(std::uint32_t flow, PacketNumber packet, bool last, bool trimmed) {
        Receiver& r = receivers_[flow];
        if (before_number(r.seen, packet + 1))
            r.seen = packet + 1;
        else
            r.reordered += packet + 1 != r.seen;
        if (parameters_.reliability != Reliability::window || trimmed)
            return receive_otherwise(flow, packet, last, trimmed);
        accept(flow, packet, last);
        return Answer::positive;
    }
    /// Takes a packet in whatever order. @return false for a duplicate
    bool accept(std::uint32_t flow, PacketNumber packet, bool last) {
        Receiver& r = receivers_[flow];
        ++r.delivered;
        if (before_number(packet, r.base) || arrived_.has(flow, packet)) {
            ++r.duplicates;
            return false;
        }
        if (packet != r.base) {
            arrived_.set(flow, packet);
            if (last) ends_.set(flow, packet);
            return true;
        }
        r.messages += last;
        while (arrived_.take(flow, ++r.base)) r.messages += ends_.take(flow, r.base);
        return true;
    }

    /// Packets that, as far as the sender knows, are on their way: unacknowledged, and not waiting to be sent again.
    std::uint32_t in_flight(std::uint32_t flow) const;
    /// The sender's choice of path for what it sends next; 0 for all packets of a flow that leaves it to the switches.
    std::uint16_t entropy(std::uint32_t flow) const {
        if (parameters_.reliability != Reliability::unordered) return 0;
        const Sender& s = senders_[flow];
        return static_cast<std::uint16_t>((s.next + s.retransmissions) % parameters_.entropies);
    }

    /// A flow's stalls that are over; none: it had none.
    const Stalls* stalls(std::uint32_t flow) const { return stalls_[flow].get(); }

private:
    void open_message(Sender& sender, Time now);
    void note_stall(std::uint32_t flow, Time now, Time to);
    bool skip_to_repetition(std::uint32_t flow);  // past what was acknowledged meanwhile; false: nothing is left
    Packet take_repetition(std::uint32_t flow);
    bool repeats_one_by_one() const {
        return parameters_.reliability == Reliability::selective_repeat ||
               parameters_.reliability == Reliability::unordered;
    }
    void ask(std::uint32_t flow, PacketNumber first, PacketNumber last);  // for what of it is unacknowledged
    Answer receive_otherwise(std::uint32_t flow, PacketNumber packet, bool last, bool trimmed);
    Answer receive_in_order(std::uint32_t flow, PacketNumber packet, bool last);
    Packet sent_before(std::uint32_t flow, PacketNumber packet) const;

    TransportParameters parameters_;
    std::vector<Sender> senders_;
    std::vector<Receiver> receivers_;
    std::vector<std::unique_ptr<Stalls>> stalls_;  // the sender's
    WindowBits acknowledged_, arrived_;
    WindowBits ends_;   // of those that arrived before a gap was filled: the last of a message
    WindowBits asked_;  // to be sent again, where that is known packet by packet
    struct alignas(64) NodePool : MessagePool {};  // no two threads in one line
    std::vector<NodePool> pools_;
};

}  // namespace lightloom
