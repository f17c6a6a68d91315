// Hardware: the ports and cables of a topology that exist at once. Circuits of different states are cables of their own
// to whoever routes over them, but they take turns at one port, with one module and one fibre.
#pragma once

#include <cstdint>
#include <vector>

#include "topologies/topology.hpp"

namespace lightloom {

class Hardware {
public:
    explicit Hardware(const Topology& topology);

    /// A node's ports; of those to circuits as many as it needs in the state that needs most.
    std::vector<PortId> ports(NodeId node) const;
    /// Is it always there, or a circuit of the first state? Every state has as many.
    bool is_counted(CableId cable) const { return state_[cable.value] == 0; }
    /// For what share of the time a cable is lit, as one of so many equal states.
    std::uint32_t states(CableId cable) const { return is_circuit_[cable.value] ? states_ : 1; }

private:
    const Topology& topology_;
    std::vector<std::uint32_t> state_;  // by cable; 0 also for what is always lit
    std::vector<bool> is_circuit_;
    std::uint32_t states_ = 1;
};

}  // namespace lightloom
