#include "models/network/published_queues.hpp"

#include <algorithm>

#include "core/abort.hpp"
#include "models/network/fabric.hpp"

namespace lightloom {

// A path ends at a leaf, so what leaves could say is of no use to those above them.
void Fabric::build_published() {
    if (network_.staleness == Duration{0}) return;
    if (network_.staleness < Duration{0} || network_.path != PathPolicy::adaptive)
        abort_run("queues published every {} ps are for adaptive switches", network_.staleness.ps);
    std::uint32_t rows = 0;
    for (const Node& node : nodes_)
        if (node.is_switch && node.leaf == UINT32_MAX) steering_[node.buffer].row = rows++;
    Duration longest{0};
    row_beyond_.assign(ports_.size(), PublishedQueues::kNone);
    for (std::uint32_t i = 0; i < ports_.size(); ++i) {
        const Node& here = nodes_[topology_.ports[i].node.value];
        const Node& beyond = nodes_[ports_[i].peer_node];
        if (!here.is_switch || !beyond.is_switch || steering_[beyond.buffer].row == PublishedQueues::kNone) continue;
        row_beyond_[i] = steering_[beyond.buffer].row;
        Duration& takes = steering_[here.buffer].news_takes;
        takes = std::max(takes, least_delay(ports_[i].peer));
        longest = std::max(longest, takes);
    }
    published_ = PublishedQueues(rows, routes_.leaves, network_.staleness, longest);
}

// As the queues are when what the switch did by `now` has come to its ports, in time on the wire: those of all classes,
// for who reads it may have frames of another. A committed node has been brought up to that.
// @return must it say so again, even if no frame comes? Of queues that are not empty, and of a leaf that no port leads
// to while its routes are about to change: else frames would be sent to find out.
[[gnu::noinline]] bool Fabric::publish(Node& node, Time now) {
    Steering& steering = steering_[node.buffer];
    steering.publishes = false;
    if (reroutes_ && now >= steering.routes_until) follow_routes(node, now);
    const Time at = now + node.latency;
    const std::span<Duration> statement = published_.open(steering.row, now);
    bool any = false;
    for (std::uint32_t leaf = 0; leaf < statement.size(); ++leaf) {
        const Routes::PortSet& hops = routes_.sets[node.first_route + leaf];
        const Routes::PortSet& before = routes_.sets[node.first_route + (leaf == 0 ? 0 : leaf - 1)];
        if (leaf != 0 && hops.first == before.first && hops.count == before.count) {  // as upwards, mostly
            statement[leaf] = statement[leaf - 1];
            continue;
        }
        Duration least = PublishedQueues::kNoWay;
        for (std::uint32_t i = 0; i < hops.count && least > Duration{0}; ++i) {
            const std::uint32_t port = node.first_port + routes_.ports[hops.first + i];
            const std::int64_t bits = committed_.empty() ? 0 : committed_[port].waiting_bits;
            least = std::min(least, ports_[port].clock.behind(at, bits).waiting(at));
        }
        statement[leaf] = least;
        any |= least > Duration{0} && (least < PublishedQueues::kNoWay || steering.routes_until != kNever);
    }
    return any;
}

}  // namespace lightloom
