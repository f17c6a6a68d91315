// Runs points of a sweep as job arrays of Slurm, through sbatch, squeue and scancel. A task is a list of points in a
// file; it runs `lightloom sweep-task FOLDER LIST`, which does what is not finished and holds no lock elsewhere. So a
// task may run twice, be requeued or be lost: what is missing after an array has ended is submitted again.
// What a user has chosen never meets a shell: programs are started with their arguments as they are, and the only texts
// in the script are the program's and the folder's path, in quotes.
// Not here: what a task does with its points (sweeps/local_executor.hpp).
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sweeps/local_executor.hpp"

namespace lightloom {

/// What Slurm's commands have refused, or that they are not there. For the user.
struct SlurmError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct SlurmLimits {
    std::string program;               // this one, as a path that all nodes know
    std::vector<std::string> options;  // for sbatch
    std::size_t points_per_task = 0;   // 0: as many as fill a minute, by the time that a first one takes
    unsigned cpus = 1;                 // of a task
    unsigned threads = 1;              // of a point
    unsigned retries = 0;              // of a point that failed or was lost
};

/// Runs those of `points` that are not finished. An array of an earlier call that still runs is waited for first.
/// @return false if the watcher gave up or somebody cancelled the array; what Slurm still had was cancelled then
/// @throws SlurmError
bool run_on_slurm(const SweepPlan& plan, const std::vector<std::size_t>& points, const SweepFolder& folder,
                  const SlurmLimits& limits, const SweepWatcher& watcher);

/// The script of an array's tasks, as a shell reads it.
std::string slurm_script(const std::string& program, const std::string& folder);

/// `text` as one word of a shell, whatever it holds.
std::string shell_word(const std::string& text);

}  // namespace lightloom
