// All-reduces whose sums the switches of the fabric make, as SHARP does: a tree of leaves and spines for each group,
// the GPUs below it. Switches are workers like ranks, with seats numbered on from theirs; each flow goes over one cable
// of the tree, so a port carries S each way, whatever the number of GPUs.
//
// Sources: Graham et al., "Scalable hierarchical aggregation protocol (SHArP)", COM-HPC 2016, and "SHARP streaming-
// aggregation hardware design and evaluation", ISC 2020: a switch adds up packet by packet, at about 95 % of line rate.
// Not here: the steps (collectives/sum_tree.hpp), how a switch ends and begins packets (models/network/sums_walk.hpp).
#pragma once

#include <cstdint>
#include <span>

#include "core/quantity.hpp"
#include "core/time.hpp"
#include "models/workload/traffic.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {

struct InNetworkSums {
    Duration latency;  // of a sum in a switch, beside what it takes to pass on a frame
    Bytes memory;      // of each switch, for a group's sums that are not yet complete
};

/// @param nic_of  per endpoint, whose NIC it uses; none: each its own
/// @param number  of the first group's tree; the others' follow
/// @throws TopologyError  a group has no such tree
Traffic in_network_all_reduce(const Topology& topology, std::span<const Ranks> groups,
                              std::span<const EndpointId> nic_of, const CollectiveCall& call, std::uint32_t iterations,
                              const InNetworkSums& sums, std::uint32_t number = 0);

/// The same group's tree.
AggregationTree tree_of(const Topology& topology, const Ranks& group, std::span<const EndpointId> nic_of,
                        std::uint32_t number);

}  // namespace lightloom
