#include "tools/lightloom/report_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <set>

#include "models/optics/link_condition.hpp"

namespace lightloom {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostBins = 60;
constexpr std::size_t kWorst = 20;  // of each kind

/// Not of copper, which has no margin; nor what no link can have, which would spoil the bins of all others.
bool has_place(double value) { return std::abs(value) < 1e12; }

struct Bins {
    double start = 0.0, step = 1.0;
    std::size_t count = 1;

    std::size_t of(double value) const {
        const double bin = std::floor((value - start) / step);
        return static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(count - 1)));
    }
};

/// Bins of a round width that hold all values; none if there are no such values.
std::optional<Bins> bins_over(const std::vector<double>& values, std::initializer_list<double> widths) {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (const double value : values) {
        if (!has_place(value)) continue;
        least = std::min(least, value);
        most = std::max(most, value);
    }
    if (least > most) return std::nullopt;
    double step = 0.0;
    for (const double width : widths)
        if (step == 0.0 && (most - least) / width < kMostBins - 1) step = width;
    if (step == 0.0) step = (most - least) / (kMostBins - 1);
    const double first = std::floor(least / step);
    return Bins{first * step, step, static_cast<std::size_t>(std::floor(most / step) - first) + 1};
}

/// A row per tier. @param values  by direction
std::vector<JsonObject> histogram_rows(const ReportedFabric& fabric, const std::vector<double>& values,
                                       const Bins& bins) {
    std::vector<std::vector<std::int64_t>> counts(fabric.tiers.size(), std::vector<std::int64_t>(bins.count));
    std::vector<bool> used(fabric.tiers.size());
    for (std::size_t d = 0; d < values.size(); ++d) {
        if (!has_place(values[d])) continue;
        const auto tier = static_cast<std::size_t>(fabric.tier[d / 2]);
        used[tier] = true;
        ++counts[tier][bins.of(values[d])];
    }
    std::vector<JsonObject> rows;
    for (std::size_t tier = 0; tier < counts.size(); ++tier)
        if (used[tier]) rows.push_back(JsonObject().add("tier", fabric.tiers[tier]).add("count", counts[tier]));
    return rows;
}

JsonObject histogram(const ReportedFabric& fabric, const std::vector<double>& values, const Bins& bins) {
    return JsonObject()
        .add("start", bins.start)
        .add("step", bins.step)
        .add("rows", histogram_rows(fabric, values, bins));
}

void add_histogram(JsonObject& json, const char* name, const ReportedFabric& fabric, const std::vector<double>& values,
                   std::initializer_list<double> widths) {
    if (const auto bins = bins_over(values, widths)) json.add(name, histogram(fabric, values, *bins));
}

/// Margins as built and, where faults lowered any, the least ones during the run in bins that hold both.
void add_margins(JsonObject& json, const ReportedFabric& fabric) {
    std::vector<double> in_run, both = fabric.margin_db;
    std::int64_t degraded = 0, from_start = 0;
    for (std::size_t d = 0; d < fabric.directions(); ++d) {
        in_run.push_back(fabric.margin_in_run(d));
        degraded += fabric.was_degraded(d);
        from_start += fabric.began_degraded(d);
    }
    both.insert(both.end(), in_run.begin(), in_run.end());
    const auto bins = bins_over(both, {0.02, 0.05, 0.1, 0.2, 0.5});
    if (!bins) return;
    JsonObject margin = histogram(fabric, fabric.margin_db, *bins);
    margin.add("from_start", from_start);
    if (!fabric.least_margin_db.empty()) margin.add("degraded", degraded);
    if (degraded > 0) margin.add("in_run", histogram_rows(fabric, in_run, *bins));
    json.add("margin", margin);
}

/// Below this an error ratio is none: it is not seen in the life of a fabric.
constexpr double kLeastErrorRatio = 1e-20;

std::vector<double> logarithms(std::vector<double> ratios) {
    for (double& ratio : ratios)
        if (std::isfinite(ratio)) ratio = std::log10(std::max(ratio, kLeastErrorRatio));
    return ratios;
}

// -- Budgets

struct Budget {
    std::size_t links = 0;  // directions
    std::size_t worst = 0, median = 0;
    double first_percentile_db = 0.0;
};

std::optional<Budget> budget_of(const ReportedFabric& fabric, std::size_t tier) {
    std::vector<std::size_t> rows;
    for (std::size_t d = 0; d < fabric.directions(); ++d)
        if (static_cast<std::size_t>(fabric.tier[d / 2]) == tier && std::isfinite(fabric.margin_db[d]))
            rows.push_back(d);
    if (rows.empty()) return std::nullopt;
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return fabric.margin_db[a] < fabric.margin_db[b]; });
    const auto ranked = [&](double q) {  // nearest rank
        const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(rows.size())));
        return rows[std::max<std::size_t>(rank, 1) - 1];
    };
    return Budget{rows.size(), rows.front(), ranked(0.5), fabric.margin_db[ranked(0.01)]};
}

std::string column_name(Term term) {
    const bool is_level = term == Term::transmitter || term == Term::sensitivity;
    return fmt::format("{}_{}", name_of(term), is_level ? "dbm" : "db");
}

/// The waterfall of each tier's worst link, and its median one beside it. Terms that are nothing in both are absent.
std::vector<JsonObject> budgets(const ResultReader& result, const ReportedFabric& fabric) {
    std::vector<std::pair<std::size_t, Budget>> found;
    for (std::size_t tier = 0; tier < fabric.tiers.size(); ++tier)
        if (const auto budget = budget_of(fabric, tier)) found.emplace_back(tier, *budget);
    std::vector<std::vector<JsonObject>> terms(found.size());
    for (int which = 0; which < kTerms && !found.empty(); ++which) {
        const auto term = static_cast<Term>(which);
        const std::string name = column_name(term);
        const std::vector<double> column = result.column("optics/links/" + name);
        for (std::size_t n = 0; n < found.size(); ++n) {
            const Budget& budget = found[n].second;
            const double worst = column[budget.worst], median = column[budget.median];
            if (worst == 0.0 && median == 0.0 && term != Term::transmitter && term != Term::sensitivity) continue;
            terms[n].push_back(JsonObject()
                                   .add("name", name_of(term))
                                   .add("column", name)
                                   .add("penalty", term >= kFirstPenalty)
                                   .add("worst", worst)
                                   .add("median", median));
        }
    }
    const std::vector<double> received = result.column("optics/links/received_dbm");
    std::vector<JsonObject> list;
    for (std::size_t n = 0; n < found.size(); ++n) {
        const auto& [tier, budget] = found[n];
        list.push_back(JsonObject()
                           .add("tier", fabric.tiers[tier])
                           .add("links", static_cast<std::int64_t>(budget.links))
                           .add("worst_link", static_cast<std::int64_t>(budget.worst))
                           .add("worst_sender", fabric.sender_name(budget.worst))
                           .add("median_link", static_cast<std::int64_t>(budget.median))
                           .add("worst_margin_db", fabric.margin_db[budget.worst])
                           .add("median_margin_db", fabric.margin_db[budget.median])
                           .add("first_percentile_margin_db", budget.first_percentile_db)
                           .add("worst_received_dbm", received[budget.worst])
                           .add("median_received_dbm", received[budget.median])
                           .add("terms", terms[n]));
    }
    return list;
}

// -- The worst links

/// The first rows by `value`, the greatest first; rows of value 0 or NaN are not among them.
void take_worst(std::set<std::size_t>& taken, std::size_t rows, const std::function<double(std::size_t)>& value) {
    std::vector<std::size_t> order;
    for (std::size_t d = 0; d < rows; ++d)
        if (const double v = value(d); std::isfinite(v) && v != 0.0) order.push_back(d);
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(kWorst, order.size()));
    std::partial_sort(order.begin(), middle, order.end(),
                      [&](std::size_t a, std::size_t b) { return value(a) != value(b) ? value(a) > value(b) : a < b; });
    taken.insert(order.begin(), middle);
}

std::vector<JsonObject> worst_links(const ResultReader& result, const ReportedFabric& fabric) {
    const std::size_t rows = fabric.directions();
    std::set<std::size_t> taken;
    take_worst(taken, rows, [&](std::size_t d) { return -fabric.margin_in_run(d); });
    if (fabric.has_ports()) {
        take_worst(taken, rows, [&](std::size_t d) { return fabric.utilisation[d]; });
        for (const auto* column :
             {&fabric.frames_lost, &fabric.frames_dropped, &fabric.deepest_queue_bytes, &fabric.paused_ps})
            take_worst(taken, rows, [&](std::size_t d) { return static_cast<double>((*column)[d]); });
    }
    bool any_degraded = false;
    for (std::size_t d = 0; d < rows; ++d) any_degraded |= fabric.was_degraded(d);
    const std::vector<double> error_ratio = result.column("optics/links/pre_fec_ber");
    std::vector<JsonObject> list;
    for (const std::size_t d : taken) {
        JsonObject row;
        row.add("direction", static_cast<std::int64_t>(d)).add("sender", fabric.sender_name(d));
        row.add("tier", fabric.tiers[static_cast<std::size_t>(fabric.tier[d / 2])]);
        row.add("margin_db", fabric.margin_db[d]).add("pre_fec_ber", error_ratio[d]);
        if (any_degraded) row.add("least_margin_db", fabric.least_margin_db[d]);
        if (fabric.has_ports())
            row.add("utilisation", fabric.utilisation[d])
                .add("frames_sent", fabric.frames_sent[d])
                .add("frames_lost", fabric.frames_lost[d])
                .add("frames_dropped", fabric.frames_dropped[d])
                .add("deepest_queue_bytes", fabric.deepest_queue_bytes[d])
                .add("paused_ps", fabric.paused_ps[d]);
        list.push_back(std::move(row));
    }
    return list;
}

}  // namespace

void add_links(JsonObject& json, const ResultReader& result, const ReportedFabric& fabric) {
    add_margins(json, fabric);
    add_histogram(json, "error_ratio", fabric, logarithms(result.column("optics/links/pre_fec_ber")), {0.1, 0.2, 0.5});
    if (fabric.has_ports()) {
        json.add("utilisation", histogram(fabric, fabric.utilisation, {0.0, 0.025, 40}));
        std::vector<double> queues;
        for (const std::int64_t depth : fabric.deepest_queue_bytes)
            queues.push_back(depth > 0 ? std::log2(static_cast<double>(depth)) : kNone);
        add_histogram(json, "queue", fabric, queues, {1.0});
    }
    if (const auto list = budgets(result, fabric); !list.empty()) json.add("budgets", list);
    if (const auto list = worst_links(result, fabric); !list.empty()) json.add("links", list);
}

}  // namespace lightloom
