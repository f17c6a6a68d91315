// Flaps: losses of lock that take a port down, told to a RouteTimeline so that traffic leaves the cable as after any
// outage. They are a function of seed and direction (models/network/dark_intervals.hpp), but go on for ever, and how
// long a run lasts is not known: so they are told as far as it is about to get, between periods, when nobody looks.
// Not here: what frames on a dark cable come to (Fabric::meet_condition), what switches make of what they are told
// (models/network/route_timeline.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/network/fabric.hpp"

namespace lightloom {

class Flaps {
public:
    /// @param input  outlives this. Its reroutes are not read.
    /// @param detection  of the RouteTimeline. Where the host's debounce is longer, a port goes down, and is noticed,
    ///                   only after that.
    Flaps(const FabricInput& input, Duration detection);

    /// Will lock be lost before `until`?
    bool any_before(Time until) const;
    /// Tells of all flaps before `end`, and in as much time again, so that a long run asks seldom: a timeline goes over
    /// all it knows each time. @param fabric  built on `routes` @return until when all has been told
    Time tell(RouteTimeline& routes, Fabric& fabric, Time end);

private:
    /// A direction that may lose lock.
    struct Row {
        std::uint32_t direction, port;
        std::vector<ChannelChange> changes;
        std::vector<Outage> outages;
        std::optional<DarkIntervals> next;  // the first that was not told, if it is a flap
    };
    Time noticed(const Row& row) const;
    DarkIntervals::Cause cause_of(const Row& row) const {
        return {input_.channels[row.direction], row.changes, input_.fault_seed, row.port, row.outages};
    }

    const FabricInput& input_;
    Duration detection_;
    std::vector<Row> rows_;
};

}  // namespace lightloom
