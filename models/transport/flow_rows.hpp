// The two half-records of a flow: the sender's, owned by the source's node, and the receiver's, owned by the
// destination's. Plain rows; what moves them is in models/transport/window_transport.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "models/transport/message_pool.hpp"

namespace lightloom {

using PacketNumber = std::uint32_t;  // counts a flow's packets from 0, over all its messages

/// Is packet `a` before `b`? Numbers of one window are closer than 2^31.
constexpr bool before_number(PacketNumber a, PacketNumber b) { return static_cast<std::int32_t>(a - b) < 0; }

struct alignas(64) Sender {
    Time progress;                      // when the window last moved, began to be filled, or a time-out was acted on
    PacketNumber base = 0;              // all before it are acknowledged
    PacketNumber next = 0;              // the next to be sent for the first time
    PacketNumber sent_by_progress = 0;  // sent until then: all before it, which a time-out later have waited that long
    PacketNumber repeat = 0, repeat_end = 0;  // to be sent again, where still unacknowledged: [repeat, repeat_end)
    // Its messages (models/transport/message_pool.hpp). One past a message's last packet is its end.
    std::uint32_t open_tail_bytes = 0;                // payload of the last packet of the one being sent
    std::uint64_t open_end = 0;                       // of the one being sent
    std::uint64_t oldest_end = UINT64_MAX;            // of the one that `base` belongs to; beyond any packet: of none
    std::uint32_t opened = 0;                         // messages opened so far
    std::uint32_t last_message = MessagePool::kNone;  // the ring's end; its next is the oldest
    std::uint32_t unopened = MessagePool::kNone;      // the first that is not opened
    std::uint32_t pool = 0;                           // its node's
    std::uint32_t nic_port = 0;
    std::uint32_t next_ready = 0;            // in the NIC's list of flows with something to send, if `ready`
    std::uint16_t to_leaf = 0, to_port = 0;  // where the destination is attached
    bool ready = false;
    std::uint8_t attempt = 0;  // time-outs so far, modulo 256: sends a repetition over another path
    std::uint32_t retransmissions = 0, timeouts = 0, marks = 0;
    std::uint32_t tries = 0;            // time-outs since the window last moved
    Time moved;                         // when the window last moved or began to be filled
    Time failed = kNever;               // when its retries were used up: it sends no more
    std::int64_t longest_stall_ps = 0;  // between two moves of the window, and before a failure
    std::uint32_t asked = 0;            // packets asked for again and not yet sent, where they are known one by one
    std::uint32_t held = 0;             // acknowledged beyond `base`

    bool outstanding() const { return base != next; }
    bool has_failed() const { return failed != kNever; }
    bool waits() const { return outstanding() && !has_failed(); }
    void note_move(Time now) {
        longest_stall_ps = std::max(longest_stall_ps, (now - moved).ps);
        progress = moved = now;
        sent_by_progress = next;
        tries = 0;
    }
};
static_assert(sizeof(Sender) == 128);

/// The stalls of a flow that lasted a time-out at least: nothing was acknowledged though something was outstanding.
struct Stalls {
    static constexpr std::size_t kMost = 64;  // that are told one by one, of one flow: its first
    struct Row {
        Time from, to;  // to == kNever: it has failed
    };
    std::int64_t total_ps = 0;  // of all of them
    std::vector<Row> rows;
};

/// What a receiver says to a packet.
enum class Answer : std::uint8_t { none, positive, negative };

struct alignas(64) Receiver {
    PacketNumber base = 0;        // all before it have arrived
    PacketNumber seen = 0;        // one past the highest that has arrived
    std::uint32_t messages = 0;   // whose packets are all before `base`
    std::uint32_t announced = 0;  // of them, to the workload
    std::uint32_t nic_port = 0;
    std::uint16_t to_leaf = 0, to_port = 0;  // where the source is attached
    std::int64_t last_latency_ps = -1;       // of the packet that arrived last
    std::uint32_t delivered = 0;             // packets that arrived: duplicates, refused and trimmed ones too
    std::uint32_t duplicates = 0, marks = 0;
    std::uint32_t refused = 0;         // out of order where only order is taken, or trimmed
    std::uint32_t reordered = 0;       // arrived after one of a higher number
    std::uint32_t negatives : 31 = 0;  // negative acknowledgements sent
    std::uint32_t gap_named : 1 = 0;   // one of them for the gap at `base`

    Answer refuse() {
        negatives = (negatives + 1) & INT32_MAX;
        return Answer::negative;
    }
};
static_assert(sizeof(Receiver) == 64);

}  // namespace lightloom
