// A training job as traffic: a worker for every rank, with the program of its pipeline stage and a seat in each of the
// groups that the program speaks in. What goes from one stage to the next is a group of two ranks, the sender first.
// Not here: what the steps are made of (step.hpp), where the ranks sit: the caller's choice.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/workload/traffic.hpp"
#include "models/workload/training/checkpoint_traffic.hpp"
#include "models/workload/training/step.hpp"

namespace lightloom {

/// Experts that tokens are drawn, so that every pair of ranks has bytes of its own; a layer's are the same for all
/// micro-batches, directions and replicas of a run.
struct DrawnExperts {
    double skew = 0.0;                   // Zipf exponent of their popularity
    std::uint32_t servers_of_token = 0;  // that hold its experts, at most; 0: any number
};

/// What a job is beside its steps.
struct JobOptions {
    std::vector<std::uint32_t> servers{};  // of every endpoint; empty: each has one of its own
    /// Collectives of a group that sits in one server take what the formula says, and send nothing.
    bool in_server_formula = false;
    double jitter = 0.0;  // relative deviation of a computation's duration
    std::int64_t stragglers = 0;
    double straggler_slowdown = 1.0;
    std::optional<DrawnExperts> experts{};  // none: each rank has the same for all others
    CheckpointPlan checkpoints{};
    std::uint64_t seed = 0;  // of jitter, of who straggles, of experts
};

/// @param ranks       endpoint of every rank; as many as the step's parallelism has
/// @param iterations  steps, one after the other at each rank
/// @pre mistakes(step).empty(); with in_server_formula the GPU's link_bytes_per_s is known
Traffic training_traffic(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations,
                         const JobOptions& options = {});

}  // namespace lightloom
