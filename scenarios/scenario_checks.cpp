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
#include "scenarios/check_base.hpp"
#include "scenarios/fault_checks.hpp"
#include "scenarios/job_checks.hpp"
#include "scenarios/schema.hpp"
#include "scenarios/selector_checks.hpp"
#include "topologies/parameter_checks.hpp"

namespace lightloom {
namespace {

constexpr std::int64_t kMostPortsOfASwitch = 65'535;  // their numbers have 16 bits

class Checks : CheckBase {
public:
    Checks(const Scenario& scenario, const ScenarioNames& names, const std::function<bool(std::string_view)>& is_sound)
        : CheckBase(scenario, shape_of(scenario), names, is_sound) {}

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
        if (s_.jobs.empty())
            for (Contradiction& wrong : workload_contradictions(s_, shape_, names_, is_sound_, true))
                found_.push_back(std::move(wrong));
        for (Contradiction& wrong : job_contradictions(s_, shape_, names_, is_sound_, topology_is_sound()))
            found_.push_back(std::move(wrong));
        for (Contradiction& wrong : fault_contradictions(s_, shape_, names_, is_sound_, topology_is_sound()))
            found_.push_back(std::move(wrong));
        series();
        return std::move(found_);
    }

private:
    void series() {
        if (!s_.series.select || !sound({"series.select", "topology.kind"})) return;
        SelectorChecks select(s_, shape_, *s_.series.select, "series.select", is_sound_, topology_is_sound(), found_);
        if (const auto kind = select.tier(s_.series.select->tier.value_or("leaf-spine"))) select.cables(*kind);
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
};

}  // namespace

std::vector<Contradiction> contradictions(const Scenario& scenario, const ScenarioNames& names,
                                          const std::function<bool(std::string_view key)>& is_sound) {
    return Checks(scenario, names, is_sound).all();
}

}  // namespace lightloom
