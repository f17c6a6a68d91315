// One digest, whatever executes it. Every source of trouble is in the cases: loss, drops, marks, time-outs,
// repetitions, exact ties, both forwarding modes, both path policies. Light, since it also runs under sanitizers.
// Oracle: the reference engine (tests/support/reference_engine.hpp), one priority queue without windows or partitions.
#include <set>

#include <gtest/gtest.h>

#include "tests/support/fabric_oracle.hpp"
#include "tests/support/rough_fabrics.hpp"

namespace lightloom::testing {
namespace {

// Links that lose lock and flap, and that get better and worse while they are used.
FabricCase unsteady(Forwarding forwarding) {
    FabricCase parts = rough(forwarding, PathPolicy::spray);
    for (std::uint32_t i = 0; i < parts.channels.size(); ++i) {
        Channel& channel = parts.channels[i];
        channel.codeword_hazard = 1e-3;
        channel.lock_loss_per_second = i % 4 == 0 ? 3e4 : 0.0;
        channel.relock = {Distribution::Kind::lognormal, 2e6, 1.0};
        channel.debounce = microseconds(3);
        channel.link_up = microseconds(10);
        if (i % 3 != 0) continue;
        const auto add = [&](Time at, double hazard, double rate) { parts.changes.push_back({at, i, hazard, rate}); };
        add(Time{(7 + i % 5) * 1'000'003}, 1e-2, 1e5);
        add(Time{(14 + i % 7) * 1'000'003}, 0.0, 0.0);
        add(Time{21'000'000}, 4e-3, 2e4);
        add(Time{} + milliseconds(36'000'000), 1.0, 1e9);
    }
    return parts;
}

// Four queue pairs, and a pause between two frames of a flow now and then.
FabricCase steered(PathPolicy path) {
    FabricCase parts =
        rough(path == PathPolicy::adaptive ? Forwarding::store_and_forward : Forwarding::cut_through, path);
    parts.topology.tiers[1].rate = gigabits(200);
    parts.network.queue_pairs = 4;
    parts.network.flowlet_gap = nanoseconds(700);
    parts.network.flowlet_slots = 8;
    return parts;
}

std::vector<FabricCase> cases() {
    std::vector<FabricCase> all{rough(Forwarding::cut_through, PathPolicy::spray),
                                rough(Forwarding::store_and_forward, PathPolicy::ecmp), chained(),
                                unsteady(Forwarding::cut_through), unsteady(Forwarding::store_and_forward)};
    for (const PathPolicy path :
         {PathPolicy::round_robin, PathPolicy::entropy, PathPolicy::flowlet, PathPolicy::adaptive})
        all.push_back(steered(path));
    return all;
}

TEST(Determinism, OneDigestOverThreadsPartitionsAndWindows) {
    for (const FabricCase& parts : cases()) expect_one_digest(parts);
}

TEST(Determinism, OneDigestWhenRepeated) {
    const FabricCase parts = rough(Forwarding::cut_through, PathPolicy::spray);
    const std::uint64_t expected = run(parts, {4, 16}).fabric.digest();
    for (int i = 0; i < 5; ++i) ASSERT_EQ(run(parts, {4, 16}).fabric.digest(), expected);
}

TEST(Determinism, OneDigestOfARunThatIsStopped) {
    for (const FabricCase& parts : cases())
        for (const std::int64_t until_ns : {1, 1'733, 9'000, 40'001})
            expect_one_digest(parts, Time{until_ns * 1000 + 1});
}

// Release, debug and sanitized builds all run this: the compiler must not show in a result. A change of the model moves
// these numbers, and its commit says why; a change of speed must not.
TEST(Determinism, TheStoredDigestsHoldInEveryBuild) {
    EXPECT_EQ(run(rough(Forwarding::cut_through, PathPolicy::spray)).fabric.digest(), 16064723927021587695u);
    EXPECT_EQ(run(rough(Forwarding::store_and_forward, PathPolicy::ecmp)).fabric.digest(), 14511144274272851866u);
    EXPECT_EQ(run(chained()).fabric.digest(), 18165399411215840197u);
    EXPECT_EQ(run(unsteady(Forwarding::cut_through)).fabric.digest(), 2891370706381837520u);
    EXPECT_EQ(run(unsteady(Forwarding::store_and_forward)).fabric.digest(), 3322432312166154300u);
}

// Else the tests above would hold nothing.
TEST(Determinism, TheCasesHaveEverySourceOfTrouble) {
    for (const Forwarding forwarding : {Forwarding::cut_through, Forwarding::store_and_forward}) {
        const FabricCase parts = rough(forwarding, PathPolicy::ecmp);
        const FabricRun trouble = run(parts);
        EXPECT_TRUE(trouble.fabric.finished());
        EXPECT_GT(trouble.lost(), 50u);
        EXPECT_GT(trouble.dropped(), 50u);
        EXPECT_GT(trouble.marked(), 50u);
        EXPECT_GT(trouble.retransmissions(), 50u);
    }
}

TEST(Determinism, TheUnsteadyCasesLoseLockAndFlapAndChange) {
    for (const Forwarding forwarding : {Forwarding::cut_through, Forwarding::store_and_forward}) {
        FabricCase parts = unsteady(forwarding);
        const FabricRun trouble = run(parts);
        EXPECT_TRUE(trouble.fabric.finished());
        std::uint64_t in_dark = 0;
        DarkIntervals::Sum all;
        for (std::uint32_t port = 0; port < parts.topology.ports.size(); ++port) {
            in_dark += trouble.fabric.counters()[port].frames_lost_in_dark;
            const DarkIntervals::Sum sum = trouble.fabric.dark_until(port, Time{60'000'000});
            all.lock_losses += sum.lock_losses;
            all.flaps += sum.flaps;
        }
        EXPECT_GT(in_dark, 20u);
        EXPECT_GT(trouble.lost() - in_dark, 20u);
        EXPECT_GT(all.flaps, 5);
        EXPECT_GT(all.lock_losses - all.flaps, 5);
        EXPECT_GT(trouble.acknowledged(0), microseconds(21));  // so that changes are met
        parts.changes.clear();
        EXPECT_NE(run(parts).fabric.digest(), trouble.fabric.digest());
    }
}

TEST(Determinism, TheDigestChangesWithEverySeedAndParameter) {
    std::set<std::uint64_t> digests;
    std::size_t runs = 0;
    const auto add = [&](auto change) {
        FabricCase parts = rough(Forwarding::store_and_forward, PathPolicy::spray);
        change(parts);
        digests.insert(run(parts).fabric.digest());
        ++runs;
    };
    add([](FabricCase&) {});
    add([](FabricCase& parts) { parts.fault_seed = 2; });
    add([](FabricCase& parts) { parts.order_seed = 2; });
    add([](FabricCase& parts) { parts.network.hash_seed = 2; });
    add([](FabricCase& parts) { parts.traffic = permutation(parts.topology, {96 << 10}, 8); });
    add([](FabricCase& parts) { parts.channels[5].delay += Duration{1}; });
    add([](FabricCase& parts) { parts.network.path = PathPolicy::ecmp; });
    add([](FabricCase& parts) { parts.network.forwarding = Forwarding::cut_through; });
    for (const PathPolicy path :
         {PathPolicy::round_robin, PathPolicy::entropy, PathPolicy::flowlet, PathPolicy::adaptive})
        add([&](FabricCase& parts) { parts.network.path = path; });
    add([](FabricCase& parts) {
        parts.network.path = PathPolicy::entropy;
        parts.network.queue_pairs = 16;
    });
    add([](FabricCase& parts) { parts.network.hash_fields.attempt = false; });
    EXPECT_EQ(digests.size(), runs);
}

}  // namespace
}  // namespace lightloom::testing
