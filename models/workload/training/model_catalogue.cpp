#include "models/workload/training/model_catalogue.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "models/optics/catalogue_table.hpp"

namespace lightloom {
namespace {

constexpr int kMost = 10'000'000;  // of any size of a model: beyond it, a figure is a slip

ModelRow read_model(const CatalogueRow& cells) {
    ModelRow row;
    row.id = cells.text("id");
    row.name = cells.some_text("name");
    row.layers = cells.count("layers", 1, 10'000);
    row.hidden = cells.count("hidden", 1, kMost);
    row.heads = cells.count("heads", 1, kMost);
    row.kv_heads = cells.count("kv_heads", 1, static_cast<int>(row.heads));
    row.head_dim = cells.count("head_dim", 1, kMost);
    row.ffn = cells.count("ffn", 1, kMost);
    row.gated = cells.flag("gated");
    row.vocabulary = cells.count("vocabulary", 1, kMost);
    row.tied = cells.flag("tied");
    row.sequence = cells.count("sequence", 1, kMost);
    row.experts = cells.count("experts", 0, 100'000);
    row.shared_experts = cells.count("shared_experts", 0, row.experts > 0 ? 1000 : 0);
    row.top_k = cells.count("top_k", row.experts > 0 ? 1 : 0, static_cast<int>(row.experts));
    row.expert_ffn = cells.count("expert_ffn", row.experts > 0 ? 1 : 0, row.experts > 0 ? kMost : 0);
    row.dense_layers = cells.count("dense_layers", 0, row.experts > 0 ? static_cast<int>(row.layers) : 0);
    row.kv_rank = cells.count("kv_rank", 0, kMost);
    row.q_rank = cells.count("q_rank", row.kv_rank > 0 ? 1 : 0, row.kv_rank > 0 ? kMost : 0);
    row.rope_dim = cells.count("rope_dim", 0, row.kv_rank > 0 ? kMost : 0);
    row.from = {cells.some_text("confidence"), cells.some_text("source"), cells.text("note")};
    return row;
}

GpuRow read_gpu(const CatalogueRow& cells) {
    constexpr CatalogueRow::Range kTera{1.0, 1e6}, kGiga{1.0, 1e6};
    GpuRow row;
    row.id = cells.text("id");
    row.name = cells.some_text("name");
    row.bf16_flops = cells.number("bf16_tflops", kTera) * 1e12;
    row.fp8_flops = cells.number_or("fp8_tflops", kTera, 0.0) * 1e12;
    row.fp4_flops = cells.number_or("fp4_tflops", kTera, 0.0) * 1e12;
    row.hbm_bytes = cells.number("hbm_gb", kGiga) * 1e9;
    row.hbm_bytes_per_s = cells.number("hbm_gb_per_s", kGiga) * 1e9;
    row.link_bytes_per_s = cells.number_or("link_gb_per_s", kGiga, 0.0) * 1e9;
    row.from = {cells.some_text("confidence"), cells.some_text("source"), cells.text("note")};
    return row;
}

const std::string& text_of(const CatalogueText& text, std::string_view table) {
    const auto found = text.find(table);
    if (found == text.end()) throw CatalogueError("catalogue: no table \"" + std::string(table) + '"');
    return found->second;
}

template <class Row>
std::vector<Row> read_rows(const std::string& name, const CatalogueText& text, Row read(const CatalogueRow&)) {
    const CatalogueTable table(name, text_of(text, name));
    const Assumption none;
    std::vector<Row> rows;
    for (const CatalogueTable::Line& line : table.lines()) {
        CatalogueRow::Trace trace;
        rows.push_back(read(CatalogueRow(table, line, none, trace)));
    }
    return rows;
}

template <class Row>
const Row* row_of(const std::vector<Row>& rows, std::string_view id) {
    const auto at = std::ranges::find(rows, id, &Row::id);
    return at == rows.end() ? nullptr : &*at;
}

}  // namespace

const TrainingCatalogue& TrainingCatalogue::built_in() {
    static const TrainingCatalogue catalogue = [] {
        try {
            return TrainingCatalogue(built_in_training_text());
        } catch (const CatalogueError& error) {
            std::fprintf(stderr, "the built-in catalogue is broken: %s\n", error.what());
            std::abort();
        }
    }();
    return catalogue;
}

TrainingCatalogue::TrainingCatalogue(const CatalogueText& text)
    : models_(read_rows("models", text, read_model)), gpus_(read_rows("gpus", text, read_gpu)), text_(text) {}

const ModelRow* TrainingCatalogue::model(std::string_view id) const { return row_of(models_, id); }
const GpuRow* TrainingCatalogue::gpu(std::string_view id) const { return row_of(gpus_, id); }

std::vector<std::string> TrainingCatalogue::ids(std::string_view table) const {
    std::vector<std::string> ids;
    const CatalogueTable lines(std::string(table), text_of(text_, table));
    for (const CatalogueTable::Line& line : lines.lines()) ids.push_back(line.cells[0].text);
    return ids;
}

std::vector<std::pair<std::string, std::string>> TrainingCatalogue::cells(std::string_view table,
                                                                          std::string_view id) const {
    const CatalogueTable lines(std::string(table), text_of(text_, table));
    const CatalogueTable::Line* line = lines.line(id);
    std::vector<std::pair<std::string, std::string>> cells;
    if (line == nullptr) return cells;
    for (std::size_t n = 0; n < lines.columns().size(); ++n)
        cells.emplace_back(lines.columns()[n], line->cells[n].text);
    return cells;
}

}  // namespace lightloom
