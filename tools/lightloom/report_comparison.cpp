#include "tools/lightloom/report_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/gate_text.hpp"

namespace lightloom {
namespace {

std::vector<JsonObject> metric_objects(const Values& values) {
    std::vector<JsonObject> rows;
    for (const Metric& metric : metrics()) {
        std::vector<double> row;
        for (const std::vector<double>& of_design : values) row.push_back(of_design[number_of(metric)]);
        if (std::ranges::all_of(row, [](double value) { return std::isnan(value); })) continue;
        rows.push_back(JsonObject()
                           .add("name", metric.name)
                           .add("units", unit_text(metric))
                           .add("better", better_text(metric))
                           .add("meaning", metric.meaning)
                           .add("values", row));
    }
    return rows;
}

void make_unique(std::vector<Design>& designs) {
    for (std::size_t d = 0; d < designs.size(); ++d) {
        const std::string name = designs[d].name;
        const auto is_taken = [&](const std::string& wanted) {
            return std::any_of(designs.begin(), designs.begin() + static_cast<std::ptrdiff_t>(d),
                               [&](const Design& other) { return other.name == wanted; });
        };
        for (int n = 2; is_taken(designs[d].name); ++n) designs[d].name = fmt::format("{} ({})", name, n);
    }
}

}  // namespace

Design design_of(const ResultReader& result) {
    const std::filesystem::path path = result.path();
    return {.name = one_line(path.stem().string()),
            .source = one_line(result.path()),
            .title = one_line(result.attribute("title")),
            .program_version = one_line(result.attribute("program_version")),
            .question = question_of(result),
            .runs = {measured_of(result)},
            .symptoms = symptoms_of(result),
            .work = work_of(result)};
}

std::vector<JsonObject> gate_objects(const std::vector<GateOutcome>& gates) {
    std::vector<JsonObject> objects;
    for (const GateOutcome& gate : gates)
        objects.push_back(JsonObject()
                              .add("design", static_cast<std::int64_t>(gate.design))
                              .add("gate", (gate.is_required ? "" : "fails if ") + gate.gate.text)
                              .add("units", unit_text(*gate.gate.metric))
                              .add("value", gate.value)
                              .add("bound", gate.bound)
                              .add("is_measured", gate.holds.has_value())
                              .add("state", state_text(gate, "red", "undecided")));
    return objects;
}

Comparison comparison_of(std::vector<Design> designs) {
    make_unique(designs);
    Comparison comparison;
    comparison.designs = std::move(designs);
    comparison.objective = metric_named(comparison.designs[comparison.baseline].question.objective);
    return comparison;
}

JsonObject comparison_object(const ComparisonReport& report) {
    const Comparison& comparison = report.comparison;
    std::vector<std::string> names;
    std::vector<std::int64_t> runs;
    for (const Design& design : comparison.designs) {
        names.push_back(design.name);
        runs.push_back(static_cast<std::int64_t>(design.runs.size()));
    }
    return JsonObject()
        .add("objective", comparison.objective->name)
        .add("baseline", static_cast<std::int64_t>(comparison.baseline))
        .add("names", names)
        .add("runs", runs)
        .add("order", std::vector<std::int64_t>(report.order.begin(), report.order.end()))
        .add("metrics", metric_objects(report.values))
        .add("gates", gate_objects(report.gates))
        .add("conclusion", verdict_text(report));
}

}  // namespace lightloom
