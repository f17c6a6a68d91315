#include "comparison/statistics.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace lightloom {
namespace {

constexpr double kTail = 0.025;  // on each side of the interval

bool has_nan(const std::vector<double>& point) {
    for (const double value : point)
        if (std::isnan(value)) return true;
    return false;
}

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
    bool is_better = false;
    for (std::size_t axis = 0; axis < a.size(); ++axis) {
        if (a[axis] > b[axis]) return false;
        is_better |= a[axis] < b[axis];
    }
    return is_better;
}

}  // namespace

std::optional<Interval> paired_interval(std::span<const double> a, std::span<const double> b) {
    if (a.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(a.size());
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) mean += (a[i] - b[i]) / n;
    for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
    if (!std::isfinite(mean)) return std::nullopt;
    const double t = boost::math::quantile(boost::math::complement(boost::math::students_t(n - 1.0), kTail));
    const double half = t * std::sqrt(squares / (n - 1.0) / n);
    return Interval{mean, mean - half, mean + half, a.size()};
}

std::vector<bool> pareto_front(const std::vector<std::vector<double>>& points) {
    std::vector<bool> on_front;
    for (const std::vector<double>& point : points) {
        bool is_on = !has_nan(point);
        for (const std::vector<double>& other : points)
            if (is_on && !has_nan(other) && dominates(other, point)) is_on = false;
        on_front.push_back(is_on);
    }
    return on_front;
}

}  // namespace lightloom
