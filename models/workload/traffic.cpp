#include "models/workload/traffic.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/random.hpp"
#include "models/workload/traffic_builder.hpp"
#include "topologies/aggregation_tree.hpp"

namespace lightloom {
namespace {

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

std::vector<Ranks> groups_of(const Topology& topology, Grouping grouping, std::span<const EndpointId> gpus) {
    const std::vector<std::uint32_t> place = places_in_servers(topology);
    std::vector<Ranks> groups;
    std::vector<std::uint32_t> known;  // by rail or server: its group + 1
    for (const EndpointId gpu : gpus) {
        const std::uint32_t key = grouping == Grouping::rails     ? place[gpu.value]
                                  : grouping == Grouping::servers ? topology.endpoints[gpu.value].server.value
                                                                  : 0;
        if (known.size() <= key) known.resize(key + 1);
        if (known[key] == 0) {
            groups.emplace_back();
            known[key] = static_cast<std::uint32_t>(groups.size());
        }
        groups[known[key] - 1].push_back(gpu);
    }
    return groups;
}

std::vector<Ranks> groups_of(const Topology& topology, Grouping grouping, Placement placement) {
    return groups_of(topology, grouping, all_gpus(topology, placement));
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

void add_engine(Traffic& traffic, const Topology& topology, const EngineCosts& costs, bool scale_up) {
    for (Program& program : traffic.programs) program.launch_ps = costs.launch.ps;
    for (Traffic::Flow& flow : traffic.flows) {
        if (flow.lane == Traffic::kNone) continue;
        if (flow.over.valid()) {
            if (!is_switch(topology, flow.source)) flow.step_ps = costs.step_across.ps;
            flow.share = WireShare(costs.efficiency_across);
            continue;
        }
        const Topology::Endpoint& from = topology.endpoints[flow.source.value];
        const Topology::Endpoint& to = topology.endpoints[flow.destination.value];
        const bool inside = scale_up && (from.server == to.server || share_scale_up(topology, from, to));
        flow.step_ps = (inside ? costs.step : costs.step_across).ps;
        flow.share = WireShare(inside ? costs.efficiency : costs.efficiency_across);
    }
}

Traffic permutation(std::span<const EndpointId> gpus, Bytes bytes, std::uint64_t seed, std::uint64_t number) {
    // Sattolo's shuffle: one cycle through all of them, so none sends to itself.
    std::vector<std::size_t> to(gpus.size());
    std::iota(to.begin(), to.end(), std::size_t{0});
    for (std::size_t i = to.size() - 1; i > 0; --i)
        std::swap(to[i], to[draw(seed, i, Purpose::permutation, number) % i]);
    std::vector<Traffic::Flow> flows;
    for (std::size_t i = 0; i < to.size(); ++i) flows.push_back({.source = gpus[i], .destination = gpus[to[i]]});
    return one_message_each(std::move(flows), bytes);
}

Traffic permutation(const Topology& topology, Bytes bytes, std::uint64_t seed) {
    return permutation(all_gpus(topology, Placement::packed), bytes, seed, 0);
}

Traffic incast(std::span<const EndpointId> gpus, Bytes bytes) {
    std::vector<Traffic::Flow> flows;
    for (const EndpointId sender : gpus.subspan(1)) flows.push_back({.source = sender, .destination = gpus.front()});
    return one_message_each(std::move(flows), bytes);
}

Traffic incast(std::uint32_t senders, Bytes bytes) {
    Ranks gpus;
    for (std::size_t i = 0; i <= senders; ++i) gpus.emplace_back(i);
    return incast(gpus, bytes);
}

void put_off(Traffic& traffic, Duration by) {
    for (Traffic::Flow& flow : traffic.flows) flow.start_ps += by.ps;
    for (Traffic::Worker& worker : traffic.workers) worker.start_ps += by.ps;
}

}  // namespace lightloom
