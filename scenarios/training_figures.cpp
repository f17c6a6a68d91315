#include "scenarios/training_figures.hpp"

#include <algorithm>

#include "models/network/fabric.hpp"

namespace lightloom {
namespace {

constexpr auto kComputation = static_cast<std::size_t>(Wait::computation);

std::vector<std::uint32_t> ranks_of(const Fabric& fabric, std::uint32_t job) {
    const Traffic& traffic = fabric.traffic();
    std::vector<std::uint32_t> ranks;
    for (std::uint32_t worker = 0; worker < traffic.workers.size(); ++worker)
        if (const Traffic::Worker& row = traffic.workers[worker];
            row.job == job && traffic.programs[row.program].role == Role::rank)
            ranks.push_back(worker);
    return ranks;
}

void add_steps(TrainingFigures& figures, const Fabric& fabric, const std::vector<std::uint32_t>& ranks) {
    std::int64_t before_ps = 0;
    for (std::uint32_t step = 0; step < figures.steps; ++step) {
        std::int64_t end_ps = 0;
        for (const std::uint32_t rank : ranks) end_ps = std::max(end_ps, fabric.iteration_end_ps(rank, step));
        figures.step.end_ps.push_back(end_ps);
        figures.step.duration_ps.push_back(end_ps - before_ps);
        before_ps = end_ps;
    }
}

void add_wait(TrainingFigures& figures, Wait wait, const std::vector<std::int64_t>& of_ranks) {
    const auto worst = std::max_element(of_ranks.begin(), of_ranks.end());
    if (*worst == 0) return;
    std::int64_t sum = 0;
    for (const std::int64_t ps : of_ranks) sum += ps;
    figures.exposed.wait.push_back(static_cast<std::uint8_t>(wait));
    figures.exposed.mean_ps.push_back(sum / static_cast<std::int64_t>(of_ranks.size()));
    figures.exposed.worst_ps.push_back(*worst);
    figures.exposed.worst.push_back(figures.ranks.endpoint[static_cast<std::size_t>(worst - of_ranks.begin())]);
    figures.ranks.wait_ps.push_back(of_ranks);
}

}  // namespace

void TrainingFigures::Exposed::append(const Exposed& other) {
    const auto add = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    add(wait, other.wait);
    add(mean_ps, other.mean_ps);
    add(worst_ps, other.worst_ps);
    add(worst, other.worst);
}

void add_measured(TrainingFigures& figures, const Fabric& fabric, std::uint32_t job) {
    const std::vector<std::uint32_t> ranks = ranks_of(fabric, job);
    add_steps(figures, fabric, ranks);
    if (!fabric.exposure().measures()) return;  // a single GPU, which waits for nobody
    // Who is done with the last step waits for the others as in any step before it, where the next one's message is
    // late: a bubble in a pipeline. So a rank's times add up to the steps'.
    constexpr auto kBubble = static_cast<std::size_t>(Wait::bubble), kOther = static_cast<std::size_t>(Wait::other);
    const bool has_pipeline =
        std::ranges::any_of(ranks, [&](std::uint32_t rank) { return fabric.exposure().of(rank)[kBubble] > 0; });
    const std::size_t rest = has_pipeline ? kBubble : kOther;
    const auto per_step = [&](std::size_t wait) {
        std::vector<std::int64_t> column;
        for (const std::uint32_t rank : ranks) {
            std::int64_t sum = fabric.exposure().of(rank)[wait];
            if (wait == rest)
                sum += figures.step.end_ps.back() -
                       fabric.iteration_end_ps(rank, static_cast<std::uint32_t>(figures.steps - 1));
            column.push_back(sum / figures.steps);
        }
        return column;
    };
    for (const std::uint32_t rank : ranks) figures.ranks.endpoint.push_back(fabric.traffic().workers[rank].at.value);
    figures.ranks.computing_ps = per_step(kComputation);
    for (std::size_t wait = kComputation + 1; wait < kWaits; ++wait)
        add_wait(figures, static_cast<Wait>(wait), per_step(wait));

    std::vector<std::int64_t> computing = figures.ranks.computing_ps;
    std::ranges::sort(computing);
    figures.straggler_ratio =
        static_cast<double>(computing.back()) / static_cast<double>(computing[computing.size() / 2]);
}

}  // namespace lightloom
