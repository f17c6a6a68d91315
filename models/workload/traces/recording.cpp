#include "models/workload/traces/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lightloom {
namespace {

using Kind = TraceNode::Kind;

class Recorder {
public:
    Recorder(const Traffic& traffic, std::span<const EndpointId> ranks) : traffic_(traffic) {
        refuse_what_no_trace_holds();
        for (std::uint32_t rank = 0; rank < ranks.size(); ++rank) rank_at_[ranks[rank]] = rank;
        if (traffic.workers.size() != rank_at_.size())
            throw TraceError("the workload", fmt::format("has {} programs for {} ranks: no trace holds that",
                                                         traffic.workers.size(), rank_at_.size()));
        members_.resize(traffic.groups.size());
        for (std::size_t group = 0; group < members_.size(); ++group)
            members_[group].resize(traffic.groups[group].ranks);
        for (const Traffic::Seat& seat : traffic.seats)
            members_[seat.group].at(seat.rank) = rank_at_.at(traffic.workers[seat.worker].at);
    }

    Recording record() {
        made_.traces.resize(rank_at_.size());
        for (const Traffic::Worker& worker : traffic_.workers) add(worker);
        for (std::uint32_t group = 0; group < members_.size(); ++group)
            if (named_[group]) made_.groups.push_back({fmt::format("{}", group), members_[group]});
        return std::move(made_);
    }

private:
    void refuse_what_no_trace_holds() const {
        const auto refuse = [](const char* what) {
            throw TraceError("the workload", fmt::format("{}, which no trace holds", what));
        };
        for (const Traffic::Worker& worker : traffic_.workers) {
            if (traffic_.programs[worker.program].role != Role::rank) refuse("writes or reads checkpoints");
            if (worker.start_ps > 0) refuse("has jobs that begin later");
        }
        for (const Traffic::Flow& flow : traffic_.flows)
            if (flow.opening_messages > 0) refuse("has messages that are no rank's step");
    }

    // A task is a node, but for what the format has no collective for: that is its messages.
    void add(const Traffic::Worker& worker) {
        trace_ = &made_.traces[rank_at_.at(worker.at)];
        numbers_.clear();
        const Program& program = traffic_.programs[worker.program];
        std::vector<std::uint32_t> last(program.streams.size(), Program::kNone), node_of;  // by task, when it is over
        for (std::uint32_t number = 0; number < program.tasks.size(); ++number) {
            const Program::Task& task = program.tasks[number];
            std::vector<std::uint32_t> after;
            if (last[task.stream] != Program::kNone) after.push_back(node_of[last[task.stream]]);
            for (const std::uint32_t before : program.dependencies_of(task))
                if (program.tasks[before].stream != task.stream) after.push_back(node_of[before]);
            node_of.push_back(add(worker, program, number, after));
            last[task.stream] = number;
        }
    }
    std::uint32_t add(const Traffic::Worker& worker, const Program& program, std::uint32_t number,
                      std::span<const std::uint32_t> after) {
        const Program::Task& task = program.tasks[number];
        if (task.call == Program::Task::kJoin) return add({}, after);
        if (task.is_computation()) return add(computation(worker, program, number), after);
        if (task.is_meeting()) throw TraceError("the workload", "has meetings, which no trace holds");
        const Traffic::Seat& seat = traffic_.seats[worker.first_seat + task.seat];
        const Schedule& schedule = traffic_.calls[task.call];
        const CollectiveCall& call = schedule.call();
        if (schedule.is_unequal() || call.kind == Collective::send_receive) return add_messages(seat, schedule, after);
        return add(is_message(call) ? message(seat, call) : collective(seat, call), after);
    }
    std::uint32_t add(TraceNode node, std::span<const std::uint32_t> after) {
        node.id = trace_->nodes.size();
        node.first_dependency = static_cast<std::uint32_t>(trace_->dependencies.size());
        node.dependencies = static_cast<std::uint32_t>(after.size());
        trace_->dependencies.insert(trace_->dependencies.end(), after.begin(), after.end());
        trace_->nodes.push_back(node);
        return static_cast<std::uint32_t>(node.id);
    }
    // As long as it takes in the first iteration.
    static TraceNode computation(const Traffic::Worker& worker, const Program& program, std::uint32_t number) {
        const std::int64_t slow_ps = scaled(program.tasks[number].duration_ps, worker.slowdown);
        return {
            .duration_ps = program.jitter ? program.jitter->stretched(slow_ps, worker.at.value, 0, number) : slow_ps,
            .kind = Kind::compute};
    }
    // All at once, as its lanes go on side by side; it is over when all of them are.
    std::uint32_t add_messages(const Traffic::Seat& seat, const Schedule& schedule,
                               std::span<const std::uint32_t> after) {
        std::vector<std::uint32_t> all;
        const auto add_message = [&](Kind kind, std::uint32_t peer, std::int64_t bytes) {
            if (peer == kNobody) return;
            all.push_back(
                add({.bytes = bytes, .tag = seat.group, .peer = members_[seat.group][peer], .kind = kind}, after));
        };
        for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane) {
            for (std::uint64_t k = 0; k < schedule.steps(seat.rank, lane); ++k) {
                const Step step = schedule.step(seat.rank, lane, k);
                add_message(Kind::send, step.to, step.sent_bytes);
                add_message(Kind::receive, step.from, step.received_bytes);
            }
        }
        if (all.empty()) all.assign(after.begin(), after.end());
        return add({}, all);
    }
    static bool is_message(const CollectiveCall& call) {
        return call.kind == Collective::broadcast && call.ranks == 2 && call.root == 0;
    }
    TraceNode message(const Traffic::Seat& seat, const CollectiveCall& call) const {
        return {.bytes = call.bytes,
                .tag = seat.group,
                .peer = members_[seat.group][1 - seat.rank],
                .kind = seat.rank == 0 ? Kind::send : Kind::receive};
    }
    TraceNode collective(const Traffic::Seat& seat, const CollectiveCall& call) {
        named_[seat.group] = true;
        const auto [entry, fresh] = numbers_.try_emplace(seat.group, static_cast<std::uint32_t>(trace_->groups.size()));
        if (fresh) trace_->groups.push_back(fmt::format("{}", seat.group));
        TraceNode node{.bytes = call.bytes, .group = entry->second, .kind = Kind::collective, .collective = call.kind};
        if (call.kind == Collective::broadcast || call.kind == Collective::reduce) {
            node.has_root = true;
            node.peer = members_[seat.group][call.root];
        }
        if (call.kind != Collective::all_gather) return node;
        if (call.bytes % call.ranks != 0)
            throw TraceError("an all-gather", fmt::format("of {} bytes is no whole number of bytes from each of {} "
                                                          "ranks, as a trace counts them",
                                                          call.bytes, call.ranks));
        node.bytes = call.bytes / call.ranks;
        return node;
    }

    const Traffic& traffic_;
    std::map<EndpointId, std::uint32_t> rank_at_;
    std::vector<std::vector<std::uint32_t>> members_;  // of groups: ranks
    std::map<std::uint32_t, bool> named_;              // groups that collectives use
    std::map<std::uint32_t, std::uint32_t> numbers_;   // of groups in the trace
    RankTrace* trace_ = nullptr;                       // that is being made
    Recording made_;
};

}  // namespace

Recording recorded(const Traffic& traffic, std::span<const EndpointId> ranks) {
    return Recorder(traffic, ranks).record();
}

}  // namespace lightloom
