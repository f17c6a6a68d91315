#include "topologies/hardware.hpp"

#include <algorithm>

namespace lightloom {

Hardware::Hardware(const Topology& topology)
    : topology_(topology), state_(topology.cables.size()), is_circuit_(topology.cables.size()) {
    for (const Topology::Circuit& circuit : topology.circuits) {
        state_[circuit.cable.value] = circuit.state;
        is_circuit_[circuit.cable.value] = true;
        states_ = std::max(states_, circuit.state + 1);
    }
}

std::vector<PortId> Hardware::ports(NodeId id) const {
    const Topology::Node& node = topology_.nodes[id.value];
    const auto cable_of = [&](std::uint32_t port) { return topology_.ports[port].cable.value; };
    std::vector<std::uint32_t> circuits(states_);
    for (std::uint32_t p = node.first_port; p < node.first_port + node.ports; ++p)
        if (is_circuit_[cable_of(p)]) ++circuits[state_[cable_of(p)]];
    const auto fullest = static_cast<std::uint32_t>(std::ranges::max_element(circuits) - circuits.begin());
    std::vector<PortId> found;
    for (std::uint32_t p = node.first_port; p < node.first_port + node.ports; ++p)
        if (!is_circuit_[cable_of(p)] || state_[cable_of(p)] == fullest) found.emplace_back(p);
    return found;
}

}  // namespace lightloom
