#include "models/workload/loads.hpp"

#include <algorithm>

namespace lightloom {
namespace {

Load load_of(std::int64_t messages, std::int64_t bytes, Bytes payload) {
    const std::int64_t packets = std::max<std::int64_t>((bytes + payload.count - 1) / payload.count, 1);
    return {messages, messages * bytes, messages * packets};
}

void add_call(std::vector<Load>& loads, const Traffic& traffic, const Traffic::Seat& seat, const Schedule& schedule,
              std::int64_t times, Bytes payload) {
    for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane)
        for (std::uint64_t k = 0; k < schedule.steps(seat.rank, lane); ++k)
            if (const Step step = schedule.step(seat.rank, lane, k); step.to != kNobody)
                loads[traffic.flow_to(seat.first_lane + lane, step)].add(load_of(times, step.sent_bytes, payload));
}

}  // namespace

void Load::add(const Load& other) {
    messages += other.messages;
    bytes += other.bytes;
    packets += other.packets;
}

std::vector<Load> loads_of(const Traffic& traffic, Bytes payload) {
    std::vector<Load> loads;
    for (const Traffic::Flow& flow : traffic.flows)
        loads.push_back(load_of(flow.opening_messages, flow.opening_bytes, payload));
    for (const Traffic::Worker& worker : traffic.workers) {
        const Program& program = traffic.programs[worker.program];
        for (const Program::Task& task : program.tasks)
            if (task.is_call())
                add_call(loads, traffic, traffic.seats[worker.first_seat + task.seat], traffic.calls[task.call],
                         program.times(task), payload);
    }
    return loads;
}

Load total_load(const Traffic& traffic, Bytes payload) {
    Load total;
    for (const Load& load : loads_of(traffic, payload)) total.add(load);
    return total;
}

}  // namespace lightloom
