#include "scenarios/fabric.hpp"

#include <stdexcept>
#include <string>

#include "topologies/folded_clos.hpp"
#include "topologies/leaf_spine.hpp"
#include "topologies/multi_plane.hpp"
#include "topologies/ocs_pods.hpp"
#include "topologies/rail_optimised.hpp"
#include "topologies/scale_up_racks.hpp"
#include "topologies/validation.hpp"

namespace lightloom {
namespace {

Rate port_rate(BitRate bit_rate) {
    const auto rate = Rate::from(bit_rate);
    if (!rate)
        throw TopologyError("no port clock keeps a rate of " + std::to_string(bit_rate.bits_per_second) + " b/s");
    return *rate;
}

// Tiers get their rates afterwards: one generator knows the rate of NICs only, another that of each tier.
Topology generated(const Scenario::Fabric& f, Rate rate) {
    switch (f.kind) {
        case TopologyKind::leaf_spine:
            return leaf_spine({.servers = f.servers,
                               .gpus_per_server = f.gpus_per_server,
                               .leaves = f.leaves,
                               .spines = f.spines,
                               .links_per_pair = f.links_per_pair,
                               .rate = rate});
        case TopologyKind::rail_optimised:
            return rail_optimised({.servers = f.servers,
                                   .gpus_per_server = f.gpus_per_server,
                                   .servers_per_unit = f.servers_per_unit,
                                   .spines = f.spines,
                                   .links_per_pair = f.links_per_pair,
                                   .cores = f.cores,
                                   .links_per_core = f.links_per_core,
                                   .rate = rate,
                                   .units_per_group = f.units_per_group});
        case TopologyKind::folded_clos:
            return folded_clos({.pods = f.pods,
                                .leaves_per_pod = f.leaves_per_pod,
                                .spines_per_pod = f.spines_per_pod,
                                .cores = f.cores,
                                .servers_per_leaf = f.servers_per_leaf,
                                .gpus_per_server = f.gpus_per_server,
                                .leaf_spine_links = f.leaf_spine_links,
                                .spine_core_links = f.spine_core_links,
                                .buildings = f.buildings,
                                .rate = rate});
        case TopologyKind::multi_plane:
            return multi_plane({.segments = f.segments,
                                .servers_per_segment = f.servers_per_segment,
                                .gpus_per_server = f.gpus_per_server,
                                .nics_per_gpu = f.nics_per_gpu,
                                .rails = f.rails,
                                .planes = f.planes,
                                .spines_per_plane = f.spines_per_plane,
                                .links_per_pair = f.links_per_pair,
                                .cores_per_plane = f.cores_per_plane,
                                .links_per_core = f.links_per_core,
                                .rate = rate});
        case TopologyKind::graph:
            if (!f.graph) throw TopologyError("the graph of " + f.file + " was not read");
            return *f.graph;
        case TopologyKind::ocs_pods:
            return ocs_pods({.pods = f.pods,
                             .leaves_per_pod = f.leaves_per_pod,
                             .spines_per_pod = f.spines_per_pod,
                             .servers_per_leaf = f.servers_per_leaf,
                             .gpus_per_server = f.gpus_per_server,
                             .leaf_spine_links = f.leaf_spine_links,
                             .circuits_per_spine = f.circuits_per_spine,
                             .states = f.states,
                             .rate = rate});
    }
    throw std::logic_error("unknown topology kind");
}

}  // namespace

Topology topology_of(const Scenario& scenario) {
    Topology topology = generated(scenario.topology, port_rate(scenario.topology.rate));
    if (scenario.topology.kind == TopologyKind::graph) return topology;  // every cable has its own rate
    if (const auto& racks = scenario.scale_up_network; racks.has_racks())
        topology = with_scale_up_racks(topology, {.servers = racks.servers,
                                                  .switches = racks.switches,
                                                  .rate = port_rate(scenario.rate_of(TierKind::scale_up))});
    for (Topology::Tier& tier : topology.tiers)
        if (const auto kind = tier_named(tier.name)) tier.rate = port_rate(scenario.rate_of(*kind));
    return topology;
}

}  // namespace lightloom
