// Histogram: counts of non-negative integers in log-linear buckets, 64 to an octave, so that any quantile of what was
// recorded is known to 0.8 % (values below 64 exactly). Counts are integers, so merging is associative: the sum over
// threads, partitions or runs is the histogram of all their samples.
// Layout after Gil Tene's HdrHistogram. Not here: which quantiles a report shows.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace lightloom {

class Histogram {
public:
    static constexpr int kSubBits = 6;
    static constexpr std::uint32_t kSub = 1u << kSubBits;
    static constexpr std::uint32_t kBuckets = kSub * (64 - kSubBits);

    /// @param value  >= 0; a negative one is recorded as 0
    void record(std::int64_t value) {
        const std::uint64_t v = value < 0 ? 0 : static_cast<std::uint64_t>(value);
        const std::uint32_t bucket = bucket_of(v);
        if (bucket >= counts_.size()) grow(bucket);
        ++counts_[bucket];
        ++count_;
        sum_ += v;
        if (v > max_) max_ = v;
        if (v < min_) min_ = v;
    }
    void merge(const Histogram& other);

    std::uint64_t count() const { return count_; }
    std::int64_t min() const { return count_ == 0 ? 0 : static_cast<std::int64_t>(min_); }
    std::int64_t max() const { return static_cast<std::int64_t>(max_); }
    double mean() const;
    /// The smallest recorded value, to the bucket's 0.8 %, that at least a share `q` of the samples does not exceed
    /// (nearest rank). @param q in [0, 1] @return 0 if nothing was recorded
    std::int64_t quantile(double q) const;

    /// Buckets up to the last one in use; counts()[i] samples lie in [lower_bound(i), lower_bound(i + 1)).
    const std::vector<std::uint64_t>& counts() const { return counts_; }
    static std::int64_t lower_bound(std::uint32_t bucket);

private:
    static std::uint32_t bucket_of(std::uint64_t v) {
        if (v < kSub) return static_cast<std::uint32_t>(v);
        const int shift = static_cast<int>(std::bit_width(v)) - 1 - kSubBits;
        return static_cast<std::uint32_t>((shift + 1) << kSubBits) + static_cast<std::uint32_t>((v >> shift) - kSub);
    }
    void grow(std::uint32_t bucket);

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0;
    unsigned __int128 sum_ = 0;
    std::uint64_t max_ = 0;
    std::uint64_t min_ = UINT64_MAX;
};

}  // namespace lightloom
