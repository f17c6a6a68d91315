#include "scenarios/schema.hpp"

#include <array>
#include <vector>

#include "scenarios/fabric.hpp"
#include "scenarios/plant_types.hpp"

namespace lightloom {
namespace {

using S = TypesOf<Scenario>;
using F = TypesOf<Scenario::Fault>;

// A function from a Scenario (or a fault, a tier), const or not, to its field: what a pointer to member cannot be for a
// field of a field.
#define AT(member) \
    [](auto& root) -> auto& { return root.member; }
constexpr auto kItself = [](auto& root) -> auto& { return root; };

constexpr Presence kRequired = Presence::required;

Duration picoseconds(std::int64_t n) { return {n}; }
Duration seconds(std::int64_t n) { return {n * kPicosecondsPerSecond}; }

/// run.seed = 7: one number for the plant, the traffic and the faults.
ValueType<Scenario> one_seed_for_all() {
    auto type = S::seed(AT(seeds.plant));
    type.read = [read_plant = type.read](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) {
        auto complaint = read_plant(value, names, scenario);
        if (!complaint) scenario.seeds.traffic = scenario.seeds.faults = scenario.seeds.plant;
        return complaint;
    };
    return type;
}

ValueType<Scenario::Fault> selector() {
    return {
        "\"tier=leaf-spine & leaf=3 & spine=7 & link=0\": tier, leaf, spine, core, pod, server, link, each counted "
        "from 0",
        [](const TomlValue& value, const ScenarioNames&, Scenario::Fault& fault) {
            return read_selector(value, fault);
        },
        [](const Scenario::Fault& fault) { return toml_string(selector_text(fault)); }};
}

// Ranges: what a machine of today could be, with room above; scenario_checks.cpp holds what keys may be together.
constexpr Bytes kByte{1};
// Two frames of a port must not end in the same picosecond: 8 bytes at 10 Tb/s last six.
constexpr Bytes kLeastFrame{8};
constexpr Bytes kLargestBuffer{1 << 30};

constexpr std::int64_t kMostSwitchPorts = 65'535;
constexpr BitRate kSlowestPort{1'000'000}, kFastestPort{10'000'000'000'000};

using Keys = std::vector<Key<Scenario>>;

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kTopologyKinds; ++i) names.emplace_back(name_of(static_cast<TopologyKind>(i)));
    return names;
}

constexpr std::uint32_t bit(TopologyKind kind) { return 1u << static_cast<unsigned>(kind); }
constexpr std::uint32_t kAllKinds = UINT32_MAX;
constexpr std::uint32_t kLeafSpine = bit(TopologyKind::leaf_spine), kRail = bit(TopologyKind::rail_optimised),
                        kClos = bit(TopologyKind::folded_clos), kPlanes = bit(TopologyKind::multi_plane),
                        kOcs = bit(TopologyKind::ocs_pods);

/// A count of nodes or cables, which some kinds of fabric know.
template <class Field>
Key<Scenario> count(std::string_view name, Field field, std::int64_t least, std::int64_t most, std::string_view help,
                    std::uint32_t kinds, Presence presence = Presence::optional) {
    return {"topology", name, S::whole_number(field, least, most), help, presence, kinds};
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
        count("gpus_per_server", AT(topology.gpus_per_server), 1, 64, "GPUs in a server, one NIC each", kAllKinds),
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
        count("cores", AT(topology.cores), 0, kSwitches, "switches that join the spines; 0 for none", kRail | kClos),
        count("cores_per_plane", AT(topology.cores_per_plane), 0, kSwitches,
              "switches that join a plane's spines; 0 for none", kPlanes),
        count("links_per_core", AT(topology.links_per_core), 1, kCables, "cables between a spine and each of its cores",
              kRail | kPlanes),
        count("circuits_per_spine", AT(topology.circuits_per_spine), 1, kCables,
              "cables of a spine into circuit switches", kOcs),
        count("states", AT(topology.states), 1, kSwitches, "ways to join pods in pairs, taken in turn", kOcs),
    };
}

Keys topology_keys() {
    Keys keys{{"", "title", S::text(AT(title)), "what the scenario is about; printed with its results"},
              {"topology", "kind", S::choice(AT(topology.kind), kind_names()), "what the fabric looks like"}};
    const Keys counts = counts_of_topology();
    keys.insert(keys.end(), counts.begin(), counts.end());
    const Keys others{{"topology", "rate", S::quantity(AT(topology.rate), kSlowestPort, kFastestPort),
                       "of every port, each way, where its tier says no other"},
                      radix("radix.leaf", AT(topology.radix.leaf), "ports that a leaf has"),
                      radix("radix.spine", AT(topology.radix.spine), "ports that a spine has"),
                      radix("radix.core", AT(topology.radix.core), "ports that a core has")};
    keys.insert(keys.end(), others.begin(), others.end());
    return keys;
}

// What a cable may measure: from a patch inside a rack to the longest amplified line.
constexpr Metres kShortestCable{0.1}, kLongestCable{3'000'000.0};
constexpr Decibel kNoLoss{0.0}, kMostLoss{60.0};

/// @param tier  a function from a Scenario to one of its tiers
template <class Tier>
Keys tier_keys(std::string_view section, Tier tier, TierKind kind) {
    const TierNames& ends = names_of(kind);
    const auto of_tier = [tier](auto field) {
        return [=](auto& root) -> auto& { return field(tier(root)); };
    };
    return {
        {section, "rate",
         S::optional(of_tier(AT(rate)), "topology", TypesOf<BitRate>::quantity(kItself, kSlowestPort, kFastestPort)),
         "of a cable, each way, in place of topology.rate"},
        {section,
         "module",
         {fmt::format("the id of a module, or {{ {} = id, {} = id }}", ends.lower, ends.upper),
          [=](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) {
              return read_modules(value, ends, names, tier(scenario));
          },
          [=](const Scenario& scenario) { return modules_text(ends, tier(scenario)); }},
         "at the ends of each cable, which may differ"},
        {section, "fibre", S::id(of_tier(AT(fibre)), "fibre", &ScenarioNames::fibres),
         "what an optical cable is made of"},
        {section, "length", distribution<Metres, Scenario>(of_tier(AT(length)), kShortestCable, kLongestCable),
         "of a cable"},
        {section, "connectors.count", S::whole_number(of_tier(AT(connectors)), 0, 64), "mated pairs along a cable"},
        {section, "connectors.family",
         S::id(of_tier(AT(connector_family)), "connector family", &ScenarioNames::connector_families),
         "what a pair is; read where there are any"},
        {section, "connectors.loss",
         S::optional(of_tier(AT(connector_loss)), "family",
                     distribution<Decibel, Distribution>(kItself, kNoLoss, kMostLoss)),
         "of one pair, in place of what its family says"},
        {section, "splices", S::whole_number(of_tier(AT(splices)), 0, 1000), "fusion splices along a cable"},
        {section,
         "parts",
         {"a list of ids of circuit switches, panels and multiplexers",
          [=](const TomlValue& value, const ScenarioNames& names, Scenario& scenario) {
              return read_ids(value, "part", names.parts, tier(scenario).parts);
          },
          [=](const Scenario& scenario) {
              std::vector<std::string> ids;
              for (const std::string& id : tier(scenario).parts) ids.push_back(toml_string(id));
              return fmt::format("[{}]", fmt::join(ids, ", "));
          }},
         "what else light passes through"},
        {section, "bends.turns", S::number(of_tier(AT(bend_turns)), 0.0, 1000.0), "of each single-mode fibre"},
        {section, "bends.radius", S::quantity(of_tier(AT(bend_radius)), Metres{0.003}, Metres{1.0}), "of those turns"},
        {section,
         "host_loss",
         {fmt::format(
              "\"default\", a loss or its distribution, a list by port that repeats, or {{ {} = ..., {} = ... }}",
              ends.lower, ends.upper),
          [=](const TomlValue& value, const ScenarioNames&, Scenario& scenario) {
              return read_host_losses(value, ends, tier(scenario));
          },
          [=](const Scenario& scenario) { return host_losses_text(ends, tier(scenario)); }},
         "from ASIC to module at Nyquist"},
    };
}

Keys optics_keys() {
    return {
        {"optics", "basis", S::choice(AT(optics.basis), {"limit", "typical", "measured"}),
         "limits of standards; start of life with heat, age and dirt; or readings of a plant"},
        {"optics", "noise_floor", S::quantity(AT(optics.noise_floor), Decibel{10.0}, Decibel{40.0}),
         "signal to noise that no optical power mends"},
        {"optics", "catalogue", S::text(AT(optics.catalogue)), "file with parts of your own, beside this one"},
        {"optics", "plant", S::text(AT(optics.plant)), "measured: file with the readings, beside this one"},
        {"optics", "allow_out_of_spec", S::truth(AT(optics.allow_out_of_spec)),
         "compute and mark links that no standard allows"},
        {"optics", "age", S::quantity(AT(optics.age), Years{0.0}, Years{30.0}), "typical: of modules and plant"},
        {"optics", "inlet_temperature", S::quantity(AT(optics.inlet_temperature), Celsius{-40.0}, Celsius{85.0}),
         "typical: of the air; the case follows from the module's watts"},
        {"optics", "inlet_gradient", S::quantity(AT(optics.inlet_gradient), Celsius{0.0}, Celsius{40.0}),
         "typical: from the coolest place to the warmest"},
        {"optics", "daily_swing", S::quantity(AT(optics.daily_swing), Celsius{0.0}, Celsius{40.0}),
         "typical: from the coolest hour to the warmest, at which links are judged"},
        {"optics", "dirt.fraction", S::number(AT(optics.dirt.fraction), 0.0, 1.0), "typical: what share is dirty"},
        {"optics", "dirt.per", S::choice(AT(optics.dirt.per), {"fibre", "mating"}), "of fibres, or of mated pairs"},
        {"optics", "dirt.loss", distribution<Decibel, Scenario>(AT(optics.dirt.loss_db), kNoLoss, kMostLoss),
         "what a dirty surface loses"},
        {"optics", "lock_loss", S::truth(AT(optics.lock.on)), "three uncorrectable codewords in a row drop lock"},
        {"optics", "relock", distribution<Duration, Scenario>(AT(optics.lock.relock_ps), nanoseconds(1), seconds(1000)),
         "dark time until lock is found again"},
        {"optics", "debounce", S::quantity(AT(optics.lock.debounce), Duration{0}, seconds(1000)),
         "a loss of lock that lasts longer takes the port down: a flap"},
        {"optics", "link_up", S::quantity(AT(optics.lock.link_up), Duration{0}, seconds(1000)),
         "until a port that went down is up again, after lock"},
        {"optics", "error_propagation", S::number(AT(optics.burst.error_propagation), 0.0, 0.75),
         "that a symbol after a wrong one is wrong too (decision feedback)"},
        {"optics", "precoding", S::truth(AT(optics.burst.precoding)), "1/(1+D): a burst becomes two errors"},
        {"optics", "line.spans", S::whole_number(AT(optics.line.spans), 1, 100), "coherent: equal spans of a cable"},
        {"optics", "line.amplified", S::truth(AT(optics.line.amplified)), "coherent: an amplifier after each span"},
        {"optics", "line.noise_figure", S::quantity(AT(optics.line.noise_figure), Decibel{3.0}, Decibel{20.0}),
         "coherent: of each amplifier"},
        {"optics", "line.launch", S::quantity(AT(optics.line.launch), PowerDbm{-30.0}, PowerDbm{20.0}),
         "coherent: power per channel into each span of an amplified line"},
        {"optics", "line.channels", S::whole_number(AT(optics.line.channels), 1, 200),
         "coherent: that share the fibre"},
        {"optics", "line.nli", S::choice(AT(optics.line.nli), {"tanh", "gnpy"}),
         "coherent: form of the nonlinear interference"},

        {"qualify", "margin", S::quantity(AT(qualify.margin), Decibel{0.0}, Decibel{20.0}),
         "that the worst link must have; with less it is marginal"},
        {"qualify", "life", S::quantity(AT(qualify.life), Years{0.0}, Years{30.0}), "that links must hold for"},
        {"qualify", "flaps_per_link_year", S::number(AT(qualify.flaps_per_link_year), 0.0, 1e6), "at most"},
        {"qualify", "confidence", S::number(AT(qualify.confidence), 0.5, 0.999999), "of acceptance tests and spares"},
        {"qualify", "replacement", S::quantity(AT(qualify.replacement), seconds(3600), seconds(9'000'000)),
         "until a spare that was used is replaced"},
    };
}

Keys fabric_keys() {
    return {
        {"switch", "forwarding", S::choice(AT(switches.forwarding), {"store-and-forward", "cut-through"}),
         "when a frame may leave"},
        {"switch", "latency", S::quantity(AT(switches.latency), nanoseconds(1), milliseconds(1)),
         "from its last bit in, or first if cut through, to the queue"},
        {"switch", "buffer", S::quantity(AT(switches.buffer), kByte, kLargestBuffer),
         "shared by all ports of a switch"},
        {"switch", "queue_limit", S::quantity(AT(switches.queue_limit), kByte, kLargestBuffer),
         "what one port may hold of it"},
        {"switch", "ecn_threshold", S::quantity(AT(switches.ecn_threshold), Bytes{0}, kLargestBuffer),
         "a frame that finds more ahead of it may be marked"},
        {"switch", "ecn_full", S::quantity(AT(switches.ecn_full), Bytes{0}, kLargestBuffer),
         "one that finds more than this is marked; below the threshold: at once"},
        {"switch", "ecn_probability", S::number(AT(switches.ecn_probability), 0.0, 1.0),
         "of a mark where the queue is nearly ecn_full; it rises to this from 0"},
        {"switch", "buffer_alpha", S::number(AT(switches.buffer_alpha), 0.0, 128.0),
         "times the free buffer is what a queue, or with pause an ingress, may hold; 0 for no such limit"},
        {"switch", "flow_control", S::choice(AT(switches.flow_control), {"none", "pause", "credit"}),
         "what keeps it from dropping: PFC, or credits as in InfiniBand"},
        {"switch", "headroom",
         S::optional(AT(switches.headroom), "auto", TypesOf<Bytes>::quantity(kItself, kByte, kLargestBuffer)),
         "per port for what comes in after a pause; auto: from the delays of its link"},
        {"switch", "trimming", S::truth(AT(switches.trimming)),
         "a packet without room loses its payload instead, and its header hurries on"},
        {"switch", "link_retries", S::whole_number(AT(switches.link_retries), 0, 16),
         "how often a port sends again what its link corrupted"},

        {"nic", "latency", S::quantity(AT(nic.latency), nanoseconds(1), milliseconds(1)),
         "from the decision to send a frame to its first bit, where the port is free"},

        {"routing", "policy",
         S::choice(AT(routing.policy), {"ecmp", "spray", "round-robin", "entropy", "flowlet", "adaptive"}),
         "one path per flow, every packet its own, in turn, as the sender says, per burst, or the shortest queue"},
        {"routing", "queue_pairs", S::whole_number(AT(routing.queue_pairs), 1, 256),
         "that a flow's messages are dealt out to, each with a path of its own under ecmp"},
        {"routing", "flowlet_gap", S::quantity(AT(routing.flowlet_gap), nanoseconds(1), seconds(1)),
         "a flow that pauses for longer may take another path"},
        {"routing", "hop_limit", S::whole_number(AT(routing.hop_limit), 1, 30), "cables that a frame may pass"},
        {"routing", "failover", S::truth(AT(routing.failover)), "traffic leaves cables that are down"},
        {"routing", "detection", S::quantity(AT(routing.detection), Duration{0}, seconds(1000)),
         "until the switches at the ends of a cable know that it is down, or up"},
        {"routing", "convergence", S::quantity(AT(routing.convergence), Duration{0}, seconds(1000)),
         "until all others know, after that"},

        {"framing", "preamble", S::quantity(AT(framing.preamble), Bytes{0}, Bytes{64}), "ahead of each frame"},
        {"framing", "gap", S::quantity(AT(framing.gap), Bytes{0}, Bytes{1024}), "after each frame, at least"},
        {"framing", "header", S::quantity(AT(framing.header), kLeastFrame, Bytes{535}),
         "headers and check sums of a data packet"},
        {"framing", "acknowledgement", S::quantity(AT(framing.acknowledgement), kLeastFrame, Bytes{9216}),
         "a whole acknowledgement"},

    };
}

Keys traffic_keys() {
    return {
        {"transport", "kind", S::choice(AT(transport.kind), {"window", "rocev2", "uec"}),
         "how loss is found: by time-out; by a gap, as RDMA NICs do; or by trimmed headers, in any order"},
        {"transport", "loss_recovery", S::choice(AT(transport.loss_recovery), {"go-back-n", "selective-repeat"}),
         "rocev2: send everything again from a gap on, or only what is missing"},
        {"transport", "congestion", S::choice(AT(transport.congestion), {"none", "dcqcn", "nscc"}),
         "what holds flows back beside the window: rates from marks, or a window from marks and delay"},
        {"transport", "dcqcn", S::choice(AT(transport.dcqcn), {"paper-2015", "connectx", "simai"}), "whose parameters"},
        {"transport", "base_rtt", S::quantity(AT(transport.base_rtt), nanoseconds(1), seconds(1)),
         "nscc: of an idle fabric"},
        {"transport", "payload", S::quantity(AT(transport.payload), kByte, Bytes{65'000}), "of a full data packet"},
        {"transport", "window", S::whole_number(AT(transport.window), 1, 4096), "packets in flight per flow"},
        {"transport", "timeout", S::quantity(AT(transport.timeout), nanoseconds(1), seconds(10)),
         "until an unacknowledged packet is sent again"},
        {"transport", "retries",
         S::optional(AT(transport.retries), "unlimited", TypesOf<std::int64_t>::whole_number(kItself, 1, 1000)),
         "time-outs in a row after which a flow fails"},

        {"workload", "kind", S::choice(AT(workload.kind), {"all-reduce", "permutation", "incast"}),
         "who sends to whom"},
        {"workload", "algorithm", S::choice(AT(workload.algorithm), {"ring"}), "of an all-reduce: one ring per rail"},
        {"workload", "placement", S::choice(AT(workload.placement), {"packed", "spread"}),
         "neighbours in a ring under one leaf, or under different ones"},
        {"workload", "bytes", S::quantity(AT(workload.bytes), kByte, Bytes{std::int64_t{1} << 44}),
         "per GPU of an all-reduce, else per flow"},
        {"workload", "iterations", S::whole_number(AT(workload.iterations), 1, 1'000'000),
         "of an all-reduce: how often, one after the other"},
        {"workload", "senders", S::whole_number(AT(workload.senders), 0, 64'000'000),
         "of an incast: GPUs that send to the first one; 0 for all others"},

        {"run", "seed", one_seed_for_all(), "plant, traffic and faults at once", Presence::shorthand},
        {"run", "seed.plant", S::seed(AT(seeds.plant)),
         "for lengths and losses: the same plant under different traffic"},
        {"run", "seed.traffic", S::seed(AT(seeds.traffic)), "for the workload and its packets"},
        {"run", "seed.faults", S::seed(AT(seeds.faults)), "for what goes wrong"},
        {"run", "until",
         S::optional(AT(until), "done", TypesOf<Duration>::quantity(kItself, picoseconds(1), seconds(1'000'000))),
         "when to stop"},
    };
}

Keys make_scenario_keys() {
    Keys keys;
    for (const Keys& part : std::array{topology_keys(), tier_keys("tier.host-leaf", AT(host_leaf), TierKind::host_leaf),
                                       tier_keys("tier.leaf-spine", AT(leaf_spine), TierKind::leaf_spine),
                                       tier_keys("tier.spine-core", AT(spine_core), TierKind::spine_core),
                                       tier_keys("tier.campus", AT(campus), TierKind::campus),
                                       tier_keys("tier.circuit", AT(circuit), TierKind::circuit),
                                       tier_keys("tier.scale-up", AT(scale_up), TierKind::scale_up), optics_keys(),
                                       fabric_keys(), traffic_keys()})
        keys.insert(keys.end(), part.begin(), part.end());
    return keys;
}

std::vector<Key<Scenario::Fault>> make_fault_keys() {
    return {
        {"", "at", F::quantity(AT(at), Duration{0}, seconds(1'000'000)), "after the start"},
        {"", "select", selector(), "the cables it befalls; what is not named matches every one", kRequired},
        {"", "kind", F::choice(AT(kind), {"degrade", "down"}), "what happens to them"},
        {"", "lane", F::optional(AT(lane), "all", TypesOf<std::int64_t>::whole_number(kItself, 0, 15)),
         "of each cable, counted from 0"},
        {"", "extra_loss",
         F::optional(AT(extra_loss), "none", TypesOf<Decibel>::quantity(kItself, Decibel{0.0}, Decibel{60.0})),
         "of a degrade, each way"},
        {"", "lasts",
         F::optional(AT(lasts), "for good", TypesOf<Duration>::quantity(kItself, picoseconds(1), seconds(1'000'000))),
         "until it is mended"},
    };
}

#undef AT

std::optional<Complaint> no_such_tier(const Scenario& scenario, TierKind kind) {
    const FabricShape shape = shape_of(scenario.topology);
    if (shape.has_tier(kind)) return std::nullopt;
    std::vector<std::string_view> others;
    for (std::size_t i = 0; i < kTierKinds; ++i)
        if (shape.has[i]) others.push_back(kTiers[i].name);
    return Complaint{{},
                     fmt::format("a {} fabric like this has no such cables", name_of(scenario.topology.kind)),
                     fmt::format("it has tiers {}", fmt::join(others, ", "))};
}

}  // namespace

std::span<const Key<Scenario>> scenario_keys() {
    static const std::vector<Key<Scenario>> keys = make_scenario_keys();
    return keys;
}

std::vector<std::string> kinds_of(const Key<Scenario>& key) {
    std::vector<std::string> names = kind_names();
    for (std::size_t i = names.size(); i-- > 0;)
        if ((key.kinds & 1u << i) == 0) names.erase(names.begin() + static_cast<std::ptrdiff_t>(i));
    return names;
}

std::optional<Complaint> misplaced(const Key<Scenario>& key, const Scenario& scenario) {
    constexpr std::string_view kTierSection = "tier.";
    if (const TopologyKind kind = scenario.topology.kind; (key.kinds & bit(kind)) == 0)
        return Complaint{{},
                         fmt::format("is no key of a {} fabric", name_of(kind)),
                         fmt::format("it belongs to {}", fmt::join(kinds_of(key), ", "))};
    if (!key.section.starts_with(kTierSection)) return std::nullopt;
    return no_such_tier(scenario, tier_named(key.section.substr(kTierSection.size())).value());
}

std::span<const Key<Scenario::Fault>> fault_keys() {
    static const std::vector<Key<Scenario::Fault>> keys = make_fault_keys();
    return keys;
}

}  // namespace lightloom
