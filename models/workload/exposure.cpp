#include "models/workload/exposure.hpp"

#include <algorithm>

namespace lightloom {

std::string_view name_of(Wait wait) {
    constexpr std::string_view kNames[kWaits] = {"computation", "tensor", "context",    "data", "pipeline",
                                                 "expert",      "bubble", "checkpoint", "other"};
    return kNames[static_cast<std::size_t>(wait)];
}

Exposure::Exposure(const Traffic& traffic) {
    const bool any = std::ranges::any_of(traffic.programs, [](const Program& program) {
        return std::ranges::any_of(program.tasks, [](const Program::Task& task) { return task.wait != Wait::other; });
    });
    if (!any) return;
    rows_.resize(traffic.workers.size());
    if (std::ranges::none_of(traffic.groups, [](const Traffic::Group& group) { return group.timed_messages > 0; }))
        return;
    for (const Traffic::Flow& flow : traffic.flows) {
        slots_.push_back({releases_.size(), traffic.groups[flow.group].timed_messages});
        releases_.resize(releases_.size() + slots_.back().count);
    }
}

void Exposure::note(std::uint32_t worker, std::uint32_t iteration, const Program::Task* task, std::int64_t now_ps) {
    Row& row = rows_[worker];
    if (row.task == task && row.iteration == iteration) return;
    if (row.task != nullptr) {
        const Wait wait = row.task->is_computation() ? Wait::computation : row.task->wait;
        const auto add = [&](Wait to, std::int64_t ps) { row.sums[static_cast<std::size_t>(to)] += ps; };
        if (wait == Wait::pipeline) {  // it has ended with the message that was delivered last
            const std::int64_t sent_ps = std::clamp(row.released_ps, row.since_ps, now_ps);
            add(Wait::bubble, sent_ps - row.since_ps);
            add(Wait::pipeline, now_ps - sent_ps);
        } else {
            add(wait, now_ps - row.since_ps);
        }
    }
    row.task = task;
    row.iteration = iteration;
    row.since_ps = now_ps;
}

}  // namespace lightloom
