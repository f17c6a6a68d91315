#include "scenarios/measurements.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>

#include <fmt/chrono.h>

#include "models/workload/collectives/bus_bandwidth.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {
namespace {

// What was still standing when the run ended counts up to then.
void add_stalls(RunResult::Flows& columns, const Fabric& fabric, std::uint32_t flow, std::int64_t end_ps) {
    const Sender& sender = fabric.transport().sender(flow);
    const Stalls* over = fabric.transport().stalls(flow);
    const std::int64_t lasting = sender.waits() ? std::max<std::int64_t>(end_ps - sender.moved.ps, 0) : 0;
    const std::int64_t least = fabric.transport().parameters().timeout.ps;
    columns.longest_stall_ps.push_back(std::max(sender.longest_stall_ps, lasting));
    columns.stalled_ps.push_back((over ? over->total_ps : 0) + (lasting >= least ? lasting : 0));
}

RunResult::Flows flows_of(const Fabric& fabric, const Fabric::Statistics& statistics, const InFlight& left,
                          std::int64_t end_ps) {
    RunResult::Flows columns;
    for (std::uint32_t i = 0; i < fabric.traffic().flows.size(); ++i) {
        const Traffic::Flow& spec = fabric.traffic().flows[i];
        const Sender& sender = fabric.transport().sender(i);
        const Receiver& receiver = fabric.transport().receiver(i);
        const Fabric::FlowLosses& losses = statistics.losses[i];
        columns.source.push_back(spec.source.value);
        columns.destination.push_back(spec.destination.value);
        columns.job.push_back(fabric.traffic().groups[spec.group].job);
        columns.messages.push_back(fabric.flow_times(i).messages);
        columns.payload_bytes.push_back(fabric.flow_times(i).payload_bytes);
        columns.packets_sent.push_back(std::int64_t{sender.next} + sender.retransmissions - left.queued_packets[i]);
        columns.packets_delivered.push_back(receiver.delivered);
        columns.packets_lost.push_back(losses.lost);
        columns.packets_dropped.push_back(losses.dropped);
        columns.packets_in_flight.push_back(left.travelling_packets[i]);
        columns.acknowledgements_lost.push_back(losses.lost_acknowledgements);
        columns.acknowledgements_dropped.push_back(losses.dropped_acknowledgements);
        columns.retransmissions.push_back(sender.retransmissions);
        columns.timeouts.push_back(sender.timeouts);
        columns.duplicates.push_back(receiver.duplicates);
        columns.marked.push_back(receiver.marks);
        columns.start_ps.push_back(fabric.flow_times(i).start_ps);
        columns.delivered_ps.push_back(fabric.flow_times(i).delivered_ps);
        columns.acknowledged_ps.push_back(fabric.flow_times(i).acknowledged_ps);
        columns.reordered.push_back(receiver.reordered);
        columns.failed_ps.push_back(sender.has_failed() ? sender.failed.ps : -1);
        add_stalls(columns, fabric, i, end_ps);
    }
    return columns;
}

RunResult::Ports ports_of(const Fabric& fabric, const InFlight& left, std::int64_t end_ps) {
    RunResult::Ports columns;
    for (std::uint32_t i = 0; i < fabric.counters().size() && !fabric.is_scale_up(i); ++i) {
        const Fabric::PortCounters& sender = fabric.counters()[i];
        const Fabric::PortCounters& receiver = fabric.counters()[fabric.peer(i)];
        const std::int64_t frames = static_cast<std::int64_t>(sender.frames_sent) - left.queued_frames[i];
        const std::int64_t bytes = static_cast<std::int64_t>(sender.bytes_sent - left.queued_bytes[i]);
        const std::int64_t busy_ps = fabric.busy(i, frames, bytes).ps;
        columns.frames_sent.push_back(frames);
        columns.bytes_sent.push_back(bytes);
        columns.frames_delivered.push_back(static_cast<std::int64_t>(receiver.frames_delivered));
        columns.frames_lost.push_back(static_cast<std::int64_t>(receiver.frames_lost));
        columns.frames_lost_in_dark.push_back(static_cast<std::int64_t>(receiver.frames_lost_in_dark));
        const DarkIntervals::Sum dark = fabric.dark_until(i, Time{end_ps});
        columns.lock_losses.push_back(dark.lock_losses);
        columns.flaps.push_back(dark.flaps);
        columns.dark_ps.push_back(dark.dark.ps);
        columns.frames_dropped.push_back(sender.frames_dropped);
        columns.frames_marked.push_back(sender.frames_marked);
        columns.frames_in_flight.push_back(left.travelling_frames[i]);
        columns.busy_ps.push_back(busy_ps);
        columns.deepest_queue_bytes.push_back(fabric.clock(i).bits_in({sender.deepest_backlog_ps}) / 8);
        const CommittedPort* row = fabric.committed(i);
        columns.pauses_sent.push_back(row ? row->pauses_sent : 0);
        columns.pauses_received.push_back(row ? row->pauses_received : 0);
        columns.paused_ps.push_back(row ? row->paused_ps : 0);
        columns.frames_trimmed.push_back(row ? row->trimmed : 0);
        columns.frames_replayed.push_back(row ? row->replays : 0);
        columns.deepest_pause_hops.push_back(row ? row->deepest_pause : 0);
        columns.deepest_headroom_bytes.push_back(row ? row->deepest_headroom : 0);
        columns.utilisation.push_back(end_ps > 0 ? static_cast<double>(busy_ps) / static_cast<double>(end_ps) : 0.0);
    }
    return columns;
}

RunResult::ScaleUpPorts scale_up_ports_of(const Fabric& fabric) {
    RunResult::ScaleUpPorts columns;
    for (std::uint32_t i = 0; i < fabric.counters().size(); ++i) {
        if (!fabric.is_scale_up(i)) continue;
        const Fabric::PortCounters& port = fabric.counters()[i];
        columns.frames_sent.push_back(static_cast<std::int64_t>(port.frames_sent));
        columns.bytes_sent.push_back(static_cast<std::int64_t>(port.bytes_sent));
        columns.frames_delivered.push_back(static_cast<std::int64_t>(port.frames_delivered));
        columns.deepest_queue_bytes.push_back(fabric.clock(i).bits_in({port.deepest_backlog_ps}) / 8);
    }
    return columns;
}

RunResult::Switches switches_of(const Fabric& fabric) {
    RunResult::Switches columns;
    const Topology& topology = fabric.topology();
    for (std::uint32_t i = 0; i < topology.nodes.size(); ++i) {
        if (topology.nodes[i].kind == NodeKind::server) continue;
        const Steering& steering = fabric.steering(NodeId{i});
        columns.node.push_back(i);
        columns.frames_black_holed.push_back(static_cast<std::int64_t>(steering.black_holed));
        columns.frames_looped.push_back(static_cast<std::int64_t>(steering.looped));
    }
    return columns;
}

// One group's iteration: when each rank had done its part. @param workers  of the group, each with one seat
void add_iteration(RunResult::Collectives& columns, const Fabric& fabric, std::uint32_t group, std::uint32_t iteration,
                   const CollectiveCall& call, const std::vector<std::uint32_t>& workers) {
    std::vector<std::int64_t> ends_ps;
    for (const std::uint32_t worker : workers) ends_ps.push_back(fabric.iteration_end_ps(worker, iteration));
    std::sort(ends_ps.begin(), ends_ps.end());
    if (ends_ps.front() < 0) return;  // the run was stopped before its end
    const std::int64_t start_ps =
        iteration > 0 ? columns.end_ps.back() : fabric.traffic().workers[workers.front()].start_ps;
    const double seconds = Duration{ends_ps.back() - start_ps}.seconds();
    const double algorithm = static_cast<double>(call.bytes) / seconds;
    columns.group.push_back(group);
    columns.iteration.push_back(iteration);
    columns.ranks.push_back(call.ranks);
    columns.bytes.push_back(call.bytes);
    columns.start_ps.push_back(start_ps);
    columns.end_ps.push_back(ends_ps.back());
    columns.median_rank_ps.push_back(ends_ps[ends_ps.size() / 2] - start_ps);
    columns.slowest_rank_ps.push_back(ends_ps.back() - start_ps);
    columns.algorithm_bandwidth.push_back(algorithm);
    columns.bus_bandwidth.push_back(algorithm * bus_factor(call));
}

// Two programs of one call each, and of the same: groups whose switches add up differ in their trees.
bool make_one_call(const Traffic& traffic, const Program& one, const Program& other) {
    const auto is_one = [](const Program& program) { return program.tasks.size() == 1 && program.tasks[0].is_call(); };
    return is_one(one) && is_one(other) && one.iterations == other.iterations &&
           traffic.calls[one.tasks[0].call].call() == traffic.calls[other.tasks[0].call].call();
}

// The call that the whole traffic consists of, if it is one job of that, from the start of the run.
const CollectiveCall* only_call(const Traffic& traffic) {
    if (std::ranges::any_of(traffic.groups, [](const Traffic::Group& group) { return group.job > 0; }) ||
        std::ranges::any_of(traffic.workers, [](const Traffic::Worker& worker) { return worker.start_ps > 0; }))
        return nullptr;
    const std::optional<std::uint32_t> program = only_program(traffic, 0);
    if (!program) return nullptr;
    const auto is_it = [&](const Program& other) { return make_one_call(traffic, traffic.programs[*program], other); };
    if (!std::ranges::all_of(traffic.programs, is_it)) return nullptr;
    return &traffic.calls[traffic.programs[*program].tasks[0].call].call();
}

RunResult::Collectives collectives_of(const Fabric& fabric) {
    const Traffic& traffic = fabric.traffic();
    RunResult::Collectives columns;
    std::vector<std::vector<std::uint32_t>> workers_of_group(traffic.groups.size());
    for (const Traffic::Seat& seat : traffic.seats)
        if (!is_switch(fabric.topology(), traffic.workers[seat.worker].at))
            workers_of_group[seat.group].push_back(seat.worker);
    std::vector<std::optional<std::uint32_t>> program_of_job;
    for (std::uint32_t group = 0; group < traffic.groups.size(); ++group) {
        const std::uint32_t job = traffic.groups[group].job;
        while (program_of_job.size() <= job)
            program_of_job.push_back(only_program(traffic, static_cast<std::uint32_t>(program_of_job.size())));
        if (!program_of_job[job]) continue;
        const Program& program = traffic.programs[*program_of_job[job]];
        const CollectiveCall& call = traffic.calls[program.tasks[0].call].call();
        for (std::uint32_t i = 0; i < program.iterations; ++i)
            add_iteration(columns, fabric, group, i, call, workers_of_group[group]);
    }
    return columns;
}

double ratio(std::int64_t a, std::int64_t b) { return b > 0 ? static_cast<double>(a) / static_cast<double>(b) : 0.0; }

// Slowest over median: of the ranks of the worst iteration, or of the flows where no collective ran.
double straggler_ratio(const RunResult& result) {
    double worst = 0.0;
    for (std::size_t i = 0; i < result.collectives.group.size(); ++i)
        worst = std::max(worst, ratio(result.collectives.slowest_rank_ps[i], result.collectives.median_rank_ps[i]));
    if (worst > 0.0) return worst;
    std::vector<std::int64_t> ends = result.flows.delivered_ps;
    std::sort(ends.begin(), ends.end());
    if (ends.empty() || ends.front() < 0) return 0.0;  // some flow has not ended
    return ratio(ends.back(), ends[ends.size() / 2]);
}

// What all groups together achieved, as nccl-tests reports it: the bytes of a call over the mean time of an iteration.
void summarise_bandwidth(RunResult::Summary& summary, const Traffic& traffic) {
    const CollectiveCall* call = only_call(traffic);
    if (!call || summary.messages_delivered < summary.messages || summary.completion_ps == 0) return;
    summary.algorithm_bandwidth =
        static_cast<double>(call->bytes) * traffic.programs[0].iterations / Time{summary.completion_ps}.seconds();
    summary.bus_bandwidth = summary.algorithm_bandwidth * bus_factor(*call);
}

// When the last worker ended its last iteration: it may compute on after its last message. -1: there is none, or not
// yet.
std::int64_t workers_end_ps(const Fabric& fabric) {
    std::int64_t end_ps = -1;
    const Traffic& traffic = fabric.traffic();
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker)
        end_ps = std::max(
            end_ps, fabric.iteration_end_ps(worker, traffic.programs[traffic.workers[worker].program].iterations - 1));
    return end_ps;
}

RunResult::Summary summary_of(const Fabric& fabric, const Fabric::Statistics& statistics, const Load& total,
                              const RunResult& result) {
    RunResult::Summary s;
    s.messages = total.messages;
    s.messages_delivered = statistics.messages_delivered;
    s.payload_bytes_delivered = statistics.payload_bytes_delivered;
    for (std::size_t i = 0; i < result.flows.source.size(); ++i) {
        s.completion_ps = std::max(s.completion_ps, result.flows.delivered_ps[i]);
        s.end_ps = std::max(s.end_ps, result.flows.acknowledged_ps[i]);
        s.retransmissions += result.flows.retransmissions[i];
        s.duplicates += result.flows.duplicates[i];
        s.timeouts += result.flows.timeouts[i];
    }
    s.completion_ps = std::max(s.completion_ps, workers_end_ps(fabric));
    s.end_ps = std::max(s.end_ps, s.completion_ps);
    for (std::size_t i = 0; i < result.ports.frames_sent.size(); ++i) {
        s.frames_sent += result.ports.frames_sent[i];
        s.frames_lost += result.ports.frames_lost[i];
        s.frames_lost_in_dark += result.ports.frames_lost_in_dark[i];
        s.lock_losses += result.ports.lock_losses[i];
        s.flaps += result.ports.flaps[i];
        s.frames_dropped += result.ports.frames_dropped[i];
        s.frames_marked += result.ports.frames_marked[i];
        s.pauses += result.ports.pauses_sent[i];
        s.frames_trimmed += result.ports.frames_trimmed[i];
        s.frames_replayed += result.ports.frames_replayed[i];
    }
    for (std::uint32_t flow = 0; flow < result.flows.source.size(); ++flow) {
        s.frames_unrouted += statistics.losses[flow].unrouted + statistics.losses[flow].unrouted_acknowledgements;
        s.flows_failed += fabric.transport().sender(flow).failed != kNever;
    }
    for (std::size_t i = 0; i < result.switches.node.size(); ++i) {
        s.frames_black_holed += result.switches.frames_black_holed[i];
        s.frames_looped += result.switches.frames_looped[i];
    }
    s.straggler_ratio = straggler_ratio(result);
    summarise_bandwidth(s, fabric.traffic());
    return s;
}

std::int64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * std::int64_t{1024};
}

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

// When a run that stopped of itself, short of its end, last got on: a window moved, or a flow gave up.
std::int64_t last_step_ps(const Fabric& fabric) {
    std::int64_t last = 0;
    for (std::uint32_t flow = 0; flow < fabric.traffic().flows.size(); ++flow) {
        const Sender& sender = fabric.transport().sender(flow);
        last = std::max({last, sender.progress.ps, fabric.flow_times(flow).delivered_ps});
        if (sender.failed != kNever) last = std::max(last, sender.failed.ps);
    }
    return last;
}

// The last acknowledgement or the end of the last computation, or where the run stood still or was stopped.
std::int64_t end_of(const Fabric& fabric, bool complete, Time stopped_at) {
    if (!complete) return stopped_at == kNever ? last_step_ps(fabric) : stopped_at.ps;
    std::int64_t last = std::max<std::int64_t>(workers_end_ps(fabric), 0);
    for (std::uint32_t flow = 0; flow < fabric.traffic().flows.size(); ++flow)
        last = std::max(last, fabric.flow_times(flow).acknowledged_ps);
    return last;
}

// What ended a run that nobody and nothing cut short before its end: it has come as far as it can.
std::string stopped_by(const SimulationOutcome& outcome, const RunResult& result) {
    if (outcome.interrupted) return "interrupt";
    if (result.complete) return "done";
    if (!result.deadlock.empty()) return "deadlock";
    return result.summary.flows_failed > 0 ? "failure" : "until";
}

}  // namespace

std::optional<std::uint32_t> only_program(const Traffic& traffic, std::uint32_t job) {
    std::optional<std::uint32_t> only;
    for (const Traffic::Worker& worker : traffic.workers) {
        if (worker.job != job) continue;
        if (only && *only != worker.program &&
            !make_one_call(traffic, traffic.programs[*only], traffic.programs[worker.program]))
            return std::nullopt;
        if (!only) only = worker.program;
    }
    if (!only || traffic.programs[*only].tasks.size() != 1) return std::nullopt;
    return traffic.programs[*only].tasks[0].is_call() ? only : std::nullopt;
}

RunResult measurements(const Fabric& fabric, const SimulationOutcome& outcome, const Load& total, Time stopped_at) {
    const Fabric::Statistics statistics = fabric.merged_statistics();
    RunResult result;
    result.complete = fabric.all_acknowledged() && !outcome.interrupted;
    result.deadlock = fabric.deadlock();
    result.digest = fabric.digest();
    const std::int64_t end_ps = end_of(fabric, result.complete, stopped_at);
    result.flows = flows_of(fabric, statistics, outcome.in_flight, end_ps);
    result.collectives = collectives_of(fabric);
    result.scale_up_ports = scale_up_ports_of(fabric);
    result.switches = switches_of(fabric);
    result.ports = ports_of(fabric, outcome.in_flight, end_ps);
    result.summary = summary_of(fabric, statistics, total, result);
    result.stopped_by = stopped_by(outcome, result);
    if (!result.complete) result.summary.end_ps = end_ps;
    result.packet_latency = statistics.packet_latency;
    result.acknowledgement_latency = statistics.acknowledgement_latency;
    result.message_latency = statistics.message_latency;
    result.packet_jitter = statistics.packet_jitter;

    result.execution.threads = outcome.threads;
    result.execution.windows = outcome.windows;
    result.execution.window_ps = outcome.window_length.ps;
    result.execution.events = outcome.events;
    result.execution.packet_hops = result.summary.frames_sent;
    result.execution.peak_memory_bytes = peak_memory_bytes();
    result.execution.host = host_name();
    result.execution.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    return result;
}

void summarise_links(RunResult& result, std::span<const MarginChange> changes) {
    std::vector<double> least = result.links.margin_db;
    std::vector<double> received = result.links.received_dbm;  // at that margin
    for (const MarginChange& change : changes) {
        if (change.at.ps >= result.summary.end_ps || !(change.margin_db < least[change.direction])) continue;
        least[change.direction] = change.margin_db;
        received[change.direction] = change.received_dbm;
    }
    result.ports.least_margin_db.assign(result.topology.ports.size(), std::numeric_limits<double>::quiet_NaN());
    std::vector<std::pair<double, std::uint32_t>> margins;
    for (std::uint32_t i = 0; i < result.links.directions(); ++i) {
        const Topology::Cable& cable = result.topology.cables[i / 2];
        result.ports.least_margin_db[(i % 2 == 0 ? cable.lower : cable.upper).value] = least[i];
        if (!std::isnan(least[i])) margins.push_back({least[i], i});
    }
    std::sort(margins.begin(), margins.end());
    RunResult::Summary& summary = result.summary;
    if (margins.empty()) {
        summary.worst_margin_db = summary.first_percentile_margin_db = summary.worst_received_dbm =
            std::numeric_limits<double>::quiet_NaN();
        return;
    }
    summary.worst_margin_db = margins.front().first;
    summary.worst_link = margins.front().second;
    summary.worst_received_dbm = received[summary.worst_link];
    summary.first_percentile_margin_db = margins[(margins.size() - 1) / 100].first;
}

}  // namespace lightloom
