#include "models/network/committed_ports.hpp"

#include <algorithm>
#include <bit>

#include "models/network/committed_walk.hpp"
#include "models/network/flow_control.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

bool classes_differ(const NetworkParameters& network, const Traffic& traffic) {
    return std::ranges::any_of(traffic.groups, [&](const Traffic::Group& group) {
        return group.traffic_class != network.acknowledgement_class;
    });
}

}  // namespace

// That a direction has in the run: what comes at full rate while a pause waits behind a frame that leaves at a slower.
Rate Fabric::slowest_rate(std::uint32_t direction, Rate rate) const {
    for (const RateChange& change : rates_)
        if (change.direction == direction && PortClock{rate, 0}.faster_than({change.rate, 0})) rate = change.rate;
    return rate;
}

Bytes Fabric::headroom_of(std::uint32_t index) const {
    const Port& here = ports_[index];
    const Port& peer = ports_[here.peer];
    const std::uint32_t cable = topology_.ports[index].cable.value;
    const Rate rate = topology_.tiers[topology_.cables[cable].tier].rate;
    return headroom({.rate = rate,
                     .back_rate = slowest_rate(2 * cable + (topology_.cables[cable].upper.value == index), rate),
                     .delay = peer.delay,
                     .back_delay = here.delay,
                     .latency = nodes_[topology_.ports[index].node.value].latency,
                     .peer_latency = nodes_[here.peer_node].latency,
                     .back_retries = network_.link_retries},
                    network_.framing, Bytes{largest_frame_bytes_});
}

// Where nothing can change while frames wait, no port is committed: arithmetic costs half.
void Fabric::build_committed(const FabricInput& input) {
    if (!network_.commit_all_ports && rates_.empty() && network_.flow_control == FlowControl::none &&
        !network_.trimming && network_.link_retries == 0 && !classes_differ(network_, input.traffic))
        return;
    committed_.resize(ports_.size());
    queues_.resize(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        Node& node = nodes_[i];
        node.queues = i;
        node.in_order = goes_in_order(node);
        if (!node.is_switch || network_.flow_control == FlowControl::none) continue;
        std::int64_t reserved = 0;
        const Topology::Node& from = topology_.nodes[i];
        for (std::uint32_t port = from.first_port; port < from.first_port + from.ports; ++port) {
            CommittedPort& row = committed_[port];
            CommittedPort& peer = committed_[ports_[port].peer];
            // Credits come back a quarter at a time: what keeps the link busy, and as much again.
            const std::int64_t wanted =
                (input.network.headroom.count > 0 ? input.network.headroom : headroom_of(port)).count *
                (network_.flow_control == FlowControl::credit ? 2 : 1);
            reserved += wanted * std::popcount(network_.lossless);
            row.headroom = static_cast<std::int32_t>(wanted);
            if (network_.flow_control != FlowControl::credit) continue;
            peer.credit_window = static_cast<std::uint32_t>(wanted);
            peer.credit_limit.fill(peer.credit_window);
        }
        if (reserved >= network_.buffer.count)
            throw TopologyError(
                topology_.node_name(NodeId{i}) + " needs " + std::to_string(reserved) +
                " bytes of headroom for its lossless class, and more to work with, but has a buffer of " +
                std::to_string(network_.buffer.count) + " bytes: switch.buffer must be larger, or its cables shorter");
        buffers_[node.buffer].reserve(reserved);
    }
}

// A stopped list of frames waits for the peer to free what its port let in, which waits in turn where it leaves the
// peer. Depth first along those arrows until one leads back into the path.
std::vector<std::uint32_t> Fabric::deadlock() const {
    if (std::ranges::all_of(queues_, [](const NodeQueues& queues) { return queues.waiting() == 0; })) return {};
    enum : std::uint8_t { unseen, open, closed };
    constexpr auto kStride = static_cast<std::uint32_t>(kTrafficClasses);
    std::vector<std::uint8_t> state(committed_.size() * kStride, unseen);
    const auto is_stopped = [&](std::uint32_t port, std::uint32_t c) {
        const CommittedPort& row = committed_[port];
        const NodeQueues& queues = queues_[nodes_[topology_.ports[port].node.value].queues];
        return (row.waiting >> c & 1) && !(eligible(row, queues) >> c & 1);
    };
    const auto waits_for = [&](std::uint32_t port, std::uint32_t c) {
        std::vector<std::uint32_t> next;
        const std::uint32_t ingress = ports_[port].peer;
        const Topology::Node& node = topology_.nodes[ports_[port].peer_node];
        const NodeQueues& queues = queues_[nodes_[ports_[port].peer_node].queues];
        for (std::uint32_t egress = node.first_port; egress < node.first_port + node.ports; ++egress) {
            if (!is_stopped(egress, c)) continue;
            bool holds = false;
            queues.for_each(committed_[egress].queues[c],
                            [&](const NodeQueues::Slot& slot) { holds |= slot.frame.source == ingress; });
            if (holds) next.push_back(egress);
        }
        return next;
    };
    for (std::uint32_t start = 0; start < state.size(); ++start) {
        if (state[start] != unseen || !is_stopped(start / kStride, start % kStride)) continue;
        const std::uint32_t c = start % kStride;
        struct Visit {
            std::uint32_t port;
            std::vector<std::uint32_t> next;
        };
        std::vector<Visit> path{{start / kStride, waits_for(start / kStride, c)}};
        state[start] = open;
        while (!path.empty()) {
            if (path.back().next.empty()) {
                state[path.back().port * kStride + c] = closed;
                path.pop_back();
                continue;
            }
            const std::uint32_t port = path.back().next.back();
            path.back().next.pop_back();
            std::uint8_t& seen = state[port * kStride + c];
            if (seen == open) {
                std::vector<std::uint32_t> cycle;
                const auto first = std::ranges::find(path, port, &Visit::port);
                for (auto step = first; step != path.end(); ++step) cycle.push_back(step->port);
                return cycle;
            }
            if (seen == closed) continue;
            seen = open;
            path.push_back({port, waits_for(port, c)});
        }
    }
    return {};
}

}  // namespace lightloom
