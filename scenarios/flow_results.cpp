#include "scenarios/flow_results.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "scenarios/idle_paths.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

// Bounds as fabric papers draw them; the last class takes all.
constexpr std::array<std::int64_t, 5> kLargest{10'000, 100'000, 1'000'000, 10'000'000, INT64_MAX};

struct Class {
    std::int64_t messages = 0, bytes = 0;
    std::vector<double> times_ps, slowdowns;  // of those that were delivered
};

/// @param sorted  ascending. NaN if there is none
double quantile(const std::vector<double>& sorted, double q) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

double mean(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(values.size());
}

void add_row(RunResult::MessageSizes& rows, std::uint32_t job, std::int64_t largest, Class& of) {
    std::ranges::sort(of.times_ps);
    std::ranges::sort(of.slowdowns);
    rows.job.push_back(job);
    rows.largest_bytes.push_back(largest == INT64_MAX ? -1 : largest);
    rows.messages.push_back(of.messages);
    rows.bytes.push_back(of.bytes);
    rows.delivered.push_back(static_cast<std::int64_t>(of.times_ps.size()));
    rows.mean_ps.push_back(mean(of.times_ps));
    rows.p50_ps.push_back(quantile(of.times_ps, 0.5));
    rows.p99_ps.push_back(quantile(of.times_ps, 0.99));
    rows.p999_ps.push_back(quantile(of.times_ps, 0.999));
    rows.max_ps.push_back(quantile(of.times_ps, 1.0));
    rows.mean_slowdown.push_back(mean(of.slowdowns));
    rows.p50_slowdown.push_back(quantile(of.slowdowns, 0.5));
    rows.p99_slowdown.push_back(quantile(of.slowdowns, 0.99));
    rows.p999_slowdown.push_back(quantile(of.slowdowns, 0.999));
}

}  // namespace

void add_flow_results(RunResult& result, const Scenario& scenario, const Plan& plan) {
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    IdlePaths paths(scenario, plan);
    std::vector<std::array<Class, kLargest.size()>> classes(jobs.size());
    const RunResult::Flows& flows = result.flows;
    for (std::size_t flow = 0; flow < flows.source.size(); ++flow) {
        if (!pattern_of(jobs[flows.job[flow]].workload.kind)) continue;
        const std::int64_t bytes = flows.payload_bytes[flow];
        const auto place = std::ranges::lower_bound(kLargest, bytes) - kLargest.begin();
        Class& of = classes[flows.job[flow]][static_cast<std::size_t>(place)];
        if (flows.messages[flow] == 0) continue;  // not begun
        ++of.messages;
        of.bytes += bytes;
        if (flows.delivered_ps[flow] < 0) continue;
        const auto time = static_cast<double>(flows.delivered_ps[flow] - flows.start_ps[flow]);
        of.times_ps.push_back(time);
        if (const auto idle =
                paths.message_ps(EndpointId{flows.source[flow]}, EndpointId{flows.destination[flow]}, bytes))
            of.slowdowns.push_back(time / *idle);
    }
    for (std::uint32_t job = 0; job < jobs.size(); ++job) {
        Class all;
        for (std::size_t i = 0; i < kLargest.size(); ++i) {
            Class& of = classes[job][i];
            all.messages += of.messages;
            all.bytes += of.bytes;
            all.times_ps.insert(all.times_ps.end(), of.times_ps.begin(), of.times_ps.end());
            all.slowdowns.insert(all.slowdowns.end(), of.slowdowns.begin(), of.slowdowns.end());
            if (of.messages > 0) add_row(result.message_sizes, job, kLargest[i], of);
        }
        if (all.messages > 0) add_row(result.message_sizes, job, 0, all);
    }
}

}  // namespace lightloom
