// Bonds: cables that a partition plan had better not cut, because the engine's threads would have to meet as often as
// their short delay says. Not here: how a plan is made (topologies/partition_plan.hpp), which cables are short (the
// caller knows their delays).
#pragma once

#include <vector>

#include "topologies/partition_plan.hpp"

namespace lightloom {

/// Moves nodes until no bonded cable is cut: what bonded cables join goes where the plan had most of its endpoints (or
/// of its nodes, if it has none). Where that would give a partition more than twice its fair share of the endpoints,
/// there will be fewer partitions: threads without work cost less than threads that meet all the time. Where bonds join
/// all endpoints, the plan is left as it was.
/// @param bonded  per cable
PartitionPlan keep_bonds(PartitionPlan plan, const Topology& topology, const std::vector<bool>& bonded);

}  // namespace lightloom
