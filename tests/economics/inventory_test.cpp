// What a fabric is built of, against counts that can be done by hand and those of NVIDIA's reference architecture.
#include "models/economics/inventory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "topologies/leaf_spine.hpp"
#include "topologies/ocs_pods.hpp"

namespace lightloom {
namespace {

const Rate k400G = *Rate::from(BitRate{400'000'000'000});

CableFacts facts_of(const Topology& t, const std::string& hosts, const std::string& uplinks, double length_m) {
    CableFacts facts;
    for (const std::string& module : {hosts, uplinks})
        facts.joints.push_back(join(Catalogue::built_in(), {.name = "tier.x",
                                                            .lower_module = module,
                                                            .upper_module = module,
                                                            .fibre = "os2",
                                                            .length_m = {Distribution::Kind::fixed, length_m},
                                                            .rate = {400'000'000'000}}));
    facts.length_m.assign(t.cables.size(), length_m);
    return facts;
}

/// Of all lines of a kind together.
double count_of(const Inventory& inventory, ItemKind kind, const std::string& use = "") {
    double count = 0.0;
    for (const InventoryLine& line : inventory.lines)
        if (line.kind == kind && (use.empty() || line.use == use)) count += line.count;
    return count;
}

// NVIDIA DGX SuperPOD reference architecture, 4 scalable units: 1,024 GPUs, 32 leaves, 16 spines, 1,024 + 1,024 cables;
// all optical with twin-port modules at both ends that is 2 modules per GPU.
TEST(Inventory, OfAThousandGpusIsThatOfTheReferenceArchitecture) {
    const Topology t = leaf_spine(
        {.servers = 128, .gpus_per_server = 8, .leaves = 32, .spines = 16, .links_per_pair = 2, .rate = k400G});
    const Inventory inventory =
        inventory_of(t, facts_of(t, "800g-2xdr4", "800g-2xdr4", 50.0), EquipmentCatalogue::built_in());
    EXPECT_EQ(inventory.transceivers, 2048);
    EXPECT_EQ(inventory.cable_assemblies, 0);
    EXPECT_EQ(count_of(inventory, ItemKind::switches, "leaf"), 32);
    EXPECT_EQ(count_of(inventory, ItemKind::switches, "spine"), 16);
    EXPECT_EQ(count_of(inventory, ItemKind::nics), 1024);
    EXPECT_EQ(inventory.fibres, 2048 * 8);  // a DR4 takes four fibres each way
    EXPECT_DOUBLE_EQ(inventory.fibre_km, 2048 * 8 * 0.05);
    for (const InventoryLine& line : inventory.lines)
        if (line.kind == ItemKind::switches) {
            EXPECT_FALSE(line.id.empty()) << line.use;
            EXPECT_TRUE(line.price_usd.is_assumed);
        }
}

TEST(Inventory, CopperIsOneAssemblyACableThatDrawsPowerAtBothEnds) {
    const Topology t =
        leaf_spine({.servers = 4, .gpus_per_server = 2, .leaves = 2, .spines = 1, .links_per_pair = 2, .rate = k400G});
    const Inventory inventory =
        inventory_of(t, facts_of(t, "400g-aec", "400gbase-dr4", 3.0), EquipmentCatalogue::built_in());
    EXPECT_EQ(inventory.cable_assemblies, 8);
    EXPECT_EQ(inventory.transceivers, 8);
    const auto line = std::ranges::find(inventory.lines, ItemKind::cables, &InventoryLine::kind);
    ASSERT_NE(line, inventory.lines.end());
    const ModuleRow& aec = *Catalogue::built_in().module("400g-aec");
    EXPECT_DOUBLE_EQ(line->power_watt.mid, 16.0 * aec.power_max.value);
    EXPECT_DOUBLE_EQ(line->price_usd.mid, 8.0 * aec.price->middle_usd());
}

TEST(Inventory, TotalsAreTheSumOfTheLinesAndLowIsBelowHigh) {
    const Topology t =
        leaf_spine({.servers = 3, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 3, .rate = k400G});
    const Inventory inventory =
        inventory_of(t, facts_of(t, "400gbase-dr4", "800g-2xdr4", 10.0), EquipmentCatalogue::built_in());
    EXPECT_EQ(inventory.transceivers, 6 + 4);  // six ends of single ports; of twin ports three at the leaf and three
                                               // at the spine, where two modules each are half used
    double dollars = 0.0, watts = 0.0;
    for (const InventoryLine& line : inventory.lines) {
        dollars += line.price_usd.mid;
        watts += line.power_watt.mid;
    }
    EXPECT_DOUBLE_EQ(inventory.price_usd.mid, dollars);
    EXPECT_DOUBLE_EQ(inventory.power_watt.mid, watts);
    EXPECT_LT(inventory.price_usd.low, inventory.price_usd.mid);
    EXPECT_LT(inventory.price_usd.mid, inventory.price_usd.high);
}

// Two links of a node share a twin module; those of two nodes never do.
TEST(Inventory, AModuleSitsInOneNode) {
    const Topology t =
        leaf_spine({.servers = 3, .gpus_per_server = 1, .leaves = 3, .spines = 1, .links_per_pair = 1, .rate = k400G});
    const Inventory inventory =
        inventory_of(t, facts_of(t, "800g-2xdr4", "800g-2xdr4", 10.0), EquipmentCatalogue::built_in());
    EXPECT_EQ(count_of(inventory, ItemKind::modules, "tier host-leaf"), 6);   // every end is alone in its node
    EXPECT_EQ(count_of(inventory, ItemKind::modules, "tier leaf-spine"), 5);  // the spine's three ends take two
}

// The circuits of three states take turns at a spine's one port, with one module.
TEST(Inventory, CountsWhatCircuitsShareOnce) {
    const Topology t = ocs_pods({.pods = 4,
                                 .leaves_per_pod = 2,
                                 .spines_per_pod = 2,
                                 .servers_per_leaf = 2,
                                 .gpus_per_server = 1,
                                 .circuits_per_spine = 1,
                                 .states = 3,
                                 .rate = k400G});
    CableFacts facts = facts_of(t, "400gbase-dr4", "400gbase-dr4", 10.0);
    facts.joints.push_back(facts.joints.back());
    const Inventory inventory = inventory_of(t, facts, EquipmentCatalogue::built_in());
    EXPECT_EQ(count_of(inventory, ItemKind::modules, "tier circuit"), 8);
    const auto fibre = std::ranges::find_if(inventory.lines, [](const InventoryLine& line) {
        return line.kind == ItemKind::fibre && line.use == "tier circuit";
    });
    ASSERT_NE(fibre, inventory.lines.end());
    EXPECT_DOUBLE_EQ(fibre->count, 4 * 8 * 10.0);  // four links of four fibres each way, 10 m
}

TEST(Inventory, AHalfUsedModuleIsAWholeOne) {
    const Topology t =
        leaf_spine({.servers = 1, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 1, .rate = k400G});
    CableFacts facts = facts_of(t, "400gbase-dr4", "800g-2xdr4", 10.0);
    facts.joints[1].lower = Catalogue::built_in().module("400gbase-dr4");  // one end single, one of a twin
    const Inventory inventory = inventory_of(t, facts, EquipmentCatalogue::built_in());
    EXPECT_EQ(count_of(inventory, ItemKind::modules, "tier leaf-spine"), 2);
}

TEST(Inventory, WhatNoRowServesHasNoPrice) {
    const Topology t = leaf_spine(
        {.servers = 1, .gpus_per_server = 1, .leaves = 1, .spines = 1, .links_per_pair = 2000, .rate = k400G});
    const Inventory inventory =
        inventory_of(t, facts_of(t, "400gbase-dr4", "400gbase-dr4", 10.0), EquipmentCatalogue::built_in());
    EXPECT_EQ(inventory.lines_without_price, 4);  // leaf and spine; the fibre of two tiers, whose price nobody says
    EXPECT_TRUE(inventory.lines[0].id.empty());
    EXPECT_FALSE(inventory.lines[0].has_price);
}

}  // namespace
}  // namespace lightloom
