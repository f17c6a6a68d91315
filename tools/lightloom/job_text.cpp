#include "tools/lightloom/job_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

std::string duration(std::int64_t ps) { return ps < 0 ? "-" : readable_duration(static_cast<double>(ps)); }

bool were_alone(const RunResult::Jobs& jobs) { return jobs.slowdown.size() == jobs.name.size(); }

}  // namespace

std::string job_lines(const Scenario& scenario, const RunResult& result) {
    const RunResult::Jobs& jobs = result.jobs;
    if (scenario.jobs.empty()) return "";
    std::vector<std::vector<std::string>> rows{
        {"job", "kind", "GPUs", "start", "completed in", "bus bandwidth", "stragglers", "failed"}};
    const bool any_trains = std::ranges::any_of(jobs.step_ps, [](std::int64_t ps) { return ps > 0; });
    if (any_trains) rows[0].insert(rows[0].end(), {"step", "MFU"});
    if (were_alone(jobs)) rows[0].insert(rows[0].end(), {"alone", "slowdown"});
    for (std::size_t i = 0; i < jobs.name.size(); ++i) {
        std::vector<std::string>& row = rows.emplace_back();
        row = {jobs.name[i], jobs.kind[i], readable_count(jobs.gpus[i]), duration(jobs.start_ps[i]),
               duration(jobs.completion_ps[i])};
        row.push_back(jobs.bus_bandwidth[i] > 0.0 ? readable_bytes_per_second(jobs.bus_bandwidth[i]) : "-");
        row.push_back(jobs.straggler_ratio[i] > 0.0 ? fmt::format("{:.4f}", jobs.straggler_ratio[i]) : "-");
        row.push_back(readable_count(jobs.flows_failed[i]));
        if (any_trains) {
            const bool trains = jobs.step_ps[i] > 0;
            row.push_back(trains ? duration(jobs.step_ps[i]) : "-");
            row.push_back(trains ? fmt::format("{:.1f} %", 100.0 * jobs.flops_utilisation[i]) : "-");
        }
        if (!were_alone(jobs)) continue;
        row.push_back(duration(jobs.alone_ps[i]));
        row.push_back(jobs.slowdown[i] > 0.0 ? fmt::format("{:.4f}", jobs.slowdown[i]) : "-");
    }
    return "\n" + aligned(rows);
}

std::vector<JsonObject> job_objects(const RunResult::Jobs& jobs) {
    std::vector<JsonObject> objects;
    for (std::size_t i = 0; i < jobs.name.size(); ++i) {
        JsonObject& object = objects.emplace_back();
        const auto time = [&](const char* name, std::int64_t ps) {
            ps < 0 ? object.add(name, NAN) : object.add(name, ps);
        };
        const auto measured = [&](const char* name, double value) { object.add(name, value > 0.0 ? value : NAN); };
        object.add("name", jobs.name[i]).add("kind", jobs.kind[i]).add("gpus", jobs.gpus[i]);
        time("start_ps", jobs.start_ps[i]);
        time("end_ps", jobs.end_ps[i]);
        time("completion_ps", jobs.completion_ps[i]);
        measured("algorithm_bandwidth_bytes_per_second", jobs.algorithm_bandwidth[i]);
        measured("bus_bandwidth_bytes_per_second", jobs.bus_bandwidth[i]);
        measured("straggler_ratio", jobs.straggler_ratio[i]);
        object.add("flows", jobs.flows[i]).add("payload_bytes", jobs.payload_bytes[i]);
        object.add("flows_failed", jobs.flows_failed[i]).add("retransmissions", jobs.retransmissions[i]);
        if (jobs.step_ps[i] > 0) object.add("step_ps", jobs.step_ps[i]);
        measured("flops_utilisation", jobs.flops_utilisation[i]);
        if (!were_alone(jobs)) continue;
        time("alone_ps", jobs.alone_ps[i]);
        measured("slowdown", jobs.slowdown[i]);
    }
    return objects;
}

}  // namespace lightloom
