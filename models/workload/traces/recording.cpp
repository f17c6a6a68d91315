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
    void add(const Traffic::Worker& worker) {
        RankTrace& trace = made_.traces[rank_at_.at(worker.at)];
        const Program& program = traffic_.programs[worker.program];
        std::vector<std::uint32_t> last(program.streams.size(), Program::kNone);
        for (const Program::Task& task : program.tasks) {
            TraceNode node = meaning_of(worker, task, trace);
            node.id = trace.nodes.size();
            node.first_dependency = static_cast<std::uint32_t>(trace.dependencies.size());
            if (last[task.stream] != Program::kNone) trace.dependencies.push_back(last[task.stream]);
            for (const std::uint32_t before : program.dependencies_of(task))
                if (program.tasks[before].stream != task.stream) trace.dependencies.push_back(before);
            node.dependencies = static_cast<std::uint32_t>(trace.dependencies.size()) - node.first_dependency;
            last[task.stream] = static_cast<std::uint32_t>(node.id);
            trace.nodes.push_back(node);
        }
    }
    TraceNode meaning_of(const Traffic::Worker& worker, const Program::Task& task, RankTrace& trace) {
        if (task.call == Program::Task::kJoin) return {};
        if (!task.is_call()) return {.duration_ps = task.duration_ps, .kind = Kind::compute};
        const Traffic::Seat& seat = traffic_.seats[worker.first_seat + task.seat];
        const CollectiveCall& call = traffic_.calls[task.call].call();
        return is_message(call) ? message(seat, call) : collective(seat, call, trace);
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
    TraceNode collective(const Traffic::Seat& seat, const CollectiveCall& call, RankTrace& trace) {
        if (call.kind == Collective::send_receive)
            throw TraceError("send-receive", "is no collective of Chakra's traces");
        named_[seat.group] = true;
        const std::string name = fmt::format("{}", seat.group);
        const auto found = std::ranges::find(trace.groups, name) - trace.groups.begin();
        if (static_cast<std::size_t>(found) == trace.groups.size()) trace.groups.push_back(name);
        TraceNode node{.bytes = call.bytes,
                       .group = static_cast<std::uint32_t>(found),
                       .kind = Kind::collective,
                       .collective = call.kind};
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
    Recording made_;
};

}  // namespace

Recording recorded(const Traffic& traffic, std::span<const EndpointId> ranks) {
    return Recorder(traffic, ranks).record();
}

}  // namespace lightloom
