// Parameters, operations and bytes of a step, checkpoints and measures of a run. Oracles: figures that papers print or
// that follow from what they print; each test says which.
#include <gtest/gtest.h>

#include "models/workload/training/demand.hpp"
#include "models/workload/training/run_metrics.hpp"

namespace lightloom {
namespace {

TrainingStep step(const char* model, const Parallelism& cut) {
    TrainingStep step{.parallelism = cut};
    step.model = *TrainingCatalogue::built_in().model(model);
    step.gpu = *TrainingCatalogue::built_in().gpu("h100");
    step.sequence = step.model.sequence;
    return step;
}

const TrainingStep kGpt3 = step("gpt3-175b", {.tensor = 8, .data = 512, .pipeline = 8});
const TrainingStep k70b = step("llama3-70b", {.tensor = 8, .data = 32, .pipeline = 4});
const TrainingStep k405b = step("llama3-405b", {.tensor = 8, .data = 128, .pipeline = 16, .micro_batches = 16});

double relative(double value, double expected) { return value / expected - 1.0; }

TEST(Demand, ActivationsOfAMicroBatch) {
    EXPECT_EQ(tensor_bytes(kGpt3), 50'331'648);  // as SimAI's workload of GPT-3 has it
    EXPECT_EQ(tensor_bytes(k70b), 134'217'728);
    EXPECT_EQ(tensor_bytes(k405b), 268'435'456);
    EXPECT_EQ(pipeline_bytes(kGpt3), 6'291'456);  // Alibaba HPN prints 6 MB
    EXPECT_EQ(pipeline_bytes(k70b), 16'777'216);
    EXPECT_EQ(pipeline_bytes(k405b), 33'554'432);
    TrainingStep whole = k70b;
    whole.parallelism.sequence_parallel = false;
    EXPECT_EQ(pipeline_bytes(whole), 134'217'728);
    whole.micro_batch = 3;
    EXPECT_EQ(tensor_bytes(whole), 3 * 134'217'728);
}

TEST(Demand, ContextParallelRanksGatherKeysAndValues) {
    TrainingStep llama = k405b;
    llama.sequence = 131'072;
    llama.parallelism = {.tensor = 8, .context = 16, .data = 4, .pipeline = 16};
    EXPECT_EQ(context_bytes(llama), 2 * 131'072 * 128 * 2);  // one of eight KV heads at each tensor parallel rank
    EXPECT_EQ(tensor_bytes(llama), 131'072 / 16 * 16'384 * 2);
    llama.parallelism.tensor = 16;
    EXPECT_EQ(context_bytes(llama), 2 * 131'072 * 128 * 2);  // each held by two
    TrainingStep latent = step("deepseek-v3", {.context = 2});
    EXPECT_EQ(context_bytes(latent), 4096 * (512 + 64) * 2);
}

TEST(Demand, TokensGoToExpertsInFewerBytesThanTheyComeBack) {
    TrainingStep deepseek = step("deepseek-v3", {.data = 128, .pipeline = 16, .expert = 64});
    deepseek.element_bytes.dispatch = 1;
    EXPECT_EQ(dispatch_bytes(deepseek), 4096 * 57'344);  // 234.9 MB
    EXPECT_EQ(combine_bytes(deepseek), 4096 * 114'688);  // 469.8 MB
    TrainingStep mixtral = step("mixtral-8x7b", {.data = 8, .expert = 8});
    mixtral.sequence = 4096;
    EXPECT_EQ(dispatch_bytes(mixtral), 67'108'864);
    EXPECT_EQ(combine_bytes(mixtral), 67'108'864);
}

double mean_parameters(const TrainingStep& step) {
    double sum = 0.0;
    for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage)
        sum += static_cast<double>(stage_parameters(step, stage).dense);
    return sum / static_cast<double>(step.parallelism.pipeline);
}

TEST(Demand, ParametersOfARankAreItsShare) {
    EXPECT_NEAR(relative(mean_parameters(k405b), 3.171e9), 0.0, 5e-4);
    EXPECT_NEAR(relative(mean_parameters(k70b), 4.41e9 / 2), 0.0, 5e-4);
    // The last stage has a copy of the embedding for the head: an 8 x 8th of 0.6176e9 more
    EXPECT_NEAR(relative(mean_parameters(kGpt3), 2.728e9 + 0.6176e9 / 64), 0.0, 5e-4);
    // Ring all-reduce of GPT-3's bf16 gradients over 512: 10.89 GB sent by each rank
    EXPECT_NEAR(relative(2.0 * 511 / 512 * 2 * (mean_parameters(kGpt3) - 0.6176e9 / 64), 10.89e9), 0.0, 5e-4);
    // Llama 3 405B: gradients are scattered in fp32, parameters gathered in bf16: 18.9 GB
    EXPECT_NEAR(relative(127.0 / 128 * (4 + 2) * mean_parameters(k405b), 18.9e9), 0.0, 2e-3);
}

TEST(Demand, TheFirstAndTheLastStageOfLlamaHaveALayerLess) {
    EXPECT_EQ(layer_chunk(k405b, 0, 0).layers, 7);  // arXiv 2407.21783, section 3.3.2
    EXPECT_EQ(layer_chunk(k405b, 15, 0).layers, 7);
    std::int64_t next = 0;
    for (std::int64_t stage = 0; stage < 16; ++stage) {
        const LayerChunk chunk = layer_chunk(k405b, stage, 0);
        EXPECT_EQ(chunk.first_layer, next);
        EXPECT_TRUE(stage % 15 == 0 || chunk.layers == 8);
        EXPECT_EQ(chunk.has_embedding, stage == 0);
        EXPECT_EQ(chunk.has_head, stage == 15);
        next += chunk.layers;
    }
    EXPECT_EQ(next, 126);
}

TEST(Demand, ExpertsAreCountedApart) {
    const TrainingStep deepseek = step("deepseek-v3", {.data = 64, .expert = 64});
    const RankParameters dense = layer_parameters(deepseek, 2), sparse = layer_parameters(deepseek, 3);
    EXPECT_EQ(dense.expert, 0);
    EXPECT_EQ(sparse.expert, 4 * 3 * 7168 * 2048);
    EXPECT_EQ(sparse.dense, attention_parameters(deepseek.model) + 256 * 7168 + 3 * 7168 * 2048);
    const RankParameters all = stage_parameters(deepseek, 0);
    EXPECT_EQ(all.dense + 64 * all.expert, parameters(deepseek.model));
}

TEST(Demand, ShardingSavesMemory) {
    TrainingStep small = step("llama3-8b", {.data = 8});
    const std::int64_t count = parameters(small.model);
    const auto bytes = [&](Sharding sharding) {
        small.parallelism.sharding = sharding;
        return state_bytes(small, 0);
    };
    EXPECT_EQ(bytes(Sharding::none), 18 * count);
    EXPECT_EQ(bytes(Sharding::optimizer), 6 * count + 12 * count / 8);
    EXPECT_EQ(bytes(Sharding::gradients), 2 * count + 16 * count / 8);
    EXPECT_EQ(bytes(Sharding::parameters), 18 * count / 8);
}

TEST(Demand, OperationsOfALayerOf70B) {
    const ModelRow& model = k70b.model;
    const double projections = 2.0 * static_cast<double>(attention_parameters(model));
    EXPECT_NEAR(relative(projections + feed_forward_flops(model, 0), 1.711e9), 0.0, 5e-4);
    EXPECT_NEAR(attention_flops(model, 8192) - projections, 2.0 * 8192 * 8192, 1.0);  // 0.134e9
    const double layer = attention_flops(model, 8192) + feed_forward_flops(model, 0);
    EXPECT_NEAR(layer * 8192 / 8 / 500e12, 3.78e-3, 0.005e-3);
}

TEST(Demand, SixOperationsPerParameterAndToken) {
    for (const char* id : {"llama3-8b", "llama3-70b", "llama3-405b", "gpt3-175b", "mixtral-8x7b", "deepseek-v3"}) {
        const ModelRow& model = *TrainingCatalogue::built_in().model(id);
        const std::int64_t looked_up = model.tied ? 0 : embedding_parameters(model);  // no operations
        const double six_n = 6.0 * static_cast<double>(active_parameters(model) - looked_up);
        EXPECT_NEAR(relative(training_flops(model, 0), six_n), 0.0, 1e-12) << id;
        const auto widths = static_cast<double>(model.heads * (2 * model.head_dim + model.rope_dim));
        const double attention = 3.0 * static_cast<double>(model.layers * 4096) * widths;
        EXPECT_NEAR(relative(training_flops(model, 4096), six_n + attention), 0.0, 1e-12) << id;
    }
}

TEST(Demand, WhatCannotBeIsSaid) {
    EXPECT_TRUE(mistakes(k405b).empty());
    const auto said = [](auto change, const char* what) {
        TrainingStep step = k405b;
        change(step);
        const auto found = mistakes(step);
        EXPECT_TRUE(found.size() == 1 && found[0].message.find(what) != std::string::npos) << what;
    };
    said([](TrainingStep& s) { s.sequence = 0; }, "from 1 to");
    said([](TrainingStep& s) { s.sequence = 8191; }, "8191 tokens cannot be cut into 8");
    said([](TrainingStep& s) { s.parallelism.tensor = 3, s.sequence = 8190; }, "128 heads");
    said([](TrainingStep& s) { s.parallelism.pipeline = 127; }, "126 layers are fewer than 127 stages");
    said([](TrainingStep& s) { s.parallelism.expert = 8; }, "is dense");
    said([](TrainingStep& s) { s.precision = Precision::fp4; }, "h100 does not compute");
    said([](TrainingStep& s) { s.efficiency = 0.0; }, "efficiency");
    said([](TrainingStep& s) { s.bucket_parameters = 0; }, "bucket_parameters");
    said(
        [](TrainingStep& s) {
            s.schedule = PipelineSchedule::gpipe;
            s.parallelism.virtual_stages = 2;
        },
        "gpipe has no virtual stages");
}

TEST(RunMetrics, UtilisationAsLlamaReportsIt) {
    const double tokens = 16.0 * (1 << 20), six_n = 6.0 * static_cast<double>(parameters(k405b.model));
    EXPECT_EQ(static_cast<double>(k405b.tokens()), tokens);
    const double seconds = six_n * tokens / (16'384 * 400e12);
    EXPECT_NEAR(seconds, 6.23, 0.005);
    EXPECT_NEAR(flops_utilisation(six_n, tokens, 16'384, k405b.peak_flops(), seconds), 400.0 / 989, 1e-12);
    EXPECT_NEAR(tokens_per_gpu_second(tokens, 16'384, seconds), 400e12 / six_n, 1e-9);
}

TEST(RunMetrics, CheckpointsByTheirParameters) {
    EXPECT_NEAR(checkpoint_bytes(parameters(k405b.model)), 5.68e12, 0.005e12);
    EXPECT_NEAR(checkpoint_bytes(parameters(kGpt3.model)), 2.44e12, 0.005e12);
    EXPECT_NEAR(checkpoint_bytes(parameters(k70b.model)), 0.99e12, 0.005e12);
    EXPECT_NEAR(checkpoint_bytes(parameters(k405b.model)) / 16'384, 347e6, 0.5e6);
}

TEST(RunMetrics, IntervalsOfYoungAndDaly) {
    const struct {
        double write_s, mtti_s, young_s, daly_s;
    } golden[] = {
        {30, 11'124, 817.0, 797.1}, {60, 6480, 881.8, 842.3}, {10, 810, 127.3, 120.7}, {300, 11'124, 2583.5, 2387.4}};
    for (const auto& row : golden) {
        EXPECT_NEAR(young_interval(row.write_s, row.mtti_s), row.young_s, 0.05);
        EXPECT_NEAR(daly_interval(row.write_s, row.mtti_s), row.daly_s, 0.05);
    }
    const auto waste = [](double write_s, double mtti_s) {
        return checkpoint_waste(write_s, mtti_s, young_interval(write_s, mtti_s));
    };
    EXPECT_NEAR(waste(30, 11'124), 0.0734, 5e-5);
    EXPECT_NEAR(waste(10, 810), 0.157, 5e-4);
    EXPECT_NEAR(waste(300, 11'124), 0.232, 5e-4);
    EXPECT_EQ(daly_interval(200, 100), 100);
}

}  // namespace
}  // namespace lightloom
