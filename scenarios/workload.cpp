#include "scenarios/workload.hpp"

#include <stdexcept>

#include "models/workload/training/job.hpp"
#include "scenarios/training.hpp"
#include "scenarios/tuner.hpp"

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
        case WorkloadKind::training: return std::nullopt;
    }
    return std::nullopt;
}

const std::vector<std::string>& workload_kind_names() {
    static const std::vector<std::string> names{"all-reduce",     "permutation",  "incast",  "all-gather",
                                                "reduce-scatter", "broadcast",    "reduce",  "all-to-all",
                                                "barrier",        "send-receive", "training"};
    return names;
}

const std::vector<std::string>& algorithm_names() {
    static const std::vector<std::string> names{"ring",         "halving-doubling", "recursive-doubling", "tree",
                                                "hierarchical", "direct",           "pairwise",           "bruck",
                                                "in-switch"};
    return names;
}

std::string_view name_of(WorkloadKind kind) { return workload_kind_names().at(static_cast<std::size_t>(kind)); }

std::string_view name_of(Algorithm algorithm) { return algorithm_names().at(static_cast<std::size_t>(algorithm)); }

const char* group_noun(const Scenario::Workload& w) {
    const std::optional<Collective> kind = collective_of(w.kind);
    if (!kind) return w.kind == WorkloadKind::training ? "group" : "pattern";
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

Traffic traffic_of(const Scenario& as_said, const Plan& plan) {
    const Scenario scenario = tuned(as_said);
    const Scenario::Workload& w = scenario.workload;
    const auto traffic = [&] {
        if (w.kind == WorkloadKind::permutation) return permutation(plan.topology, w.bytes, scenario.seeds.traffic);
        if (w.kind == WorkloadKind::training) {
            const Ranks gpus = groups_of(plan.topology, Grouping::all, w.placement).front();
            const TrainingStep step = training_step(scenario.training, static_cast<std::int64_t>(gpus.size()));
            return training_traffic(step, gpus, static_cast<std::uint32_t>(w.iterations));
        }
        if (w.kind == WorkloadKind::incast) {
            const auto others = static_cast<std::uint32_t>(plan.topology.endpoints.size() - 1);
            return incast(w.senders == 0 ? others : static_cast<std::uint32_t>(w.senders), w.bytes);
        }
        const std::vector<Ranks> groups = groups_of(plan.topology, w.groups, w.placement);
        return collective(
            groups, call_of(w, static_cast<std::int64_t>(groups.front().size()), shape_of(scenario).gpus_per_server),
            static_cast<std::uint32_t>(w.iterations));
    };
    Traffic made = traffic();
    add_engine(made, plan.topology, engine_costs(scenario), scenario.scale_up_network.kind != ScaleUpKind::none);
    for (Traffic::Group& group : made.groups) group.traffic_class = static_cast<std::uint8_t>(w.traffic_class);
    return made;
}

}  // namespace lightloom
