#include "models/workload/training/demand.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lightloom {
namespace {

constexpr std::int64_t kMostTokens = std::int64_t{1} << 32;  // of a micro-batch
constexpr std::int64_t kOptimizerBytes = 12;                 // per parameter: master copy and two moments in fp32

std::int64_t share(std::int64_t whole, std::int64_t parts) { return (whole + parts - 1) / parts; }

std::int64_t ffn_parameters(const ModelRow& model, std::int64_t width) {
    return (model.gated ? 3 : 2) * model.hidden * width;
}

std::int64_t query_width(const ModelRow& m) { return m.heads * (m.head_dim + m.rope_dim); }

std::int64_t router_parameters(const ModelRow& model) { return model.hidden * model.experts; }

// Tokens whose attention a context parallel rank computes
std::int64_t context_tokens(const TrainingStep& step) {
    return step.micro_batch * step.sequence / step.parallelism.context;
}

}  // namespace

double TrainingStep::peak_flops() const {
    switch (precision) {
        case Precision::bf16: return gpu.bf16_flops;
        case Precision::fp8: return gpu.fp8_flops;
        case Precision::fp4: return gpu.fp4_flops;
    }
    return 0.0;
}

std::vector<Mistake> mistakes(const TrainingStep& step) {
    const Parallelism& p = step.parallelism;
    const ModelRow& model = step.model;
    std::vector<Mistake> found = mistakes(p);
    if (!found.empty()) return found;
    const auto require = [&](bool fine, const char* parameter, const char* what, const auto&... figures) {
        if (!fine) found.push_back({parameter, fmt::format(fmt::runtime(what), figures...)});
    };
    require(step.sequence >= 1 && step.micro_batch >= 1 && step.sequence <= kMostTokens / step.micro_batch,
            "micro_batch", "a micro-batch must have from 1 to {} tokens", kMostTokens);
    const std::int64_t pieces = p.context * (p.sequence_parallel ? p.tensor : 1);
    require(step.sequence % pieces == 0, "sequence", "a sequence of {} tokens cannot be cut into {}", step.sequence,
            pieces);
    require(model.heads % p.tensor == 0, "tensor", "{} heads cannot be shared by {} tensor parallel ranks", model.heads,
            p.tensor);
    require(p.pipeline * p.virtual_stages <= model.layers, "pipeline",
            "{} layers are fewer than {} stages of {} chunks", model.layers, p.pipeline, p.virtual_stages);
    require(p.expert == 1 || model.experts > 0, "expert", "{} is dense: it has no experts to share", model.id);
    require(p.expert == 1 || model.experts % p.expert == 0, "expert", "{} experts cannot be shared by {} ranks",
            model.experts, p.expert);
    require(model.experts == 0 || p.tensor == 1 || p.sequence_parallel, "expert",
            "experts beside tensor parallelism need sequence_parallel");
    require(step.schedule != PipelineSchedule::gpipe || p.virtual_stages == 1, "virtual_stages",
            "gpipe has no virtual stages");
    require(step.peak_flops() > 0.0, "precision", "{} does not compute in this precision", step.gpu.id);
    require(step.efficiency > 0.0 && step.efficiency <= 1.0, "efficiency", "efficiency must be above 0, and 1 at most");
    require(step.bucket_parameters >= 1, "bucket_parameters", "bucket_parameters must be 1 at least");
    return found;
}

std::int64_t attention_parameters(const ModelRow& m) {
    if (m.kv_rank == 0) return 2 * m.hidden * m.heads * m.head_dim + 2 * m.hidden * m.kv_heads * m.head_dim;
    const std::int64_t query = m.hidden * m.q_rank + m.q_rank * query_width(m);
    const std::int64_t key_value = m.hidden * (m.kv_rank + m.rope_dim) + m.kv_rank * m.heads * 2 * m.head_dim;
    return query + key_value + m.heads * m.head_dim * m.hidden;
}

std::int64_t dense_ffn_parameters(const ModelRow& model) { return ffn_parameters(model, model.ffn); }

std::int64_t expert_parameters(const ModelRow& model) { return ffn_parameters(model, model.expert_ffn); }

std::int64_t embedding_parameters(const ModelRow& model) { return model.vocabulary * model.hidden; }

bool has_experts(const ModelRow& model, std::int64_t layer) { return model.experts > 0 && layer >= model.dense_layers; }

namespace {

std::int64_t parameters_with(const ModelRow& model, std::int64_t experts) {
    const std::int64_t sparse = model.experts > 0 ? model.layers - model.dense_layers : 0;
    const std::int64_t mixture = router_parameters(model) + (model.shared_experts + experts) * expert_parameters(model);
    return model.layers * attention_parameters(model) + (model.layers - sparse) * dense_ffn_parameters(model) +
           sparse * mixture + (model.tied ? 1 : 2) * embedding_parameters(model);
}

}  // namespace

std::int64_t parameters(const ModelRow& model) { return parameters_with(model, model.experts); }

std::int64_t active_parameters(const ModelRow& model) { return parameters_with(model, model.top_k); }

LayerChunk layer_chunk(const TrainingStep& step, std::int64_t stage, std::int64_t round) {
    const std::int64_t chunks = step.parallelism.pipeline * step.parallelism.virtual_stages;
    const std::int64_t chunk = round * step.parallelism.pipeline + stage;
    const std::int64_t least = step.model.layers / chunks, rest = step.model.layers % chunks;
    const std::int64_t first_longer = (chunks - rest) / 2;
    const std::int64_t longer_before = std::clamp<std::int64_t>(chunk - first_longer, 0, rest);
    const bool longer = chunk >= first_longer && chunk < first_longer + rest;
    return {.first_layer = chunk * least + longer_before,
            .layers = least + (longer ? 1 : 0),
            .has_embedding = chunk == 0,
            .has_head = chunk == chunks - 1};
}

RankParameters layer_parameters(const TrainingStep& step, std::int64_t layer) {
    const ModelRow& model = step.model;
    const std::int64_t tensor = step.parallelism.tensor;
    RankParameters own{.dense = share(attention_parameters(model), tensor), .expert = 0};
    if (!has_experts(model, layer)) {
        own.dense += share(dense_ffn_parameters(model), tensor);
    } else {  // every rank routes its own tokens
        own.dense += router_parameters(model) + share(model.shared_experts * expert_parameters(model), tensor);
        own.expert = model.experts / step.parallelism.expert * expert_parameters(model);
    }
    return own;
}

RankParameters chunk_parameters(const TrainingStep& step, const LayerChunk& chunk) {
    RankParameters sum;
    for (std::int64_t layer = chunk.first_layer; layer < chunk.first_layer + chunk.layers; ++layer)
        sum += layer_parameters(step, layer);
    const bool own_head = chunk.has_head && !(step.model.tied && chunk.has_embedding);
    const std::int64_t matrices = (chunk.has_embedding ? 1 : 0) + (own_head ? 1 : 0);
    sum.dense += matrices * share(embedding_parameters(step.model), step.parallelism.tensor);
    return sum;
}

RankParameters stage_parameters(const TrainingStep& step, std::int64_t stage) {
    RankParameters sum;
    for (std::int64_t round = 0; round < step.parallelism.virtual_stages; ++round)
        sum += chunk_parameters(step, layer_chunk(step, stage, round));
    return sum;
}

std::int64_t state_bytes(const TrainingStep& step, std::int64_t stage) {
    const RankParameters own = stage_parameters(step, stage);
    const Parallelism& p = step.parallelism;
    const auto of = [&](std::int64_t count, std::int64_t copies) {
        const auto kept = [&](Sharding from, std::int64_t bytes) {
            return share(count, p.sharding >= from ? copies : 1) * bytes;
        };
        return kept(Sharding::parameters, step.element_bytes.parameter) +
               kept(Sharding::gradients, step.element_bytes.gradient) + kept(Sharding::optimizer, kOptimizerBytes);
    };
    return of(own.dense, p.data * p.context) + of(own.expert, p.stage_ranks() / p.expert);
}

double attention_flops(const ModelRow& m, std::int64_t sequence) {
    const auto widths = static_cast<double>(query_width(m) + m.heads * m.head_dim);
    return 2.0 * static_cast<double>(attention_parameters(m)) + static_cast<double>(sequence) * widths;
}

double feed_forward_flops(const ModelRow& model, std::int64_t layer) {
    if (!has_experts(model, layer)) return 2.0 * static_cast<double>(dense_ffn_parameters(model));
    const std::int64_t experts = (model.top_k + model.shared_experts) * expert_parameters(model);
    return 2.0 * static_cast<double>(router_parameters(model) + experts);
}

double head_flops(const ModelRow& model) { return 2.0 * static_cast<double>(embedding_parameters(model)); }

double forward_flops(const ModelRow& model, std::int64_t sequence) {
    double sum = head_flops(model);
    for (std::int64_t layer = 0; layer < model.layers; ++layer)
        sum += attention_flops(model, sequence) + feed_forward_flops(model, layer);
    return sum;
}

double training_flops(const ModelRow& model, std::int64_t sequence) { return 3.0 * forward_flops(model, sequence); }

std::int64_t rank_tokens(const TrainingStep& step) {
    return context_tokens(step) / (step.parallelism.sequence_parallel ? step.parallelism.tensor : 1);
}

std::int64_t tensor_bytes(const TrainingStep& step) {
    return context_tokens(step) * step.model.hidden * step.element_bytes.activation;
}

// Latent attention passes what keys and values are made of; heads that are fewer than the ranks are held by several.
std::int64_t context_bytes(const TrainingStep& step) {
    const ModelRow& m = step.model;
    const std::int64_t width =
        m.kv_rank > 0 ? m.kv_rank + m.rope_dim : 2 * share(m.kv_heads, step.parallelism.tensor) * m.head_dim;
    return step.micro_batch * step.sequence * width * step.element_bytes.activation;
}

std::int64_t pipeline_bytes(const TrainingStep& step) {
    return rank_tokens(step) * step.model.hidden * step.element_bytes.activation;
}

std::int64_t dispatch_bytes(const TrainingStep& step) {
    return rank_tokens(step) * step.model.top_k * step.model.hidden * step.element_bytes.dispatch;
}

std::int64_t combine_bytes(const TrainingStep& step) {
    return rank_tokens(step) * step.model.top_k * step.model.hidden * step.element_bytes.combine;
}

}  // namespace lightloom
