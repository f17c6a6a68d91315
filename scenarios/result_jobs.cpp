#include "scenarios/result_jobs.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "scenarios/result_meanings.hpp"
#include "scenarios/result_training.hpp"

namespace lightloom {
namespace {

using hdf5::Meaning;

using hdf5::count;
using hdf5::picoseconds;

bool any(const auto& column) {
    return std::ranges::any_of(column, [](auto value) { return value > 0; });
}

// Bandwidths: of what is no collective there is none, and 0 would be a figure.
std::vector<double> measured(std::vector<double> column) {
    std::ranges::replace(column, 0.0, std::numeric_limits<double>::quiet_NaN());
    return column;
}

}  // namespace

void write_jobs(const hdf5::Group& root, const RunResult::Jobs& jobs) {
    if (jobs.name.empty()) return;
    hdf5::Table t(root, "jobs", "job", jobs.name.size(), "job; of a scenario without any its workload");
    t.texts("name", jobs.name, "name");
    t.texts("kind", jobs.kind, "kind of workload");
    t.column("gpus", jobs.gpus, count("GPUs that it has"));
    t.column("start_ps", jobs.start_ps, picoseconds("start"));
    t.column("end_ps", jobs.end_ps, picoseconds("last message delivered or last rank done; -1: not yet"));
    t.column("completion_ps", jobs.completion_ps, picoseconds("from start to end; -1: not yet"));
    t.column("flows", jobs.flows, count("flows"));
    t.column("payload_bytes", jobs.payload_bytes, {"byte", "payload to deliver"});
    t.column("flows_failed", jobs.flows_failed, count("flows whose retries were used up"));
    t.column("retransmissions", jobs.retransmissions, count("packets sent again"));
    if (any(jobs.algorithm_bandwidth)) {
        t.column("algorithm_bandwidth", measured(jobs.algorithm_bandwidth),
                 {"byte/s", "size / time, as nccl-tests defines it; NaN where it is no collective"});
        t.column("bus_bandwidth", measured(jobs.bus_bandwidth),
                 {"byte/s", "size / time x the collective's factor, as nccl-tests defines it"});
    }
    t.column("straggler_ratio", jobs.straggler_ratio, count("slowest rank (or flow) / median; 0: not yet"));
    if (any(jobs.step_ps)) {
        t.column("step_ps", jobs.step_ps, picoseconds("mean time of a training step; 0 where it is none"));
        t.column("flops_utilisation", jobs.flops_utilisation, count("MFU; 0 where nothing is trained"));
    }
    if (jobs.slowdown.size() == jobs.name.size()) {
        t.column("alone_ps", jobs.alone_ps, picoseconds("completion by itself, in the same place"));
        t.column("slowdown", jobs.slowdown, count("completion_ps / alone_ps"));
    }
    t.close();
}

void write_job_waits(const hdf5::Group& root, const JobWaits& waits) {
    if (waits.job.empty()) return;
    hdf5::Table t(root, "job_waits", "wait", waits.job.size(), "what the ranks of a training wait for");
    t.column("job", waits.job, count("job as in /jobs"));
    write_waits(t, waits.exposed);
    t.close();
}

void write_replay_ranks(const hdf5::Group& root, const ReplayRanks& ranks) {
    if (ranks.job.empty()) return;
    hdf5::Table t(root, "replay_ranks", "row", ranks.job.size(), "rank of a replay");
    t.column("job", ranks.job, count("job as in /jobs"));
    t.column("rank", ranks.rank, count("rank, as its trace's file has it"));
    t.column("endpoint", ranks.endpoint, count("endpoint, as in /topology/endpoints"));
    t.column("end_ps", ranks.end_ps, picoseconds("since its job's start: its last node done; -1: not yet"));
    t.column("computing_ps", ranks.computing_ps, picoseconds("computations of its trace on the GPU"));
    t.column("exposed_ps", ranks.exposed_ps,
             picoseconds("until its end with an idle GPU: exposed communication; -1: not yet"));
    t.close();
}

void write_message_sizes(const hdf5::Group& root, const RunResult::MessageSizes& m) {
    if (m.job.empty()) return;
    hdf5::Table t(root, "message_sizes", "size_class", m.job.size(), "class of sizes of a pattern's messages");
    t.column("job", m.job, count("job as in /jobs"));
    t.column("largest_bytes", m.largest_bytes,
             {"byte", "largest of the class; -1: larger than all others; 0: the job's messages of all sizes"});
    t.column("messages", m.messages, count("messages that began"));
    t.column("bytes", m.bytes, {"byte", "payload of these"});
    t.column("delivered", m.delivered, count("of these: delivered"));
    t.column("mean_ps", m.mean_ps, picoseconds("mean time from release to delivery (FCT)"));
    t.column("p50_ps", m.p50_ps, picoseconds("median of that"));
    t.column("p99_ps", m.p99_ps, picoseconds("99th percentile"));
    t.column("p99_9_ps", m.p999_ps, picoseconds("99.9th percentile"));
    t.column("max_ps", m.max_ps, picoseconds("longest"));
    t.column("mean_slowdown", m.mean_slowdown, count("mean of FCT / FCT on an idle fabric; NaN: not known"));
    t.column("p50_slowdown", m.p50_slowdown, count("median of that"));
    t.column("p99_slowdown", m.p99_slowdown, count("99th percentile"));
    t.column("p99_9_slowdown", m.p999_slowdown, count("99.9th percentile"));
    t.close();
}

}  // namespace lightloom
