// RunResult: everything a run measured, as plain columns, whole or stopped half-way. Written to HDF5 by
// scenarios/result_file.hpp and printed by tools/lightloom. Times are picoseconds of simulated time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/histogram.hpp"
#include "models/economics/inventory.hpp"
#include "models/network/port_samples.hpp"
#include "models/optics/link_condition.hpp"
#include "scenarios/rank_figures.hpp"
#include "scenarios/training_figures.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

/// What happens to a fault, or by it.
enum class FaultEvent : std::uint8_t { fault, detected, rerouted, repaired, flow_failed };

struct RunResult {
    // Which run this was
    std::string program_version, build_type, scenario_text, effective_scenario;
    std::uint64_t plant_seed = 0, traffic_seed = 0, faults_seed = 0;
    std::uint64_t digest = 0;
    bool complete = false;  // false: stopped by `until`, or by the user
    std::string
        stopped_by;  // "done", "until", "interrupt", "deadlock" or "failure" (of flows: nothing is left to wait for)
    std::vector<std::uint32_t> deadlock;  // ports each of which waits for the next, and the last for the first

    Topology topology;
    LinkConditions links;  // one row per direction: 2 x cable, + 1 for the one from its upper to its lower end

    struct Summary {
        std::int64_t end_ps = 0;         // when all was acknowledged and computed, or when the run was stopped
        std::int64_t completion_ps = 0;  // when the last message was delivered, or the last rank done
        double algorithm_bandwidth = 0;  // bytes per second, S/t as nccl-tests defines it; 0 where no collective ran
        double bus_bandwidth = 0;        // bytes per second, 2(n-1)/n S/t
        double straggler_ratio = 0;      // slowest rank / median rank
        std::int64_t messages = 0, messages_delivered = 0;
        std::int64_t payload_bytes_delivered = 0;
        std::int64_t lock_losses = 0, flaps = 0, frames_lost_in_dark = 0;  // in_dark: of frames_lost
        std::int64_t frames_sent = 0, frames_lost = 0, frames_dropped = 0, frames_marked = 0, retransmissions = 0,
                     duplicates = 0, timeouts = 0;
        std::int64_t pauses = 0, frames_trimmed = 0, frames_replayed = 0, frames_unrouted = 0;
        std::int64_t frames_black_holed = 0, frames_looped = 0;  // by switches, those with errors too
        std::int64_t flows_failed = 0;
        std::int64_t groups = 0;  // of flows: rings, or one for all flows of a pattern
        double worst_margin_db = 0,
               first_percentile_margin_db = 0;  // of the least that directions had, faults included
        std::uint32_t worst_link = 0;           // a direction, as in `links`
        double worst_received_dbm = 0;          // of that, at that margin
    } summary;

    struct Flows {                                       // one row per flow
        std::vector<std::uint32_t> source, destination;  // endpoints
        std::vector<std::uint32_t> job;
        std::vector<std::int64_t> messages, payload_bytes, packets_sent, packets_delivered, packets_lost,
            packets_dropped, packets_in_flight, retransmissions, timeouts, duplicates, marked;
        std::vector<std::int64_t> acknowledgements_lost, acknowledgements_dropped;
        std::vector<std::int64_t> start_ps, delivered_ps,
            acknowledged_ps;  // of its first and last message; -1: not yet
        std::vector<std::int64_t> reordered, failed_ps, longest_stall_ps, stalled_ps;
    } flows;

    struct Collectives {  // one row per (group, iteration): the rings of an all-reduce; no rows for other traffic
        std::vector<std::uint32_t> group, iteration, ranks;
        std::vector<std::int64_t> bytes, start_ps, end_ps, median_rank_ps, slowest_rank_ps;
        std::vector<double> algorithm_bandwidth, bus_bandwidth;
    } collectives;

    struct Sizes {  // one row per size of a sweep; all else in this result is of the last one
        std::vector<std::int64_t> bytes, time_ps;  // mean of an iteration; -1: it did not end
        std::vector<std::uint32_t> ranks;
        std::vector<std::uint8_t> algorithm, protocol;  // an Algorithm, an NcclProtocol
        std::vector<std::int64_t> channels;
        std::vector<double> algorithm_bandwidth, bus_bandwidth, straggler_ratio;
    } sizes;

    struct Jobs {  // one row per job; of a scenario without [[job]], its workload
        std::vector<std::string> name, kind;
        std::vector<std::int64_t> gpus, start_ps, end_ps, completion_ps;  // -1: not yet
        std::vector<std::int64_t> flows, payload_bytes, flows_failed, retransmissions;
        std::vector<double> algorithm_bandwidth, bus_bandwidth;  // of a job that is one collective; else 0
        std::vector<double> straggler_ratio, flops_utilisation;  // 0: it has none
        std::vector<std::int64_t> step_ps;
        // Where each was run alone, too; else empty
        std::vector<std::int64_t> alone_ps;
        std::vector<double> slowdown;  // completion_ps / alone_ps
    } jobs;

    struct MessageSizes {  // one row per job that is a pattern and class of sizes; then one for all of the job
        std::vector<std::uint32_t> job;
        std::vector<std::int64_t> largest_bytes;  // of the class; -1: larger than all others; 0: all classes
        std::vector<std::int64_t> messages, bytes, delivered;
        std::vector<double> mean_ps, p50_ps, p99_ps, p999_ps, max_ps;                  // from release to delivery
        std::vector<double> mean_slowdown, p50_slowdown, p99_slowdown, p999_slowdown;  // NaN: no idle path is known
    } message_sizes;

    using Training = TrainingFigures;
    Training training;
    JobWaits job_waits;
    ReplayRanks replay_ranks;

    struct Ports {  // one row per sending port
        std::vector<std::int64_t> frames_sent, bytes_sent, frames_delivered, frames_lost, frames_dropped, frames_marked,
            frames_in_flight, busy_ps, deepest_queue_bytes;
        std::vector<std::int64_t> frames_lost_in_dark, lock_losses, flaps, dark_ps;  // of the outgoing direction
        std::vector<std::int64_t> pauses_sent, pauses_received, paused_ps, frames_trimmed, frames_replayed;
        std::vector<std::int64_t> deepest_pause_hops, deepest_headroom_bytes;
        std::vector<double> utilisation;      // busy time / end of the run
        std::vector<double> least_margin_db;  // of the outgoing direction: faults change what `links` starts with
    } ports;

    PortSeries series;  // of ports that were sampled; empty if none was

    struct ScaleUpPorts {  // one row per endpoint, where servers have a scale-up network
        std::vector<std::int64_t> frames_sent, bytes_sent, frames_delivered, deepest_queue_bytes;
    } scale_up_ports;

    struct Switches {  // one row per switch
        std::vector<std::uint32_t> node;
        std::vector<std::int64_t> frames_black_holed, frames_looped;
    } switches;

    struct Faults {  // one row per fault of the scenario, over all its occurrences; times since one began, the longest
        std::vector<std::string> kind, select;   // as the scenario has them
        std::vector<std::uint32_t> occurrences;  // instants at which it began
        std::vector<std::uint32_t> cables, flows_stalled, flows_failed, endpoints_affected, groups_stalled,
            groups_failed;
        std::vector<std::int64_t> from_ps, to_ps;  // of all; -1: for good
        std::vector<std::int64_t> frames_lost, to_first_loss_ps, to_detect_ps, to_reroute_ps, to_recover_ps,
            longest_stall_ps;
    } faults;

    struct Events {  // in order of time
        std::vector<std::int64_t> time_ps;
        std::vector<std::uint8_t> kind;      // a FaultEvent
        std::vector<std::uint32_t> subject;  // the fault, or the flow that failed
    } events;

    Inventory inventory;  // what the fabric is built of

    Histogram packet_latency;  // ps, from the source NIC's start to the destination NIC, data packets
    Histogram acknowledgement_latency;
    Histogram message_latency;  // ps, from its first packet to its last acknowledgement, as its sender sees it
    Histogram packet_jitter;    // ps, |difference of successive latencies in one flow| (RFC 3393 IPDV)

    struct Execution {  // the only part that may differ between two runs of one scenario
        double wall_seconds = 0, setup_seconds = 0;
        std::int64_t threads = 1, partitions = 1, windows = 0, events = 0, packet_hops = 0, window_ps = 0;
        std::int64_t peak_memory_bytes = 0;
        std::string host, started_at;
    } execution;
};

}  // namespace lightloom
