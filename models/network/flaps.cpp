#include "models/network/flaps.hpp"

#include <algorithm>

namespace lightloom {

// Most directions will never lose lock, and get no row.
Flaps::Flaps(const FabricInput& input, Duration detection) : input_(input), detection_(detection) {
    std::vector<Row> rows(input.channels.size());
    for (const ChannelChange& change : input.changes) rows[change.direction].changes.push_back(change);
    for (const Outage& outage : input.outages) rows[outage.direction].outages.push_back(outage);
    for (std::uint32_t direction = 0; direction < rows.size(); ++direction) {
        Row& row = rows[direction];
        const auto loses_lock = [](const auto& condition) { return condition.lock_loss_per_second > 0.0; };
        if (!loses_lock(input.channels[direction]) && std::ranges::none_of(row.changes, loses_lock)) continue;
        const Topology::Cable& cable = input.topology.cables[direction / 2];
        row.direction = direction;
        row.port = (direction % 2 == 0 ? cable.lower : cable.upper).value;
        std::ranges::stable_sort(row.changes, {}, &ChannelChange::at);  // as the port's own, so that both draw alike
        std::ranges::stable_sort(row.outages, {}, &Outage::from);
        rows_.push_back(std::move(row));
        rows_.back().next.emplace(cause_of(rows_.back()));
        if (rows_.back().next->from() == kNever) rows_.pop_back();
    }
}

bool Flaps::any_before(Time until) const {
    return std::ranges::any_of(rows_, [&](const Row& row) { return row.next->from() < until; });
}

// A switch's own timer may be shorter than its host's, but a port that is up tells it nothing.
Time Flaps::noticed(const Row& row) const {
    const Time from = row.next->from();
    const Duration debounce = input_.channels[row.direction].debounce;
    return from != kNever && row.next->is_flap() && debounce > detection_ ? from + (debounce - detection_) : from;
}

Time Flaps::tell(RouteTimeline& routes, Fabric& fabric, Time end) {
    const Time until = end.ps < kNever.ps / 2 ? Time{2 * end.ps} : kNever;
    std::vector<Outage> flaps;
    for (Row& row : rows_)
        for (; noticed(row) < until; row.next->advance(cause_of(row)))
            if (row.next->is_flap()) flaps.push_back({noticed(row), row.next->to(), row.direction, OutageCause::flap});
    routes.extend(flaps, until);
    fabric.routes_extended();
    return until;
}

}  // namespace lightloom
