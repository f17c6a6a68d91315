#include "tools/lightloom/training_figures_text.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::string readable_s(double seconds) { return readable_duration(seconds * 1e12); }

std::string checkpoint_lines(const TrainingFigures& t) {
    const TrainingFigures::Checkpoints& c = t.checkpoints;
    std::string text;
    if (c.read_ps > 0)
        text += fmt::format("  restart: {} read in {}\n", readable_bytes(c.read_bytes), readable_ps(c.read_ps));
    if (c.begin_ps.empty()) return text;
    std::int64_t longest = 0;
    for (std::size_t i = 0; i < c.begin_ps.size(); ++i) longest = std::max(longest, c.end_ps[i] - c.begin_ps[i]);
    text += fmt::format("  {} checkpoint{} of {}, each written in {} at most", c.begin_ps.size(),
                        c.begin_ps.size() == 1 ? "" : "s", readable_bytes(c.bytes), readable_ps(longest));
    if (c.clean_step_ps == 0) return text + "; no step met none\n";
    text += fmt::format("; a step with one takes {}, without {}\n  effective training time {:.2f} %, {} lost to each",
                        readable_ps(c.slowed_step_ps), readable_ps(c.clean_step_ps), 100.0 * c.effective_share,
                        readable_s(c.lost_s));
    if (c.daly_s == 0.0) return text + "\n";
    return text +
           fmt::format(": with an interruption every {} write one every {} (Young), {} (Daly), {} steps\n",
                       readable_s(c.interruption_s), readable_s(c.young_s), readable_s(c.daly_s),
                       readable_count(std::max<std::int64_t>(
                           static_cast<std::int64_t>(c.daly_s * 1e12 / static_cast<double>(c.clean_step_ps)), 1)));
}

JsonObject checkpoint_object(const TrainingFigures::Checkpoints& c) {
    JsonObject object;
    object.add("count", static_cast<std::int64_t>(c.begin_ps.size())).add("bytes", c.bytes);
    object.add("read_bytes", c.read_bytes).add("read_ps", c.read_ps);
    object.add("clean_step_ps", c.clean_step_ps).add("slowed_step_ps", c.slowed_step_ps);
    object.add("effective_share", c.effective_share).add("lost_s", c.lost_s);
    object.add("interruption_s", c.interruption_s).add("young_s", c.young_s).add("daly_s", c.daly_s);
    std::vector<JsonObject> bursts;
    for (std::size_t i = 0; i < c.begin_ps.size(); ++i)
        bursts.push_back(JsonObject().add("begin_ps", c.begin_ps[i]).add("end_ps", c.end_ps[i]));
    return object.add("bursts", bursts);
}

std::string slowest_step(const TrainingFigures& t) {
    if (t.step.duration_ps.size() < 2) return "";
    return fmt::format(" (the slowest of {}: {})", t.step.duration_ps.size(),
                       readable_ps(*std::ranges::max_element(t.step.duration_ps)));
}

}  // namespace

std::string training_lines(const TrainingFigures& t) {
    if (t.steps == 0) return "";
    return fmt::format(
               "  a step takes {}{}, {:.1f} % of it computation at the busiest stage; {} tokens/s per GPU, MFU {:.1f} "
               "%\n",
               readable_ps(t.step_ps), slowest_step(t), percent(t.computing_ps, t.step_ps),
               readable_count(static_cast<std::int64_t>(t.tokens_per_gpu_second)), 100.0 * t.flops_utilisation) +
           fmt::format("  straggler ratio {:.4f} (computation of the slowest rank / median rank)\n",
                       t.straggler_ratio) +
           exposed_lines(t) + checkpoint_lines(t);
}

JsonObject wait_object(const TrainingFigures::Exposed& exposed, std::size_t row) {
    return JsonObject()
        .add("wait", name_of(static_cast<Wait>(exposed.wait[row])))
        .add("mean_ps", exposed.mean_ps[row])
        .add("worst_ps", exposed.worst_ps[row])
        .add("worst_endpoint", std::int64_t{exposed.worst[row]});
}

JsonObject training_object(const TrainingFigures& t) {
    JsonObject training;
    training.add("steps", t.steps).add("step_ps", t.step_ps).add("computing_ps", t.computing_ps);
    training.add("tokens_per_gpu_second", t.tokens_per_gpu_second).add("flops_utilisation", t.flops_utilisation);
    training.add("straggler_ratio", t.straggler_ratio);
    std::vector<JsonObject> exposed;
    for (std::size_t i = 0; i < t.exposed.wait.size(); ++i) exposed.push_back(wait_object(t.exposed, i));
    training.add("exposed", exposed);
    if (!t.checkpoints.begin_ps.empty() || t.checkpoints.read_ps > 0)
        training.add("checkpoints", checkpoint_object(t.checkpoints));
    return training;
}

}  // namespace lightloom
