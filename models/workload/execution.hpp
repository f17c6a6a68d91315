// Execution: how far every worker has come in its program, and every lane in its collective. Told that a message has
// been delivered or that a time is over, it says what is sent next. Rows of a worker belong to its node: whatever
// touches them is an event of that node.
//
// A lane goes through its steps: it sends what the step sends, waits for what the step receives (or the other way
// round, where it forwards what came), and goes on. Messages of a flow are taken in order; one that comes before its
// step is taken when the step comes. When all lanes of a seat are through, the task is done, its stream comes to the
// next task, and those streams are told that stand at a task which waited for this one. So what the end of a task costs
// is the tasks that depend on it, however many streams there are, and what is kept of a task is kept by its stream.
// Not here: what the steps are (models/workload/collectives), what a message becomes (models/transport).
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
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
    ///     void note_task(std::uint32_t worker)                        one has ended, and what could begin has begun
    ///     void note_iteration(std::uint32_t worker)                   one is over
    ///     void note_end(std::uint32_t worker)                         and it was the last
    template <class Actions>
    void begin(std::uint32_t worker, Actions& actions) {
        begin_iteration(worker);
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
        const std::uint32_t task = streams_[workers_[worker].first_stream + stream].task;
        if (!program.tasks[task].is_call() || enter(worker, program, task, actions)) end_task(worker, stream, actions);
    }

    /// Iterations that a worker has ended.
    std::uint32_t iterations(std::uint32_t worker) const { return workers_[worker].iteration; }
    /// What the first stream of a worker is at, or else what keeps its next task from beginning: a task that goes on.
    /// nullptr: the worker has ended.
    const Program::Task* awaited(std::uint32_t worker) const;

private:
    using LowestFirst = std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>>;
    struct Worker {
        std::uint32_t iteration = 0;
        std::uint32_t tasks_done = 0;  // of this iteration
        std::uint32_t first_stream = 0, first_unit = 0;
        LowestFirst may_start;  // streams whose task waits for no other
    };
    struct Stream {
        std::uint32_t task = Program::kNone;  // that it is at
        std::uint32_t waits = 0;              // for so many others
    };
    struct Unit {
        bool busy = false;
        LowestFirst streams;  // whose tasks wait for it alone
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
    bool is_done(const Worker& w, const Program& program, std::uint32_t task) const;
    std::int64_t duration_of(std::uint32_t worker, const Program& program, std::uint32_t task) const;
    void begin_iteration(std::uint32_t worker);
    void come_to(Worker& w, const Program& program, std::uint32_t stream, std::uint32_t task);
    void finish(Worker& w, const Program& program, std::uint32_t task);

    template <class Actions>
    void go_on(std::uint32_t worker, Actions& actions);
    template <class Actions>
    void start(std::uint32_t worker, const Program& program, std::uint32_t task, Actions& actions);
    template <class Actions>
    void use_units(std::uint32_t worker, const Program& program, Actions& actions);
    template <class Actions>
    bool enter(std::uint32_t worker, const Program& program, std::uint32_t task, Actions& actions);
    template <class Actions>
    void end_task(std::uint32_t worker, std::uint32_t stream, Actions& actions);
    template <class Actions>
    void meet(std::uint32_t seat, std::int64_t duration_ps, Actions& actions);
    template <class Actions>
    bool walk(std::uint32_t lane, Actions& actions);

    const Traffic& traffic_;
    std::vector<Worker> workers_;
    std::vector<Stream> streams_;  // by worker
    std::vector<Unit> units_;      // by worker
    std::vector<Seat> seats_;
    std::vector<Lane> lanes_;
    std::vector<std::uint32_t> taken_;  // per flow: messages that its lane has taken
    std::vector<std::uint32_t> come_;   // per group: to the meeting that is to begin
};

// Starts what may start. What ends at once may let others start.
template <class Actions>
void Execution::go_on(std::uint32_t worker, Actions& actions) {
    const Program& program = program_of(worker);
    Worker& w = workers_[worker];
    while (true) {
        while (!w.may_start.empty()) {
            const std::uint32_t stream = w.may_start.top();
            w.may_start.pop();
            start(worker, program, streams_[w.first_stream + stream].task, actions);
        }
        use_units(worker, program, actions);
        if (w.tasks_done < program.tasks.size()) break;
        ++w.iteration;
        actions.note_iteration(worker);
        if (w.iteration == program.iterations) {
            actions.note_end(worker);
            break;
        }
        begin_iteration(worker);
    }
    actions.note_task(worker);
}

template <class Actions>
void Execution::start(std::uint32_t worker, const Program& program, std::uint32_t number, Actions& actions) {
    const Program::Task& task = program.tasks[number];
    Worker& w = workers_[worker];
    if (!task.is_due(w.iteration) || task.call == Program::Task::kJoin)
        finish(w, program, number);
    else if (task.unit != Program::kNone)
        units_[w.first_unit + task.unit].streams.push(task.stream);
    else if (task.is_computation())
        actions.call_back(worker, task.stream, duration_of(worker, program, number));
    else if (task.is_call() && program.launch_ps > 0)
        actions.call_back(worker, task.stream, program.launch_ps);
    else if (enter(worker, program, number, actions))
        finish(w, program, number);
}

template <class Actions>
void Execution::use_units(std::uint32_t worker, const Program& program, Actions& actions) {
    const Worker& w = workers_[worker];
    for (std::uint32_t u = 0; u < program.units; ++u) {
        Unit& unit = units_[w.first_unit + u];
        if (unit.busy || unit.streams.empty()) continue;
        const std::uint32_t stream = unit.streams.top();
        unit.streams.pop();
        unit.busy = true;
        actions.call_back(worker, stream, duration_of(worker, program, streams_[w.first_stream + stream].task));
    }
}

/// Begins a collective, or a meeting, at its seat. @return whether it is over, too
template <class Actions>
bool Execution::enter(std::uint32_t worker, const Program& program, std::uint32_t number, Actions& actions) {
    const std::uint32_t seat = traffic_.workers[worker].first_seat + program.tasks[number].seat;
    const Traffic::Seat& row = traffic_.seats[seat];
    if (seats_[seat].lanes_left != 0)
        abort_run("worker {} begins task {} in seat {}, where task {} goes on", worker, number,
                  program.tasks[number].seat, seats_[seat].task);
    if (program.tasks[number].is_meeting()) {
        seats_[seat].task = number;
        meet(seat, program.tasks[number].duration_ps, actions);
        return false;
    }
    seats_[seat] = {.task = number, .lanes_left = row.lanes};
    for (std::uint32_t lane = row.first_lane; lane < row.first_lane + row.lanes; ++lane) {
        lanes_[lane] = {};
        seats_[seat].lanes_left -= walk(lane, actions);
    }
    return seats_[seat].lanes_left == 0;
}

template <class Actions>
void Execution::end_task(std::uint32_t worker, std::uint32_t stream, Actions& actions) {
    const Program& program = program_of(worker);
    Worker& w = workers_[worker];
    const std::uint32_t number = streams_[w.first_stream + stream].task;
    if (const std::uint32_t unit = program.tasks[number].unit; unit != Program::kNone)
        units_[w.first_unit + unit].busy = false;
    finish(w, program, number);
    go_on(worker, actions);
}

/// The last who comes calls the others: their rows are this node's, too.
template <class Actions>
void Execution::meet(std::uint32_t seat, std::int64_t duration_ps, Actions& actions) {
    const std::uint32_t number = traffic_.seats[seat].group;
    const Traffic::Group& group = traffic_.groups[number];
    if (++come_[number] < group.ranks) return;
    come_[number] = 0;
    for (std::uint32_t i = group.first_member; i < group.first_member + group.ranks; ++i) {
        const std::uint32_t other = traffic_.members[i];
        actions.call_back(traffic_.seats[other].worker, stream_of(other), duration_ps);
    }
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
