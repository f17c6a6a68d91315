// A scenario's bill: what is known of its cables, for models/economics to count, and the group /economics of a result.
// Not here: the count and its prices (models/economics/inventory.hpp).
#pragma once

#include "models/economics/inventory.hpp"
#include "models/optics/link_model.hpp"
#include "scenarios/run_result.hpp"
#include "scenarios/scenario.hpp"

namespace lightloom {

namespace hdf5 {
class Group;
}

/// What the count needs beside the topology.
CableFacts cable_facts(const Scenario& scenario, const Topology& topology, const LinkModel& model);

/// Totals, low, mid and high, per GPU and per bit delivered, and a row for each kind of thing that is bought.
void write_economics(const hdf5::Group& root, const RunResult& result);

}  // namespace lightloom
