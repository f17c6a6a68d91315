// Quantiles out of buckets. Oracle: the sorted samples themselves.
#include "core/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "core/random.hpp"

namespace lightloom {
namespace {

using Samples = std::vector<std::int64_t>;

Histogram histogram_of(const Samples& samples) {
    Histogram histogram;
    for (const std::int64_t sample : samples) histogram.record(sample);
    return histogram;
}

Samples drawn(std::size_t count, const std::function<double(std::uint64_t bits)>& value) {
    Samples samples;
    for (std::size_t i = 0; i < count; ++i)
        samples.push_back(static_cast<std::int64_t>(value(draw(1, 1, Purpose::arrival, i))));
    return samples;
}

std::vector<std::pair<std::string, Samples>> distributions() {
    constexpr std::size_t kCount = 20'000;
    std::vector<std::pair<std::string, Samples>> all{
        {"constant", Samples(1000, 123'456'789)},
        {"uniform", drawn(kCount, [](std::uint64_t bits) { return 1e9 * uniform(bits); })},
        {"narrow", drawn(kCount, [](std::uint64_t bits) { return 1e9 + 1000 * uniform(bits); })},
        {"exponential", drawn(kCount, [](std::uint64_t bits) { return 1e6 * exponential(bits); })},
        {"normal", drawn(kCount, [](std::uint64_t bits) { return 1e7 + 1e6 * inverse_normal(uniform(bits)); })},
        {"lognormal",
         drawn(kCount, [](std::uint64_t bits) { return 1e5 * std::exp(3 * inverse_normal(uniform(bits))); })},
        {"Pareto", drawn(kCount, [](std::uint64_t bits) { return 1000 * std::pow(uniform(bits), -2.0); })},
        {"small", drawn(kCount, [](std::uint64_t bits) { return 63 * uniform(bits); })},
        {"two values", drawn(kCount, [](std::uint64_t bits) { return uniform(bits) < 0.99 ? 500.0 : 5e11; })},
        {"one", {77}},
    };
    Samples counting, octaves;
    for (std::int64_t i = 0; i < 10'000; ++i) counting.push_back(i);
    for (int i = 0; i < 61; ++i)
        for (const std::int64_t off : {-1, 0, 1}) octaves.push_back((std::int64_t{1} << i) + off);
    all.emplace_back("counting", counting);
    all.emplace_back("octaves", octaves);
    return all;
}

TEST(Histogram, QuantilesAreTheSamplesToTheStatedBound) {
    for (auto& [name, samples] : distributions()) {
        const Histogram histogram = histogram_of(samples);
        std::sort(samples.begin(), samples.end());
        EXPECT_EQ(histogram.min(), samples.front()) << name;
        EXPECT_EQ(histogram.max(), samples.back()) << name;
        for (const std::size_t myriads : {0u, 100u, 5000u, 9000u, 9900u, 9990u, 9999u, 10'000u}) {
            const std::size_t rank = std::max<std::size_t>((samples.size() * myriads + 9999) / 10'000, 1);
            const std::int64_t exact = samples[rank - 1];
            const std::int64_t said = histogram.quantile(static_cast<double>(myriads) / 10'000);
            const auto allowed = exact < 64 ? 0.0 : 0.008 * static_cast<double>(exact);
            EXPECT_LE(std::abs(static_cast<double>(said - exact)), allowed)
                << name << " at " << myriads << ": " << said << " for " << exact;
        }
    }
}

TEST(Histogram, SmallValuesAreExact) {
    Samples samples;
    for (std::int64_t i = 0; i < 64; ++i) samples.push_back(i);
    const Histogram histogram = histogram_of(samples);
    for (std::int64_t i = 0; i < 64; ++i) EXPECT_EQ(histogram.quantile(static_cast<double>(i + 1) / 64), i);
    EXPECT_EQ(histogram.mean(), 31.5);
}

TEST(Histogram, AnEmptyOneSaysZero) {
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.min(), 0);
    EXPECT_EQ(histogram.max(), 0);
    EXPECT_EQ(histogram.mean(), 0.0);
    EXPECT_EQ(histogram.quantile(0.5), 0);
    EXPECT_TRUE(histogram.counts().empty());
}

TEST(Histogram, NegativeValuesAreZero) {
    const Histogram histogram = histogram_of({-1, INT64_MIN, 5});
    EXPECT_EQ(histogram.min(), 0);
    EXPECT_EQ(histogram.quantile(0.5), 0);
    EXPECT_EQ(histogram.max(), 5);
    EXPECT_DOUBLE_EQ(histogram.mean(), 5.0 / 3);
}

TEST(Histogram, HugeValuesFit) {
    constexpr std::int64_t kHuge = std::int64_t{1} << 62;
    const Histogram histogram = histogram_of({kHuge, kHuge + 1, INT64_MAX - 1, INT64_MAX - 1, INT64_MAX});
    EXPECT_EQ(histogram.min(), kHuge);
    EXPECT_EQ(histogram.max(), INT64_MAX);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(0.4)) / static_cast<double>(kHuge), 1.0, 0.008);
    EXPECT_NEAR(static_cast<double>(histogram.quantile(0.8)) / static_cast<double>(INT64_MAX), 1.0, 0.008);
    EXPECT_NEAR(histogram.mean() / static_cast<double>(kHuge), 1.6, 1e-9);
    EXPECT_LE(histogram.counts().size(), Histogram::kBuckets);
}

TEST(Histogram, ABucketHoldsWhatItsBoundsSay) {
    for (std::uint32_t bucket = 0; bucket + 1 < Histogram::kBuckets; ++bucket) {
        const std::int64_t low = Histogram::lower_bound(bucket), next = Histogram::lower_bound(bucket + 1);
        ASSERT_LT(low, next);
        for (const std::int64_t value : {low, next - 1}) {
            const Histogram histogram = histogram_of({value});
            ASSERT_GT(histogram.counts().size(), bucket);
            ASSERT_EQ(histogram.counts()[bucket], 1u) << value;
        }
    }
}

void expect_same(const Histogram& a, const Histogram& b) {
    EXPECT_EQ(a.count(), b.count());
    EXPECT_EQ(a.min(), b.min());
    EXPECT_EQ(a.max(), b.max());
    EXPECT_EQ(a.mean(), b.mean());
    EXPECT_EQ(a.counts(), b.counts());
}

TEST(Histogram, MergingIsRecordingAllInAnyGrouping) {
    const auto all = distributions();
    Samples everything;
    Histogram forwards, backwards, pairs;
    for (const auto& [name, samples] : all) everything.insert(everything.end(), samples.begin(), samples.end());
    for (auto i = all.begin(); i != all.end(); ++i) forwards.merge(histogram_of(i->second));
    for (auto i = all.rbegin(); i != all.rend(); ++i) backwards.merge(histogram_of(i->second));
    for (std::size_t i = 0; i < all.size(); i += 2) {
        Histogram pair = histogram_of(all[i].second);
        if (i + 1 < all.size()) pair.merge(histogram_of(all[i + 1].second));
        pairs.merge(pair);
    }
    const Histogram whole = histogram_of(everything);
    expect_same(forwards, whole);
    expect_same(backwards, whole);
    expect_same(pairs, whole);
    forwards.merge(Histogram{});
    expect_same(forwards, whole);
}

}  // namespace
}  // namespace lightloom
