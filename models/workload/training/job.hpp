// A training job as traffic: a worker for every rank, with the program of its pipeline stage and a seat in each of the
// groups that the program speaks in. What goes from one stage to the next is a group of two ranks, the sender first.
// Not here: what the steps are made of (step.hpp), where the ranks sit: the caller's choice.
#pragma once

#include <cstdint>
#include <span>

#include "models/workload/traffic.hpp"
#include "models/workload/training/step.hpp"

namespace lightloom {

/// @param ranks       endpoint of every rank; as many as the step's parallelism has
/// @param iterations  steps, one after the other at each rank
/// @pre mistakes(step).empty()
Traffic training_traffic(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations);

}  // namespace lightloom
