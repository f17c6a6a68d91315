#include "scenarios/checkpoint_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/time.hpp"
#include "models/network/fabric.hpp"
#include "models/workload/training/checkpoint_traffic.hpp"
#include "models/workload/training/run_metrics.hpp"
#include "scenarios/fabric.hpp"

namespace lightloom {
namespace {

// Between two interruptions of one GPU: 16,384 of them met 419 in 54 days, one in 3.093 h (arXiv 2407.21783, table 5).
constexpr double kGpuInterruptionSeconds = 16'384 * 3.093 * 3600.0;

template <class Visit>
void for_each_of(const Fabric& fabric, Role role, Visit visit) {
    const Traffic& traffic = fabric.traffic();
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker) {
        const Program& program = traffic.programs[traffic.workers[worker].program];
        if (program.role == role) visit(worker, program.iterations);
    }
}

void add_bursts(TrainingFigures::Checkpoints& rows, const Fabric& fabric) {
    for_each_of(fabric, Role::writer, [&](std::uint32_t worker, std::uint32_t iterations) {
        rows.begin_ps.resize(iterations / 2, INT64_MAX);
        rows.end_ps.resize(iterations / 2, 0);
        for (std::uint32_t i = 0; i < iterations / 2; ++i) {
            rows.begin_ps[i] = std::min(rows.begin_ps[i], fabric.iteration_end_ps(worker, 2 * i));
            rows.end_ps[i] = std::max(rows.end_ps[i], fabric.iteration_end_ps(worker, 2 * i + 1));
        }
    });
    for_each_of(fabric, Role::reader, [&](std::uint32_t worker, std::uint32_t) {
        rows.read_ps = std::max(rows.read_ps, fabric.iteration_end_ps(worker, 0));
    });
}

struct Mean {
    std::int64_t sum = 0, count = 0;
    void add(std::int64_t value) { sum += value, ++count; }
    std::int64_t value() const { return count > 0 ? sum / count : 0; }
};

/// What steps lost to writing, beside one that meets none.
std::int64_t compare_steps(TrainingFigures& figures) {
    TrainingFigures::Checkpoints& rows = figures.checkpoints;
    Mean clean, slowed;
    std::int64_t written_sum = 0, written = 0;
    for (std::size_t i = 0; i < figures.step.end_ps.size(); ++i) {
        const std::int64_t end_ps = figures.step.end_ps[i], duration_ps = figures.step.duration_ps[i];
        bool meets = false;
        for (std::size_t burst = 0; burst < rows.begin_ps.size(); ++burst)
            meets |= rows.begin_ps[burst] < end_ps && rows.end_ps[burst] > end_ps - duration_ps;
        const bool reads = i == 0 && rows.read_ps > 0;
        (meets || reads ? slowed : clean).add(duration_ps);
        if (meets && !reads) written_sum += duration_ps, ++written;
    }
    rows.clean_step_ps = clean.value();
    rows.slowed_step_ps = slowed.value();
    return clean.count > 0 ? std::max<std::int64_t>(written_sum - written * clean.value(), 0) : 0;
}

void advise(TrainingFigures::Checkpoints& rows, const ScenarioCheckpoint& checkpoint, std::int64_t gpus) {
    rows.interruption_s = checkpoint.interruptions ? checkpoint.interruptions->seconds()
                                                   : kGpuInterruptionSeconds / static_cast<double>(gpus);
    if (rows.lost_s <= 0.0) return;
    rows.young_s = young_interval(rows.lost_s, rows.interruption_s);
    rows.daly_s = daly_interval(rows.lost_s, rows.interruption_s);
}

}  // namespace

std::int64_t storing_endpoints(const ScenarioCheckpoint& checkpoint, std::int64_t gpus_per_server) {
    return checkpoint.network == CheckpointNetwork::fabric ? checkpoint.servers * gpus_per_server : 0;
}

std::vector<Contradiction> checkpoint_mistakes(const Scenario& scenario) {
    const ScenarioCheckpoint& c = scenario.checkpoint;
    const FabricShape shape = shape_of(scenario);
    const std::string key = "checkpoint.servers";
    if (c.every == 0 && !c.restart) {
        if (c.servers == 0) return {};
        return {{key, fmt::format("{} servers store checkpoints that nobody writes or reads", c.servers),
                 "checkpoint.every says after how many steps"}};
    }
    if (c.every > scenario.workload.iterations)
        return {{"checkpoint.every", fmt::format("no checkpoint falls due in {} steps", scenario.workload.iterations),
                 "workload.iterations says how many steps there are"}};
    std::vector<Contradiction> found;
    const bool on_fabric = c.network == CheckpointNetwork::fabric;
    const std::string other = "checkpoint.network = \"front-end\" stores elsewhere";
    if (on_fabric && c.servers == 0)
        found.push_back({key, "no server stores the checkpoints", "so many of the last ones do; " + other});
    if (on_fabric && c.servers >= shape.servers)
        found.push_back({key, fmt::format("{} servers of {} store, and none trains", c.servers, shape.servers), other});
    if (!on_fabric && c.servers > 0)
        found.push_back({key, "servers of the fabric store, but checkpoints take a front-end network",
                         "none, or checkpoint.network = \"fabric\""});
    if (on_fabric && c.servers > 0 && scenario.topology.kind == TopologyKind::graph)
        found.push_back({"checkpoint.network", "servers of a graph need not be alike: they do not store", other});
    return found;
}

void add_checkpoints(TrainingFigures& figures, const Fabric& fabric, const Scenario& scenario,
                     const TrainingStep& step) {
    TrainingFigures::Checkpoints& rows = figures.checkpoints;
    const ScenarioCheckpoint& checkpoint = scenario.checkpoint;
    add_bursts(rows, fabric);
    if (rows.begin_ps.empty() && rows.read_ps == 0) return;
    const RankLayout layout(step.parallelism);
    for (std::int64_t rank = 0; rank < layout.ranks(); ++rank) {
        if (!rows.begin_ps.empty())
            rows.bytes += written_bytes(step, layout, rank, checkpoint.writers == CheckpointWriters::one_replica);
        if (rows.read_ps > 0) rows.read_bytes += restart_bytes(step, layout, rank);
    }
    const std::int64_t lost_ps = compare_steps(figures);
    if (!rows.begin_ps.empty()) rows.lost_s = Duration{lost_ps}.seconds() / static_cast<double>(rows.begin_ps.size());
    if (rows.clean_step_ps > 0)
        rows.effective_share =
            static_cast<double>(figures.steps * rows.clean_step_ps) / static_cast<double>(figures.step.end_ps.back());
    advise(rows, checkpoint, step.parallelism.ranks());
}

}  // namespace lightloom
