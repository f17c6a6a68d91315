// Go-back-N, selective repeat and the unordered kind, step by step and over a channel that loses, delays, reorders and
// trims. Oracles: the sequence that each kind's rules give by hand; every packet is taken exactly once.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "models/transport/window_transport.hpp"

namespace lightloom {
namespace {

using Numbers = std::vector<PacketNumber>;
constexpr Time kStart{1'000'000};

struct OneFlow {
    WindowTransport transport;

    OneFlow(Reliability kind, std::uint32_t window, std::uint32_t packets,
            std::uint32_t tries = RetryBudget::kUnlimited)
        : transport(1, {.payload = {1000},
                        .window = window,
                        .timeout = microseconds(10),
                        .tries = tries,
                        .reliability = kind,
                        .entropies = 3}) {
        transport.release(0, packets * std::int64_t{1000});
    }
    Sender& sender() { return transport.sender(0); }
    const Receiver& receiver() { return transport.receiver(0); }
    Numbers send(std::size_t most = SIZE_MAX, Time now = kStart) {
        Numbers sent;
        while (sent.size() < most && transport.may_send(0, now)) sent.push_back(transport.take(0, now).number);
        return sent;
    }
    Answer receive(PacketNumber packet, bool trimmed = false) { return transport.receive(0, packet, false, trimmed); }
    bool refuse(PacketNumber packet, PacketNumber cumulative) { return transport.refuse(0, packet, cumulative); }
};

TEST(GoBackN, TakesOnlyOrderAndNamesAGapOnce) {
    OneFlow flow(Reliability::go_back_n, 8, 100);
    EXPECT_EQ(flow.receive(0), Answer::positive);
    EXPECT_EQ(flow.receive(2), Answer::negative);
    EXPECT_EQ(flow.receive(3), Answer::none);
    EXPECT_EQ(flow.receive(2), Answer::none);
    EXPECT_EQ(flow.receive(0), Answer::positive);  // a repetition: its acknowledgement was lost
    EXPECT_EQ(flow.receive(1), Answer::positive);
    EXPECT_EQ(flow.receiver().base, 2u);           // 2 and 3 were thrown away
    EXPECT_EQ(flow.receive(3), Answer::negative);  // the next gap
    EXPECT_EQ(flow.receiver().refused, 4u);
    EXPECT_EQ(flow.receiver().duplicates, 1u);
    EXPECT_EQ(flow.receiver().negatives, 2u);
    EXPECT_EQ(flow.receiver().reordered, 3u);  // 2, 0 and 1 came after 3
    EXPECT_EQ(flow.receiver().delivered, 7u);
}

TEST(GoBackN, TheSenderBeginsAgainAtTheGap) {
    OneFlow flow(Reliability::go_back_n, 8, 100);
    flow.send();
    EXPECT_TRUE(flow.refuse(3, 2));  // 0 and 1 arrived, 2 is missing, 3 was thrown away
    EXPECT_EQ(flow.send(), (Numbers{2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(flow.sender().retransmissions, 6u);
    EXPECT_TRUE(flow.transport.acknowledge(0, 2, 3));
    EXPECT_FALSE(flow.refuse(3, 2));  // overtaken
    EXPECT_EQ(flow.send(), (Numbers{10}));
}

TEST(GoBackN, ATimeOutRepeatsAllThatIsOutstanding) {
    OneFlow flow(Reliability::go_back_n, 8, 100);
    flow.send(4);
    flow.transport.note_progress(0, kStart);
    flow.send(4);  // not a time-out ago, but they were thrown away with the rest
    flow.transport.time_out(0, kStart + microseconds(10));
    EXPECT_EQ(flow.send(), (Numbers{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(SelectiveRepeat, APacketAfterAGapNamesTheGapOnce) {
    OneFlow flow(Reliability::selective_repeat, 16, 100);
    EXPECT_EQ(flow.send(10).size(), 10u);
    EXPECT_EQ(flow.receive(0), Answer::positive);
    EXPECT_EQ(flow.receive(3), Answer::negative);
    EXPECT_TRUE(flow.refuse(3, 1));
    EXPECT_EQ(flow.transport.in_flight(0), 6u);  // 4 to 9
    EXPECT_EQ(flow.send(3), (Numbers{1, 2, 10}));
    EXPECT_EQ(flow.receive(5), Answer::negative);
    EXPECT_FALSE(flow.refuse(5, 1));
    EXPECT_EQ(flow.send(2), (Numbers{4, 11}));  // 1 and 2 were asked for already
    EXPECT_EQ(flow.receive(2), Answer::negative);
    EXPECT_FALSE(flow.refuse(2, 1));
    EXPECT_EQ(flow.receive(1), Answer::positive);
    EXPECT_TRUE(flow.transport.acknowledge(0, 1, 4));
    EXPECT_EQ(flow.sender().base, 4u);
    EXPECT_EQ(flow.receive(4), Answer::positive);
    EXPECT_EQ(flow.receiver().base, 6u);
    EXPECT_EQ(flow.sender().retransmissions, 3u);
    EXPECT_EQ(flow.receiver().negatives, 3u);
}

TEST(SelectiveRepeat, WhatComesBeforeItsRepetitionIsNotSentAgain) {
    OneFlow flow(Reliability::selective_repeat, 16, 100);
    flow.send(10);
    flow.refuse(7, 0);
    EXPECT_EQ(flow.send(2), (Numbers{0, 1}));
    flow.transport.acknowledge(0, 4, 0);  // only late
    flow.transport.acknowledge(0, 1, 3);  // 0 to 2 too
    EXPECT_EQ(flow.send(4), (Numbers{3, 5, 6, 10}));
    EXPECT_EQ(flow.sender().asked, 0u);
}

TEST(SelectiveRepeat, ALostRepetitionWaitsForTheTimeOut) {
    OneFlow flow(Reliability::selective_repeat, 4, 100);
    flow.send();
    flow.refuse(1, 0);
    EXPECT_EQ(flow.send(), (Numbers{0}));
    flow.refuse(2, 0);
    flow.refuse(3, 0);
    EXPECT_EQ(flow.send(), Numbers{});
    flow.transport.time_out(0, kStart + microseconds(10));
    EXPECT_EQ(flow.send(), (Numbers{0}));
}

TEST(Unordered, AnswersATrimmedPacketAtOnceAndRepeatsJustThat) {
    OneFlow flow(Reliability::unordered, 8, 100);
    flow.send();
    EXPECT_EQ(flow.receive(5), Answer::positive);  // a gap says nothing: paths differ
    EXPECT_EQ(flow.receive(3, true), Answer::negative);
    EXPECT_FALSE(flow.refuse(3, 0));
    EXPECT_FALSE(flow.refuse(3, 0));  // twice is once
    EXPECT_EQ(flow.transport.in_flight(0), 7u);
    EXPECT_EQ(flow.send(), (Numbers{3}));
    EXPECT_FALSE(flow.refuse(6, 0));
    EXPECT_FALSE(flow.refuse(2, 0));
    EXPECT_EQ(flow.send(1), (Numbers{2}));
    EXPECT_FALSE(flow.refuse(1, 0));  // while 6 waits
    EXPECT_EQ(flow.send(), (Numbers{1, 6}));
    EXPECT_EQ(flow.receive(3), Answer::positive);
    EXPECT_EQ(flow.receive(3, true), Answer::positive);  // it is here: nothing to repeat
    EXPECT_EQ(flow.receiver().refused, 2u);
    EXPECT_EQ(flow.receiver().negatives, 1u);
}

TEST(Unordered, EveryPacketTakesTheNextPath) {
    OneFlow flow(Reliability::unordered, 8, 100);
    for (const int path : {0, 1, 2, 0, 1}) {
        EXPECT_EQ(flow.transport.entropy(0), path);
        flow.send(1);
    }
    flow.refuse(0, 0);
    EXPECT_EQ(flow.transport.entropy(0), 2);
    flow.send(1);
    EXPECT_EQ(flow.transport.entropy(0), 0);
    EXPECT_EQ(OneFlow(Reliability::selective_repeat, 8, 100).transport.entropy(0), 0);
}

TEST(RetryBudget, TheLastTryInARowIsTheFailure) {
    OneFlow flow(Reliability::window, 4, 100, 3);
    flow.send();
    flow.transport.time_out(0, kStart + microseconds(10));
    flow.transport.time_out(0, kStart + microseconds(20));
    EXPECT_EQ(flow.send(), (Numbers{0, 1, 2, 3}));
    flow.transport.acknowledge(0, 0, 0);
    flow.transport.note_progress(0, kStart + microseconds(25));  // and the count begins again
    EXPECT_EQ(flow.sender().longest_stall_ps, microseconds(25).ps);
    for (const int later : {35, 45}) flow.transport.time_out(0, kStart + microseconds(later));
    EXPECT_FALSE(flow.sender().has_failed());
    flow.transport.time_out(0, kStart + microseconds(55));
    EXPECT_EQ(flow.sender().failed, kStart + microseconds(55));
    EXPECT_EQ(flow.sender().longest_stall_ps, microseconds(30).ps);
    EXPECT_EQ(flow.send(), Numbers{});
    EXPECT_FALSE(flow.sender().waits());
}

// NCCL user guide: 4.096 us x 2^T, seven times.
TEST(RetryBudget, PresetsLastAsLongAsDocumented) {
    const auto seconds = [](RetryBudget budget) { return (budget.timeout * budget.tries).seconds(); };
    EXPECT_NEAR(seconds(kNccl223), 30.06, 0.01);
    EXPECT_NEAR(seconds(kNccl214), 7.52, 0.01);
    EXPECT_NEAR(seconds(kNccl), 0.470, 0.001);
}

// A sender and a receiver over a channel that does everything a channel may do.
class Channel {
public:
    Channel(Reliability kind, std::uint32_t window, std::uint64_t seed)
        : flow_(kind, window, kPackets), trims_(kind == Reliability::unordered), seed_(seed) {}

    void run() {
        for (int step = 0; step < 200'000 && flow_.sender().base != kPackets; ++step) {
            now_ = now_ + nanoseconds(100);
            switch (random() % 6) {
                case 0:
                case 1:
                    for (const PacketNumber packet : flow_.send(1, now_)) data_.push_back(packet);
                    break;
                case 2:
                case 3: deliver(); break;
                case 4: answer(); break;
                case 5:
                    if (random() % 8 == 0 && flow_.sender().waits()) flow_.transport.time_out(0, now_);
                    break;
            }
            ASSERT_LE(flow_.transport.in_flight(0), flow_.sender().next - flow_.sender().base);
        }
        ASSERT_EQ(flow_.sender().base, kPackets) << "did not end";
        ASSERT_EQ(flow_.receiver().base, kPackets);
        ASSERT_EQ(flow_.sender().held, 0u);
        ASSERT_EQ(flow_.sender().asked, 0u);
        ASSERT_EQ(flow_.send(), Numbers{});
        const Receiver& r = flow_.receiver();
        if (trims_) return;  // a packet may be trimmed after it has arrived whole
        ASSERT_EQ(r.delivered - r.duplicates - r.refused, kPackets);
    }

private:
    static constexpr std::uint32_t kPackets = 300;
    struct Said {
        PacketNumber packet, cumulative;
        bool negative;
    };
    std::uint64_t random() { return draw(seed_, 0, Purpose::arrival, draws_++); }
    template <class T>
    T take_any(std::vector<T>& from) {  // mostly the first, so that order is the rule
        const std::size_t i = random() % 4 == 0 ? random() % from.size() : 0;
        const T any = from[i];
        from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
        return any;
    }
    void deliver() {
        if (data_.empty()) return;
        const PacketNumber packet = take_any(data_);
        const std::uint64_t luck = random() % 20;
        if (luck == 0) return;  // lost
        const PacketNumber before = flow_.receiver().base;
        const Answer said = flow_.receive(packet, trims_ && luck < 4);
        ASSERT_FALSE(before_number(flow_.receiver().base, before));
        if (said != Answer::none) answers_.push_back({packet, flow_.receiver().base, said == Answer::negative});
    }
    void answer() {
        if (answers_.empty()) return;
        const Said said = take_any(answers_);
        if (random() % 20 == 0) return;
        const bool moved = said.negative ? flow_.refuse(said.packet, said.cumulative)
                                         : flow_.transport.acknowledge(0, said.packet, said.cumulative);
        if (moved) flow_.transport.note_progress(0, now_);
        ASSERT_FALSE(before_number(flow_.receiver().base, flow_.sender().base)) << "acknowledged what has not arrived";
    }

    OneFlow flow_;
    bool trims_;
    std::uint64_t seed_, draws_ = 0;
    Time now_ = kStart;
    std::vector<PacketNumber> data_;
    std::vector<Said> answers_;
};

TEST(Reliability, EveryPacketIsTakenOnceUnderEveryKind) {
    for (const Reliability kind :
         {Reliability::window, Reliability::go_back_n, Reliability::selective_repeat, Reliability::unordered})
        for (const std::uint32_t window : {1u, 2u, 63u, 64u, 65u, 256u})
            for (std::uint64_t seed = 1; seed <= 20 && !::testing::Test::HasFailure(); ++seed) {
                SCOPED_TRACE("kind " + std::to_string(static_cast<int>(kind)) + ", window " + std::to_string(window) +
                             ", seed " + std::to_string(seed));
                Channel(kind, window, seed).run();
            }
}

}  // namespace
}  // namespace lightloom
