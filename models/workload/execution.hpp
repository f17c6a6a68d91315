// Execution: how far every worker has come in its program, and every lane in its collective. Told that a message has
// been delivered or that a time is over, it says what is sent next. Rows of a worker belong to its node: whatever
// touches them is an event of that node.
//
// A lane goes through its steps: it sends what the step sends, waits for what the step receives (or the other way
// round, where it forwards what came), and goes on. Messages of a flow are taken in order; one that comes before its
// step is taken when the step comes. When all lanes of a seat are through, the task is done, its stream goes on to the
// next task, and so do other streams that waited for this one.
// Not here: what the steps are (models/workload/collectives), what a message becomes (models/transport).
#pragma once

#include <cstdint>
#include <vector>

#include "core/abort.hpp"
#include "core/time.hpp"
#include "models/workload/traffic.hpp"

namespace lightloom {

class Execution {
public:
    explicit Execution(const Traffic& traffic);

    /// What an execution asks for while it goes on, at the node and the instant of the event that is handled:
    ///     void release(std::uint32_t flow, std::int64_t bytes)        a message to be sent
    ///     std::uint32_t delivered(std::uint32_t flow)                 messages so far
    ///     void call_back(std::uint32_t worker, std::uint32_t stream, std::int64_t after_ps)   of computed()
    ///     void note_iteration(std::uint32_t worker)                   one is over
    ///     void note_end(std::uint32_t worker)                         and it was the last
    template <class Actions>
    void begin(std::uint32_t worker, Actions& actions) {
        go_on(worker, actions);
    }
    /// A message has been delivered that `lane` takes from `flow`.
    template <class Actions>
    void deliver(std::uint32_t lane, std::uint32_t flow, Actions& actions) {
        if (lanes_[lane].waits_for != flow) return;
        lanes_[lane].waits_for = Traffic::kNone;
        if (!walk(lane, actions)) return;
        const std::uint32_t seat = traffic_.lanes[lane].seat;
        if (--seats_[seat].lanes_left == 0) end_task(traffic_.seats[seat].worker, stream_of(seat), actions);
    }
    /// The computation that a stream of a worker is at is over, or the collective that it is at has been launched.
    template <class Actions>
    void computed(std::uint32_t worker, std::uint32_t stream, Actions& actions) {
        const Program& program = program_of(worker);
        const std::uint32_t task = program.streams[stream][streams_[workers_[worker].first_stream + stream].done];
        const bool is_call = program.tasks[task].call != Program::Task::kCompute;
        if (!is_call || enter(worker, program, task, actions)) end_task(worker, stream, actions);
    }

    /// Iterations that a worker has ended.
    std::uint32_t iterations(std::uint32_t worker) const { return workers_[worker].iteration; }

private:
    struct Worker {
        std::uint32_t iteration = 0;
        std::uint32_t tasks_done = 0;  // of this iteration
        std::uint32_t first_stream = 0;
    };
    struct Stream {
        std::uint32_t done = 0;  // of its tasks, in this iteration
        bool busy = false;
    };
    struct Seat {
        std::uint32_t task = 0;
        std::uint32_t lanes_left = 0;
    };
    struct Lane {
        std::uint64_t step = 0;
        std::uint32_t waits_for = Traffic::kNone;  // a flow
        bool sent = false;                         // what this step sends
    };

    const Program& program_of(std::uint32_t worker) const {
        return traffic_.programs[traffic_.workers[worker].program];
    }
    std::uint32_t stream_of(std::uint32_t seat) const {
        return program_of(traffic_.seats[seat].worker).tasks[seats_[seat].task].stream;
    }
    bool is_done(std::uint32_t worker, const Program::Task& task) const {
        return streams_[workers_[worker].first_stream + task.stream].done > task.place;
    }
    bool may_start(std::uint32_t worker, const Program& program, const Program::Task& task) const;
    void begin_iteration(std::uint32_t worker);

    template <class Actions>
    void go_on(std::uint32_t worker, Actions& actions);
    template <class Actions>
    bool start(std::uint32_t worker, const Program& program, std::uint32_t task, Actions& actions);
    template <class Actions>
    bool enter(std::uint32_t worker, const Program& program, std::uint32_t task, Actions& actions);
    template <class Actions>
    void end_task(std::uint32_t worker, std::uint32_t stream, Actions& actions);
    template <class Actions>
    bool walk(std::uint32_t lane, Actions& actions);

    const Traffic& traffic_;
    std::vector<Worker> workers_;
    std::vector<Stream> streams_;  // by worker
    std::vector<Seat> seats_;
    std::vector<Lane> lanes_;
    std::vector<std::uint32_t> taken_;  // per flow: messages that its lane has taken
};

// Starts what may start, on every idle stream. What ends at once may let others start.
template <class Actions>
void Execution::go_on(std::uint32_t worker, Actions& actions) {
    const Program& program = program_of(worker);
    Worker& w = workers_[worker];
    for (bool more = true; more;) {
        more = false;
        for (std::uint32_t s = 0; s < program.streams.size(); ++s) {
            Stream& stream = streams_[w.first_stream + s];
            while (!stream.busy && stream.done < program.streams[s].size() &&
                   may_start(worker, program, program.tasks[program.streams[s][stream.done]])) {
                if (!start(worker, program, program.streams[s][stream.done], actions)) continue;
                ++stream.done;
                ++w.tasks_done;
                more = true;
            }
        }
        if (w.tasks_done < program.tasks.size()) continue;
        ++w.iteration;
        actions.note_iteration(worker);
        if (w.iteration == program.iterations) return actions.note_end(worker);
        begin_iteration(worker);
        more = true;
    }
}

/// @return whether the task has ended, too; else its stream is busy
template <class Actions>
bool Execution::start(std::uint32_t worker, const Program& program, std::uint32_t number, Actions& actions) {
    const Program::Task& task = program.tasks[number];
    Stream& stream = streams_[workers_[worker].first_stream + task.stream];
    stream.busy = true;
    if (task.call == Program::Task::kCompute) {
        actions.call_back(worker, task.stream, task.duration_ps);
        return false;
    }
    if (traffic_.launch_ps > 0) {
        actions.call_back(worker, task.stream, traffic_.launch_ps);
        return false;
    }
    stream.busy = !enter(worker, program, number, actions);
    return !stream.busy;
}

/// Begins a worker's part of a collective. @return whether it is over at once
template <class Actions>
bool Execution::enter(std::uint32_t worker, const Program& program, std::uint32_t number, Actions& actions) {
    const Program::Task& task = program.tasks[number];
    const std::uint32_t seat = traffic_.workers[worker].first_seat + task.seat;
    const Traffic::Seat& row = traffic_.seats[seat];
    if (seats_[seat].lanes_left != 0)
        abort_run("worker {} begins task {} in seat {}, where task {} goes on", worker, number, task.seat,
                  seats_[seat].task);
    seats_[seat] = {.task = number, .lanes_left = row.lanes};
    for (std::uint32_t lane = row.first_lane; lane < row.first_lane + row.lanes; ++lane) {
        lanes_[lane] = {};
        seats_[seat].lanes_left -= walk(lane, actions);
    }
    return seats_[seat].lanes_left == 0;
}

template <class Actions>
void Execution::end_task(std::uint32_t worker, std::uint32_t stream, Actions& actions) {
    Stream& row = streams_[workers_[worker].first_stream + stream];
    row.busy = false;
    ++row.done;
    ++workers_[worker].tasks_done;
    go_on(worker, actions);
}

/// Goes through a lane's steps until one has to wait. @return whether it is through
template <class Actions>
bool Execution::walk(std::uint32_t number, Actions& actions) {
    const Traffic::Lane& row = traffic_.lanes[number];
    const Traffic::Seat& seat = traffic_.seats[row.seat];
    const Schedule& schedule = traffic_.calls[program_of(seat.worker).tasks[seats_[row.seat].task].call];
    Lane& lane = lanes_[number];
    const std::uint64_t steps = row.number < schedule.lanes() ? schedule.steps(seat.rank, row.number) : 0;
    for (; lane.step < steps; ++lane.step, lane.sent = false) {
        const Step step = schedule.step(seat.rank, row.number, lane.step);
        if (step.to != kNobody && !step.forwards && !lane.sent) {
            lane.sent = true;
            actions.release(traffic_.flow_to(number, step), step.sent_bytes);
        }
        if (step.from == kNobody) continue;
        const std::uint32_t flow = traffic_.flow_from(number, step);
        if (taken_[flow] == actions.delivered(flow)) {
            lane.waits_for = flow;
            return false;
        }
        ++taken_[flow];
        if (step.to != kNobody && step.forwards) actions.release(traffic_.flow_to(number, step), step.sent_bytes);
    }
    return true;
}

}  // namespace lightloom
