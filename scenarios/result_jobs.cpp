#include "scenarios/result_jobs.hpp"

#include <algorithm>

namespace lightloom {
namespace {

using hdf5::Meaning;

constexpr Meaning picoseconds(const char* long_name) { return {"ps", long_name}; }
constexpr Meaning count(const char* long_name) { return {"1", long_name}; }

bool any(const auto& column) {
    return std::ranges::any_of(column, [](auto value) { return value > 0; });
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
        t.column("algorithm_bandwidth", jobs.algorithm_bandwidth,
                 {"byte/s", "size / time, as nccl-tests defines it; 0 where it is no collective"});
        t.column("bus_bandwidth", jobs.bus_bandwidth,
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

}  // namespace lightloom
