#include "scenarios/result_training.hpp"

#include <fmt/format.h>

#include "models/workload/exposure.hpp"

#include "scenarios/result_meanings.hpp"

namespace lightloom {
namespace {

using hdf5::Group;
using hdf5::Meaning;
using hdf5::Table;

using hdf5::count;
using hdf5::picoseconds;

void write_scalars(const Group& g, const TrainingFigures& t) {
    g.scalar("steps", t.steps, count("training steps"));
    g.scalar("step_ps", t.step_ps, picoseconds("mean time of a step"));
    g.scalar("computing_ps", t.computing_ps, picoseconds("of a step: computation at the busiest pipeline stage"));
    g.scalar("tokens_per_gpu_second", t.tokens_per_gpu_second, {"s-1", "tokens trained per GPU and second"});
    g.scalar("flops_utilisation", t.flops_utilisation, {"1", "MFU: the model's operations over the GPUs' peak"});
    g.scalar("straggler_ratio", t.straggler_ratio, {"1", "computation of the slowest rank / median rank"});
}

void write_steps(const Group& g, const TrainingFigures::Steps& steps) {
    if (steps.end_ps.empty()) return;
    Table t(g, "step", "number", steps.end_ps.size(), "step");
    t.column("end_ps", steps.end_ps, picoseconds("when its slowest rank had ended it"));
    t.column("duration_ps", steps.duration_ps, picoseconds("since the end of the step before"));
    t.close();
}

void write_exposed(const Group& g, const TrainingFigures::Exposed& exposed) {
    if (exposed.wait.empty()) return;
    Table t(g, "exposed", "wait", exposed.wait.size(), "what ranks wait for while they compute nothing");
    write_waits(t, exposed);
    t.close();
}

void write_ranks(const Group& g, const TrainingFigures& figures) {
    const TrainingFigures::Ranks& ranks = figures.ranks;
    if (ranks.endpoint.empty()) return;
    Table t(g, "ranks", "rank", ranks.endpoint.size(), "rank, by endpoint");
    t.column("endpoint", ranks.endpoint, count("endpoint, as in /topology/endpoints"));
    t.column("computing_ps", ranks.computing_ps, picoseconds("of a step: computation"));
    for (std::size_t i = 0; i < ranks.wait_ps.size(); ++i) {
        const std::string_view wait = name_of(static_cast<Wait>(figures.exposed.wait[i]));
        const std::string name = fmt::format("{}_ps", wait), long_name = fmt::format("of a step: wait, {}", wait);
        t.column(name.c_str(), ranks.wait_ps[i], picoseconds(long_name.c_str()));
    }
    t.close();
}

void write_checkpoints(const Group& training, const TrainingFigures::Checkpoints& c) {
    if (c.begin_ps.empty() && c.read_ps == 0) return;
    Group g = training.child("checkpoints");
    g.scalar("bytes", c.bytes, {"byte", "of a checkpoint"});
    g.scalar("read_bytes", c.read_bytes, {"byte", "read at the start"});
    g.scalar("read_ps", c.read_ps, picoseconds("until all had been read; 0: nothing was"));
    g.scalar("clean_step_ps", c.clean_step_ps, picoseconds("mean of the steps that met no writing; 0: all did"));
    g.scalar("slowed_step_ps", c.slowed_step_ps, picoseconds("mean of the others"));
    g.scalar("effective_share", c.effective_share, {"1", "time of the steps, were all clean, over the time they took"});
    g.scalar("lost_s", c.lost_s, {"s", "to a checkpoint"});
    g.scalar("interruption_s", c.interruption_s, {"s", "mean time between interruptions, assumed"});
    g.scalar("young_s", c.young_s, {"s", "interval advised by Young; 0: nothing is lost"});
    g.scalar("daly_s", c.daly_s, {"s", "interval advised by Daly; 0: nothing is lost"});
    if (!c.begin_ps.empty()) {
        Table t(g, "burst", "number", c.begin_ps.size(), "checkpoint that was written");
        t.column("begin_ps", c.begin_ps, picoseconds("first writer began"));
        t.column("end_ps", c.end_ps, picoseconds("last writer had its answer"));
        t.close();
    }
    g.close();
}

}  // namespace

void write_waits(Table& t, const TrainingFigures::Exposed& exposed) {
    std::vector<std::string> names;
    for (std::size_t wait = 0; wait < kWaits; ++wait) names.emplace_back(name_of(static_cast<Wait>(wait)));
    t.flags("kind", exposed.wait, names, "communication of a group, or a bubble of the pipeline");
    t.column("mean_ps", exposed.mean_ps, picoseconds("of a step, mean of the ranks"));
    t.column("worst_ps", exposed.worst_ps, picoseconds("of a step, the rank that waits longest"));
    t.column("worst", exposed.worst, count("endpoint of that rank"));
}

void write_training(const Group& root, const TrainingFigures& figures) {
    if (figures.steps == 0) return;
    Group g = root.child("training");
    write_scalars(g, figures);
    write_steps(g, figures.step);
    write_exposed(g, figures.exposed);
    write_ranks(g, figures);
    write_checkpoints(g, figures.checkpoints);
    g.close();
}

}  // namespace lightloom
