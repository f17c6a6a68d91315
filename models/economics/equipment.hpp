// Equipment: the switches and NICs that a fabric could be built of, as rows of data. The tables are
// models/economics/catalogue/*.csv, each row with its source and how far to trust it, and are built into the binary.
// Nobody publishes what such things cost: prices stand as low~mid~high, and are shown as ASSUMED.
// Not here: modules and fibre (models/optics/catalogue.hpp), what a fabric needs (models/economics/inventory.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/optics/catalogue.hpp"

namespace lightloom {

/// A figure that may be assumed: then the three differ, or are all that is known.
struct Estimate {
    double low = 0.0, mid = 0.0, high = 0.0;
    bool is_assumed = false;

    Estimate& operator+=(const Estimate& other);
    Estimate operator*(double factor) const;  // @param factor  not negative
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

enum class Network { ethernet, infiniband };

struct EquipmentRow {
    std::string id{}, name{};
    std::int64_t ports = 0;       // cages or ports as they come
    BitRate rate{};               // of one of them
    std::int64_t most_ports = 0;  // when they are split
    bool ethernet = true, infiniband = true;
    Estimate power_watt{}, price_usd{};
    std::string year{};
    Provenance from{};

    /// Ports of `rate` that one port of the row makes; 0: it is too slow.
    std::int64_t split(BitRate rate) const;
};

/// Ports of one rate that a node needs.
struct PortNeed {
    BitRate rate{};
    std::int64_t ports = 0;
};

/// Can one such box serve all these ports?
bool serves(const EquipmentRow& row, std::span<const PortNeed> needs);

class EquipmentCatalogue {
public:
    /// What ships, read once. A mistake in it aborts the program.
    static const EquipmentCatalogue& built_in();
    /// @throws CatalogueError naming table, line and column
    explicit EquipmentCatalogue(const CatalogueText& text);

    const std::vector<EquipmentRow>& switches() const { return switches_; }
    const std::vector<EquipmentRow>& nics() const { return nics_; }
    /// "switches" and "nics". @throws CatalogueError: there is no such table
    const std::vector<EquipmentRow>& table(std::string_view name) const;
    static std::vector<std::string> tables();

    /// A row's cells as they stand in the table, to show. Empty if there is no such row.
    std::vector<std::pair<std::string, std::string>> cells(std::string_view table, std::string_view id) const;

private:
    std::vector<EquipmentRow> switches_, nics_;
    CatalogueText text_;
};

/// The tables as text, as they ship.
const CatalogueText& built_in_equipment_text();

/// The cheapest row of a network that serves the ports, the first of several; nullptr: none does.
const EquipmentRow* cheapest(const std::vector<EquipmentRow>& rows, Network network, std::span<const PortNeed> needs);

}  // namespace lightloom
