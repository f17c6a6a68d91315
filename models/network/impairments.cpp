// What frames a run lost to impairments: directions that lose more than their plant would have them lose.
// Not here: how a direction loses a frame (Fabric::meet_condition), whose impairment it is (models/faults/effects.hpp).
#include <algorithm>
#include <numeric>

#include "models/network/fabric.hpp"

namespace lightloom {

// To each that the frame met: two faults of one cable may both have lost it. Like frames, what loses them goes in order
// of time, so what is over for one is over for the next.
// @param since  of a frame in the dark when lock was lost, if that was earlier than its first bit: the impairment may
//               be over, and the port dark because of it
void Fabric::count_impairments(std::uint32_t port, Time since, Time until) {
    if (hazards_[port].unsteady == Hazard::kSteady) return;
    Unsteady& unsteady = unsteady_[hazards_[port].unsteady];
    const std::uint32_t last = unsteady.known.last_impairment;
    while (unsteady.next_impairment < last && impairments_[unsteady.next_impairment].to <= since)
        ++unsteady.next_impairment;
    for (std::uint32_t i = unsteady.next_impairment; i < last && impairments_[i].from <= until; ++i) {
        if (impairments_[i].to <= since) continue;
        OutageLosses& losses = impairment_losses_[i];
        ++losses.frames;
        losses.last = std::max(since, impairments_[i].from);
        losses.first = std::min(losses.first, losses.last);
    }
}

std::vector<Impairment> Fabric::impairments_until(Time end) const {
    std::vector<Impairment> rows = impairments_;
    for (std::uint32_t port = 0; port < topology_.ports.size(); ++port) {
        if (hazards_[port].unsteady == Hazard::kSteady) continue;
        const Known& known = unsteady_[hazards_[port].unsteady].known;
        std::vector<std::uint32_t> by_end(known.last_impairment - known.first_impairment);
        std::iota(by_end.begin(), by_end.end(), known.first_impairment);
        std::ranges::stable_sort(by_end, {}, [&](std::uint32_t i) { return rows[i].to; });
        const DarkIntervals::Cause cause = cause_of(port, known);
        DarkIntervals dark(cause);
        for (const std::uint32_t i : by_end) {
            if (rows[i].to >= end) break;
            while (dark.to() <= rows[i].to && dark.from() != kNever) dark.advance(cause);
            if (dark.is_lock_loss() && dark.from() < rows[i].to) rows[i].to = dark.to();
        }
    }
    return rows;
}

}  // namespace lightloom
