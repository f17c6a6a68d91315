// The window transport: a flow is a stream of numbered packets cut into messages, with at most `window` of them in
// flight. Every packet is acknowledged on its own (selective repeat); the receiver takes them in any order. A packet
// that stays unacknowledged at the front of the window for a time-out is sent again with all other gaps, so loss is
// survived and nothing is silently lost.
//
// A flow is two half-records: the sender's, owned by the source node, and the receiver's, owned by the destination.
// Neither reads the other. Not here: frames, ports and times of arrival (models/network).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/time.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

using PacketNumber = std::uint32_t;  // counts a flow's packets from 0, over all its messages

struct TransportParameters {
    Bytes payload{4096};         // of a full packet
    std::uint32_t window = 256;  // packets in flight per flow
    Duration timeout = microseconds(250);
};

/// How many packets a message takes: an empty one still takes one, which says that it happened.
constexpr std::int64_t packets_of(std::int64_t bytes, Bytes payload) {
    return bytes == 0 ? 1 : (bytes + payload.count - 1) / payload.count;
}

/// Where a flow stands in its sequence of messages.
struct MessageCursor {
    std::uint32_t message = UINT32_MAX;  // UINT32_MAX: before the first
    std::uint64_t end = 0;               // one past its last packet; past the last message, beyond any packet
    std::uint32_t tail_bytes = 0;        // payload of its last packet
};

struct alignas(64) Sender {
    Time progress;                      // when the window last moved, began to be filled, or a time-out was acted on
    PacketNumber base = 0;              // all before it are acknowledged
    PacketNumber next = 0;              // the next to be sent for the first time
    PacketNumber sent_by_progress = 0;  // sent until then: all before it, which a time-out later have waited that long
    PacketNumber repeat = 0, repeat_end = 0;  // to be sent again, where still unacknowledged: [repeat, repeat_end)
    MessageCursor open;                       // the message being sent
    MessageCursor oldest;                     // the message that `base` belongs to
    std::uint32_t released = 0;               // messages that may be sent
    std::uint32_t nic_port = 0;
    std::uint32_t next_ready = 0;            // in the NIC's list of flows with something to send, if `ready`
    std::uint16_t to_leaf = 0, to_port = 0;  // where the destination is attached
    bool ready = false;
    std::uint8_t attempt = 0;  // time-outs so far, modulo 256: sends a repetition over another path
    std::uint32_t retransmissions = 0, timeouts = 0, marks = 0;

    bool outstanding() const { return base != next; }
};

struct alignas(64) Receiver {
    PacketNumber base = 0;   // all before it have arrived
    MessageCursor expected;  // the message that `base` belongs to
    std::uint32_t nic_port = 0;
    std::uint16_t to_leaf = 0, to_port = 0;  // where the source is attached
    std::int64_t last_latency_ps = -1;       // of the packet that arrived last
    std::uint32_t delivered = 0;             // packets that arrived, duplicates too
    std::uint32_t duplicates = 0, marks = 0;
};

/// Both halves of every flow, and the packets inside their windows: one bit each, in a ring of a power of two.
class WindowTransport {
public:
    WindowTransport(const Traffic& traffic, const TransportParameters& parameters);

    const TransportParameters& parameters() const { return parameters_; }
    void prefetch(std::uint32_t flow, bool for_sender) const {
        if (for_sender) {
            __builtin_prefetch(&senders_[flow]);
            __builtin_prefetch(&senders_[flow].released);
        } else {
            __builtin_prefetch(&receivers_[flow]);
        }
    }
    Sender& sender(std::uint32_t flow) { return senders_[flow]; }
    Receiver& receiver(std::uint32_t flow) { return receivers_[flow]; }
    const Sender& sender(std::uint32_t flow) const { return senders_[flow]; }
    const Receiver& receiver(std::uint32_t flow) const { return receivers_[flow]; }

    /// Has the flow something to send now? Opens the next message where one has ended.
    /// @param now  becomes the start of a message that is opened
    bool may_send(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        if (s.repeat != s.repeat_end && skip_to_repetition(flow)) [[unlikely]]
            return true;
        if (s.next - s.base >= parameters_.window) return false;
        if (s.next != s.open.end) return true;
        if (s.open.message + 1 >= s.released) return false;
        open_message(flow, now);
        return true;
    }
    /// The packet that may_send() allowed, which is now being sent.
    struct Packet {
        PacketNumber number;
        std::uint32_t payload_bytes;
    };
    Packet take(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        if (s.repeat != s.repeat_end) [[unlikely]]
            return take_repetition(flow);
        if (!s.outstanding()) s.progress = now;
        const PacketNumber number = s.next++;
        if (s.progress == now) s.sent_by_progress = s.next;
        return {number,
                s.next == s.open.end ? s.open.tail_bytes : static_cast<std::uint32_t>(parameters_.payload.count)};
    }

    /// Notes that the window moved.
    void note_progress(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        s.progress = now;
        s.sent_by_progress = s.next;
    }
    /// Acts on a time-out: all that was sent a time-out ago and is not acknowledged is to be sent again.
    void time_out(std::uint32_t flow, Time now) {
        Sender& s = senders_[flow];
        s.repeat = s.base;
        s.repeat_end = s.sent_by_progress;
        ++s.timeouts;
        ++s.attempt;
        note_progress(flow, now);
    }

    /// Takes an acknowledgement: of one packet, and of all before `cumulative`. @return whether the window moved
    bool acknowledge(std::uint32_t flow, PacketNumber packet, PacketNumber cumulative) {
        Sender& s = senders_[flow];
        const PacketNumber before = s.base;
        if (packet - s.base < s.next - s.base) acknowledged_.set(flow, packet);
        while (s.base != s.next && (acknowledged_.take(flow, s.base) || before_number(s.base, cumulative))) ++s.base;
        return s.base != before;
    }
    /// Takes a packet. @return false for a duplicate
    bool accept(std::uint32_t flow, PacketNumber packet) {
        Receiver& r = receivers_[flow];
        ++r.delivered;
        if (before_number(packet, r.base) || arrived_.has(flow, packet)) {
            ++r.duplicates;
            return false;
        }
        if (packet != r.base) {
            arrived_.set(flow, packet);
            return true;
        }
        do ++r.base;
        while (arrived_.take(flow, r.base));
        return true;
    }

    /// Moves a cursor to the message after its own.
    void advance(std::uint32_t flow, MessageCursor& cursor) const;
    /// When the message that `oldest` stands on was opened.
    Time opened(std::uint32_t flow) const {
        return opened_[first_slot_[flow] + senders_[flow].oldest.message % slots(flow)];
    }

private:
    // One bit per packet of each flow's window.
    class WindowBits {
    public:
        WindowBits(std::size_t flows, std::uint32_t window);
        bool has(std::uint32_t flow, PacketNumber p) const { return words_[word(flow, p)] >> p % 64 & 1; }
        void set(std::uint32_t flow, PacketNumber p) { words_[word(flow, p)] |= std::uint64_t{1} << p % 64; }
        bool take(std::uint32_t flow, PacketNumber p) {  // clears the bit, says whether it was set
            std::uint64_t& w = words_[word(flow, p)];
            const std::uint64_t bit = std::uint64_t{1} << p % 64;
            const bool was = w & bit;
            w &= ~bit;
            return was;
        }

    private:
        std::size_t word(std::uint32_t flow, PacketNumber p) const {
            return (std::size_t{flow} << log2_words_) + (p / 64 & ((1u << log2_words_) - 1));
        }
        int log2_words_;
        std::vector<std::uint64_t> words_;
    };

    static bool before_number(PacketNumber a, PacketNumber b) { return static_cast<std::int32_t>(a - b) < 0; }
    std::uint32_t slots(std::uint32_t flow) const { return first_slot_[flow + 1] - first_slot_[flow]; }
    void open_message(std::uint32_t flow, Time now);
    bool skip_to_repetition(std::uint32_t flow);  // past what was acknowledged meanwhile; false: nothing is left
    Packet take_repetition(std::uint32_t flow);
    std::uint32_t payload_of(std::uint32_t flow, PacketNumber packet) const;

    const Traffic& traffic_;
    TransportParameters parameters_;
    std::vector<Sender> senders_;
    std::vector<Receiver> receivers_;
    WindowBits acknowledged_, arrived_;
    // Start of every message that can be open at once; a flow's slots are [first_slot_[flow], first_slot_[flow + 1]).
    std::vector<std::uint32_t> first_slot_;
    std::vector<Time> opened_;
};

}  // namespace lightloom
