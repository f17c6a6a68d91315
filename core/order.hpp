// The order in which a node handles events of the same instant. Order is data: it depends on the events alone, never on
// insertion, partition or thread.
//
//   (time, kind, rank)   rank of an event that came through a port: a keyed permutation of the ports, another at each
//                        instant; after them the node's own events, by the node's counter when they were posted
//
// Kinds are numbered by urgency. The permutation is there because a synchronised collective makes exact ties by the
// thousand: with the lowest port first, a few senders win every round of a contended port and the rest starve.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "core/time.hpp"

namespace lightloom {

/// Set in Event::source of an event that a node posted to itself; the other 31 bits are the node's counter.
inline constexpr std::uint32_t kOwnEvent = 0x8000'0000u;

/// What the engine asks of an event. Everything else in it is the model's.
template <class E>
concept EngineEvent = requires(E e) {
    { e.at } -> std::convertible_to<Time>;               // when the receiver may first act
    { e.node } -> std::convertible_to<std::uint32_t>;    // who receives it
    { e.source } -> std::convertible_to<std::uint32_t>;  // the receiver's ingress port, or kOwnEvent | counter
    { e.kind < e.kind } -> std::convertible_to<bool>;    // lower is more urgent
}
&&std::is_trivially_copyable_v<E> && sizeof(E) <= 64;

/// 64 to 64 bits, bijective, every output bit depending on every input bit. After David Stafford's "Mix13".
constexpr std::uint64_t scramble(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/// A permutation of the 32-bit numbers chosen by `key`: different ports never get the same rank.
constexpr std::uint32_t permuted(std::uint32_t port, std::uint64_t key) {
    std::uint32_t x = port ^ static_cast<std::uint32_t>(key);
    x *= static_cast<std::uint32_t>(key >> 32) | 1u;  // odd factors are invertible modulo 2^32
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    return x * 0x846ca68bu;
}

template <EngineEvent Event>
struct EventOrder {
    std::uint64_t seed = 0;

    bool operator()(const Event& a, const Event& b) const {
        if (a.at != b.at) return a.at < b.at;
        const std::uint64_t key = tie_key(a);
        return rank(a, key) < rank(b, key);
    }
    /// Which permutation of the ports holds for events at this one's node and instant.
    std::uint64_t tie_key(const Event& e) const {
        return scramble(seed ^ scramble(static_cast<std::uint64_t>(e.at.ps) ^ std::uint64_t{e.node} << 40));
    }
    /// Orders events of one node and instant; no two have the same.
    static std::uint64_t rank(const Event& e, std::uint64_t key) {
        const bool own = e.source & kOwnEvent;
        return static_cast<std::uint64_t>(e.kind) << 33 | std::uint64_t{own} << 32 |
               (own ? e.source : permuted(e.source, key));
    }
};

}  // namespace lightloom
