// Programs of pipeline stages, played one task at a time with messages and collectives that take no time. Oracles: the
// bubble of each schedule (Narayanan et al. 2021), operations and bytes as the formulas of demand.hpp add up.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "models/workload/training/step.hpp"

namespace lightloom {
namespace {

using Kind = StageTask::Kind;

/// When everything is over if communication is free. Tells of tasks that never start, and of a send and a receive that
/// meet and do not belong together.
class Play {
public:
    explicit Play(const std::vector<StageProgram>& programs) : programs_(programs), stages_(programs.size()) {
        for (std::size_t s = 0; s < programs.size(); ++s) {
            stages_[s].ends.assign(programs[s].tasks.size(), -1);
            for (std::uint32_t n = 0; n < programs[s].tasks.size(); ++n)
                stages_[s].queues[static_cast<std::size_t>(programs[s].tasks[n].stream)].push_back(n);
        }
        for (bool moved = true; moved;) {
            moved = false;
            for (std::size_t s = 0; s < programs.size(); ++s)
                for (std::size_t stream = 0; stream < kStepStreams; ++stream)
                    while (try_next(s, stream)) moved = true;
        }
        std::size_t all = 0;
        for (const StageProgram& program : programs) all += program.tasks.size();
        EXPECT_EQ(done_, all) << "the rest waits for ever";
    }
    std::int64_t end() const { return end_; }

private:
    struct Stage {
        std::vector<std::int64_t> ends;  // by task; -1: not yet
        std::array<std::vector<std::uint32_t>, kStepStreams> queues;
        std::array<std::size_t, kStepStreams> done{};
        std::array<std::int64_t, kStepStreams> free{};
    };

    bool try_next(std::size_t s, std::size_t stream) {
        Stage& stage = stages_[s];
        if (stage.done[stream] == stage.queues[stream].size()) return false;
        const std::uint32_t number = stage.queues[stream][stage.done[stream]];
        const StageTask& task = programs_[s].tasks[number];
        std::int64_t start = stage.free[stream];
        for (const std::uint32_t other : programs_[s].dependencies_of(task)) {
            EXPECT_LT(other, number);
            if (stage.ends[other] < 0) return false;
            start = std::max(start, stage.ends[other]);
        }
        if (task.kind == Kind::receive) {
            const std::int64_t sent = end_of_send(s, stage.done[stream], task);
            if (sent < 0) return false;
            start = std::max(start, sent);
        }
        stage.ends[number] = stage.free[stream] = start + task.duration_ps;
        end_ = std::max(end_, stage.ends[number]);
        ++stage.done[stream];
        ++done_;
        return true;
    }

    std::int64_t end_of_send(std::size_t s, std::size_t ordinal, const StageTask& receive) const {
        const auto stages = static_cast<std::int64_t>(programs_.size());
        const auto from = static_cast<std::size_t>((static_cast<std::int64_t>(s) + receive.peer + stages) % stages);
        const bool forward = receive.stream == StepStream::receive_forward;
        const auto stream = static_cast<std::size_t>(forward ? StepStream::send_forward : StepStream::send_backward);
        if (ordinal >= stages_[from].queues[stream].size()) return -1;
        const std::uint32_t number = stages_[from].queues[stream][ordinal];
        const StageTask& send = programs_[from].tasks[number];
        EXPECT_EQ(send.peer, -receive.peer);
        EXPECT_EQ(send.bytes, receive.bytes);
        EXPECT_EQ(send.micro_batch, receive.micro_batch);
        const auto chunk = [&](std::size_t stage, const StageTask& t) {
            return t.round * stages + static_cast<std::int64_t>(stage);
        };
        EXPECT_EQ(chunk(s, receive) - chunk(from, send), forward ? 1 : -1);
        return stages_[from].ends[number];
    }

    const std::vector<StageProgram>& programs_;
    std::vector<Stage> stages_;
    std::size_t done_ = 0;
    std::int64_t end_ = 0;
};

std::vector<StageProgram> programs(const TrainingStep& step) {
    EXPECT_TRUE(mistakes(step).empty()) << mistakes(step).at(0).message;
    std::vector<StageProgram> all;
    for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage) all.push_back(stage_program(step, stage));
    return all;
}

std::int64_t busy(const StageProgram& program) {
    std::int64_t sum = 0;
    for (const StageTask& task : program.tasks) sum += task.duration_ps;
    return sum;
}

/// Stages that all take equally long: no embedding, no head, and the optimizer takes no time.
TrainingStep even(std::int64_t p, std::int64_t m, std::int64_t v, std::int64_t layers) {
    TrainingStep step{.parallelism = {.pipeline = p, .micro_batches = m, .virtual_stages = v}};
    step.model = {.layers = p * v * layers, .hidden = 1024, .heads = 8, .kv_heads = 8, .head_dim = 128, .ffn = 4096};
    step.gpu = {.bf16_flops = 1e15, .hbm_bytes_per_s = 1e30};
    step.sequence = 1000;
    return step;
}

TEST(StageProgram, TheBubbleIsThatOfTheSchedule) {
    std::mt19937 random(7);
    const auto draw = [&](std::int64_t most) { return 1 + static_cast<std::int64_t>(random() % most); };
    for (int n = 0; n < 120; ++n) {
        const std::int64_t p = draw(8), v = p > 1 && n % 2 == 0 ? draw(4) : 1;
        const std::int64_t m = v > 1 ? p * draw(5) : draw(20);
        TrainingStep step = even(p, m, v, draw(3));
        if (v == 1 && n % 4 == 1) step.schedule = PipelineSchedule::gpipe;
        step.recompute = n % 3 == 0;
        const auto all = programs(step);
        const std::int64_t bubble = Play(all).end() - busy(all[0]);
        // One forward, one backward, and GPipe, whatever the micro-batches; interleaved, whatever the rounds
        EXPECT_EQ(bubble * m * v, (p - 1) * busy(all[0])) << "p " << p << " m " << m << " v " << v;
    }
}

TEST(StageProgram, OneForwardOneBackwardHoldsFewMicroBatches) {
    const auto most_held = [](const TrainingStep& step, std::int64_t stage) {
        std::int64_t held = 0, most = 0;
        for (const StageTask& task : stage_program(step, stage).tasks) {
            held += task.kind == Kind::send && task.phase == StepPhase::forward ? 1 : 0;
            held -= task.kind == Kind::receive && task.phase == StepPhase::backward ? 1 : 0;
            most = std::max(most, held);
        }
        return most;
    };
    TrainingStep step = even(4, 16, 1, 1);
    for (std::int64_t stage = 0; stage < 3; ++stage) EXPECT_EQ(most_held(step, stage), 4 - stage);
    step.schedule = PipelineSchedule::gpipe;
    EXPECT_EQ(most_held(step, 0), 16);
}

TEST(StageProgram, InterleavedStagesRunAsFarAheadAsMegatronLets) {
    const TrainingStep step = even(4, 8, 2, 1);
    for (std::int64_t stage = 0; stage < 4; ++stage) {
        std::int64_t forwards = 0;
        for (const StageTask& task : stage_program(step, stage).tasks) {
            if (task.phase != StepPhase::forward) break;
            forwards += task.duration_ps > 0 ? 1 : 0;
        }
        EXPECT_EQ(forwards, 2 * (2 * (3 - stage) + 4 + 1));  // attention and feed-forward of each
    }
}

TEST(StageProgram, ParametersThatAreDroppedComeOneLayerAhead) {
    TrainingStep step = even(1, 2, 1, 4);
    step.parallelism.data = 8;
    step.parallelism.sharding = Sharding::parameters;
    const StageProgram program = stage_program(step, 0);
    std::vector<std::uint32_t> gathers;
    for (std::uint32_t n = 0; n < program.tasks.size(); ++n)
        if (program.tasks[n].stream == StepStream::gather) gathers.push_back(n);
    ASSERT_EQ(gathers.size(), 2u * 2 * 4);
    const auto last_computed_before = [&](std::uint32_t n) {
        while (program.tasks[--n].kind != Kind::compute) continue;
        return n;
    };
    for (std::size_t k = 2; k < gathers.size(); ++k) {
        const auto awaited = program.dependencies_of(program.tasks[gathers[k]]);
        ASSERT_EQ(awaited.size(), 1u);
        EXPECT_EQ(awaited[0], last_computed_before(gathers[k - 1]));
        const auto users = program.dependencies_of(program.tasks[gathers[k] + 1]);
        EXPECT_NE(std::ranges::find(users, gathers[k]), users.end());
    }
}

/// Any job, cut in any way.
TrainingStep any(std::mt19937& random) {
    const auto draw = [&](std::int64_t most) { return 1 + static_cast<std::int64_t>(random() % most); };
    while (true) {
        Parallelism cut{
            .tensor = std::int64_t{1} << random() % 3, .context = draw(2), .data = draw(3), .pipeline = draw(5)};
        cut.virtual_stages = draw(3);
        cut.micro_batches = draw(12);
        cut.sharding = static_cast<Sharding>(random() % 4);
        cut.sequence_parallel = random() % 2 == 0;
        TrainingStep step{.parallelism = cut};
        step.model = *TrainingCatalogue::built_in().model(random() % 2 == 0 ? "llama3-8b" : "mixtral-8x7b");
        if (step.model.experts > 0) step.parallelism.expert = std::int64_t{1} << random() % 4;
        step.gpu = *TrainingCatalogue::built_in().gpu("h100");
        step.sequence = 4096;
        step.recompute = random() % 2 == 0;
        step.bucket_parameters = std::int64_t{1} << (20 + random() % 12);
        if (mistakes(step).empty()) return step;
    }
}

TEST(StageProgram, EveryTaskRunsHoweverTheJobIsCut) {
    std::mt19937 random(3);
    for (int n = 0; n < 60; ++n) {
        const TrainingStep step = any(random);
        const auto all = programs(step);
        const Play play(all);
        double flops = 0.0;
        for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage)
            for (const StageTask& task : all[static_cast<std::size_t>(stage)].tasks)
                if (task.kind == Kind::compute && task.phase != StepPhase::update)
                    flops += static_cast<double>(task.duration_ps) * 1e-12 * step.peak_flops() * step.efficiency;
        const Parallelism& cut = step.parallelism;
        const double of_all = flops * static_cast<double>(cut.stage_ranks());
        const double layers = forward_flops(step.model, step.sequence) - head_flops(step.model);
        const double again = step.recompute ? layers : 0.0;
        const double expected =
            (training_flops(step.model, step.sequence) + again) * static_cast<double>(step.tokens());
        EXPECT_NEAR(of_all / expected, 1.0, 1e-6);
    }
}

using BytesByKind = std::map<std::pair<GroupKind, Collective>, std::int64_t>;

BytesByKind bytes_of(const StageProgram& program) {
    BytesByKind sums;
    for (const StageTask& task : program.tasks)
        if (task.kind == Kind::collective) sums[{task.group, task.collective}] += task.bytes;
    return sums;
}

TrainingStep llama(std::int64_t micro_batches = 16) {
    TrainingStep step{
        .parallelism = {.tensor = 8, .data = 128, .pipeline = 16, .micro_batches = micro_batches},
    };
    step.model = *TrainingCatalogue::built_in().model("llama3-405b");
    step.gpu = *TrainingCatalogue::built_in().gpu("h100");
    step.sequence = 8192;
    return step;
}

TEST(StageProgram, BytesOfEachGroupAreThoseOfTheFormulas) {
    TrainingStep step = llama();
    const std::int64_t layers = 8, m = 16, own = stage_parameters(step, 5).dense;
    BytesByKind expected{{{GroupKind::tensor, Collective::all_gather}, m * layers * (2 + 2 + 2) * tensor_bytes(step)},
                         {{GroupKind::tensor, Collective::reduce_scatter}, m * layers * (2 + 2) * tensor_bytes(step)},
                         {{GroupKind::data, Collective::all_gather}, own * 2},
                         {{GroupKind::data, Collective::reduce_scatter}, own * 4}};
    EXPECT_EQ(bytes_of(stage_program(step, 5)), expected);

    step.parallelism.sharding = Sharding::none;
    step.parallelism.sequence_parallel = false;
    expected = {{{GroupKind::tensor, Collective::all_reduce}, m * layers * (2 + 2) * tensor_bytes(step)},
                {{GroupKind::data, Collective::all_reduce}, own * 4}};
    EXPECT_EQ(bytes_of(stage_program(step, 5)), expected);

    step.parallelism.sharding = Sharding::parameters;
    step.parallelism.tensor = 1;
    step.parallelism.context = 2;
    const std::int64_t whole = stage_parameters(step, 5).dense;
    expected = {{{GroupKind::context, Collective::all_gather}, m * layers * 2 * context_bytes(step)},
                {{GroupKind::context, Collective::reduce_scatter}, m * layers * context_bytes(step)},
                {{GroupKind::data, Collective::all_gather}, m * 2 * whole * 2},
                {{GroupKind::data, Collective::reduce_scatter}, m * whole * 4}};
    EXPECT_EQ(bytes_of(stage_program(step, 5)), expected);
}

// The head of GPT-3 is its embedding's matrix: in one stage that holds both, its gradients are reduced once.
TEST(StageProgram, ATiedMatrixIsReducedOnce) {
    TrainingStep step = llama(2);
    step.model = *TrainingCatalogue::built_in().model("gpt3-175b");
    step.sequence = 2048;
    ASSERT_TRUE(step.model.tied);
    step.parallelism.pipeline = 1;
    step.parallelism.sharding = Sharding::none;
    const std::int64_t own = stage_parameters(step, 0).dense;
    EXPECT_EQ((bytes_of(stage_program(step, 0))[{GroupKind::data, Collective::all_reduce}]), own * 4);
}

// In stages of their own both hold it, and add their gradients up.
TEST(StageProgram, ATiedMatrixThatTwoStagesHoldIsAddedUp) {
    TrainingStep step = llama(2);
    step.model = *TrainingCatalogue::built_in().model("gpt3-175b");
    step.sequence = 2048;
    const std::int64_t own = embedding_parameters(step.model) / 8 * 4;  // 50,257 x 12,288 are whole eighths
    const std::pair tie{GroupKind::pipeline, Collective::all_reduce};
    for (const std::int64_t stage : {0, 15}) EXPECT_EQ(bytes_of(stage_program(step, stage))[tie], own);
    EXPECT_EQ(bytes_of(stage_program(step, 7)).count(tie), 0u);
    step.model.tied = false;
    EXPECT_EQ(bytes_of(stage_program(step, 0)).count(tie), 0u);
}

TEST(StageProgram, ExpertsAreReachedFourTimesALayer) {
    TrainingStep step{.parallelism = {.data = 128, .pipeline = 16, .expert = 64, .micro_batches = 4}};
    step.model = *TrainingCatalogue::built_in().model("deepseek-v3");
    step.gpu = *TrainingCatalogue::built_in().gpu("h800");
    step.sequence = 4096;
    step.element_bytes.dispatch = 1;
    const RankParameters own = stage_parameters(step, 7);
    const std::int64_t layers = layer_chunk(step, 7, 0).layers;
    EXPECT_EQ(bytes_of(stage_program(step, 7)),
              (BytesByKind{{{GroupKind::expert, Collective::all_to_all}, 4 * layers * 2 * (234'881'024 + 469'762'048)},
                           {{GroupKind::data, Collective::all_gather}, own.dense * 2},
                           {{GroupKind::data, Collective::reduce_scatter}, own.dense * 4},
                           {{GroupKind::expert_data, Collective::all_gather}, own.expert * 2},
                           {{GroupKind::expert_data, Collective::reduce_scatter}, own.expert * 4}}));
}

TEST(StageProgram, AStageSendsOneMessageEachWayPerMicroBatchAndRound) {
    TrainingStep step = llama();
    const auto sent = [&](std::int64_t stage) {
        std::int64_t bytes = 0;
        for (const StageTask& task : stage_program(step, stage).tasks)
            bytes += task.kind == Kind::send ? task.bytes : 0;
        return bytes;
    };
    EXPECT_EQ(sent(5), 16 * 2 * 33'554'432);
    EXPECT_EQ(sent(0), 16 * 33'554'432);
    step.parallelism.virtual_stages = 3;
    EXPECT_EQ(sent(5), std::int64_t{16} * 3 * 2 * 33'554'432);
    EXPECT_EQ(sent(0), std::int64_t{16} * (3 + 2) * 33'554'432);  // the first chunk gets no gradient to pass on
}

TEST(StageProgram, GradientsAreReducedWhileTheLastBackwardGoesOn) {
    const TrainingStep step = llama();
    const StageProgram program = stage_program(step, 5);
    std::vector<std::uint32_t> gathers, reduces;
    for (std::uint32_t n = 0; n < program.tasks.size(); ++n) {
        if (program.tasks[n].stream == StepStream::gather) gathers.push_back(n);
        if (program.tasks[n].stream == StepStream::reduce) reduces.push_back(n);
    }
    ASSERT_EQ(gathers.size(), 8u);  // a layer fills a bucket
    ASSERT_EQ(reduces.size(), 8u);
    for (const std::uint32_t n : gathers) EXPECT_EQ(program.tasks[n].dependencies, 0);
    for (const std::uint32_t n : reduces) {
        EXPECT_EQ(program.tasks[n].micro_batch, 15u);
        EXPECT_EQ(program.tasks[n].phase, StepPhase::backward);
        ASSERT_EQ(program.tasks[n].dependencies, 1);
        EXPECT_EQ(program.dependencies_of(program.tasks[n])[0], n - 1);  // the end of the layer
    }
    const StageTask& update = program.tasks.back();
    EXPECT_EQ(update.phase, StepPhase::update);
    const auto awaited = program.dependencies_of(update);
    EXPECT_NE(std::ranges::find(awaited, reduces.back()), awaited.end());
    // The first layer's computation waits for its parameters, the second layer's not for the third's
    std::vector<std::uint32_t> waiting;
    for (std::uint32_t n = 0; n < program.tasks.size(); ++n)
        for (const std::uint32_t other : program.dependencies_of(program.tasks[n]))
            if (program.tasks[other].stream == StepStream::gather) waiting.push_back(n);
    EXPECT_EQ(waiting.size(), 8u);
    EXPECT_TRUE(std::ranges::is_sorted(waiting));
}

TEST(StageProgram, LlamaTakesAboutAsLongAsItsOperationsSay) {
    TrainingStep step = llama();
    step.efficiency = 400.0 / 989;
    const auto all = programs(step);
    const double ideal = training_flops(step.model, 8192) * static_cast<double>(step.tokens()) / (16'384 * 400e12);
    EXPECT_NEAR(ideal / 6.23, 1.0, 0.05);  // six per parameter and token; attention is 4 % more
    const double end = static_cast<double>(Play(all).end()) * 1e-12;
    EXPECT_GT(end / ideal, 1.0 + 15.0 / 16 - 0.05);  // the bubble of 16 stages and micro-batches, and uneven stages
    EXPECT_LT(end / ideal, 1.0 + 15.0 / 16 + 0.15);
}

TEST(StageProgram, StaysSmall) {
    TrainingStep step = llama(512);
    EXPECT_LT(stage_program(step, 5).tasks.size(), 100'000u);
}

}  // namespace
}  // namespace lightloom
