#include "tools/lightloom/equipment_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "scenarios/fabric.hpp"
#include "scenarios/schema.hpp"
#include "tools/lightloom/catalog_text.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

std::string estimate_text(const Estimate& estimate) {
    if (!estimate.is_assumed) return fmt::format("{:g}", estimate.mid);
    return fmt::format("{:g} / {:g} / {:g} ASSUMED", estimate.low, estimate.mid, estimate.high);
}

/// The keys of [topology] that some kinds know and others do not, of one kind.
std::vector<std::string> own_keys(TopologyKind kind) {
    std::vector<std::string> names;
    const std::string name(name_of(kind));
    for (const auto& key : scenario_keys()) {
        if (key.section != "topology") continue;
        const std::vector<std::string> kinds = kinds_of(key);
        if (kinds.size() < kTopologyKinds && std::ranges::find(kinds, name) != kinds.end())
            names.emplace_back(key.name);
    }
    return names;
}

std::string_view what_is(TopologyKind kind) {
    switch (kind) {
        case TopologyKind::leaf_spine: return "every leaf to every spine, servers under one leaf";
        case TopologyKind::rail_optimised: return "a leaf for each GPU index of a unit of servers; two or three tiers";
        case TopologyKind::folded_clos: return "pods of leaves and spines under cores; in one building or several";
        case TopologyKind::multi_plane: return "NICs of several ports, each in a plane of its own, or dual ToR";
        case TopologyKind::graph: return "your own, from GraphML or a list of nodes and cables";
        case TopologyKind::ocs_pods: return "pods joined by circuit switches, in pairs that take turns";
    }
    return "";
}

}  // namespace

std::string equipment_text(const std::string& table) {
    std::vector<std::vector<std::string>> rows{
        {"id", "name", "ports", "Gb/s", "split to", "W", "USD", "year", "confidence"}};
    for (const EquipmentRow& row : EquipmentCatalogue::built_in().table(table))
        rows.push_back({row.id, row.name, fmt::format("{}", row.ports),
                        fmt::format("{}", row.rate.bits_per_second / 1'000'000'000), fmt::format("{}", row.most_ports),
                        estimate_text(row.power_watt), estimate_text(row.price_usd), row.year, row.from.confidence});
    return aligned(rows);
}

JsonObject equipment_json(const std::string& table) {
    std::vector<JsonObject> rows;
    for (const EquipmentRow& row : EquipmentCatalogue::built_in().table(table))
        rows.push_back(cells_json(EquipmentCatalogue::built_in().cells(table, row.id)));
    return catalog_object().add("table", table).add("rows", rows);
}

std::string equipment_row_text(const std::string& table, const std::string& id) {
    std::string text = fmt::format("{} ({})\n", id, table);
    for (const auto& [column, cell] : EquipmentCatalogue::built_in().cells(table, id))
        if (!cell.empty() && column != "id") text += fmt::format("  {:<10}  {}\n", column, figure_text(column, cell));
    return text;
}

JsonObject equipment_row_json(const std::string& table, const std::string& id) {
    std::vector<JsonObject> rows{cells_json(EquipmentCatalogue::built_in().cells(table, id)).add("table", table)};
    return catalog_object().add("rows", rows);
}

std::string topologies_text() {
    std::string text;
    for (std::size_t i = 0; i < kTopologyKinds; ++i) {
        const auto kind = static_cast<TopologyKind>(i);
        text += fmt::format("{}: {}\n    {}\n", name_of(kind), what_is(kind), fmt::join(own_keys(kind), ", "));
    }
    return text + "\nall kinds: rate, radix; lightloom explain S.toml --keys says what each key means\n";
}

JsonObject topologies_json() {
    std::vector<JsonObject> kinds;
    for (std::size_t i = 0; i < kTopologyKinds; ++i) {
        const auto kind = static_cast<TopologyKind>(i);
        kinds.push_back(JsonObject().add("id", name_of(kind)).add("what", what_is(kind)).add("keys", own_keys(kind)));
    }
    return catalog_object().add("table", "topologies").add("rows", kinds);
}

}  // namespace lightloom
