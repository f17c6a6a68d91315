// RouteTimeline: which next hops every switch uses, and when that changes, while cables fail and come back. All outages
// are known before they begin, so what a switch does about them is a function of time: it looks up its own changes and
// no event tells it.
//
// - The switches at both ends of a cable notice after a detection time that it is dark, or lit again, and no longer
//   send there; where no other equal-cost port is left, frames end there as black-holed.
// - Every switch computes its routes anew a convergence time later, each after its own. Changes are taken in their
//   order, so that all switches go through the same states. Meanwhile frames may loop until their hop limit.
// - The schedule of optical circuits is no failure: every switch knows it, and changes at its instants.
// - A server whose NICs have several ports is a first hop too: it leaves a port of its own after a detection time, and
//   learns a convergence time later what others can no longer be reached by: their ports, and leaves cut off.
// - An outage shorter than the detection time goes unnoticed, and one that lasts from the start is known at the start.
//
// Not here: what a dark cable does to the frames on it (models/network/dark_intervals.hpp), the search for paths
// (topologies/routes.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/distribution.hpp"
#include "models/faults/outage.hpp"
#include "topologies/routes.hpp"

namespace lightloom {

struct RerouteParameters {
    bool failover = true;   // false: all keep the routes of the start, but for the schedule of the circuits
    bool weighted = false;  // by weighted_routes()
    Duration detection = milliseconds(10);
    Distribution convergence{Distribution::Kind::fixed, 100e9, 0.0};  // ps after detection; below 0 counts as 0
    std::uint64_t seed = 1;                                           // of the convergence times
};

class RouteTimeline {
public:
    /// From `at` on, a switch's row begins at table().sets[first_route].
    struct Change {
        Time at;
        std::uint32_t first_route;
        friend bool operator==(const Change&, const Change&) = default;
    };

    /// What a server with NICs of several ports knows from `at` on.
    struct View {
        Time at;
        std::uint32_t failures;                          // of failed_
        const std::vector<std::uint32_t>* first_routes;  // by node
        std::vector<std::uint16_t> dark_ports;           // its own
    };

    /// No outages yet. The topology must outlive this.
    /// @param whole  equal_cost_routes() of it, or their weighted_routes() if those are wanted
    RouteTimeline(const Topology& topology, Routes whole, const RerouteParameters& parameters);

    /// Learns of more outages: afterwards all that begin before `until` are known. Changes before the earlier `until`
    /// stay as they are. Between windows of a run only; Fabric::routes_extended() follows.
    /// @param more  beginning at the earlier `until` or later, in any order, overlapping or not
    void extend(std::span<const Outage> more, Time until);

    /// Every row that is ever used. role_of_node: those of the start.
    const Routes& table() const { return table_; }
    /// A switch's, in order of time; all after time 0.
    std::span<const Change> changes(NodeId node) const { return changes_[node.value]; }
    /// Of such a server, in order of time, the first at time 0; none of others.
    std::span<const View> views(NodeId server) const { return views_[server.value]; }
    /// Can a packet leave by one NIC's port and come in by another's, as far as a server knows?
    bool usable(const View& view, PortId out, PortId in) const;
    /// What was done about a cable that was dark in [dark, lit) by outages that overlap or touch.
    struct Response {
        std::uint32_t cable;
        Time dark, lit;  // lit == kNever: not as far as is known
        Time detected;   // by the switches at its ends
        Time rerouted;   // when the last of all switches had routes without it
    };
    /// Of all failures that are noticed, by cable and time. None if nobody reroutes.
    std::vector<Response> responses() const;
    /// How many different sets of dead cables were routed.
    std::size_t versions() const { return versions_.size(); }

private:
    using DeadSet = std::vector<std::uint32_t>;  // cables, ascending
    struct Edge {                                // a cable goes dark or comes back
        Time at;
        std::uint32_t cable;
        bool dark;
    };
    struct State {  // of all cables from an instant on
        Time at;
        DeadSet dead, dead_nics;  // between switches; at bonded nodes
    };
    struct Step {  // something that a switch learns
        Time at;
        enum class Kind : std::uint8_t { failed, planned, port_dark, port_lit } kind;
        std::uint32_t value;  // of a state, or a port counted from the switch's first
    };

    bool is_followed(std::uint32_t cable) const;
    std::vector<Edge> edges_of(bool planned) const;
    std::vector<State> states_of(const std::vector<Edge>& edges) const;
    std::vector<Step> steps_of(std::uint32_t node) const;
    void resolve(std::uint32_t node);
    const std::vector<std::uint32_t>& version_of(const DeadSet& failed, const DeadSet& planned);
    std::uint32_t row_of(const std::vector<Routes::PortSet>& sets);
    Routes::PortSet set_of(const std::vector<std::uint16_t>& ports);
    std::uint32_t repaired(std::uint32_t first_route, const std::vector<std::uint16_t>& dark_ports);

    const Topology& topology_;
    Routes whole_;
    RerouteParameters parameters_;
    Time until_{0};
    std::vector<Outage> outages_;
    Routes table_;
    std::vector<bool> bonded_;             // nodes with NICs of several ports, or GPUs with several into their rack
    std::vector<bool> has_others_;         // ports of those
    std::vector<State> failed_, planned_;  // both from time 0 on
    std::vector<std::vector<Change>> changes_;
    std::vector<std::vector<View>> views_;
    std::vector<std::vector<Step>> local_;                        // a node's own ports
    std::map<DeadSet, std::vector<std::uint32_t>> versions_;      // first_route by node
    std::map<std::vector<std::uint16_t>, Routes::PortSet> sets_;  // by ports
    std::map<std::vector<std::uint32_t>, std::uint32_t> rows_;    // first_route by the places of the sets' ports
    std::map<std::pair<std::uint32_t, std::vector<std::uint16_t>>, std::uint32_t> repairs_;
};

}  // namespace lightloom
