#include "tools/lightloom/report_losses.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

// Sums of a file from anywhere may exceed what a count can be.
std::string count_text(double frames) {
    return readable_count(static_cast<std::int64_t>(std::clamp(frames, 0.0, 9e18)));
}

/// "1.2", or of what nobody would see none.
std::string expectation_text(double frames) { return frames < 0.01 ? "none" : fmt::format("{:.2g}", frames); }

double at(const std::vector<std::int64_t>& column, std::size_t row) {
    return column.empty() ? 0.0 : static_cast<double>(column[row]);
}

std::string errors_as_built(const LinkLosses& losses) {
    const std::string frames = count_text(losses.as_built.lost);
    const std::string expected = "FEC was expected to leave " + expectation_text(losses.as_built.expected);
    if (losses.as_built.is_chance()) return fmt::format("{} to bit errors on links as built: {}", frames, expected);
    return fmt::format("{} unexplained: on links as built {}{}", frames, expected,
                       losses.tells_faults ? "" : ", and what faults took this result does not tell");
}

}  // namespace

bool LinkLosses::Errors::is_chance() const { return lost <= 2.0 * expected + 5.0 * std::sqrt(expected); }

bool LinkLosses::is_explained() const {
    return without_lock == 0.0 && in_outages == 0.0 && degraded.is_chance() && as_built.is_chance();
}

LinkLosses losses_on(const ReportedFabric& fabric) {
    LinkLosses losses;
    for (std::size_t d = 0; d < fabric.fault_db.size(); ++d) losses.tells_built &= !fabric.began_degraded(d);
    losses.tells_faults = !fabric.least_margin_db.empty() && !fabric.frames_lost_in_dark.empty();
    for (std::size_t d = 0; d < fabric.frames_lost.size(); ++d) {
        const double in_dark = at(fabric.frames_lost_in_dark, d);
        (at(fabric.lock_losses, d) > 0.0 ? losses.without_lock : losses.in_outages) += in_dark;
        const bool was_degraded = fabric.was_degraded(d) || fabric.began_degraded(d);
        LinkLosses::Errors& errors = was_degraded ? losses.degraded : losses.as_built;
        errors.lost += at(fabric.frames_lost, d) - in_dark;
        if (fabric.frame_loss_ratio[d] > 0.0 && !fabric.began_degraded(d))  // else the fault is in it
            errors.expected += (at(fabric.frames_sent, d) - in_dark) * fabric.frame_loss_ratio[d];
    }
    return losses;
}

std::string sentence_of(const LinkLosses& losses) {
    std::vector<std::string> parts;
    if (losses.without_lock > 0.0)
        parts.push_back(count_text(losses.without_lock) + " in the dark on links that lost lock");
    if (losses.in_outages > 0.0)
        parts.push_back(count_text(losses.in_outages) + " in the dark on links that faults took down");
    if (losses.degraded.lost > 0.0)
        parts.push_back(count_text(losses.degraded.lost) + " to bit errors on links that faults degraded" +
                        (losses.tells_built
                             ? fmt::format(" (as built {} were expected)", expectation_text(losses.degraded.expected))
                             : ""));
    if (losses.as_built.lost > 0.0) parts.push_back(errors_as_built(losses));
    // Of one part it is said once how many: it begins with the number.
    if (parts.size() == 1) return "frames lost on links: " + parts[0];
    return fmt::format("frames lost on links: {}, of them {}", count_text(losses.total()), fmt::join(parts, ", "));
}

}  // namespace lightloom
