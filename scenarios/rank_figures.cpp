#include "scenarios/rank_figures.hpp"

#include <algorithm>

#include "models/network/fabric.hpp"
#include "models/workload/traces/trace_unit.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/workload.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {
namespace {

// Of all iterations, on the GPU, which does one at a time: what processor and memory do goes on beside it.
std::int64_t computing_ps(const Program& program) {
    constexpr auto kGpu = static_cast<std::uint32_t>(TraceUnit::gpu);
    std::int64_t sum = 0;
    for (const Program::Task& task : program.tasks)
        if (task.is_computation() && task.unit == kGpu) sum += task.duration_ps * program.times(task);
    return sum;
}

}  // namespace

JobWaits job_waits(const Scenario& scenario, const Fabric& fabric, const std::vector<std::int64_t>& completion_ps) {
    JobWaits rows;
    for (std::uint32_t job = 0; job < scenario.jobs.size(); ++job) {
        const Scenario::Workload& workload = scenario.jobs[job].workload;
        if (workload.kind != WorkloadKind::training || completion_ps[job] < 0) continue;
        TrainingFigures figures;
        figures.steps = workload.iterations;
        add_measured(figures, fabric, job);
        rows.job.insert(rows.job.end(), figures.exposed.wait.size(), job);
        rows.exposed.append(figures.exposed);
    }
    return rows;
}

ReplayRanks replay_ranks(const Scenario& scenario, const Fabric& fabric) {
    const Traffic& traffic = fabric.traffic();
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    const auto replays = [](const Scenario::Job& job) { return job.workload.kind == WorkloadKind::trace; };
    ReplayRanks rows;
    if (std::ranges::none_of(jobs, replays)) return rows;
    std::vector<std::uint32_t> worker_at(fabric.topology().endpoints.size());
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker)
        if (const EndpointId at = traffic.workers[worker].at; !is_switch(fabric.topology(), at))
            worker_at[at.value] = worker;
    const std::vector<Ranks> gpus = placed(scenario, fabric.topology());
    for (std::uint32_t job = 0; job < jobs.size(); ++job) {
        if (!replays(jobs[job])) continue;
        for (std::uint32_t rank = 0; rank < jobs[job].trace.job->ranks; ++rank) {
            const std::uint32_t worker = worker_at[gpus[job][rank].value];
            const Traffic::Worker& row = traffic.workers[worker];
            const Program& program = traffic.programs[row.program];
            const std::int64_t ended_ps = fabric.iteration_end_ps(worker, program.iterations - 1);
            rows.job.push_back(job);
            rows.rank.push_back(rank);
            rows.endpoint.push_back(row.at.value);
            rows.end_ps.push_back(ended_ps < 0 ? -1 : ended_ps - row.start_ps);
            rows.computing_ps.push_back(computing_ps(program));
            rows.exposed_ps.push_back(ended_ps < 0 ? -1 : rows.end_ps.back() - rows.computing_ps.back());
        }
    }
    return rows;
}

}  // namespace lightloom
