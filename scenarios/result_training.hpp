// The part of a result file that says what a training job did: /training and its tables. Not here: what it says
// (training_figures.hpp).
#pragma once

#include "scenarios/hdf5_file.hpp"
#include "scenarios/run_result.hpp"

namespace lightloom {

/// The columns of a table of waits.
void write_waits(hdf5::Table& table, const TrainingFigures::Exposed& exposed);
/// Writes nothing of a workload of another kind.
void write_training(const hdf5::Group& root, const TrainingFigures& figures);

}  // namespace lightloom
