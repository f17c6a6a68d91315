// Assumed bill: how far power and prices may lie from their middle where figures of the bill are assumed. A figure is
// the same for all designs that buy the thing. Not here: draws (comparison/assumptions.hpp).
#pragma once

#include <span>
#include <string>

#include "comparison/design.hpp"

namespace lightloom {

/// "power_watt of switches 51t", "price_usd of switches 51t"
std::string power_figure(const BillItem& item);
std::string price_figure(const BillItem& item);

/// From the middle, in the metric's own unit.
struct Deviation {
    double low = 0.0, high = 0.0;  // low <= 0 <= high
    std::string most{};            // the figure that moves it most; empty: none is assumed
};

/// Of the mean of `metric` over `runs` less `share` of that of the baseline's, each figure being as unfavourable as it
/// may be, to one side and to the other. What a figure adds to both counts only as far as it differs.
Deviation bill_deviation(const Metric& metric, std::span<const Measured> runs, double share,
                         std::span<const Measured> baseline);

}  // namespace lightloom
