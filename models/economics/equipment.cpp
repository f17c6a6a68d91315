#include "models/economics/equipment.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <tuple>

#include "models/optics/catalogue_table.hpp"

namespace lightloom {
namespace {

constexpr double kMostWatts = 1e6, kMostDollars = 1e8;

// A number, or low~mid~high.
Estimate read_estimate(const CatalogueTable& table, const CatalogueTable::Line& line, std::string_view column,
                       double most) {
    const auto at = [&](Assumption::Level level) {
        const Assumption assumption{.level = level};
        CatalogueRow::Trace trace;
        const CatalogueRow row(table, line, assumption, trace);
        return std::pair{row.number(column, {0.0, most}), !trace.assumed.empty()};
    };
    const auto [low, is_assumed] = at(Assumption::Level::low);
    return {low, at(Assumption::Level::mid).first, at(Assumption::Level::high).first, is_assumed};
}

std::vector<EquipmentRow> read_rows(const std::string& name, const std::string& text) {
    const CatalogueTable table(name, text);
    std::vector<EquipmentRow> rows;
    for (const CatalogueTable::Line& line : table.lines()) {
        const Assumption assumption;
        CatalogueRow::Trace trace;
        const CatalogueRow cells(table, line, assumption, trace);
        EquipmentRow row;
        row.id = cells.text("id");
        row.name = cells.some_text("name");
        row.ports = cells.count("ports", 1, 65'535);
        row.rate = {cells.count("rate_gbps", 1, 10'000) * std::int64_t{1'000'000'000}};
        row.most_ports = cells.count("most_ports", static_cast<int>(row.ports), 65'535);
        const auto networks = cells.choice<std::pair<bool, bool>>(
            "network",
            {{"ethernet", {true, false}}, {"infiniband", {false, true}}, {"ethernet+infiniband", {true, true}}});
        std::tie(row.ethernet, row.infiniband) = networks;
        row.power_watt = read_estimate(table, line, "power_watt", kMostWatts);
        row.price_usd = read_estimate(table, line, "price_usd", kMostDollars);
        row.year = cells.some_text("year");
        row.from = {cells.some_text("confidence"), cells.some_text("source"), cells.text("note")};
        rows.push_back(std::move(row));
    }
    return rows;
}

const std::string& text_of(const CatalogueText& text, std::string_view table) {
    const auto found = text.find(table);
    if (found == text.end()) throw CatalogueError("catalogue: no table \"" + std::string(table) + '"');
    return found->second;
}

}  // namespace

Estimate& Estimate::operator+=(const Estimate& other) {
    low += other.low;
    mid += other.mid;
    high += other.high;
    is_assumed = is_assumed || other.is_assumed;
    return *this;
}

Estimate Estimate::operator*(double factor) const {
    return {low * factor, mid * factor, high * factor, is_assumed && factor > 0.0};
}

std::int64_t EquipmentRow::split(BitRate port) const {
    if (port.bits_per_second < 1 || port > rate) return 0;
    return std::min(rate.bits_per_second / port.bits_per_second, most_ports / ports);
}

bool serves(const EquipmentRow& row, std::span<const PortNeed> needs) {
    std::int64_t taken = 0;
    for (const PortNeed& need : needs) {
        const std::int64_t split = row.split(need.rate);
        if (split == 0) return false;
        taken += (need.ports + split - 1) / split;
    }
    return taken <= row.ports;
}

const EquipmentRow* cheapest(const std::vector<EquipmentRow>& rows, Network network, std::span<const PortNeed> needs) {
    const EquipmentRow* best = nullptr;
    for (const EquipmentRow& row : rows)
        if ((network == Network::ethernet ? row.ethernet : row.infiniband) && serves(row, needs) &&
            (best == nullptr || row.price_usd.mid < best->price_usd.mid))
            best = &row;
    return best;
}

const EquipmentCatalogue& EquipmentCatalogue::built_in() {
    static const EquipmentCatalogue catalogue = [] {
        try {
            return EquipmentCatalogue(built_in_equipment_text());
        } catch (const CatalogueError& error) {
            std::fprintf(stderr, "the built-in catalogue is broken: %s\n", error.what());
            std::abort();
        }
    }();
    return catalogue;
}

EquipmentCatalogue::EquipmentCatalogue(const CatalogueText& text)
    : switches_(read_rows("switches", text_of(text, "switches"))),
      nics_(read_rows("nics", text_of(text, "nics"))),
      text_(text) {}

std::vector<std::string> EquipmentCatalogue::tables() { return {"switches", "nics"}; }

const std::vector<EquipmentRow>& EquipmentCatalogue::table(std::string_view name) const {
    if (name == "switches") return switches_;
    if (name == "nics") return nics_;
    throw CatalogueError("catalogue: no table \"" + std::string(name) + '"');
}

std::vector<std::pair<std::string, std::string>> EquipmentCatalogue::cells(std::string_view table,
                                                                           std::string_view id) const {
    const CatalogueTable lines(std::string(table), text_of(text_, table));
    const CatalogueTable::Line* line = lines.line(id);
    std::vector<std::pair<std::string, std::string>> cells;
    if (line == nullptr) return cells;
    for (std::size_t n = 0; n < lines.columns().size(); ++n)
        cells.emplace_back(lines.columns()[n], line->cells[n].text);
    return cells;
}

}  // namespace lightloom
