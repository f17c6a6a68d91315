#include "scenarios/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace lightloom {
namespace {

using enum MetricUnit;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

constexpr auto kMetrics = std::to_array<Metric>({
    {"completion", picoseconds, Better::less, "last message delivered or last rank done; of runs that ended",
     "summary/completion_ps"},
    {"step", picoseconds, Better::less, "mean time of a training step", "training/step_ps"},
    {"mfu", ratio, Better::more, "the model's operations over the GPUs' peak", "training/flops_utilisation"},
    {"bus_bandwidth", bytes_per_second, Better::more, "as nccl-tests defines it", "summary/bus_bandwidth"},
    {"algorithm_bandwidth", bytes_per_second, Better::more, "size / time", "summary/algorithm_bandwidth"},
    {"goodput", bytes_per_second, Better::more, "payload delivered per GPU over the whole run", ""},
    {"p50_latency", picoseconds, Better::less, "of packets, NIC to NIC: median", "histograms/packet_latency/p50"},
    {"p99_latency", picoseconds, Better::less, "99th percentile", "histograms/packet_latency/p99"},
    {"p99_9_latency", picoseconds, Better::less, "99.9th percentile", "histograms/packet_latency/p99_9"},
    {"p99_99_latency", picoseconds, Better::less, "99.99th percentile", "histograms/packet_latency/p99_99"},
    {"max_latency", picoseconds, Better::less, "the slowest packet", "histograms/packet_latency/max"},
    {"p50_fct", picoseconds, Better::less, "completion of flows, from first release to last delivery: median", ""},
    {"p99_fct", picoseconds, Better::less, "99th percentile", ""},
    {"max_fct", picoseconds, Better::less, "the slowest flow", ""},
    {"p99_9_message", picoseconds, Better::less, "messages, to their acknowledgement: 99.9th percentile",
     "histograms/message_latency/p99_9"},
    {"p99_jitter", picoseconds, Better::less, "difference of successive latencies of a flow (IPDV): 99th percentile",
     "histograms/packet_jitter/p99"},
    {"p99_9_pdv", picoseconds, Better::less, "p99_9_latency over the least latency (PDV)", ""},
    {"straggler_ratio", ratio, Better::less, "slowest rank / median rank", "summary/straggler_ratio"},
    {"frames_lost", count, Better::less, "frames lost on links", "summary/frames_lost"},
    {"lock_losses", count, Better::less, "losses of lock, of all directions", "summary/lock_losses"},
    {"frames_dropped", count, Better::less, "frames dropped for lack of buffer", "summary/frames_dropped"},
    {"frames_replayed", count, Better::less, "frames corrected by sending them again on their link",
     "summary/frames_replayed"},
    {"retransmissions", count, Better::less, "packets sent again", "summary/retransmissions"},
    {"timeouts", count, Better::less, "time-outs", "summary/timeouts"},
    {"frames_marked", count, Better::less, "marks (ECN)", "summary/frames_marked"},
    {"pauses", count, Better::less, "pauses that ports asked for", "summary/pauses"},
    {"flows_failed", count, Better::less, "flows whose retries were used up", "summary/flows_failed"},
    {"blast_radius", count, Better::less, "GPUs of flows that stalled for a fault, of the worst", ""},
    {"worst_failure", count, Better::less, "GPUs that the failure of one part cuts off or slows, at worst",
     "topology/worst_failure_gpus"},
    {"worst_failure_cut_off", count, Better::less, "GPUs that the failure of one part cuts off, at worst",
     "topology/worst_failure_cut_off"},
    {"worst_margin", decibel, Better::more, "least link margin during the run, faults included",
     "summary/worst_margin_db"},
    {"p01_margin", decibel, Better::more, "1st percentile of the least margins of all directions",
     "summary/first_percentile_margin_db"},
    {"utilisation", ratio, Better::neither, "time busy of the busiest port", ""},
    {"deepest_queue", bytes, Better::less, "the deepest queue of a port", ""},
    {"watt_per_gpu", watt, Better::less, "switches, NICs and modules", "economics/watt_per_gpu"},
    {"energy_per_bit", joule, Better::less, "that power over the whole run, per bit delivered",
     "economics/energy_per_bit"},
    {"usd_per_gpu", dollar, Better::less, "the whole fabric; none where a part but bare fibre has no price",
     "economics/usd_per_gpu"},
    {"transceivers_per_gpu", count, Better::less, "separate modules", "economics/transceivers_per_gpu"},
});

struct Alias {
    std::string_view name, metric;
};
constexpr std::array kAliases{Alias{"p50", "p50_latency"}, Alias{"p99", "p99_latency"}, Alias{"p99_9", "p99_9_latency"},
                              Alias{"p99_99", "p99_99_latency"}};

constexpr std::array kTimes{UnitName{"ps", 1.0}, UnitName{"ns", 1e3}, UnitName{"us", 1e6}, UnitName{"ms", 1e9},
                            UnitName{"s", 1e12}};
constexpr std::array kRates{UnitName{"B/s", 1.0}, UnitName{"MB/s", 1e6}, UnitName{"GB/s", 1e9}, UnitName{"TB/s", 1e12}};
constexpr std::array kDecibels{UnitName{"dB", 1.0}};
constexpr std::array kWatts{UnitName{"W", 1.0}, UnitName{"kW", 1e3}};
constexpr std::array kDollars{UnitName{"USD", 1.0}, UnitName{"$", 1.0}};
constexpr std::array kEnergies{UnitName{"J", 1.0}, UnitName{"nJ", 1e-9}, UnitName{"pJ", 1e-12}};
constexpr std::array kRatios{UnitName{"", 1.0}, UnitName{"%", 1e-2}};
constexpr std::array kCounts{UnitName{"", 1.0}};
constexpr std::array kBytes{UnitName{"B", 1.0}, UnitName{"KiB", 1024.0}, UnitName{"MiB", 1048576.0},
                            UnitName{"GiB", 1073741824.0}};

/// Nearest rank, of values that need not be sorted.
double quantile(std::vector<double> values, double q) {
    if (values.empty()) return kNone;
    const auto rank = static_cast<std::size_t>(std::max(std::ceil(q * static_cast<double>(values.size())), 1.0));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

double greatest(const ResultReader& result, const std::string& path) {
    if (!result.has(path)) return kNone;
    const std::vector<double> values = result.column(path);
    return values.empty() ? kNone : *std::ranges::max_element(values);
}

/// Of the flows that came to their end; none if one did not.
std::vector<double> flow_times(const ResultReader& result) {
    std::vector<double> times;
    if (!result.has("flows/delivered_ps")) return times;
    const std::vector<double> start = result.column("flows/start_ps"), end = result.column("flows/delivered_ps");
    for (std::size_t i = 0; i < end.size(); ++i) {
        if (start[i] < 0.0 || end[i] < 0.0) return {};
        times.push_back(end[i] - start[i]);
    }
    return times;
}

/// Bare fibre may have none: it is a small part of any bill.
bool has_prices(const ResultReader& result) {
    if (!result.has("economics/items")) return true;
    const std::vector<std::string> kinds = result.words("economics/items/kind");
    const std::vector<double> kind = result.column("economics/items/kind"),
                              price = result.column("economics/items/price_usd");
    for (std::size_t i = 0; i < kind.size(); ++i) {
        const bool is_known = kind[i] >= 0.0 && kind[i] < static_cast<double>(kinds.size());
        if (std::isnan(price[i]) && !(is_known && kinds[static_cast<std::size_t>(kind[i])] == "fibre")) return false;
    }
    return true;
}

double reckoned(const ResultReader& result, std::string_view name, const std::vector<double>& flows) {
    if (name == "p50_fct") return quantile(flows, 0.5);
    if (name == "p99_fct") return quantile(flows, 0.99);
    if (name == "max_fct") return quantile(flows, 1.0);
    if (name == "blast_radius") return greatest(result, "faults/endpoints_affected");
    if (name == "utilisation") return greatest(result, "ports/utilisation");
    if (name == "deepest_queue") return greatest(result, "ports/deepest_queue_bytes");
    if (name == "p99_9_pdv" && result.has("histograms/packet_latency"))
        return result.scalar("histograms/packet_latency/p99_9") - result.scalar("histograms/packet_latency/min");
    if (name == "goodput" && result.has("summary")) {
        const double seconds = result.scalar("summary/end_ps") * 1e-12;
        const auto gpus = static_cast<double>(result.rows("topology/endpoints"));
        return seconds > 0.0 && gpus > 0.0 ? result.scalar("summary/payload_bytes_delivered") / seconds / gpus : kNone;
    }
    return kNone;
}

}  // namespace

std::span<const Metric> metrics() { return kMetrics; }

const Metric* metric_named(std::string_view name) {
    const auto alias = std::ranges::find(kAliases, name, &Alias::name);
    const auto found = std::ranges::find(kMetrics, alias == kAliases.end() ? name : alias->metric, &Metric::name);
    return found == kMetrics.end() ? nullptr : &*found;
}

std::vector<std::string> aliases_of(const Metric& metric) {
    std::vector<std::string> names;
    for (const Alias& alias : kAliases)
        if (alias.metric == metric.name) names.emplace_back(alias.name);
    return names;
}

std::vector<std::string> metric_names() {
    std::vector<std::string> names;
    for (const Metric& metric : kMetrics) names.emplace_back(metric.name);
    return names;
}

std::span<const UnitName> units_of(MetricUnit unit) {
    switch (unit) {
        case picoseconds: return kTimes;
        case bytes_per_second: return kRates;
        case decibel: return kDecibels;
        case watt: return kWatts;
        case dollar: return kDollars;
        case joule: return kEnergies;
        case ratio: return kRatios;
        case count: return kCounts;
        case bytes: return kBytes;
    }
    return kCounts;
}

std::vector<double> measured(const ResultReader& result) {
    const bool complete = result.attribute("status") == "complete";
    const bool is_priced = has_prices(result);
    const std::vector<double> flows = flow_times(result);
    std::vector<double> values;
    for (const Metric& metric : kMetrics) {
        const bool of_whole_runs = metric.name == "completion";
        double value = kNone;
        if (metric.path.empty())
            value = reckoned(result, metric.name, flows);
        else if ((complete || !of_whole_runs) && (is_priced || metric.unit != dollar))
            value = result.find(std::string(metric.path)).value_or(kNone);
        // A bandwidth or ratio of 0: no collective ran to its end.
        const bool of_collectives = metric.unit == bytes_per_second || metric.name == "straggler_ratio";
        values.push_back(std::isfinite(value) && !(of_collectives && value <= 0.0) ? value : kNone);
    }
    return values;
}

}  // namespace lightloom
