#include "tools/lightloom/training_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "models/workload/training/demand.hpp"
#include "tools/lightloom/catalog_text.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

using Words = std::vector<std::string>;

std::vector<Words> model_list() {
    std::vector<Words> rows{{"id", "name", "parameters", "active", "layers", "hidden", "heads", "kv heads", "ffn",
                             "vocabulary", "sequence", "experts", "confidence"}};
    const auto billions = [](std::int64_t n) { return fmt::format("{:.4g}B", static_cast<double>(n) / 1e9); };
    for (const ModelRow& row : TrainingCatalogue::built_in().models())
        rows.push_back({row.id, row.name, billions(parameters(row)), billions(active_parameters(row)),
                        fmt::format("{}", row.layers), fmt::format("{}", row.hidden), fmt::format("{}", row.heads),
                        fmt::format("{}", row.kv_heads), fmt::format("{}", row.ffn), fmt::format("{}", row.vocabulary),
                        fmt::format("{}", row.sequence),
                        row.experts == 0 ? "" : fmt::format("{} of {}", row.top_k, row.experts), row.from.confidence});
    return rows;
}

std::vector<Words> gpu_list() {
    std::vector<Words> rows{
        {"id", "name", "bf16 TFLOP/s", "fp8 TFLOP/s", "fp4 TFLOP/s", "HBM GB", "HBM GB/s", "confidence"}};
    const auto scaled = [](double value, double unit) { return value > 0.0 ? fmt::format("{:g}", value / unit) : ""; };
    for (const GpuRow& row : TrainingCatalogue::built_in().gpus())
        rows.push_back({row.id, row.name, scaled(row.bf16_flops, 1e12), scaled(row.fp8_flops, 1e12),
                        scaled(row.fp4_flops, 1e12), scaled(row.hbm_bytes, 1e9), scaled(row.hbm_bytes_per_s, 1e9),
                        row.from.confidence});
    return rows;
}

}  // namespace

std::string training_text(const std::string& table) { return aligned(table == "models" ? model_list() : gpu_list()); }

JsonObject training_json(const std::string& table) {
    const TrainingCatalogue& catalogue = TrainingCatalogue::built_in();
    std::vector<JsonObject> rows;
    for (const std::string& id : catalogue.ids(table)) rows.push_back(cells_json(catalogue.cells(table, id)));
    return catalog_object().add("table", table).add("rows", rows);
}

std::string training_row_text(const std::string& table, const std::string& id) {
    std::string text = fmt::format("{} ({})\n", id, table);
    for (const auto& [column, cell] : TrainingCatalogue::built_in().cells(table, id))
        if (!cell.empty() && column != "id") text += fmt::format("  {:<14}  {}\n", column, cell);
    return text;
}

JsonObject training_row_json(const std::string& table, const std::string& id) {
    std::vector<JsonObject> rows{cells_json(TrainingCatalogue::built_in().cells(table, id)).add("table", table)};
    return catalog_object().add("rows", rows);
}

}  // namespace lightloom
