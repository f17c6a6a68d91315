// The keys of a scenario for what cables are made of.
#include "scenarios/schema_parts.hpp"

#include <array>

#include "scenarios/plant_types.hpp"

namespace lightloom {
using namespace schema;
#define AT LIGHTLOOM_FIELD

namespace {

// What a cable may measure: from a patch inside a rack to the longest amplified line.
constexpr Metres kShortestCable{0.1}, kLongestCable{3'000'000.0};

/// @param tier  a function from a Scenario to one of its tiers
template <class Tier>
Keys cable_keys(std::string_view section, Tier tier, TierKind kind) {
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
          [=](const Scenario& scenario) { return modules_text(ends, tier(scenario)); },
          ends_shape(ends, json_reference("module"))},
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
          },
          fmt::format(R"({{"type": "array", "items": {}}})", json_reference("part"))},
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
          [=](const Scenario& scenario) { return host_losses_text(ends, tier(scenario)); },
          ends_shape(ends, fmt::format(R"({{"anyOf": [{{"const": "default"}}, {}, {{"type": "array", "items": {}}}]}})",
                                       distribution_shape(), kQuantityShape))},
         "from ASIC to module at Nyquist"},
    };
}

}  // namespace

Keys tier_keys() {
    Keys keys;
    for (const Keys& tier : std::array{cable_keys("tier.host-leaf", AT(host_leaf), TierKind::host_leaf),
                                       cable_keys("tier.leaf-spine", AT(leaf_spine), TierKind::leaf_spine),
                                       cable_keys("tier.spine-core", AT(spine_core), TierKind::spine_core),
                                       cable_keys("tier.campus", AT(campus), TierKind::campus),
                                       cable_keys("tier.circuit", AT(circuit), TierKind::circuit),
                                       cable_keys("tier.scale-up", AT(scale_up), TierKind::scale_up)})
        keys.insert(keys.end(), tier.begin(), tier.end());
    return keys;
}

#undef AT

}  // namespace lightloom
