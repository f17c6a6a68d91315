// What a training job was measured to do: figures of its steps, and where its ranks' time went. Columns, as all of a
// result. Not here: how they are written (result_training.hpp) and said (tools/lightloom/training_figures_text.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "models/workload/traffic.hpp"

namespace lightloom {

class Fabric;

struct TrainingFigures {            // of a workload of that kind that came to its end
    std::int64_t steps = 0;         // 0: it is none
    std::int64_t step_ps = 0;       // mean
    std::int64_t computing_ps = 0;  // of it, at the busiest pipeline stage, as the model asks for
    double tokens_per_gpu_second = 0, flops_utilisation = 0;
    double straggler_ratio = 0;  // computation of the slowest rank / median rank

    struct Steps {                                      // one row per step
        std::vector<std::int64_t> end_ps, duration_ps;  // of the slowest rank; since the end of the step before
    } step;

    struct Exposed {                                  // one row per kind of wait that occurred; per step
        std::vector<std::uint8_t> wait;               // a Wait
        std::vector<std::int64_t> mean_ps, worst_ps;  // of the ranks
        std::vector<std::uint32_t> worst;             // endpoint of the rank that waits longest

        void append(const Exposed& other);
    } exposed;

    struct Ranks {  // one row per rank
        std::vector<std::uint32_t> endpoint;
        std::vector<std::vector<std::int64_t>> wait_ps;  // by the rows of `exposed`; per step
        std::vector<std::int64_t> computing_ps;          // measured
    } ranks;

    struct Checkpoints {                             // one row per checkpoint that was written
        std::vector<std::int64_t> begin_ps, end_ps;  // the first writer begins, the last is done
        std::int64_t bytes = 0, read_bytes = 0;      // of each; of the restart
        std::int64_t read_ps = 0;                    // until the last rank has read, at the start
        std::int64_t clean_step_ps = 0;              // mean of the steps that meet no writing or reading; 0: none
        std::int64_t slowed_step_ps = 0;             // mean of those that do
        double effective_share = 0.0;                // of the time: what the steps would have taken, were they clean
        double lost_s = 0.0;                         // to a checkpoint
        double interruption_s = 0.0;                 // mean time between two, as assumed
        double young_s = 0.0, daly_s = 0.0;          // advised between checkpoints; 0: nothing is lost
    } checkpoints;
};

/// Adds what was measured worker by worker. @param figures  whose `steps` is known   @param job  of the scenario's
void add_measured(TrainingFigures& figures, const Fabric& fabric, std::uint32_t job = 0);

}  // namespace lightloom
