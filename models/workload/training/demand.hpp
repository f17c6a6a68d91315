// What a training step asks for, as formulas: parameters of a model and of a rank, floating-point operations, bytes of
// every collective. Each is a function of the sizes and of how the job is cut; none knows of time or of a fabric.
//
// Bytes of a collective are S as nccl-tests defines it: an all-reduce's buffer, what an all-gather has gathered, what a
// reduce-scatter starts from, what a rank holds for all others and itself before an all-to-all.
// Sources: Narayanan et al., "Efficient large-scale language model training on GPU clusters", 2021 (FLOPs, pipeline);
// Korthikanti et al., "Reducing activation recomputation in large transformer models", 2022 (sequence parallel).
// Not here: in which order (step.hpp), what a checkpoint weighs and how a run is judged (run_metrics.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/workload/training/model_catalogue.hpp"
#include "models/workload/training/parallelism.hpp"

namespace lightloom {

enum class PipelineSchedule : std::uint8_t { one_forward_one_backward, gpipe };
enum class Precision : std::uint8_t { bf16, fp8, fp4 };

/// Bytes per element of what is sent.
struct ElementBytes {
    std::int64_t activation = 2, parameter = 2, gradient = 4;
    std::int64_t dispatch = 2, combine = 2;  // of tokens to experts and back
};

struct TrainingStep {
    ModelRow model{};
    GpuRow gpu{};
    Parallelism parallelism{};
    std::int64_t sequence = 0;     // tokens, s
    std::int64_t micro_batch = 1;  // sequences, b
    ElementBytes element_bytes{};
    PipelineSchedule schedule = PipelineSchedule::one_forward_one_backward;
    bool recompute = false;  // every layer's forward once more, before its backward
    Precision precision = Precision::bf16;
    double efficiency = 0.5;                      // achieved over peak, of a computation by itself
    std::int64_t bucket_parameters = 40'000'000;  // a rank's, at least, per collective of gradients; whole layers

    /// Of the whole job.
    std::int64_t tokens() const { return sequence * micro_batch * parallelism.micro_batches * parallelism.data; }
    double peak_flops() const;  // per second, of one GPU; 0: it does not know the precision
};

/// What cannot be, each in a sentence; empty: fine.
std::vector<Mistake> mistakes(const TrainingStep& step);

// --- Parameters
std::int64_t attention_parameters(const ModelRow& model);  // of a layer
std::int64_t dense_ffn_parameters(const ModelRow& model);  // of a dense layer
std::int64_t expert_parameters(const ModelRow& model);     // of one expert
std::int64_t embedding_parameters(const ModelRow& model);  // one matrix
bool has_experts(const ModelRow& model, std::int64_t layer);
std::int64_t parameters(const ModelRow& model);
std::int64_t active_parameters(const ModelRow& model);  // that a token meets

/// Consecutive layers that a rank computes in one go. Of layers that cannot be shared out equally, the chunks in the
/// middle have one more: the first also holds the embedding, the last the head.
struct LayerChunk {
    std::int64_t first_layer = 0, layers = 0;
    bool has_embedding = false, has_head = false;
};
/// @param round  which of the stage's virtual stages
LayerChunk layer_chunk(const TrainingStep& step, std::int64_t stage, std::int64_t round);

/// Of one rank. Experts are reduced in another group than the rest.
struct RankParameters {
    std::int64_t dense = 0, expert = 0;

    RankParameters& operator+=(const RankParameters& other) {
        dense += other.dense;
        expert += other.expert;
        return *this;
    }
    friend bool operator==(const RankParameters&, const RankParameters&) = default;
};
RankParameters layer_parameters(const TrainingStep& step, std::int64_t layer);
RankParameters chunk_parameters(const TrainingStep& step, const LayerChunk& chunk);
RankParameters stage_parameters(const TrainingStep& step, std::int64_t stage);
/// Parameters, gradients and the optimizer's state (master copy and two moments in fp32), in memory, of one rank.
std::int64_t state_bytes(const TrainingStep& step, std::int64_t stage);

// --- Floating-point operations. Forward; backward is twice that, recomputing once.
/// Of one token in one layer's attention: projections, and QK' and AV over half the sequence, as it is causal.
double attention_flops(const ModelRow& model, std::int64_t sequence);
double feed_forward_flops(const ModelRow& model, std::int64_t layer);
double head_flops(const ModelRow& model);
/// Of one token through the whole model.
double forward_flops(const ModelRow& model, std::int64_t sequence);
/// Of one token, forward and backward, without recomputing: what a model needs, whoever trains it.
double training_flops(const ModelRow& model, std::int64_t sequence);

// --- Bytes, of one collective or message of one micro-batch
std::int64_t rank_tokens(const TrainingStep& step);     // that a rank holds between layers
std::int64_t tensor_bytes(const TrainingStep& step);    // all-gather, reduce-scatter or all-reduce of activations
std::int64_t context_bytes(const TrainingStep& step);   // all-gather of keys and values, reduce-scatter of theirs
std::int64_t pipeline_bytes(const TrainingStep& step);  // to the next stage, or back
std::int64_t dispatch_bytes(const TrainingStep& step);  // all-to-all, tokens to experts
std::int64_t combine_bytes(const TrainingStep& step);   // all-to-all, and back

}  // namespace lightloom
