// A user's own fabric, read from text: GraphML, as graph editors and NetworkX write it, or a plain list of edges.
// Not here: opening files (scenarios), what must hold of any fabric (topologies/validation.hpp).
#pragma once

#include <string>
#include <string_view>

#include "topologies/topology.hpp"

namespace lightloom {

enum class TopologyFormat : std::uint8_t { graphml, edge_list };

/// The same attributes in both formats. Of a node: kind (server, leaf, spine, core), and optionally pod, and of a
/// server gpus and nics (ports of each GPU's NIC); each 1, pod 0, if not given. Of a cable: rate ("400Gbps"), and
/// optionally tier (as in "host-leaf"; else by the kinds of its ends) and count (cables side by side). Which end is the
/// lower one is told by the kinds. A server's cables to leaves are, in their order, those of its NICs, GPU by GPU.
///
/// An edge list has one statement per line, and comments after #:
///     node s0 kind=server gpus=8 pod=0
///     cable s0 l0 rate=400Gbps count=8
///
/// GraphML is read by Boost.Graph: its <key>s name these attributes; others are left to whoever wrote them, unless they
/// look like one of these mistyped.
/// @param text  any bytes
/// @param name  of the file, for messages
/// @throws TopologyError "fabric.txt:3: unknown kind "leef": did you mean "leaf"?", or as validate() does
Topology user_topology(std::string_view text, TopologyFormat format, const std::string& name);

}  // namespace lightloom
