// What must hold of any topology before a route or an event is computed from it. Generators call it on what they
// built; readers of a user's own topology call it on what they read.
#pragma once

#include <stdexcept>

#include "topologies/topology.hpp"

namespace lightloom {

/// The fabric that was asked for cannot be: the user's mistake, in a sentence that names the node or port.
class TopologyError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Ids are dense, the ports of a node consecutive, peers symmetric, every port of an endpoint's NIC ends at a leaf,
/// scale-up nodes join servers only, no cable joins a node to itself, and everything can reach everything.
/// @throws TopologyError for the first that does not hold
void validate(const Topology& topology);

}  // namespace lightloom
