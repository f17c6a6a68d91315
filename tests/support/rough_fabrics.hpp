// Small fabrics in which much goes wrong at once, for tests that compare two ways of running them.
#pragma once

#include "tests/support/fabric_harness.hpp"

namespace lightloom::testing {

inline Topology eighteen_nodes(double gigabits_per_second = 400) {  // at least as many as partitions
    return leaf_spine({.servers = 12,
                       .gpus_per_server = 2,
                       .leaves = 4,
                       .spines = 2,
                       .links_per_pair = 2,
                       .rate = gigabits(gigabits_per_second)});
}

/// Many equal flows on few uplinks, in buffers that are too small, over links that lose a frame in a hundred.
inline FabricCase rough(Forwarding forwarding, PathPolicy path) {
    FabricCase parts(eighteen_nodes(), permutation(eighteen_nodes(), {96 << 10}, 7), nanoseconds(300));
    for (Channel& channel : parts.channels) channel.codeword_hazard = 5e-3;
    parts.network.forwarding = forwarding;
    parts.network.path = path;
    parts.network.queue_limit = {24 << 10};
    parts.network.buffer = {64 << 10};
    parts.network.ecn_threshold = {8 << 10};
    parts.transport = {.payload = {4096}, .window = 16, .timeout = microseconds(20)};
    return parts;
}

/// Messages that wait for each other, on cables of unequal length.
inline FabricCase chained(double gigabits_per_second = 400) {
    const Topology topology = eighteen_nodes(gigabits_per_second);
    FabricCase parts(topology, ring_all_reduce(topology, Placement::spread, {96 << 10}, 2), nanoseconds(40));
    for (std::size_t i = 0; i < parts.channels.size(); ++i)
        parts.channels[i].delay += Duration{static_cast<std::int64_t>(i * 1009)};
    parts.network.nic_latency = nanoseconds(10);
    return parts;
}

}  // namespace lightloom::testing
