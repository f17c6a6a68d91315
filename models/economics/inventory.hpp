// Inventory: what a fabric is built of, counted, with its power and price: switches, NICs, modules, cable assemblies
// and fibre. Switches and NICs are the cheapest of the catalogue that have the ports and speak the network; modules are
// those of the tiers.
// Not here: GPUs and servers, scale-up and circuit switches, racks, labour, energy over a life; the graph
// (topologies/graph.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/economics/equipment.hpp"
#include "models/optics/joining.hpp"
#include "topologies/topology.hpp"

namespace lightloom {

enum class ItemKind { switches, nics, modules, cables, fibre };
std::string_view name_of(ItemKind kind);

/// One kind of thing that is bought.
struct InventoryLine {
    ItemKind kind;
    std::string use;        // "leaf", "tier leaf-spine"
    std::string id;         // of its row; empty: nothing in the catalogue will do
    double count = 0.0;     // pieces; metres of one fibre for fibre
    Estimate power_watt{};  // all of them
    Estimate price_usd{};   // likewise; of the year that the rows say
    bool has_price = true;  // false: nobody says what it costs
};

struct Inventory {
    std::vector<InventoryLine> lines;
    std::int64_t transceivers = 0;        // separate modules, at both ends
    std::int64_t cable_assemblies = 0;    // with their ends: copper, active optical cables
    double fibres = 0.0, fibre_km = 0.0;  // single fibres in separate cables, and their length together
    Estimate power_watt, price_usd;       // of all lines that have them
    std::int64_t lines_without_price = 0;
};

/// What is known of the cables beside the topology.
struct CableFacts {
    std::vector<Joint> joints;     // by tier of the topology
    std::vector<double> length_m;  // by cable
    bool typical_power = false;    // else the most that a module may draw
    Network network = Network::ethernet;
};

/// Counts what `topology` needs. A module with several ports, or with lanes that are links of their own, serves several
/// cables; half-used ones are whole ones.
Inventory inventory_of(const Topology& topology, const CableFacts& cables, const EquipmentCatalogue& catalogue);

}  // namespace lightloom
