#include "tools/lightloom/sweep_outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "scenarios/metrics.hpp"
#include "tools/lightloom/compare_cells.hpp"
#include "tools/lightloom/json.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

constexpr std::size_t kRowsShown = 10, kKeysShown = 6;

struct Tally {
    std::size_t finished = 0, partial = 0, failed = 0, missing = 0;
    std::size_t run() const { return finished + partial + failed; }
};

Tally tally_of(const std::vector<PointOutcome>& outcomes) {
    Tally tally;
    for (const PointOutcome& outcome : outcomes) {
        switch (outcome.status) {
            case PointStatus::finished: ++tally.finished; break;
            case PointStatus::partial: ++tally.partial; break;
            case PointStatus::failed: ++tally.failed; break;
            case PointStatus::missing: ++tally.missing; break;
        }
    }
    return tally;
}

bool has_result(const PointOutcome& outcome) {
    return outcome.status == PointStatus::finished || outcome.status == PointStatus::partial;
}

std::uint64_t whole(std::size_t n) { return n; }

std::string value_of(const Point& point, const std::string& key) {
    const auto found = std::ranges::find(point.settings, key, &Setting::key);
    return found == point.settings.end() ? "" : shown_value(found->value);
}

/// Keys that points set, in their order. @param that_vary  only those of which there are several values
std::vector<std::string> keys_of(const SweepPlan& plan, bool that_vary) {
    std::vector<std::string> keys;
    for (const Point& point : plan.points)
        for (const Setting& setting : point.settings)
            if (std::ranges::find(keys, setting.key) == keys.end()) keys.push_back(setting.key);
    if (!that_vary) return keys;
    std::erase_if(keys, [&](const std::string& key) {
        return std::ranges::all_of(
            plan.points, [&](const Point& point) { return value_of(point, key) == value_of(plan.points[0], key); });
    });
    return keys;
}

std::vector<double> figures_of(const SweepOutcome& outcome, std::size_t row) {
    return measured(ResultReader::open_own(outcome.folder.result(outcome.plan.points[row].name)));
}

// The first rows, for a look: what varies, and the figures that most ask for.
std::string figures_table(const SweepOutcome& outcome) {
    constexpr std::array kShown{"completion", "p99_9_latency", "frames_lost", "worst_margin"};
    std::vector<std::string> keys = keys_of(outcome.plan, true);
    if (keys.size() > kKeysShown) keys.resize(kKeysShown);
    std::vector<std::vector<std::string>> rows{{"point"}};
    rows[0].insert(rows[0].end(), keys.begin(), keys.end());
    rows[0].insert(rows[0].end(), kShown.begin(), kShown.end());
    std::size_t more = 0;
    for (std::size_t i = 0; i < outcome.points.size(); ++i) {
        if (!has_result(outcome.points[i])) continue;
        if (rows.size() > kRowsShown) {
            ++more;
            continue;
        }
        std::vector<std::string>& row = rows.emplace_back();
        row.push_back(outcome.plan.points[i].name);
        for (const std::string& key : keys) row.push_back(value_of(outcome.plan.points[i], key));
        const std::vector<double> figures = figures_of(outcome, i);
        for (const char* name : kShown) {
            const Metric& metric = *metric_named(name);
            row.push_back(value_text(metric, figures[number_of(metric)]));
        }
    }
    if (rows.size() == 1) return "";
    return '\n' + aligned(rows) + (more == 0 ? "" : fmt::format("and {} more: --csv FILE writes all\n", more)) + '\n';
}

}  // namespace

std::string counted(const SweepPlan& plan) {
    std::string text = fmt::format("{} point{}", plan.points.size(), plan.points.size() == 1 ? "" : "s");
    if (plan.excluded > 0) text += fmt::format(", {} excluded by filters", plan.excluded);
    if (plan.repeated > 0) text += fmt::format(", {} like one before", plan.repeated);
    return text;
}

std::string settings_text(const Point& point) {
    std::string text;
    for (const Setting& setting : point.settings) text += fmt::format("  {}={}", setting.key, setting.value);
    return text;
}

std::string plan_json(const SweepPlan& plan, const SweepFolder& folder) {
    std::vector<JsonObject> points;
    for (const Point& point : plan.points) {
        JsonObject settings;
        for (const Setting& setting : point.settings) settings.add(setting.key, setting.value);
        points.push_back(JsonObject()
                             .add("point", point.name)
                             .add("finished", folder.is_finished(point.name))
                             .add("settings", settings));
    }
    JsonObject object;
    object.add("format", "lightloom-sweep-plan").add("format_version", std::int64_t{1});
    object.add("base", plan.base).add("excluded", whole(plan.excluded)).add("repeated", whole(plan.repeated));
    return object.add("points", points).text() + '\n';
}

std::string outcome_json(const SweepOutcome& outcome) {
    const Tally tally = tally_of(outcome.points);
    std::vector<JsonObject> failures;
    for (std::size_t i = 0; i < outcome.points.size(); ++i) {
        if (outcome.points[i].status != PointStatus::failed) continue;
        const Point& point = outcome.plan.points[i];
        JsonObject settings, failure;
        for (const Setting& setting : point.settings) settings.add(setting.key, setting.value);
        failure.add("point", point.name).add("settings", settings).add("error", outcome.points[i].error);
        failures.push_back(failure.add("log", outcome.folder.log(point.name)));
    }
    JsonObject object;
    object.add("format", "lightloom-sweep").add("format_version", std::int64_t{1});
    object.add("points", whole(outcome.points.size())).add("finished", whole(tally.finished));
    object.add("partial", whole(tally.partial)).add("failed", whole(tally.failed));
    object.add("missing", whole(tally.missing)).add("kept", whole(outcome.kept));
    object.add("strangers", whole(outcome.strangers)).add("excluded", whole(outcome.plan.excluded));
    object.add("repeated", whole(outcome.plan.repeated)).add("failures", failures);
    return object.add("merged", outcome.folder.merged()).text() + '\n';
}

std::string outcome_text(const SweepOutcome& outcome) {
    const Tally tally = tally_of(outcome.points);
    std::string text = fmt::format("{}: {} finished", counted(outcome.plan), tally.finished + tally.partial);
    if (tally.partial > 0) text += fmt::format(" ({} of them stopped by `until` or a deadlock)", tally.partial);
    if (tally.failed > 0) text += fmt::format(", {} failed", tally.failed);
    if (tally.missing > 0) text += fmt::format(", {} missing", tally.missing);
    text += '\n' + figures_table(outcome);
    for (std::size_t i = 0; i < outcome.points.size(); ++i)
        if (outcome.points[i].status == PointStatus::failed) {
            const Point& point = outcome.plan.points[i];
            text += fmt::format("failed    {}{}\n          {}\n          {}\n", point.name, settings_text(point),
                                outcome.points[i].error, outcome.folder.log(point.name));
        }
    if (outcome.kept > 0)
        text +=
            fmt::format("resumed   {} kept, {} run\n", outcome.kept, tally.run() - std::min(outcome.kept, tally.run()));
    if (outcome.strangers > 0)
        text += fmt::format("orphaned  {} result{} in {} of no point of this sweep\n", outcome.strangers,
                            outcome.strangers == 1 ? "" : "s", outcome.folder.file("points"));
    return text + fmt::format("merged    {}\n", outcome.folder.merged());
}

std::string points_csv(const SweepOutcome& outcome) {
    const std::vector<std::string> keys = keys_of(outcome.plan, false);
    std::vector<std::string> cells{"point", "status"};
    cells.insert(cells.end(), keys.begin(), keys.end());
    for (const Metric& metric : metrics()) cells.push_back(column_name(metric));
    std::string text = csv_line(cells);
    for (std::size_t i = 0; i < outcome.points.size(); ++i) {
        if (!has_result(outcome.points[i])) continue;
        const Point& point = outcome.plan.points[i];
        cells = {point.name, outcome.points[i].status == PointStatus::finished ? "finished" : "partial"};
        for (const std::string& key : keys) cells.push_back(value_of(point, key));
        for (const double value : figures_of(outcome, i))
            cells.push_back(std::isnan(value) ? "" : fmt::format("{}", value));
        text += csv_line(cells);
    }
    return text;
}

}  // namespace lightloom
