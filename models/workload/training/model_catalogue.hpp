// What is trained and on what: language models by their sizes, GPUs by what they compute at most, as rows of data. The
// tables are models/workload/training/catalogue/*.csv, each row with its source and how far to trust it, and are built
// into the binary.
// Not here: parameters, FLOPs and bytes that follow from the sizes (demand.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/optics/catalogue.hpp"

namespace lightloom {

/// A decoder-only transformer. Norms, biases and learnt positions are not counted: below 0.1 % of the parameters.
struct ModelRow {
    std::string id{}, name{};
    std::int64_t layers = 0, hidden = 0, heads = 0, kv_heads = 0, head_dim = 0;
    std::int64_t ffn = 0;  // width of a dense layer's feed-forward part
    bool gated = true;     // three matrices there, and two otherwise
    std::int64_t vocabulary = 0;
    bool tied = false;          // the head is the embedding's matrix
    std::int64_t sequence = 0;  // tokens that it is trained with
    // A mixture of experts; experts 0: every layer is dense
    std::int64_t experts = 0, shared_experts = 0, top_k = 0, expert_ffn = 0;
    std::int64_t dense_layers = 0;  // the first layers, that have no experts all the same
    // Latent attention: what queries, and keys with values, are projected to first; kv_rank 0: there is none
    std::int64_t q_rank = 0, kv_rank = 0, rope_dim = 0;
    Provenance from{};
};

struct GpuRow {
    std::string id{}, name{};
    double bf16_flops = 0.0, fp8_flops = 0.0, fp4_flops = 0.0;  // dense peak per second; 0: it has no such units
    double hbm_bytes = 0.0, hbm_bytes_per_s = 0.0;
    double link_bytes_per_s = 0.0;  // one way, that a ring in a server gets of NVLink; 0: not known
    Provenance from{};
};

class TrainingCatalogue {
public:
    /// What ships, read once. A mistake in it aborts the program.
    static const TrainingCatalogue& built_in();
    /// @throws CatalogueError naming table, line and column
    explicit TrainingCatalogue(const CatalogueText& text);

    const std::vector<ModelRow>& models() const { return models_; }
    const std::vector<GpuRow>& gpus() const { return gpus_; }
    const ModelRow* model(std::string_view id) const;  // nullptr: there is no such row
    const GpuRow* gpu(std::string_view id) const;
    static std::vector<std::string> tables() { return {"models", "gpus"}; }

    /// The ids of one of the tables, in order. @throws CatalogueError: there is no such table
    std::vector<std::string> ids(std::string_view table) const;
    /// A row's cells as they stand in the table, to show. Empty if there is no such row.
    std::vector<std::pair<std::string, std::string>> cells(std::string_view table, std::string_view id) const;

private:
    std::vector<ModelRow> models_;
    std::vector<GpuRow> gpus_;
    CatalogueText text_;
};

/// The tables as text, as they ship.
const CatalogueText& built_in_training_text();

}  // namespace lightloom
