#include "models/workload/execution.hpp"

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
        workers_[worker].first_unit = static_cast<std::uint32_t>(units_.size());
        streams_.resize(streams_.size() + program_of(worker).streams.size());
        units_.resize(units_.size() + program_of(worker).units);
    }
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
    while (streams_[w.first_stream + s].task == Program::kNone) ++s;  // else the iteration were over
    while (true) {
        const Stream& stream = streams_[w.first_stream + s];
        const Program::Task& task = program.tasks[stream.task];
        if (stream.waits == 0) return &task;
        for (const std::uint32_t before : program.dependencies_of(task))
            if (!is_done(w, program, before)) {
                s = program.tasks[before].stream;
                break;
            }
    }
}

void Execution::begin_iteration(std::uint32_t worker) {
    const Program& program = program_of(worker);
    Worker& w = workers_[worker];
    w.tasks_done = 0;
    for (std::uint32_t s = 0; s < program.streams.size(); ++s)
        streams_[w.first_stream + s].task = program.streams[s].first;
    for (std::uint32_t s = 0; s < program.streams.size(); ++s) come_to(w, program, s, program.streams[s].first);
}

bool Execution::is_done(const Worker& w, const Program& program, std::uint32_t number) const {
    const Program::Task& task = program.tasks[number];
    const std::uint32_t now = streams_[w.first_stream + task.stream].task;
    return now == Program::kNone || program.tasks[now].place > task.place;
}

// The stream comes to a task: when what this waits for is done, it may start.
void Execution::come_to(Worker& w, const Program& program, std::uint32_t stream, std::uint32_t number) {
    Stream& row = streams_[w.first_stream + stream];
    row.task = number;
    row.waits = 0;
    if (number == Program::kNone) return;
    for (const std::uint32_t before : program.dependencies_of(program.tasks[number]))
        row.waits += !is_done(w, program, before);
    if (row.waits == 0) w.may_start.push(stream);
}

void Execution::finish(Worker& w, const Program& program, std::uint32_t number) {
    const Program::Task& task = program.tasks[number];
    ++w.tasks_done;
    for (const std::uint32_t after : program.successors_of(task)) {
        const std::uint32_t stream = program.tasks[after].stream;
        Stream& row = streams_[w.first_stream + stream];
        if (row.task == after && --row.waits == 0) w.may_start.push(stream);
    }
    come_to(w, program, task.stream, task.next);
}

}  // namespace lightloom
