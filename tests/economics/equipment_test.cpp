// The tables of switches and NICs, and which of them serves a node.
#include "models/economics/equipment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace lightloom {
namespace {

constexpr BitRate kG{1'000'000'000};
BitRate gbps(std::int64_t n) { return {n * kG.bits_per_second}; }

TEST(Equipment, EveryRowThatShipsSaysWhereItIsFromAndThatItsPriceIsAssumed) {
    const EquipmentCatalogue& catalogue = EquipmentCatalogue::built_in();
    EXPECT_GE(catalogue.switches().size(), 8u);
    EXPECT_GE(catalogue.nics().size(), 5u);
    std::set<std::string> ids;
    for (const std::string& table : EquipmentCatalogue::tables())
        for (const EquipmentRow& row : catalogue.table(table)) {
            EXPECT_TRUE(ids.insert(row.id).second) << row.id;
            EXPECT_FALSE(row.from.source.empty()) << row.id;
            EXPECT_TRUE(row.price_usd.is_assumed) << row.id;
            EXPECT_LT(row.price_usd.low, row.price_usd.high) << row.id;
            EXPECT_GE(row.most_ports, row.ports) << row.id;
            EXPECT_EQ(catalogue.cells(table, row.id).at(0).second, row.id);
        }
    EXPECT_TRUE(catalogue.cells("switches", "abacus").empty());
    EXPECT_THROW(catalogue.table("abaci"), CatalogueError);
}

TEST(Equipment, AFasterPortIsSplitIntoSlowerOnes) {
    const EquipmentRow row{.ports = 64, .rate = gbps(800), .most_ports = 256};
    EXPECT_EQ(row.split(gbps(800)), 1);
    EXPECT_EQ(row.split(gbps(400)), 2);
    EXPECT_EQ(row.split(gbps(200)), 4);
    EXPECT_EQ(row.split(gbps(100)), 4);  // 256 ports, and no more
    EXPECT_EQ(row.split(gbps(1600)), 0);
    EXPECT_EQ(row.split(BitRate{0}), 0);
}

TEST(Equipment, ABoxServesPortsOfSeveralRatesTogether) {
    const EquipmentRow row{.ports = 64, .rate = gbps(800), .most_ports = 256};
    EXPECT_TRUE(serves(row, std::vector<PortNeed>{{gbps(200), 136}, {gbps(400), 60}}));  // 34 + 30 cages
    EXPECT_TRUE(serves(row, std::vector<PortNeed>{{gbps(400), 63}, {gbps(800), 32}}));   // 32 + 32
    EXPECT_FALSE(serves(row, std::vector<PortNeed>{{gbps(400), 65}, {gbps(800), 32}}));  // 33 + 32
    EXPECT_FALSE(serves(row, std::vector<PortNeed>{{gbps(1600), 1}}));
}

TEST(Equipment, TheCheapestThatServesIsTaken) {
    const std::vector<EquipmentRow> rows{
        {.id = "dear", .ports = 64, .rate = gbps(800), .most_ports = 64, .price_usd = {2, 2, 2, false}},
        {.id = "cheap", .ports = 32, .rate = gbps(800), .most_ports = 32, .price_usd = {1, 1, 1, false}}};
    EXPECT_EQ(cheapest(rows, Network::ethernet, std::vector<PortNeed>{{gbps(800), 32}})->id, "cheap");
    EXPECT_EQ(cheapest(rows, Network::ethernet, std::vector<PortNeed>{{gbps(800), 33}})->id, "dear");
    EXPECT_EQ(cheapest(rows, Network::ethernet, std::vector<PortNeed>{{gbps(800), 65}}), nullptr);
}

TEST(Equipment, AnInfiniBandFabricIsBuiltOfInfiniBand) {
    const EquipmentCatalogue& catalogue = EquipmentCatalogue::built_in();
    const std::vector<PortNeed> leaf{{gbps(400), 64}}, nic{{gbps(400), 1}};
    EXPECT_EQ(cheapest(catalogue.switches(), Network::infiniband, leaf)->id, "qm9700");
    EXPECT_EQ(cheapest(catalogue.nics(), Network::infiniband, nic)->id, "connectx-7-400g");
    EXPECT_EQ(cheapest(catalogue.switches(), Network::ethernet, leaf)->id, "tomahawk4-64x400");
    EXPECT_EQ(cheapest(catalogue.nics(), Network::ethernet, nic)->id, "thor2-400g");
}

TEST(Equipment, ATableThatIsWrongIsRefusedByPlace) {
    const std::string columns =
        "id,name,ports,rate_gbps,most_ports,network,power_watt,price_usd,year,confidence,source,note\n";
    const std::string right = "a,A,64,400,128,ethernet,700,1~2~3,2024,low,memory,\n";
    const auto message = [&](const std::string& row) {
        try {
            EquipmentCatalogue({{"switches", columns + row}, {"nics", columns}});
        } catch (const CatalogueError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(message(right), "");
    EXPECT_NE(message("a,A,0,400,128,ethernet,700,1~2~3,2024,low,memory,\n").find("switches.csv:2"), std::string::npos);
    EXPECT_NE(message("a,A,64,400,63,ethernet,700,1~2~3,2024,low,memory,\n").find("most_ports"), std::string::npos);
    EXPECT_NE(message("a,A,64,400,128,ethernet,700,3~2~1,2024,low,memory,\n").find("price_usd"), std::string::npos);
    EXPECT_NE(message("a,A,64,400,128,ethernet,-1,1~2~3,2024,low,memory,\n").find("power_watt"), std::string::npos);
    EXPECT_NE(message("a,A,64,400,128,ethernet,700,1~2~3,2024,low,,\n").find("source"), std::string::npos);
    EXPECT_THROW(EquipmentCatalogue({{"switches", columns}}), CatalogueError);
}

}  // namespace
}  // namespace lightloom
