// Where the fabric and the workload meet: a message that is delivered lets a lane go on, and a lane that goes on
// releases messages. All of it happens at one node. Not here: what the lane does (models/workload/execution.hpp).
#pragma once

#include <algorithm>
#include <utility>

#include "models/network/fabric.hpp"

namespace lightloom {

template <class Engine>
void Fabric::post_starts(Engine& engine) {
    for (std::uint32_t flow = 0; flow < traffic_.flows.size(); ++flow)
        if (const Traffic::Flow& spec = traffic_.flows[flow];
            spec.opening_messages > 0 && runs(spec) && !traffic_.waits(flow))
            engine.post(first_event(spec.source, Happening::start, flow, Time{spec.start_ps}));
    for (std::uint32_t worker = 0; worker < traffic_.workers.size(); ++worker)
        if (const Traffic::Worker& spec = traffic_.workers[worker]; runs_job(spec.job))
            engine.post(first_event(spec.at, Happening::begin, worker, Time{spec.start_ps}));
    for (std::uint32_t place = 0; place < samples_.places().size(); ++place) {
        Node& node = nodes_[samples_.places()[place].node];
        Frame first{};
        first.at = samples_.first(node.latency) - node.latency;
        first.node = samples_.places()[place].node;
        first.source = kOwnEvent | node.own_events++;
        first.flow = place;
        first.kind = Happening::sample;
        engine.post(first);
    }
}

// All packets of a message, or of several, have arrived. What waits for it begins at this very node: a function call.
template <class Context>
void Fabric::deliver_messages(Context& context, Node& node, std::uint32_t flow, Time now) {
    Receiver& receiver = transport_.receiver(flow);
    statistics_[context.index()].messages_delivered += receiver.messages - receiver.announced;
    const std::uint32_t first = std::exchange(receiver.announced, receiver.messages);
    flow_times_[flow].delivered_ps = now.ps;
    const std::uint32_t lane = traffic_.flows[flow].lane;
    if (lane == Traffic::kNone) return;
    exposure_.note_delivery(traffic_.seats[traffic_.lanes[lane].seat].worker, flow, first);
    WorkActions<Context> actions{*this, context, node, now};
    execution_.deliver(lane, flow, actions);
}

// What the execution of a program asks for.
template <class Context>
struct Fabric::WorkActions {
    Fabric& fabric;
    Context& context;
    Node& node;
    Time now;

    void release(std::uint32_t flow, std::int64_t bytes) {
        ++fabric.statistics_[context.index()].messages_released;
        const Traffic::Flow& spec = fabric.traffic_.flows[flow];
        if (spec.step_ps == 0) return fabric.release(context, node, flow, spec.share.wire_bytes(bytes), now);
        Frame ready{};
        ready.flow = flow;
        ready.packet = static_cast<std::uint32_t>(bytes);
        ready.cumulative = static_cast<std::uint32_t>(bytes >> 32);
        fabric.post_own(context, node, ready, Happening::stepped, now + Duration{spec.step_ps});
    }
    std::uint32_t delivered(std::uint32_t flow) const { return fabric.transport_.receiver(flow).messages; }
    void call_back(std::uint32_t worker, std::uint32_t stream, std::int64_t after_ps) {
        Frame over{};
        over.flow = worker;
        over.packet = stream;
        // What a node sends itself has to be later than now.
        fabric.post_own(context, node, over, Happening::computed, now + Duration{std::max<std::int64_t>(after_ps, 1)});
    }
    void note_task(std::uint32_t worker) {
        if (!fabric.exposure_.measures()) return;
        fabric.exposure_.note(worker, fabric.execution_.iterations(worker), fabric.execution_.awaited(worker), now.ps);
    }
    void note_iteration(std::uint32_t worker) { fabric.note_iteration(worker, now); }
    void note_end(std::uint32_t) { ++fabric.statistics_[context.index()].workers_done; }
};

template <class Context>
void Fabric::go_on(Context& context, Node& node, const Frame& frame) {
    WorkActions<Context> actions{*this, context, node, frame.at};
    if (frame.kind == Happening::begin)
        execution_.begin(frame.flow, actions);
    else
        execution_.computed(frame.flow, frame.packet, actions);
}

// The engine of a collective is through with what a message takes before it is sent.
template <class Context>
void Fabric::send_step(Context& context, Node& node, const Frame& frame) {
    const std::int64_t data = static_cast<std::int64_t>(frame.cumulative) << 32 | frame.packet;
    release(context, node, frame.flow, traffic_.wire_bytes(frame.flow, data), frame.at);
}

// A flow that opens with messages.
template <class Context>
void Fabric::open(Context& context, Node& node, std::uint32_t flow, Time now) {
    const Traffic::Flow& spec = traffic_.flows[flow];
    for (std::uint32_t i = 1; i < spec.opening_messages; ++i) give(flow, spec.opening_bytes, now);
    release(context, node, flow, spec.opening_bytes, now);
}

// A flow of a closed loop is over, so another may begin: at the same source.
template <class Context>
void Fabric::open_next(Context& context, Node& node, std::uint32_t loop, Time now) {
    const Traffic::Loop& spec = traffic_.loops[loop];
    if (opened_of_loop_[loop] == spec.flows) return;
    open(context, node, spec.first_flow + opened_of_loop_[loop]++, now);
}

// A message may be sent from now on.
template <class Context>
void Fabric::release(Context& context, Node& node, std::uint32_t flow, std::int64_t bytes, Time now) {
    if (transport_.sender(flow).has_failed()) return;
    give(flow, bytes, now);
    make_ready(context, node, flow, now);
}

inline void Fabric::give(std::uint32_t flow, std::int64_t bytes, Time now) {
    transport_.release(flow, bytes);
    FlowTimes& times = flow_times_[flow];
    if (times.start_ps < 0) times.start_ps = now.ps;
    exposure_.note_release(flow, times.messages, now.ps);
    ++times.messages;
    times.payload_bytes += bytes;
}

}  // namespace lightloom
