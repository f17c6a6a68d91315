// The engine's promises one by one: an event is handled at its time and in its place, however far ahead it was sent; a
// run ends where it should; a model that breaks its word is stopped. Same results: tests/determinism.
#include "core/engine.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include <algorithm>
#include <functional>
#include <tuple>
#include <vector>

#include "tests/support/phold.hpp"

namespace lightloom {
namespace {

// Notes what is handled; an event that carries a plan sends it when it is handled.
struct Script {
    struct Event {
        Time at;
        std::uint32_t node = 0;
        std::uint32_t source = 0;
        std::uint32_t kind = 0;
        std::uint32_t plan = 0;  // 0: none
    };
    static constexpr std::uint32_t kTimer = 9;

    std::vector<std::vector<Event>> plans{{}};
    std::vector<std::vector<Event>> handled;  // per node
    bool is_finished = false;

    explicit Script(std::uint32_t nodes = 1) : handled(nodes) {}
    std::uint32_t add(std::vector<Event> plan) {
        plans.push_back(std::move(plan));
        return static_cast<std::uint32_t>(plans.size() - 1);
    }
    static void prefetch(const Event&) {}
    static bool is_progress(const Event& event) { return event.kind != kTimer; }
    bool finished() const { return is_finished; }
    template <class Context>
    void handle(Context& context, const Event& event) {
        handled[event.node].push_back(event);
        for (const Event& next : plans[event.plan]) context.post(next);
    }
    std::vector<std::int64_t> times(std::uint32_t node = 0) const {
        std::vector<std::int64_t> all;
        for (const Event& event : handled[node]) all.push_back(event.at.ps);
        return all;
    }
};

constexpr int kShift = 16;
constexpr Duration kLookahead{1 << kShift};
constexpr std::int64_t at_window(Window w) { return w << kShift; }

EngineOptions options_for(const std::vector<std::uint16_t>& partition_of, Time until = kNever) {
    return {.partitions = *std::max_element(partition_of.begin(), partition_of.end()) + 1u,
            .partition_of = partition_of,
            .weight_of = {},
            .lookahead = kLookahead,
            .until = until};
}

const std::vector<std::uint16_t> kOneNode{0}, kTwoApart{0, 1}, kTwoTogether{0, 0};

// How far ahead in windows: around each ring's reach and one slot and one turn of it.
std::vector<Window> distances() {
    std::vector<Window> all{1, 2, 63, 64, 65};
    for (int level = 0; level < rings::kLevels - 2; ++level) {
        const Window turn = Window{1} << rings::shift(level + 1), slot = Window{1} << rings::shift(level);
        for (const Window edge : {turn - slot, turn, turn + slot, 2 * turn})
            for (Window off = -1; off <= 1; ++off)
                if (edge + off > 0) all.push_back(edge + off);
    }
    return all;
}

void expect_all_arrive_from(Window launch, const std::vector<std::uint16_t>& partition_of) {
    Script script(2);
    std::vector<Script::Event> plan;
    std::vector<std::int64_t> expected;
    std::uint32_t port = 0;
    for (const Window distance : distances())
        for (const std::int64_t off_ps : {-1, 0, 1}) {
            const std::int64_t at_ps = at_window(launch + distance) + off_ps;
            if (at_ps >> kShift <= launch) continue;
            plan.push_back({.at = Time{at_ps}, .node = 1, .source = port++});
            expected.push_back(at_ps);
        }
    std::sort(expected.begin(), expected.end());
    Engine<Script> engine(script, options_for(partition_of));
    engine.post({.at = Time{at_window(launch)}, .node = 0, .plan = script.add(plan)});
    engine.run();
    EXPECT_EQ(script.times(1), expected) << "from window " << launch;
    EXPECT_EQ(engine.events(), static_cast<std::int64_t>(expected.size()) + 1);
}

TEST(Engine, EventsAtAnyDistanceArriveInOrder) {
    constexpr Window first = rings::kFirst, second = Window{1} << rings::shift(2), third = Window{1} << rings::shift(3);
    for (const Window launch : {Window{0}, Window{1}, first - 2, first - 1, first, Window{12'345}, second - 1, second,
                                third + 777, (third << 8) - 1}) {
        expect_all_arrive_from(launch, kTwoApart);
        expect_all_arrive_from(launch, kTwoTogether);
    }
}

TEST(Engine, EventsPostedBeforeTheRunArriveAtAnyDistance) {
    Script script;
    Engine<Script> engine(script, options_for(kOneNode));
    std::vector<std::int64_t> expected{0, 1};
    for (const Window distance : distances())
        for (const std::int64_t off_ps : {-1, 0, 1}) expected.push_back(at_window(distance) + off_ps);
    std::uint32_t port = 0;
    for (auto at_ps = expected.rbegin(); at_ps != expected.rend(); ++at_ps)
        engine.post({.at = Time{*at_ps}, .source = port++});
    std::sort(expected.begin(), expected.end());
    engine.run();
    EXPECT_EQ(script.times(), expected);
}

TEST(Engine, TenMillisecondsTenSecondsAndTenHoursAreReachedToThePicosecond) {
    const std::int64_t start_ps = 123'456'789;
    std::vector<std::int64_t> expected{start_ps};
    Script script(2);
    std::vector<Script::Event> plan;
    for (const std::int64_t seconds_e3 : {10LL, 10'000LL, 36'000'000LL})
        for (const std::int64_t off_ps : {-1, 0, 1}) {
            expected.push_back(start_ps + milliseconds(seconds_e3).ps + off_ps);
            plan.push_back({.at = Time{expected.back()},
                            .node = 0,
                            .source = kOwnEvent | static_cast<std::uint32_t>(plan.size())});
        }
    Engine<Script> engine(script, options_for(kTwoApart));
    engine.post({.at = Time{start_ps}, .node = 0, .plan = script.add(plan)});
    engine.run();
    EXPECT_EQ(script.times(), expected);
    EXPECT_LT(engine.periods(), 40);  // idle windows are skipped
}

TEST(Engine, TheLongestWindowFitsTheLookahead) {
    EXPECT_EQ(window_shift_of(Duration{1}), 0);
    EXPECT_EQ(window_shift_of(Duration{65'535}), 15);
    EXPECT_EQ(window_shift_of(Duration{65'536}), 16);
    EXPECT_EQ(window_shift_of(milliseconds(1000)), 31);
    Script script;
    EngineOptions options = options_for(kOneNode);
    EXPECT_EQ(Engine<Script>(script, options).window_length(), kLookahead);
    options.window_divisor = 8;
    EXPECT_EQ(Engine<Script>(script, options).window_length().ps, kLookahead.ps / 8);
    options.window_divisor = 1u << 31;
    EXPECT_EQ(Engine<Script>(script, options).window_length().ps, 1);
}

TEST(Engine, OwnEventsInsideTheOpenWindowTakeTheirPlace) {
    Script script;
    std::uint32_t counter = 0;
    const auto own = [&](std::int64_t at_ps, std::uint32_t kind = 0, std::uint32_t plan = 0) {
        return Script::Event{.at = Time{at_ps}, .source = kOwnEvent | counter++, .kind = kind, .plan = plan};
    };
    const std::uint32_t second = script.add({own(101), own(150)});
    const std::uint32_t first = script.add({own(200, 1), own(100, 0, second), own(200, 0), own(65'535), own(65'536)});
    Engine<Script> engine(script, options_for(kOneNode));
    engine.post({.at = Time{10}, .source = 1, .plan = first});
    engine.post({.at = Time{120}, .source = 2});
    engine.post({.at = Time{65'536}, .source = 3});
    engine.run();
    EXPECT_EQ(script.times(), (std::vector<std::int64_t>{10, 100, 101, 120, 150, 200, 200, 65'535, 65'536, 65'536}));
    EXPECT_EQ(script.handled[0][5].kind, 0u);  // of the two at 200 ps the more urgent one
    EXPECT_EQ(script.handled[0][6].kind, 1u);
}

TEST(Engine, OneNodesOwnEventsDoNotWaitForTheNextNode) {
    Script script(2);
    const std::uint32_t plan = script.add({{.at = Time{500}, .node = 0, .source = kOwnEvent}});
    Engine<Script> engine(script, options_for(kTwoTogether));
    engine.post({.at = Time{10}, .node = 0, .plan = plan});
    engine.post({.at = Time{5}, .node = 1});
    engine.run();
    EXPECT_EQ(script.times(0), (std::vector<std::int64_t>{10, 500}));
    EXPECT_EQ(script.times(1), (std::vector<std::int64_t>{5}));
}

// What is at `until` or later stays pending, wherever in a window `until` lies.
void expect_cut_at(std::int64_t until_ps) {
    Script script;
    Engine<Script> engine(script, options_for(kOneNode, Time{until_ps}));
    const std::uint32_t plan = script.add({{.at = Time{until_ps - 1}, .source = kOwnEvent | 0},
                                           {.at = Time{until_ps}, .source = kOwnEvent | 1},
                                           {.at = Time{until_ps + 1}, .source = kOwnEvent | 2}});
    engine.post({.at = Time{until_ps - 2}, .source = 0, .plan = plan});
    engine.post({.at = Time{until_ps}, .source = 1});
    engine.post({.at = Time{until_ps + milliseconds(10).ps}, .source = 2});
    engine.run();
    EXPECT_EQ(script.times(), (std::vector<std::int64_t>{until_ps - 2, until_ps - 1})) << until_ps;
    std::vector<std::int64_t> pending;
    engine.for_each_pending([&](const Script::Event& event) { pending.push_back(event.at.ps - until_ps); });
    std::sort(pending.begin(), pending.end());
    EXPECT_EQ(pending, (std::vector<std::int64_t>{0, 0, 1, milliseconds(10).ps})) << until_ps;
    EXPECT_FALSE(engine.interrupted());
}

TEST(Engine, UntilCutsToThePicosecond) {
    for (const Window window : {1, 5, 1024, 4096, 5000})
        for (const std::int64_t off_ps : {-1, 0, 1, 2, 30'000}) expect_cut_at(at_window(window) + off_ps);
}

TEST(Engine, RunsNothingWhenUntilIsTheStart) {
    Script script;
    Engine<Script> engine(script, options_for(kOneNode, Time{0}));
    engine.post({.at = Time{0}});
    engine.run();
    EXPECT_EQ(engine.events(), 0);
}

TEST(Engine, EndsWhenNothingIsPending) {
    for (const std::uint32_t threads : {1u, 2u}) {
        Script script(2);
        EngineOptions options = options_for(kTwoApart);
        options.threads = threads;
        Engine<Script> engine(script, options);
        engine.run();
        EXPECT_EQ(engine.events(), 0);
        EXPECT_EQ(engine.periods(), 0);
        EXPECT_FALSE(engine.interrupted());
    }
}

TEST(Engine, TimersAloneKeepAFinishedModelNoLonger) {
    for (const bool finished : {true, false}) {
        Script script(2);
        script.is_finished = finished;
        const std::uint32_t plan =
            script.add({{.at = Time{milliseconds(1).ps}, .source = kOwnEvent, .kind = Script::kTimer}});
        Engine<Script> engine(script, options_for(kTwoApart));
        engine.post({.at = Time{5}, .plan = plan});
        engine.post({.at = Time{microseconds(3).ps}, .node = 1});
        engine.run();
        EXPECT_EQ(script.handled[0].size(), finished ? 1u : 2u);
        EXPECT_EQ(script.handled[1].size(), 1u);
    }
}

TEST(Engine, AFinishedModelStillHandlesWhatIsNoTimer) {
    Script script;
    script.is_finished = true;
    Engine<Script> engine(script, options_for(kOneNode));
    engine.post({.at = Time{milliseconds(1).ps}});
    engine.run();
    EXPECT_EQ(script.handled[0].size(), 1u);
}

TEST(Engine, StopsBetweenWindowsWhenAsked) {
    testing::Phold phold(32);
    const std::vector<std::uint16_t> partition_of(32, 0);
    Engine<testing::Phold> engine(phold, {.partition_of = partition_of, .weight_of = {}, .lookahead = phold.lookahead});
    for (std::uint32_t token = 0; token < 100; ++token)
        engine.post({.at = Time{0}, .node = token % 32, .source = token, .kind = 0, .hops = 0});
    std::vector<Time> asked;
    engine.run([&](Time now) {
        asked.push_back(now);
        return asked.size() < 5;
    });
    EXPECT_TRUE(engine.interrupted());
    ASSERT_EQ(asked.size(), 5u);
    EXPECT_TRUE(std::is_sorted(asked.begin(), asked.end()));
    EXPECT_EQ(asked.back().ps % engine.window_length().ps, 0);
    int pending = 0;
    engine.for_each_pending([&](const auto& event) {
        EXPECT_GE(event.at, asked.back());
        ++pending;
    });
    EXPECT_EQ(pending, 100);
}

TEST(Engine, AnEventPostedAsAChangeOfAnotherIsThatEvent) {
    struct Changer : Script {
        using Script::Script;
        void handle(Partition<Changer>& context, const Event& event) {
            handled[event.node].push_back(event);
            if (event.plan == 0) return;
            for (const Duration delay : {kLookahead, milliseconds(10)})  // the first ring, and a further one
                context.post_changed(event, event.at + delay, 1, [](Event& e) { e.plan = 0, e.source = 77; });
        }
    };
    Changer changer(2);
    Engine<Changer> engine(changer, options_for(kTwoApart));
    engine.post({.at = Time{7}, .node = 0, .source = 5, .kind = 3, .plan = 1});
    engine.run();
    EXPECT_EQ(changer.times(1), (std::vector<std::int64_t>{7 + kLookahead.ps, 7 + milliseconds(10).ps}));
    for (const Script::Event& event : changer.handled[1])
        EXPECT_EQ(std::tuple(event.source, event.kind, event.plan), std::tuple(77u, 3u, 0u));
}

// Engines that are to abort run on one thread, so that the death test may fork.
void run_with(std::vector<Script::Event> plan, Duration lookahead = kLookahead) {
    Script script(2);
    EngineOptions options = options_for(kTwoTogether);
    options.lookahead = lookahead;
    Engine<Script> engine(script, options);
    engine.post({.at = Time{1000}, .node = 0, .plan = script.add(std::move(plan))});
    engine.run();
}

// What a watcher throws (its disk is full) reaches the caller, whichever thread was the leader, and no thread hangs.
TEST(Engine, PassesOnWhatIsThrownBetweenWindows) {
    for (const std::uint32_t threads : {1u, 2u, 4u})
        for (int round = 0; round < 10; ++round) {
            testing::Phold model(256);
            const std::vector<std::uint16_t> partition_of = [] {
                std::vector<std::uint16_t> of(256);
                for (std::size_t node = 0; node < of.size(); ++node) of[node] = static_cast<std::uint16_t>(node / 64);
                return of;
            }();
            EngineOptions options;
            options.threads = threads;
            options.partitions = 4;
            options.partition_of = partition_of;
            options.lookahead = model.lookahead;
            Engine<testing::Phold> engine(model, options);
            for (std::uint32_t token = 0; token < 4096; ++token) engine.post({Time{token}, token % 256, token, 0, 0});
            EXPECT_THROW(engine.run([](Time) -> bool { throw std::runtime_error("the disk is full"); }),
                         std::runtime_error);
        }
}

TEST(EngineDeathTest, StopsAModelThatSendsIntoTheOpenWindow) {
    EXPECT_DEATH(run_with({{.at = Time{2000}, .node = 1}}), "lookahead");
    EXPECT_DEATH(run_with({{.at = Time{65'535}, .node = 1}}), "lookahead");
    run_with({{.at = Time{65'536}, .node = 1}});  // the next window is early enough
}

TEST(EngineDeathTest, StopsAModelThatSendsIntoThePast) {
    EXPECT_DEATH(run_with({{.at = Time{999}, .node = 0, .source = kOwnEvent}}), "open window");
    EXPECT_DEATH(run_with({{.at = Time{1000}, .node = 0, .source = kOwnEvent}}), "open window");
    run_with({{.at = Time{1001}, .node = 0, .source = kOwnEvent}});
}

TEST(EngineDeathTest, StopsAnEventBeyondTheLastRing) {
    EXPECT_DEATH(run_with({{.at = Time{INT64_MAX - 1}, .node = 1}}, Duration{1}), "beyond the last ring");
    run_with({{.at = Time{INT64_MAX - 1}, .node = 1}});  // windows of 65.5 ns reach to the end of time
}

TEST(EngineDeathTest, NeedsLookahead) {
    EXPECT_DEATH(run_with({}, Duration{0}), "lookahead");
    EXPECT_DEATH(run_with({}, Duration{-5}), "lookahead");
}

}  // namespace
}  // namespace lightloom
