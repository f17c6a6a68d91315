#include "comparison/assumed_bill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace lightloom {
namespace {

struct Ends {
    double low = 0.0, high = 0.0;  // what a figure adds at its low and its high value, from the middle
};
using EndsOfFigures = std::map<std::string, Ends>;

bool is_of_bill(const Metric& metric) {
    return metric.name == "usd_per_gpu" || metric.name == "watt_per_gpu" || metric.name == "energy_per_bit";
}

// What a watt or a dollar of the bill is in the metric.
double scale_of(const Metric& metric, const Measured& run) {
    if (metric.unit != MetricUnit::joule) return 1.0 / run.gpus;
    return run.payload_bits > 0.0 ? run.end_seconds / run.payload_bits : 0.0;
}

void add(EndsOfFigures& figures, const Metric& metric, std::span<const Measured> runs, double share) {
    const bool of_prices = metric.unit == MetricUnit::dollar;
    for (const Measured& run : runs) {
        const double scale = share * scale_of(metric, run) / static_cast<double>(runs.size());
        for (const BillItem& item : run.bill) {
            const auto& [low, middle, high] = of_prices ? item.dollars : item.watt;
            if (std::isnan(middle) || low == high) continue;
            Ends& ends = figures[of_prices ? price_figure(item) : power_figure(item)];
            ends.low += scale * (low - middle);
            ends.high += scale * (high - middle);
        }
    }
}

}  // namespace

std::string power_figure(const BillItem& item) { return fmt::format("power_watt of {} {}", item.kind, item.item); }
std::string price_figure(const BillItem& item) { return fmt::format("price_usd of {} {}", item.kind, item.item); }

Deviation bill_deviation(const Metric& metric, std::span<const Measured> runs, double share,
                         std::span<const Measured> baseline) {
    Deviation deviation;
    if (!is_of_bill(metric)) return deviation;
    EndsOfFigures figures;
    add(figures, metric, runs, 1.0);
    add(figures, metric, baseline, -share);
    double widest = 0.0;
    for (const auto& [name, ends] : figures) {
        deviation.low += std::min({0.0, ends.low, ends.high});
        deviation.high += std::max({0.0, ends.low, ends.high});
        const double width = std::abs(ends.high - ends.low);
        if (width > widest) deviation.most = name;
        widest = std::max(widest, width);
    }
    return deviation;
}

}  // namespace lightloom
