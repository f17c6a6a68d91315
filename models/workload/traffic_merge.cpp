// Several jobs' traffic as one: tables one behind the other, flows sorted by their source again.
#include <algorithm>
#include <numeric>
#include <utility>

#include "models/workload/traffic.hpp"

namespace lightloom {
namespace {

std::uint32_t rows(const auto& table) { return static_cast<std::uint32_t>(table.size()); }

template <class Row>
void append(std::vector<Row>& all, std::vector<Row>& more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// What the rows of a job refer to stands so much further on.
void renumber(Traffic& job, std::uint32_t number, const Traffic& before) {
    for (Traffic::Group& group : job.groups) {
        group.job = number;
        group.first_member += rows(before.members);
    }
    for (std::uint32_t& member : job.members) member += rows(before.seats);
    for (Traffic::Flow& flow : job.flows) {
        flow.group += rows(before.groups);
        if (flow.lane != Traffic::kNone) flow.lane += rows(before.lanes);
        if (flow.loop != Traffic::kNone) flow.loop += rows(before.loops);
    }
    for (Program& program : job.programs)
        for (Program::Task& task : program.tasks)
            if (task.is_call()) task.call += rows(before.calls);
    for (Traffic::Worker& worker : job.workers) {
        worker.program += rows(before.programs);
        worker.first_seat += rows(before.seats);
        worker.job = number;
    }
    for (Traffic::Seat& seat : job.seats) {
        seat.group += rows(before.groups);
        seat.worker += rows(before.workers);
        seat.first_lane += rows(before.lanes);
    }
    for (Traffic::Lane& lane : job.lanes) {
        lane.seat += rows(before.seats);
        lane.first_out += rows(before.out);
        lane.first_in += rows(before.in);
    }
    for (auto* peers : {&job.out, &job.in})
        for (Traffic::Peer& peer : *peers) peer.flow += rows(before.flows);
    for (Traffic::Loop& loop : job.loops) loop.first_flow += rows(before.flows);
}

void sort_flows(Traffic& traffic) {
    std::vector<std::uint32_t> order(traffic.flows.size()), place(order.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t flow) { return traffic.flows[flow].source; });
    std::vector<Traffic::Flow> sorted;
    sorted.reserve(order.size());
    for (const std::uint32_t flow : order) {
        place[flow] = rows(sorted);
        sorted.push_back(traffic.flows[flow]);
    }
    traffic.flows = std::move(sorted);
    for (auto* peers : {&traffic.out, &traffic.in})
        for (Traffic::Peer& peer : *peers) peer.flow = place[peer.flow];
    // Flows of one source were consecutive, and are.
    for (Traffic::Loop& loop : traffic.loops) loop.first_flow = place[loop.first_flow];
}

}  // namespace

Traffic merged(std::vector<Traffic> jobs) {
    Traffic all;
    for (std::uint32_t number = 0; number < jobs.size(); ++number) {
        Traffic& job = jobs[number];
        renumber(job, number, all);
        append(all.flows, job.flows);
        append(all.groups, job.groups);
        append(all.calls, job.calls);
        append(all.programs, job.programs);
        append(all.workers, job.workers);
        append(all.seats, job.seats);
        append(all.members, job.members);
        append(all.lanes, job.lanes);
        append(all.out, job.out);
        append(all.in, job.in);
        append(all.loops, job.loops);
    }
    sort_flows(all);
    return all;
}

}  // namespace lightloom
