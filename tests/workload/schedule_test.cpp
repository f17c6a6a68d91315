// Schedules of collectives. Oracle: a play of all ranks, in random order, in which every block is the multiset of ranks
// that have been added to it: at the end each rank must have what the collective promises, nothing added twice. Bytes
// and steps against the textbook's. Source of both: Thakur, Rabenseifner and Gropp, "Optimization of collective
// communication operations in MPICH", 2005, and NVIDIA/nccl-tests, doc/PERFORMANCE.md.
#include "models/workload/collectives/schedule.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/random.hpp"

namespace lightloom {
namespace {

using Sum = std::multiset<std::uint32_t>;  // ranks that a block is the sum of

/// What a block carries: of all but an all-to-all one sum; of an all-to-all (source, destination's block).
struct Message {
    std::vector<Sum> sums;
    std::set<std::uint32_t> sources;
    std::int64_t bytes = 0;
};

class Play {
public:
    Play(const CollectiveCall& call, std::uint64_t seed) : schedule_(call), call_(call), seed_(seed) {
        const std::uint32_t n = call.ranks;
        for (std::uint32_t rank = 0; rank < n; ++rank)
            for (std::uint32_t slice = 0; slice < schedule_.slices(); ++slice)
                for (std::uint64_t loop = 0; loop < schedule_.loops(slice); ++loop)
                    for (std::uint32_t block = 0; block < schedule_.blocks(); ++block)
                        state_[{rank, slice, loop, block}] = begins_with(rank, block);
        at_.assign(n, std::vector<std::uint64_t>(schedule_.lanes(), 0));
        sent_.assign(n, std::vector<bool>(schedule_.lanes(), false));
        sent_bytes.assign(n, 0);
        messages.assign(n, 0);
    }

    /// Lets lanes go on in random order until none can. @return whether all have ended
    bool run() {
        const std::uint32_t n = call_.ranks, lanes = schedule_.lanes();
        for (bool moved = true; moved;) {
            moved = false;
            for (std::uint32_t i = 0; i < n * lanes; ++i) {
                const auto any = static_cast<std::uint32_t>(draw(seed_, 1, Purpose::arrival, draws_++) % (n * lanes));
                moved |= go_on(any / lanes, any % lanes);
            }
            for (std::uint32_t i = 0; i < n * lanes; ++i) moved |= go_on(i / lanes, i % lanes);
        }
        for (std::uint32_t rank = 0; rank < n; ++rank)
            for (std::uint32_t lane = 0; lane < lanes; ++lane)
                if (at_[rank][lane] != schedule_.steps(rank, lane)) return false;
        for (const auto& [link, queue] : channels_)
            if (!queue.empty()) return false;
        return true;
    }

    /// What a rank holds that it should not, or lacks.
    std::string wrong() const {
        for (const auto& [key, sum] : state_) {
            const auto [rank, slice, loop, block] = key;
            if (!is_due(rank, block) || sum == due(block)) continue;
            return "rank " + std::to_string(rank) + ", slice " + std::to_string(slice) + ", loop " +
                   std::to_string(loop) + ", block " + std::to_string(block) + ": sum of " + std::to_string(sum.size());
        }
        return {};
    }

    std::vector<std::int64_t> sent_bytes, messages;  // by rank

private:
    using Key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::uint32_t>;

    Sum begins_with(std::uint32_t rank, std::uint32_t block) const {
        switch (call_.kind) {
            case Collective::all_gather: return block == rank ? Sum{rank} : Sum{};
            case Collective::broadcast:
            case Collective::send_receive: return rank == call_.root ? Sum{rank} : Sum{};
            default: return {rank};
        }
    }
    bool is_due(std::uint32_t rank, std::uint32_t block) const {
        switch (call_.kind) {
            case Collective::reduce_scatter:
            case Collective::all_to_all: return block == schedule_.block_of(rank);
            case Collective::reduce: return rank == call_.root;
            default: return true;
        }
    }
    Sum due(std::uint32_t block) const {
        switch (call_.kind) {
            case Collective::all_gather: return {block};
            case Collective::broadcast:
            case Collective::send_receive: return {call_.root};
            default: break;
        }
        Sum all;
        for (std::uint32_t rank = 0; rank < call_.ranks; ++rank) all.insert(rank);
        return all;
    }

    bool go_on(std::uint32_t rank, std::uint32_t lane) {
        if (at_[rank][lane] == schedule_.steps(rank, lane)) return false;
        const Step step = schedule_.step(rank, lane, at_[rank][lane]);
        bool moved = false;
        if (step.to != kNobody && !sent_[rank][lane]) {
            send(rank, lane, step);
            sent_[rank][lane] = moved = true;
        }
        if (step.from != kNobody) {
            auto& queue = channels_[{step.from, step.from_lane, rank, lane}];
            if (queue.empty()) return moved;
            receive(rank, step, queue.front());
            queue.pop_front();
        }
        ++at_[rank][lane];
        sent_[rank][lane] = false;
        return true;
    }
    // In an all-to-all a block moves: what is for others stays with nobody who has passed it on.
    void send(std::uint32_t rank, std::uint32_t lane, const Step& step) {
        Message message{.sums = {}, .sources = {}, .bytes = step.sent_bytes};
        for (std::uint32_t i = 0; i < step.sent.count; ++i) {
            Sum& sum = state_[{rank, step.slice, step.loop, (step.sent.first + i) % schedule_.blocks()}];
            message.sums.push_back(sum);
            if (call_.kind == Collective::all_to_all) sum.clear();
        }
        channels_[{rank, lane, step.to, step.to_lane}].push_back(message);
        sent_bytes[rank] += step.sent_bytes;
        ++messages[rank];
    }
    void receive(std::uint32_t rank, const Step& step, const Message& message) {
        EXPECT_EQ(message.bytes, step.received_bytes);
        ASSERT_EQ(message.sums.size(), step.received.count);
        for (std::uint32_t i = 0; i < step.received.count; ++i) {
            Sum& sum = state_[{rank, step.slice, step.loop, (step.received.first + i) % schedule_.blocks()}];
            if (!step.reduces && call_.kind != Collective::all_to_all) sum.clear();
            sum.insert(message.sums[i].begin(), message.sums[i].end());
        }
    }

    Schedule schedule_;
    CollectiveCall call_;
    std::uint64_t seed_, draws_ = 0;
    std::map<Key, Sum> state_;
    std::vector<std::vector<std::uint64_t>> at_;
    std::vector<std::vector<bool>> sent_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::deque<Message>> channels_;
};

std::string name_of(const CollectiveCall& c) {
    return "collective " + std::to_string(static_cast<int>(c.kind)) + ", algorithm " +
           std::to_string(static_cast<int>(c.algorithm)) + ", ranks " + std::to_string(c.ranks) + ", bytes " +
           std::to_string(c.bytes) + ", channels " + std::to_string(c.channels) + ", chunk " +
           std::to_string(c.chunk_bytes) + ", root " + std::to_string(c.root) + ", per node " +
           std::to_string(c.ranks_per_node);
}

const std::vector<Collective> kKinds{Collective::all_reduce, Collective::all_gather,  Collective::reduce_scatter,
                                     Collective::broadcast,  Collective::reduce,      Collective::all_to_all,
                                     Collective::barrier,    Collective::send_receive};
const std::vector<Algorithm> kAlgorithms{
    Algorithm::ring,         Algorithm::halving_doubling, Algorithm::recursive_doubling, Algorithm::tree,
    Algorithm::hierarchical, Algorithm::direct,           Algorithm::pairwise,           Algorithm::bruck};

/// All calls of `ranks` that there are schedules for, of several shapes.
std::vector<CollectiveCall> calls(std::uint32_t ranks) {
    std::vector<CollectiveCall> all;
    for (const Collective kind : kKinds)
        for (const Algorithm algorithm : kAlgorithms)
            for (std::uint32_t per_node = 1; per_node <= ranks; ++per_node)
                for (const std::uint32_t channels : {1u, 3u})
                    for (const std::uint32_t root : {0u, ranks - 1}) {
                        if (per_node > 1 && (algorithm != Algorithm::hierarchical || ranks % per_node != 0)) continue;
                        CollectiveCall call{kind, algorithm, ranks, ranks * std::int64_t{7} + 3, channels, 4, root};
                        call.ranks_per_node = per_node;
                        if (Schedule::refusal(call).empty()) all.push_back(call);
                    }
    return all;
}

TEST(Schedules, GiveEveryRankWhatTheCollectivePromises) {
    for (std::uint32_t n = 2; n <= 33; ++n)
        for (const CollectiveCall& call : calls(n)) {
            Play play(call, n);
            ASSERT_TRUE(play.run()) << name_of(call) << " is stuck";
            if (call.kind == Collective::barrier) continue;  // it hands nothing round
            ASSERT_EQ(play.wrong(), "") << name_of(call);
        }
}

TEST(Schedules, TakeAnySizeAndAnyNumberOfChunks) {
    for (const std::uint32_t n : {2u, 5u, 8u, 12u})
        for (const std::int64_t bytes :
             {std::int64_t{0}, std::int64_t{1}, std::int64_t{n} - 1, std::int64_t{1'000'003}})
            for (CollectiveCall call : calls(n)) {
                call.bytes = bytes;
                call.chunk_bytes = bytes > 1000 ? 30'001 : 1;
                Play play(call, 3);
                ASSERT_TRUE(play.run()) << name_of(call) << " is stuck";
                if (call.kind != Collective::barrier) {
                    ASSERT_EQ(play.wrong(), "") << name_of(call);
                }
            }
}

/// Bytes that each rank sends, and messages, of one call in one piece.
std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>> sent(const CollectiveCall& call) {
    Play play(call, 1);
    EXPECT_TRUE(play.run()) << name_of(call);
    return {play.sent_bytes, play.messages};
}

TEST(Schedules, SendTheTextbooksBytesInTheTextbooksSteps) {
    for (std::uint32_t n = 2; n <= 33; ++n) {
        const std::int64_t share = 1000, whole = n * share;
        const auto expect_each = [&](Collective kind, Algorithm algorithm, std::int64_t bytes, std::int64_t steps) {
            const CollectiveCall call{.kind = kind, .algorithm = algorithm, .ranks = n, .bytes = whole};
            const auto [each, messages] = sent(call);
            for (std::uint32_t rank = 0; rank < n; ++rank) {
                EXPECT_EQ(each[rank], bytes) << name_of(call) << ", rank " << rank;
                EXPECT_EQ(messages[rank], steps) << name_of(call) << ", rank " << rank;
            }
        };
        using enum Collective;
        expect_each(all_reduce, Algorithm::ring, 2 * (n - 1) * share, 2 * (n - 1));
        for (const Collective kind : {all_gather, reduce_scatter})
            for (const Algorithm algorithm : {Algorithm::ring, Algorithm::direct})
                expect_each(kind, algorithm, (n - 1) * share, n - 1);
        for (const Algorithm algorithm : {Algorithm::direct, Algorithm::pairwise})
            expect_each(all_to_all, algorithm, (n - 1) * share, n - 1);
        const std::int64_t log2 = std::bit_width(n - 1);
        expect_each(all_gather, Algorithm::bruck, (n - 1) * share, log2);
        if (!std::has_single_bit(n)) continue;
        expect_each(all_reduce, Algorithm::halving_doubling, 2 * (n - 1) * share, 2 * log2);
        expect_each(all_reduce, Algorithm::recursive_doubling, log2 * whole, log2);
        expect_each(reduce_scatter, Algorithm::halving_doubling, (n - 1) * share, log2);
    }
}

// Folding r ranks takes two steps more and sends their buffers there and back.
TEST(Schedules, FoldWhatIsNoPowerOfTwo) {
    for (const std::uint32_t n : {3u, 5u, 6u, 7u, 12u, 33u}) {
        const std::uint32_t power = std::bit_floor(n), folded = n - power;
        const std::int64_t whole = power * std::int64_t{1000};
        const auto [each, messages] = sent(
            {.kind = Collective::all_reduce, .algorithm = Algorithm::halving_doubling, .ranks = n, .bytes = whole});
        for (std::uint32_t rank = 0; rank < n; ++rank) {
            const bool even = rank < 2 * folded && rank % 2 == 0, odd = rank < 2 * folded && rank % 2 == 1;
            const std::int64_t core = even ? 0 : 2 * (power - 1) * 1000;
            EXPECT_EQ(each[rank], core + (even || odd ? whole : 0)) << n << " ranks, rank " << rank;
        }
    }
}

// A rank that is inside one tree and a leaf of the other sends twice the buffer; the ends of the trees less.
TEST(Schedules, ADoubleTreeSendsTwiceTheBufferAtMost) {
    for (const std::uint32_t n : {4u, 8u, 16u, 32u}) {
        const std::int64_t whole = 2000;
        const auto [each, messages] =
            sent({.kind = Collective::all_reduce, .algorithm = Algorithm::tree, .ranks = n, .bytes = whole});
        std::int64_t sum = 0;
        for (std::uint32_t rank = 0; rank < n; ++rank) {
            EXPECT_LE(each[rank], 2 * whole) << n << " ranks, rank " << rank;
            sum += each[rank];
        }
        EXPECT_EQ(sum, 2 * (n - 1) * whole);  // every cable of either tree carries half the buffer up and down
    }
}

// 4 GiB, eight ranks a node, four nodes: 7 GiB inside the nodes, 0.75 GiB between them.
TEST(Schedules, AHierarchyKeepsMostInsideTheNodes) {
    const std::int64_t gib = std::int64_t{1} << 30;
    CollectiveCall call{
        .kind = Collective::all_reduce, .algorithm = Algorithm::hierarchical, .ranks = 32, .bytes = 4 * gib};
    call.ranks_per_node = 8;
    const Schedule schedule(call);
    for (std::uint32_t rank = 0; rank < 32; ++rank) {
        std::int64_t inside = 0, between = 0;
        for (std::uint64_t k = 0; k < schedule.steps(rank, 0); ++k) {
            const Step step = schedule.step(rank, 0, k);
            (step.to / 8 == rank / 8 ? inside : between) += step.sent_bytes;
        }
        EXPECT_EQ(inside, 7 * gib);
        EXPECT_EQ(between, 3 * gib / 4);
    }
}

TEST(DoubleTree, HasTheTabledParents) {
    const auto parents = [](std::uint32_t n, std::uint32_t tree) {
        std::vector<int> all;
        for (std::uint32_t rank = 0; rank < n; ++rank)
            all.push_back(static_cast<int>(double_tree(n, rank, tree).parent));
        return all;
    };
    using V = std::vector<int>;
    EXPECT_EQ(parents(4, 0), (V{-1, 2, 0, 2}));
    EXPECT_EQ(parents(4, 1), (V{1, 3, 1, -1}));
    EXPECT_EQ(parents(7, 0), (V{-1, 2, 4, 2, 0, 6, 4}));
    EXPECT_EQ(parents(7, 1), (V{5, -1, 3, 5, 3, 1, 0}));
    EXPECT_EQ(parents(8, 0), (V{-1, 2, 4, 2, 0, 6, 4, 6}));
    EXPECT_EQ(parents(8, 1), (V{1, 3, 1, 7, 5, 3, 5, -1}));
    EXPECT_EQ(parents(14, 0), (V{-1, 2, 4, 2, 8, 6, 4, 6, 0, 10, 12, 10, 8, 12}));
    EXPECT_EQ(parents(14, 1), (V{1, 5, 3, 1, 3, 13, 7, 9, 7, 5, 11, 9, 11, -1}));
    EXPECT_EQ(parents(16, 0), (V{-1, 2, 4, 2, 8, 6, 4, 6, 0, 10, 12, 10, 8, 14, 12, 14}));
    EXPECT_EQ(parents(16, 1), (V{1, 3, 1, 7, 5, 3, 5, 15, 9, 11, 9, 7, 13, 11, 13, -1}));
}

TEST(DoubleTree, ParentsKnowTheirChildrenAndNobodyIsInsideBothOfAnEvenNumber) {
    for (std::uint32_t n = 2; n <= 65; ++n)
        for (std::uint32_t rank = 0; rank < n; ++rank) {
            int inside = 0;
            for (const std::uint32_t tree : {0u, 1u}) {
                const TreePlace place = double_tree(n, rank, tree);
                for (const std::uint32_t child : place.children)
                    if (child != kNobody) {
                        EXPECT_EQ(double_tree(n, child, tree).parent, rank) << n << " ranks, tree " << tree;
                    }
                inside += place.children[0] != kNobody;
            }
            if (n % 2 == 0) {
                EXPECT_LE(inside, 1) << n << " ranks, rank " << rank;
            }
        }
}

TEST(Schedules, RefuseWhatTheyHaveNoStepsFor) {
    const auto refuses = [](Collective kind, Algorithm algorithm, std::uint32_t ranks, std::uint32_t per_node = 1) {
        CollectiveCall call{.kind = kind, .algorithm = algorithm, .ranks = ranks};
        call.ranks_per_node = per_node;
        return !Schedule::refusal(call).empty();
    };
    EXPECT_TRUE(refuses(Collective::all_to_all, Algorithm::ring, 8));
    EXPECT_TRUE(refuses(Collective::reduce_scatter, Algorithm::halving_doubling, 6));
    EXPECT_FALSE(refuses(Collective::reduce_scatter, Algorithm::halving_doubling, 8));
    EXPECT_TRUE(refuses(Collective::all_reduce, Algorithm::hierarchical, 8, 3));
    EXPECT_TRUE(refuses(Collective::send_receive, Algorithm::direct, 3));
    EXPECT_TRUE(refuses(Collective::barrier, Algorithm::ring, 8));
    EXPECT_TRUE(refuses(Collective::broadcast, Algorithm::direct, 8));
}

}  // namespace
}  // namespace lightloom
