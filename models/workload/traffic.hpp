// Traffic: what is sent from whom to whom, and what waits for what. Said once, before a run, and small: whatever a rank
// does next is worked out when it comes to it (models/workload/execution.hpp), so no message of a future step exists.
//
// A job's ranks are workers, each at an endpoint. A worker runs a program: tasks on streams, each a computation or its
// part of a collective; programs are shared by all workers that do the same. A collective runs among a group, where a
// worker has a seat; its lanes go through the steps of a schedule (models/workload/collectives/schedule.hpp) side by
// side. A lane's messages to one peer's lane are a flow. Traffic that nothing waits for needs no worker: its flows open
// with all their messages.
// Not here: how a message becomes packets (models/transport), when a packet arrives (models/network).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/id.hpp"
#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/workload/collectives/engine.hpp"
#include "models/workload/collectives/schedule.hpp"
#include "models/workload/jitter.hpp"
#include "models/workload/placement.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// What a worker's wait for a task is put down to (models/workload/exposure.hpp).
enum class Wait : std::uint8_t { computation, tensor, context, data, pipeline, expert, bubble, checkpoint, other };
inline constexpr std::size_t kWaits = 9;

/// What a worker is to its job: a rank of it; or who writes a rank's checkpoints in its place, reads one when the job
/// begins, or stores them.
enum class Role : std::uint8_t { rank, writer, reader, store };

/// What a worker does, one iteration after the other. Tasks of a stream run one after another, in the order in which
/// they stand, and each only after those that it depends on. Computations of several streams may share a unit, which
/// does one at a time: of those that could start, the one on the lowest stream.
struct Program {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    struct Task {
        static constexpr std::uint32_t kCompute = UINT32_MAX, kMeet = UINT32_MAX - 1, kJoin = UINT32_MAX - 2;
        // Which of the traffic's calls. None, kCompute: a computation. None, kMeet: a meeting of its group, whose
        // workers are all at one node: it begins when the last has come, and needs no messages. None, kJoin: it is over
        // as soon as it may start.
        std::uint32_t call = kCompute;
        std::uint32_t seat = 0;        // of the worker's: in which group
        std::int64_t duration_ps = 0;  // of a computation, or a meeting
        std::uint32_t stream = 0;
        std::uint32_t unit = kNone;  // of a computation; none: it runs beside all others
        std::uint32_t place = 0;     // in its stream
        std::uint32_t next = kNone;  // after it in its stream
        std::uint32_t first_dependency = 0, dependencies = 0;
        std::uint32_t first_successor = 0, successors = 0;
        // Iterations that it takes part in: `first`, and every `every`-th from there; in others it is over at once.
        std::uint32_t first = 0, every = 1;
        Wait wait = Wait::other;

        bool is_computation() const { return call == kCompute; }
        bool is_meeting() const { return call == kMeet; }
        bool is_call() const { return call < kJoin; }
        bool is_due(std::uint32_t iteration) const { return iteration >= first && (iteration - first) % every == 0; }
    };
    struct Stream {
        std::uint32_t first = kNone, last = kNone;
    };
    std::vector<Task> tasks;
    std::vector<std::uint32_t> dependencies;  // tasks
    std::vector<std::uint32_t> successors;    // tasks of other streams that depend on one
    std::vector<Stream> streams;
    std::uint32_t units = 0;
    std::uint32_t iterations = 1;
    std::int64_t launch_ps = 0;  // of each call at each rank
    Role role = Role::rank;
    std::shared_ptr<const Jitter> jitter{};  // of its computations; none: each takes what it should

    /// In how many of its iterations a task takes part.
    std::uint32_t times(const Task& task) const {
        return iterations <= task.first ? 0 : (iterations - task.first - 1) / task.every + 1;
    }
    /// @param after  tasks that were added before. @return the task's number
    std::uint32_t add(Task task, std::span<const std::uint32_t> after = {});
    /// What each task lets start, once all have been added.
    void index_successors();

    std::span<const std::uint32_t> dependencies_of(const Task& task) const {
        return std::span(dependencies).subspan(task.first_dependency, task.dependencies);
    }
    std::span<const std::uint32_t> successors_of(const Task& task) const {
        return std::span(successors).subspan(task.first_successor, task.successors);
    }
};

struct Traffic {
    static constexpr std::uint32_t kNone = UINT32_MAX;
    /// From one GPU to another; or from or to a switch that adds up (topologies/aggregation_tree.hpp).
    struct Flow {
        EndpointId source, destination;
        std::uint32_t group = 0;
        std::uint32_t rank = 0;              // of the source in its group
        std::uint32_t lane = kNone;          // of the destination, that takes its messages
        std::uint32_t opening_messages = 0;  // that are released at its start
        std::int64_t opening_bytes = 0;      // of each of them
        std::int64_t start_ps = 0;           // when they are
        std::int64_t step_ps = 0;            // that a lane's message needs before it is sent
        WireShare share{};                   // of its bytes that are data
        std::uint32_t loop = kNone;          // that it is one of
        PortId over{};  // of its source: by that one cable to a switch, or from one; none: by routes
    };
    /// Flows of one source, [first_flow, first_flow + flows): the first `outstanding` open at their start, and another
    /// whenever one of them has been acknowledged.
    struct Loop {
        std::uint32_t first_flow = 0, flows = 0, outstanding = 1;
    };
    /// Flows that belong together: those among the seats of a collective, or all flows of a pattern.
    struct Group {
        std::uint32_t ranks = 0;
        std::uint8_t traffic_class = 0;    // 0 to 7, of its data
        std::uint32_t timed_messages = 0;  // per flow: the last so many, whose release is told from the wait for it
        std::uint32_t first_member = 0;    // in `members`
        std::uint32_t job = 0;
    };
    struct Worker {
        EndpointId at;
        std::uint32_t program = 0, first_seat = 0;
        std::uint32_t slowdown = kFactorOne;  // of its computations
        std::uint32_t job = 0;
        std::int64_t start_ps = 0;  // when it begins
    };
    struct Seat {
        std::uint32_t group = 0, rank = 0, worker = 0;
        std::uint32_t first_lane = 0, lanes = 0;
    };
    /// A lane's flows: out[first_out...] to its peers, in[first_in...] from them, by the peer's rank and lane.
    struct Lane {
        std::uint32_t seat = 0, number = 0;
        std::uint32_t first_out = 0, outs = 0, first_in = 0, ins = 0;
    };
    struct Peer {
        std::uint32_t rank, lane, flow;
    };

    std::vector<Flow> flows;  // by source endpoint, so that those of one node are consecutive
    std::vector<Group> groups;
    std::vector<Schedule> calls;
    std::vector<Program> programs;
    std::vector<Worker> workers;         // by endpoint
    std::vector<Seat> seats;             // by worker
    std::vector<std::uint32_t> members;  // seats, by group and rank
    std::vector<Lane> lanes;             // by seat
    std::vector<Peer> out, in;

    /// What a collective's message of so much data takes on the wire.
    std::int64_t wire_bytes(std::uint32_t flow, std::int64_t data) const { return flows[flow].share.wire_bytes(data); }
    std::vector<Loop> loops;

    /// Does a flow open only when another is over?
    bool waits(std::uint32_t flow) const {
        return flows[flow].loop != kNone &&
               flow - loops[flows[flow].loop].first_flow >= loops[flows[flow].loop].outstanding;
    }
    std::uint32_t flow_to(std::uint32_t lane, const Step& step) const;
    std::uint32_t flow_from(std::uint32_t lane, const Step& step) const;
};

/// Who runs a collective together: one group per rail, each of the GPUs with one place in their servers; one of all
/// GPUs, server by server; or one per server.
enum class Grouping { rails, all, servers };

/// @param gpus  who there is, in the order of their ranks; rails and servers that none of them is of have no group
std::vector<Ranks> groups_of(const Topology& topology, Grouping grouping, std::span<const EndpointId> gpus);
/// Of all GPUs. @param placement  packed: neighbours in rank are neighbouring servers; spread: under different leaves
std::vector<Ranks> groups_of(const Topology& topology, Grouping grouping, Placement placement);

/// The same collective in every group, `iterations` times, one after the other at each rank.
/// @param call  of as many ranks as each group has
Traffic collective(std::span<const Ranks> groups, const CollectiveCall& call, std::uint32_t iterations);

/// Charges the flows of collectives, and their launches.
/// @param scale_up  whether servers have a network that joins their GPUs; without, all that is sent goes across. In
/// racks that is the rack's.
void add_engine(Traffic& traffic, const Topology& topology, const EngineCosts& costs, bool scale_up);

/// Each of some GPUs sends one message to another of them, and each receives one.
/// @param seed, number  which permutation (a single cycle)
Traffic permutation(std::span<const EndpointId> gpus, Bytes bytes, std::uint64_t seed, std::uint64_t number);
/// Of all endpoints.
Traffic permutation(const Topology& topology, Bytes bytes, std::uint64_t seed);

/// All but the first of some GPUs each send one message to the first at the same instant.
Traffic incast(std::span<const EndpointId> gpus, Bytes bytes);
/// Endpoints 1..senders to endpoint 0.
Traffic incast(std::uint32_t senders, Bytes bytes);

/// Everything of a traffic begins so much later.
void put_off(Traffic& traffic, Duration by);

/// One traffic of several jobs, whose flows, groups and workers know their job by its place here.
Traffic merged(std::vector<Traffic> jobs);

}  // namespace lightloom
