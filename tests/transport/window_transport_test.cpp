// The window transport's two halves, step by step: what may be sent, what is accepted, what is repeated.
#include "models/transport/window_transport.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lightloom {
namespace {

constexpr Time kStart{1'000'000};

// One flow of `messages` equal messages, all released.
struct OneFlow {
    WindowTransport transport;

    OneFlow(std::uint32_t window, std::int64_t message_bytes, std::uint32_t messages = 1,
            std::int64_t payload_bytes = 1000)
        : transport(1, {.payload = {payload_bytes}, .window = window, .timeout = microseconds(10)}) {
        release(message_bytes, messages);
    }
    void release(std::int64_t bytes, std::uint32_t messages = 1) {
        for (std::uint32_t i = 0; i < messages; ++i) transport.release(0, bytes);
    }

    Sender& sender() { return transport.sender(0); }
    const Receiver& receiver() { return transport.receiver(0); }
    bool may_send(Time now = kStart) { return transport.may_send(0, now); }
    /// Sends all that may be sent, at most `most` packets.
    std::vector<PacketNumber> send(std::size_t most = SIZE_MAX) {
        std::vector<PacketNumber> numbers;
        while (numbers.size() < most && may_send())
            numbers.push_back(transport.take(0, kStart + microseconds(1)).number);
        return numbers;
    }
    bool acknowledge(PacketNumber packet, PacketNumber cumulative) {
        return transport.acknowledge(0, packet, cumulative);
    }
    bool accept(PacketNumber packet, bool last = false) { return transport.accept(0, packet, last); }
};

std::vector<PacketNumber> numbers(PacketNumber first, PacketNumber last) {
    std::vector<PacketNumber> all;
    for (PacketNumber n = first; n < last; ++n) all.push_back(n);
    return all;
}

TEST(PacketsOf, RoundsUpAndGivesAnEmptyMessageOne) {
    EXPECT_EQ(packets_of(0, {1000}), 1);
    EXPECT_EQ(packets_of(1, {1000}), 1);
    EXPECT_EQ(packets_of(1000, {1000}), 1);
    EXPECT_EQ(packets_of(1001, {1000}), 2);
    EXPECT_EQ(packets_of(5'000'000'000'000, {1}), 5'000'000'000'000);
}

TEST(Sender, FillsItsWindowAndNoMore) {
    for (const std::uint32_t window : {1u, 2u, 63u, 64u, 65u, 256u, 4096u}) {
        OneFlow flow(window, 10'000'000);
        EXPECT_EQ(flow.send(), numbers(0, window));
        EXPECT_FALSE(flow.may_send());
        EXPECT_TRUE(flow.sender().outstanding());
        EXPECT_TRUE(flow.acknowledge(0, 0));
        EXPECT_EQ(flow.send(), numbers(window, window + 1));
        if (window > 1) {  // an acknowledgement that leaves the front open makes no room
            EXPECT_FALSE(flow.acknowledge(window, 0));
            EXPECT_FALSE(flow.may_send());
        }
    }
}

TEST(Sender, SendsNothingThatIsNotReleased) {
    OneFlow flow(100, 0, 0);
    EXPECT_FALSE(flow.may_send());
    flow.release(2500);
    EXPECT_EQ(flow.send(), numbers(0, 3));
    flow.release(2500, 2);
    EXPECT_EQ(flow.send(), numbers(3, 9));
    EXPECT_FALSE(flow.may_send());
}

TEST(Sender, CutsMessagesIntoFullPacketsAndATail) {
    const auto payloads = [](OneFlow flow) {
        std::vector<std::uint32_t> all;
        while (flow.may_send()) all.push_back(flow.transport.take(0, kStart + microseconds(1)).payload_bytes);
        return all;
    };
    EXPECT_EQ(payloads({100, 2500, 2}), (std::vector<std::uint32_t>{1000, 1000, 500, 1000, 1000, 500}));
    EXPECT_EQ(payloads({100, 2000, 2}), (std::vector<std::uint32_t>{1000, 1000, 1000, 1000}));
    EXPECT_EQ(payloads({100, 1, 2}), (std::vector<std::uint32_t>{1, 1}));
    EXPECT_EQ(payloads({100, 0, 3}), (std::vector<std::uint32_t>{0, 0, 0}));
}

TEST(Sender, RemembersWhenEachMessageWasOpened) {
    OneFlow flow(4, 1500, 6);  // two packets each: two messages fit into the window, and a third is cut by its end
    std::vector<std::int64_t> said;
    for (std::int64_t now = 100; flow.sender().base != 12; now += 10) {
        if (flow.may_send(Time{now})) {
            flow.transport.take(0, kStart + microseconds(1));
            continue;
        }
        flow.acknowledge(flow.sender().base, 0);
        while (flow.transport.may_close(0)) said.push_back(flow.transport.close_message(0).ps);
    }
    // Packets leave at 100 110 120 130; then one is acknowledged, and one sent, by turns.
    EXPECT_EQ(said, (std::vector<std::int64_t>{100, 120, 150, 190, 230, 270}));
}

TEST(Sender, AcknowledgementsInAnyOrderMoveTheWindowOnce) {
    OneFlow flow(8, 10'000'000);
    flow.send();
    EXPECT_FALSE(flow.acknowledge(3, 0));
    EXPECT_FALSE(flow.acknowledge(1, 0));
    EXPECT_FALSE(flow.acknowledge(3, 0));  // the same again
    EXPECT_TRUE(flow.acknowledge(0, 0));
    EXPECT_EQ(flow.sender().base, 2u);
    EXPECT_FALSE(flow.acknowledge(0, 0));  // late, of a packet before the window
    EXPECT_TRUE(flow.acknowledge(2, 0));
    EXPECT_EQ(flow.sender().base, 4u);
}

TEST(Sender, ACumulativeAcknowledgementStandsForThoseThatWereLost) {
    OneFlow flow(8, 10'000'000);
    flow.send();
    EXPECT_TRUE(flow.acknowledge(5, 5));  // 0 to 4 arrived, their acknowledgements did not
    EXPECT_EQ(flow.sender().base, 6u);
    EXPECT_FALSE(flow.acknowledge(2, 3));  // an old one overtaken by the newer
    EXPECT_EQ(flow.sender().base, 6u);
    flow.send();
    EXPECT_TRUE(flow.acknowledge(13, 14));
    EXPECT_FALSE(flow.sender().outstanding());
}

TEST(Sender, ASlotOfTheWindowForgetsItsLastPacket) {
    OneFlow flow(2, 10'000'000, 1);
    for (PacketNumber n = 0; n < 1000; n += 2) {
        ASSERT_EQ(flow.send(), numbers(n, n + 2));
        ASSERT_FALSE(flow.acknowledge(n + 1, n));
        ASSERT_TRUE(flow.acknowledge(n, n));
        ASSERT_EQ(flow.sender().base, n + 2);
    }
}

using Numbers = std::vector<PacketNumber>;

TEST(TimeOut, RepeatsWhatWasSentByTheLastProgressAndIsMissing) {
    OneFlow flow(12, 10'000'000);
    flow.send(6);
    flow.transport.note_progress(0, kStart);
    flow.send(3);  // 6, 7 and 8 will not have waited for a whole time-out when it comes
    flow.acknowledge(1, 0);
    flow.acknowledge(4, 0);
    flow.transport.time_out(0, kStart + microseconds(10));
    EXPECT_EQ(flow.sender().timeouts, 1u);
    EXPECT_EQ(flow.sender().attempt, 1);
    EXPECT_EQ(flow.sender().progress, kStart + microseconds(10));
    EXPECT_EQ(flow.send(), (Numbers{0, 2, 3, 5, 9, 10, 11}));  // then new ones, as far as the window goes
    EXPECT_EQ(flow.sender().retransmissions, 4u);
    EXPECT_EQ(flow.sender().sent_by_progress, 9u);
    flow.transport.time_out(0, kStart + microseconds(20));
    EXPECT_EQ(flow.send(), (Numbers{0, 2, 3, 5, 6, 7, 8}));
}

TEST(TimeOut, LeavesOutWhatIsAcknowledgedWhileItRepeats) {
    OneFlow flow(8, 10'000'000);
    flow.send();
    flow.transport.note_progress(0, kStart);
    flow.transport.time_out(0, kStart + microseconds(10));
    EXPECT_EQ(flow.send(2), (Numbers{0, 1}));
    flow.acknowledge(3, 0);
    EXPECT_EQ(flow.send(1), (Numbers{2}));
    flow.acknowledge(5, 5);  // the window moves past the repetition
    EXPECT_EQ(flow.send(), (Numbers{6, 7, 8, 9, 10, 11, 12, 13}));
    EXPECT_EQ(flow.sender().retransmissions, 5u);
}

TEST(TimeOut, RepeatsNothingOnceAllIsAcknowledged) {
    OneFlow flow(8, 8000);
    flow.send();
    flow.transport.note_progress(0, kStart);
    flow.transport.time_out(0, kStart + microseconds(10));
    flow.acknowledge(7, 8);
    EXPECT_FALSE(flow.may_send());
    EXPECT_EQ(flow.sender().retransmissions, 0u);
}

TEST(TimeOut, RepeatsATailWithTheTailsPayload) {
    OneFlow flow(8, 1500, 4);
    flow.send();
    flow.transport.note_progress(0, kStart);
    flow.acknowledge(1, 0);
    flow.acknowledge(4, 1);  // of the third message
    flow.transport.time_out(0, kStart + microseconds(10));
    Numbers repeated;
    while (flow.may_send()) {
        const auto packet = flow.transport.take(0, kStart + microseconds(1));
        EXPECT_EQ(packet.payload_bytes, packet.number % 2 == 0 ? 1000u : 500u) << packet.number;
        repeated.push_back(packet.number);
    }
    EXPECT_EQ(repeated, (Numbers{2, 3, 5, 6, 7}));
}

TEST(Receiver, AcceptsInAnyOrderAndKnowsDuplicates) {
    for (const std::uint32_t window : {2u, 63u, 64u, 65u, 256u, 4096u}) {
        OneFlow flow(window, 10'000'000);
        for (PacketNumber n = window - 1; n > 0; --n) {
            ASSERT_TRUE(flow.accept(n));
            ASSERT_FALSE(flow.accept(n));
            ASSERT_EQ(flow.receiver().base, 0u);
        }
        EXPECT_TRUE(flow.accept(0));
        EXPECT_EQ(flow.receiver().base, window);
        for (PacketNumber n = 0; n < window; ++n) EXPECT_FALSE(flow.accept(n));
        EXPECT_TRUE(flow.accept(window + 1));  // the slot of packet 1 is free again
        EXPECT_EQ(flow.receiver().base, window);
        EXPECT_EQ(flow.receiver().duplicates, 2 * window - 1);
        EXPECT_EQ(flow.receiver().delivered, 3 * window);
    }
}

TEST(Receiver, AWindowOfOneTakesTurns) {
    OneFlow flow(1, 10'000'000);
    for (PacketNumber n = 0; n < 200; ++n) {
        EXPECT_TRUE(flow.accept(n));
        EXPECT_FALSE(flow.accept(n));
        EXPECT_EQ(flow.receiver().base, n + 1);
    }
}

TEST(WindowTransport, FlowsDoNotTouchEachOther) {
    WindowTransport transport(3, {.payload = {1000}, .window = 64});
    for (PacketNumber n = 1; n < 64; ++n) transport.accept(1, n, false);
    EXPECT_TRUE(transport.accept(0, 63, false));
    EXPECT_TRUE(transport.accept(2, 1, false));
    EXPECT_TRUE(transport.accept(1, 0, false));
    EXPECT_EQ(transport.receiver(0).base, 0u);
    EXPECT_EQ(transport.receiver(1).base, 64u);
    EXPECT_EQ(transport.receiver(2).base, 0u);
}

TEST(Messages, EndWithTheirLastPacketInWhateverOrderPacketsCome) {
    OneFlow flow(16, 0, 0);
    // Three messages, of packets 0 to 2, 3, and 4 to 5.
    EXPECT_TRUE(flow.accept(3, true));
    EXPECT_TRUE(flow.accept(2, true));
    EXPECT_TRUE(flow.accept(1));
    EXPECT_EQ(flow.receiver().messages, 0u);
    EXPECT_TRUE(flow.accept(0));
    EXPECT_EQ(flow.receiver().messages, 2u);
    EXPECT_FALSE(flow.accept(3, true));  // a repetition ends nothing
    EXPECT_TRUE(flow.accept(5, true));
    EXPECT_EQ(flow.receiver().messages, 2u);
    EXPECT_TRUE(flow.accept(4));
    EXPECT_EQ(flow.receiver().messages, 3u);
}

TEST(Messages, OfAnySizesFollowEachOther) {
    OneFlow flow(64, 0, 0);
    const std::vector<std::int64_t> sizes{2500, 0, 1000, 1, 3001};
    for (const std::int64_t bytes : sizes) flow.release(bytes);
    for (const std::int64_t bytes : sizes) {
        std::int64_t left = bytes;
        for (bool last = false; !last;) {
            ASSERT_TRUE(flow.may_send());
            const auto packet = flow.transport.take(0, kStart);
            left -= packet.payload_bytes;
            last = packet.last;
        }
        EXPECT_EQ(left, 0) << "of " << bytes;
    }
    EXPECT_FALSE(flow.may_send());
    flow.transport.note_progress(0, kStart);
    flow.transport.time_out(0, kStart + microseconds(10));
    std::vector<PacketNumber> ends;
    while (flow.may_send())
        if (const auto packet = flow.transport.take(0, kStart); packet.last) ends.push_back(packet.number);
    EXPECT_EQ(ends, (std::vector<PacketNumber>{2, 3, 4, 5, 9}));  // a repetition ends the same messages
}

TEST(Messages, RowsAreUsedAgain) {
    MessagePool pool;
    const std::uint32_t first = pool.add({}), second = pool.add({});
    EXPECT_NE(first, second);
    pool.remove(first);
    pool.remove(second);
    EXPECT_EQ(pool.add({}), second);
    EXPECT_EQ(pool.add({}), first);
    static_assert(sizeof(Message) <= 32);
}

// As many packets as a scenario may give to one flow.
TEST(Messages, AfterTheLastNothingIsClosedEvenInTheLongestFlow) {
    OneFlow flow(8, std::int64_t{UINT32_MAX}, 1, 1);
    ASSERT_TRUE(flow.may_send());
    Sender& sender = flow.sender();
    EXPECT_EQ(sender.oldest_end, UINT32_MAX);
    sender.base = sender.next = UINT32_MAX;
    ASSERT_TRUE(flow.transport.may_close(0));
    flow.transport.close_message(0);
    EXPECT_FALSE(flow.transport.may_close(0)) << "models/network would close one message after another for ever";
    EXPECT_FALSE(flow.may_send());
}

}  // namespace
}  // namespace lightloom
