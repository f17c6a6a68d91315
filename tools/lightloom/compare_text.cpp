#include "tools/lightloom/compare_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kDesignsAbreast = 5;  // columns of a table that fits a terminal

bool was_measured(const Values& values, std::size_t metric) {
    return std::ranges::any_of(values, [=](const auto& of_design) { return !std::isnan(of_design[metric]); });
}

bool is_assumed(const Comparison& comparison, const Metric& metric) {
    return std::ranges::any_of(comparison.designs, [&](const Design& design) {
        return !bill_deviation(metric, design.runs, 0.0, {}).most.empty();
    });
}

// The designs from `first` on, side by side.
std::string table(const ComparisonReport& report, std::size_t first, std::size_t last) {
    const Comparison& comparison = report.comparison;
    std::vector<std::vector<std::string>> rows{{""}};
    for (std::size_t d = first; d < last; ++d) rows[0].push_back(comparison.designs[d].name);
    for (const Metric& metric : metrics()) {
        const std::size_t m = number_of(metric);
        if (!was_measured(report.values, m)) continue;
        rows.push_back({std::string(metric.name) + (is_assumed(comparison, metric) ? " ASSUMED" : "")});
        for (std::size_t d = first; d < last; ++d)
            rows.back().push_back(d == comparison.baseline
                                      ? value_text(metric, report.values[d][m])
                                      : cell_text(metric, report.values[d][m], report.values[comparison.baseline][m]));
    }
    const auto add_row = [&](const char* name, const auto& text_of) {
        rows.push_back({name});
        for (std::size_t d = first; d < last; ++d) rows.back().push_back(text_of(d));
    };
    add_row("rank", [&](std::size_t d) {
        const auto at = std::ranges::find(report.order, d);
        return at == report.order.end() ? std::string("out") : std::to_string(at - report.order.begin() + 1);
    });
    if (!report.front.empty())
        add_row("Pareto front", [&](std::size_t d) { return std::string(report.front[d] ? "yes" : "no"); });
    return aligned(rows);
}

std::string legend(const Comparison& comparison) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t d = 0; d < comparison.designs.size(); ++d) {
        const Design& design = comparison.designs[d];
        const std::size_t runs = design.runs.size();
        const bool complete = std::ranges::all_of(design.runs, &Measured::is_complete);
        rows.push_back(
            {design.name + (d == comparison.baseline ? " (baseline)" : ""), design.title,
             fmt::format("{}{}", runs == 1 ? "" : fmt::format("{} runs", runs), complete ? "" : " NOT COMPLETE")});
    }
    return aligned(rows);
}

std::string pairs_text(const ComparisonReport& report) {
    const Comparison& comparison = report.comparison;
    std::string text;
    std::vector<const Metric*> told{comparison.objective};
    if (const Metric* tail = metric_named("p99_9_latency"); tail != told[0]) told.push_back(tail);
    for (const Metric* metric : told)
        for (std::size_t d = 0; d < comparison.designs.size(); ++d) {
            if (d == comparison.baseline) continue;
            const auto lead = paired_lead(comparison, *metric, d, comparison.baseline);
            if (lead)
                text += fmt::format("{:<16}{} minus {}: {}\n", metric->name, comparison.designs[d].name,
                                    comparison.designs[comparison.baseline].name, interval_text(*metric, *lead));
        }
    return text.empty() ? "" : "\npaired differences over seeds, 95 % (Student's t)\n" + text;
}

// The run to look at is named by its seeds.
std::string spread_text(const ComparisonReport& report) {
    const Metric& metric = *report.comparison.objective;
    std::vector<std::vector<std::string>> rows;
    for (const Design& design : report.comparison.designs) {
        if (design.runs.size() < 2) continue;
        const WorstRun worst = worst_run(design, metric);
        std::vector<double> values = design.values(metric);
        std::erase_if(values, [](double value) { return std::isnan(value); });
        if (values.empty()) continue;
        const auto [least, most] = std::ranges::minmax(values);
        const std::string with = seeds_text(design.runs[worst.run]);
        rows.push_back({design.name, fmt::format("{} to {}", value_text(metric, least), value_text(metric, most)),
                        std::isnan(worst.value) ? "none with " + with
                        : least == most         ? ""
                                                : "worst with " + with});
    }
    return rows.empty() ? "" : fmt::format("\n{} over seeds\n", metric.name) + aligned(rows);
}

std::string gates_text(const ComparisonReport& report) {
    std::string text;
    for (const GateOutcome& gate : report.gates)
        text += gate_line(gate, report.comparison.designs[gate.design].name + ": ");
    for (const std::size_t d : unfinished(report.comparison))
        text += fmt::format("RED   {}: is not complete, as the baseline is: gates judge what it did until it ended\n",
                            report.comparison.designs[d].name);
    return text.empty() ? "" : "\ngates\n" + text;
}

}  // namespace

ComparisonReport judged(const Comparison& comparison) {
    ComparisonReport report{
        .comparison = comparison, .values = means(comparison), .gates = {}, .order = {}, .front = {}, .assumed = {}};
    report.gates = gate_outcomes(comparison, report.values);
    add_evidence(comparison, report.gates);
    report.order = ranked(comparison, report.values, report.gates);
    report.front = front_of(comparison, report.values);
    return report;
}

void take_draws(ComparisonReport& report, AssumedOutcome outcome) {
    for (std::size_t gate = 0; gate < report.gates.size(); ++gate) {
        if (!outcome.red.at(gate)) continue;
        report.gates[gate].draws = outcome.draws;
        report.gates[gate].red_draws = *outcome.red[gate];
    }
    report.assumed = std::move(outcome);
}

std::vector<std::size_t> unfinished(const Comparison& comparison) {
    const auto is_complete = [](const Design& design) {
        return std::ranges::all_of(design.runs, &Measured::is_complete);
    };
    std::vector<std::size_t> designs;
    for (std::size_t d = 0; d < comparison.designs.size(); ++d)
        if (is_complete(comparison.designs[comparison.baseline]) && !is_complete(comparison.designs[d]))
            designs.push_back(d);
    return designs;
}

bool fails(const ComparisonReport& report) {
    return std::ranges::any_of(report.gates, &GateOutcome::fails) || !unfinished(report.comparison).empty();
}

std::string comparison_text(const ComparisonReport& report) {
    const std::size_t designs = report.comparison.designs.size();
    std::string text = legend(report.comparison);
    for (std::size_t first = 0; first < designs; first += kDesignsAbreast)
        text += '\n' + table(report, first, std::min(designs, first + kDesignsAbreast));
    return text + pairs_text(report) + spread_text(report) + gates_text(report) + '\n' + verdict_text(report);
}

std::string comparison_csv(const ComparisonReport& report) {
    std::vector<std::string> cells{"design", "source", "title", "runs", "complete", "rank"};
    for (const Metric& metric : metrics()) cells.push_back(column_name(metric));
    std::string text = csv_line(cells);
    for (std::size_t d = 0; d < report.comparison.designs.size(); ++d) {
        const Design& design = report.comparison.designs[d];
        const auto at = std::ranges::find(report.order, d);
        cells = {design.name,
                 design.source,
                 design.title,
                 std::to_string(design.runs.size()),
                 std::ranges::all_of(design.runs, &Measured::is_complete) ? "yes" : "no",
                 at == report.order.end() ? "" : std::to_string(at - report.order.begin() + 1)};
        for (const double value : report.values[d]) cells.push_back(std::isnan(value) ? "" : fmt::format("{}", value));
        text += csv_line(cells);
    }
    return text;
}

}  // namespace lightloom
