#include "models/workload/execution.hpp"

#include <algorithm>

namespace lightloom {

Execution::Execution(const Traffic& traffic)
    : traffic_(traffic),
      workers_(traffic.workers.size()),
      seats_(traffic.seats.size()),
      lanes_(traffic.lanes.size()),
      taken_(traffic.flows.size()),
      come_(traffic.groups.size()) {
    for (std::uint32_t worker = 0; worker < workers_.size(); ++worker) {
        workers_[worker].first_stream = static_cast<std::uint32_t>(streams_.size());
        streams_.resize(streams_.size() + program_of(worker).streams.size());
    }
}

bool Execution::may_start(std::uint32_t worker, const Program& program, const Program::Task& task) const {
    const auto first = program.dependencies.begin() + task.first_dependency;
    return std::all_of(first, first + task.dependencies,
                       [&](std::uint32_t before) { return is_done(worker, program.tasks[before]); });
}

std::int64_t Execution::duration_of(std::uint32_t worker, const Program& program, std::uint32_t task) const {
    const Traffic::Worker& row = traffic_.workers[worker];
    const std::int64_t duration_ps = scaled(program.tasks[task].duration_ps, row.slowdown);
    if (!program.jitter) return duration_ps;
    return program.jitter->stretched(duration_ps, row.at.value, workers_[worker].iteration, task);
}

// A task waits for its stream's, and the first of these for what it depends on. Each of them stands before the last.
const Program::Task* Execution::awaited(std::uint32_t worker) const {
    const Program& program = program_of(worker);
    const Worker& w = workers_[worker];
    if (w.iteration == program.iterations) return nullptr;
    std::uint32_t s = 0;
    while (streams_[w.first_stream + s].done == program.streams[s].size()) ++s;  // else the iteration were over
    while (true) {
        const Stream& stream = streams_[w.first_stream + s];
        const Program::Task& task = program.tasks[program.streams[s][stream.done]];
        if (stream.busy) return &task;
        const auto first = program.dependencies.begin() + task.first_dependency;
        const auto undone = std::find_if(first, first + task.dependencies,
                                         [&](std::uint32_t before) { return !is_done(worker, program.tasks[before]); });
        if (undone == first + task.dependencies) return &task;
        s = program.tasks[*undone].stream;
    }
}

void Execution::begin_iteration(std::uint32_t worker) {
    Worker& w = workers_[worker];
    w.tasks_done = 0;
    std::fill_n(streams_.begin() + w.first_stream, program_of(worker).streams.size(), Stream{});
}

}  // namespace lightloom
