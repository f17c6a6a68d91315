#include "core/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace lightloom {

void Histogram::grow(std::uint32_t bucket) {
    // By whole octaves, so that a run settles after a few samples and then allocates no more.
    counts_.resize((bucket / kSub + 1) * std::size_t{kSub});
}

void Histogram::merge(const Histogram& other) {
    if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
    for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
    min_ = std::min(min_, other.min_);
}

double Histogram::mean() const { return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_); }

std::int64_t Histogram::lower_bound(std::uint32_t bucket) {
    if (bucket < kSub) return bucket;
    const std::uint32_t shift = (bucket >> kSubBits) - 1;
    return static_cast<std::int64_t>(std::uint64_t{kSub + bucket % kSub} << shift);
}

std::int64_t Histogram::quantile(double q) const {
    if (count_ == 0) return 0;
    const double wanted = std::ceil(q * static_cast<double>(count_));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(wanted, 1.0)), 1, count_);
    if (rank == 1) return min();
    if (rank == count_) return max();
    std::uint64_t seen = 0;
    for (std::uint32_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen < rank) continue;
        const std::int64_t low = lower_bound(i);
        const std::int64_t half_width = i < kSub ? 0 : (std::int64_t{1} << (i / kSub - 1)) / 2;
        return std::clamp(low + half_width, min(), max());
    }
    return max();
}

}  // namespace lightloom
