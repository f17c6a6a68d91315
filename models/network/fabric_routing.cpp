// Which way a frame goes where a hash of its flow or packet is not the answer, and what becomes of one that has none.
// The hot half, with the two policies that are nothing but a hash, is Fabric::choose_port in fabric_walk.hpp.
#include <bit>

#include "core/abort.hpp"
#include "models/network/fabric_walk.hpp"

namespace lightloom {

void Fabric::build_steering() {
    if (network_.hop_limit < 1 || network_.hop_limit > 30)
        abort_run("a hop limit of {}: must be from 1 to 30", network_.hop_limit);
    if (network_.queue_pairs < 1 || network_.queue_pairs > 65'536)
        abort_run("{} queue pairs: must be from 1 to 65536", network_.queue_pairs);
    steering_.resize(buffers_.size());
    if (reroutes_) routes_extended();
    if (network_.path != PathPolicy::flowlet) return;
    if (!std::has_single_bit(network_.flowlet_slots))
        abort_run("a table of {} flowlets: must be a power of two", network_.flowlet_slots);
    flowlets_.resize(buffers_.size() * network_.flowlet_slots);
}

void Fabric::routes_extended() {
    if (bonded_) pairs_.follow(*reroutes_, traffic_);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        if (!nodes_[i].is_switch) continue;
        Steering& steering = steering_[nodes_[i].buffer];
        const auto changes = reroutes_->changes(NodeId{i});
        steering.routes_until = steering.next_change < changes.size() ? changes[steering.next_change].at : kNever;
    }
}

/// A switch takes up the next hops that are in force at `now`.
[[gnu::cold, gnu::noinline]] void Fabric::follow_routes(Node& node, Time now) {
    Steering& steering = steering_[node.buffer];
    const auto changes = reroutes_->changes(NodeId{static_cast<std::size_t>(&node - nodes_.data())});
    std::uint32_t& next = steering.next_change;
    for (; next < changes.size() && changes[next].at <= now; ++next) node.first_route = changes[next].first_route;
    steering.routes_until = next < changes.size() ? changes[next].at : kNever;
}

/// @return a place in the set, which holds at least two
[[gnu::noinline]] std::uint32_t Fabric::choose_among(const Node& node, const Frame& frame,
                                                     const Routes::PortSet& hops) const {
    const std::uint64_t key = (path_key(frame) & hash_mask_) ^ node.hash_salt;
    switch (network_.path) {
        case PathPolicy::ecmp: return pick(scramble(key), hops.count);
        case PathPolicy::spray: return pick(scramble(key ^ packet_key(frame)), hops.count);
        case PathPolicy::round_robin: return steering_[node.buffer].turn % hops.count;
        case PathPolicy::entropy: {
            constexpr HashFields fields{.flow = true, .entropy = true, .attempt = false};
            return pick(scramble((path_key(frame) & fields.mask()) ^ node.hash_salt), hops.count);
        }
        case PathPolicy::flowlet: {
            const Flowlet& flowlet = flowlets_[flowlet_of(node, frame)];
            const std::uint64_t number = flowlet.number_at(frame.at, network_.flowlet_gap);
            return pick(scramble(key ^ scramble(number)), hops.count);
        }
        case PathPolicy::adaptive: break;
    }
    const Time leaves_at = frame.at + node.latency;
    const std::int64_t news =
        published_.any() ? published_.known(frame.at, steering_[node.buffer].news_takes) : std::int64_t{0};
    std::uint32_t place = pick(scramble(key ^ packet_key(frame)), hops.count), best = place;
    Duration least{INT64_MAX};
    for (std::uint32_t i = 0; i < hops.count && least > Duration{0}; ++i) {
        const std::uint32_t port = node.first_port + routes_.ports[hops.first + place];
        Duration waiting = waiting_at(has_committed_ports(), port, frame.traffic_class, leaves_at);
        if (published_.any()) waiting = waiting + published_.at(row_beyond_[port], frame.to_leaf, news);
        if (waiting < least) {
            least = waiting;
            best = place;
        }
        if (++place == hops.count) place = 0;
    }
    return best;
}

std::size_t Fabric::flowlet_of(const Node& node, const Frame& frame) const {
    constexpr HashFields fields{.flow = true, .entropy = true, .attempt = false};
    const std::uint64_t hash = scramble((path_key(frame) & fields.mask()) + node.hash_salt);
    return std::size_t{node.buffer} * network_.flowlet_slots + pick(hash, network_.flowlet_slots);
}

/// A frame is on its way by the port that was chosen for it. Frames that go down from their leaf had no choice.
void Fabric::note_choice(const Node& node, const Frame& frame) {
    if (frame.to_leaf == node.leaf || routes_.sets[node.first_route + frame.to_leaf].count < 2) return;
    if (network_.path == PathPolicy::round_robin) ++steering_[node.buffer].turn;
    if (network_.path == PathPolicy::flowlet) flowlets_[flowlet_of(node, frame)].note(frame.at, network_.flowlet_gap);
}

/// The end of a frame in a switch: no port leads to its destination, or it has `looped`, past the hop limit.
[[gnu::cold, gnu::noinline]] void Fabric::give_up(const Node& node, Statistics& statistics, const Frame& frame,
                                                  std::uint8_t flags, bool looped) {
    Steering& steering = steering_[node.buffer];
    ++(looped ? steering.looped : steering.black_holed);
    if (flags & Frame::kBroken) return;  // its flow has it among the lost
    FlowLosses& losses = statistics.losses[frame.flow];
    ++(frame.has(Frame::kAcknowledgement) ? losses.unrouted_acknowledgements : losses.unrouted);
}

}  // namespace lightloom
