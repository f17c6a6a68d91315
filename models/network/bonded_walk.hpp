// A NIC with several ports at work: which pair of ports (models/network/port_pairs.hpp) a packet takes, and when.
//
// The NIC has one list of flows, and asks them in turn as a NIC with one port does (Fabric::serve) while some port has
// less than two full frames to send. Where a hash of the flow decides (ecmp, flowlet), a flow whose port is full is
// passed over; else, and always in a scale-up rack, each packet goes by one of the ports with room, so no port runs dry
// while another has a queue. In a rack each port has its turn.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "models/network/fabric.hpp"

namespace lightloom {

/// Which of a GPU's ports into its rack a flow's next packet tries first: each in turn, so that they fill alike, and
/// packets of a flow that find them idle keep their order; but flows begin anywhere, or all would meet at a switch.
inline std::uint32_t turn_in_rack(std::uint32_t flow, const Sender& sender, std::size_t ports) {
    const std::uint32_t turn = static_cast<std::uint32_t>(scramble(flow)) + sender.next + sender.retransmissions;
    return turn % static_cast<std::uint32_t>(ports);
}

/// Which pair a flow's next packet takes at `now`; kNoPair: the ports that it may take have no room, the first of them
/// before `dry`.
inline Fabric::PairChoice Fabric::choose_pair(const Node& node, std::uint32_t flow, Time now) {
    const std::span<const std::uint16_t> live = pairs_.live(flow, now);
    const Sender& sender = transport_.sender(flow);
    Frame next{};
    next.flow = flow;
    next.packet = sender.repeat != sender.repeat_end ? sender.repeat : sender.next;
    next.attempt = sender.attempt;
    next.entropy = entropy_of_next(flow, sender, next.packet);
    const std::uint64_t key = (path_key(next) & hash_mask_) ^ node.hash_salt;
    const auto one_of = [](std::uint64_t hash, std::size_t count) {
        return pick(scramble(hash), static_cast<std::uint32_t>(count));
    };
    const bool in_rack = sender.to_leaf == kScaleUpLeaf, one_port = by_one_port(network_.path) && !in_rack;
    const std::span<const std::uint16_t> allowed = one_port ? live.subspan(one_of(key, live.size()), 1) : live;

    // Of those whose port has room the packet takes one: in a rack the first in turn; under adaptive, of those whose
    // port is free first.
    PairChoice choice;
    Duration most{-1};
    std::uint32_t candidates = 0;
    std::size_t at = in_rack ? turn_in_rack(flow, sender, allowed.size()) : 0;
    for (std::size_t left = allowed.size(); left > 0; --left, at = at + 1 == allowed.size() ? 0 : at + 1) {
        const std::uint16_t number = allowed[at];
        const std::uint32_t port = pairs_.pair(flow, number).from.nic;
        const Duration waiting = waiting_of_flow(flow, port, node, now);
        if (in_rack && has_room(port, waiting)) return {number, waiting, kNever};
        if (!has_room(port, waiting)) {
            if (!is_stopped(port, class_of_flow_[flow]))
                choice.dry = std::min(choice.dry, runs_dry(port, waiting, now));
            continue;
        }
        const bool shortest = network_.path == PathPolicy::adaptive && candidates > 0;
        if (shortest && waiting > most) continue;
        if (shortest && waiting < most) candidates = 0;
        most = shortest ? waiting : std::max(most, waiting);
        ++candidates;
    }
    if (candidates == 0) return choice;
    const std::uint32_t turn = sender.next + sender.retransmissions;  // packets that it has sent
    std::uint32_t place = network_.path == PathPolicy::round_robin ? turn % candidates
                          : network_.path == PathPolicy::entropy   ? one_of(key, candidates)
                                                                   : one_of(key ^ packet_key(next), candidates);
    for (const std::uint16_t number : allowed) {
        const std::uint32_t port = pairs_.pair(flow, number).from.nic;
        choice.waiting = waiting_of_flow(flow, port, node, now);
        if (!has_room(port, choice.waiting) || choice.waiting > most || place-- != 0) continue;
        choice.pair = number;
        break;
    }
    return choice;
}

/// @param port  any of the NIC's
template <class Context>
[[gnu::noinline]] void Fabric::serve_bonded(Context& context, Node& node, std::uint32_t port, Time now) {
    PortPairs::Bond& bond = pairs_.bond(port);
    Nic& nic = nics_[bond.first_port];
    if (nic.due <= now) unpark(nic, now);
    if (commits<Context>())
        for (std::uint32_t i = bond.first_port; i < bond.first_port + bond.ports; ++i)
            start_until(context, node, rows_of(node, i), now + node.latency);
    if (bond.service <= now) bond.service = kNever;
    std::uint32_t first_passed = Nic::kNone;
    Time service = kNever;
    while (nic.first_ready != Nic::kNone && nic.first_ready != first_passed) {
        if (const auto [room, dry] = room_of(bond, nic.first_ready, node, now); !room && dry != kNever) {
            service = std::min(service, dry);
            break;
        }
        const std::uint32_t flow = nic.take_first(transport_);
        if (!transport_.may_send(flow, now) || !control_.has_room(flow, transport_)) continue;
        if (const Time next = control_.next_send(flow); next > now) {
            nic.park(transport_, flow, next);
            continue;
        }
        const PairChoice choice = choose_pair(node, flow, now);
        if (choice.pair == PairChoice::kNoPair) {
            service = std::min(service, choice.dry);
            if (first_passed == Nic::kNone) first_passed = flow;
        } else {
            const PortPair& pair = pairs_.pair(flow, choice.pair);
            transport_.sender(flow).to_leaf = pair.to.leaf;
            transport_.sender(flow).to_port = pair.to.down;
            send_packet(context, node, flow, pair.from.nic, choice.pair, choice.waiting, now);
            first_passed = Nic::kNone;
        }
        nic.append(transport_, flow);
    }
    if (service < bond.service) {
        bond.service = service;
        Frame again{};
        again.flow = bond.first_port;
        post_own(context, node, again, Happening::service, service);
    }
    if (nic.due >= nic.wake) return;
    nic.wake = nic.due;
    Frame wake{};
    wake.flow = bond.first_port;
    post_own(context, node, wake, Happening::unpark, nic.wake);
}

/// Has some port of a NIC room for a packet of a flow? If none: when the first of those that may send runs dry.
inline std::pair<bool, Time> Fabric::room_of(const PortPairs::Bond& bond, std::uint32_t flow, const Node& node,
                                             Time now) const {
    Time dry = kNever;
    std::uint32_t at = turn_in_rack(flow, transport_.sender(flow), bond.ports);  // any order will do: this is quick
    for (std::uint32_t left = bond.ports; left > 0; --left, at = at + 1 == bond.ports ? 0 : at + 1) {
        const std::uint32_t port = bond.first_port + at;
        const Duration waiting = waiting_of_flow(flow, port, node, now);
        if (has_room(port, waiting)) return {true, kNever};
        if (!is_stopped(port, class_of_flow_[flow])) dry = std::min(dry, runs_dry(port, waiting, now));
    }
    return {false, dry};
}

/// The answer to a packet goes back by the pair of ports that it came by.
[[gnu::cold, gnu::noinline]] inline void Fabric::answer_by_pair_of(const Frame& frame, Receiver& receiver) const {
    if (!pairs_.has(frame.flow)) return;  // it never left its server
    const PortPair& pair = pairs_.pair(frame.flow, frame.cumulative);
    receiver.nic_port = pair.to.nic;
    receiver.to_leaf = pair.from.leaf;
    receiver.to_port = pair.from.down;
}

}  // namespace lightloom
