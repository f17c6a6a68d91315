#include "models/workload/traces/trace_traffic.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

using Kind = TraceNode::Kind;

enum Unit : std::uint32_t { kGpu, kProcessor, kMemory };

class TraceTraffic {
public:
    TraceTraffic(const TraceJob& job, std::span<const EndpointId> ranks, const TraceReplay& replay)
        : job_(job), ranks_(ranks), replay_(replay), parts_(job.traces.size()) {
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

    Talk talk_of(std::uint32_t trace, const TraceNode& node) const {
        if (node.kind == Kind::collective) return {true, job_.group_of[trace][node.group], 0};
        return node.kind == Kind::send ? Talk{false, trace, node.peer} : Talk{false, node.peer, trace};
    }
    bool is_alone(const TraceNode& node, std::uint32_t trace) const {
        return node.kind == Kind::collective && job_.groups[job_.group_of[trace][node.group]].members.size() == 1;
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
                    .unit = node.kind == Kind::memory ? kMemory
                            : node.on_cpu             ? kProcessor
                                                      : kGpu};
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

    // Many nodes make the same call.
    std::uint32_t call_of(const TraceNode& node, std::uint32_t trace) {
        CollectiveCall call{.kind = Collective::broadcast, .algorithm = Algorithm::direct, .ranks = 2};
        if (node.kind == Kind::collective) {
            const std::vector<std::uint32_t>& members = job_.groups[job_.group_of[trace][node.group]].members;
            call = {.kind = node.collective,
                    .algorithm = replay_.algorithm_of(node.collective),
                    .ranks = static_cast<std::uint32_t>(members.size()),
                    .channels = replay_.channels,
                    .chunk_bytes = replay_.chunk_bytes};
            if (node.has_root)
                call.root = static_cast<std::uint32_t>(std::ranges::find(members, node.peer) - members.begin());
        }
        call.bytes = job_.bytes(node, call.ranks);
        const bool is_message = node.kind == Kind::send;
        const auto [entry, fresh] = calls_.try_emplace({is_message, call.kind, call.ranks, call.root, call.bytes});
        if (fresh) entry->second = builder_.add_call(call);
        return entry->second;
    }

    void sit_down(std::uint32_t worker, std::uint32_t rank, const Talk& talk) {
        const std::vector<std::uint32_t>* members = talk.is_group ? &job_.groups[talk.group_or_from].members : nullptr;
        const auto [entry, fresh] = groups_.try_emplace(talk);
        if (fresh)
            entry->second = builder_.add_group({.ranks = members ? static_cast<std::uint32_t>(members->size()) : 2u});
        const std::uint32_t place =
            members ? static_cast<std::uint32_t>(std::ranges::find(*members, rank) - members->begin())
                    : (rank == talk.group_or_from ? 0u : 1u);
        builder_.add_seat(worker, entry->second, place);
    }

    const TraceJob& job_;
    const std::span<const EndpointId> ranks_;
    const TraceReplay replay_;
    TrafficBuilder builder_;
    std::vector<Part> parts_;  // by trace
    std::map<std::pair<std::uint32_t, Talk>, std::uint32_t> seat_numbers_;
    std::map<Talk, std::uint32_t> groups_;
    std::map<std::tuple<bool, Collective, std::uint32_t, std::uint32_t, std::int64_t>, std::uint32_t> calls_;
    std::vector<std::uint32_t> after_;
};

}  // namespace

Traffic trace_traffic(const TraceJob& job, std::span<const EndpointId> ranks, const TraceReplay& replay) {
    return TraceTraffic(job, ranks, replay).traffic();
}

}  // namespace lightloom
