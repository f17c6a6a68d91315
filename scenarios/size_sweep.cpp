#include "scenarios/size_sweep.hpp"

#include "core/digest.hpp"
#include "scenarios/tuner.hpp"
#include "scenarios/workload.hpp"

namespace lightloom {
namespace {

void add_row(RunResult::Sizes& rows, const Scenario& scenario, const RunResult& result) {
    const Scenario chosen = tuned(scenario);
    const auto& w = chosen.workload;
    const CollectiveCall call = call_of(chosen);
    rows.bytes.push_back(w.bytes.count);
    rows.ranks.push_back(call.ranks);
    rows.algorithm.push_back(static_cast<std::uint8_t>(call.algorithm));
    rows.protocol.push_back(static_cast<std::uint8_t>(w.protocol.value_or(NcclProtocol::simple)));
    rows.channels.push_back(w.channels);
    rows.time_ps.push_back(result.complete ? result.summary.completion_ps / w.iterations : -1);
    rows.algorithm_bandwidth.push_back(result.summary.algorithm_bandwidth);
    rows.bus_bandwidth.push_back(result.summary.bus_bandwidth);
    rows.straggler_ratio.push_back(result.summary.straggler_ratio);
}

}  // namespace

std::vector<Bytes> sizes_of(const Scenario::Workload& w) {
    std::vector<Bytes> sizes;
    if (w.smallest)
        for (std::int64_t size = w.smallest->count; size < w.bytes.count; size *= w.factor) {
            sizes.push_back(Bytes{size});
            if (size > w.bytes.count / w.factor) break;  // the next would be beyond
        }
    sizes.push_back(w.bytes);
    return sizes;
}

Scenario at_size(const Scenario& scenario, Bytes size) {
    Scenario one = scenario;
    one.workload.smallest.reset();
    one.workload.bytes = size;
    return one;
}

RunResult run_sizes(const Scenario& scenario, const Plan& plan, const RunOptions& options, const Watcher& watcher) {
    RunResult::Sizes rows;
    RunResult result;
    RunResult::Execution spent;
    Digest digest;
    for (const Bytes size : sizes_of(scenario.workload)) {
        Scenario one = at_size(scenario, size);
        if (size != scenario.workload.bytes) one.series = {};  // as all groups but /sizes, they are of the last
        result = run(one, plan, options, watcher);
        add_row(rows, one, result);
        digest.fold(result.digest);
        spent.wall_seconds += result.execution.wall_seconds;
        spent.setup_seconds += result.execution.setup_seconds;
        spent.windows += result.execution.windows;
        spent.events += result.execution.events;
        spent.packet_hops += result.execution.packet_hops;
        if (result.stopped_by == "interrupt") break;
    }
    result.execution.wall_seconds = spent.wall_seconds;
    result.execution.setup_seconds = spent.setup_seconds;
    result.execution.windows = spent.windows;
    result.execution.events = spent.events;
    result.execution.packet_hops = spent.packet_hops;
    result.digest = digest.value();
    result.sizes = std::move(rows);
    return result;
}

}  // namespace lightloom
