#include "models/workload/traffic.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/random.hpp"

namespace lightloom {
namespace {

// Chunk c of n: the bytes between the c-th and the next of n equal cuts.
std::int64_t chunk_bytes(std::int64_t bytes, std::uint32_t n, std::uint32_t c) {
    const auto cut = [&](std::uint32_t i) { return bytes / n * i + bytes % n * i / n; };
    return cut(c + 1) - cut(c);
}

// The servers in the order of the ring.
std::vector<std::uint32_t> ring_order(const Topology& topology, Placement placement) {
    std::vector<std::uint32_t> servers, place_in_rack, seen_under(topology.nodes.size(), 0);
    std::uint32_t last = UINT32_MAX;
    for (const Topology::Endpoint& endpoint : topology.endpoints) {
        const std::uint32_t server = topology.nodes[endpoint.server.value].index;
        if (server == last) continue;
        last = server;
        servers.push_back(server);
        place_in_rack.push_back(seen_under[endpoint.leaf.value]++);
    }
    std::vector<std::uint32_t> order(servers.size());
    std::iota(order.begin(), order.end(), 0u);
    if (placement == Placement::spread)  // the first server of every rack, then the second of every rack, ...
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return place_in_rack[a] < place_in_rack[b]; });
    return order;
}

Traffic one_message_each(std::vector<Traffic::Flow> flows, Bytes bytes) {
    Traffic traffic;
    for (std::uint32_t i = 0; i < flows.size(); ++i) flows[i].rank = i;
    traffic.groups.push_back({.ranks = static_cast<std::uint32_t>(flows.size()), .bytes = bytes});
    traffic.flows = std::move(flows);
    return traffic;
}

}  // namespace

std::int64_t Traffic::message_bytes(const Flow& flow, std::uint32_t k) const {
    const Group& group = groups[flow.group];
    if (!group.all_reduce) return group.bytes.count;
    // Step k of rank r sends chunk r - k (mod n): n - 1 steps that reduce, then n - 1 that hand the sums round.
    const std::uint32_t n = group.ranks, step = k % messages_per_iteration(flow);
    return chunk_bytes(group.bytes.count, n, (flow.rank + 2 * n - step) % n);
}

std::int64_t Traffic::iteration_bytes(const Flow& flow) const {
    const Group& group = groups[flow.group];
    if (!group.all_reduce) return group.bytes.count * messages_per_iteration(flow);
    // 2 n steps would send every chunk twice; the two that a ring does not make would send these.
    const std::uint32_t n = group.ranks;
    return 2 * group.bytes.count - chunk_bytes(group.bytes.count, n, (flow.rank + 2) % n) -
           chunk_bytes(group.bytes.count, n, (flow.rank + 1) % n);
}

Traffic ring_all_reduce(const Topology& topology, Placement placement, Bytes bytes, std::uint32_t iterations) {
    const std::vector<std::uint32_t> order = ring_order(topology, placement);
    const auto n = static_cast<std::uint32_t>(order.size());
    const auto rails = static_cast<std::uint32_t>(topology.endpoints.size() / n);
    std::vector<std::uint32_t> rank_of(n);
    for (std::uint32_t rank = 0; rank < n; ++rank) rank_of[order[rank]] = rank;

    Traffic traffic;
    traffic.groups.assign(rails, {.ranks = n, .iterations = iterations, .bytes = bytes, .all_reduce = true});
    for (std::uint32_t server = 0; server < n; ++server)
        for (std::uint32_t rail = 0; rail < rails; ++rail) {
            const std::uint32_t rank = rank_of[server];
            const std::size_t next = order[(rank + 1) % n], previous = order[(rank + n - 1) % n];
            // Flows are numbered as their source endpoints, so a neighbour's flow is the neighbour's endpoint.
            traffic.flows.push_back({.source = EndpointId{std::size_t{server} * rails + rail},
                                     .destination = EndpointId{next * rails + rail},
                                     .after = FlowId{previous * rails + rail},
                                     .then = FlowId{next * rails + rail},
                                     .group = rail,
                                     .rank = rank,
                                     .messages = iterations * 2 * (n - 1)});
        }
    return traffic;
}

Traffic permutation(const Topology& topology, Bytes bytes, std::uint64_t seed) {
    // Sattolo's shuffle: one cycle through all endpoints, so none sends to itself.
    std::vector<std::size_t> to(topology.endpoints.size());
    std::iota(to.begin(), to.end(), std::size_t{0});
    for (std::size_t i = to.size() - 1; i > 0; --i) std::swap(to[i], to[draw(seed, i, Purpose::permutation, 0) % i]);
    std::vector<Traffic::Flow> flows;
    for (std::size_t i = 0; i < to.size(); ++i)
        flows.push_back({.source = EndpointId{i}, .destination = EndpointId{to[i]}, .after = {}, .then = {}});
    return one_message_each(std::move(flows), bytes);
}

Traffic incast(std::uint32_t senders, Bytes bytes) {
    std::vector<Traffic::Flow> flows;
    for (std::size_t i = 1; i <= senders; ++i)
        flows.push_back({.source = EndpointId{i}, .destination = EndpointId{0}, .after = {}, .then = {}});
    return one_message_each(std::move(flows), bytes);
}

}  // namespace lightloom
