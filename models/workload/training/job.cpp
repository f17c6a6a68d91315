#include "models/workload/training/job.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "core/abort.hpp"
#include "core/random.hpp"
#include "models/workload/collectives/expert_routing.hpp"
#include "models/workload/collectives/unequal_all_to_all.hpp"
#include "models/workload/traffic_builder.hpp"
#include "models/workload/training/in_server.hpp"

namespace lightloom {
namespace {

/// In which group, or to or from which neighbour in the pipeline, a task is. Streams go on side by side, so each has
/// groups of its own, as frameworks give each a communicator. Or where a rank meets who reads or writes for it.
struct Place {
    enum class Kind : std::uint8_t { group, neighbour, restart, begins, written };
    Kind kind = Kind::group;
    GroupKind group = GroupKind::pipeline;
    StepStream stream = StepStream::compute;
    friend auto operator<=>(const Place&, const Place&) = default;
};

std::optional<Place> place_of(const StageTask& task) {
    switch (task.kind) {
        case StageTask::Kind::compute: return std::nullopt;
        case StageTask::Kind::collective: return Place{.group = task.group, .stream = task.stream};
        case StageTask::Kind::send:
        case StageTask::Kind::receive: return Place{.kind = Place::Kind::neighbour, .stream = task.stream};
    }
    return std::nullopt;
}

Wait wait_for(const StageTask& task) {
    if (task.kind != StageTask::Kind::collective) return Wait::pipeline;
    switch (task.group) {
        case GroupKind::tensor: return Wait::tensor;
        case GroupKind::context: return Wait::context;
        case GroupKind::expert: return Wait::expert;
        case GroupKind::data:
        case GroupKind::expert_data:
        case GroupKind::pipeline: return Wait::data;  // of the pipeline: gradients of the matrix that its ends share
    }
    return Wait::other;
}

/// Factors of the ranks' computations: those that straggle are drawn.
std::vector<std::uint32_t> slowdowns_of(std::size_t ranks, const JobOptions& options) {
    std::vector<std::uint32_t> slowdowns(ranks, kFactorOne), order(ranks);
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, {},
                             [&](std::uint32_t rank) { return draw(options.seed, rank, Purpose::straggler, 0); });
    for (std::size_t i = 0; i < ranks && static_cast<std::int64_t>(i) < options.stragglers; ++i)
        slowdowns[order[i]] = factor_of(options.straggler_slowdown);
    return slowdowns;
}

class Job {
public:
    Job(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations,
        const JobOptions& options)
        : step_(step), layout_(step.parallelism), ranks_(ranks), iterations_(iterations), options_(options) {
        if (static_cast<std::int64_t>(ranks.size()) != layout_.ranks())
            abort_run("{} endpoints for {} ranks", ranks.size(), layout_.ranks());
        if (options.jitter > 0.0) jitter_ = std::make_shared<const Jitter>(options.jitter, options.seed);
    }

    Traffic traffic() {
        for (std::int64_t stage = 0; stage < step_.parallelism.pipeline; ++stage) add_stage(stage);
        const std::vector<std::uint32_t> slowdowns = slowdowns_of(ranks_.size(), options_);
        for (std::int64_t rank = 0; rank < layout_.ranks(); ++rank) {
            const Stage& stage = stages_[static_cast<std::size_t>(layout_.stage(rank))];
            const auto place_in_list = static_cast<std::size_t>(rank);
            const std::uint32_t worker =
                builder_.add_worker(ranks_[place_in_list], stage.program, slowdowns[place_in_list]);
            for (const Place& place : stage.seats) sit_down(worker, rank, place);
        }
        if (options_.checkpoints.writes() || options_.checkpoints.restart)
            add_checkpoints(builder_, options_.checkpoints, checkpoint_ranks(), iterations_);
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
        program.jitter = jitter_;
        const bool restarts = options_.checkpoints.restart;
        if (restarts) add_meeting(program, made, Place::Kind::restart, 0, 0, UINT32_MAX);
        for (const StageTask& task : plan.tasks) {
            Program::Task made_task{.duration_ps = task.duration_ps, .stream = static_cast<std::uint32_t>(task.stream)};
            if (const std::optional<Place> place = place_of(task)) {
                made_task.wait = wait_for(task);
                made_task.seat = seat_of(made, *place);
                if (task.kind == StageTask::Kind::collective && is_in_server(task.group)) {
                    made_task.call = Program::Task::kMeet;
                    made_task.duration_ps = in_server_ps(draws(task) ? busiest_call(task) : call_of(task), step_.gpu);
                } else {
                    made_task.call = draws(task) ? drawn_call(task) : number_of(call_of(task));
                }
            }
            // Nothing begins before the state is there.
            std::vector<std::uint32_t> after;
            for (const std::uint32_t other : plan.dependencies_of(task)) after.push_back(other + restarts);
            if (restarts && after.empty()) after.push_back(0);
            program.add(made_task, after);
        }
        add_checkpoint(program, made, stage);
        made.program = builder_.add_program(std::move(program));
    }
    // At the end of a step that a checkpoint is due after.
    void add_checkpoint(Program& program, Stage& made, std::int64_t stage) {
        const CheckpointPlan& plan = options_.checkpoints;
        if (plan.checkpoints(iterations_) == 0) return;
        std::int64_t most = 0;  // of the stage's ranks: copying takes all of them as long
        for (std::int64_t rank = 0; rank < layout_.ranks(); ++rank)
            if (layout_.stage(rank) == stage)
                most = std::max(most, written_bytes(step_, layout_, rank, plan.one_replica));
        add_meeting(program, made, Place::Kind::begins, copy_ps(plan, most), plan.every - 1, plan.every);
        if (!plan.asynchronous) add_meeting(program, made, Place::Kind::written, 0, plan.every - 1, plan.every);
    }
    static void add_meeting(Program& program, Stage& stage, Place::Kind kind, std::int64_t duration_ps,
                            std::uint32_t first, std::uint32_t every) {
        program.add({.call = Program::Task::kMeet,
                     .seat = seat_of(stage, Place{.kind = kind}),
                     .duration_ps = duration_ps,
                     .stream = static_cast<std::uint32_t>(StepStream::compute),
                     .first = first,
                     .every = every,
                     .wait = Wait::checkpoint});
    }
    static std::uint32_t seat_of(Stage& stage, const Place& place) {
        const auto found = std::ranges::find(stage.seats, place);
        if (found != stage.seats.end()) return static_cast<std::uint32_t>(found - stage.seats.begin());
        stage.seats.push_back(place);
        return static_cast<std::uint32_t>(stage.seats.size() - 1);
    }
    /// Whether all groups of a kind sit in a server each, and what they do takes what the formula says.
    bool is_in_server(GroupKind kind) {
        if (!options_.in_server_formula || kind == GroupKind::pipeline) return false;
        std::optional<bool>& known = in_server_[static_cast<std::size_t>(kind)];
        if (known) return *known;
        known = true;
        for (std::int64_t group = 0; group < layout_.groups(kind) && *known; ++group) {
            const std::vector<std::int64_t> members = layout_.members(kind, group);
            known = std::ranges::all_of(members,
                                        [&](std::int64_t rank) { return server_of(rank) == server_of(members[0]); });
        }
        return *known;
    }
    std::uint32_t server_of(std::int64_t rank) const {
        const EndpointId at = ranks_[static_cast<std::size_t>(rank)];
        return options_.servers.empty() ? at.value : options_.servers[at.value];
    }

    CollectiveCall call_of(const StageTask& task) {
        const bool is_collective = task.kind == StageTask::Kind::collective;
        const Collective kind = is_collective ? task.collective : Collective::broadcast;
        CollectiveCall call{.kind = kind,
                            .algorithm = kind == Collective::all_to_all ? Algorithm::direct : Algorithm::ring,
                            .ranks = is_collective ? ranks_in(task.group) : 2,
                            .bytes = task.bytes};
        if (!is_collective || call.algorithm != Algorithm::ring) return call;
        // As many rings as a server has ranks, each of which leaves it by a NIC of its own.
        const std::uint32_t together = ranks_of_a_server(task.group);
        if (together < call.ranks) call.channels = call.ranks_per_node = together;
        return call;
    }
    /// Many tasks make the same call.
    std::uint32_t number_of(const CollectiveCall& call) {
        const auto [entry, fresh] = calls_.try_emplace({call.kind, call.ranks, call.channels, call.bytes});
        if (fresh) entry->second = builder_.add_call(call);
        return entry->second;
    }
    bool draws(const StageTask& task) const { return task.stream == StepStream::expert && options_.experts; }
    std::uint32_t drawn_call(const StageTask& task) {
        const auto [entry, fresh] = drawn_calls_.try_emplace({task.layer, task.returns});
        if (fresh) entry->second = builder_.add_call(Schedule(exchange_of(task)));
        return entry->second;
    }
    // The same for all ranks, of as many bytes as the busiest has to send or to receive.
    CollectiveCall busiest_call(const StageTask& task) {
        CollectiveCall call = call_of(task);
        if (call.ranks > 1) call.bytes = exchange_of(task).busiest_bytes() * call.ranks / (call.ranks - 1);
        return call;
    }
    // What comes back from experts goes the ways of what went there. There, a token's hidden state goes to each.
    UnequalAllToAll exchange_of(const StageTask& task) {
        std::vector<std::int64_t> bytes = tokens_of(task.layer);
        const std::int64_t element = task.returns ? step_.element_bytes.combine : step_.element_bytes.dispatch;
        for (std::int64_t& of_pair : bytes) of_pair *= step_.model.hidden * element;
        UnequalAllToAll exchange(static_cast<std::uint32_t>(layout_.group_size(GroupKind::expert)), std::move(bytes));
        return task.returns ? exchange.reversed() : exchange;
    }
    // From each rank of an expert group to each other, in all groups alike.
    const std::vector<std::int64_t>& tokens_of(std::int16_t layer) {
        const auto [entry, fresh] = tokens_.try_emplace(layer);
        if (!fresh) return entry->second;
        const ModelRow& model = step_.model;
        entry->second = lightloom::dispatch_bytes(
            {.ranks = static_cast<std::uint32_t>(layout_.group_size(GroupKind::expert)),
             .experts = static_cast<std::uint32_t>(model.experts),
             .experts_of_token = static_cast<std::uint32_t>(model.top_k),
             .tokens = static_cast<std::uint32_t>(rank_tokens(step_)),
             .token_bytes = 1,
             .skew = options_.experts->skew,
             .nodes_of_token = options_.experts->servers_of_token,
             .ranks_per_node = ranks_of_a_server(GroupKind::expert),
             .seed = draw(options_.seed, static_cast<std::uint64_t>(layer), Purpose::expert, 0)});
        return entry->second;
    }
    // Consecutive ranks of a group that share a server; 1 where groups do not lie alike.
    std::uint32_t ranks_of_a_server(GroupKind kind) {
        std::optional<std::uint32_t>& known = of_a_server_[static_cast<std::size_t>(kind)];
        if (known) return *known;
        std::size_t together = layout_.members(kind, 0).size();
        for (std::int64_t group = 0; group < layout_.groups(kind); ++group) {
            const std::vector<std::int64_t> members = layout_.members(kind, group);
            for (std::size_t i = 1, begin = 0; i <= members.size(); ++i) {
                if (i < members.size() && server_of(members[i]) == server_of(members[begin])) continue;
                together = std::gcd(together, i - begin);
                begin = i;
            }
        }
        return known.emplace(static_cast<std::uint32_t>(together));
    }
    // Of a pipeline only its ends do something together.
    std::uint32_t ranks_in(GroupKind kind) const {
        return kind == GroupKind::pipeline ? 2 : static_cast<std::uint32_t>(layout_.group_size(kind));
    }

    std::vector<CheckpointRank> checkpoint_ranks() {
        std::vector<CheckpointRank> ranks;
        for (std::int64_t rank = 0; rank < layout_.ranks(); ++rank) {
            const EndpointId at = ranks_[static_cast<std::size_t>(rank)];
            const CheckpointPlan& plan = options_.checkpoints;
            const bool writes = plan.checkpoints(iterations_) > 0;
            ranks.push_back(
                {.at = at,
                 .store = store_of(at),
                 .server = server_of(rank),
                 .write_bytes = written_bytes(step_, layout_, rank, plan.one_replica),
                 .read_bytes = restart_bytes(step_, layout_, rank),
                 .begins = writes ? group({.kind = Place::Kind::begins}, rank, 2) : 0,
                 .written = writes && !plan.asynchronous ? group({.kind = Place::Kind::written}, rank, 2) : 0,
                 .restart = plan.restart ? group({.kind = Place::Kind::restart}, rank, 2) : 0});
        }
        return ranks;
    }
    // A server's GPUs use the NICs of one storing server, each that of its own number: on its rail, where there are.
    EndpointId store_of(EndpointId at) {
        const std::vector<EndpointId>& stores = options_.checkpoints.stores;
        if (stores.empty()) return at;
        const std::vector<std::uint32_t>& servers = options_.servers;
        if (first_of_server_.empty())
            for (std::uint32_t endpoint = 0; endpoint < servers.size(); ++endpoint)
                first_of_server_.try_emplace(servers[endpoint], endpoint);
        const std::size_t number = at.value - first_of_server_.at(servers[at.value]);
        const auto of_a_server = static_cast<std::size_t>(
            std::ranges::count(stores, servers[stores[0].value], [&](EndpointId s) { return servers[s.value]; }));
        const std::size_t storing = servers[at.value] % (stores.size() / of_a_server);
        return stores[storing * of_a_server + number % of_a_server];
    }

    void sit_down(std::uint32_t worker, std::int64_t rank, const Place& place) {
        if (place.kind == Place::Kind::group) {
            const std::int64_t number = layout_.group_of(place.group, rank);
            const std::int64_t own = place.group == GroupKind::pipeline ? std::min<std::int64_t>(layout_.stage(rank), 1)
                                                                        : layout_.place(place.group, rank);
            return builder_.add_seat(worker, group(place, number, ranks_in(place.group)),
                                     static_cast<std::uint32_t>(own));
        }
        if (place.kind != Place::Kind::neighbour) return builder_.add_seat(worker, group(place, rank, 2), 0);
        const bool forward = place.stream == StepStream::send_forward || place.stream == StepStream::receive_forward;
        const bool sends = place.stream == StepStream::send_forward || place.stream == StepStream::send_backward;
        const std::int64_t sender = sends ? rank : neighbour(rank, forward ? -1 : 1);
        const Place way{.kind = Place::Kind::neighbour,
                        .stream = forward ? StepStream::send_forward : StepStream::send_backward};
        builder_.add_seat(worker, group(way, sender, 2), sends ? 0 : 1);
    }
    std::int64_t neighbour(std::int64_t rank, std::int64_t stages_on) const {
        const auto members = layout_.members(GroupKind::pipeline, layout_.group_of(GroupKind::pipeline, rank));
        const auto n = static_cast<std::int64_t>(members.size());
        return members[static_cast<std::size_t>((layout_.place(GroupKind::pipeline, rank) + stages_on + n) % n)];
    }
    std::uint32_t group(const Place& place, std::int64_t number, std::uint32_t ranks) {
        const auto [entry, fresh] = groups_.try_emplace({place, number});
        // A stage is never more than a step's messages ahead of the next one.
        const std::int64_t messages = step_.parallelism.micro_batches * step_.parallelism.virtual_stages;
        if (fresh)
            entry->second = builder_.add_group(
                {.ranks = ranks,
                 .timed_messages = place.kind == Place::Kind::neighbour ? static_cast<std::uint32_t>(messages) : 0});
        return entry->second;
    }

    const TrainingStep& step_;
    const RankLayout layout_;
    const std::span<const EndpointId> ranks_;
    const std::uint32_t iterations_;
    const JobOptions& options_;
    std::shared_ptr<const Jitter> jitter_;
    std::array<std::optional<bool>, kGroupKinds> in_server_{};
    std::array<std::optional<std::uint32_t>, kGroupKinds> of_a_server_{};
    TrafficBuilder builder_;
    std::vector<Stage> stages_;
    std::map<std::tuple<Collective, std::uint32_t, std::uint32_t, std::int64_t>, std::uint32_t> calls_;
    std::map<std::pair<std::int16_t, bool>, std::uint32_t> drawn_calls_;  // by layer and way
    std::map<std::int16_t, std::vector<std::int64_t>> tokens_;            // by layer
    std::map<std::pair<Place, std::int64_t>, std::uint32_t> groups_;
    std::map<std::uint32_t, std::uint32_t> first_of_server_;  // endpoints
};

}  // namespace

Traffic training_traffic(const TrainingStep& step, std::span<const EndpointId> ranks, std::uint32_t iterations,
                         const JobOptions& options) {
    return Job(step, ranks, iterations, options).traffic();
}

}  // namespace lightloom
