// Verdicts under what is assumed: the same qualification with assumed figures at their other values. Part of
// qualification.hpp; not here: the qualification itself (qualification.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/optics/qualification.hpp"

namespace lightloom {
namespace {

constexpr double kNoMargin_db = -40.0;  // of a part that cannot be, with a figure at one of its ends
constexpr double kLeastMove_db = 0.01;  // of the margin, for which a figure is worth obtaining

}  // namespace

std::vector<Qualification> qualify_with_assumptions(
    const std::function<std::unique_ptr<LinkModel>(const Assumption&)>& model_with, const Targets& targets,
    int frame_bytes) {
    const auto model = model_with({});
    std::vector<Qualification> middle = qualify(*model, model->evaluate(frame_bytes), targets, frame_bytes);
    // Where a figure's end makes a part impossible, every class fails there, with the reason
    const auto verdicts_with = [&](const Assumption& assumption) {
        try {
            const auto assumed = model_with(assumption);
            return qualify(*assumed, assumed->evaluate(frame_bytes), targets, frame_bytes);
        } catch (const CatalogueError& error) {
            Qualification impossible;
            impossible.verdict = Verdict::fail;
            impossible.reason = error.what();
            impossible.worst_margin_db = kNoMargin_db;
            return std::vector<Qualification>(middle.size(), impossible);
        }
    };
    using Level = Assumption::Level;
    const auto low = verdicts_with({.level = Level::low}), high = verdicts_with({.level = Level::high});
    for (std::size_t n = 0; n < middle.size(); ++n) {
        Qualification& q = middle[n];
        const std::vector<AssumedFigure> figures = assumed_figures(*model, q.kind);
        q.assumed_figures = figures.size();
        Assumption worst, best;  // each figure at its worse end, and at its better one
        bool flips = low[n].verdict != q.verdict || high[n].verdict != q.verdict;
        std::vector<std::pair<double, std::string>> that_matter;  // with how far each alone moves the margin, dB
        for (const AssumedFigure& figure : figures) {
            const auto at_low = verdicts_with({.except = {{figure, Level::low}}}).at(n);
            const auto at_high = verdicts_with({.except = {{figure, Level::high}}}).at(n);
            const bool low_is_worse = at_low.worst_margin_db < at_high.worst_margin_db;
            worst.except.push_back({figure, low_is_worse ? Level::low : Level::high});
            best.except.push_back({figure, low_is_worse ? Level::high : Level::low});
            const double moves_db = std::max(std::abs(at_low.worst_margin_db - q.worst_margin_db),
                                             std::abs(at_high.worst_margin_db - q.worst_margin_db));
            if (moves_db >= kLeastMove_db)
                that_matter.emplace_back(moves_db, fmt::format("{} of {} \"{}\" ({:g} to {:g})", figure.column,
                                                               figure.table, figure.id, figure.low, figure.high));
            for (const auto& [alone, value] : {std::pair{&at_low, figure.low}, {&at_high, figure.high}}) {
                if (alone->verdict == q.verdict) continue;
                flips = true;
                q.figures_to_obtain.push_back(fmt::format("{} of {} \"{}\": {} at {:g}, {} at {:g}", figure.column,
                                                          figure.table, figure.id, name_of(q.verdict), figure.mid,
                                                          name_of(alone->verdict), value));
            }
        }
        if (figures.empty()) continue;
        const Verdict at_worst = verdicts_with(worst).at(n).verdict, at_best = verdicts_with(best).at(n).verdict;
        // On the typical basis everything is assumed, and all of it at its worst is nobody's plant; at limits it
        // decides.
        if (model->plant().basis != Basis::typical) flips |= at_worst != q.verdict || at_best != q.verdict;
        if (!flips) continue;
        std::ranges::stable_sort(that_matter, std::greater{}, &std::pair<double, std::string>::first);
        if (q.figures_to_obtain.empty())
            for (auto& [moves_db, figure] : that_matter) q.figures_to_obtain.push_back(std::move(figure));
        q.reason += fmt::format("; {} at the middle of what is assumed, {} at its worst, {} at its best",
                                name_of(q.verdict), name_of(at_worst), name_of(at_best));
        q.verdict = Verdict::undecided;
    }
    return middle;
}

}  // namespace lightloom
