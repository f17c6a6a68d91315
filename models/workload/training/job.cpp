#include "models/workload/training/job.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

/// In which group, or to or from which neighbour in the pipeline, a task is. Streams go on side by side, so each has
/// groups of its own, as frameworks give each a communicator.
struct Place {
    bool is_neighbour = false;
    GroupKind group = GroupKind::pipeline;
    StepStream stream = StepStream::compute;
    friend auto operator<=>(const Place&, const Place&) = default;
};

std::optional<Place> place_of(const StageTask& task) {
    switch (task.kind) {
        case StageTask::Kind::compute: return std::nullopt;
        case StageTask::Kind::collective: return Place{.group = task.group, .stream = task.stream};
        case StageTask::Kind::send:
        case StageTask::Kind::receive: return Place{.is_neighbour = true, .stream = task.stream};
    }
    return std::nullopt;
}

class Job {
public:
    Job(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations)
        : step_(step), layout_(step.parallelism), ranks_(ranks), iterations_(iterations) {
        if (static_cast<std::int64_t>(ranks.size()) != layout_.ranks())
            abort_run("{} endpoints for {} ranks", ranks.size(), layout_.ranks());
    }

    Traffic traffic() {
        for (std::int64_t stage = 0; stage < step_.parallelism.pipeline; ++stage) add_stage(stage);
        for (std::int64_t rank = 0; rank < layout_.ranks(); ++rank) {
            const Stage& stage = stages_[static_cast<std::size_t>(layout_.stage(rank))];
            const std::uint32_t worker = builder_.add_worker(ranks_[static_cast<std::size_t>(rank)], stage.program);
            for (const Place& place : stage.seats) sit_down(worker, rank, place);
        }
        return builder_.build();
    }

private:
    struct Stage {
        std::uint32_t program = 0;
        std::vector<Place> seats;  // in the order of the program's numbers
    };

    void add_stage(std::int64_t stage) {
        Stage& made = stages_.emplace_back();
        const StageProgram plan = stage_program(step_, stage);
        Program program;
        program.iterations = iterations_;
        for (const StageTask& task : plan.tasks) {
            Program::Task made_task{.duration_ps = task.duration_ps, .stream = static_cast<std::uint32_t>(task.stream)};
            if (const std::optional<Place> place = place_of(task)) {
                made_task.call = call_of(task);
                made_task.seat = seat_of(made, *place);
            }
            program.add(made_task, plan.dependencies_of(task));
        }
        made.program = builder_.add_program(std::move(program));
    }
    static std::uint32_t seat_of(Stage& stage, const Place& place) {
        const auto found = std::ranges::find(stage.seats, place);
        if (found != stage.seats.end()) return static_cast<std::uint32_t>(found - stage.seats.begin());
        stage.seats.push_back(place);
        return static_cast<std::uint32_t>(stage.seats.size() - 1);
    }
    // Many tasks make the same call.
    std::uint32_t call_of(const StageTask& task) {
        const bool is_collective = task.kind == StageTask::Kind::collective;
        const Collective kind = is_collective ? task.collective : Collective::broadcast;
        const auto ranks = is_collective ? static_cast<std::uint32_t>(layout_.group_size(task.group)) : 2u;
        const auto [entry, fresh] = calls_.try_emplace({kind, ranks, task.bytes});
        if (fresh)
            entry->second =
                builder_.add_call({.kind = kind,
                                   .algorithm = kind == Collective::all_to_all ? Algorithm::direct : Algorithm::ring,
                                   .ranks = ranks,
                                   .bytes = task.bytes});
        return entry->second;
    }

    void sit_down(std::uint32_t worker, std::int64_t rank, const Place& place) {
        if (!place.is_neighbour) {
            const std::int64_t number = layout_.group_of(place.group, rank);
            const auto size = static_cast<std::uint32_t>(layout_.group_size(place.group));
            return builder_.add_seat(worker, group(place, number, size),
                                     static_cast<std::uint32_t>(layout_.place(place.group, rank)));
        }
        const bool forward = place.stream == StepStream::send_forward || place.stream == StepStream::receive_forward;
        const bool sends = place.stream == StepStream::send_forward || place.stream == StepStream::send_backward;
        const std::int64_t sender = sends ? rank : neighbour(rank, forward ? -1 : 1);
        const Place way{.is_neighbour = true, .stream = forward ? StepStream::send_forward : StepStream::send_backward};
        builder_.add_seat(worker, group(way, sender, 2), sends ? 0 : 1);
    }
    std::int64_t neighbour(std::int64_t rank, std::int64_t stages_on) const {
        const auto members = layout_.members(GroupKind::pipeline, layout_.group_of(GroupKind::pipeline, rank));
        const auto n = static_cast<std::int64_t>(members.size());
        return members[static_cast<std::size_t>((layout_.place(GroupKind::pipeline, rank) + stages_on + n) % n)];
    }
    std::uint32_t group(const Place& place, std::int64_t number, std::uint32_t ranks) {
        const auto [entry, fresh] = groups_.try_emplace({place, number});
        if (fresh) entry->second = builder_.add_group({.ranks = ranks});
        return entry->second;
    }

    const TrainingStep& step_;
    const RankLayout layout_;
    const std::span<const EndpointId> ranks_;
    const std::uint32_t iterations_;
    TrafficBuilder builder_;
    std::vector<Stage> stages_;
    std::map<std::tuple<Collective, std::uint32_t, std::int64_t>, std::uint32_t> calls_;
    std::map<std::pair<Place, std::int64_t>, std::uint32_t> groups_;
};

}  // namespace

Traffic training_traffic(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations) {
    return Job(step, ranks, iterations).traffic();
}

}  // namespace lightloom
