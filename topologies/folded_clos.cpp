#include "topologies/folded_clos.hpp"

#include "topologies/core_tier.hpp"
#include "topologies/parameter_checks.hpp"
#include "topologies/pod.hpp"

namespace lightloom {
namespace {

void check(const ClosParameters& p) {
    const ParameterChecks checks("a folded Clos");
    checks.in_range("pods", p.pods);
    checks.in_range("leaves per pod", p.leaves_per_pod);
    checks.in_range("spines per pod", p.spines_per_pod);
    checks.in_range("cores", p.cores, 0);
    checks.in_range("servers per leaf", p.servers_per_leaf);
    checks.in_range("GPUs per server", p.gpus_per_server);
    checks.in_range("leaf-spine links", p.leaf_spine_links);
    checks.in_range("spine-core links", p.spine_core_links);
    checks.in_range("buildings", p.buildings);
    checks.divides(p.buildings, "buildings", p.pods, "pods");
    if (p.cores == 0 && p.pods > 1) checks.refuse(std::to_string(p.pods) + " pods need cores between them");
    checks.divides(p.spines_per_pod, "spines of a pod", p.cores, "cores");
    const CoreRange cores = cores_of_spine(count_of(p.cores), count_of(p.spines_per_pod), 0);
    const auto pods = static_cast<__int128>(p.pods);
    checks.cables(pods * p.leaves_per_pod * p.servers_per_leaf * p.gpus_per_server +
                  pods * p.leaves_per_pod * p.spines_per_pod * p.leaf_spine_links +
                  pods * p.spines_per_pod * static_cast<std::int64_t>(cores.last) * p.spine_core_links);
}

}  // namespace

Topology folded_clos(const ClosParameters& parameters) {
    check(parameters);
    const ClosParameters& p = parameters;
    TopologyBuilder builder;
    const Rate uplink = p.uplink_rate.value_or(p.rate), up_to_core = p.core_rate.value_or(uplink);
    const std::uint32_t host_leaf = builder.add_tier("host-leaf", p.rate);
    const std::uint32_t leaf_spine = builder.add_tier("leaf-spine", uplink);
    const std::uint32_t spine_core = p.cores > 0 ? builder.add_tier("spine-core", up_to_core) : 0;
    const std::uint32_t campus = p.cores > 0 && p.buildings > 1 ? builder.add_tier("campus", up_to_core) : spine_core;

    const PodShape shape{p.leaves_per_pod,   p.spines_per_pod, p.servers_per_leaf, p.gpus_per_server,
                         p.leaf_spine_links, host_leaf,        leaf_spine};
    std::vector<std::vector<NodeId>> spines;
    for (std::uint32_t pod = 0; pod < p.pods; ++pod) spines.push_back(add_pod(builder, shape, pod));
    std::vector<NodeId> cores;
    for (std::int64_t i = 0; i < p.cores; ++i) cores.push_back(builder.add_core());

    const std::size_t buildings = count_of(p.buildings), pods_per_building = spines.size() / buildings;
    for (std::size_t pod = 0; pod < spines.size(); ++pod)
        for (std::size_t j = 0; j < spines[pod].size(); ++j) {
            const CoreRange range = cores_of_spine(cores.size(), spines[pod].size(), j);
            for (std::size_t core = range.first; core < range.last; ++core) {
                const bool inside = core % buildings == pod / pods_per_building;
                builder.connect(spines[pod][j], cores[core], inside ? spine_core : campus,
                                count_of(p.spine_core_links));
            }
        }
    return builder.build();
}

}  // namespace lightloom
