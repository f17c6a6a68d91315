// NICs with several ports: the ways of a flow between two of them. A pair is a port that the flow leaves by and one of
// the destination's that it comes in by, whose leaves the fabric joins: ports of one plane, or any two where all leaves
// meet above. In a rack with scale-up switches it is the two ports to one of these. A data packet carries the number of
// its pair, and its acknowledgement comes back by the same one.
//
// Of the pairs that a server takes for usable (models/network/route_timeline.hpp) a flow keeps to those of least hops;
// where none is left it goes on trying all of them, so what it sends is lost and counted.
// Not here: which of them a packet takes (models/network/bonded_walk.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "models/network/route_timeline.hpp"
#include "models/workload/traffic.hpp"
#include "topologies/routes.hpp"

namespace lightloom {

struct PortPair {
    struct End {
        std::uint32_t nic;         // port of the server
        std::uint16_t leaf, down;  // a leaf's index and a port of it
    };
    End from, to;
    std::uint32_t hops;  // cables from leaf to leaf
};

/// Pairs of two NICs, nearest first; empty: no way between them that passes no server.
std::vector<PortPair> port_pairs(const Topology& topology, const Routes& routes, const Topology::Endpoint& from,
                                 const Topology::Endpoint& to);

/// Pairs of two GPUs of a rack, one by each of its switches.
std::vector<PortPair> scale_up_pairs(const Topology& topology, EndpointId from, EndpointId to);

class PortPairs {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    /// A NIC with several ports, or a GPU's ports to its rack's switches. Its flows stand in the list of the first one.
    struct Bond {
        std::uint32_t first_port, ports;
        Time service = kNever;  // when it will look at its flows again
    };

    /// Has some NIC several ports? If not, there is nothing else here.
    bool any() const { return !bond_of_port_.empty(); }
    /// Finds the NICs. @param routes  of the fabric without failures; @param racks  with those of scale-up racks
    void build(const Topology& topology, const Routes& routes, std::size_t flows, bool racks);
    /// The pairs of a flow between the NICs whose first ports these are. To be called in the order of flows.
    void add(std::uint32_t flow, std::uint32_t from_port, std::uint32_t to_port);
    /// Takes up what servers learn of outages and when; to be called again when there are more.
    void follow(const RouteTimeline& timeline, const Traffic& traffic);

    bool is_bonded(std::uint32_t port) const { return bond_of_port_[port] != kNone; }
    Bond& bond(std::uint32_t port) { return bonds_[bond_of_port_[port]]; }
    bool has(std::uint32_t flow) const { return first_pair_[flow] != first_pair_[flow + 1]; }
    const PortPair& pair(std::uint32_t flow, std::uint32_t number) const { return pairs_[first_pair_[flow] + number]; }
    /// Numbers of the pairs that a flow uses at `now`; at least one. Only its source's node may ask.
    std::span<const std::uint16_t> live(std::uint32_t flow, Time now) {
        Choice& choice = choices_[flow];
        if (now >= choice.until) [[unlikely]]
            take_up(choice, now);
        return std::span(numbers_).subspan(choice.set.first, choice.set.count);
    }

private:
    using Set = Routes::PortSet;  // of numbers_
    struct Change {
        Time at;
        Set set;
    };
    struct Choice {
        Set set{0, 0};
        std::uint32_t first_change = 0, last_change = 0, next_change = 0;  // next_change: counted from the first
        Time until = kNever;
    };

    void add_bond(std::uint32_t endpoint, std::uint32_t first_port, std::uint32_t ports);
    void take_up(Choice& choice, Time now);
    Set set_of(const std::vector<std::uint16_t>& numbers);
    /// The nearest of the pairs that are `usable`, or all if none is.
    template <class Usable>
    Set nearest(std::uint32_t flow, Usable&& usable);

    const Topology* topology_ = nullptr;
    const Routes* routes_ = nullptr;
    std::vector<std::uint32_t> bond_of_port_, endpoint_of_port_;
    std::vector<Bond> bonds_;
    std::vector<std::uint32_t> first_pair_;  // by flow, and one more
    std::vector<PortPair> pairs_;
    std::vector<Choice> choices_;  // by flow
    std::vector<Change> changes_;
    std::vector<std::uint16_t> numbers_;
    std::map<std::vector<std::uint16_t>, Set> sets_;
};

struct FabricInput;
/// Whose NICs a flow leaves and comes in by; one and the same if it stays in a scale-up network.
struct Ends {
    EndpointId out, in;
};
Ends ends_in_fabric(const FabricInput& input, const Traffic::Flow& flow);
/// The first flow whose source and destination nothing joins but servers; none: all have a way.
std::optional<FlowId> flow_without_a_way(const FabricInput& input);

}  // namespace lightloom
