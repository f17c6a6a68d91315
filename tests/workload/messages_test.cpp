// Messages of patterns as they are drawn: sizes against published means, load against what was asked for, who sends to
// whom. Oracles: the papers' means, and the standard error of a mean.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "core/random.hpp"
#include "models/workload/messages.hpp"

namespace lightloom {
namespace {

Ranks gpus(std::size_t count) {
    Ranks all;
    for (std::size_t i = 0; i < count; ++i) all.emplace_back(2 * i);
    return all;
}

std::int64_t bytes_of(const Traffic& traffic) {
    std::int64_t sum = 0;
    for (const Traffic::Flow& flow : traffic.flows) sum += flow.opening_bytes;
    return sum;
}

TEST(FlowSizes, HaveThePublishedMeans) {
    // VL2 in pFabric: 5,117 packets of 1,460 bytes. Web search there: 1,138 packets; HPCC's rounder table has 3 % more.
    EXPECT_NEAR(published_sizes(FlowSizes::data_mining).mean(), 5117.0 * 1460, 1e-4 * 5117 * 1460);
    EXPECT_NEAR(published_sizes(FlowSizes::web_search).mean(), 1138.0 * 1460, 0.035 * 1138 * 1460);
    EXPECT_NEAR(published_sizes(FlowSizes::hadoop).mean(), 120'421, 1);
    EXPECT_NEAR(published_sizes(FlowSizes::storage).mean(), 40'870, 1);
}

TEST(FlowSizes, AreDrawnByTheirProbabilities) {
    const SizeDistribution& sizes = published_sizes(FlowSizes::web_search);
    EXPECT_EQ(sizes.at(0.15), 10'000);
    EXPECT_EQ(sizes.at(0.075), 5'000);
    EXPECT_EQ(sizes.at(0.985), 20'000'000);
    EXPECT_GE(sizes.at(1e-12), 1);
    EXPECT_EQ(published_sizes(FlowSizes::data_mining).at(0.3), 1460);
    EXPECT_EQ(SizeDistribution::fixed(777).at(0.9), 777);
    double sum = 0, squares = 0;
    constexpr int kDraws = 200'000;
    for (int i = 0; i < kDraws; ++i) {
        const auto bytes =
            static_cast<double>(sizes.at(uniform(draw(3, 1, Purpose::arrival, static_cast<std::uint64_t>(i)))));
        sum += bytes;
        squares += bytes * bytes;
    }
    const double mean = sum / kDraws, error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
    EXPECT_NEAR(mean, sizes.mean(), 4 * error);
}

MessageDemand open_loop(double bytes_per_second) {
    return {.pattern = MessageDemand::Pattern::uniform,
            .sizes = published_sizes(FlowSizes::storage),
            .arrivals = Arrivals::poisson,
            .bytes_per_second = bytes_per_second,
            .duration = milliseconds(10)};
}

TEST(OpenLoop, OffersTheLoadThatWasAskedFor) {
    const Traffic traffic = message_traffic(gpus(32), open_loop(25e9), 1, 0);
    const double expected = 32 * 25e9 * 0.01, messages = expected / 40'870;
    // A compound Poisson sum: its standard error over its mean is sqrt(1 + cv^2) / sqrt(n); cv^2 is about 10 here.
    EXPECT_NEAR(static_cast<double>(traffic.flows.size()), messages, 4 * std::sqrt(messages));
    EXPECT_NEAR(static_cast<double>(bytes_of(traffic)), expected, 4 * expected * std::sqrt(11 / messages));
    std::map<std::uint32_t, std::int64_t> last;
    double sum = 0, squares = 0;
    int gaps = 0;
    for (const Traffic::Flow& flow : traffic.flows) {
        EXPECT_NE(flow.source, flow.destination);
        EXPECT_LT(flow.start_ps, milliseconds(10).ps);
        const auto [before, first] = last.try_emplace(flow.source.value, 0);
        const auto gap = static_cast<double>(flow.start_ps - before->second);
        EXPECT_GE(gap, 0.0);
        before->second = flow.start_ps;
        sum += gap;
        squares += gap * gap;
        ++gaps;
    }
    // Gaps of a Poisson process have a coefficient of variation of 1.
    const double mean = sum / gaps;
    EXPECT_NEAR(squares / gaps / (mean * mean), 2.0, 0.05);
}

TEST(OpenLoop, IsAFunctionOfItsSeedAndJob) {
    const auto starts = [](std::uint64_t seed, std::uint64_t job) {
        std::vector<std::int64_t> all;
        for (const Traffic::Flow& flow : message_traffic(gpus(4), open_loop(1e9), seed, job).flows)
            all.push_back(flow.start_ps);
        return all;
    };
    EXPECT_EQ(starts(1, 0), starts(1, 0));
    EXPECT_NE(starts(1, 0), starts(2, 0));
    EXPECT_NE(starts(1, 0), starts(1, 1));
}

TEST(HotSpot, GetsItsShare) {
    MessageDemand demand = open_loop(20e9);
    demand.pattern = MessageDemand::Pattern::hot_spot;
    demand.hot_share = 0.6;
    demand.hot_spots = 2;
    const Traffic traffic = message_traffic(gpus(16), demand, 1, 0);
    double hot = 0, from_others = 0;
    for (const Traffic::Flow& flow : traffic.flows) {
        EXPECT_NE(flow.source, flow.destination);
        if (flow.source.value < 4) continue;  // the hot spots' own: endpoints 0 and 2
        ++from_others;
        hot += flow.destination.value < 4;
    }
    const double expected = 0.6 + 0.4 * 2 / 15;
    EXPECT_NEAR(hot / from_others, expected, 4 * std::sqrt(expected * (1 - expected) / from_others));
}

TEST(Uniform, SendsToAllOthersAlike) {
    const Traffic traffic = message_traffic(gpus(8), open_loop(20e9), 1, 0);
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> pairs;
    for (const Traffic::Flow& flow : traffic.flows) ++pairs[{flow.source.value, flow.destination.value}];
    ASSERT_EQ(pairs.size(), 8u * 7);
    const double each = static_cast<double>(traffic.flows.size()) / 56;
    double chi_squared = 0;
    for (const auto& [pair, count] : pairs) chi_squared += (count - each) * (count - each) / each;
    EXPECT_LT(chi_squared, 55 + 4 * std::sqrt(2.0 * 55));
}

TEST(ClosedLoop, IsSoManyMessagesOfEachSender) {
    const MessageDemand demand{.pattern = MessageDemand::Pattern::permutation,
                               .sizes = SizeDistribution::fixed(5000),
                               .arrivals = Arrivals::closed,
                               .outstanding = 3,
                               .messages = 10};
    const Traffic traffic = message_traffic(gpus(4), demand, 1, 0);
    ASSERT_EQ(traffic.flows.size(), 40u);
    ASSERT_EQ(traffic.loops.size(), 4u);
    for (std::uint32_t i = 0; i < 40; ++i) {
        const Traffic::Loop& loop = traffic.loops[traffic.flows[i].loop];
        EXPECT_EQ(loop.first_flow, i / 10 * 10);
        EXPECT_EQ(traffic.waits(i), i % 10 >= 3);
        EXPECT_EQ(traffic.flows[i].destination, traffic.flows[loop.first_flow].destination);
    }
}

TEST(Once, IsThePatternItself) {
    const MessageDemand demand{.pattern = MessageDemand::Pattern::permutation, .sizes = SizeDistribution::fixed(99)};
    const Traffic drawn = message_traffic(gpus(16), demand, 5, 0), plain = permutation(gpus(16), {99}, 5, 0);
    ASSERT_EQ(drawn.flows.size(), plain.flows.size());
    for (std::size_t i = 0; i < plain.flows.size(); ++i) {
        EXPECT_EQ(drawn.flows[i].destination, plain.flows[i].destination);
        EXPECT_EQ(drawn.flows[i].opening_bytes, 99);
    }
}

}  // namespace
}  // namespace lightloom
