// A training step as programs, one for each pipeline stage: the schedule of micro-batches (GPipe; one forward, one
// backward; interleaved), each layer's computation with its exposed collectives, and what is hidden behind them.
// Sources: Narayanan et al. 2021 (schedules), Megatron-LM (what is overlapped with what).
// Not here: the figures (demand.hpp), what a task is (program.hpp).
#pragma once

#include "models/workload/training/demand.hpp"
#include "models/workload/training/program.hpp"

namespace lightloom {

/// @pre mistakes(step).empty(), 0 <= stage < step.parallelism.pipeline
StageProgram stage_program(const TrainingStep& step, std::int64_t stage);

}  // namespace lightloom
