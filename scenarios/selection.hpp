// Selection: which cables of a fabric a fault or a reading means: by tier, the nodes at their ends, pod, and number
// among parallel cables. Not here: how a selector is written (scenarios/schema_types.hpp), what it may say of a fabric
// that is not built yet (scenarios/scenario_checks.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/scenario.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

class Selection {
public:
    explicit Selection(const Topology& topology);

    /// The cables that `selector` means, ascending; what it leaves open matches every one.
    std::vector<std::uint32_t> cables(const Scenario::Fault& selector) const;

    /// Its number: of the server's port where it ends at a server, else among the cables of the same two nodes.
    std::uint32_t link(std::uint32_t cable) const { return link_[cable]; }

private:
    bool matches(const Scenario::Fault& selector, std::uint32_t cable) const;

    const Topology& topology_;
    std::vector<std::uint32_t> link_;                  // by cable
    std::vector<std::vector<std::uint32_t>> of_leaf_;  // cables by the leaf at either end
};

}  // namespace lightloom
