#include "models/workload/traffic_builder.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/abort.hpp"

namespace lightloom {
namespace {

using LaneOfRank = std::pair<std::uint32_t, std::uint32_t>;

template <class Value>
void keep_each_once(std::vector<Value>& values) {
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// The lanes that a lane of a rank sends to: rank and lane. A ring has one neighbour.
void add_peers(const Schedule& schedule, std::uint32_t rank, std::uint32_t lane, std::vector<LaneOfRank>& peers) {
    if (lane >= schedule.lanes()) return;
    for (std::uint64_t k = 0; k < schedule.steps(rank, lane); ++k) {
        const Step step = schedule.step(rank, lane, k);
        const LaneOfRank to{step.to, step.to_lane};
        if (step.to == kNobody || (!peers.empty() && peers.back() == to)) continue;
        peers.push_back(to);
        if (schedule.call().algorithm == Algorithm::ring) return;
    }
}

}  // namespace

std::uint32_t TrafficBuilder::add_call(Schedule call) {
    traffic_.calls.push_back(std::move(call));
    return static_cast<std::uint32_t>(traffic_.calls.size() - 1);
}

std::uint32_t TrafficBuilder::add_program(Program program) {
    auto& calls = calls_of_program_.emplace_back();
    for (const Program::Task& task : program.tasks) {
        if (!task.is_call()) continue;
        if (calls.size() <= task.seat) calls.resize(task.seat + 1);
        calls[task.seat].push_back(task.call);
    }
    for (auto& of_seat : calls) keep_each_once(of_seat);
    program.index_successors();
    traffic_.programs.push_back(std::move(program));
    return static_cast<std::uint32_t>(traffic_.programs.size() - 1);
}

std::uint32_t TrafficBuilder::add_group(const Traffic::Group& group) {
    traffic_.groups.push_back(group);
    seats_of_group_.emplace_back(group.ranks, Traffic::kNone);
    return static_cast<std::uint32_t>(traffic_.groups.size() - 1);
}

std::uint32_t TrafficBuilder::add_worker(EndpointId at, std::uint32_t program, std::uint32_t slowdown) {
    drafts_.push_back({.worker = {.at = at, .program = program, .slowdown = slowdown}, .seats = {}});
    return static_cast<std::uint32_t>(drafts_.size() - 1);
}

void TrafficBuilder::add_seat(std::uint32_t worker, std::uint32_t group, std::uint32_t rank) {
    drafts_[worker].seats.push_back({group, rank});
}

std::vector<std::uint32_t> TrafficBuilder::calls_of(const Traffic::Seat& seat) const {
    const Traffic::Worker& worker = traffic_.workers[seat.worker];
    const auto& calls = calls_of_program_[worker.program];
    const auto place = static_cast<std::size_t>(&seat - &traffic_.seats[worker.first_seat]);
    return place < calls.size() ? calls[place] : std::vector<std::uint32_t>{};
}

void TrafficBuilder::lay_out() {
    std::ranges::stable_sort(drafts_, {}, [](const Draft& draft) { return draft.worker.at; });
    for (const Draft& draft : drafts_) {
        const auto worker = static_cast<std::uint32_t>(traffic_.workers.size());
        traffic_.workers.push_back(draft.worker);
        traffic_.workers.back().first_seat = static_cast<std::uint32_t>(traffic_.seats.size());
        for (const Place& place : draft.seats) {
            std::uint32_t& seat = seats_of_group_[place.group].at(place.rank);
            if (seat != Traffic::kNone) abort_run("rank {} of group {} has two workers", place.rank, place.group);
            seat = static_cast<std::uint32_t>(traffic_.seats.size());
            traffic_.seats.push_back({.group = place.group, .rank = place.rank, .worker = worker});
        }
    }
    for (std::size_t group = 0; group < seats_of_group_.size(); ++group) {
        traffic_.groups[group].first_member = static_cast<std::uint32_t>(traffic_.members.size());
        traffic_.members.insert(traffic_.members.end(), seats_of_group_[group].begin(), seats_of_group_[group].end());
    }
    for (std::uint32_t s = 0; s < traffic_.seats.size(); ++s) {
        Traffic::Seat& seat = traffic_.seats[s];
        seat.first_lane = static_cast<std::uint32_t>(traffic_.lanes.size());
        for (const std::uint32_t call : calls_of(seat)) seat.lanes = std::max(seat.lanes, traffic_.calls[call].lanes());
        for (std::uint32_t number = 0; number < seat.lanes; ++number)
            traffic_.lanes.push_back({.seat = s, .number = number});
    }
}

// The flows that begin at a seat.
void TrafficBuilder::connect(std::uint32_t s) {
    const Traffic::Seat& seat = traffic_.seats[s];
    const std::vector<std::uint32_t> calls = calls_of(seat);
    std::vector<LaneOfRank> peers;
    for (std::uint32_t number = 0; number < seat.lanes; ++number) {
        peers.clear();
        for (const std::uint32_t call : calls) add_peers(traffic_.calls[call], seat.rank, number, peers);
        keep_each_once(peers);
        Traffic::Lane& lane = traffic_.lanes[seat.first_lane + number];
        lane.first_out = static_cast<std::uint32_t>(traffic_.out.size());
        lane.outs = static_cast<std::uint32_t>(peers.size());
        for (const auto& [peer, to_lane] : peers) {
            const std::uint32_t other = seats_of_group_[seat.group].at(peer);
            if (other == Traffic::kNone) abort_run("rank {} of group {} has no worker", peer, seat.group);
            const Traffic::Seat& to = traffic_.seats[other];
            if (to_lane >= to.lanes) abort_run("rank {} of group {} has no lane {}", peer, seat.group, to_lane);
            traffic_.out.push_back({peer, to_lane, static_cast<std::uint32_t>(traffic_.flows.size())});
            traffic_.flows.push_back({.source = traffic_.workers[seat.worker].at,
                                      .destination = traffic_.workers[to.worker].at,
                                      .group = seat.group,
                                      .rank = seat.rank,
                                      .lane = to.first_lane + to_lane});
        }
    }
}

// Every lane's flows in, by the rank that they come from.
void TrafficBuilder::connect_back() {
    std::vector<std::uint32_t> order(traffic_.flows.size()), from_lane(order.size());
    for (std::uint32_t flow = 0; flow < order.size(); ++flow) {
        order[flow] = flow;
        ++traffic_.lanes[traffic_.flows[flow].lane].ins;
    }
    for (const Traffic::Lane& lane : traffic_.lanes)
        for (std::uint32_t i = lane.first_out; i < lane.first_out + lane.outs; ++i)
            from_lane[traffic_.out[i].flow] = lane.number;
    std::ranges::sort(order, {}, [&](std::uint32_t flow) {
        return std::tuple(traffic_.flows[flow].lane, traffic_.flows[flow].rank, from_lane[flow]);
    });
    std::uint32_t first = 0;
    for (Traffic::Lane& lane : traffic_.lanes) {
        lane.first_in = first;
        first += lane.ins;
    }
    for (const std::uint32_t flow : order) traffic_.in.push_back({traffic_.flows[flow].rank, from_lane[flow], flow});
}

Traffic TrafficBuilder::build() {
    lay_out();
    for (std::uint32_t seat = 0; seat < traffic_.seats.size(); ++seat) connect(seat);
    connect_back();
    return std::move(traffic_);
}

}  // namespace lightloom
