// All-to-all of unequal sizes, and the sizes that expert routing makes.
#include "models/workload/collectives/unequal_all_to_all.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "models/workload/collectives/expert_routing.hpp"

namespace lightloom {
namespace {

std::vector<std::int64_t> some_sizes(std::uint32_t ranks) {
    std::vector<std::int64_t> bytes(std::size_t{ranks} * ranks);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::int64_t>(i * i % 7);  // some are 0
    return bytes;
}

// Every pair's message is sent once, in the lane and of the size in which it is received.
TEST(UnequalAllToAll, SendsToEachWhatIsThereForIt) {
    for (std::uint32_t n = 1; n <= 12; ++n) {
        const UnequalAllToAll all(n, some_sizes(n));
        using Message = std::pair<std::uint32_t, std::int64_t>;  // lane, bytes
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Message>> sent, received;
        for (std::uint32_t rank = 0; rank < n; ++rank)
            for (std::uint32_t lane = 0; lane < all.lanes(); ++lane) {
                const Step step = all.step(rank, lane);
                EXPECT_FALSE(step.forwards || step.reduces);
                if (step.to != kNobody) sent[{rank, step.to}].push_back({step.to_lane, step.sent_bytes});
                if (step.from != kNobody) received[{step.from, rank}].push_back({lane, step.received_bytes});
            }
        EXPECT_EQ(sent, received);
        for (std::uint32_t s = 0; s < n; ++s)
            for (std::uint32_t d = 0; d < n; ++d) {
                const std::int64_t bytes = s == d ? 0 : all.bytes(s, d);
                ASSERT_EQ(sent.count({s, d}), bytes > 0 ? 1u : 0u);
                if (bytes > 0) {
                    EXPECT_EQ(sent.at({s, d}).size(), 1u);
                    EXPECT_EQ(sent.at({s, d})[0].second, bytes);
                }
            }
    }
}

// Rank 1 receives 7 + 9; nobody sends more than 8 + 5. What ranks keep counts nowhere.
TEST(UnequalAllToAll, TheBusiestRankIsThatOfTheLongerWay) {
    const UnequalAllToAll all(3, {100, 7, 2, 8, 100, 5, 1, 9, 100});
    EXPECT_EQ(all.busiest_bytes(), 16);
    EXPECT_EQ(all.reversed().busiest_bytes(), 16);
    EXPECT_EQ(UnequalAllToAll(1, {100}).busiest_bytes(), 0);
}

TEST(UnequalAllToAll, ReversedSendsBackWhatCame) {
    const UnequalAllToAll there(5, some_sizes(5)), back = there.reversed();
    for (std::uint32_t s = 0; s < 5; ++s)
        for (std::uint32_t d = 0; d < 5; ++d) EXPECT_EQ(there.bytes(s, d), back.bytes(d, s));
}

std::vector<std::int64_t> received_by_rank(const ExpertLayer& layer) {
    const std::vector<std::int64_t> bytes = dispatch_bytes(layer);
    std::vector<std::int64_t> sums(layer.ranks, 0);
    for (std::size_t i = 0; i < bytes.size(); ++i) sums[i % layer.ranks] += bytes[i];
    return sums;
}

// DeepSeek-V3: 256 experts, 8 of a token, hidden size 7168 in FP8, 4096 tokens: 234.9 MB of each GPU.
TEST(ExpertRouting, EveryTokenGoesToAllItsExperts) {
    const ExpertLayer layer{
        .ranks = 32, .experts = 256, .experts_of_token = 8, .tokens = 4096, .token_bytes = 7168, .seed = 3};
    const std::vector<std::int64_t> bytes = dispatch_bytes(layer);
    for (auto row = bytes.begin(); row != bytes.end(); row += 32)
        EXPECT_EQ(std::accumulate(row, row + 32, std::int64_t{0}), 234'881'024);
    // Binomial: a pair has 1024 tokens on average with a deviation below 32; six of them either way.
    for (const std::int64_t size : bytes) {
        EXPECT_GT(size, (1024 - 192) * 7168);
        EXPECT_LT(size, (1024 + 192) * 7168);
        EXPECT_EQ(size % 7168, 0);
    }
    EXPECT_NE(*std::min_element(bytes.begin(), bytes.end()), *std::max_element(bytes.begin(), bytes.end()));
}

TEST(ExpertRouting, ExpertsOfATokenAreDistinct) {
    // All experts of every token: whatever the skew, each rank gets the same.
    const ExpertLayer layer{
        .ranks = 4, .experts = 8, .experts_of_token = 8, .tokens = 5, .token_bytes = 1, .skew = 1.5};
    for (const std::int64_t bytes : dispatch_bytes(layer)) EXPECT_EQ(bytes, 10);
}

// 8 experts of a token in at most 4 of 8 nodes of 8 ranks, as DeepSeek-V3 is trained. All nodes are alike.
TEST(ExpertRouting, ATokenKeepsToFewNodes) {
    ExpertLayer layer{.ranks = 64, .experts = 256, .experts_of_token = 8, .tokens = 1, .token_bytes = 1};
    layer.nodes_of_token = 4;
    layer.ranks_per_node = 8;
    std::vector<std::int64_t> of_node(8, 0);
    for (layer.seed = 1; layer.seed <= 30; ++layer.seed) {
        const std::vector<std::int64_t> bytes = dispatch_bytes(layer);
        for (std::uint32_t source = 0; source < 64; ++source) {
            int nodes = 0;
            std::int64_t sum = 0;
            for (std::uint32_t node = 0; node < 8; ++node) {
                const auto first = bytes.begin() + source * 64 + node * 8;
                const std::int64_t got = std::accumulate(first, first + 8, std::int64_t{0});
                of_node[node] += got;
                nodes += got > 0;
                sum += got;
            }
            EXPECT_LE(nodes, 4);
            EXPECT_EQ(sum, 8);
        }
    }
    // 30 x 64 tokens x 8 experts over 8 nodes: 1,920 each, with a deviation below 100
    for (const std::int64_t got : of_node) EXPECT_NEAR(static_cast<double>(got), 1920, 500);
}

// Two of three experts with weights 1, 1/2 and 1/3, drawn one after the other: the first is among them with probability
// 6/11 + 3/11 6/8 + 2/11 6/9 = 0.8712; the others 0.6606 and 0.4682. 24,000 tokens: deviations below 78.
TEST(ExpertRouting, IsADrawWithoutReplacement) {
    std::vector<std::int64_t> got = received_by_rank(
        {.ranks = 3, .experts = 3, .experts_of_token = 2, .tokens = 8000, .token_bytes = 1, .skew = 1.0, .seed = 5});
    std::ranges::sort(got, std::greater{});
    EXPECT_NEAR(static_cast<double>(got[0]), 0.8712 * 24'000, 400);
    EXPECT_NEAR(static_cast<double>(got[1]), 0.6606 * 24'000, 400);
    EXPECT_NEAR(static_cast<double>(got[2]), 0.4682 * 24'000, 400);
}

// Of 256 experts the last has a weight of 1 of 2^24 at most of the first's: whatever is drawn is not drawn again.
TEST(ExpertRouting, ExtremeSkewCostsNoMoreDraws) {
    const std::vector<std::int64_t> got = received_by_rank({.ranks = 16,
                                                            .experts = 256,
                                                            .experts_of_token = 8,
                                                            .tokens = 1000,
                                                            .token_bytes = 1,
                                                            .skew = 8.0,
                                                            .nodes_of_token = 2,
                                                            .ranks_per_node = 4});
    EXPECT_EQ(std::accumulate(got.begin(), got.end(), std::int64_t{0}), 16 * 1000 * 8);
}

TEST(ExpertRouting, SkewMakesARankHot) {
    ExpertLayer layer{.ranks = 16, .experts = 16, .experts_of_token = 1, .tokens = 4000, .token_bytes = 1, .seed = 1};
    const auto share_of_hottest = [&] {
        const std::vector<std::int64_t> got = received_by_rank(layer);
        return static_cast<double>(*std::max_element(got.begin(), got.end())) / 64'000;
    };
    EXPECT_NEAR(share_of_hottest(), 1.0 / 16, 0.005);
    layer.skew = 1.0;  // Zipf's first of 16: 1 / H(16) = 0.2958
    EXPECT_NEAR(share_of_hottest(), 0.2958, 0.01);
    const std::vector<std::int64_t> first = received_by_rank(layer);
    EXPECT_EQ(received_by_rank(layer), first);
    layer.seed = 2;
    EXPECT_NE(received_by_rank(layer), first);
}

}  // namespace
}  // namespace lightloom
