#include "tools/lightloom/compare_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kDesignsAbreast = 5;  // columns of a table that fits a terminal
constexpr std::size_t kFiguresAhead = 8;

bool was_measured(const Values& values, std::size_t metric) {
    return std::ranges::any_of(values, [=](const auto& of_design) { return !std::isnan(of_design[metric]); });
}

bool is_assumed(const Comparison& comparison, const Metric& metric) {
    const bool of_bill =
        metric.name == "usd_per_gpu" || metric.name == "watt_per_gpu" || metric.name == "energy_per_bit";
    if (!of_bill) return false;
    const bool dollars = metric.unit == MetricUnit::dollar;
    for (const Design& design : comparison.designs)
        for (const BillItem& item : design.runs[0].bill)
            if (dollars ? item.dollars[0] < item.dollars[2] : item.watt[0] < item.watt[2]) return true;
    return false;
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

std::string gates_text(const ComparisonReport& report) {
    std::string text;
    for (const GateOutcome& gate : report.gates)
        text += gate_line(gate, report.comparison.designs[gate.design].name + ": ");
    return text.empty() ? "" : "\ngates\n" + text;
}

std::string lead_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    const Comparison& comparison = report.comparison;
    const Metric& metric = *comparison.objective;
    const double ours = report.values[winner][number_of(metric)], theirs = report.values[second][number_of(metric)];
    std::string text =
        fmt::format("{} wins by {}: {} against {} of {}", comparison.designs[winner].name, metric.name,
                    value_text(metric, ours), value_text(metric, theirs), comparison.designs[second].name);
    if (ours == theirs)
        text =
            fmt::format("{} and {} are equal by {}: {}; the first named stands first", comparison.designs[winner].name,
                        comparison.designs[second].name, metric.name, value_text(metric, ours));
    else if (metric.unit != MetricUnit::decibel && theirs != 0.0)
        text += fmt::format(", {} {}", readable_percent(std::abs(ours - theirs) / std::abs(theirs)),
                            ours < theirs ? "less" : "more");
    const auto lead = paired_lead(comparison, metric, winner, second);
    if (lead && !lead->excludes_zero())
        text += fmt::format("; over seeds the difference is {}: it may be chance", interval_text(metric, *lead));
    else if (lead)
        text += fmt::format("; over seeds the difference is {}", interval_text(metric, *lead));
    else
        text += "; one run each, so no interval (scenarios: --seeds 10)";
    return text + ".\n";
}

std::string flip_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    std::string text;
    const Comparison& comparison = report.comparison;
    if (report.assumed) {
        const AssumedOutcome& a = *report.assumed;
        text = a.figures == 0 ? fmt::format("No assumed figure {}bears on {}",
                                            report.undrawn.empty() ? "" : "that was drawn ", comparison.objective->name)
                              : fmt::format("It wins in {} of {} draws over {} assumed figure{} that may bear on it",
                                            a.stays, a.draws, a.figures, a.figures == 1 ? "" : "s");
        if (a.instead) text += fmt::format(", else mostly {}", comparison.designs[*a.instead].name);
        if (a.flip)
            text += fmt::format("; most depends on {}: at its {} value it loses {} of {} draws", a.flip->figure,
                                level_text(a.flip->level), a.flip->lost, a.flip->draws);
        text += ".\n";
        if (!report.undrawn.empty())
            text += fmt::format(
                "{} {} not run again, so figures of optics were not drawn there: compare scenarios for that.\n",
                fmt::join(report.undrawn, ", "),
                report.undrawn.size() == 1 ? "is a result, which is" : "are results, which are");
    }
    std::vector<Ahead> others = ahead(comparison, report.values, second, winner);
    const std::string& name = comparison.designs[second].name;
    if (others.empty())
        return text + fmt::format("By no other figure is {} ahead by {:g} %.\n", name, 100.0 * kWorthTelling);
    const std::size_t more = others.size() - std::min(others.size(), kFiguresAhead);
    others.resize(others.size() - more);
    std::vector<std::string> told;
    for (const Ahead& other : others)
        told.push_back(fmt::format("{} ({})", other.metric->name,
                                   other.metric->unit == MetricUnit::decibel
                                       ? fmt::format("{:+.2f} dB", other.difference)
                                       : readable_percent(other.share)));
    const std::string rest = more == 0 ? "" : fmt::format(" and {} figure{} more", more, more == 1 ? "" : "s");
    return text + fmt::format("{} would win by {}{}.\n", name, fmt::join(told, ", "), rest);
}

// Of all that are not the winner or the one behind it, those of which something went wrong.
std::string other_losers_text(const ComparisonReport& report, std::size_t winner, std::optional<std::size_t> second) {
    const Comparison& comparison = report.comparison;
    std::string text;
    for (std::size_t d = 0; d < comparison.designs.size(); ++d) {
        if (d == winner || d == second) continue;
        const Design& design = comparison.designs[d];
        for (const std::string& trouble : troubles(comparison.designs[winner].symptoms, design.name, design.symptoms))
            text += fmt::format("Of {}: {}.\n", design.name, trouble);
    }
    return text;
}

std::string why_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    const Comparison& comparison = report.comparison;
    const Design &best = comparison.designs[winner], &other = comparison.designs[second];
    const std::size_t column = number_of(*comparison.objective);
    const auto reasons = differences(*comparison.objective, best.name, best.symptoms, other.name, other.symptoms);
    std::string text;
    for (const std::string& why : reasons) text += fmt::format("Why: {}.\n", why);
    if (reasons.empty() && report.values[winner][column] != report.values[second][column])
        text = "Why: nothing that was measured explains it.\n";
    return text;
}

// Two phrases at most: with one key others change, too.
std::string other_work_text(const Comparison& comparison) {
    constexpr std::size_t kPhrases = 2;
    const Design& baseline = comparison.designs[comparison.baseline];
    std::string text;
    for (const Design& design : comparison.designs) {
        std::vector<std::string> phrases = other_work(design.name, design.work, baseline.name, baseline.work);
        if (phrases.empty()) continue;
        const std::size_t more = phrases.size() - std::min(phrases.size(), kPhrases);
        phrases.resize(phrases.size() - more);
        if (more > 0) phrases.push_back(fmt::format("{} more", more));
        text += fmt::format("WARNING: these designs do different work: {}.\n", fmt::join(phrases, "; "));
    }
    return text;
}

std::string order_text(const ComparisonReport& report) {
    const Comparison& comparison = report.comparison;
    if (report.order.empty())
        return fmt::format("No design has a {} and meets its requirements.\n", comparison.objective->name);
    const std::size_t winner = report.order[0];
    if (report.order.size() == 1)
        return fmt::format("Only {} has a {} and meets its requirements: {}.\n", comparison.designs[winner].name,
                           comparison.objective->name,
                           value_text(*comparison.objective, report.values[winner][number_of(*comparison.objective)])) +
               other_losers_text(report, winner, std::nullopt);
    const std::size_t second = report.order[1];
    return lead_text(report, winner, second) + why_text(report, winner, second) +
           other_losers_text(report, winner, second) + flip_text(report, winner, second);
}

}  // namespace

std::string verdict_text(const ComparisonReport& report) {
    return other_work_text(report.comparison) + order_text(report);
}

std::string comparison_text(const ComparisonReport& report) {
    const std::size_t designs = report.comparison.designs.size();
    std::string text = legend(report.comparison);
    for (std::size_t first = 0; first < designs; first += kDesignsAbreast)
        text += '\n' + table(report, first, std::min(designs, first + kDesignsAbreast));
    return text + pairs_text(report) + gates_text(report) + '\n' + verdict_text(report);
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

std::string metrics_text() {
    std::vector<std::vector<std::string>> rows{{"metric", "unit", "better", "meaning"}};
    for (const Metric& metric : metrics())
        rows.push_back({std::string(metric.name), std::string(unit_text(metric)), std::string(better_text(metric)),
                        std::string(metric.meaning)});
    return aligned(rows);
}

}  // namespace lightloom
