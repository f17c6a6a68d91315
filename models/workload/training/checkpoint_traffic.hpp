// Checkpoints of a training job as traffic. A rank is met by its writer when a checkpoint is due: a worker at the same
// endpoint that sends the rank's share to where it is stored and waits for the answer that all of it has come. Where
// training stops meanwhile, the two meet once more when it is written; else the rank goes on as soon as its state is
// copied, and the next checkpoint waits for a writer that is still busy. A reader brings the state before the first
// step. Each even iteration of a writer is the meeting, each odd one the writing: their ends are when a burst began and
// ended at that rank.
// Not here: when checkpoints are worth it (run_metrics.hpp), which endpoints store (the caller's choice).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/workload/traffic_builder.hpp"
#include "models/workload/training/demand.hpp"

namespace lightloom {

struct CheckpointPlan {
    std::uint32_t every = 0;           // steps; 0: none is written
    bool asynchronous = false;         // training goes on while it is written
    bool one_replica = false;          // the ranks of one data parallel replica write, else all do, each a share
    bool restart = false;              // ranks read their state before the first step
    std::vector<EndpointId> stores{};  // on the fabric, server by server; none: they are behind a front-end network
    double front_end_bytes_per_s = 0.0, store_bytes_per_s = 0.0;  // of it: a server's, and of all stores together
    double copy_bytes_per_s = 0.0;                                // of a rank's state, before it goes on

    bool writes() const { return every > 0; }
    /// In a run of so many steps.
    std::uint32_t checkpoints(std::uint32_t steps) const { return writes() ? steps / every : 0; }
};

/// Of a checkpoint, what a rank writes: parameters in bf16, master copy and two moments in fp32, 14 bytes a parameter.
std::int64_t written_bytes(const TrainingStep& step, const RankLayout& layout, std::int64_t rank, bool one_replica);
/// What a rank reads at a restart: its share where ranks keep but a share of the optimizer's state, else all of it.
std::int64_t restart_bytes(const TrainingStep& step, const RankLayout& layout, std::int64_t rank);

/// A rank, and the groups in which it is rank 0 and its writer or reader rank 1.
struct CheckpointRank {
    EndpointId at, store;
    std::uint32_t server = 0;
    std::int64_t write_bytes = 0, read_bytes = 0;
    std::uint32_t begins = 0, written = 0, restart = 0;
};

/// How long a rank stands still when an asynchronous checkpoint begins.
std::int64_t copy_ps(const CheckpointPlan& plan, std::int64_t bytes);

/// Adds writers, readers and stores to a job whose ranks have their seats. @param steps  of the job
void add_checkpoints(TrafficBuilder& builder, const CheckpointPlan& plan, std::span<const CheckpointRank> ranks,
                     std::uint32_t steps);

}  // namespace lightloom
