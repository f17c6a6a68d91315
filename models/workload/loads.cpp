#include "models/workload/loads.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lightloom {
namespace {

// More than anything can carry; sums of two of them do not overflow.
constexpr std::int64_t kMost = std::int64_t{1} << 62;

std::int64_t product(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? kMost : std::min(result, kMost);
}

Load load_of(std::int64_t messages, std::int64_t bytes, Bytes payload) {
    const std::int64_t packets = std::max<std::int64_t>((bytes + payload.count - 1) / payload.count, 1);
    return {messages, product(messages, bytes), product(messages, packets)};
}

/// How often a program makes each of its calls, by the worker's seat.
using CallsOfProgram = std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t>;

CallsOfProgram calls_of(const Program& program) {
    CallsOfProgram times;
    for (const Program::Task& task : program.tasks)
        if (task.is_call()) times[{task.seat, task.call}] += program.times(task);
    return times;
}

// All loops of a part but the last move the same bytes, so two of them stand for all.
void add_call(std::vector<Load>& loads, const Traffic& traffic, const Traffic::Seat& seat, const Schedule& schedule,
              std::int64_t times, Bytes payload) {
    for (std::uint32_t lane = 0; lane < schedule.lanes(); ++lane) {
        const std::uint64_t loops = schedule.loops(schedule.part(lane));
        const std::uint64_t steps = schedule.steps_per_loop(seat.rank, lane);
        std::uint32_t to = kNobody, to_lane = 0, flow = 0;
        const auto add_loop = [&](std::uint64_t loop, std::int64_t alike) {
            for (std::uint64_t k = loop * steps; k < (loop + 1) * steps; ++k) {
                const Step step = schedule.step(seat.rank, lane, k);
                if (step.to == kNobody) continue;
                if (step.to != to || step.to_lane != to_lane) {
                    flow = traffic.flow_to(seat.first_lane + lane, step);
                    to = step.to;
                    to_lane = step.to_lane;
                }
                loads[flow].add(load_of(alike, traffic.wire_bytes(flow, step.sent_bytes), payload));
            }
        };
        if (loops > 1) add_loop(0, times * static_cast<std::int64_t>(loops - 1));
        add_loop(loops - 1, times);
    }
}

}  // namespace

void Load::add(const Load& other) {
    messages += other.messages;
    bytes = std::min(bytes + other.bytes, kMost);
    packets = std::min(packets + other.packets, kMost);
}

std::vector<Load> loads_of(const Traffic& traffic, Bytes payload) {
    std::vector<Load> loads;
    for (const Traffic::Flow& flow : traffic.flows)
        loads.push_back(load_of(flow.opening_messages, flow.opening_bytes, payload));
    std::vector<CallsOfProgram> calls;
    for (const Program& program : traffic.programs) calls.push_back(calls_of(program));
    for (const Traffic::Worker& worker : traffic.workers)
        for (const auto& [place, times] : calls[worker.program]) {
            const auto& [seat, call] = place;
            add_call(loads, traffic, traffic.seats[worker.first_seat + seat], traffic.calls[call], times, payload);
        }
    return loads;
}

Load total_load(const Traffic& traffic, Bytes payload) {
    Load total;
    for (const Load& load : loads_of(traffic, payload)) total.add(load);
    return total;
}

}  // namespace lightloom
