#include "scenarios/schema.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "scenarios/fabric.hpp"
#include "scenarios/schema_parts.hpp"

namespace lightloom {
namespace {

Keys make_scenario_keys() {
    Keys keys;
    Keys traffic = traffic_keys();  // message_keys() are of its section [workload]
    const Keys messages = message_keys();
    traffic.insert(std::ranges::find(traffic, "run", &Key<Scenario>::section), messages.begin(), messages.end());
    for (const Keys& part : std::array{topology_keys(), tier_keys(), optics_keys(), scale_up_keys(), network_keys(),
                                       traffic, engine_keys(), in_network_keys(), training_keys(), checkpoint_keys(),
                                       trace_keys(), series_keys(), question_keys()})
        keys.insert(keys.end(), part.begin(), part.end());
    return keys;
}

std::optional<Complaint> no_such_tier(const Scenario& scenario, TierKind kind) {
    const FabricShape shape = shape_of(scenario);
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
    std::vector<std::string> names = schema::topology_kind_names();
    for (std::size_t i = names.size(); i-- > 0;)
        if ((key.kinds & 1u << i) == 0) names.erase(names.begin() + static_cast<std::ptrdiff_t>(i));
    return names;
}

bool is_of_workload(std::string_view section) {
    return section == "workload" || section == "training" || section == "trace" || section == "checkpoint";
}

std::optional<Complaint> misplaced(const Key<Scenario>& key, const Scenario& scenario) {
    constexpr std::string_view kTierSection = "tier.";
    if (const TopologyKind kind = scenario.topology.kind; (key.kinds & schema::bit(kind)) == 0)
        return Complaint{{},
                         fmt::format("is no key of a {} fabric", name_of(kind)),
                         fmt::format("it belongs to {}", fmt::join(kinds_of(key), ", "))};
    if (!scenario.jobs.empty() && is_of_workload(key.section))
        return Complaint{
            {},
            "is of a scenario without [[job]]",
            key.section == "checkpoint" ? "a fabric has it for one job alone" : "each job says it of itself"};
    if (key.section == "series" && key.name == "select" && !scenario.series.interval)
        return Complaint{{}, "says which ports are sampled, and none is", "series.interval = \"10us\" says how often"};
    if (key.section == "run" && key.name == "alone" && scenario.jobs.size() < 2)
        return Complaint{{}, "a job that shares its fabric with none is alone", "it belongs to two [[job]]s or more"};
    if (key.section == "workload")
        if (auto complaint = misplaced_in_pattern(key.name, scenario.workload)) return complaint;
    if ((key.section == "training" || key.section == "checkpoint") && scenario.workload.kind != WorkloadKind::training)
        return Complaint{{}, "no model is trained", "it belongs to workload.kind = \"training\""};
    if (key.section == "trace" && scenario.workload.kind != WorkloadKind::trace)
        return Complaint{{}, "no trace is replayed", "it belongs to workload.kind = \"trace\""};
    if (key.section == "in_network" && !sums_in_network(scenario))
        return Complaint{{}, "no switch of the fabric adds up", "it belongs to workload.algorithm = \"in-network\""};
    if (!key.section.starts_with(kTierSection)) return std::nullopt;
    if (const auto& racks = scenario.scale_up_network; racks.has_racks() && key.path() == "tier.scale-up.rate")
        return Complaint{
            {}, "follows from scale_up.rate", fmt::format("a GPU has that by its {} ports", racks.switches)};
    return no_such_tier(scenario, tier_named(key.section.substr(kTierSection.size())).value());
}

std::span<const Key<Scenario::Fault>> fault_keys() {
    static const std::vector<Key<Scenario::Fault>> keys = make_fault_keys();
    return keys;
}

std::optional<Complaint> misplaced(const Key<Scenario::Fault>& key, const Scenario::Fault& fault) {
    const auto knows = [&](std::size_t kind) { return (key.kinds >> kind & 1u) != 0; };
    if (knows(static_cast<std::size_t>(fault.kind))) return std::nullopt;
    std::vector<std::string_view> others;
    for (std::size_t i = 0; i < kFaultKinds.size(); ++i)
        if (knows(i)) others.push_back(kFaultKinds[i]);
    return Complaint{{},
                     fmt::format("is no key of a fault of kind \"{}\"", name_of(fault.kind)),
                     fmt::format("it belongs to {}", fmt::join(others, ", "))};
}

}  // namespace lightloom
