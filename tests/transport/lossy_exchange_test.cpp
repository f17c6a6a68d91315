// A sender and a receiver over a channel that loses, delays and reorders, for many seeds. Oracle: the same rules over
// std::set, without windows of bits, rings or cursors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "models/transport/window_transport.hpp"

namespace lightloom {
namespace {

using Number = std::uint64_t;  // the oracle's never wrap

/// What a sender and a receiver should do, said plainly.
struct Oracle {
    std::uint32_t window;
    std::set<Number> received{}, acknowledged{}, to_repeat{};
    Number base = 0, next = 0, receiver_base = 0, sent_by_progress = 0;

    bool accept(Number packet) {
        const bool fresh = packet >= receiver_base && received.insert(packet).second;
        while (received.erase(receiver_base) != 0) ++receiver_base;
        return fresh;
    }
    bool acknowledge(Number packet, Number cumulative) {
        const Number before = base;
        if (packet >= base) acknowledged.insert(packet);
        for (Number n = base; n < cumulative; ++n) acknowledged.insert(n);
        while (acknowledged.erase(base) != 0) ++base;
        std::erase_if(to_repeat, [&](Number n) { return n < base || acknowledged.contains(n); });
        return base != before;
    }
    void time_out() {
        to_repeat.clear();
        for (Number n = base; n < sent_by_progress; ++n)
            if (!acknowledged.contains(n)) to_repeat.insert(n);
        sent_by_progress = next;
    }
    bool may_send(Number released_end) const {
        return !to_repeat.empty() || (next < base + window && next < released_end);
    }
    Number take() { return to_repeat.empty() ? next++ : to_repeat.extract(to_repeat.begin()).value(); }
};

struct Case {
    std::uint32_t window;
    std::int64_t message_bytes;
    std::uint32_t messages;
    std::int64_t payload_bytes = 1000;
    PacketNumber first = 0;  // the packet to begin with, inside the first message
};

class Exchange {
public:
    Exchange(const Case& c, std::uint64_t seed)
        : case_(c),
          seed_(seed),
          transport_(1, {.payload = {c.payload_bytes}, .window = c.window}),
          packets_per_message_(static_cast<Number>(packets_of(c.message_bytes, {c.payload_bytes}))),
          oracle_{.window = c.window} {
        Sender& sender = transport_.sender(0);
        EXPECT_FALSE(transport_.may_send(0, Time{0}));
        release();
        EXPECT_TRUE(transport_.may_send(0, Time{0}));  // opens the first message
        sender.base = sender.next = sender.sent_by_progress = sender.repeat = sender.repeat_end = c.first;
        transport_.receiver(0).base = c.first;
        oracle_.base = oracle_.next = oracle_.receiver_base = oracle_.sent_by_progress = c.first;
    }

    void run() {
        const Number all = packets_per_message_ * case_.messages;
        for (int step = 0; step < 1'000'000 && !::testing::Test::HasFailure(); ++step) {
            if (transport_.sender(0).base == static_cast<PacketNumber>(all)) return expect_done(all);
            switch (random() % 8) {
                case 0:
                case 1:
                case 2: send(); break;
                case 3:
                case 4: deliver(); break;
                case 5:
                case 6: acknowledge(); break;
                case 7: misfortune(); break;
            }
        }
        ADD_FAILURE() << "did not end";
    }

private:
    struct Acknowledgement {
        Number packet, cumulative;
    };

    void release() {
        transport_.release(0, case_.message_bytes);
        ++released_;
    }
    std::int64_t now_ps_ = 0;  // never the time of progress, which is 0
    std::uint64_t random() { return draw(seed_, 0, Purpose::arrival, draws_++); }
    template <class T>
    T take_any(std::vector<T>& from) {
        std::swap(from[random() % from.size()], from.back());
        T any = from.back();
        from.pop_back();
        return any;
    }
    static PacketNumber short_form(Number n) { return static_cast<PacketNumber>(n); }

    void send() {
        Sender& sender = transport_.sender(0);
        if (random() % 4 == 0 && released_ < case_.messages) release();
        const bool begins = !sender.outstanding();
        const bool allowed = transport_.may_send(0, Time{0});
        ASSERT_EQ(allowed, oracle_.may_send(packets_per_message_ * released_));
        if (!allowed) return;
        const auto packet = transport_.take(0, Time{++now_ps_});
        const Number expected = oracle_.take();
        if (begins) oracle_.sent_by_progress = oracle_.next;
        ASSERT_EQ(packet.number, short_form(expected));
        const bool is_tail = (expected + 1) % packets_per_message_ == 0;
        const std::int64_t before_tail = static_cast<std::int64_t>(packets_per_message_ - 1) * case_.payload_bytes;
        ASSERT_EQ(packet.last, is_tail);
        ASSERT_EQ(packet.payload_bytes, is_tail ? case_.message_bytes - before_tail : case_.payload_bytes);
        data_.push_back(expected);
    }
    void note_progress() {
        transport_.note_progress(0, Time{0});
        oracle_.sent_by_progress = oracle_.next;
    }
    void deliver() {
        if (data_.empty()) return;
        const Number packet = take_any(data_);
        Receiver& receiver = transport_.receiver(0);
        const bool is_tail = (packet + 1) % packets_per_message_ == 0;
        ASSERT_EQ(transport_.accept(0, short_form(packet), is_tail), oracle_.accept(packet));
        ASSERT_EQ(receiver.base, short_form(oracle_.receiver_base));
        acknowledgements_.push_back({packet, oracle_.receiver_base});
        ASSERT_EQ(receiver.messages, oracle_.receiver_base / packets_per_message_);
    }
    void acknowledge() {
        if (acknowledgements_.empty()) return;
        const Acknowledgement a = take_any(acknowledgements_);
        const bool moved = transport_.acknowledge(0, short_form(a.packet), short_form(a.cumulative));
        ASSERT_EQ(moved, oracle_.acknowledge(a.packet, a.cumulative));
        Sender& sender = transport_.sender(0);
        ASSERT_EQ(sender.base, short_form(oracle_.base));
        ASSERT_EQ(sender.outstanding(), oracle_.base != oracle_.next);
        if (moved) note_progress();
        for (; transport_.may_close(0); ++closed_) transport_.close_message(0);
    }
    void misfortune() {
        switch (random() % 8) {
            case 0:
                if (!data_.empty()) take_any(data_);
                break;
            case 1:
                if (!acknowledgements_.empty()) take_any(acknowledgements_);
                break;
            case 2:
                if (!data_.empty()) data_.push_back(data_[random() % data_.size()]);
                break;  // twice
            case 3:
                if (!transport_.sender(0).outstanding()) break;
                transport_.time_out(0, Time{0});
                oracle_.time_out();
                break;
            default: break;
        }
    }
    void expect_done(Number all) {
        EXPECT_FALSE(transport_.may_send(0, Time{0}));
        EXPECT_EQ(oracle_.receiver_base, all);
        EXPECT_EQ(transport_.sender(0).next, short_form(all));
        EXPECT_EQ(closed_, case_.messages);
    }

    Case case_;
    std::uint64_t seed_, draws_ = 0;
    WindowTransport transport_;
    Number packets_per_message_;
    Oracle oracle_;
    std::vector<Number> data_;  // in flight
    std::vector<Acknowledgement> acknowledgements_;
    std::uint32_t released_ = 0, closed_ = 0;  // messages
};

void expect_exchanges(const Case& c, std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("window " + std::to_string(c.window) + ", seed " + std::to_string(seed));
        Exchange(c, seed).run();
    }
}

TEST(LossyExchange, EveryPacketArrivesWhateverTheWindow) {
    for (const std::uint32_t window : {1u, 2u, 3u, 63u, 64u, 65u, 256u, 4096u})
        expect_exchanges({.window = window, .message_bytes = 10'000, .messages = 60}, 40);
}

TEST(LossyExchange, PartialFullAndEmptyMessagesKeepTheirTails) {
    for (const std::int64_t bytes : {0, 1, 999, 1000, 1001, 2500, 123'456})
        expect_exchanges({.window = 32, .message_bytes = bytes, .messages = bytes > 100'000 ? 4u : 150u}, 40);
}

// Numbers pass 2^31, where a signed one would turn negative, and reach the last that a flow may have.
TEST(LossyExchange, LongFlowsKeepTheirOrder) {
    for (const std::uint32_t window : {64u, 100u}) {
        constexpr PacketNumber half = 1u << 31, last = UINT32_MAX - 1;
        expect_exchanges(
            {.window = window, .message_bytes = half + 300, .messages = 1, .payload_bytes = 1, .first = half - 300},
            20);
        expect_exchanges(
            {.window = window, .message_bytes = last, .messages = 1, .payload_bytes = 1, .first = last - 600}, 20);
    }
}

}  // namespace
}  // namespace lightloom
