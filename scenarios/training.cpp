#include "scenarios/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/time.hpp"
#include "models/workload/training/run_metrics.hpp"
#include "models/workload/training/step.hpp"

namespace lightloom {
namespace {

std::int64_t ranks_per_replica(const Scenario::Training& t) { return t.tensor * t.context * t.pipeline; }

// What the busiest stage computes in a step.
std::int64_t computing_ps(const TrainingStep& step) {
    std::int64_t most = 0;
    for (std::int64_t stage = 0; stage < step.parallelism.pipeline; ++stage) {
        std::int64_t sum = 0;
        for (const StageTask& task : stage_program(step, stage).tasks)
            if (task.kind == StageTask::Kind::compute) sum += task.duration_ps;
        most = std::max(most, sum);
    }
    return most;
}

}  // namespace

TrainingStep training_step(const Scenario::Training& t, std::int64_t gpus) {
    const TrainingCatalogue& catalogue = TrainingCatalogue::built_in();
    TrainingStep step;
    step.model = *catalogue.model(t.model);
    step.gpu = *catalogue.gpu(t.gpu);
    step.parallelism = {.tensor = t.tensor,
                        .context = t.context,
                        .data = std::max<std::int64_t>(gpus / ranks_per_replica(t), 1),
                        .pipeline = t.pipeline,
                        .expert = t.expert,
                        .micro_batches = t.micro_batches,
                        .virtual_stages = t.virtual_stages,
                        .sharding = t.sharding};
    step.sequence = t.sequence == 0 ? step.model.sequence : t.sequence;
    step.micro_batch = t.micro_batch;
    step.schedule = t.schedule;
    step.recompute = t.recompute;
    step.precision = t.precision;
    step.efficiency = t.efficiency;
    return step;
}

bool reckons_in_server(const Scenario& scenario) {
    const bool is_known = TrainingCatalogue::built_in().gpu(scenario.training.gpu)->link_bytes_per_s > 0.0;
    const InServer usual =
        scenario.scale_up_network.kind == ScaleUpKind::none && is_known ? InServer::formula : InServer::packets;
    return scenario.training.in_server.value_or(usual) == InServer::formula;
}

JobOptions job_options(const Scenario& scenario, const Topology& topology, std::int64_t gpus) {
    const Scenario::Training& t = scenario.training;
    JobOptions options;
    for (const Topology::Endpoint& endpoint : topology.endpoints) options.servers.push_back(endpoint.server.value);
    options.in_server_formula = reckons_in_server(scenario);
    options.jitter = t.jitter;
    options.stragglers = t.stragglers.count;
    if (t.stragglers.share > 0.0) options.stragglers = std::llround(t.stragglers.share * static_cast<double>(gpus));
    options.straggler_slowdown = t.stragglers.slowdown;
    options.seed = scenario.seeds.traffic;
    return options;
}

std::vector<std::string> training_mistakes(const Scenario::Training& t, std::int64_t gpus) {
    std::vector<std::string> found;
    if (t.in_server == InServer::formula && TrainingCatalogue::built_in().gpu(t.gpu)->link_bytes_per_s == 0.0)
        found.push_back(fmt::format("the catalogue does not say what the links of {} give in a server", t.gpu));
    if (t.stragglers.count > 0 && t.stragglers.share > 0.0)
        found.emplace_back("stragglers are counted twice, by count and by share");
    if (t.stragglers.count > gpus)
        found.push_back(fmt::format("{} stragglers among {} GPUs", t.stragglers.count, gpus));
    if (const std::int64_t replica = ranks_per_replica(t); gpus % replica != 0)
        found.push_back(fmt::format("{} GPUs are no multiple of tensor x context x pipeline = {}", gpus, replica));
    if (!found.empty()) return found;
    return mistakes(training_step(t, gpus));
}

RunResult::Training training_result(const TrainingStep& step, std::int64_t steps, std::int64_t completion_ps) {
    const double seconds = Time{completion_ps}.seconds() / static_cast<double>(steps);
    const auto tokens = static_cast<double>(step.tokens());
    const std::int64_t gpus = step.parallelism.ranks();
    RunResult::Training figures;
    figures.steps = steps;
    figures.step_ps = completion_ps / steps;
    figures.computing_ps = computing_ps(step);
    figures.tokens_per_gpu_second = tokens_per_gpu_second(tokens, gpus, seconds);
    figures.flops_utilisation =
        flops_utilisation(training_flops(step.model, step.sequence), tokens, gpus, step.peak_flops(), seconds);
    return figures;
}

}  // namespace lightloom
