// The verdict of a comparison, in sentences. Part of compare_text.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <ranges>

#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/compare_text.hpp"
#include "tools/lightloom/gate_text.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kFiguresAhead = 8;

std::string lead_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    const Comparison& comparison = report.comparison;
    const Metric& metric = *comparison.objective;
    const Design &first = comparison.designs[winner], &other = comparison.designs[second];
    const double ours = report.values[winner][number_of(metric)], theirs = report.values[second][number_of(metric)];
    if (ours == theirs)
        return fmt::format("{} and {} are equal by {}: {}; the first named stands first.\n", first.name, other.name,
                           metric.name, value_text(metric, ours));
    std::string text = fmt::format("by {}: {} against {} of {}", metric.name, value_text(metric, ours),
                                   value_text(metric, theirs), other.name);
    if (metric.unit != MetricUnit::decibel && theirs != 0.0)
        text += fmt::format(", {} {}", readable_percent(std::abs(ours - theirs) / std::abs(theirs)),
                            ours < theirs ? "less" : "more");
    const auto lead = paired_lead(comparison, metric, winner, second);
    const auto differ = [&](const Design& design) {
        return std::ranges::max(design.values(metric)) != design.value(metric);
    };
    const bool have_runs = first.runs.size() > 1 || other.runs.size() > 1;
    if (lead)
        text += fmt::format("; over seeds the difference is {}", interval_text(metric, *lead));
    else if (have_runs)
        text += "; not all runs have a partner of the same seeds, so no interval";
    else
        text += "; one run each, so no interval (scenarios: --seeds 10)";
    const bool may_be_chance = lead ? !lead->excludes_zero() : differ(first) || differ(other);
    return may_be_chance ? fmt::format("{} stands first {}: it may be chance.\n", first.name, text)
                         : fmt::format("{} wins {}.\n", first.name, text);
}

// What the draws say of the answer: of the winner, or of there being none.
std::string stays_text(const ComparisonReport& report, const AssumedOutcome& a) {
    const Comparison& comparison = report.comparison;
    const std::string draws = fmt::format("{} draws over {} assumed figure{} that may bear on what is asked", a.draws,
                                          a.figures, a.figures == 1 ? "" : "s");
    std::string text = report.winner() ? fmt::format("{} stays first in {} of {}",
                                                     comparison.designs[*report.winner()].name, a.stays, draws)
                                       : fmt::format("No design meets its requirements in {} of {}", a.stays, draws);
    if (a.ties > 0) text += fmt::format(" (in {} of them with the next as good)", a.ties);
    std::vector<std::string> otherwise;
    if (a.none > 0) otherwise.push_back(fmt::format("in {} no design meets its requirements", a.none));
    if (a.instead) otherwise.push_back(fmt::format("mostly {} is first", comparison.designs[*a.instead].name));
    return otherwise.empty() ? text : fmt::format("{}; else {}", text, fmt::join(otherwise, ", "));
}

std::string assumed_text(const ComparisonReport& report) {
    if (!report.assumed) return "";
    const AssumedOutcome& a = *report.assumed;
    std::string text = a.figures == 0 ? fmt::format("No assumed figure {}bears on what is asked",
                                                    report.undrawn.empty() ? "" : "that was drawn ")
                                      : stays_text(report, a);
    if (a.flip)
        text += fmt::format("; most depends on {}: at its {} value it is otherwise in {} of {} draws", a.flip->figure,
                            level_text(a.flip->level), a.flip->lost, a.flip->draws);
    else if (a.stays < a.draws)
        text += "; no single figure decides that beyond chance";
    text += ".\n";
    if (!report.undrawn.empty())
        text +=
            fmt::format("{} {} not run again, so figures of optics were not drawn there: compare scenarios for that.\n",
                        fmt::join(report.undrawn, ", "),
                        report.undrawn.size() == 1 ? "is a result, which is" : "are results, which are");
    return text;
}

std::string flip_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    const Comparison& comparison = report.comparison;
    std::vector<Ahead> others = ahead(comparison, report.values, second, winner);
    const std::string& name = comparison.designs[second].name;
    if (others.empty()) return fmt::format("By no other figure is {} ahead by {:g} %.\n", name, 100.0 * kWorthTelling);
    const std::size_t more = others.size() - std::min(others.size(), kFiguresAhead);
    others.resize(others.size() - more);
    std::vector<std::string> told;
    for (const Ahead& other : others)
        told.push_back(fmt::format("{} ({})", other.metric->name,
                                   other.metric->unit == MetricUnit::decibel
                                       ? fmt::format("{:+.2f} dB", other.difference)
                                       : readable_percent(other.share)));
    const std::string rest = more == 0 ? "" : fmt::format(" and {} figure{} more", more, more == 1 ? "" : "s");
    return fmt::format("{} would win by {}{}.\n", name, fmt::join(told, ", "), rest);
}

// Of all that are not the winner or the one behind it, those of which something went wrong; the best ranked first.
std::string other_losers_text(const ComparisonReport& report, std::size_t winner, std::optional<std::size_t> second) {
    constexpr std::size_t kTold = 4;
    const Comparison& comparison = report.comparison;
    std::vector<std::size_t> others = report.order;
    for (std::size_t d = 0; d < comparison.designs.size(); ++d)
        if (std::ranges::find(report.order, d) == report.order.end()) others.push_back(d);
    std::vector<std::string> lines;
    for (const std::size_t d : others) {
        if (d == winner || d == second) continue;
        const Design& design = comparison.designs[d];
        const auto wrong = troubles(comparison.designs[winner].symptoms, design.name, design.symptoms);
        if (!wrong.empty()) lines.push_back(fmt::format("Of {}: {}.\n", design.name, fmt::join(wrong, "; ")));
    }
    const std::size_t more = lines.size() - std::min(lines.size(), kTold);
    lines.resize(lines.size() - more);
    if (more > 0)
        lines.push_back(fmt::format("With {} more design{}, too, something goes worse than with {}.\n", more,
                                    more == 1 ? "" : "s", comparison.designs[winner].name));
    return fmt::format("{}", fmt::join(lines, ""));
}

std::string why_text(const ComparisonReport& report, std::size_t winner, std::size_t second) {
    const Comparison& comparison = report.comparison;
    const Design &best = comparison.designs[winner], &other = comparison.designs[second];
    const std::size_t column = number_of(*comparison.objective);
    if (report.values[winner][column] == report.values[second][column]) return "";
    const auto reasons = differences(*comparison.objective, best.name, best.symptoms, other.name, other.symptoms);
    if (reasons.empty()) return "Why: nothing that was measured explains it.\n";
    std::string text;
    for (const std::string& why : reasons) text += fmt::format("Why: {}.\n", why);
    if (best.runs.size() > 1 || other.runs.size() > 1)
        text +=
            "There, loads, queues and counts are means over a design's runs; margins are the least, faults the "
            "worst.\n";
    return text;
}

// Where it is nearest to failing. What one failure does is of the whole fabric, however likely it is.
std::string weakness_text(const ComparisonReport& report, std::size_t winner) {
    const Design& design = report.comparison.designs[winner];
    const auto value = [&](const char* name) { return report.values[winner][number_of(*metric_named(name))]; };
    std::vector<std::string> parts;
    if (const Symptoms::Tier* weakest = weakest_tier(design.symptoms))
        parts.push_back(fmt::format("the cables of tier {} have the least margin, {}", weakest->name,
                                    readable_decibel(*weakest->margin_db)));
    if (const double cut_off = value("worst_failure_cut_off"); cut_off > 0.0)
        parts.push_back(fmt::format("one failure cuts off {:.0f} GPUs at worst", cut_off));
    return parts.empty() ? "" : fmt::format("What breaks first in {}: {}.\n", design.name, fmt::join(parts, "; "));
}

// What the order and the gates take no account of. Two phrases of other work at most: with one key others change, too.
std::string warnings_text(const Comparison& comparison) {
    constexpr std::size_t kPhrases = 2;
    const Design& baseline = comparison.designs[comparison.baseline];
    std::string text;
    for (const Design& design : comparison.designs)
        if (design.program_version != baseline.program_version)
            text += fmt::format("WARNING: {} was made by lightloom {}, {} by {}.\n", design.name,
                                design.program_version, baseline.name, baseline.program_version);
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

std::string miss_text(const GateOutcome& gate) {
    const Metric& metric = *gate.gate.metric;
    if (!gate.holds) return fmt::format("{}: {}", gate.gate.text, missing_text(gate));
    const double miss = miss_of(gate);
    std::string by;
    if (std::isfinite(miss) && metric.unit == MetricUnit::decibel)
        by = fmt::format(" by {:.2f} dB", std::abs(gate.value - gate.bound));
    else if (std::isfinite(miss))
        by = " by " + readable_percent(miss);
    return fmt::format("{}{}: it has {}", gate.gate.text, by, value_text(metric, gate.value));
}

// "it has no completion", or some of its runs have none.
std::string absence_text(const Design& design, const Metric& metric) {
    const std::vector<double> values = design.values(metric);
    const auto absent = std::ranges::count_if(values, [](double value) { return std::isnan(value); });
    if (static_cast<std::size_t>(absent) == values.size()) return fmt::format("it has no {}", metric.name);
    return fmt::format("{} of {} runs have no {}, as that with {}", absent, values.size(), metric.name,
                       seeds_text(design.runs[worst_run(design, metric).run]));
}

/// A design that is out, and what keeps it out.
struct Excluded {
    std::size_t design;
    std::vector<const GateOutcome*> missed;
    double miss = 0.0;  // the greatest share by which it misses; infinite: no number says
};

// The nearest first: what would have to change least.
std::vector<Excluded> excluded(const ComparisonReport& report) {
    std::vector<Excluded> all;
    for (std::size_t d = 0; d < report.comparison.designs.size(); ++d) {
        if (std::ranges::find(report.order, d) != report.order.end()) continue;
        Excluded out{.design = d, .missed = {}};
        const bool is_measured = !std::isnan(report.values[d][number_of(*report.comparison.objective)]);
        if (!is_measured) out.miss = std::numeric_limits<double>::infinity();
        for (const GateOutcome& gate : report.gates) {
            if (gate.design != d || !gate.is_required || !gate.is_red()) continue;
            out.missed.push_back(&gate);
            const double miss = miss_of(gate);
            out.miss = std::isnan(miss) ? std::numeric_limits<double>::infinity() : std::max(out.miss, miss);
        }
        all.push_back(std::move(out));
    }
    std::ranges::stable_sort(all, {}, &Excluded::miss);
    return all;
}

std::string excluded_text(const ComparisonReport& report) {
    constexpr std::size_t kTold = 4;
    const Comparison& comparison = report.comparison;
    const std::size_t column = number_of(*comparison.objective);
    const std::vector<Excluded> all = excluded(report);
    std::string text;
    for (const Excluded& out : all | std::views::take(kTold)) {
        const double value = report.values[out.design][column];
        std::vector<std::string> reasons;
        for (const GateOutcome* gate : out.missed)
            reasons.push_back(
                (gate->state() == GateState::undecided ? "as assumed figures stand it misses " : "it misses ") +
                miss_text(*gate));
        if (std::isnan(value)) reasons.push_back(absence_text(comparison.designs[out.design], *comparison.objective));
        text += fmt::format("{} is out: {}.", comparison.designs[out.design].name, fmt::join(reasons, "; "));
        if (const auto winner = report.winner();
            winner && is_better(*comparison.objective, value, report.values[*winner][column]))
            text += fmt::format(" Without that it would win by {}: {} against {}.", comparison.objective->name,
                                value_text(*comparison.objective, value),
                                value_text(*comparison.objective, report.values[*winner][column]));
        text += '\n';
    }
    if (all.size() > kTold) text += fmt::format("{} more are out.\n", all.size() - kTold);
    return text;
}

// What the winner meets by the middle of assumed figures only.
std::string undecided_text(const ComparisonReport& report) {
    std::string text;
    for (const GateOutcome& gate : report.gates) {
        if (!gate.is_required || report.winner() != gate.design || gate.state() == GateState::green) continue;
        text +=
            fmt::format("Whether {} meets {} {}.\n", report.comparison.designs[gate.design].name, gate.gate.text,
                        gate.state() == GateState::undecided ? "is undecided: that hangs on assumed figures"
                                                             : "hangs on assumed figures: in all draws it does not");
    }
    return text;
}

std::string first_text(const ComparisonReport& report) {
    const Comparison& comparison = report.comparison;
    const Metric& metric = *comparison.objective;
    const auto winner = report.winner();
    if (!winner) return fmt::format("No design has a {} and meets its requirements.\n", metric.name);
    if (report.order.size() == 1)
        return fmt::format("Only {} has a {} and meets its requirements: {}.\n", comparison.designs[*winner].name,
                           metric.name, value_text(metric, report.values[*winner][number_of(metric)])) +
               other_losers_text(report, *winner, std::nullopt);
    const std::size_t second = report.order[1];
    return lead_text(report, *winner, second) + why_text(report, *winner, second) +
           other_losers_text(report, *winner, second);
}

}  // namespace

std::string verdict_text(const ComparisonReport& report) {
    std::string text = warnings_text(report.comparison) + first_text(report) + excluded_text(report) +
                       undecided_text(report) + assumed_text(report);
    if (report.winner()) text += weakness_text(report, *report.winner());
    if (report.order.size() > 1) text += flip_text(report, report.order[0], report.order[1]);
    return text;
}

}  // namespace lightloom
