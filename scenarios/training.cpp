#include "scenarios/training.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/time.hpp"
#include "models/workload/training/run_metrics.hpp"
#include "models/workload/training/step.hpp"
#include "scenarios/checkpoint_figures.hpp"
#include "scenarios/fabric.hpp"

namespace lightloom {
namespace {

std::int64_t ranks_per_replica(const Scenario::Training& t) { return t.tensor * t.context * t.pipeline; }

constexpr double kLongestComputing = 30.0 * 86'400;  // s, which leaves room for stages that compute more, and waits

// A GPU's share of a step's operations, at the stated efficiency.
double least_seconds(const TrainingStep& step) {
    return training_flops(step.model, step.sequence) * static_cast<double>(step.tokens()) /
           (static_cast<double>(step.parallelism.ranks()) * step.peak_flops() * step.efficiency);
}

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
    step.element_bytes.dispatch = t.dispatch == Precision::fp8 ? 1 : 2;
    return step;
}

bool reckons_in_server(const Scenario& scenario) {
    const bool is_known = TrainingCatalogue::built_in().gpu(scenario.training.gpu)->link_bytes_per_s > 0.0;
    const InServer usual =
        scenario.scale_up_network.kind == ScaleUpKind::none && is_known ? InServer::formula : InServer::packets;
    return scenario.training.in_server.value_or(usual) == InServer::formula;
}

std::int64_t training_gpus(const Scenario& scenario) {
    const FabricShape shape = shape_of(scenario);
    return std::max<std::int64_t>(shape.endpoints() - storing_endpoints(scenario.checkpoint, shape.gpus_per_server), 0);
}

namespace {

CheckpointPlan plan_of(const ScenarioCheckpoint& c, const Topology& topology, std::int64_t first_store) {
    const auto bytes_per_s = [](BitRate rate) { return static_cast<double>(rate.bits_per_second) / 8.0; };
    CheckpointPlan plan{.every = static_cast<std::uint32_t>(c.every),
                        .asynchronous = c.mode == CheckpointMode::asynchronous,
                        .one_replica = c.writers == CheckpointWriters::one_replica,
                        .restart = c.restart,
                        .front_end_bytes_per_s = bytes_per_s(c.front_end_rate),
                        .store_bytes_per_s = bytes_per_s(c.store_rate),
                        .copy_bytes_per_s = bytes_per_s(c.copy_rate)};
    for (auto i = static_cast<std::size_t>(first_store); i < topology.endpoints.size(); ++i)
        plan.stores.push_back(EndpointId{i});
    return plan;
}

}  // namespace

Traffic training_traffic(const Scenario& scenario, const Topology& topology, Ranks gpus) {
    const std::int64_t first_store = training_gpus(scenario);
    std::erase_if(gpus, [&](EndpointId at) { return at.value >= first_store; });
    const auto training = static_cast<std::int64_t>(gpus.size());
    return training_traffic(training_step(scenario.training, training), gpus,
                            static_cast<std::uint32_t>(scenario.workload.iterations),
                            job_options(scenario, topology, training));
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
    if (t.routing == ExpertRouting::drawn && training_step(t, gpus).model.experts > 0)
        options.experts = {.skew = t.expert_skew, .servers_of_token = static_cast<std::uint32_t>(t.expert_nodes)};
    options.checkpoints = plan_of(scenario.checkpoint, topology, training_gpus(scenario));
    options.seed = scenario.seeds.traffic;
    return options;
}

namespace {

// Which GPUs of the catalogue do, of a precision that the step's does not know.
std::string gpus_that_compute(TrainingStep step) {
    std::vector<std::string> able;
    for (const GpuRow& gpu : TrainingCatalogue::built_in().gpus()) {
        step.gpu = gpu;
        if (step.peak_flops() > 0.0) able.push_back(gpu.id);
    }
    return fmt::format("{} do", fmt::join(able, ", "));
}

Contradiction of_step(Mistake mistake, const TrainingStep& step) {
    std::string hint = "lightloom explain --keys lists what [training] takes";
    if (mistake.parameter == "precision") hint = gpus_that_compute(step);
    // Copies of the model are as many as there are GPUs for.
    const std::string key = mistake.parameter == "data" ? "workload.kind" : "training." + mistake.parameter;
    return {key, std::move(mistake.message), std::move(hint)};
}

}  // namespace

std::vector<Contradiction> training_mistakes(const Scenario::Training& t, std::int64_t gpus, std::int64_t steps) {
    std::vector<Contradiction> found;
    const auto complain = [&](const char* key, std::string message, std::string hint) {
        found.push_back({fmt::format("training.{}", key), std::move(message), std::move(hint)});
    };
    const TrainingCatalogue& catalogue = TrainingCatalogue::built_in();
    if (t.in_server == InServer::formula && catalogue.gpu(t.gpu)->link_bytes_per_s == 0.0)
        complain("in_server", fmt::format("the catalogue does not say what the links of {} give in a server", t.gpu),
                 "\"packets\", with scale_up.kind = \"nvlink\"");
    if (t.stragglers.count > 0 && t.stragglers.share > 0.0)
        complain("stragglers.share", "stragglers are counted twice, by count and by share", "one of the two");
    if (t.stragglers.count > gpus)
        complain("stragglers.count", fmt::format("{} stragglers among {} GPUs", t.stragglers.count, gpus),
                 fmt::format("at most {}", gpus));
    if (const std::int64_t replica = ranks_per_replica(t); gpus % replica != 0)
        complain(gpus % t.tensor != 0                 ? "tensor"
                 : gpus % (t.tensor * t.context) != 0 ? "context"
                                                      : "pipeline",
                 fmt::format("{} GPUs are no multiple of tensor x context x pipeline = {}", gpus, replica),
                 "what is left of the GPUs holds copies of the model (data parallel)");
    const ModelRow& model = *catalogue.model(t.model);
    if (t.routing == ExpertRouting::drawn && model.experts == 0)
        complain("routing", fmt::format("{} has no experts to draw", t.model), "it is dense");
    if (t.routing == ExpertRouting::even && (t.expert_skew > 0.0 || t.expert_nodes > 0))
        complain(t.expert_skew > 0.0 ? "expert_skew" : "expert_nodes", "experts are loaded evenly",
                 "it needs routing = \"drawn\"");
    if (!found.empty()) return found;
    const TrainingStep step = training_step(t, gpus);
    for (Mistake& mistake : mistakes(step)) found.push_back(of_step(std::move(mistake), step));
    if (!found.empty()) return found;
    if (least_seconds(step) * t.stragglers.slowdown * static_cast<double>(steps) > kLongestComputing)
        found.push_back(
            {"workload.iterations", "computing alone would take more than 30 days", "simulated time ends after 106"});
    // At worst each server of the group has one rank of it.
    if (t.expert_nodes > 0 && t.expert_nodes * (model.experts / t.expert) < model.top_k)
        complain("expert_nodes",
                 fmt::format("{} servers may have fewer than the {} experts of a token", t.expert_nodes, model.top_k),
                 "more of them, or fewer GPUs in training.expert");
    return found;
}

double flops_utilisation(const Scenario::Training& t, std::int64_t gpus, Duration step_time) {
    const TrainingStep step = training_step(t, gpus);
    return flops_utilisation(training_flops(step.model, step.sequence), static_cast<double>(step.tokens()),
                             step.parallelism.ranks(), step.peak_flops(), step_time.seconds());
}

RunResult::Training training_result(const Scenario& scenario, const Fabric& fabric) {
    const TrainingStep step = training_step(scenario.training, training_gpus(scenario));
    RunResult::Training figures;
    figures.steps = scenario.workload.iterations;
    figures.computing_ps = computing_ps(step);
    add_measured(figures, fabric);
    figures.step_ps = figures.step.end_ps.back() / figures.steps;
    const double seconds = Time{figures.step.end_ps.back()}.seconds() / static_cast<double>(figures.steps);
    const auto tokens = static_cast<double>(step.tokens());
    const std::int64_t gpus = step.parallelism.ranks();
    figures.tokens_per_gpu_second = tokens_per_gpu_second(tokens, gpus, seconds);
    figures.flops_utilisation =
        flops_utilisation(training_flops(step.model, step.sequence), tokens, gpus, step.peak_flops(), seconds);
    add_checkpoints(figures, fabric, scenario, step);
    return figures;
}

}  // namespace lightloom
