// What may be said of paired runs, and of designs with several figures: intervals and fronts. Pure arithmetic.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace lightloom {

/// Of a mean difference.
struct Interval {
    double mean = 0.0, low = 0.0, high = 0.0;
    std::size_t pairs = 0;
    bool excludes_zero() const { return low > 0.0 || high < 0.0; }
};

/// Of a - b, pair by pair: Student's t with n - 1 degrees of freedom, at 95 %. None: fewer than two pairs, or a NaN.
/// @pre a and b are of equal length
std::optional<Interval> paired_interval(std::span<const double> a, std::span<const double> b);

/// Which points nothing dominates: no other is as good on all axes and better on one. Less is better; a point with a
/// NaN is on no front and dominates nothing. @pre all have the same number of axes
std::vector<bool> pareto_front(const std::vector<std::vector<double>>& points);

}  // namespace lightloom
