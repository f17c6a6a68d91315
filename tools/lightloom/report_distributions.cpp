#include "tools/lightloom/report_distributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace lightloom {
namespace {

struct Curve {
    std::vector<std::int64_t> ps;
    std::vector<double> tail;  // share of the samples that are not less

    void add(std::int64_t at, std::uint64_t not_less, std::uint64_t samples) {
        if (at <= 0) return;  // a logarithmic axis has no place for it
        ps.push_back(at);
        tail.push_back(static_cast<double>(not_less) / static_cast<double>(samples));
    }
};

JsonObject quantile_object(const ResultHistogram& histogram) {
    JsonObject json;
    json.add("min", histogram.min).add("mean", histogram.mean);
    json.add("p50", histogram.quantile(0.5)).add("p99", histogram.quantile(0.99));
    json.add("p99_9", histogram.quantile(0.999)).add("p99_99", histogram.quantile(0.9999));
    return json.add("max", histogram.max);
}

JsonObject of_histogram(const std::string& name, const ResultHistogram& histogram) {
    Curve curve;
    std::uint64_t not_less = histogram.samples;
    for (std::size_t bin = 0; bin < histogram.count.size(); ++bin) {
        if (histogram.count[bin] == 0) continue;
        curve.add(std::max(histogram.lower[bin], histogram.min), not_less, histogram.samples);
        not_less -= std::min(not_less, histogram.count[bin]);
    }
    if (!curve.ps.empty() && curve.ps.back() < histogram.max) curve.add(histogram.max, 1, histogram.samples);
    return JsonObject()
        .add("name", name)
        .add("group", "histograms/" + name)
        .add("title", histogram.title)
        .add("samples", histogram.samples)
        .add("quantiles", quantile_object(histogram))
        .add("ps", curve.ps)
        .add("tail", curve.tail);
}

std::vector<std::int64_t> completion_times(const ResultReader& result) {
    const std::vector<std::int64_t> start = result.whole_column("flows/start_ps");
    const std::vector<std::int64_t> end = result.whole_column("flows/delivered_ps");
    std::vector<std::int64_t> times;
    for (std::size_t flow = 0; flow < std::min(start.size(), end.size()); ++flow)
        if (start[flow] >= 0 && end[flow] >= start[flow]) times.push_back(end[flow] - start[flow]);
    std::sort(times.begin(), times.end());
    return times;
}

/// Rows of a sorted column that tell its distribution: even steps, and ever finer ones towards the longest.
std::set<std::size_t> telling_rows(std::size_t rows) {
    constexpr std::size_t even = 200, per_decade = 20;
    std::set<std::size_t> telling{0, rows - 1};
    for (std::size_t step = 0; step < even; ++step) telling.insert(step * rows / even);
    for (double tail = 1.0; tail * static_cast<double>(rows) > 1.0; tail *= std::pow(10.0, -1.0 / per_decade))
        telling.insert(rows - static_cast<std::size_t>(std::ceil(tail * static_cast<double>(rows))));
    return telling;
}

JsonObject of_flows(const std::vector<std::int64_t>& times) {
    Curve curve;
    for (const std::size_t row : telling_rows(times.size())) curve.add(times[row], times.size() - row, times.size());
    const auto quantile = [&](double q) {  // nearest rank
        const double rank = std::ceil(q * static_cast<double>(times.size()));
        return times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
    };
    double sum = 0.0;
    for (const std::int64_t time : times) sum += static_cast<double>(time);
    JsonObject quantiles;
    quantiles.add("min", times.front()).add("mean", sum / static_cast<double>(times.size()));
    quantiles.add("p50", quantile(0.5)).add("p99", quantile(0.99));
    quantiles.add("p99_9", quantile(0.999)).add("p99_99", quantile(0.9999)).add("max", times.back());
    return JsonObject()
        .add("name", "flow_completion")
        .add("group", "flows")
        .add("title", "flows, from the release of the first message to the delivery of the last")
        .add("samples", static_cast<std::int64_t>(times.size()))
        .add("quantiles", quantiles)
        .add("ps", curve.ps)
        .add("tail", curve.tail);
}

}  // namespace

std::vector<JsonObject> distributions(const ResultReader& result) {
    std::vector<JsonObject> list;
    for (const char* name : {"packet_latency", "message_latency", "packet_jitter", "acknowledgement_latency"})
        if (const auto histogram = result.histogram(name); histogram && histogram->samples > 0)
            list.push_back(of_histogram(name, *histogram));
    if (!result.has("flows/start_ps")) return list;
    if (const auto times = completion_times(result); !times.empty()) list.push_back(of_flows(times));
    return list;
}

}  // namespace lightloom
