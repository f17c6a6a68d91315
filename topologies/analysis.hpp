// What can be said of a fabric before anything is sent over it: how much there is of what, how far and on how many
// paths, what its narrowest half carries, what one failure costs.
// Not here: which path a packet takes (topologies/routes.hpp), prices and watts, failures in time (models).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/quantity.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

struct FabricCounts {
    std::array<std::uint64_t, kNodeKinds> nodes{};  // by NodeKind
    std::vector<std::uint64_t> cables;              // by tier
    std::uint64_t endpoints = 0;
};
FabricCounts counts_of(const Topology& topology);

/// Over all ordered pairs of different leaves that have a path over switches. A circuit counts as lit.
struct PathStatistics {
    std::uint32_t diameter = 0;  // cables on the shortest path between the two leaves that are farthest apart
    std::uint64_t fewest = 0, median = 0,
                  most = 0;                    // shortest paths between two leaves; parallel cables are different ones
    std::uint64_t pairs = 0, pairs_apart = 0;  // with a path, and without (leaves of different planes)
};
/// One breadth-first search per leaf: time and memory grow with leaves x (leaves + cables).
PathStatistics paths_between_leaves(const Topology& topology);

/// What GPUs send with: the ports of a NIC, and the rate of all of them together.
struct Injection {
    std::uint32_t fewest_ports = UINT32_MAX, most_ports = 0;
    BitRate least{INT64_MAX}, most{0};
    std::uint32_t scale_ups = 0;  // of a GPU, into its rack: the most ...
    BitRate into_rack{0};         // ... and what they send together
};
Injection injection_of(const Topology& topology);

/// What can flow at once from the servers of the first half (in their order) to those of the second, in one direction:
/// the maximum flow, equal to the minimum cut (Ford and Fulkerson 1956), over switches and NICs. A circuit counts with
/// its share of the states. With an odd number of servers the middle one belongs to the second half.
struct Bisection {
    BitRate flow{0};
    BitRate injection{0};  // of the NICs of the first half
    double share() const;  // flow / injection
};
/// @throws TopologyError if there is only one server
Bisection bisection_of(const Topology& topology);

/// The switch of its kind that has most below it for what it has above it: down / up. Circuits count as above.
struct Oversubscription {
    NodeKind kind;
    BitRate down{0}, up{0};
    double ratio() const;
};
/// Of each kind of switch that has something above it, leaves first.
std::vector<Oversubscription> oversubscription_of(const Topology& topology);

/// Cables that fail together.
struct Failure {
    std::string name;  // "leaf 0", "host-leaf cable 0", "NIC 0"
    std::vector<CableId> cables;
};
Failure failure_of(const Topology& topology, NodeId node);
/// One of each class: the first cable of each tier, the first node of each kind, the NIC of the first endpoint. In a
/// fabric made by a generator the others of the class are like it.
std::vector<Failure> single_failures(const Topology& topology);

/// What a failure takes from the endpoints. An endpoint's share is that of the capacity of its NIC that still goes to
/// the top of the fabric: of its leaves' uplinks, weighed with what is left of those of the spines above, and so on.
struct BlastRadius {
    std::uint64_t cut_off = 0;  // endpoints with a share of 0
    std::uint64_t reduced = 0;  // endpoints with a share between 0 and 1
    double least_share = 1.0;   // of those
};
BlastRadius blast_radius(const Topology& topology, const Failure& failure);

/// The fabric in Graphviz' DOT language; parallel cables are one edge, labelled with their number if there are several.
std::string dot_of(const Topology& topology);

}  // namespace lightloom
