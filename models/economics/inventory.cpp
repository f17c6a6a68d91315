#include "models/economics/inventory.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "topologies/hardware.hpp"

namespace lightloom {
namespace {

using Needs = std::vector<PortNeed>;

BitRate rate_of(const Topology& t, PortId port) {
    return t.tiers[t.cables[t.ports[port.value].cable.value].tier].rate.bit_rate();
}

void add_port(Needs& needs, BitRate rate) {
    const auto known = std::ranges::find(needs, rate, &PortNeed::rate);
    if (known == needs.end())
        needs.push_back({rate, 1});
    else
        ++known->ports;
}

// Boxes that need the same ports are the same box.
using Boxes =
    std::map<std::pair<NodeKind, std::vector<std::pair<std::int64_t, std::int64_t>>>, std::pair<Needs, std::int64_t>>;

void add_box(Boxes& boxes, NodeKind kind, Needs needs) {
    std::ranges::sort(needs, {}, &PortNeed::rate);
    std::vector<std::pair<std::int64_t, std::int64_t>> key;
    for (const PortNeed& need : needs) key.emplace_back(need.rate.bits_per_second, need.ports);
    auto& box = boxes[{kind, key}];
    box.first = std::move(needs);
    ++box.second;
}

void add_boxes(const Boxes& boxes, ItemKind item, const std::vector<EquipmentRow>& rows, Network network,
               Inventory& inventory) {
    for (const auto& [key, box] : boxes) {
        const EquipmentRow* row = cheapest(rows, network, box.first);
        const auto count = static_cast<double>(box.second);
        InventoryLine line{.kind = item, .use = std::string(name_of(key.first)), .id = "", .count = count};
        line.has_price = row != nullptr;
        if (row != nullptr) {
            line.id = row->id;
            line.power_watt = row->power_watt * count;
            line.price_usd = row->price_usd * count;
        }
        inventory.lines.push_back(std::move(line));
    }
}

void add_switches_and_nics(const Topology& t, Network network, const EquipmentCatalogue& catalogue,
                           Inventory& inventory) {
    Boxes switches, nics;
    const Hardware hardware(t);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        const Topology::Node& node = t.nodes[n];
        if (!forwards(node.kind)) continue;
        Needs needs;
        for (const PortId port : hardware.ports(NodeId{n})) add_port(needs, rate_of(t, port));
        add_box(switches, node.kind, std::move(needs));
    }
    for (const Topology::Endpoint& endpoint : t.endpoints) {
        Needs needs;
        for (std::uint32_t i = 0; i < endpoint.nics; ++i) add_port(needs, rate_of(t, PortId{endpoint.nic.value + i}));
        add_box(nics, NodeKind::server, std::move(needs));
    }
    add_boxes(switches, ItemKind::switches, catalogue.switches(), network, inventory);
    add_boxes(nics, ItemKind::nics, catalogue.nics(), network, inventory);
}

InventoryLine module_line(const ModuleRow& module, ItemKind item, const std::string& use, double count, double pieces,
                          bool typical) {
    InventoryLine line{.kind = item, .use = use, .id = module.id, .count = count};
    const double watts = (typical ? module.power_typical : module.power_max).value * pieces;
    line.power_watt = {watts, watts, watts, false};
    line.has_price = module.price.has_value();
    if (module.price)
        line.price_usd = Estimate{module.price->low_usd, module.price->middle_usd(), module.price->high_usd,
                                  module.price->low_usd != module.price->high_usd} *
                         count;
    return line;
}

/// What is counted of one tier.
struct TierParts {
    std::int64_t cables = 0;
    double metres = 0.0;                                // of all of them
    std::int64_t lower_modules = 0, upper_modules = 0;  // all as lower ones where both ends are alike
};

// A module sits in one node: what its other ports could serve elsewhere does not count.
void add_modules(const Topology& t, std::span<const Joint> joints, std::span<TierParts> tiers) {
    const Hardware hardware(t);
    for (std::size_t n = 0; n < t.nodes.size(); ++n) {
        std::vector<std::array<int, 2>> ends(tiers.size());  // lower, upper
        for (const PortId port : hardware.ports(NodeId{n})) {
            const Topology::Cable& cable = t.cables[t.ports[port.value].cable.value];
            ++ends[cable.tier][cable.upper == port && joints[cable.tier].lower != joints[cable.tier].upper];
        }
        for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
            const auto modules = [&](const ModuleRow& module, int count) {
                return (std::int64_t{count} * joints[tier].lanes + module.lanes - 1) / module.lanes;
            };
            tiers[tier].lower_modules += modules(*joints[tier].lower, ends[tier][0]);
            tiers[tier].upper_modules += modules(*joints[tier].upper, ends[tier][1]);
        }
    }
}

// Of one tier: its ends, or its assemblies, and the fibre between.
void add_tier(const Joint& joint, const std::string& name, const TierParts& parts, bool typical, Inventory& inventory) {
    const std::string use = "tier " + name;
    const auto links = static_cast<double>(parts.cables);
    if (joint.specified_end_to_end()) {
        inventory.cable_assemblies += parts.cables;
        // Its ends draw their power each; its price is that of the whole.
        inventory.lines.push_back(module_line(*joint.lower, ItemKind::cables, use, links, 2.0 * links, typical));
        return;
    }
    const auto add = [&](const ModuleRow& module, std::int64_t modules) {
        const auto count = static_cast<double>(modules);
        inventory.transceivers += modules;
        inventory.lines.push_back(module_line(module, ItemKind::modules, use, count, count, typical));
    };
    add(*joint.lower, parts.lower_modules);
    if (joint.lower != joint.upper) add(*joint.upper, parts.upper_modules);
    const double fibres = 2.0 * joint.fibres, metres = fibres * parts.metres;
    inventory.fibres += fibres * links;
    inventory.fibre_km += metres * 1e-3;
    InventoryLine line{.kind = ItemKind::fibre, .use = use, .id = joint.fibre->id, .count = metres};
    line.has_price = joint.fibre->price_usd_per_m.has_value();
    const double dollars = metres * joint.fibre->price_usd_per_m.value_or(0.0);
    line.price_usd = {dollars, dollars, dollars, false};
    inventory.lines.push_back(std::move(line));
}

}  // namespace

std::string_view name_of(ItemKind kind) {
    switch (kind) {
        case ItemKind::switches: return "switches";
        case ItemKind::nics: return "NICs";
        case ItemKind::modules: return "modules";
        case ItemKind::cables: return "cables";
        case ItemKind::fibre: return "fibre";
    }
    return "";
}

Inventory inventory_of(const Topology& topology, const CableFacts& facts, const EquipmentCatalogue& catalogue) {
    Inventory inventory;
    add_switches_and_nics(topology, facts.network, catalogue, inventory);
    std::vector<TierParts> tiers(topology.tiers.size());
    add_modules(topology, facts.joints, tiers);
    const Hardware hardware(topology);
    for (std::uint32_t c = 0; c < topology.cables.size(); ++c) {
        if (!hardware.is_counted(CableId{c})) continue;
        ++tiers[topology.cables[c].tier].cables;
        tiers[topology.cables[c].tier].metres += facts.length_m[c];
    }
    for (std::size_t tier = 0; tier < tiers.size(); ++tier)
        if (tiers[tier].cables > 0)
            add_tier(facts.joints[tier], topology.tiers[tier].name, tiers[tier], facts.typical_power, inventory);
    for (const InventoryLine& line : inventory.lines) {
        inventory.power_watt += line.power_watt;
        if (line.has_price) inventory.price_usd += line.price_usd;
        inventory.lines_without_price += !line.has_price;
    }
    return inventory;
}

}  // namespace lightloom
