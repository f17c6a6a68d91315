// Distribution: a quantity that varies from one thing to the next (the lengths of a tier's cables), drawn by inverse
// distribution function so that one uniform number gives one value.
#pragma once

#include <cmath>

#include "core/random.hpp"

namespace lightloom {

struct Distribution {
    enum class Kind { fixed, uniform, normal, lognormal };
    Kind kind = Kind::fixed;
    double a = 0.0;  // fixed: the value; uniform: the least; normal: the mean; lognormal: the median
    double b = 0.0;  // uniform: the most; normal: the standard deviation; lognormal: that of the natural logarithm

    /// @param u in (0, 1)
    double at(double u) const {
        switch (kind) {
            case Kind::fixed: return a;
            case Kind::uniform: return a + (b - a) * u;
            case Kind::normal: return a + b * inverse_normal(u);
            case Kind::lognormal: return a * std::exp(b * inverse_normal(u));
        }
        return a;
    }
    friend bool operator==(const Distribution&, const Distribution&) = default;
};

}  // namespace lightloom
