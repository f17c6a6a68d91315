#include "tools/lightloom/job_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/workload/exposure.hpp"
#include "tools/lightloom/readable.hpp"
#include "tools/lightloom/training_figures_text.hpp"

namespace lightloom {
namespace {

std::string duration(std::int64_t ps) { return ps < 0 ? "-" : readable_duration(static_cast<double>(ps)); }

bool were_alone(const RunResult::Jobs& jobs) { return jobs.slowdown.size() == jobs.name.size(); }

std::string wait_lines(const RunResult& result) {
    const JobWaits& waits = result.job_waits;
    if (waits.job.empty()) return "";
    std::vector<std::vector<std::string>> rows{{"job", "its ranks wait for", "mean rank", "", "worst", ""}};
    for (std::size_t i = 0; i < waits.job.size(); ++i) {
        const TrainingFigures::Exposed& exposed = waits.exposed;
        const auto step_ps = static_cast<double>(result.jobs.step_ps[waits.job[i]]);
        const auto share = [&](std::int64_t ps) {
            return fmt::format("{:.1f} %", 100.0 * static_cast<double>(ps) / step_ps);
        };
        rows.push_back({result.jobs.name[waits.job[i]], std::string(name_of(static_cast<Wait>(exposed.wait[i]))),
                        duration(exposed.mean_ps[i]), share(exposed.mean_ps[i]), duration(exposed.worst_ps[i]),
                        share(exposed.worst_ps[i])});
    }
    return "\n" + aligned(rows);
}

/// The ranks of one replay.
struct Replay {
    std::uint32_t job = 0;
    std::int64_t ranks = 0, done = 0;
    std::size_t soonest = 0, latest = 0;  // rows of those that were done first and last, if any was
    double exposed_ps = 0.0;              // of those that were done, the sum
};

std::vector<Replay> replays(const ReplayRanks& rows) {
    std::vector<Replay> all;
    for (std::size_t i = 0; i < rows.job.size(); ++i) {
        if (all.empty() || all.back().job != rows.job[i]) all.push_back({.job = rows.job[i]});
        Replay& replay = all.back();
        ++replay.ranks;
        if (rows.end_ps[i] < 0) continue;
        if (replay.done == 0 || rows.end_ps[i] < rows.end_ps[replay.soonest]) replay.soonest = i;
        if (replay.done == 0 || rows.end_ps[i] > rows.end_ps[replay.latest]) replay.latest = i;
        replay.exposed_ps += static_cast<double>(rows.exposed_ps[i]);
        ++replay.done;
    }
    return all;
}

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
    return "\n" + aligned(rows) + wait_lines(result);
}

std::vector<JsonObject> job_objects(const RunResult& result) {
    const RunResult::Jobs& jobs = result.jobs;
    const JobWaits& waits = result.job_waits;
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
        std::vector<JsonObject> exposed;
        for (std::size_t k = 0; k < waits.job.size(); ++k)
            if (waits.job[k] == i) exposed.push_back(wait_object(waits.exposed, k));
        if (!exposed.empty()) object.add("exposed", exposed);
        if (!were_alone(jobs)) continue;
        time("alone_ps", jobs.alone_ps[i]);
        measured("slowdown", jobs.slowdown[i]);
    }
    return objects;
}

std::string replay_lines(const RunResult& result) {
    const ReplayRanks& rows = result.replay_ranks;
    std::string text;
    for (const Replay& replay : replays(rows)) {
        const std::string of = result.jobs.name.size() > 1 ? fmt::format(" of {}", result.jobs.name[replay.job]) : "";
        text += fmt::format("  {} of {} ranks{} done", readable_count(replay.done), readable_count(replay.ranks), of);
        if (replay.done > 0)
            text += fmt::format(
                ": after {} (rank {}) to {} (rank {}), which computes {}; {:.1f} % of it is exposed communication",
                duration(rows.end_ps[replay.soonest]), rows.rank[replay.soonest], duration(rows.end_ps[replay.latest]),
                rows.rank[replay.latest], duration(rows.computing_ps[replay.latest]),
                100.0 * static_cast<double>(rows.exposed_ps[replay.latest]) /
                    static_cast<double>(std::max<std::int64_t>(rows.end_ps[replay.latest], 1)));
        text += '\n';
    }
    return text;
}

std::vector<JsonObject> replay_objects(const RunResult& result) {
    const ReplayRanks& rows = result.replay_ranks;
    std::vector<JsonObject> objects;
    for (const Replay& replay : replays(rows)) {
        JsonObject& object = objects.emplace_back();
        object.add("job", result.jobs.name[replay.job]).add("ranks", replay.ranks).add("ranks_done", replay.done);
        if (replay.done == 0) continue;
        object.add("first_ps", rows.end_ps[replay.soonest]);
        object.add("first_rank", std::int64_t{rows.rank[replay.soonest]});
        object.add("last_ps", rows.end_ps[replay.latest]);
        object.add("last_rank", std::int64_t{rows.rank[replay.latest]});
        object.add("last_computing_ps", rows.computing_ps[replay.latest]);
        object.add("last_exposed_ps", rows.exposed_ps[replay.latest]);
        object.add("mean_exposed_ps", replay.exposed_ps / static_cast<double>(replay.done));
    }
    return objects;
}

}  // namespace lightloom
