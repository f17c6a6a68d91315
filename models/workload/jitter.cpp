#include "models/workload/jitter.hpp"

#include <cmath>

#include "core/random.hpp"

namespace lightloom {

std::uint32_t factor_of(double value) {
    return static_cast<std::uint32_t>(std::llround(value * static_cast<double>(kFactorOne)));
}

// Quantiles in the middle of equal shares. Those at the ends are cut off, so the mean is set right afterwards.
Jitter::Jitter(double deviation, std::uint64_t seed) : seed_(seed), factors_(std::size_t{1} << kTableBits) {
    const double sigma = std::sqrt(std::log1p(deviation * deviation));
    const auto quantile = [&](std::size_t i) {
        return std::exp(sigma * inverse_normal((static_cast<double>(i) + 0.5) / static_cast<double>(factors_.size())));
    };
    double sum = 0.0;
    for (std::size_t i = 0; i < factors_.size(); ++i) sum += quantile(i);
    for (std::size_t i = 0; i < factors_.size(); ++i)
        factors_[i] = factor_of(quantile(i) * static_cast<double>(factors_.size()) / sum);
}

std::int64_t Jitter::stretched(std::int64_t duration_ps, std::uint32_t who, std::uint32_t iteration,
                               std::uint32_t task) const {
    const std::uint64_t bits = draw(seed_, who, Purpose::computation, std::uint64_t{iteration} << 24 | task);
    return scaled(duration_ps, factors_[bits >> (64 - kTableBits)]);
}

}  // namespace lightloom
