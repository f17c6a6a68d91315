#include "models/workload/training/step.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace lightloom {
namespace {

using Kind = StageTask::Kind;

constexpr std::uint32_t kNoTask = UINT32_MAX;
// Adam in mixed precision: reads gradient, master copy and two moments, writes the latter three and the bf16 parameter
constexpr double kUpdateBytes = 4 * 4 + 3 * 4 + 2;

class StageBuilder {
public:
    StageBuilder(const TrainingStep& step, std::int64_t stage) : step_(step), cut_(step.parallelism), stage_(stage) {
        for (std::int64_t round = 0; round < cut_.virtual_stages; ++round)
            chunks_.push_back(layer_chunk(step, stage, round));
        gathers_.assign(static_cast<std::size_t>(step.model.layers), kNoTask);
    }

    StageProgram build() {
        if (cut_.sharding == Sharding::optimizer || cut_.sharding == Sharding::gradients) gather_buckets();
        const std::int64_t all = cut_.micro_batches * cut_.virtual_stages;
        const std::int64_t ahead = forwards_ahead(all);
        for (std::int64_t k = 0; k < ahead; ++k) forward(k);
        for (std::int64_t k = 0; k < all; ++k) {
            if (k + ahead < all) forward(k + ahead);
            backward(k);
        }
        update();
        return std::move(program_);
    }

private:
    // --- The schedule
    // Forwards before the first pair of a forward and a backward.
    std::int64_t forwards_ahead(std::int64_t all) const {
        if (step_.schedule == PipelineSchedule::gpipe) return all;
        const std::int64_t behind = cut_.pipeline - stage_ - 1;
        if (cut_.virtual_stages == 1) return std::min(behind, all);
        return std::min(2 * behind + (cut_.virtual_stages - 1) * cut_.pipeline, all);
    }
    // Micro-batches go through all rounds in batches of as many as there are stages.
    void turn_to(std::int64_t k, StepPhase phase) {
        const std::int64_t batch = cut_.pipeline * cut_.virtual_stages;
        const std::int64_t round = cut_.virtual_stages == 1 ? 0 : k % batch / cut_.pipeline;
        round_ = phase == StepPhase::forward ? round : cut_.virtual_stages - 1 - round;
        micro_batch_ = cut_.virtual_stages == 1 ? k : k / batch * cut_.pipeline + k % cut_.pipeline;
        phase_ = phase;
    }

    void forward(std::int64_t k) {
        turn_to(k, StepPhase::forward);
        const LayerChunk& chunk = chunks_[static_cast<std::size_t>(round_)];
        if (!chunk.has_embedding) wait_for(receive(StepStream::receive_forward, -1));
        for (std::int64_t layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer) {
            gather_for(layer);
            forward_layer(layer);
        }
        if (chunk.has_head) compute(head(), 1.0);
        if (!chunk.has_head) send(StepStream::send_forward, 1);
    }

    void backward(std::int64_t k) {
        turn_to(k, StepPhase::backward);
        const LayerChunk& chunk = chunks_[static_cast<std::size_t>(round_)];
        if (!chunk.has_head) wait_for(receive(StepStream::receive_backward, 1));
        if (chunk.has_head) compute(head(), 2.0);
        for (std::int64_t layer = chunk.first_layer + chunk.layers; layer-- > chunk.first_layer;) {
            gather_for(layer);
            if (step_.recompute) forward_layer(layer);
            backward_layer(layer);
            reduce_after(layer, chunk);
        }
        if (!chunk.has_embedding) send(StepStream::send_backward, -1);
    }

    // --- A layer: its computation, and collectives that nothing hides, one after another
    void forward_layer(std::int64_t layer) {
        enter_tensor();
        context(Collective::all_gather);
        compute(attention(), 1.0);
        leave_tensor();
        if (has_experts(step_.model, layer)) return experts(layer, 1.0);
        enter_tensor();
        compute(feed_forward(layer), 1.0);
        leave_tensor();
    }

    void backward_layer(std::int64_t layer) {
        if (has_experts(step_.model, layer)) {
            experts(layer, 2.0);
        } else {
            enter_tensor();
            gather_input_again();
            compute(feed_forward(layer), 2.0);
            leave_tensor();
        }
        enter_tensor();
        gather_input_again();
        context(Collective::all_gather);  // keys and values were not kept
        compute(attention(), 2.0);
        context(Collective::reduce_scatter);
        leave_tensor();
    }

    void enter_tensor() {
        if (cut_.sequence_parallel) tensor(Collective::all_gather);
    }
    void leave_tensor() { tensor(cut_.sequence_parallel ? Collective::reduce_scatter : Collective::all_reduce); }
    // What was split along the sequence is needed whole for the gradient of the weights; the computation that has begun
    // hides it.
    void gather_input_again() {
        if (cut_.tensor == 1 || !cut_.sequence_parallel) return;
        add(communication(StepStream::tensor, GroupKind::tensor, Collective::all_gather, tensor_bytes(step_)), {});
    }
    void tensor(Collective kind) {
        if (cut_.tensor > 1) exposed(StepStream::tensor, GroupKind::tensor, kind, tensor_bytes(step_));
    }
    void context(Collective kind) {
        if (cut_.context > 1) exposed(StepStream::context, GroupKind::context, kind, context_bytes(step_));
    }
    // Gradients go the ways of the tokens: to the experts first, and then back.
    void experts(std::int64_t layer, double times) {
        const auto exchange = [&](std::int64_t bytes, bool returns) {
            StageTask task = communication(StepStream::expert, GroupKind::expert, Collective::all_to_all, bytes);
            task.layer = static_cast<std::int16_t>(layer);
            task.returns = returns;
            if (cut_.expert > 1) in_chain(task);
        };
        exchange(dispatch_bytes(step_), false);
        compute(feed_forward(layer), times);
        exchange(combine_bytes(step_), true);
    }

    // --- Floating-point operations of a token
    double attention() const { return attention_flops(step_.model, step_.sequence); }
    double feed_forward(std::int64_t layer) const { return feed_forward_flops(step_.model, layer); }
    double head() const { return head_flops(step_.model); }

    // --- Parameters and gradients of the ranks that hold the same
    std::int64_t copies(GroupKind kind) const {
        return kind == GroupKind::data ? cut_.data * cut_.context : cut_.stage_ranks() / cut_.expert;
    }
    /// Returns the last of the tasks, kNoTask if there is nobody to share with.
    std::uint32_t share(StepStream stream, Collective kind, const RankParameters& own, std::int64_t element_bytes,
                        std::uint32_t after) {
        std::uint32_t last = kNoTask;
        for (const auto& [group, count] :
             {std::pair{GroupKind::data, own.dense}, std::pair{GroupKind::expert_data, own.expert}})
            if (count > 0 && copies(group) > 1)
                last = add(communication(stream, group, kind, count * element_bytes), {after});
        return last;
    }

    // What the last step has updated comes in the order in which the first forwards need it.
    void gather_buckets() {
        for (const LayerChunk& chunk : chunks_) {
            round_ = &chunk - chunks_.data();
            std::int64_t first = chunk.first_layer;
            for (std::int64_t layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer) {
                bucket_ += parameters_at(layer, chunk);
                if (!is_full(layer == chunk.first_layer + chunk.layers - 1)) continue;
                const std::uint32_t task = share(StepStream::gather, Collective::all_gather, take_bucket(),
                                                 step_.element_bytes.parameter, kNoTask);
                for (; first <= layer; ++first) gathers_[static_cast<std::size_t>(first)] = task;
            }
        }
    }

    // One layer ahead of the computation, if layers are dropped after use.
    void gather_for(std::int64_t layer) {
        if (cut_.sharding == Sharding::parameters) {
            const RankParameters own = parameters_at(layer, chunks_[static_cast<std::size_t>(round_)]);
            wait_for(share(StepStream::gather, Collective::all_gather, own, step_.element_bytes.parameter,
                           before_last_layer_));
            before_last_layer_ = chain_;
        } else if (phase_ == StepPhase::forward && micro_batch_ == 0) {
            wait_for(gathers_[static_cast<std::size_t>(layer)]);
        }
    }

    void reduce_after(std::int64_t layer, const LayerChunk& chunk) {
        const bool every_time = cut_.sharding == Sharding::parameters;
        if (!every_time && micro_batch_ != cut_.micro_batches - 1) return;
        bucket_ += parameters_at(layer, chunk);
        if (!every_time && !is_full(layer == chunk.first_layer)) return;
        const auto kind = cut_.sharding == Sharding::none ? Collective::all_reduce : Collective::reduce_scatter;
        const std::uint32_t task = share(StepStream::reduce, kind, take_bucket(), step_.element_bytes.gradient, chain_);
        if (task != kNoTask) last_reduce_ = task;
    }

    RankParameters parameters_at(std::int64_t layer, const LayerChunk& chunk) const {
        const bool first = layer == chunk.first_layer, last = layer == chunk.first_layer + chunk.layers - 1;
        const bool has_own_head = chunk.has_head && !(step_.model.tied && chunk.has_embedding);
        return chunk_parameters(step_, {.first_layer = layer,
                                        .layers = 1,
                                        .has_embedding = chunk.has_embedding && first,
                                        .has_head = has_own_head && last});
    }
    bool is_full(bool at_end) const { return at_end || bucket_.dense + bucket_.expert >= step_.bucket_parameters; }
    RankParameters take_bucket() { return std::exchange(bucket_, {}); }

    void update() {
        phase_ = StepPhase::update;
        const RankParameters own = stage_parameters(step_, stage_);
        const bool whole = cut_.sharding == Sharding::none;
        double count = 0.0;
        for (const auto& [group, held] :
             {std::pair{GroupKind::data, own.dense}, std::pair{GroupKind::expert_data, own.expert}})
            count += static_cast<double>(held) / (whole ? 1.0 : static_cast<double>(copies(group)));
        tie_embedding();
        wait_for(last_reduce_);
        in_chain({.duration_ps = picoseconds(count * kUpdateBytes / step_.gpu.hbm_bytes_per_s)});
    }

    // Head and embedding are one matrix, held by the last stage and the first: their gradients are added up, once they
    // have come together of all data parallel ranks, in a buffer that nobody shares.
    void tie_embedding() {
        if (!step_.model.tied || cut_.pipeline == 1 || (stage_ != 0 && stage_ != cut_.pipeline - 1)) return;
        const std::int64_t own = (embedding_parameters(step_.model) + cut_.tensor - 1) / cut_.tensor;
        last_reduce_ = add(communication(StepStream::reduce, GroupKind::pipeline, Collective::all_reduce,
                                         own * step_.element_bytes.gradient),
                           {chain_});
    }

    // --- Tasks
    static std::int64_t picoseconds(double seconds) { return static_cast<std::int64_t>(seconds * 1e12 + 0.5); }

    void compute(double flops_per_token, double times) {
        const auto tokens = static_cast<double>(step_.micro_batch * step_.sequence);
        const double flops = flops_per_token * tokens * times / static_cast<double>(cut_.context * cut_.tensor);
        in_chain({.duration_ps = picoseconds(flops / (step_.peak_flops() * step_.efficiency))});
    }
    void exposed(StepStream stream, GroupKind group, Collective kind, std::int64_t bytes) {
        in_chain(communication(stream, group, kind, bytes));
    }
    static StageTask communication(StepStream stream, GroupKind group, Collective kind, std::int64_t bytes) {
        StageTask task{.bytes = bytes, .kind = Kind::collective, .stream = stream};
        task.collective = kind;
        task.group = group;
        return task;
    }
    void send(StepStream stream, std::int8_t peer) {
        add({.bytes = pipeline_bytes(step_), .kind = Kind::send, .stream = stream, .peer = peer}, {chain_});
    }
    std::uint32_t receive(StepStream stream, std::int8_t peer) {
        return add({.bytes = pipeline_bytes(step_), .kind = Kind::receive, .stream = stream, .peer = peer}, {});
    }

    /// The next of the chain waits for it, too.
    void wait_for(std::uint32_t task) {
        if (task != kNoTask) awaited_.push_back(task);
    }
    void in_chain(const StageTask& task) {
        if (chain_ != kNoTask && program_.tasks[chain_].stream != task.stream) awaited_.push_back(chain_);
        chain_ = add(task, awaited_);
        awaited_.clear();
    }
    std::uint32_t add(const StageTask& task, std::initializer_list<std::uint32_t> after) {
        return add(task, std::vector<std::uint32_t>(after));
    }
    std::uint32_t add(StageTask task, const std::vector<std::uint32_t>& after) {
        task.phase = phase_;
        task.micro_batch = static_cast<std::uint32_t>(micro_batch_);
        task.round = static_cast<std::uint16_t>(round_);
        task.first_dependency = static_cast<std::uint32_t>(program_.dependencies.size());
        for (const std::uint32_t other : after)
            if (other != kNoTask) program_.dependencies.push_back(other);
        task.dependencies = static_cast<std::uint16_t>(program_.dependencies.size() - task.first_dependency);
        program_.tasks.push_back(task);
        return static_cast<std::uint32_t>(program_.tasks.size() - 1);
    }

    const TrainingStep& step_;
    const Parallelism& cut_;
    std::int64_t stage_;
    std::vector<LayerChunk> chunks_;      // by round
    std::vector<std::uint32_t> gathers_;  // by layer: of the bucket that it came with

    StageProgram program_;
    StepPhase phase_ = StepPhase::forward;
    std::int64_t round_ = 0, micro_batch_ = 0;
    std::uint32_t chain_ = kNoTask;       // its last task
    std::vector<std::uint32_t> awaited_;  // by its next, beside the last
    RankParameters bucket_{};
    std::uint32_t before_last_layer_ = kNoTask, last_reduce_ = kNoTask;
};

}  // namespace

StageProgram stage_program(const TrainingStep& step, std::int64_t stage) { return StageBuilder(step, stage).build(); }

}  // namespace lightloom
