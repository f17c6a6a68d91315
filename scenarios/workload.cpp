#include "scenarios/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/quantity_text.hpp"
#include "models/workload/loads.hpp"
#include "scenarios/in_network.hpp"
#include "scenarios/training.hpp"
#include "scenarios/tuner.hpp"
#include "topologies/aggregation_tree.hpp"
#include "topologies/validation.hpp"

namespace lightloom {

Algorithm usual_algorithm(Collective kind) {
    switch (kind) {
        case Collective::all_reduce:
        case Collective::all_gather:
        case Collective::reduce_scatter:
        case Collective::broadcast:
        case Collective::reduce: return Algorithm::ring;
        case Collective::all_to_all:
        case Collective::send_receive: return Algorithm::direct;
        case Collective::barrier: return Algorithm::bruck;
    }
    return Algorithm::ring;
}

bool has_programs(WorkloadKind kind) {
    return collective_of(kind) || kind == WorkloadKind::training || kind == WorkloadKind::trace;
}

std::optional<Collective> collective_of(WorkloadKind kind) {
    switch (kind) {
        case WorkloadKind::all_reduce: return Collective::all_reduce;
        case WorkloadKind::all_gather: return Collective::all_gather;
        case WorkloadKind::reduce_scatter: return Collective::reduce_scatter;
        case WorkloadKind::broadcast: return Collective::broadcast;
        case WorkloadKind::reduce: return Collective::reduce;
        case WorkloadKind::all_to_all: return Collective::all_to_all;
        case WorkloadKind::barrier: return Collective::barrier;
        case WorkloadKind::send_receive: return Collective::send_receive;
        case WorkloadKind::permutation:
        case WorkloadKind::incast:
        case WorkloadKind::uniform:
        case WorkloadKind::hot_spot:
        case WorkloadKind::training:
        case WorkloadKind::trace: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<MessageDemand::Pattern> pattern_of(WorkloadKind kind) {
    if (kind == WorkloadKind::permutation) return MessageDemand::Pattern::permutation;
    if (kind == WorkloadKind::incast) return MessageDemand::Pattern::incast;
    if (kind == WorkloadKind::uniform) return MessageDemand::Pattern::uniform;
    if (kind == WorkloadKind::hot_spot) return MessageDemand::Pattern::hot_spot;
    return std::nullopt;
}

SizeDistribution message_sizes_of(const Scenario::Workload& w) {
    if (w.messages.sizes == FlowSizes::fixed) return SizeDistribution::fixed(w.bytes.count);
    if (w.messages.sizes != FlowSizes::file) return published_sizes(w.messages.sizes);
    if (!w.messages.of_file) throw WorkloadError("the file of message sizes has not been read");
    return *w.messages.of_file;
}

const std::vector<std::string>& workload_kind_names() {
    static const std::vector<std::string> names{
        "all-reduce", "permutation", "incast",       "all-gather", "reduce-scatter", "broadcast", "reduce",
        "all-to-all", "barrier",     "send-receive", "training",   "trace",          "uniform",   "hot-spot"};
    return names;
}

const std::vector<std::string>& algorithm_names() {
    static const std::vector<std::string> names{"ring",         "halving-doubling", "recursive-doubling", "tree",
                                                "hierarchical", "direct",           "pairwise",           "bruck",
                                                "in-switch",    "in-network"};
    return names;
}

std::string_view name_of(WorkloadKind kind) { return workload_kind_names().at(static_cast<std::size_t>(kind)); }

std::string_view name_of(Algorithm algorithm) { return algorithm_names().at(static_cast<std::size_t>(algorithm)); }

const char* group_noun(const Scenario::Workload& w) {
    const std::optional<Collective> kind = collective_of(w.kind);
    if (!kind) return has_programs(w.kind) ? "group" : "pattern";
    return w.algorithm.value_or(usual_algorithm(*kind)) == Algorithm::ring ? "ring" : "group";
}

std::vector<std::string> algorithms_of(Collective kind) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < algorithm_names().size(); ++i)
        if (is_implemented(kind, static_cast<Algorithm>(i))) names.push_back(algorithm_names()[i]);
    return names;
}

GroupShape groups_of(Grouping grouping, const FabricShape& fabric) {
    switch (grouping) {
        case Grouping::rails: return {fabric.gpus_per_server, fabric.servers};
        case Grouping::all: return {1, fabric.endpoints()};
        case Grouping::servers: return {fabric.servers, fabric.gpus_per_server};
    }
    throw std::logic_error("unknown grouping");
}

CollectiveCall call_of(const Scenario::Workload& w, std::int64_t ranks, std::int64_t gpus_per_server) {
    const Collective kind = collective_of(w.kind).value();
    return {.kind = kind,
            .algorithm = w.algorithm.value_or(usual_algorithm(kind)),
            .ranks = static_cast<std::uint32_t>(ranks),
            .bytes = kind == Collective::barrier ? 0 : w.bytes.count,
            .channels = static_cast<std::uint32_t>(w.channels),
            .chunk_bytes = w.chunk ? w.chunk->count : CollectiveCall{}.chunk_bytes,
            .root = static_cast<std::uint32_t>(w.root),
            .ranks_per_node = w.groups != Grouping::rails ? static_cast<std::uint32_t>(gpus_per_server) : 1};
}

CollectiveCall call_of(const Scenario& scenario) {
    const FabricShape fabric = shape_of(scenario);
    const Scenario chosen = tuned(scenario);
    return call_of(chosen.workload, groups_of(chosen.workload.groups, fabric).ranks, fabric.gpus_per_server);
}

std::vector<Scenario::Job> jobs_of(const Scenario& scenario) {
    if (!scenario.jobs.empty()) return scenario.jobs;
    return {{.name = "workload",
             .start = {},
             .gpus = {},
             .placement = scenario.workload.placement,
             .list = {},
             .workload = scenario.workload,
             .training = scenario.training,
             .trace = scenario.trace}};
}

Scenario as_workload(const Scenario& scenario, const Scenario::Job& job) {
    Scenario one = scenario;
    one.jobs.clear();
    one.alone = false;
    one.workload = job.workload;
    one.training = job.training;
    one.trace = job.trace;
    return one;
}

std::vector<Ranks> placed(const Scenario& scenario, const Topology& topology) {
    std::vector<PlacementRequest> requests;
    for (const Scenario::Job& job : jobs_of(scenario)) {
        PlacementRequest& request = requests.emplace_back();
        request.name = job.name;
        request.placement = job.placement;
        if (job.gpus) request.gpus = static_cast<std::uint64_t>(*job.gpus);
        request.list = job.list;
    }
    try {
        return place_jobs(topology, requests, scenario.seeds.traffic);
    } catch (const PlacementError& error) {
        throw WorkloadError(error.what());
    }
}

namespace {

// How many consecutive ranks share a server, if all servers have as many of them; else 1.
std::int64_t ranks_per_server(const Topology& topology, const Ranks& gpus) {
    const std::vector<Ranks> servers = groups_of(topology, Grouping::servers, gpus);
    Ranks in_turn;
    for (const Ranks& server : servers) {
        if (server.size() != servers.front().size()) return 1;
        in_turn.insert(in_turn.end(), server.begin(), server.end());
    }
    return in_turn == gpus ? static_cast<std::int64_t>(servers.front().size()) : 1;
}

// A call is of so many ranks, whichever group makes it.
void refuse_unfit(const Scenario::Job& job, const std::vector<Ranks>& groups) {
    const std::size_t ranks = groups.front().size();
    for (const Ranks& group : groups)
        if (group.size() != ranks)
            throw WorkloadError(fmt::format(
                "job {}: groups of {} and of {} GPUs cannot run one collective; groups = \"all\" makes one of all",
                job.name, ranks, group.size()));
    if (ranks < 2)
        throw WorkloadError(fmt::format("job {}: its GPUs are placed so that each is alone in its group", job.name));
    const Scenario::Workload& w = job.workload;
    if (static_cast<std::size_t>(w.root) >= ranks)
        throw WorkloadError(
            fmt::format("job {}: there is no rank {} in groups of {}, counted from 0", job.name, w.root, ranks));
}

// What an endpoint sends at most, by all ports of its NIC.
double bytes_per_second(const Topology& topology, EndpointId gpu) {
    const Topology::Endpoint& endpoint = topology.endpoints[gpu.value];
    const Topology::Cable& cable = topology.cables[topology.ports[endpoint.nic.value].cable.value];
    return static_cast<double>(topology.tiers[cable.tier].rate.bit_rate().bits_per_second) / 8.0 * endpoint.nics;
}

Traffic pattern_traffic(const Scenario::Workload& w, const Ranks& gpus, std::uint64_t number, const Topology& topology,
                        std::uint64_t seed) {
    const ScenarioMessages& m = w.messages;
    Ranks in_order = gpus;  // nobody has a rank in a pattern
    std::ranges::sort(in_order);
    if (w.kind == WorkloadKind::incast && w.senders != 0) in_order.resize(static_cast<std::size_t>(w.senders) + 1);
    const double senders = w.kind == WorkloadKind::incast ? static_cast<double>(in_order.size() - 1) : 1.0;
    return message_traffic(in_order,
                           {.pattern = *pattern_of(w.kind),
                            .hot_share = m.hot_share,
                            .hot_spots = static_cast<std::uint32_t>(m.hot_spots),
                            .sizes = message_sizes_of(w),
                            .arrivals = m.arrivals,
                            .bytes_per_second = m.load * bytes_per_second(topology, in_order.front()) / senders,
                            .duration = m.duration,
                            .outstanding = static_cast<std::uint32_t>(m.outstanding),
                            .messages = static_cast<std::uint32_t>(m.messages)},
                           seed, number);
}

Traffic traffic_of(const Scenario& scenario, const Scenario::Job& job, const Ranks& gpus, std::uint64_t number,
                   const Plan& plan, std::uint32_t& trees) {
    const Topology& topology = plan.topology;
    const Scenario::Workload& w = job.workload;
    if (pattern_of(w.kind)) return pattern_traffic(w, gpus, number, topology, scenario.seeds.traffic);
    if (w.kind == WorkloadKind::training) return training_traffic(as_workload(scenario, job), topology, gpus);
    if (w.kind == WorkloadKind::trace) return trace_traffic(as_workload(scenario, job), topology, gpus);
    const std::vector<Ranks> groups = groups_of(topology, w.groups, gpus);
    refuse_unfit(job, groups);
    const std::size_t ranks = groups.front().size();
    // Of [workload] the checks have said so; a sweep of sizes begins with less.
    if (!scenario.jobs.empty() && w.kind != WorkloadKind::barrier && w.bytes.count < static_cast<std::int64_t>(ranks))
        throw WorkloadError(
            fmt::format("job {}: {} are less than a byte for each of {} ranks", job.name, to_text(w.bytes), ranks));
    const CollectiveCall call = call_of(w, static_cast<std::int64_t>(ranks), ranks_per_server(topology, gpus));
    const auto iterations = static_cast<std::uint32_t>(w.iterations);
    if (call.algorithm == Algorithm::in_network) try {
            const std::uint32_t first_tree = std::exchange(trees, trees + static_cast<std::uint32_t>(groups.size()));
            return in_network_traffic(scenario, plan, groups, call, iterations, first_tree);
        } catch (const TopologyError& error) {
            throw WorkloadError(fmt::format("job {}: {}", job.name, error.what()));
        }
    return collective(groups, call, iterations);
}

}  // namespace

Traffic traffic_of(const Scenario& as_said, const Plan& plan) {
    const Scenario scenario = tuned(as_said);
    const std::vector<Scenario::Job> jobs = jobs_of(scenario);
    const std::vector<Ranks> gpus = placed(scenario, plan.topology);
    std::vector<Traffic> made;
    std::uint32_t trees = 0;  // of switches that add up, in all jobs
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        Traffic& traffic = made.emplace_back(traffic_of(scenario, jobs[i], gpus[i], i, plan, trees));
        add_engine(traffic, plan.topology, engine_costs(as_workload(scenario, jobs[i])),
                   scenario.scale_up_network.kind != ScaleUpKind::none);
        for (Traffic::Group& group : traffic.groups)
            group.traffic_class = static_cast<std::uint8_t>(jobs[i].workload.traffic_class);
        put_off(traffic, jobs[i].start);
    }
    return merged(std::move(made));
}

void check_amounts(const Traffic& traffic, const Scenario& scenario, const Topology& topology) {
    constexpr double kLongest = 30.0 * 86'400;  // s; time ends after 106 days, and there is waiting, too
    const std::vector<Load> loads = loads_of(traffic, scenario.transport.payload);
    std::vector<double> sent(topology.endpoints.size(), 0.0);
    for (std::size_t i = 0; i < loads.size(); ++i) {
        const EndpointId from = traffic.flows[i].source, to = traffic.flows[i].destination;
        if (is_switch(topology, from)) continue;  // it sends on what GPUs sent it
        if (loads[i].packets > std::int64_t{UINT32_MAX})
            throw WorkloadError(fmt::format(
                "GPU {} would send {} more packets than the {} that can be numbered; "
                "fewer bytes or iterations, or more payload per packet",
                from.value, is_switch(topology, to) ? "a switch that adds up" : fmt::format("GPU {}", to.value),
                UINT32_MAX));
        sent[from.value] += static_cast<double>(loads[i].bytes);
        if (sent[from.value] > kLongest * bytes_per_second(topology, from))
            throw WorkloadError(
                fmt::format("GPU {} would send for more than 30 days; simulated time ends after 106", from.value));
    }
}

}  // namespace lightloom
