// Schedules of collectives, executed on symbols: every rank ends with what is promised, each contribution exactly once.
// Then bytes and steps against the closed forms of the textbooks (Thakur, Rabenseifner and Gropp, 2005).
#include "models/workload/collectives/schedule.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "tests/workload/symbolic_execution.hpp"

namespace lightloom {
namespace {

constexpr Collective kCollectives[] = {Collective::all_reduce, Collective::all_gather,  Collective::reduce_scatter,
                                       Collective::broadcast,  Collective::reduce,      Collective::all_to_all,
                                       Collective::barrier,    Collective::send_receive};
constexpr Algorithm kAlgorithms[] = {
    Algorithm::ring,         Algorithm::halving_doubling, Algorithm::recursive_doubling, Algorithm::tree,
    Algorithm::hierarchical, Algorithm::direct,           Algorithm::pairwise,           Algorithm::bruck,
    Algorithm::in_switch};

Content only(std::uint32_t rank) { return Content{1} << rank; }
Content all_of(std::uint32_t ranks) { return only(ranks) - 1; }
Content parcel(const CollectiveCall& call, std::uint32_t source, std::uint32_t destination) {
    return 1 + source * call.ranks + destination;
}
// The rank that is `block` ahead of `rank`; in whole nodes and GPUs, where there are nodes.
std::uint32_t ahead(const CollectiveCall& call, std::uint32_t rank, std::uint32_t block, bool backwards) {
    const std::uint32_t g = call.algorithm == Algorithm::hierarchical ? call.ranks_per_node : 1, k = call.ranks / g;
    const std::uint32_t i = backwards ? k - block / g : block / g, j = backwards ? g - block % g : block % g;
    return (rank / g + i) % k * g + (rank % g + j) % g;
}

Content initial(const CollectiveCall& call, std::uint32_t rank, std::uint32_t block) {
    switch (call.kind) {
        case Collective::all_gather: return block == rank ? only(rank) : 0;
        case Collective::broadcast: return rank == call.root ? only(rank) : 0;
        case Collective::all_to_all: return parcel(call, rank, ahead(call, rank, block, false));
        case Collective::all_reduce:
        case Collective::reduce_scatter:
        case Collective::reduce:
        case Collective::barrier:
        case Collective::send_receive: break;
    }
    return only(rank);
}

bool is_promised(const CollectiveCall& call, std::uint32_t rank, std::uint32_t block, Content content) {
    const Content all = all_of(call.ranks);
    switch (call.kind) {
        case Collective::all_reduce:
        case Collective::barrier: return content == all;
        case Collective::all_gather: return content == only(block);
        case Collective::reduce_scatter: return block != rank || content == all;
        case Collective::broadcast: return content == only(call.root);
        case Collective::reduce: return rank != call.root || content == all;
        case Collective::all_to_all: return content == parcel(call, ahead(call, rank, block, true), rank);
        case Collective::send_receive: return content == only((rank + call.ranks - 1) % call.ranks);
    }
    return false;
}

void expect_promise_is_kept(const CollectiveCall& call, std::uint32_t seed) {
    SCOPED_TRACE(testing::Message() << "collective " << static_cast<int>(call.kind) << ", algorithm "
                                    << static_cast<int>(call.algorithm) << ", ranks " << call.ranks << " of "
                                    << call.ranks_per_node << " a node, root " << call.root << ", bytes " << call.bytes
                                    << ", channels " << call.channels << ", chunk " << call.chunk_bytes);
    SymbolicExecution execution(call, seed);
    execution.fill([&](std::uint32_t rank, std::uint32_t block) { return initial(call, rank, block); });
    ASSERT_TRUE(execution.run()) << "a lane waits for ever, or a message has nobody to take it";
    EXPECT_TRUE(execution.holds([&](auto... place) { return is_promised(call, place...); }));
    EXPECT_FALSE(execution.sizes_differ());
    const bool may_add_twice = call.algorithm == Algorithm::bruck;  // it adds in a barrier only
    EXPECT_FALSE(execution.added_twice() && !may_add_twice);
    EXPECT_LE(execution.largest_send(), std::max<std::int64_t>(call.chunk_bytes, call.ranks));
}

// Nothing is lost between channels, loops and blocks, and a rank's own share is fair to a byte.
void expect_all_bytes_are_shared_out(const CollectiveCall& call) {
    const Schedule schedule(call);
    const auto total = [&](const Blocks& blocks) {
        std::int64_t sum = 0;
        for (std::uint32_t part = 0; part < schedule.parts(); ++part)
            for (std::uint64_t loop = 0; loop < schedule.loops(part); ++loop) sum += schedule.bytes(part, loop, blocks);
        return sum;
    };
    EXPECT_EQ(total({0, schedule.blocks()}), call.kind == Collective::barrier ? 0 : call.bytes);
    if (call.kind != Collective::all_gather && call.kind != Collective::reduce_scatter) return;
    for (std::uint32_t rank = 0; rank < call.ranks; ++rank) {
        EXPECT_GE(total({rank, 1}), call.bytes / call.ranks);
        EXPECT_LE(total({rank, 1}), (call.bytes + call.ranks - 1) / call.ranks);
    }
}

template <class Check>
void for_each_algorithm(Check check) {
    for (const Collective kind : kCollectives)
        for (const Algorithm algorithm : kAlgorithms)
            if (is_implemented(kind, algorithm)) check(kind, algorithm);
}

TEST(Schedule, KeepsEveryPromiseForAnyNumberOfRanks) {
    std::uint32_t calls = 0;
    for_each_algorithm([&](Collective kind, Algorithm algorithm) {
        for (std::uint32_t n = 1; n <= 33; ++n) {
            const std::int64_t sizes[] = {0, 1, n - 1, 1'000'003};
            for (std::uint32_t s = 0; s < 4; ++s) {
                const std::uint32_t channels = 1 + (n + s) % 3;
                const std::int64_t part = sizes[s] / channels;
                // Loops of a third of a part, of all of it, and of a few bytes.
                const std::int64_t chunk = s == 3 ? part / (1 + (n % 3) * 2) + 1 : 1 + n % 5;
                for (std::uint32_t g = 1; g <= n; ++g) {
                    const bool has_nodes = algorithm == Algorithm::hierarchical || algorithm == Algorithm::tree ||
                                           algorithm == Algorithm::in_switch || algorithm == Algorithm::ring;
                    if (n % g != 0 || (g > 1 && !has_nodes)) continue;
                    const CollectiveCall call{kind, algorithm, n, sizes[s], channels, chunk, (7 * n + s) % n, g};
                    expect_promise_is_kept(call, n * 4 + s);
                    expect_all_bytes_are_shared_out(call);
                    ++calls;
                    if (testing::Test::HasFailure()) return;
                }
            }
        }
    });
    EXPECT_GT(calls, 26u * 33 * 4);
}

TEST(Schedule, KeepsEveryPromiseWhateverTheRoot) {
    for (const Collective kind : {Collective::broadcast, Collective::reduce})
        for (const Algorithm algorithm : {Algorithm::ring, Algorithm::tree, Algorithm::direct})
            for (std::uint32_t n = 2; n <= 12; ++n)
                for (std::uint32_t root = 0; root < n; ++root)
                    expect_promise_is_kept({kind, algorithm, n, 1000, 2, 100, root, 1}, root);
}

// The executor itself: a schedule that is right for one call is wrong for another promise.
TEST(SymbolicExecution, NoticesABrokenPromise) {
    const CollectiveCall call{Collective::reduce_scatter, Algorithm::ring, 5, 1000, 1, 1000, 0, 1};
    SymbolicExecution execution(call, 1);
    execution.fill([&](std::uint32_t rank, std::uint32_t) { return only(rank); });
    ASSERT_TRUE(execution.run());
    EXPECT_FALSE(execution.holds([&](auto, auto, Content content) { return content == all_of(5); }));
    SymbolicExecution twice(call, 1);
    twice.fill([&](std::uint32_t, std::uint32_t) { return only(0); });
    ASSERT_TRUE(twice.run());
    EXPECT_TRUE(twice.added_twice());
}

struct Sums {
    std::int64_t bytes = 0;
    std::uint64_t sends = 0;
    std::int64_t received = 0;
    std::vector<std::int64_t> sizes;  // of lane 0's sends, in order
};

Sums sums(const CollectiveCall& call, std::uint32_t rank) {
    const Schedule schedule(call);
    Sums sums;
    for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane)
        for (std::uint64_t k = 0; k < schedule.steps(rank, lane); ++k) {
            const Step step = schedule.step(rank, lane, k);
            sums.bytes += step.sent_bytes;
            sums.received += step.received_bytes;
            if (step.to == kNobody) continue;
            ++sums.sends;
            if (lane == 0) sums.sizes.push_back(step.sent_bytes);
        }
    return sums;
}

CollectiveCall whole(Collective kind, Algorithm algorithm, std::uint32_t ranks, std::int64_t bytes) {
    return {.kind = kind, .algorithm = algorithm, .ranks = ranks, .bytes = bytes};
}

TEST(Schedule, SendsTheBytesOfTheTextbookInItsSteps) {
    using enum Collective;
    using A = Algorithm;
    for (const std::int64_t n : {2, 3, 5, 8, 13, 16, 32}) {
        const auto ranks = static_cast<std::uint32_t>(n);
        const std::int64_t bytes = n * 1024 * 15;  // n divides it, and so does every channel
        const auto expect = [&](Collective kind, A algorithm, std::int64_t sends, std::int64_t sent) {
            for (const std::uint32_t channels : {1u, 3u})
                for (std::uint32_t rank = 0; rank < ranks; ++rank) {
                    CollectiveCall call = whole(kind, algorithm, ranks, bytes);
                    call.channels = channels;
                    const Sums got = sums(call, rank);
                    EXPECT_EQ(got.sends, static_cast<std::uint64_t>(sends) * channels) << ranks << ' ' << rank;
                    EXPECT_EQ(got.bytes, sent) << ranks << ' ' << rank;
                    EXPECT_EQ(got.received, sent) << ranks << ' ' << rank;
                }
        };
        const std::int64_t fraction = bytes / n * (n - 1);
        std::int64_t log = 0;
        while (1 << log < n) ++log;
        expect(all_reduce, A::ring, 2 * (n - 1), 2 * fraction);
        expect(all_gather, A::ring, n - 1, fraction);
        expect(reduce_scatter, A::ring, n - 1, fraction);
        expect(all_gather, A::bruck, log, fraction);
        expect(all_gather, A::direct, n - 1, fraction);
        expect(reduce_scatter, A::direct, n - 1, fraction);
        expect(all_to_all, A::direct, n - 1, fraction);
        expect(all_to_all, A::pairwise, n - 1, fraction);
        expect(send_receive, A::direct, 1, bytes);
        std::int64_t bits = 0;  // a block is sent once for each bit of its distance
        for (std::int64_t i = 0; i < n; ++i) bits += __builtin_popcountll(static_cast<unsigned long long>(i));
        expect(all_to_all, A::bruck, log, bytes / n * bits);
        if (1 << log != n) continue;
        expect(all_reduce, A::halving_doubling, 2 * log, 2 * fraction);
        expect(all_reduce, A::recursive_doubling, log, log * bytes);
        expect(all_gather, A::recursive_doubling, log, fraction);
        expect(reduce_scatter, A::halving_doubling, log, fraction);
        EXPECT_EQ(bits, n / 2 * log);
    }
}

TEST(Schedule, HalvesThenDoubles) {
    const std::vector<std::int64_t> expected{512, 256, 128, 128, 256, 512};
    EXPECT_EQ(sums(whole(Collective::all_reduce, Algorithm::halving_doubling, 8, 1024), 5).sizes, expected);
}

// Thakur et al., section 4.4: two more steps, and all of the buffer each way, for the ranks beyond a power of two.
TEST(Schedule, FoldsWhatIsBeyondAPowerOfTwo) {
    for (const Algorithm algorithm : {Algorithm::halving_doubling, Algorithm::recursive_doubling}) {
        const CollectiveCall call = whole(Collective::all_reduce, algorithm, 11, 8000);
        const Schedule schedule(call);
        const std::uint64_t core = algorithm == Algorithm::halving_doubling ? 6 : 3;
        for (std::uint32_t rank = 0; rank < 11; ++rank) {
            const bool paired = rank < 6, extra = paired && rank % 2 == 1;
            EXPECT_EQ(schedule.steps(rank, 0), extra ? 2 : core + (paired ? 2 : 0));
            EXPECT_TRUE(!extra || sums(call, rank).bytes == 8000);
        }
    }
}

// Rank interior in one tree with two children and leaf in the other: S/2 to each child down, S/2 up, S/2 up as a leaf.
TEST(Schedule, DoubleTreeSendsTwiceTheBuffer) {
    CollectiveCall call = whole(Collective::all_reduce, Algorithm::tree, 16, 1 << 20);
    call.chunk_bytes = 4096;
    std::int64_t total = 0;
    for (std::uint32_t rank = 0; rank < 16; ++rank) total += sums(call, rank).bytes;
    EXPECT_EQ(total, 2 * 15 * (std::int64_t{1} << 20));  // every edge of either tree carries S/2 each way
    for (const std::uint32_t rank : {2u, 4u, 6u, 10u, 12u, 3u, 5u, 9u, 11u, 13u})
        EXPECT_EQ(sums(call, rank).bytes, 2 << 20) << rank;
    EXPECT_EQ(Schedule(call).loops(0), 128u);  // half the buffer in chunks of 4096
}

TEST(Schedule, RootOfATreeTurnsRoundIntoTheDownLaneOfItsChild) {
    const Schedule schedule(whole(Collective::all_reduce, Algorithm::tree, 8, 1024));
    ASSERT_EQ(schedule.lanes(), 4u);
    EXPECT_EQ(schedule.steps(0, 0), 1u);
    EXPECT_EQ(schedule.steps(0, 1), 0u);
    const Step turn = schedule.step(0, 0, 0);
    EXPECT_EQ(turn.from, 4u);
    EXPECT_EQ(turn.from_lane, 0u);
    EXPECT_EQ(turn.to, 4u);
    EXPECT_EQ(turn.to_lane, 1u);
    EXPECT_TRUE(turn.reduces && turn.forwards);
    EXPECT_EQ(schedule.step(4, 1, 0).from_lane, 0u);
    EXPECT_EQ(schedule.step(2, 1, 0).from_lane, 1u);
}

// Every edge of either tree carries S/2 each way: k-1 edges across the nodes, k(g-1) inside them. Each channel's tree
// is on a rail of its own.
TEST(Schedule, TreeOverNodesHasTheirGpusInChains) {
    CollectiveCall call = whole(Collective::all_reduce, Algorithm::tree, 20, 4 << 20);
    call.ranks_per_node = 4;
    call.channels = 4;
    const Schedule schedule(call);
    std::int64_t inside = 0;
    std::vector<std::int64_t> across(4, 0);  // by rail
    for (std::uint32_t rank = 0; rank < 20; ++rank)
        for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane)
            for (std::uint64_t k = 0; k < schedule.steps(rank, lane); ++k) {
                const Step step = schedule.step(rank, lane, k);
                if (step.to == kNobody) continue;
                if (step.to / 4 == rank / 4) {
                    inside += step.sent_bytes;
                } else {
                    across[rank % 4] += step.sent_bytes;
                    EXPECT_EQ(step.to % 4, rank % 4);
                    EXPECT_EQ(schedule.part(lane) / 2, rank % 4);
                }
            }
    EXPECT_EQ(inside, 2 * 5 * 3 * (4 << 20));
    for (const std::int64_t bytes : across) EXPECT_EQ(bytes, 2 * 4 * (1 << 20));
}

// Up to the switch and down from it S each: (g-1)/g in the blocks of others, 1/g in one's own, sent once for all.
// Across the nodes every edge of either tree carries half the block of each rail each way.
TEST(Schedule, SumsInSwitchesTakeTheBufferOnceEachWay) {
    constexpr std::int64_t kBytes = 4 * 7 * 8 * 1024;
    for (const std::uint32_t nodes : {1u, 2u, 5u}) {
        CollectiveCall call = whole(Collective::all_reduce, Algorithm::in_switch, 8 * nodes, kBytes);
        call.ranks_per_node = 8;
        call.channels = 2;
        const Schedule schedule(call);
        std::int64_t across = 0;
        for (std::uint32_t rank = 0; rank < call.ranks; ++rank) {
            std::int64_t up = 0, received = 0;
            for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane)
                for (std::uint64_t k = 0; k < schedule.steps(rank, lane); ++k) {
                    const Step step = schedule.step(rank, lane, k);
                    const bool goes_across = step.to != kNobody && step.to / 8 != rank / 8;
                    (goes_across ? across : up) += step.sent_bytes;
                    if (step.from != kNobody && step.from / 8 == rank / 8) received += step.received_bytes;
                    EXPECT_TRUE(!goes_across || step.to % 8 == rank % 8) << "on its rail";
                }
            EXPECT_EQ(up, kBytes) << rank;
            EXPECT_EQ(received, kBytes) << "a part of each sum, and a copy's share of each result";
        }
        EXPECT_EQ(across, 2 * (nodes - 1) * kBytes);
    }
}

// Channels of a ring over nodes leave them by different GPUs, each by one.
TEST(Schedule, ChannelsOfARingShareOutTheRails) {
    for (const Collective kind : {Collective::all_reduce, Collective::all_gather, Collective::reduce_scatter,
                                  Collective::broadcast, Collective::reduce}) {
        CollectiveCall call = whole(kind, Algorithm::ring, 12, 12 * 1024);
        call.root = 5;
        call.ranks_per_node = 4;
        call.channels = 8;
        const Schedule schedule(call);
        std::vector<int> leaving(4, 0);
        for (std::uint32_t rank = 0; rank < 12; ++rank)
            for (std::uint32_t lane = 0; lane < 8; ++lane)
                if (const Step step = schedule.step(rank, lane, 0); step.to != kNobody)
                    leaving[rank % 4] += step.to / 4 != rank / 4;
        // A chain that ends beside its root, in the middle of a node, leaves each node once, too; else it leaves two.
        const bool chain = kind == Collective::broadcast || kind == Collective::reduce;
        for (const int times : leaving) EXPECT_TRUE(times == 2 * 3 || (chain && times == 2 * 2)) << times;
    }
}

// 7 GiB per GPU inside its node, 0.75 GiB across: 2(g-1)/g S and 2(k-1)/k S/g for g = 8, k = 4, S = 4 GiB.
TEST(Schedule, HierarchySendsLittleAcrossTheNodes) {
    constexpr std::int64_t kGiB = std::int64_t{1} << 30;
    CollectiveCall call = whole(Collective::all_reduce, Algorithm::hierarchical, 32, 4 * kGiB);
    call.ranks_per_node = 8;
    const auto across_and_inside = [&](std::uint32_t rank) {
        const Schedule schedule(call);
        std::pair<std::int64_t, std::int64_t> sent;
        for (std::uint64_t k = 0; k < schedule.steps(rank, 0); ++k) {
            const Step step = schedule.step(rank, 0, k);
            if (step.to == kNobody) continue;
            (step.to / 8 == rank / 8 ? sent.second : sent.first) += step.sent_bytes;
            EXPECT_TRUE(step.to / 8 == rank / 8 || step.to % 8 == rank % 8);  // on its rail
        }
        return sent;
    };
    for (const std::uint32_t rank : {0u, 13u, 31u})
        EXPECT_EQ(across_and_inside(rank), std::pair(kGiB * 3 / 4, kGiB * 7));
    call.kind = Collective::all_to_all;  // (k-1)/k S on the rail; before it (g-1)/g S inside
    for (const std::uint32_t rank : {0u, 13u, 31u})
        EXPECT_EQ(across_and_inside(rank), std::pair(kGiB * 3, kGiB * 7 / 2));
}

// NCCL's shape: n chunks a loop; the last loop has shorter ones.
TEST(Schedule, LoopsOverTheBufferInChunks) {
    CollectiveCall call = whole(Collective::all_reduce, Algorithm::ring, 4, 1000);
    call.chunk_bytes = 100;
    const Schedule schedule(call);
    EXPECT_EQ(schedule.loops(0), 3u);
    EXPECT_EQ(schedule.steps(0, 0), 3u * 7);
    EXPECT_EQ(schedule.step(0, 0, 0).sent_bytes, 100);
    EXPECT_EQ(schedule.step(0, 0, 14).sent_bytes, 50);
    EXPECT_EQ(schedule.step(0, 0, 14).from, kNobody);
    EXPECT_EQ(schedule.step(0, 0, 20).to, kNobody);
}

TEST(Blocks, AreCountedBelowABoundAsOneByOne) {
    for (const std::uint32_t circle : {1u, 2u, 7u, 12u})
        for (std::uint32_t first = 0; first < circle; ++first)
            for (std::uint32_t run = 1; run <= circle; ++run)
                for (std::uint32_t stride = run; stride <= circle; ++stride)
                    for (std::uint32_t count = 0; count <= circle / stride * run; ++count) {
                        const Blocks blocks{first, count, run, stride};
                        for (std::uint32_t bound = 0; bound <= circle; ++bound) {
                            std::uint32_t below = 0;
                            for (std::uint32_t e = 0; e < count; ++e) below += blocks.at(e, circle) < bound ? 1 : 0;
                            ASSERT_EQ(blocks.below(bound, circle), below);
                        }
                    }
}

TEST(ScheduleDeathTest, RefusesWhatIsNotImplemented) {
    EXPECT_DEATH(Schedule(whole(Collective::all_to_all, Algorithm::tree, 4, 1)), "no algorithm");
    CollectiveCall call = whole(Collective::all_reduce, Algorithm::hierarchical, 12, 1);
    call.ranks_per_node = 5;
    EXPECT_DEATH(Schedule{call}, "no whole nodes");
}

}  // namespace
}  // namespace lightloom
