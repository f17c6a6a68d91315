// A comparison as one JSON object. Part of compare_text.hpp.
#include <cmath>

#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/json.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kFormatVersion = 1;

JsonObject values_object(const std::vector<double>& values) {
    JsonObject object;
    for (const Metric& metric : metrics())
        if (const double value = values[number_of(metric)]; !std::isnan(value)) object.add(metric.name, value);
    return object;
}

JsonObject run_object(const Measured& run) {
    return JsonObject()
        .add("plant_seed", run.plant_seed)
        .add("traffic_seed", run.traffic_seed)
        .add("faults_seed", run.faults_seed)
        .add("digest", run.digest)
        .add("complete", run.is_complete)
        .add("values", values_object(run.values));
}

JsonObject design_object(const ComparisonReport& report, std::size_t d) {
    const Comparison& comparison = report.comparison;
    const Design& design = comparison.designs[d];
    std::vector<double> ratios = report.values[d];
    for (std::size_t m = 0; m < ratios.size(); ++m) ratios[m] /= report.values[comparison.baseline][m];
    std::vector<JsonObject> runs;
    for (const Measured& run : design.runs) runs.push_back(run_object(run));
    JsonObject object;
    object.add("name", design.name).add("source", design.source).add("title", design.title);
    object.add("values", values_object(report.values[d]));
    JsonObject of_baseline;
    for (const Metric& metric : metrics())
        if (const double ratio = ratios[number_of(metric)]; std::isfinite(ratio) && metric.unit != MetricUnit::decibel)
            of_baseline.add(metric.name, ratio);
    object.add("ratios", of_baseline).add("runs", runs);
    if (!report.front.empty()) object.add("on_pareto_front", static_cast<bool>(report.front[d]));
    JsonObject differences;
    for (const Metric& metric : metrics()) {
        const auto lead = paired_lead(comparison, metric, d, comparison.baseline);
        if (!lead || d == comparison.baseline) continue;
        differences.add(metric.name,
                        JsonObject().add("mean", lead->mean).add("low", lead->low).add("high", lead->high));
    }
    return object.add("paired_differences", differences);
}

JsonObject assumed_object(const Comparison& comparison, const AssumedOutcome& assumed) {
    JsonObject object;
    object.add("draws", std::uint64_t{assumed.draws}).add("winner_stays", std::uint64_t{assumed.stays});
    object.add("ties", std::uint64_t{assumed.ties});
    object.add("figures", std::uint64_t{assumed.figures});
    object.add("none", std::uint64_t{assumed.none});
    if (assumed.instead) object.add("instead", comparison.designs[*assumed.instead].name);
    if (assumed.flip)
        object.add("figure_to_obtain", JsonObject()
                                           .add("name", assumed.flip->figure)
                                           .add("level", level_text(assumed.flip->level))
                                           .add("draws", std::uint64_t{assumed.flip->draws})
                                           .add("lost", std::uint64_t{assumed.flip->lost}));
    return object;
}

}  // namespace

std::string comparison_json(const ComparisonReport& report) {
    const Comparison& comparison = report.comparison;
    JsonObject object;
    object.add("format", "lightloom-comparison").add("format_version", kFormatVersion);
    object.add("baseline", comparison.designs[comparison.baseline].name);
    object.add("objective", comparison.objective->name);
    std::vector<std::string> ranking;
    for (const std::size_t d : report.order) ranking.push_back(comparison.designs[d].name);
    object.add("ranking", ranking);
    JsonObject units;
    for (const Metric& metric : metrics()) units.add(metric.name, unit_text(metric));
    object.add("units", units);
    std::vector<JsonObject> designs, gates;
    for (std::size_t d = 0; d < comparison.designs.size(); ++d) designs.push_back(design_object(report, d));
    for (const GateOutcome& gate : report.gates)
        gates.push_back(gate_json(gate).add("design", comparison.designs[gate.design].name));
    std::vector<std::string> names_of_unfinished;
    for (const std::size_t d : unfinished(comparison)) names_of_unfinished.push_back(comparison.designs[d].name);
    object.add("designs", designs).add("gates", gates).add("unfinished", names_of_unfinished);
    if (report.assumed) object.add("assumptions", assumed_object(comparison, *report.assumed));
    return object.add("verdict", verdict_text(report)).text() + '\n';
}

}  // namespace lightloom
