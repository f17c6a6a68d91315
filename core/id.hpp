// Id<Tag>: an index into one table, so that a port cannot be used where a node is due. Ids are given once, in
// locality order (rack by rack), and never renumbered.
#pragma once

#include <compare>
#include <cstdint>

namespace lightloom {

template <class Tag>
struct Id {
    std::uint32_t value = UINT32_MAX;  // UINT32_MAX: none
    constexpr Id() = default;
    constexpr explicit Id(std::size_t index) : value(static_cast<std::uint32_t>(index)) {}
    constexpr bool valid() const { return value != UINT32_MAX; }
    friend constexpr auto operator<=>(Id, Id) = default;
};

using NodeId = Id<struct NodeTag>;          // a server with its GPUs and NICs, or a switch
using PortId = Id<struct PortTag>;          // one end of a cable; as a sender, one direction of it
using CableId = Id<struct CableTag>;        // two ports and what joins them
using EndpointId = Id<struct EndpointTag>;  // a GPU and its NIC: what sends and receives messages
using FlowId = Id<struct FlowTag>;          // a stream of packets from one endpoint to another

}  // namespace lightloom
