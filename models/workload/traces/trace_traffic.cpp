#include "models/workload/traces/trace_traffic.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "models/workload/traces/group_members.hpp"
#include "models/workload/traces/trace_unit.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

using Kind = TraceNode::Kind;

class TraceTraffic {
public:
    TraceTraffic(const TraceJob& job, std::span<const EndpointId> ranks, const TraceReplay& replay)
        : job_(job), ranks_(ranks), replay_(replay), parts_(job.traces.size()) {
        std::vector<std::uint32_t> ranks_of_all(job.ranks);
        std::iota(ranks_of_all.begin(), ranks_of_all.end(), 0u);
        const auto all = std::make_shared<const GroupMembers>(std::move(ranks_of_all));
        for (const ProcessGroup& group : job.groups)
            members_.push_back(group.members.empty() ? all : std::make_shared<const GroupMembers>(group.members));
        ranks_per_server_.resize(job.groups.size());
        if (ranks.size() != job.ranks) abort_run("{} endpoints for {} ranks", ranks.size(), job.ranks);
        for (std::uint32_t trace = 0; trace < parts_.size(); ++trace) find_seats(trace);
    }

    Traffic traffic() {
        for (const TraceJob::Place& place : job_.order) add(place);
        std::vector<std::uint32_t> programs;
        for (Part& part : parts_) programs.push_back(builder_.add_program(std::move(part.program)));
        for (std::uint32_t rank = 0; rank < job_.ranks; ++rank) {
            const std::uint32_t trace = job_.is_replicated ? 0 : rank;
            const std::uint32_t worker = builder_.add_worker(ranks_[rank], programs[trace]);
            for (const Talk& talk : parts_[trace].seats) sit_down(worker, rank, talk);
        }
        return builder_.build();
    }

private:
    /// A group, or the messages from one rank to another.
    struct Talk {
        bool is_group;
        std::uint32_t group_or_from, to;
        friend auto operator<=>(const Talk&, const Talk&) = default;
    };
    struct Part {
        Program program;
        std::vector<Talk> seats;
        std::vector<std::uint32_t> task_of;  // by node
        std::vector<std::uint32_t> arrival;  // by node, of receives: the task that takes the message
    };

    const GroupMembers& members_of(std::uint32_t group) const { return *members_[group]; }
    Talk talk_of(std::uint32_t trace, const TraceNode& node) const {
        if (node.kind == Kind::collective) return {true, job_.group_of[trace][node.group], 0};
        return node.kind == Kind::send ? Talk{false, trace, node.peer} : Talk{false, node.peer, trace};
    }
    bool is_alone(const TraceNode& node, std::uint32_t trace) const {
        return node.kind == Kind::collective && members_of(job_.group_of[trace][node.group]).ranks().size() == 1;
    }
    bool has_seat(const TraceNode& node, std::uint32_t trace) const {
        return node.kind == Kind::send || node.kind == Kind::receive ||
               (node.kind == Kind::collective && !is_alone(node, trace));
    }
    void find_seats(std::uint32_t trace) {
        Part& part = parts_[trace];
        const std::vector<TraceNode>& nodes = job_.traces[trace].nodes;
        part.program.iterations = replay_.iterations;
        part.task_of.resize(nodes.size());
        part.arrival.resize(nodes.size());
        for (const TraceNode& node : nodes) {
            if (!has_seat(node, trace)) continue;
            const Talk talk = talk_of(trace, node);
            if (seat_numbers_.try_emplace({trace, talk}, static_cast<std::uint32_t>(part.seats.size())).second)
                part.seats.push_back(talk);
        }
    }
    std::uint32_t seat(std::uint32_t trace, const Talk& talk) const { return seat_numbers_.at({trace, talk}); }

    void add(const TraceJob::Place& place) {
        const RankTrace& trace = job_.traces[place.trace];
        const TraceNode& node = trace.nodes[place.node];
        Part& part = parts_[place.trace];
        after_.clear();
        for (const std::uint32_t before : trace.dependencies_of(node)) after_.push_back(part.task_of[before]);
        if (node.kind == Kind::receive) after_.push_back(part.arrival[place.node]);
        part.task_of[place.node] = part.program.add(task(place, node), after_);
        if (node.kind == Kind::send) take(place, node);
    }
    Program::Task task(const TraceJob::Place& place, const TraceNode& node) {
        const auto own_stream = static_cast<std::uint32_t>(parts_[place.trace].seats.size()) + place.node;
        if (node.kind == Kind::compute || node.kind == Kind::memory)
            return {.duration_ps = job_.duration_ps(node),
                    .stream = own_stream,
                    .unit = static_cast<std::uint32_t>(unit_of(node))};
        if (node.kind == Kind::receive || !has_seat(node, place.trace))
            return {.call = Program::Task::kJoin, .stream = own_stream};
        const std::uint32_t number = seat(place.trace, talk_of(place.trace, node));
        return {.call = call_of(node, place.trace), .seat = number, .stream = number};
    }
    // The receiver takes the message when it comes, after those that were sent before it.
    void take(const TraceJob::Place& place, const TraceNode& node) {
        Part& there = parts_[node.peer];
        const std::uint32_t number = seat(node.peer, talk_of(place.trace, node));
        there.arrival[job_.received_by[place.trace][place.node]] =
            there.program.add({.call = call_of(node, place.trace), .seat = number, .stream = number});
    }

    // How many neighbours in a group share a server, if all of its servers have as many; else 1.
    std::uint32_t ranks_per_server(std::uint32_t group) {
        std::uint32_t& known = ranks_per_server_[group];
        if (known == 0) known = replay_.servers.empty() ? 1 : alike(members_of(group).ranks());
        return known;
    }
    std::uint32_t alike(const std::vector<std::uint32_t>& members) const {
        const auto server = [&](std::size_t place) { return replay_.servers[members[place]]; };
        std::size_t together = 1;
        while (together < members.size() && server(together) == server(0)) ++together;
        if (together == 1 || members.size() % together != 0) return 1;
        std::vector<std::uint32_t> seen;
        for (std::size_t place = 0; place < members.size(); ++place) {
            if (place % together == 0) seen.push_back(server(place));
            if (server(place) != seen.back()) return 1;
        }
        std::ranges::sort(seen);
        return std::ranges::adjacent_find(seen) == seen.end() ? static_cast<std::uint32_t>(together) : 1;
    }

    // Many nodes make the same call.
    std::uint32_t call_of(const TraceNode& node, std::uint32_t trace) {
        CollectiveCall call{.kind = Collective::broadcast, .algorithm = Algorithm::direct, .ranks = 2};
        if (node.kind == Kind::collective) {
            const std::uint32_t group = job_.group_of[trace][node.group];
            const GroupMembers& members = members_of(group);
            call = {.kind = node.collective,
                    .algorithm = replay_.algorithm_of(node.collective),
                    .ranks = static_cast<std::uint32_t>(members.ranks().size()),
                    .channels = replay_.channels,
                    .chunk_bytes = replay_.chunk_bytes,
                    .ranks_per_node = ranks_per_server(group)};
            if (node.has_root) call.root = members.place_of(node.peer).value();
        }
        call.bytes = job_.bytes(node, call.ranks);
        const bool is_message = node.kind == Kind::send;
        const auto [entry, fresh] =
            calls_.try_emplace({is_message, call.kind, call.ranks, call.ranks_per_node, call.root, call.bytes});
        if (fresh) entry->second = builder_.add_call(call);
        return entry->second;
    }

    void sit_down(std::uint32_t worker, std::uint32_t rank, const Talk& talk) {
        const GroupMembers* members = talk.is_group ? &members_of(talk.group_or_from) : nullptr;
        const auto [entry, fresh] = groups_.try_emplace(talk);
        if (fresh)
            entry->second =
                builder_.add_group({.ranks = members ? static_cast<std::uint32_t>(members->ranks().size()) : 2u});
        const std::uint32_t place = members ? members->place_of(rank).value() : (rank == talk.group_or_from ? 0u : 1u);
        builder_.add_seat(worker, entry->second, place);
    }

    const TraceJob& job_;
    const std::span<const EndpointId> ranks_;
    const TraceReplay replay_;
    TrafficBuilder builder_;
    std::vector<Part> parts_;                                   // by trace
    std::vector<std::shared_ptr<const GroupMembers>> members_;  // by group
    std::map<std::pair<std::uint32_t, Talk>, std::uint32_t> seat_numbers_;
    std::map<Talk, std::uint32_t> groups_;
    std::vector<std::uint32_t> ranks_per_server_;  // by group; 0: not known yet
    std::map<std::tuple<bool, Collective, std::uint32_t, std::uint32_t, std::uint32_t, std::int64_t>, std::uint32_t>
        calls_;
    std::vector<std::uint32_t> after_;
};

}  // namespace

Traffic trace_traffic(const TraceJob& job, std::span<const EndpointId> ranks, const TraceReplay& replay) {
    return TraceTraffic(job, ranks, replay).traffic();
}

}  // namespace lightloom
