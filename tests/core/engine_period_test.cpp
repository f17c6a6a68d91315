// Two lengths: windows as short as the shortest delay, periods between barriers as long as the shortest delay between
// partitions allows. Neither may show in a result. Oracle: tests/support/reference_engine.hpp, which has neither.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/engine.hpp"
#include "core/random.hpp"
#include "tests/support/reference_engine.hpp"

namespace lightloom {
namespace {

using testing::ReferenceEngine;

// PHOLD in villages: tokens mostly hop to a near node of the same village, sometimes to any node, far away. Now and
// then a node sets itself something: at once, some windows later, or so much later that it passes through a further
// ring.
struct Villages {
    struct Event {
        Time at;
        std::uint32_t node, source, kind, hops;
    };
    enum Kind : std::uint32_t { token, chore };
    static constexpr std::uint32_t kVillages = 16, kNodes = 8 * kVillages;
    static constexpr Duration kNear{nanoseconds(5)}, kFar{nanoseconds(500)};

    std::int64_t granularity_ps = 1;
    std::vector<Digest> digests = std::vector<Digest>(kNodes);
    std::vector<std::uint32_t> own_events = std::vector<std::uint32_t>(kNodes);
    std::vector<std::uint64_t> handled = std::vector<std::uint64_t>(kNodes);

    static bool is_progress(const Event&) { return true; }
    static bool finished() { return false; }
    static void prefetch(const Event&) {}

    Duration some(std::uint64_t bits, Duration below) const {
        return {static_cast<std::int64_t>(bits % static_cast<std::uint64_t>(below.ps)) / granularity_ps *
                granularity_ps};
    }
    template <class Context>
    void handle(Context& context, const Event& event) {
        digests[event.node].fold(static_cast<std::uint64_t>(event.at.ps),
                                 std::uint64_t{event.source} << 32 | event.kind, event.hops);
        ++handled[event.node];
        if (event.kind == chore) return;
        const std::uint64_t bits = scramble(std::uint64_t{event.source} << 32 | event.hops), more = scramble(bits);
        const bool near = bits % 8 != 0;
        context.post({.at = event.at + (near ? kNear + some(more, nanoseconds(20)) : kFar + some(more, kFar)),
                      .node = static_cast<std::uint32_t>(near ? event.node / 8 * 8 + more % 8 : more % kNodes),
                      .source = event.source,
                      .kind = token,
                      .hops = event.hops + 1});
        if (bits % 16 >= 3) return;
        const Duration reach[] = {nanoseconds(3), nanoseconds(200), microseconds(10)};
        context.post({.at = event.at + Duration{1} + some(more, reach[bits % 16]),
                      .node = event.node,
                      .source = kOwnEvent | own_events[event.node]++,
                      .kind = chore,
                      .hops = event.hops});
    }
    std::uint64_t digest() const {
        Digest all;
        for (std::size_t node = 0; node < kNodes; ++node) all.fold(digests[node].value() ^ handled[node]);
        return all.value();
    }
    template <class AnyEngine>
    static void start(AnyEngine& engine) {
        for (std::uint32_t i = 0; i < 2 * kNodes; ++i)
            engine.post({.at = Time{0}, .node = i % kNodes, .source = i, .kind = token, .hops = 0});
    }
};

const Time kUntil{microseconds(12).ps + 12'345};

struct Lengths {
    std::uint32_t threads, partitions;
    Duration lookahead, cut_lookahead;
    std::string name() const {
        return std::to_string(threads) + " threads, " + std::to_string(partitions) + " partitions, " +
               std::to_string(lookahead.ps) + " and " + std::to_string(cut_lookahead.ps) + " ps";
    }
};

std::uint64_t digest_with(const Lengths& lengths, std::int64_t granularity_ps) {
    Villages model{.granularity_ps = granularity_ps};
    std::vector<std::uint16_t> partition_of(Villages::kNodes);
    for (std::size_t i = 0; i < partition_of.size(); ++i)
        partition_of[i] = static_cast<std::uint16_t>(i / 8 * 7 % lengths.partitions);
    Engine<Villages> engine(model, {.threads = lengths.threads,
                                    .partitions = lengths.partitions,
                                    .partition_of = partition_of,
                                    .weight_of = {},
                                    .lookahead = lengths.lookahead,
                                    .cut_lookahead = lengths.cut_lookahead,
                                    .until = kUntil,
                                    .seed = 3});
    Villages::start(engine);
    engine.run();
    return model.digest();
}

TEST(EnginePeriod, NeitherLengthShowsInTheResult) {
    for (const std::int64_t granularity_ps : {1L, 1000L}) {  // the coarse one makes exact ties
        Villages model{.granularity_ps = granularity_ps};
        ReferenceEngine<Villages> reference(model, 3, kUntil);
        Villages::start(reference);
        reference.run();
        ASSERT_GT(model.handled[0], 100u);
        for (const std::uint32_t threads : {1u, 2u, 4u})
            for (const std::uint32_t partitions : {1u, 3u, 16u})
                for (const Duration lookahead : {Villages::kNear, Duration{600}, Duration{64}})
                    for (const Duration cut : {Duration{0}, Duration{9000}, Duration{70'000}, Villages::kFar}) {
                        const Lengths lengths{threads, partitions, lookahead, cut};
                        EXPECT_EQ(digest_with(lengths, granularity_ps), model.digest()) << lengths.name();
                    }
    }
}

// A model that must be told beforehand how far it may go.
struct Foretold {
    using Event = Villages::Event;
    Villages villages{};
    Time told{0};
    std::vector<std::uint64_t> untold = std::vector<std::uint64_t>(Villages::kNodes);

    static bool is_progress(const Event&) { return true; }
    static bool finished() { return false; }
    static void prefetch(const Event&) {}
    template <class Context>
    void handle(Context& context, const Event& event) {
        untold[event.node] += event.at >= told;
        villages.handle(context, event);
    }
};

TEST(EnginePeriod, NothingHappensThatWasNotForeseen) {
    const std::uint64_t expected = digest_with({1, 1, Villages::kNear, Duration{0}}, 1);
    for (const std::uint32_t threads : {1u, 4u})
        for (const Duration step : {Duration{1}, nanoseconds(700), microseconds(5)}) {
            Foretold model;
            std::vector<std::uint16_t> partition_of(Villages::kNodes);
            for (std::size_t i = 0; i < partition_of.size(); ++i)
                partition_of[i] = static_cast<std::uint16_t>(i / 8 * 7 % 5);
            std::int64_t calls = 0;
            Engine<Foretold> engine(model, {.threads = threads,
                                            .partitions = 5,
                                            .partition_of = partition_of,
                                            .weight_of = {},
                                            .lookahead = Villages::kNear,
                                            .cut_lookahead = Villages::kFar,
                                            .until = kUntil,
                                            .seed = 3,
                                            .foresee = [&](Time end) {
                                                EXPECT_GT(end, model.told);
                                                ++calls;
                                                return model.told = end + step;
                                            }});
            Villages::start(engine);
            engine.run();
            EXPECT_EQ(model.villages.digest(), expected);
            EXPECT_EQ(model.untold, std::vector<std::uint64_t>(Villages::kNodes));
            EXPECT_LE(calls, engine.periods());
            EXPECT_LE(calls, 1 + kUntil.ps / step.ps);
            EXPECT_GE(calls, kUntil.ps / (step + engine.period_length()).ps);
        }
}

// Notes when each node handles what; an event sends the events of its plan.
struct Script {
    struct Event {
        Time at;
        std::uint32_t node = 0, source = 0, kind = 0, plan = 0;
    };
    std::vector<std::vector<Event>> plans{{}};
    std::vector<std::vector<std::int64_t>> times = std::vector<std::vector<std::int64_t>>(3);

    std::uint32_t add(std::vector<Event> plan) {
        plans.push_back(std::move(plan));
        return static_cast<std::uint32_t>(plans.size() - 1);
    }
    static bool is_progress(const Event&) { return true; }
    static bool finished() { return false; }
    static void prefetch(const Event&) {}
    template <class Context>
    void handle(Context& context, const Event& event) {
        times[event.node].push_back(event.at.ps);
        for (const Event& next : plans[event.plan]) context.post(next);
    }
};

constexpr int kShift = 12;  // windows of 4 ns
constexpr std::int64_t at_window(Window w) { return w << kShift; }
const std::vector<std::uint16_t> kTwoAndOne{0, 0, 1};  // nodes 0 and 1 together, 2 apart

EngineOptions options_for(int period_shift, Time until = kNever) {
    return {.partitions = 2,
            .partition_of = kTwoAndOne,
            .weight_of = {},
            .lookahead = Duration{1 << kShift},
            .cut_lookahead = Duration{std::int64_t{1} << (kShift + period_shift)},
            .until = until};
}

// Around each ring's reach, and one slot and one turn of it.
void expect_all_arrive_from(Window launch, int period_shift) {
    const Window period_end = ((launch >> period_shift) + 1) << period_shift;
    Script script;
    std::vector<Script::Event> plan;
    std::vector<std::int64_t> near, far;
    const auto send = [&](Window w) {
        for (const std::int64_t off_ps : {-1, 0, 1}) {
            const std::int64_t at_ps = at_window(w) + off_ps;
            const auto port = static_cast<std::uint32_t>(plan.size());
            if (at_ps >> kShift > launch) {
                plan.push_back({.at = Time{at_ps}, .node = 1, .source = port});
                near.push_back(at_ps);
            }
            if (at_ps >> kShift >= period_end) {
                plan.push_back({.at = Time{at_ps}, .node = 2, .source = port});
                far.push_back(at_ps);
            }
        }
    };
    for (Window distance = 1; distance < 70; ++distance) send(launch + distance);
    for (int level = 0; level < 4; ++level) {
        const Window turn = Window{1} << rings::shift(level + 1), slot = Window{1} << rings::shift(level);
        for (const Window edge : {turn - 64, turn - slot, turn, turn + slot, 2 * turn})
            for (Window off = -1; off <= 1; ++off) {
                send(launch + edge + off);
                send(period_end + edge + off);
            }
    }
    std::sort(near.begin(), near.end());
    std::sort(far.begin(), far.end());
    Engine<Script> engine(script, options_for(period_shift));
    engine.post({.at = Time{at_window(launch)}, .node = 0, .plan = script.add(plan)});
    engine.run();
    EXPECT_EQ(script.times[1], near) << "from window " << launch << " with periods of 2^" << period_shift;
    EXPECT_EQ(script.times[2], far) << "from window " << launch << " with periods of 2^" << period_shift;
}

TEST(EnginePeriod, EventsAtAnyDistanceArriveInOrder) {
    constexpr Window first = rings::kFirst, second = Window{1} << rings::shift(2);
    for (const int period_shift : {0, 1, 3, 6})
        for (const Window launch : {Window{0}, Window{1}, Window{63}, first - 1, first, Window{12'345}, second - 1})
            expect_all_arrive_from(launch, period_shift);
}

TEST(EnginePeriod, UntilCutsInsideAPeriod) {
    for (const std::int64_t until_ps : {at_window(3), at_window(3) + 1, at_window(40) - 1, at_window(64)}) {
        Script script;
        Engine<Script> engine(script, options_for(6, Time{until_ps}));
        std::vector<Script::Event> plan;
        for (Window w = 1; w < 200; ++w) plan.push_back({.at = Time{at_window(w)}, .node = 1});
        engine.post({.at = Time{0}, .node = 0, .plan = script.add(plan)});
        engine.run();
        const auto expected = static_cast<std::size_t>((until_ps - 1) >> kShift);
        EXPECT_EQ(script.times[1].size(), expected);
        std::size_t pending = 0;
        engine.for_each_pending([&](const Script::Event& event) {
            EXPECT_GE(event.at.ps, until_ps);
            ++pending;
        });
        EXPECT_EQ(pending, plan.size() - expected);
    }
}

struct Ball : Script {
    template <class Context>
    void handle(Context& context, const Event& event) {
        times[event.node].push_back(event.at.ps);
        context.post({.at = event.at + nanoseconds(5), .node = 1 - event.node});
    }
};

// Two near nodes play ball at 5 ns; a barrier is needed no oftener than the third's distance says.
TEST(EnginePeriod, ShortDelaysInsideAPartitionPutNoBarriers) {
    const Time until{microseconds(100).ps};
    const auto play = [&](Duration cut_lookahead, Duration period_length, std::int64_t periods) {
        Ball ball;
        EngineOptions options = options_for(0, until);
        options.lookahead = nanoseconds(5);
        options.cut_lookahead = cut_lookahead;
        Engine<Ball> engine(ball, options);
        engine.post({.at = Time{0}, .node = 0});
        engine.run();
        EXPECT_EQ(engine.events(), 20'000);
        EXPECT_EQ(engine.window_length().ps, 4096);
        EXPECT_EQ(engine.period_length(), period_length);
        EXPECT_EQ(engine.periods(), periods);
    };
    play(Duration{0}, Duration{1 << 12}, 20'001);                     // a window per throw, and the one that until cuts
    play(nanoseconds(300), Duration{1 << 18}, (until.ps >> 18) + 1);  // 382
    play(milliseconds(1), Duration{1 << 18}, (until.ps >> 18) + 1);   // 64 windows are the longest period
}

struct Closing : Script {
    struct Close {
        std::uint32_t node;
        std::int64_t end_ps;
        std::size_t handled;  // events of the node up to then
        friend bool operator==(const Close&, const Close&) = default;
    };
    std::vector<Close> closed;
    // Node 0 sends itself something for just after each of its windows' ends, three times.
    template <class Context>
    void end_of_window(Context& context, std::uint32_t node, Time end) {
        closed.push_back({node, end.ps, times[node].size()});
        if (node == 0 && closed.size() < 4) context.post({.at = end, .node = 0, .source = kOwnEvent});
    }
};

TEST(EnginePeriod, AModelLearnsOfTheEndOfEveryWindowOfANode) {
    for (const int period_shift : {0, 3, 6}) {
        Closing model;
        const Time until{at_window(2) + 100};
        Engine<Closing> engine(model, options_for(period_shift, until));
        for (const std::int64_t at_ps : {5, 6, 4095}) engine.post({.at = Time{at_ps}, .node = 0});
        engine.post({.at = Time{7}, .node = 1});
        engine.run();
        const std::vector<Closing::Close> expected{
            {0, at_window(1), 3}, {1, at_window(1), 1}, {0, at_window(2), 4}, {0, until.ps, 5}};
        EXPECT_EQ(model.closed, expected);
        std::size_t pending = 0;  // none is lost, wherever `until` cuts
        engine.for_each_pending([&](const Script::Event&) { ++pending; });
        EXPECT_EQ(pending, 0u);
    }
}

TEST(EnginePeriod, WhatIsSentAtTheLastEndIsKept) {
    Closing model;
    const Time until{at_window(1) - 100};
    Engine<Closing> engine(model, options_for(3, until));
    engine.post({.at = Time{5}, .node = 0});
    engine.run();
    EXPECT_EQ(model.closed, (std::vector<Closing::Close>{{0, until.ps, 1}}));
    std::size_t pending = 0;
    engine.for_each_pending([&](const Script::Event& event) {
        EXPECT_EQ(event.at, until);
        ++pending;
    });
    EXPECT_EQ(pending, 1u);
}

void send(Script::Event event, int period_shift) {
    Script script;
    Engine<Script> engine(script, options_for(period_shift));
    engine.post({.at = Time{at_window(2)}, .node = 0, .plan = script.add({event})});
    engine.run();
}

TEST(EnginePeriodDeathTest, StopsAModelThatSendsToAnotherPartitionBeforeTheBarrier) {
    EXPECT_DEATH(send({.at = Time{at_window(3)}, .node = 2}, 3), "cut lookahead");
    EXPECT_DEATH(send({.at = Time{at_window(8) - 1}, .node = 2}, 3), "cut lookahead");
    send({.at = Time{at_window(8)}, .node = 2}, 3);
    send({.at = Time{at_window(3)}, .node = 2}, 0);
    send({.at = Time{at_window(3)}, .node = 1}, 3);
    EXPECT_DEATH(send({.at = Time{at_window(3) - 1}, .node = 1}, 3), "open window");
    EXPECT_DEATH(send({.at = Time{at_window(3) - 1}, .node = 2}, 3), "open window");
}

TEST(EnginePeriodDeathTest, NoDelayBetweenPartitionsIsShorterThanTheShortest) {
    EngineOptions options = options_for(0);
    options.cut_lookahead = options.lookahead - Duration{1};
    Script script;
    EXPECT_DEATH(Engine<Script>(script, options), "lookahead between partitions");
}

}  // namespace
}  // namespace lightloom
