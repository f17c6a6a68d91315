// What every rank of a pipeline stage does in one training step: tasks on streams. One program serves all ranks of the
// stage, since they differ only in whom their groups hold.
//
// Tasks of a stream run one after another, in the order in which they stand; a task starts once those that it depends
// on are done, too. They all stand before it, so a program that is played alone cannot lock itself. Sends of a stage's
// stream meet the receives of the neighbour's in their order: the k-th forward message to the next stage is the k-th
// that this one receives.
// Not here: how a program is made (step.hpp), what a collective becomes (models/workload/collectives).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/workload/collectives/collective.hpp"
#include "models/workload/training/parallelism.hpp"

namespace lightloom {

/// Computation, and its collectives that nothing hides, wait for each other; what may be hidden has streams of its own.
enum class StepStream : std::uint8_t {
    compute,
    tensor,
    context,
    expert,
    gather,  // parameters
    reduce,  // gradients
    send_forward,
    receive_forward,
    send_backward,
    receive_backward,
};
inline constexpr std::size_t kStepStreams = 10;

enum class StepPhase : std::uint8_t { forward, backward, update };

struct StageTask {
    enum class Kind : std::uint8_t { compute, collective, send, receive };

    std::int64_t duration_ps = 0;        // compute
    std::int64_t bytes = 0;              // otherwise; of a collective, S as demand.hpp counts it
    std::uint32_t first_dependency = 0;  // in StageProgram::dependencies
    std::uint32_t micro_batch = 0;
    std::uint16_t dependencies = 0;
    std::uint16_t round = 0;  // which of the stage's virtual stages
    Kind kind = Kind::compute;
    StepStream stream = StepStream::compute;
    StepPhase phase = StepPhase::forward;
    Collective collective = Collective::barrier;  // collective
    /// collective: in which of the rank's groups; of the pipeline only the first and the last stage, which share a
    /// matrix
    GroupKind group = GroupKind::pipeline;
    /// send, receive: places further in the pipeline group, round and round; 1 or -1.
    std::int8_t peer = 0;
    bool returns = false;    // an exchange with experts: what they give back
    std::int16_t layer = 0;  // likewise: whose experts
};
static_assert(sizeof(StageTask) <= 40);

struct StageProgram {
    std::vector<StageTask> tasks;
    std::vector<std::uint32_t> dependencies;  // tasks

    std::span<const std::uint32_t> dependencies_of(const StageTask& task) const {
        return std::span(dependencies).subspan(task.first_dependency, task.dependencies);
    }
};

}  // namespace lightloom
