#include "models/workload/execution.hpp"

#include <algorithm>

namespace lightloom {

Execution::Execution(const Traffic& traffic)
    : traffic_(traffic),
      workers_(traffic.workers.size()),
      seats_(traffic.seats.size()),
      lanes_(traffic.lanes.size()),
      taken_(traffic.flows.size()) {
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

void Execution::begin_iteration(std::uint32_t worker) {
    Worker& w = workers_[worker];
    w.tasks_done = 0;
    std::fill_n(streams_.begin() + w.first_stream, program_of(worker).streams.size(), Stream{});
}

}  // namespace lightloom
