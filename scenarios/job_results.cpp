#include "scenarios/job_results.hpp"

#include <algorithm>
#include <vector>

#include "models/workload/collectives/bus_bandwidth.hpp"
#include "scenarios/measurements.hpp"
#include "scenarios/planned_run.hpp"
#include "scenarios/training.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

double ratio(std::int64_t a, std::int64_t b) { return b > 0 ? static_cast<double>(a) / static_cast<double>(b) : 0.0; }

/// When each job was done: its last message delivered and its last worker through; -1: not yet.
std::vector<std::int64_t> ends_ps(const Fabric& fabric, std::size_t jobs) {
    const Traffic& traffic = fabric.traffic();
    std::vector<std::int64_t> ends(jobs, 0);
    const auto take = [&](std::uint32_t job, std::int64_t end_ps) {
        ends[job] = ends[job] < 0 || end_ps < 0 ? -1 : std::max(ends[job], end_ps);
    };
    for (std::uint32_t flow = 0; flow < traffic.flows.size(); ++flow) {
        const Fabric::FlowTimes& times = fabric.flow_times(flow);
        const bool is_due = traffic.flows[flow].opening_messages > 0;
        const bool is_over =
            fabric.transport().receiver(flow).messages == times.messages && (times.messages > 0 || !is_due);
        take(traffic.groups[traffic.flows[flow].group].job, !is_over              ? -1
                                                            : times.messages == 0 ? 0
                                                                                  : times.delivered_ps);
    }
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker) {
        const Traffic::Worker& row = traffic.workers[worker];
        take(row.job, fabric.iteration_end_ps(worker, traffic.programs[row.program].iterations - 1));
    }
    return ends;
}

void add_flows(RunResult::Jobs& rows, const RunResult& result, const Traffic& traffic) {
    for (auto* column : {&rows.flows, &rows.payload_bytes, &rows.flows_failed, &rows.retransmissions})
        column->assign(rows.name.size(), 0);
    for (std::uint32_t flow = 0; flow < traffic.flows.size(); ++flow) {
        const std::uint32_t job = traffic.groups[traffic.flows[flow].group].job;
        ++rows.flows[job];
        rows.payload_bytes[job] += result.flows.payload_bytes[flow];
        rows.flows_failed[job] += result.flows.failed_ps[flow] >= 0;
        rows.retransmissions[job] += result.flows.retransmissions[flow];
    }
}

/// Slowest over median: of the ranks of a job's worst iteration, or of its flows where no collective ran.
void add_straggler_ratios(RunResult::Jobs& rows, const RunResult& result, const Traffic& traffic) {
    rows.straggler_ratio.assign(rows.name.size(), 0.0);
    for (std::size_t i = 0; i < result.collectives.group.size(); ++i) {
        double& worst = rows.straggler_ratio[traffic.groups[result.collectives.group[i]].job];
        worst = std::max(worst, ratio(result.collectives.slowest_rank_ps[i], result.collectives.median_rank_ps[i]));
    }
    std::vector<std::vector<std::int64_t>> times(rows.name.size());
    for (std::uint32_t flow = 0; flow < traffic.flows.size(); ++flow)
        if (const std::uint32_t job = traffic.groups[traffic.flows[flow].group].job; rows.end_ps[job] >= 0)
            times[job].push_back(result.flows.delivered_ps[flow] - rows.start_ps[job]);
    for (std::size_t job = 0; job < times.size(); ++job) {
        if (times[job].empty() || rows.straggler_ratio[job] > 0.0) continue;
        std::ranges::sort(times[job]);
        rows.straggler_ratio[job] = ratio(times[job].back(), times[job][times[job].size() / 2]);
    }
}

void add_bandwidth(RunResult::Jobs& rows, std::uint32_t job, const Traffic& traffic) {
    const auto program = only_program(traffic, job);
    const bool known = program && rows.completion_ps[job] > 0;
    const CollectiveCall* call = known ? &traffic.calls[traffic.programs[*program].tasks[0].call].call() : nullptr;
    const double seconds = Duration{rows.completion_ps[job]}.seconds();
    rows.algorithm_bandwidth.push_back(
        call ? static_cast<double>(call->bytes) * traffic.programs[*program].iterations / seconds : 0.0);
    rows.bus_bandwidth.push_back(call ? rows.algorithm_bandwidth.back() * bus_factor(*call) : 0.0);
}

void add_training(RunResult::Jobs& rows, std::size_t i, const Scenario::Job& job) {
    const bool trains = job.workload.kind == WorkloadKind::training && rows.completion_ps[i] > 0;
    const Duration step{trains ? rows.completion_ps[i] / job.workload.iterations : 0};
    rows.step_ps.push_back(step.ps);
    rows.flops_utilisation.push_back(trains ? flops_utilisation(job.training, rows.gpus[i], step) : 0.0);
}

}  // namespace

void add_job_results(RunResult& result, const Scenario& scenario, const Fabric& fabric) {
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    const std::vector<Ranks> gpus = placed(scenario, fabric.topology());
    RunResult::Jobs& rows = result.jobs;
    rows.end_ps = ends_ps(fabric, jobs.size());
    for (std::uint32_t i = 0; i < jobs.size(); ++i) {
        rows.name.push_back(jobs[i].name);
        rows.kind.emplace_back(name_of(jobs[i].workload.kind));
        rows.gpus.push_back(static_cast<std::int64_t>(gpus[i].size()));
        rows.start_ps.push_back(jobs[i].start.ps);
        rows.completion_ps.push_back(rows.end_ps[i] < 0 ? -1 : rows.end_ps[i] - jobs[i].start.ps);
        add_bandwidth(rows, i, fabric.traffic());
        add_training(rows, i, jobs[i]);
    }
    add_flows(rows, result, fabric.traffic());
    add_straggler_ratios(rows, result, fabric.traffic());
}

bool run_jobs_alone(RunResult& result, const Scenario& scenario, const Plan& plan, const RunOptions& options,
                    const std::function<bool()>& goes_on) {
    RunResult::Jobs& rows = result.jobs;
    for (std::uint32_t job = 0; job < rows.name.size(); ++job) {
        PlannedRun planned(scenario, plan, options, job);
        if (planned.simulate([&](Time, std::int64_t) { return goes_on(); }).interrupted) return false;
        const std::int64_t end_ps = ends_ps(planned.fabric(), rows.name.size())[job];
        const std::int64_t alone_ps = end_ps < 0 ? -1 : end_ps - rows.start_ps[job];
        rows.alone_ps.push_back(alone_ps);
        rows.slowdown.push_back(ratio(rows.completion_ps[job], alone_ps));
    }
    return true;
}

}  // namespace lightloom
