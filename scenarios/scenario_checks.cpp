#include "scenarios/scenario_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>

#include "core/quantity_text.hpp"
#include "core/rate.hpp"
#include "scenarios/checkpoint_figures.hpp"
#include "scenarios/fabric.hpp"
#include "scenarios/fault_checks.hpp"
#include "scenarios/job_checks.hpp"
#include "scenarios/schema.hpp"
#include "scenarios/training.hpp"
#include "scenarios/tuner.hpp"
#include "scenarios/workload.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kMostPortsOfASwitch = 65'535;  // their numbers have 16 bits
constexpr std::int64_t kMostPacketsOfAFlow = UINT32_MAX;
// Time ends after 106 days; a scenario whose bits alone would take a third of that leaves room for waiting.
constexpr std::int64_t kLongestTransfer = 30 * 86'400;  // s

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

class Checks {
public:
    Checks(const Scenario& scenario, const FabricShape& shape, const ScenarioNames& names,
           const std::function<bool(std::string_view)>& is_sound)
        : s_(scenario), shape_(shape), names_(names), is_sound_(is_sound) {}

    std::vector<Contradiction> all() {
        rate("topology.rate", s_.topology.rate);
        even_spread();
        ports_of_switches();
        table_sizes();
        parts_of_a_fabric();
        queue_pairs();
        buffers();
        for (std::size_t i = 0; i < kTierKinds; ++i)
            if (shape_.has[i]) tier(static_cast<TierKind>(i));
        basis();
        trimming();
        staleness();
        scale_up();
        if (s_.jobs.empty()) workload();
        for (Contradiction& wrong : job_contradictions(s_, shape_, names_, is_sound_, topology_is_sound()))
            found_.push_back(std::move(wrong));
        for (Contradiction& wrong : fault_contradictions(s_, shape_, names_, is_sound_, topology_is_sound()))
            found_.push_back(std::move(wrong));
        return std::move(found_);
    }
    std::vector<Contradiction> of_workload() {
        workload();
        return std::move(found_);
    }

private:
    bool sound(std::initializer_list<std::string_view> keys) const { return std::ranges::all_of(keys, is_sound_); }
    bool topology_is_sound() const {
        return std::ranges::all_of(scenario_keys(), [this](const auto& key) {
            return key.section != "topology" || misplaced(key, s_) || sound({key.path()});
        });
    }
    /// The key that decides how many ports a switch has, by kind of fabric.
    std::string key_of(std::string_view of_leaf_spine, std::string_view of_rails, std::string_view of_pods,
                       std::string_view of_planes) const {
        const auto key = [](std::string_view name) { return fmt::format("topology.{}", name); };
        switch (s_.topology.kind) {
            case TopologyKind::leaf_spine: return key(of_leaf_spine);
            case TopologyKind::rail_optimised: return key(of_rails);
            case TopologyKind::folded_clos:
            case TopologyKind::ocs_pods: return key(of_pods);
            case TopologyKind::multi_plane: return key(of_planes);
            case TopologyKind::graph: return key("file");
        }
        return {};
    }
    void complain(std::string key, std::string message, std::string hint) {
        found_.push_back({std::move(key), std::move(message), std::move(hint)});
    }

    void rate(const std::string& key, BitRate rate) {
        if (!sound({key}) || Rate::from(rate)) return;
        complain(key, to_text(rate) + " cannot be kept exactly in picoseconds per bit",
                 "any multiple of 1 kb/s up to 4 Tb/s, or of 1 Mb/s above, can");
    }

    void tier(TierKind kind) {
        const std::string section = fmt::format("tier.{}", names_of(kind).name);
        const Scenario::Tier& tier = s_.tier(kind);
        if (tier.rate) rate(section + ".rate", *tier.rate);
        connectors(section, tier);
        reach(section, tier);
    }

    void even_spread() {
        if (s_.topology.kind != TopologyKind::leaf_spine || !sound({"topology.servers", "topology.leaves"})) return;
        const auto& t = s_.topology;
        if (t.servers % t.leaves == 0) return;
        const std::int64_t below = t.servers / t.leaves * t.leaves, above = below + t.leaves;
        complain(
            "topology.servers", fmt::format("{} servers do not spread evenly over {} leaves", t.servers, t.leaves),
            below == 0 ? fmt::format("{} servers would", above) : fmt::format("{} or {} servers would", below, above));
    }

    void ports_of_switches() {
        if (!topology_is_sound()) return;
        const std::string of_leaf = key_of("leaves", "servers_per_unit", "servers_per_leaf", "servers_per_segment");
        const std::string of_spine = key_of("spines", "spines", "spines_per_pod", "spines_per_plane");
        const std::string of_core = key_of("spines", "cores", "cores", "cores_per_plane");
        if (shape_.leaf_down > kMostPortsOfASwitch || shape_.leaf_up > kMostPortsOfASwitch - shape_.leaf_down)
            complain(of_leaf,
                     fmt::format("a leaf would need {} ports down and {} up", shape_.leaf_down, shape_.leaf_up),
                     "a switch has at most 65535");
        else
            radix("radix.leaf", "leaf", s_.topology.radix.leaf, shape_.leaf_down + shape_.leaf_up);
        ports_of(of_spine, "radix.spine", "spine", s_.topology.radix.spine, shape_.spine_ports);
        ports_of(of_core, "radix.core", "core", s_.topology.radix.core, shape_.core_ports);
    }

    void ports_of(const std::string& key, std::string_view radix_key, std::string_view name,
                  std::optional<std::int64_t> most, std::int64_t ports) {
        if (ports > kMostPortsOfASwitch)
            complain(key, fmt::format("a {} would need {} ports", name, ports), "a switch has at most 65535");
        else
            radix(radix_key, name, most, ports);
    }

    void radix(std::string_view key, std::string_view name, std::optional<std::int64_t> most, std::int64_t ports) {
        if (most && ports > *most)
            complain(fmt::format("topology.{}", key), fmt::format("a {} would need {} ports", name, ports),
                     fmt::format("it has {}", *most));
    }

    void table_sizes() {
        if (!topology_is_sound() || shape_.cables <= kMostPorts / 2) return;
        const std::string count = shape_.cables > INT64_MAX / 2 ? "too many" : fmt::format("{}", 2 * shape_.cables);
        complain(servers_key(), fmt::format("the fabric would have {} ports", count),
                 fmt::format("at most {} can be counted", kMostPorts));
    }

    /// What the generators would refuse, by key.
    void parts_of_a_fabric() {
        if (!topology_is_sound()) return;
        const auto& t = s_.topology;
        if (t.kind == TopologyKind::graph && !t.graph)
            complain("topology.file", "names no graph", "the file stands beside the scenario's");
        if (t.kind == TopologyKind::rail_optimised) rails();
        if (t.kind == TopologyKind::folded_clos && t.pods > 1 && t.cores == 0)
            complain("topology.cores", fmt::format("nothing joins {} pods", t.pods), "there must be cores above them");
        if (t.kind == TopologyKind::folded_clos) cores_above(t.spines_per_pod, "a pod");
        if (t.kind == TopologyKind::folded_clos && t.pods % t.buildings != 0)
            complain("topology.buildings",
                     fmt::format("{} pods cannot be shared out to {} buildings", t.pods, t.buildings),
                     "every building has as many pods");
        if (t.kind == TopologyKind::ocs_pods) circuits();
    }

    /// Each spine of a pod, or of a group of units, has cores of its own.
    void cores_above(std::int64_t spines, const char* of) {
        const std::int64_t cores = s_.topology.cores, below = cores / spines * spines, above = below + spines;
        if (cores == below) return;
        complain("topology.cores",
                 fmt::format("{} cores cannot be shared out to the {} spines of {}", cores, spines, of),
                 below == 0 ? fmt::format("{} cores can", above) : fmt::format("{} or {} cores can", below, above));
    }

    void circuits() {
        const auto& t = s_.topology;
        if (t.pods < 2) return complain("topology.pods", "circuits have nothing to join", "at least 2 pods");
        const std::int64_t rounds = t.pods % 2 == 0 ? t.pods - 1 : t.pods;  // of a tournament
        if (t.states > rounds)
            complain("topology.states", fmt::format("{} pods meet in {} different matchings", t.pods, rounds),
                     fmt::format("at most {} states", rounds));
        if (t.states == 1 && t.circuits_per_spine == 1 && t.pods > 2)
            complain("topology.circuits_per_spine",
                     fmt::format("one circuit of a spine in one state cannot join {} pods", t.pods),
                     "more circuits_per_spine, or more states");
        if (t.states == 1) return;
        if (t.dark >= t.period)
            complain("topology.dark", fmt::format("{} of darkness leave nothing of a state", to_text(t.dark)),
                     fmt::format("topology.period is {}", to_text(t.period)));
        if (!s_.until && sound({"run.until"}))
            complain("run.until", "circuits that change need an end: their schedule is followed so far",
                     "such as until = \"10ms\"; the run ends earlier if all is delivered");
    }

    void rails() {
        const auto& t = s_.topology;
        const std::int64_t units = t.servers / t.servers_per_unit;
        if (t.servers % t.servers_per_unit != 0)
            return complain("topology.servers",
                            fmt::format("{} servers are no whole number of units of {}", t.servers, t.servers_per_unit),
                            fmt::format("{} would be", (units + 1) * t.servers_per_unit));
        if (t.units_per_group > 0 && t.cores == 0)
            return complain("topology.units_per_group", "groups are for three tiers", "there are no cores");
        if (t.units_per_group > 0 && units % t.units_per_group != 0)
            return complain("topology.units_per_group",
                            fmt::format("{} units are no whole number of groups of {}", units, t.units_per_group),
                            "0 puts all into one");
        const std::int64_t groups =
            t.cores == 0 ? 1 : t.gpus_per_server * (t.units_per_group == 0 ? 1 : units / t.units_per_group);
        if (t.spines % groups != 0)
            return complain("topology.spines",
                            fmt::format("{} spines cannot be shared out to {} groups", t.spines, groups),
                            "with cores, each rail of a group of units has spines of its own");
        cores_above(t.spines / groups, "a rail");
    }

    void buffers() {
        const auto& sw = s_.switches;
        if (sound({"switch.queue_limit", "switch.buffer"}) && sw.queue_limit > sw.buffer)
            complain("switch.queue_limit",
                     fmt::format("{} is more than the switch's whole buffer", to_text(sw.queue_limit)),
                     fmt::format("switch.buffer is {}", to_text(sw.buffer)));
        if (!sound({"switch.queue_limit", "framing.header", "framing.acknowledgement", "transport.payload"})) return;
        const Bytes longest = std::max(s_.framing.header + s_.transport.payload, s_.framing.acknowledgement);
        if (sw.queue_limit < longest)
            complain("switch.queue_limit", fmt::format("{} holds no full frame", to_text(sw.queue_limit)),
                     fmt::format("the longest is {}", to_text(longest)));
    }

    void connectors(std::string_view section, const Scenario::Tier& tier) {
        const std::string family = fmt::format("{}.connectors.family", section);
        const std::string count = fmt::format("{}.connectors.count", section);
        if (!sound({family, count}) || tier.connectors == 0 || !tier.connector_family.empty()) return;
        complain(family, fmt::format("{} connectors of no family", tier.connectors),
                 R"(such as connectors = { count = 4, family = "mpo-apc-low-loss" })");
    }

    /// What a tier's module says of its captive cable; nullptr if it has none or could not be read.
    const ScenarioNames::CaptiveCable* captive_cable(std::string_view section, const Scenario::Tier& tier) const {
        if (!sound({fmt::format("{}.module", section)})) return nullptr;
        const auto found = names_.captive_cables.find(tier.lower_module);
        return found == names_.captive_cables.end() ? nullptr : &found->second;
    }

    /// Glass beyond a module's reach is a worse link, and the budget says how much worse; copper is not made so long.
    void reach(std::string_view section, const Scenario::Tier& tier) {
        const std::string key = fmt::format("{}.length", section);
        const auto* cable = captive_cable(section, tier);
        if (cable == nullptr || !sound({key})) return;
        const bool is_fixed = tier.length.kind == Distribution::Kind::fixed;
        const double longest_m = tier.length.at(std::nextafter(1.0, 0.0));
        if (longest_m > cable->reach_m)
            complain(key, fmt::format("a cable {} {:.4g} m long", is_fixed ? "is" : "could be", longest_m),
                     fmt::format("{} is a cable of at most {}", tier.lower_module, to_text(Metres{cable->reach_m})));
    }

    /// Figures of different bases are not mixed: limits hold over life and temperature already.
    void basis() {
        if (!sound({"optics.basis"})) return;
        const auto& optics = s_.optics;
        const Scenario::Optics fresh;
        const auto only_typical = [&](std::string key, bool is_given) {
            if (!is_given || optics.basis == Basis::typical || !sound({key})) return;
            complain(std::move(key), "is added on the typical basis only",
                     optics.basis == Basis::limit
                         ? "limits hold over life and temperature; to add it would count it twice"
                         : "readings hold what age, heat and dirt did to the plant");
        };
        only_typical("optics.age", optics.age != fresh.age);
        only_typical("optics.inlet_temperature", optics.inlet_temperature != fresh.inlet_temperature);
        only_typical("optics.inlet_gradient", optics.inlet_gradient != fresh.inlet_gradient);
        only_typical("optics.daily_swing", optics.daily_swing != fresh.daily_swing);
        only_typical("optics.dirt.fraction", optics.dirt.fraction > 0.0);
        if (!sound({"optics.plant"}) || (optics.basis == Basis::measured) == !optics.plant.empty()) return;
        if (optics.plant.empty())
            complain("optics.basis", "a measured plant needs its readings", "plant = \"otdr.csv\" names them");
        else
            complain("optics.plant", "readings are used on the measured basis only", "basis = \"measured\"");
    }

    void trimming() {
        if (!s_.switches.trimming || s_.transport.kind == TransportKind::uec) return;
        complain("switch.trimming", "only an Ultra Ethernet transport can read a packet that was trimmed",
                 "transport.kind = \"uec\" can");
    }

    void staleness() {
        if (!s_.routing.staleness || s_.routing.policy == PathPolicy::adaptive) return;
        if (!sound({"routing.policy", "routing.staleness"})) return;
        complain("routing.staleness", "only adaptive switches ask for the queues of others",
                 "routing.policy = \"adaptive\" does");
    }

    void scale_up() {
        const Scenario::ScaleUp& network = s_.scale_up_network;
        if (network.kind == ScaleUpKind::none) return;
        rate("scale_up.rate", network.rate);
        if (network.has_racks()) racks();
        if (network.affinity.empty() || !topology_is_sound() || !sound({"scale_up.affinity"})) return;
        const std::int64_t gpus = shape_.gpus_per_server;
        if (static_cast<std::int64_t>(network.affinity.size()) != gpus)
            return complain("scale_up.affinity",
                            fmt::format("{} numbers for the {} GPUs of a server", network.affinity.size(), gpus),
                            "one for each of them");
        if (const std::int64_t most = std::ranges::max(network.affinity); most >= gpus)
            complain("scale_up.affinity", fmt::format("there is no NIC {} in a server", most),
                     fmt::format("there are {}, counted from 0", gpus));
    }

    void queue_pairs() {
        const bool counts_gaps =
            s_.transport.kind == TransportKind::rocev2 && s_.transport.loss_recovery == LossRecovery::go_back_n;
        if (counts_gaps && s_.routing.queue_pairs > 1 && sound({"transport.loss_recovery", "routing.queue_pairs"}))
            complain("routing.queue_pairs", "go-back-n takes messages that overtake each other for lost ones",
                     "here all queue pairs of a connection count their packets together: "
                     "transport.loss_recovery = \"selective-repeat\" does not mind their order");
    }

    void racks() {
        const Scenario::ScaleUp& network = s_.scale_up_network;
        if (network.pxn && sound({"scale_up.pxn"}))
            complain("scale_up.pxn", "is for what joins the GPUs of one server",
                     fmt::format("with scale_up.servers = {} each GPU uses its own NIC", network.servers));
        if (s_.transport.kind == TransportKind::rocev2 && s_.transport.loss_recovery == LossRecovery::go_back_n &&
            network.switches > 1)
            complain("transport.loss_recovery", "go-back-n takes packets by several switches for lost ones",
                     "\"selective-repeat\" does not mind their order");
        if (sound({"scale_up.rate", "scale_up.switches"})) {
            const BitRate cable = s_.rate_of(TierKind::scale_up);
            if (cable.bits_per_second * network.switches != network.rate.bits_per_second || !Rate::from(cable))
                complain("scale_up.rate",
                         fmt::format("{} cannot be shared out to {} ports", to_text(network.rate), network.switches),
                         "as 7.2Tbps to 18 of 400Gbps");
        }
        if (topology_is_sound() && sound({"scale_up.servers"}) && shape_.servers % network.servers != 0)
            complain("scale_up.servers",
                     fmt::format("{} servers are no whole number of racks of {}", shape_.servers, network.servers),
                     "consecutive servers make a rack");
    }

    void workload() {
        if (!topology_is_sound() || !sound({"workload.kind"})) return;
        const std::int64_t endpoints = shape_.endpoints();
        if (collective_of(s_.workload.kind))
            collective();
        else if (s_.workload.kind == WorkloadKind::incast)
            incast(endpoints);
        else if (s_.workload.kind == WorkloadKind::training)
            return training();
        else if (s_.workload.kind == WorkloadKind::trace)
            return trace();
        else if (endpoints < 2)
            complain(servers_key(), fmt::format("{} needs at least 2 GPUs", name_of(s_.workload.kind)), "there is 1");
        if (s_.workload.smallest && !collective_of(s_.workload.kind) && sound({"workload.sizes.from"}))
            complain("workload.sizes.from", "only a collective is run at several sizes",
                     "such as workload.kind = \"all-reduce\"");
        if (pattern_of(s_.workload.kind)) messages(endpoints);
        if (endpoints >= 2) amounts(endpoints);
    }

    std::string servers_key() const { return key_of("servers", "servers", "pods", "segments"); }

    void collective() {
        const auto& w = s_.workload;
        if (!sound({"workload.groups"})) return;
        const std::int64_t ranks = groups_of(w.groups, shape_).ranks;
        if (ranks < 2)
            return complain(w.groups == Grouping::servers ? "topology.gpus_per_server" : servers_key(),
                            "a collective of 1 GPU has nobody to send to",
                            "workload.groups says who runs one together: a GPU of every server, all, or one server's");
        if (w.kind != WorkloadKind::barrier && sound({"workload.bytes"}) && w.bytes.count < ranks)
            complain("workload.bytes",
                     fmt::format("{} are less than a byte for each of {} ranks", to_text(w.bytes), ranks),
                     "at least one each");
        if (sound({"workload.root"}) && w.root >= ranks)
            return complain("workload.root", fmt::format("there is no rank {}", w.root),
                            fmt::format("there are {}, counted from 0", ranks));
        if (w.smallest && sound({"workload.sizes.from", "workload.bytes"}) && *w.smallest > w.bytes)
            complain("workload.sizes.from", fmt::format("{} are more than workload.bytes", to_text(*w.smallest)),
                     fmt::format("the largest size is {}", to_text(w.bytes)));
        if (!w.algorithm || !sound({"workload.algorithm"})) return;
        if (*w.algorithm == Algorithm::in_switch && sound({"scale_up.kind", "scale_up.servers"})) in_switch();
        const Collective kind = *collective_of(w.kind);
        if (!is_implemented(kind, *w.algorithm))
            complain("workload.algorithm", fmt::format("{} has no {} form", name_of(w.kind), name_of(*w.algorithm)),
                     fmt::format("it has {}", fmt::join(algorithms_of(kind), ", ")));
    }

    void in_switch() {
        const auto& network = s_.scale_up_network;
        if (network.kind == ScaleUpKind::none || network.has_racks())
            return complain("workload.algorithm", "in-switch sums are made by the switches inside servers",
                            "scale_up.kind = \"nvlink\", without racks, gives servers such switches");
        if (s_.workload.groups == Grouping::rails || shape_.gpus_per_server < 2)
            complain("workload.algorithm", "in-switch sums need several GPUs of a server in a group",
                     "workload.groups = \"all\" or \"servers\"");
    }

    void training() {
        if (!sound({"training.model", "training.gpu", "training.tensor", "training.context", "training.pipeline",
                    "training.expert", "training.micro_batches", "training.micro_batch", "training.virtual_stages",
                    "training.sequence", "training.expert_nodes", "training.stragglers.count", "checkpoint.every",
                    "checkpoint.servers"}))
            return;
        const std::vector<std::string> of_checkpoints = checkpoint_mistakes(s_);
        for (const std::string& mistake : of_checkpoints)
            complain("workload.kind", mistake, "lightloom explain --keys lists what [checkpoint] takes");
        if (!of_checkpoints.empty()) return;  // they say how many GPUs train
        const std::int64_t storing = storing_endpoints(s_.checkpoint, shape_.gpus_per_server);
        for (const std::string& mistake : training_mistakes(s_.training, shape_.endpoints() - storing))
            complain("workload.kind", mistake, "lightloom explain --keys lists what [training] takes");
    }

    // The files themselves are read when all keys are known.
    void trace() {
        if (sound({"trace.prefix"}) && s_.trace.prefix.empty())
            complain("trace.prefix", "names no trace",
                     "prefix = \"llama\" in [trace] stands for llama.0.et, llama.1.et, ...");
    }

    void incast(std::int64_t endpoints) {
        if (endpoints < 2)
            complain(servers_key(), "an incast needs at least 2 GPUs", "there is 1");
        else if (sound({"workload.senders"}) && s_.workload.senders >= endpoints)
            complain("workload.senders",
                     fmt::format("{} senders and a receiver among {} GPUs", s_.workload.senders, endpoints),
                     fmt::format("at most {}, or 0 for all others", endpoints - 1));
    }

    void messages(std::int64_t endpoints) {
        constexpr double kMostMessages = 20e6;  // each is a flow with its rows
        const auto& w = s_.workload;
        const ScenarioMessages& m = w.messages;
        if (m.sizes == FlowSizes::file && m.size_file.empty() && sound({"workload.size_file"}))
            complain("workload.size_file", "is missing", "such as \"sizes.csv\", beside the scenario");
        if (w.kind == WorkloadKind::hot_spot && sound({"workload.hot_spots"}) && m.hot_spots >= endpoints)
            complain("workload.hot_spots", fmt::format("{} hot spots among {} GPUs", m.hot_spots, endpoints),
                     "fewer than there are GPUs");
        const double senders = static_cast<double>(w.kind == WorkloadKind::incast ? 1 : endpoints);  // at full load
        if (m.arrivals == Arrivals::closed &&
            static_cast<double>(m.messages) * static_cast<double>(endpoints) > kMostMessages)
            complain("workload.messages", fmt::format("would be more than {:.0f} of all GPUs", kMostMessages),
                     "each is a flow of its own");
        if (m.arrivals != Arrivals::poisson || (m.sizes == FlowSizes::file && !m.of_file) ||
            !sound({"workload.duration", "workload.load", "workload.bytes", "topology.rate", "tier.host-leaf.rate"}))
            return;
        if (w.bytes.count == 0 && m.sizes == FlowSizes::fixed)
            return complain("workload.bytes", "no load is made of empty messages", "at least a byte");
        const double bytes = m.load * m.duration.seconds() * senders * static_cast<double>(shape_.nics_per_gpu) *
                             static_cast<double>(s_.rate_of(TierKind::host_leaf).bits_per_second) / 8.0;
        if (bytes / message_sizes_of(w).mean() > kMostMessages)
            complain("workload.duration", fmt::format("would bring more than {:.0f} messages", kMostMessages),
                     "each is a flow of its own");
    }

    /// Packets that one flow sends, and how long the busiest port has to send.
    void amounts(std::int64_t endpoints) {
        if (!sound({"topology.rate", "tier.host-leaf.rate", "transport.payload", "framing.header", "workload.bytes",
                    "workload.iterations", "workload.senders"}))
            return;
        const auto& w = s_.workload;
        const std::int64_t payload = s_.transport.payload.count;
        const __int128 packets = most_packets_of_a_flow(payload);
        if (packets > kMostPacketsOfAFlow) {
            complain("workload.bytes", "a flow would have more packets than the 4294967295 that can be numbered",
                     "fewer bytes or iterations, or more payload per packet");
            return;  // and it would take long, too
        }
        const std::int64_t senders = w.kind != WorkloadKind::incast ? 1 : w.senders == 0 ? endpoints - 1 : w.senders;
        const __int128 bits = packets * senders * 8 * (payload + s_.framing.header.count);
        if (bits / s_.rate_of(TierKind::host_leaf).bits_per_second > kLongestTransfer)
            complain("workload.bytes",
                     fmt::format("would take more than 30 days at {}", to_text(s_.rate_of(TierKind::host_leaf))),
                     "simulated time ends after 106 days");
    }

    // Of a collective other than a ring, what a rank sends to all others.
    __int128 most_packets_of_a_flow(std::int64_t payload) const {
        if (!collective_of(s_.workload.kind)) return quotient_up(s_.workload.bytes.count, payload);
        const Scenario chosen = tuned(s_);
        const EngineCosts& costs = engine_costs(chosen);
        const double share = std::min(costs.efficiency, costs.efficiency_across);
        return static_cast<__int128>(std::ceil(1.0 / share)) * most_packets_of_a_call(chosen.workload, payload);
    }
    __int128 most_packets_of_a_call(const Scenario::Workload& w, std::int64_t payload) const {
        const std::int64_t ranks = groups_of(w.groups, shape_).ranks;
        const bool is_ring =
            w.kind == WorkloadKind::all_reduce && w.algorithm.value_or(Algorithm::ring) == Algorithm::ring;
        if (is_ring && !w.chunk)
            return static_cast<__int128>(w.iterations) * 2 * (ranks - 1) *
                   quotient_up(quotient_up(w.bytes.count, ranks), payload);
        const std::int64_t piece = w.chunk ? std::min(w.chunk->count, payload) : payload;
        return static_cast<__int128>(w.iterations) * 2 * (quotient_up(w.bytes.count, piece) + ranks);
    }

    const Scenario& s_;
    const FabricShape shape_;
    const ScenarioNames& names_;
    const std::function<bool(std::string_view)>& is_sound_;
    std::vector<Contradiction> found_;
};

}  // namespace

std::vector<Contradiction> contradictions(const Scenario& scenario, const ScenarioNames& names,
                                          const std::function<bool(std::string_view key)>& is_sound) {
    return Checks(scenario, shape_of(scenario), names, is_sound).all();
}

std::vector<Contradiction> workload_contradictions(const Scenario& scenario, const FabricShape& gpus,
                                                   const ScenarioNames& names,
                                                   const std::function<bool(std::string_view key)>& is_sound) {
    return Checks(scenario, gpus, names, is_sound).of_workload();
}

}  // namespace lightloom
