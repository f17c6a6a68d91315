// The tables of models and GPUs. Oracle: the totals that the models' authors publish.
#include <gtest/gtest.h>

#include <set>

#include "models/workload/training/demand.hpp"
#include "models/workload/training/model_catalogue.hpp"

namespace lightloom {
namespace {

const ModelRow& model(const char* id) { return *TrainingCatalogue::built_in().model(id); }

TEST(TrainingCatalogue, EveryRowSaysWhereItIsFrom) {
    const TrainingCatalogue& catalogue = TrainingCatalogue::built_in();
    std::set<std::string> ids;
    for (const ModelRow& row : catalogue.models()) {
        EXPECT_TRUE(ids.insert(row.id).second) << row.id;
        EXPECT_FALSE(row.from.source.empty() || row.from.confidence.empty()) << row.id;
        EXPECT_EQ(catalogue.cells("models", row.id).at(0).second, row.id);
        EXPECT_TRUE(row.kv_rank > 0 || row.heads * row.head_dim == row.hidden) << row.id;
    }
    for (const GpuRow& row : catalogue.gpus()) {
        EXPECT_TRUE(ids.insert(row.id).second) << row.id;
        EXPECT_FALSE(row.from.source.empty() || row.from.confidence.empty()) << row.id;
        EXPECT_TRUE(row.fp8_flops == 0.0 || row.fp8_flops > row.bf16_flops) << row.id;
    }
    EXPECT_EQ(catalogue.gpu("h100")->bf16_flops, 989e12);
    EXPECT_EQ(catalogue.model("abacus"), nullptr);
    EXPECT_TRUE(catalogue.cells("gpus", "abacus").empty());
    EXPECT_THROW(catalogue.ids("abaci"), CatalogueError);
}

TEST(TrainingCatalogue, SizesComeToThePublishedParameters) {
    const struct {
        const char* id;
        double total, active;
    } published[] = {{"llama3-8b", 8.030e9, 8.030e9},    {"llama3-70b", 70.55e9, 70.55e9},
                     {"llama3-405b", 405.8e9, 405.8e9},  {"gpt3-175b", 174.6e9, 174.6e9},
                     {"mixtral-8x7b", 46.70e9, 12.88e9}, {"deepseek-v3", 671.0e9, 37.55e9}};
    for (const auto& row : published) {
        EXPECT_NEAR(static_cast<double>(parameters(model(row.id))) / row.total, 1.0, 5e-4) << row.id;
        EXPECT_NEAR(static_cast<double>(active_parameters(model(row.id))) / row.active, 1.0, 5e-4) << row.id;
    }
    const auto layer = [](const char* id) {
        return static_cast<double>(attention_parameters(model(id)) + dense_ffn_parameters(model(id)));
    };
    EXPECT_NEAR(layer("llama3-8b"), 218.1e6, 0.05e6);
    EXPECT_NEAR(layer("llama3-70b"), 855.6e6, 0.05e6);
    EXPECT_NEAR(layer("llama3-405b"), 3.188e9, 0.0005e9);
    EXPECT_NEAR(layer("gpt3-175b"), 1.812e9, 0.0005e9);
    EXPECT_NEAR(static_cast<double>(attention_parameters(model("deepseek-v3"))), 187.1e6, 0.05e6);
    EXPECT_NEAR(static_cast<double>(expert_parameters(model("deepseek-v3"))), 44.04e6, 0.005e6);
}

TEST(TrainingCatalogue, ATableThatIsWrongIsRefusedByPlace) {
    const CatalogueText& fine = built_in_training_text();
    const auto message = [&](const std::string& table, const std::string& from, const std::string& to) {
        CatalogueText text = fine;
        std::string& rows = text.find(table)->second;
        rows.replace(rows.find(from), from.size(), to);
        try {
            TrainingCatalogue catalogue(text);
        } catch (const CatalogueError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(message("models", "Llama 3 8B,32", "Llama 3 8B,33"), "");
    EXPECT_NE(message("models", "Llama 3 8B,32", "Llama 3 8B,0").find("models.csv:2: layers"), std::string::npos);
    EXPECT_NE(message("models", "32768,8,0,2,", "32768,8,0,9,").find("models.csv:6: top_k"), std::string::npos);
    EXPECT_NE(message("gpus", "SXM 80 GB,312", "SXM 80 GB,").find("gpus.csv:2: bf16_tflops"), std::string::npos);
    EXPECT_THROW(TrainingCatalogue({{"models", fine.find("models")->second}}), CatalogueError);
}

}  // namespace
}  // namespace lightloom
