// Gates: conditions on a result, as text. "p01_margin >= 1dB", "p99_9_latency <= 1.2 x baseline", "completion > +5%"
//     GATE = METRIC OPERATOR VALUE
//     OPERATOR = < | <= | > | >= | == | !=
//     VALUE = NUMBER [UNIT]
//           | NUMBER x baseline | SIGN NUMBER % | baseline SIGN NUMBER [UNIT]        these: relative to the baseline
// Decibels are a ratio already and have no shares, so of them the last; dollars may have their sign in front.
// A scenario requires them ([question]), a command fails if one holds (--fail-if).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/metrics.hpp"

namespace lightloom {

struct Gate {
    enum class Operator { less, at_most, more, at_least, equal, unequal };

    std::string text;  // as it was written
    const Metric* metric = nullptr;
    Operator compare = Operator::less;
    double value = 0.0;        // in the metric's own unit, or a factor of the baseline's
    bool is_relative = false;  // to the baseline
    double offset = 0.0;       // then, in the metric's own unit

    /// Whether the condition holds; none: what it compares was not measured.
    std::optional<bool> holds(double measured, double baseline) const { return holds_of(measured, bound(baseline)); }
    std::optional<bool> holds_of(double measured, double limit) const;
    /// What `measured` is compared with.
    double bound(double baseline) const { return is_relative ? value * baseline + offset : value; }
};

struct GateError {
    std::size_t column = 1;  // in the text, from 1
    std::string message, hint;
};

std::variant<Gate, GateError> parse_gate(std::string_view text);

}  // namespace lightloom
