#include "models/workload/traffic.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/random.hpp"
#include "models/workload/traffic_builder.hpp"

namespace lightloom {
namespace {

// The servers in the order of their ranks.
std::vector<std::uint32_t> server_order(const Topology& topology, Placement placement) {
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
    traffic.groups.push_back({.ranks = static_cast<std::uint32_t>(flows.size())});
    for (std::uint32_t i = 0; i < flows.size(); ++i) {
        flows[i].rank = i;
        flows[i].opening_messages = 1;
        flows[i].opening_bytes = bytes.count;
    }
    traffic.flows = std::move(flows);
    return traffic;
}

std::uint32_t flow_of(std::span<const Traffic::Peer> peers, std::uint32_t rank, std::uint32_t lane) {
    return std::ranges::lower_bound(peers, std::pair(rank, lane), {},
                                    [](const Traffic::Peer& peer) { return std::pair(peer.rank, peer.lane); })
        ->flow;
}

}  // namespace

std::uint32_t Program::add(Task task, std::span<const std::uint32_t> after) {
    const auto number = static_cast<std::uint32_t>(tasks.size());
    if (streams.size() <= task.stream) streams.resize(task.stream + 1);
    Stream& stream = streams[task.stream];
    if (stream.first == kNone) {
        stream.first = number;
    } else {
        task.place = tasks[stream.last].place + 1;
        tasks[stream.last].next = number;
    }
    stream.last = number;
    if (task.unit != kNone) units = std::max(units, task.unit + 1);
    task.first_dependency = static_cast<std::uint32_t>(dependencies.size());
    task.dependencies = static_cast<std::uint32_t>(after.size());
    dependencies.insert(dependencies.end(), after.begin(), after.end());
    tasks.push_back(task);
    return number;
}

// Within a stream the order says it all.
void Program::index_successors() {
    const auto for_each_edge = [this](auto&& visit) {
        for (std::uint32_t number = 0; number < tasks.size(); ++number)
            for (const std::uint32_t before : dependencies_of(tasks[number]))
                if (tasks[before].stream != tasks[number].stream) visit(tasks[before], number);
    };
    for (Task& task : tasks) task.successors = 0;
    for_each_edge([](Task& before, std::uint32_t) { ++before.successors; });
    std::uint32_t edges = 0;
    for (Task& task : tasks) {
        task.first_successor = edges;
        edges += std::exchange(task.successors, 0);
    }
    successors.resize(edges);
    for_each_edge([this](Task& before, std::uint32_t number) {
        successors[before.first_successor + before.successors++] = number;
    });
}

std::uint32_t Traffic::flow_to(std::uint32_t lane, const Step& step) const {
    return flow_of(std::span(out).subspan(lanes[lane].first_out, lanes[lane].outs), step.to, step.to_lane);
}

std::uint32_t Traffic::flow_from(std::uint32_t lane, const Step& step) const {
    return flow_of(std::span(in).subspan(lanes[lane].first_in, lanes[lane].ins), step.from, step.from_lane);
}

std::vector<Ranks> groups_of(const Topology& topology, Grouping grouping, Placement placement) {
    const std::vector<std::uint32_t> order = server_order(topology, placement);
    const std::size_t per_server = topology.endpoints.size() / order.size();
    std::vector<Ranks> groups;
    const auto group = [&](std::size_t number) -> Ranks& {
        if (groups.size() <= number) groups.resize(number + 1);
        return groups[number];
    };
    for (std::size_t i = 0; i < order.size(); ++i)
        for (std::size_t gpu = 0; gpu < per_server; ++gpu) {
            const std::size_t number = grouping == Grouping::rails ? gpu : grouping == Grouping::servers ? i : 0;
            group(number).push_back(EndpointId{order[i] * per_server + gpu});
        }
    return groups;
}

Traffic collective(std::span<const Ranks> groups, const CollectiveCall& call, std::uint32_t iterations) {
    TrafficBuilder builder;
    const std::uint32_t made = builder.add_call(call);
    Program program;
    program.iterations = iterations;
    program.add({.call = made});
    const std::uint32_t shared = builder.add_program(std::move(program));
    for (const Ranks& ranks : groups) {
        const std::uint32_t group = builder.add_group({.ranks = call.ranks});
        for (std::uint32_t rank = 0; rank < ranks.size(); ++rank)
            builder.add_seat(builder.add_worker(ranks[rank], shared), group, rank);
    }
    return builder.build();
}

Traffic permutation(const Topology& topology, Bytes bytes, std::uint64_t seed) {
    // Sattolo's shuffle: one cycle through all endpoints, so none sends to itself.
    std::vector<std::size_t> to(topology.endpoints.size());
    std::iota(to.begin(), to.end(), std::size_t{0});
    for (std::size_t i = to.size() - 1; i > 0; --i) std::swap(to[i], to[draw(seed, i, Purpose::permutation, 0) % i]);
    std::vector<Traffic::Flow> flows;
    for (std::size_t i = 0; i < to.size(); ++i)
        flows.push_back({.source = EndpointId{i}, .destination = EndpointId{to[i]}});
    return one_message_each(std::move(flows), bytes);
}

Traffic incast(std::uint32_t senders, Bytes bytes) {
    std::vector<Traffic::Flow> flows;
    for (std::size_t i = 1; i <= senders; ++i)
        flows.push_back({.source = EndpointId{i}, .destination = EndpointId{std::size_t{0}}});
    return one_message_each(std::move(flows), bytes);
}

}  // namespace lightloom
