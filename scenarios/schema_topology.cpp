// The keys of a scenario for counts and rates of a fabric.
#include "scenarios/fabric.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

std::vector<std::string> schema::topology_kind_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kTopologyKinds; ++i) names.emplace_back(name_of(static_cast<TopologyKind>(i)));
    return names;
}

namespace {

constexpr std::uint32_t kLeafSpine = bit(TopologyKind::leaf_spine), kRail = bit(TopologyKind::rail_optimised),
                        kClos = bit(TopologyKind::folded_clos), kPlanes = bit(TopologyKind::multi_plane),
                        kOcs = bit(TopologyKind::ocs_pods), kGenerated = ~bit(TopologyKind::graph);

/// A count of nodes or cables, which some kinds of fabric know.
template <class Field>
Key<Scenario> count(std::string_view name, Field field, std::int64_t least, std::int64_t most, std::string_view help,
                    std::uint32_t kinds, Presence presence = Presence::optional) {
    return {"topology", name, S::whole_number(field, least, most), help, presence, kinds};
}

/// topology.file: the graph itself was read before, with the file beside the scenario.
ValueType<Scenario> graph_file() {
    ValueType<Scenario> type = S::text(AT(topology.file));
    type.form = "the name of a file beside this one: GraphML, or a list of nodes and cables";
    type.read = [read = type.read](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) {
        scenario.topology.graph = names.graph;
        return read(value, names, scenario);
    };
    return type;
}

template <class Field>
Key<Scenario> radix(std::string_view name, Field field, std::string_view help) {
    return {"topology", name,
            S::optional(field, "any", TypesOf<std::int64_t>::whole_number(kItself, 2, kMostSwitchPorts)), help};
}

Keys counts_of_topology() {
    constexpr std::int64_t kNodes = 1'000'000, kSwitches = 65'535, kCables = kMostSwitchPorts;
    return {
        count("servers", AT(topology.servers), 1, kNodes, "servers, spread evenly over the leaves", kLeafSpine | kRail,
              kRequired),
        count("gpus_per_server", AT(topology.gpus_per_server), 1, 64, "GPUs in a server, one NIC each", kGenerated),
        count("leaves", AT(topology.leaves), 1, kSwitches, "switches next to the servers", kLeafSpine, kRequired),
        count("spines", AT(topology.spines), 1, kSwitches, "switches that join the leaves", kLeafSpine | kRail,
              kRequired),
        count("links_per_pair", AT(topology.links_per_pair), 1, kCables, "cables between each leaf and spine",
              kLeafSpine | kRail | kPlanes),
        count("servers_per_unit", AT(topology.servers_per_unit), 1, kNodes,
              "servers that share a leaf for each GPU index", kRail, kRequired),
        count("units_per_group", AT(topology.units_per_group), 0, kNodes,
              "with cores: units whose leaves of a rail share spines; 0 for all", kRail),
        count("pods", AT(topology.pods), 1, kSwitches, "pods, all alike", kClos | kOcs, kRequired),
        count("leaves_per_pod", AT(topology.leaves_per_pod), 1, kSwitches, "switches next to the servers of a pod",
              kClos | kOcs, kRequired),
        count("spines_per_pod", AT(topology.spines_per_pod), 1, kSwitches, "switches that join the leaves of a pod",
              kClos | kOcs, kRequired),
        count("servers_per_leaf", AT(topology.servers_per_leaf), 1, kNodes, "servers under each leaf", kClos | kOcs,
              kRequired),
        count("leaf_spine_links", AT(topology.leaf_spine_links), 1, kCables,
              "cables between each leaf and spine of a pod", kClos | kOcs),
        count("spine_core_links", AT(topology.spine_core_links), 1, kCables,
              "cables between a spine and each of its cores", kClos),
        count("buildings", AT(topology.buildings), 1, kSwitches,
              "that pods and cores are dealt out to; cables between them are of tier campus", kClos),
        count("segments", AT(topology.segments), 1, kSwitches, "units of servers with leaves of their own", kPlanes,
              kRequired),
        count("servers_per_segment", AT(topology.servers_per_segment), 1, kNodes, "servers of a segment", kPlanes,
              kRequired),
        count("nics_per_gpu", AT(topology.nics_per_gpu), 1, 16, "ports of a GPU's NIC, each to a leaf of its own",
              kPlanes),
        {"topology", "rails", S::truth(AT(topology.rails)), "a leaf for each GPU index, not one for all",
         Presence::optional, kPlanes},
        {"topology", "planes", S::truth(AT(topology.planes)),
         "each port of a NIC a plane with spines of its own; false: every leaf to every spine", Presence::optional,
         kPlanes},
        count("spines_per_plane", AT(topology.spines_per_plane), 1, kSwitches, "switches that join a plane's leaves",
              kPlanes, kRequired),
        count("cores", AT(topology.cores), 0, kSwitches,
              "switches that join the spines, in pods a multiple of spines_per_pod; 0 for none", kRail | kClos),
        count("cores_per_plane", AT(topology.cores_per_plane), 0, kSwitches,
              "switches that join a plane's spines; 0 for none", kPlanes),
        count("links_per_core", AT(topology.links_per_core), 1, kCables, "cables between a spine and each of its cores",
              kRail | kPlanes),
        count("circuits_per_spine", AT(topology.circuits_per_spine), 1, kCables,
              "cables of a spine into circuit switches", kOcs),
        count("states", AT(topology.states), 1, kSwitches, "ways to join pods in pairs, taken in turn", kOcs),
        {"topology", "period", S::quantity(AT(topology.period), nanoseconds(1), seconds(1'000'000)),
         "of a state, where there are several", Presence::optional, kOcs},
        {"topology", "dark", S::quantity(AT(topology.dark), Duration{0}, seconds(1000)),
         "at the beginning of a state, of a circuit that was not lit before", Presence::optional, kOcs},
    };
}

}  // namespace

Keys topology_keys() {
    Keys keys{{"", "title", S::text(AT(title)), "what the scenario is about; printed with its results"},
              {"topology", "kind", S::choice(AT(topology.kind), topology_kind_names()), "what the fabric looks like"},
              {"topology", "file", graph_file(), "of a fabric of your own: topologies/README.md has the form",
               kRequired, bit(TopologyKind::graph)}};
    const Keys counts = counts_of_topology();
    keys.insert(keys.end(), counts.begin(), counts.end());
    const Keys others{{"topology", "rate", S::quantity(AT(topology.rate), kSlowestPort, kFastestPort),
                       "of every port, each way, where its tier says no other", Presence::optional, kGenerated},
                      radix("radix.leaf", AT(topology.radix.leaf), "ports that a leaf has"),
                      radix("radix.spine", AT(topology.radix.spine), "ports that a spine has"),
                      radix("radix.core", AT(topology.radix.core), "ports that a core has")};
    keys.insert(keys.end(), others.begin(), others.end());
    return keys;
}

#undef AT

}  // namespace lightloom
