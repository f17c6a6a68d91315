// One scenario, one result: PHOLD, and a model with every kind of event that the engine knows, over threads, partitions
// and window lengths. Oracle: tests/support/reference_engine.hpp, which has none of them.
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "core/engine.hpp"
#include "core/random.hpp"
#include "tests/support/phold.hpp"
#include "tests/support/reference_engine.hpp"

namespace lightloom {
namespace {

using testing::Phold;
using testing::ReferenceEngine;

struct Cut {
    std::uint32_t threads, partitions, divisor;
    std::uint32_t weight = 1;  // of every node: groups of nodes are light or heavy
};

std::vector<Cut> all_cuts() {
    std::vector<Cut> cuts;
    for (const std::uint32_t threads : {1u, 2u, 4u})
        for (const std::uint32_t partitions : {1u, 3u, 16u})
            for (const std::uint32_t divisor : {1u, 2u, 8u}) cuts.push_back({threads, partitions, divisor, threads});
    return cuts;
}

std::string named(const Cut& cut) {
    return std::to_string(cut.threads) + " threads, " + std::to_string(cut.partitions) + " partitions, window / " +
           std::to_string(cut.divisor) + ", weight " + std::to_string(cut.weight);
}

struct Outcome {
    std::uint64_t digest = 0;
    std::vector<std::uint64_t> handled;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <class Model>
Outcome outcome_of(const Model& model) {
    return {model.digest(), model.handled};
}

// `start` posts the first events to whatever engine it is given.
template <class Model, class Start>
Outcome on_engine(Model model, const Start& start, const Cut& cut, Time until, std::uint64_t seed) {
    std::vector<std::uint16_t> partition_of(model.handled.size());
    for (std::size_t i = 0; i < partition_of.size(); ++i)  // not in blocks: neighbours are strangers
        partition_of[i] = static_cast<std::uint16_t>(i * 7 % cut.partitions);
    const std::vector<std::uint32_t> weight_of(partition_of.size(), cut.weight);
    Engine<Model> engine(model, {.threads = cut.threads,
                                 .partitions = cut.partitions,
                                 .partition_of = partition_of,
                                 .weight_of = weight_of,
                                 .lookahead = model.lookahead,
                                 .window_divisor = cut.divisor,
                                 .until = until,
                                 .seed = seed});
    start(engine);
    engine.run();
    EXPECT_EQ(static_cast<std::uint64_t>(engine.events()),
              std::accumulate(model.handled.begin(), model.handled.end(), std::uint64_t{0}));
    return outcome_of(model);
}

template <class Model, class Start>
Outcome on_reference(Model model, const Start& start, Time until, std::uint64_t seed) {
    ReferenceEngine<Model> engine(model, seed, until);
    start(engine);
    engine.run();
    return outcome_of(model);
}

struct PholdRun {
    std::uint32_t nodes = 64, tokens = 2048;
    std::int64_t granularity_ps = 1;
    Time until{microseconds(5).ps};
    std::uint64_t model_seed = 1, order_seed = 1;

    Phold model() const {
        Phold phold(nodes);
        phold.granularity_ps = granularity_ps;
        phold.seed = model_seed;
        return phold;
    }
    template <class AnyEngine>
    void start(AnyEngine& engine) const {
        for (std::uint32_t token = 0; token < tokens; ++token)
            engine.post({.at = Time{0}, .node = token % nodes, .source = token, .kind = 0, .hops = 0});
    }
    Outcome with(const Cut& cut) const {
        return on_engine(
            model(), [&](auto& engine) { start(engine); }, cut, until, order_seed);
    }
    Outcome reference() const {
        return on_reference(
            model(), [&](auto& engine) { start(engine); }, until, order_seed);
    }
};

constexpr Cut kPlain{1, 1, 1};

TEST(EngineDeterminism, PholdIsTheReferencesHoweverItIsCut) {
    const PholdRun run;
    const Outcome expected = run.reference();
    ASSERT_GT(expected.handled[0], 100u);
    for (const Cut& cut : all_cuts()) EXPECT_EQ(run.with(cut), expected) << named(cut);
}

TEST(EngineDeterminism, ExactTiesAreOrderedByDataHoweverTheRunIsCut) {
    const PholdRun run{.granularity_ps = nanoseconds(100).ps};  // all tokens move at multiples of 100 ns
    const Outcome expected = run.reference();
    for (const Cut& cut : all_cuts()) EXPECT_EQ(run.with(cut), expected) << named(cut);
}

TEST(EngineDeterminism, AHandfulOfEventsAmongThousandsOfNodesIsNoOtherCase) {
    const PholdRun sparse{.nodes = 10'000, .tokens = 50, .until = Time{microseconds(100).ps}};
    const Outcome expected = sparse.reference();
    for (const Cut& cut : {kPlain, Cut{2, 3, 1}, Cut{1, 16, 8}}) EXPECT_EQ(sparse.with(cut), expected) << named(cut);
}

TEST(EngineDeterminism, GroupsOfNodesDoNotShow) {
    const PholdRun run{.nodes = 200, .granularity_ps = nanoseconds(100).ps};
    const Outcome expected = run.reference();
    for (const std::uint32_t weight : {0u, 1u, 20u, 63u, 64u, 65u, 1000u}) {  // from one group to one for each node
        const Cut cut{2, 3, 1, weight};
        EXPECT_EQ(run.with(cut), expected) << named(cut);
    }
}

TEST(EngineDeterminism, RepeatedRunsAreTheSame) {
    const PholdRun run{.granularity_ps = nanoseconds(50).ps};
    const Outcome first = run.with({2, 3, 1});
    for (int i = 0; i < 5; ++i) EXPECT_EQ(run.with({2, 3, 1}), first);
}

TEST(EngineDeterminism, SeedsChangeTheResult) {
    const Outcome plain = PholdRun{}.with(kPlain);
    EXPECT_NE(PholdRun{.model_seed = 2}.with(kPlain).digest, plain.digest);
    // The engine's seed orders ties: it matters where there are some, and only there.
    const PholdRun ties{.granularity_ps = nanoseconds(100).ps};
    PholdRun other = ties;
    other.order_seed = 2;
    EXPECT_NE(other.with(kPlain).digest, ties.with(kPlain).digest);
    EXPECT_EQ(other.with(kPlain).handled, ties.with(kPlain).handled);
}

// Tokens hop; on the way each makes its node do things later: at once (inside the open window), soon, and after so long
// that the event passes through further rings.
struct Household {
    struct Event {
        Time at;
        std::uint32_t node, source, kind, hops;
    };
    enum Kind : std::uint32_t { token, chore, alarm };

    Duration lookahead{nanoseconds(100)};
    std::vector<Digest> digests;
    std::vector<std::uint64_t> handled;
    std::vector<std::uint32_t> own_events;

    explicit Household(std::uint32_t nodes) : digests(nodes), handled(nodes), own_events(nodes) {}

    static void prefetch(const Event&) {}
    static bool is_progress(const Event& event) { return event.kind != alarm; }
    static bool finished() { return false; }

    template <class Context>
    void handle(Context& context, const Event& event) {
        digests[event.node].fold(static_cast<std::uint64_t>(event.at.ps),
                                 std::uint64_t{event.source} << 32 | event.kind, event.hops);
        ++handled[event.node];
        const std::uint64_t bits = scramble(scramble(static_cast<std::uint64_t>(event.at.ps)) ^ event.source);
        if (event.kind == token) {
            const Duration delay = lookahead + Duration{static_cast<std::int64_t>(bits % 8) * 50'000};
            context.post({.at = event.at + delay,
                          .node = static_cast<std::uint32_t>((bits >> 8) % digests.size()),
                          .source = event.source,
                          .kind = token,
                          .hops = event.hops + 1});
            post_own(context, event, Duration{1 + static_cast<std::int64_t>(bits >> 32) % 60'000}, chore);
        } else if (event.kind == chore && bits % 4 == 0) {  // a chore begets another, perhaps in the same window
            post_own(context, event, Duration{1 + static_cast<std::int64_t>(bits >> 40) % 5000}, chore);
        } else if (event.kind == chore && bits % 64 == 1) {
            post_own(context, event, microseconds(100 + static_cast<std::int64_t>(bits >> 32) % 300), alarm);
        }
    }
    template <class Context>
    void post_own(Context& context, const Event& event, Duration later, Kind kind) {
        context.post({.at = event.at + later,
                      .node = event.node,
                      .source = kOwnEvent | own_events[event.node]++,
                      .kind = kind,
                      .hops = event.hops});
    }
    std::uint64_t digest() const {
        Digest all;
        for (const Digest& d : digests) all.fold(d.value());
        return all.value();
    }
};

TEST(EngineDeterminism, EventsToOneselfNowAndMuchLaterAreTheReferencesToo) {
    const auto start = [](auto& engine) {
        for (std::uint32_t token = 0; token < 24; ++token)
            engine.post({.at = Time{0}, .node = token % 16, .source = token, .kind = Household::token, .hops = 0});
    };
    const Time until{microseconds(600).ps};  // 9,155 windows of 65.5 ns: two turns of the first ring
    const Outcome expected = on_reference(Household(16), start, until, 3);
    for (const Cut& cut : {kPlain, Cut{1, 3, 2}, Cut{2, 3, 1}, Cut{2, 16, 8}, Cut{4, 16, 1}})
        EXPECT_EQ(on_engine(Household(16), start, cut, until, 3), expected) << named(cut);
}

}  // namespace
}  // namespace lightloom
