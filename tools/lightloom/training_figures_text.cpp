#include "tools/lightloom/training_figures_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "models/workload/exposure.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

std::string readable_ps(std::int64_t ps) { return readable_duration(static_cast<double>(ps)); }

double percent(std::int64_t part, std::int64_t whole) {
    return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string exposed_lines(const TrainingFigures& t) {
    if (t.exposed.wait.empty()) return "";
    std::string text = fmt::format("  {:<16}{:>14}{:>9}{:>14}{:>9}\n", "ranks wait for", "mean rank", "", "worst", "");
    for (std::size_t i = 0; i < t.exposed.wait.size(); ++i)
        text +=
            fmt::format("    {:<14}{:>14}{:>7.1f} %{:>14}{:>7.1f} %\n", name_of(static_cast<Wait>(t.exposed.wait[i])),
                        readable_ps(t.exposed.mean_ps[i]), percent(t.exposed.mean_ps[i], t.step_ps),
                        readable_ps(t.exposed.worst_ps[i]), percent(t.exposed.worst_ps[i], t.step_ps));
    return text;
}

}  // namespace

std::string training_lines(const TrainingFigures& t) {
    if (t.steps == 0) return "";
    return fmt::format("  a step takes {}, {:.1f} % of it computation; {} tokens/s per GPU, MFU {:.1f} %\n",
                       readable_ps(t.step_ps), percent(t.computing_ps, t.step_ps),
                       readable_count(static_cast<std::int64_t>(t.tokens_per_gpu_second)),
                       100.0 * t.flops_utilisation) +
           fmt::format("  straggler ratio {:.4f} (computation of the slowest rank / median rank)\n",
                       t.straggler_ratio) +
           exposed_lines(t);
}

JsonObject training_object(const TrainingFigures& t) {
    JsonObject training;
    training.add("steps", t.steps).add("step_ps", t.step_ps).add("computing_ps", t.computing_ps);
    training.add("tokens_per_gpu_second", t.tokens_per_gpu_second).add("flops_utilisation", t.flops_utilisation);
    training.add("straggler_ratio", t.straggler_ratio);
    std::vector<JsonObject> exposed;
    for (std::size_t i = 0; i < t.exposed.wait.size(); ++i)
        exposed.push_back(JsonObject()
                              .add("wait", name_of(static_cast<Wait>(t.exposed.wait[i])))
                              .add("mean_ps", t.exposed.mean_ps[i])
                              .add("worst_ps", t.exposed.worst_ps[i])
                              .add("worst_endpoint", static_cast<std::int64_t>(t.exposed.worst[i])));
    return training.add("exposed", exposed);
}

}  // namespace lightloom
