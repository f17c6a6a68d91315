// How much of everything a fabric of some parameters has: one function per kind, the same counts that the generators
// come to (a test holds them together).
#include <algorithm>
#include <map>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "scenarios/fabric.hpp"

namespace lightloom {
namespace {

// Products and sums that stop at the largest number: a shape is taken of parameters that nobody has checked yet.
std::int64_t times(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? INT64_MAX : product;
}
std::int64_t times(std::int64_t a, std::int64_t b, std::int64_t c) { return times(times(a, b), c); }
std::int64_t plus(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}
std::int64_t quotient(std::int64_t a, std::int64_t b) { return b < 1 ? 0 : a / b; }
std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return b < 1 ? 0 : a / b + (a % b != 0); }

void add_tier(FabricShape& shape, TierKind tier, std::int64_t links, std::int64_t cables) {
    // What every fabric has it has even where a count is missing.
    const bool always = tier == TierKind::host_leaf || tier == TierKind::leaf_spine;
    if (cables < 1 && !always) return;
    shape.has[static_cast<std::size_t>(tier)] = true;
    shape.links[static_cast<std::size_t>(tier)] = links;
    shape.cables = plus(shape.cables, cables);
}

// NIC ports of a server are numbered through: that is what `link` says of a cable at a server.
void add_hosts(FabricShape& s) {
    const std::int64_t ports = times(s.gpus_per_server, s.nics_per_gpu);
    add_tier(s, TierKind::host_leaf, ports, times(s.servers, ports));
}

FabricShape leaf_spine_shape(const Scenario::Fabric& f) {
    FabricShape s{.servers = f.servers, .gpus_per_server = f.gpus_per_server, .leaves = f.leaves, .spines = f.spines};
    s.leaf_down = times(quotient_up(f.servers, f.leaves), f.gpus_per_server);
    s.leaf_up = times(f.spines, f.links_per_pair);
    s.spine_ports = times(f.leaves, f.links_per_pair);
    add_hosts(s);
    add_tier(s, TierKind::leaf_spine, f.links_per_pair, times(f.leaves, s.leaf_up));
    return s;
}

void add_cores(FabricShape& s, std::int64_t cores_of_spine, std::int64_t links) {
    const std::int64_t up = times(cores_of_spine, links);
    s.spine_ports = plus(s.spine_ports, up);
    s.core_ports = quotient(times(s.spines, up), s.cores);
    add_tier(s, TierKind::spine_core, links, times(s.spines, up));
}

FabricShape folded_clos_shape(const Scenario::Fabric& f) {
    FabricShape s{.gpus_per_server = f.gpus_per_server, .cores = f.cores, .pods = f.pods};
    s.leaves = times(f.pods, f.leaves_per_pod);
    s.spines = times(f.pods, f.spines_per_pod);
    s.servers = times(s.leaves, f.servers_per_leaf);
    s.leaf_down = times(f.servers_per_leaf, f.gpus_per_server);
    s.leaf_up = times(f.spines_per_pod, f.leaf_spine_links);
    s.spine_ports = times(f.leaves_per_pod, f.leaf_spine_links);
    add_hosts(s);
    add_tier(s, TierKind::leaf_spine, f.leaf_spine_links, times(s.leaves, s.leaf_up));
    add_cores(s, quotient(f.cores, f.spines_per_pod), f.spine_core_links);
    if (f.buildings > 1 && s.has_tier(TierKind::spine_core)) {  // some of them, which are counted already
        s.has[static_cast<std::size_t>(TierKind::campus)] = true;
        s.links[static_cast<std::size_t>(TierKind::campus)] = f.spine_core_links;
    }
    return s;
}

FabricShape rail_shape(const Scenario::Fabric& f) {
    FabricShape s{.servers = f.servers, .gpus_per_server = f.gpus_per_server, .spines = f.spines, .cores = f.cores};
    s.pods = quotient_up(f.servers, f.servers_per_unit);
    s.leaves = times(s.pods, f.gpus_per_server);
    s.leaf_down = std::min(f.servers, f.servers_per_unit);
    // Two tiers: all leaves share all spines. Three: those of one rail in a group of units.
    const std::int64_t units = f.cores == 0 ? s.pods : f.units_per_group == 0 ? s.pods : f.units_per_group;
    const std::int64_t groups = f.cores == 0 ? 1 : times(quotient(s.pods, units), f.gpus_per_server);
    const std::int64_t spines_of_group = quotient(f.spines, groups);
    s.leaf_up = times(spines_of_group, f.links_per_pair);
    s.spine_ports = times(f.cores == 0 ? s.leaves : units, f.links_per_pair);
    add_hosts(s);
    add_tier(s, TierKind::leaf_spine, f.links_per_pair, times(s.leaves, s.leaf_up));
    add_cores(s, quotient(f.cores, spines_of_group), f.links_per_core);
    return s;
}

FabricShape multi_plane_shape(const Scenario::Fabric& f) {
    FabricShape s{.gpus_per_server = f.gpus_per_server, .nics_per_gpu = f.nics_per_gpu, .pods = f.segments};
    const std::int64_t planes = f.planes ? f.nics_per_gpu : 1;
    s.servers = times(f.segments, f.servers_per_segment);
    s.leaves = times(f.segments, f.nics_per_gpu, f.rails ? f.gpus_per_server : 1);
    s.leaf_down = times(f.servers_per_segment, f.rails ? 1 : f.gpus_per_server);
    s.spines = times(f.spines_per_plane, planes);
    s.cores = times(f.cores_per_plane, planes);
    s.leaf_up = times(f.spines_per_plane, f.links_per_pair);
    s.spine_ports = times(quotient(s.leaves, planes), f.links_per_pair);
    add_hosts(s);
    add_tier(s, TierKind::leaf_spine, f.links_per_pair, times(s.leaves, s.leaf_up));
    add_cores(s, f.cores_per_plane, f.links_per_core);
    return s;
}

// A spine's uplink is one cable per state in the tables, and one port of the switch.
FabricShape ocs_shape(const Scenario::Fabric& f) {
    FabricShape s{.gpus_per_server = f.gpus_per_server, .pods = f.pods};
    s.leaves = times(f.pods, f.leaves_per_pod);
    s.spines = times(f.pods, f.spines_per_pod);
    s.servers = times(s.leaves, f.servers_per_leaf);
    s.leaf_down = times(f.servers_per_leaf, f.gpus_per_server);
    s.leaf_up = times(f.spines_per_pod, f.leaf_spine_links);
    s.spine_ports = plus(times(f.leaves_per_pod, f.leaf_spine_links), f.circuits_per_spine);
    add_hosts(s);
    add_tier(s, TierKind::leaf_spine, f.leaf_spine_links, times(s.leaves, s.leaf_up));
    const std::int64_t rounds = f.pods % 2 == 0 ? f.pods - 1 : f.pods;  // of a tournament
    const std::int64_t links = times(std::min(f.states, rounds), quotient_up(f.circuits_per_spine, rounds));
    add_tier(s, TierKind::circuit, links, times(times(f.pods / 2, f.spines_per_pod, f.circuits_per_spine), f.states));
    return s;
}

// Counted, not reckoned.
FabricShape graph_shape(const Topology& t) {
    FabricShape s;
    s.cables = static_cast<std::int64_t>(t.cables.size());
    std::vector<std::int64_t> gpus(t.nodes.size()), up(t.nodes.size()), down(t.nodes.size());
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::int64_t> links;  // by tier and both nodes
    for (const Topology::Endpoint& endpoint : t.endpoints) {
        s.gpus_per_server = std::max(s.gpus_per_server, ++gpus[endpoint.server.value]);
        s.nics_per_gpu = std::max<std::int64_t>(s.nics_per_gpu, endpoint.nics);
    }
    for (const Topology::Cable& cable : t.cables) {
        const std::uint32_t lower = t.ports[cable.lower.value].node.value,
                            upper = t.ports[cable.upper.value].node.value;
        ++up[lower];
        ++down[upper];
        const auto kind = tier_named(t.tiers[cable.tier].name);
        if (!kind) continue;
        const auto place = static_cast<std::size_t>(*kind);
        s.has[place] = true;
        // At a server cables are numbered through, as they are in the generators' shapes.
        const bool at_server = t.nodes[lower].kind == NodeKind::server;
        s.links[place] = std::max(s.links[place], ++links[{cable.tier, lower, at_server ? UINT32_MAX : upper}]);
    }
    for (std::size_t i = 0; i < t.nodes.size(); ++i) {
        const Topology::Node& node = t.nodes[i];
        s.pods = std::max<std::int64_t>(s.pods, node.pod + std::int64_t{1});
        s.servers += node.kind == NodeKind::server;
        s.leaves += node.kind == NodeKind::leaf;
        s.spines += node.kind == NodeKind::spine;
        s.cores += node.kind == NodeKind::core;
        if (node.kind == NodeKind::leaf) {
            s.leaf_down = std::max(s.leaf_down, down[i]);
            s.leaf_up = std::max(s.leaf_up, up[i]);
        }
    }
    s.spine_ports = max_ports(t, NodeKind::spine);
    s.core_ports = max_ports(t, NodeKind::core);
    return s;
}

FabricShape shape_of(const Scenario::Fabric& fabric) {
    switch (fabric.kind) {
        case TopologyKind::leaf_spine: return leaf_spine_shape(fabric);
        case TopologyKind::rail_optimised: return rail_shape(fabric);
        case TopologyKind::folded_clos: return folded_clos_shape(fabric);
        case TopologyKind::multi_plane: return multi_plane_shape(fabric);
        case TopologyKind::ocs_pods: return ocs_shape(fabric);
        case TopologyKind::graph: return fabric.graph ? graph_shape(*fabric.graph) : FabricShape{};
    }
    throw std::logic_error("unknown topology kind");
}

// A server's ports to its rack's switches are numbered on after those of its NICs.
void add_racks(FabricShape& s, std::int64_t switches) {
    add_tier(s, TierKind::scale_up, times(s.gpus_per_server, plus(s.nics_per_gpu, switches)),
             times(s.endpoints(), switches));
}

}  // namespace

std::string_view name_of(TopologyKind kind) {
    switch (kind) {
        case TopologyKind::leaf_spine: return "leaf-spine";
        case TopologyKind::rail_optimised: return "rail-optimised";
        case TopologyKind::folded_clos: return "folded-clos";
        case TopologyKind::multi_plane: return "multi-plane";
        case TopologyKind::ocs_pods: return "ocs-pods";
        case TopologyKind::graph: return "graph";
    }
    return "";
}

FabricShape shape_of(const Scenario& scenario) {
    FabricShape shape = shape_of(scenario.topology);
    if (scenario.scale_up_network.has_racks()) add_racks(shape, scenario.scale_up_network.switches);
    return shape;
}

}  // namespace lightloom
