// Idle paths: how long a message takes from one endpoint to another when nothing else is under way: the yardstick of a
// slowdown. Of equally short paths the one with the least delay.
// Not here: endpoints whose NIC has several ports, or that a scale-up network joins: they have no such path.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "scenarios/assembly.hpp"

namespace lightloom {

class IdlePaths {
public:
    /// @param scenario, plan  outlive it
    IdlePaths(const Scenario& scenario, const Plan& plan);

    /// From a message's release to the delivery of its last packet, in ps.
    std::optional<double> message_ps(EndpointId from, EndpointId to, std::int64_t bytes);

private:
    struct Path {
        double fixed_ps = 0;                 // delays and latencies
        double bit_ps = 0, most_bit_ps = 0;  // of a bit on all cables, and on the slowest
        void add(double delay_ps, double of_a_bit);
    };
    std::optional<Path> between(EndpointId from, EndpointId to);
    const std::optional<Path>& onwards(NodeId node, NodeId leaf);
    void add_cable(Path& path, PortId out) const;

    const Scenario& scenario_;
    const Plan& plan_;
    std::vector<Channel> channels_;
    std::map<std::pair<NodeId, NodeId>, std::optional<Path>> onwards_;  // from a switch to a leaf
};

}  // namespace lightloom
