// Jitter: computations do not all take what they should. Each takes its duration times a factor drawn for it alone,
// log-normal with mean 1, from a table of quantiles in integers: no logarithm where events are handled.
// Source: most of what slows ranks down is in the computation (Lin et al., "Understanding stragglers in large model
// training using what-if analysis", OSDI 2025); its distribution is not published, a log-normal is assumed.
// Not here: ranks that are slow throughout (Traffic::Worker::slowdown).
#pragma once

#include <cstdint>
#include <vector>

namespace lightloom {

/// A factor in fixed point, and a duration times it.
inline constexpr int kFactorBits = 20;
inline constexpr std::uint32_t kFactorOne = 1u << kFactorBits;
inline constexpr double kLargestFactor = 4000.0;
std::uint32_t factor_of(double value);
inline std::int64_t scaled(std::int64_t duration_ps, std::uint32_t factor) {
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>(static_cast<Wide>(duration_ps) * factor >> kFactorBits);
}

class Jitter {
public:
    /// @param deviation  relative, of a computation's duration, >= 0 and <= 1
    Jitter(double deviation, std::uint64_t seed);

    /// Of task `task` in an iteration of the worker at endpoint `who`. @param task  < 2^24
    std::int64_t stretched(std::int64_t duration_ps, std::uint32_t who, std::uint32_t iteration,
                           std::uint32_t task) const;

private:
    static constexpr int kTableBits = 12;
    std::uint64_t seed_;
    std::vector<std::uint32_t> factors_;
};

}  // namespace lightloom
