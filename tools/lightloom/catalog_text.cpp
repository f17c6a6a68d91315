#include "tools/lightloom/catalog_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "models/economics/equipment.hpp"
#include "models/workload/training/model_catalogue.hpp"
#include "scenarios/metrics.hpp"
#include "scenarios/scenario.hpp"
#include "tools/lightloom/readable.hpp"

namespace lightloom {
namespace {

using Words = std::vector<std::string>;

// What a list shows of each table, beside id, confidence and what is assumed. Everything else is in `show`.
const std::map<std::string, std::pair<std::string_view, Words>, std::less<>> kTables{
    {"modules", {"transceivers and cable assemblies", {}}},
    {"fibres",
     {"cables",
      {"medium", "attenuation_max_db_per_km", "attenuation_typical_db_per_km", "group_index",
       "modal_bandwidth_mhz_km"}}},
    {"connectors", {"mated pairs", {"medium", "face", "loss_median_db", "loss_max_db", "reflectance_db"}}},
    {"passives", {"what else lies in the way", {"kind", "loss_typical_db", "loss_max_db", "reflectance_db", "ports"}}},
    {"fec",
     {"error correction", {"kind", "threshold_ber", "interleave", "striped", "line_rate_gbps", "processing_ns"}}},
    {"grids", {"wavelength plans", {"name", "spacing_ghz"}}},
    {"hosts",
     {"electrical ways between ASIC and module", {"nyquist_ghz", "loss_budget_db", "ber_at_budget", "linear_snr_db"}}},
    {"reflectances", {"discrete reflectances that a standard allows", {"most_db"}}},
    {"transmitters",
     {"transmitter technologies", {"bias_control", "oma_above_min_db", "tdecq_below_max_db", "activation_energy_ev"}}},
    {"receivers", {"receiver technologies", {"responsivity_a_per_w", "thermal_pa_per_sqrt_hz", "apd_gain"}}},
    {"cages", {"form factors as surroundings", {"kelvin_per_watt", "case_max_c"}}},
};

struct Triple {
    std::string low, mid, high;
};
std::optional<Triple> assumed_in(std::string_view cell) {
    const auto first = cell.find('~');
    if (first == std::string_view::npos || cell.find_first_of(":;") != std::string_view::npos) return std::nullopt;
    const auto second = cell.find('~', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    return Triple{std::string(cell.substr(0, first)), std::string(cell.substr(first + 1, second - first - 1)),
                  std::string(cell.substr(second + 1))};
}

std::optional<double> number_in(std::string_view cell) {
    double value = 0.0;
    const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (failure != std::errc{} || end != cell.data() + cell.size()) return std::nullopt;
    return value;
}

// A column's unit stands last in its name.
std::string_view unit_of(std::string_view column) {
    static constexpr std::pair<std::string_view, std::string_view> units[] = {
        {"_db_per_km", "dB/km"},
        {"_db_per_hz", "dB/Hz"},
        {"_per_c_db", "dB/C"},
        {"_per_year_db", "dB/year"},
        {"_ps_per_nm2_km", "ps/(nm2 km)"},
        {"_ps_per_sqrt_km", "ps/sqrt(km)"},
        {"_ps_nm_km", "ps/(nm km)"},
        {"_ps_nm", "ps/nm"},
        {"_mhz_km", "MHz km"},
        {"_m2_per_w", "m2/W"},
        {"_usd_per_m", "USD/m"},
        {"_nm_per_c", "nm/C"},
        {"_a_per_w", "A/W"},
        {"_pa_per_sqrt_hz", "pA/sqrt(Hz)"},
        {"kelvin_per_watt", "K/W"},
        {"snr_per_loss", "dB/dB"},
        {"_decades_per_db", "decades/dB"},
        {"_dbm", "dBm"},
        {"_db", "dB"},
        {"_gbps", "Gb/s"},
        {"_gbd", "GBd"},
        {"_ghz", "GHz"},
        {"_nm", "nm"},
        {"_um2", "um2"},
        {"_ns", "ns"},
        {"_ps", "ps"},
        {"_ms", "ms"},
        {"_watt", "W"},
        {"_usd", "USD"},
        {"_hours", "h"},
        {"_na", "nA"},
        {"_ma", "mA"},
        {"_ev", "eV"},
        {"_fit", "FIT"},
        {"_k", "K"},
        {"_c", "C"},
        {"_m", "m"},
    };
    for (const auto& [ending, unit] : units)
        if (column.ends_with(ending)) return unit;
    return "";
}

// ASSUMED with the number of figures, for a row; empty if there are none.
std::string assumed_mark(const Catalogue& catalogue, std::string_view table, std::string_view id) {
    const auto count = std::ranges::count_if(
        catalogue.assumed(), [&](const AssumedFigure& figure) { return figure.table == table && figure.id == id; });
    return count == 0 ? "" : fmt::format("ASSUMED: {}", count);
}

std::string_view name_of(Medium medium) {
    switch (medium) {
        case Medium::single_mode: return "single-mode";
        case Medium::multimode: return "multimode";
        case Medium::copper: return "copper";
    }
    return "";
}

std::string shown(const NamedFigures& figures) {
    Words words;
    for (const auto& [name, value] : figures.by_name)
        words.push_back(name.empty() ? fmt::format("{}", value) : fmt::format("{} {}", name, value));
    return fmt::format("{}", fmt::join(words, ", "));
}

Words module_words(const Catalogue& catalogue, const ModuleRow& module) {
    const std::string state = module.missing.empty() ? assumed_mark(catalogue, "modules", module.id)
                                                     : fmt::format("missing: {} figures", module.missing.size());
    return {module.id,
            fmt::format("{:g}", static_cast<double>(module.rate.bits_per_second) / 1e9),
            fmt::format("{}x{:g}", module.ports, static_cast<double>(module.port_rate().bits_per_second) / 1e9),
            shown(module.reach_m),
            std::string(name_of(module.medium)),
            module.fec,
            fmt::format("{:g}", module.power_max.value),
            module.price
                ? fmt::format("{:g}-{:g} ({})", module.price->low_usd, module.price->high_usd, module.price->year)
                : "",
            state,
            module.from.confidence};
}

std::vector<Words> module_list(const Catalogue& catalogue) {
    std::vector<Words> rows{
        {"id", "Gb/s", "ports", "reach m", "medium", "FEC", "W max", "USD", "figures", "confidence"}};
    for (const ModuleRow& module : catalogue.modules()) rows.push_back(module_words(catalogue, module));
    return rows;
}

std::vector<Words> other_list(const Catalogue& catalogue, const std::string& table) {
    const Words& columns = kTables.at(table).second;
    Words heading{"id"};
    heading.insert(heading.end(), columns.begin(), columns.end());
    heading.insert(heading.end(), {"figures", "confidence"});
    std::vector<Words> rows{heading};
    for (const std::string& id : catalogue.ids(table)) {
        const auto cells = catalogue.cells(table, id);
        const auto cell = [&](std::string_view column) {
            const auto at = std::ranges::find(cells, column, [](const auto& c) { return std::string_view(c.first); });
            return at == cells.end() ? "" : at->second;
        };
        Words row{id};
        for (const std::string& column : columns) row.push_back(cell(column));
        row.insert(row.end(), {assumed_mark(catalogue, table, id), cell("confidence")});
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

std::string figure_text(std::string_view column, std::string_view cell) {
    const std::string_view unit = unit_of(column);
    if (const auto triple = assumed_in(cell))
        return fmt::format("{} / {} / {} {}{}ASSUMED (low / mid / high)", triple->low, triple->mid, triple->high, unit,
                           unit.empty() ? "" : "  ");
    const bool list = cell.find('~') != std::string_view::npos;
    return fmt::format("{}{}{}{}", cell, unit.empty() ? "" : " ", unit, list ? "  ASSUMED (low~mid~high)" : "");
}

namespace {

// What a standard's limits leave when they are added up: what it sets aside for reflections and delay spread.
std::string closure_text(const ModuleRow& module) {
    std::string text;
    if (!module.levels) return text;
    const OpticalLevels& levels = *module.levels;
    for (const auto& [fibre, loss] : module.channel_loss_max_db.by_name)
        text += fmt::format(
            "  limits close at {:+.2f} dB{}: (OMA-TDECQ)min {:g} + TDECQmax {:g} - ILmax {:g} - SRS {:g}\n",
            (levels.tx_oma_minus_tdecq_min + levels.tdecq_max - levels.rx_stressed_sensitivity).value - loss,
            fibre.empty() ? "" : " over " + fibre, levels.tx_oma_minus_tdecq_min.value, levels.tdecq_max.value, loss,
            levels.rx_stressed_sensitivity.value);
    return text;
}

}  // namespace

std::string tables_text(const Catalogue& catalogue) {
    std::vector<Words> rows{{"table", "rows", "assumed", "what"}};
    for (const std::string& table : Catalogue::tables()) {
        const auto assumed = std::ranges::count(catalogue.assumed(), table, &AssumedFigure::table);
        rows.push_back({table, fmt::format("{}", catalogue.ids(table).size()), fmt::format("{}", assumed),
                        std::string(kTables.at(table).first)});
    }
    for (const std::string& table : EquipmentCatalogue::tables()) {
        const auto& all = EquipmentCatalogue::built_in().table(table);
        const auto assumed =
            std::ranges::count_if(all, [](const EquipmentRow& row) { return row.price_usd.is_assumed; });
        rows.push_back({table, fmt::format("{}", all.size()), fmt::format("{}", assumed),
                        "what a fabric could be built of; prices are assumed"});
    }
    rows.push_back({"topologies", fmt::format("{}", kTopologyKinds), "0", "kinds of fabric, and their keys"});
    rows.push_back({"metrics", fmt::format("{}", metrics().size()), "0", "figures that compare and gates know"});
    for (const std::string& table : TrainingCatalogue::tables())
        rows.push_back({table, fmt::format("{}", TrainingCatalogue::built_in().ids(table).size()), "0",
                        table == "models" ? "language models that may be trained, by their sizes"
                                          : "what they are trained on: peak FLOP/s and memory"});
    return aligned(rows) + "\nlightloom catalog TABLE lists the rows, lightloom catalog show ID all figures of one\n";
}

JsonObject catalog_object() {
    return JsonObject().add("format", "lightloom-catalog").add("format_version", std::int64_t{1});
}

JsonObject tables_json(const Catalogue& catalogue) {
    std::vector<JsonObject> tables;
    for (const std::string& table : Catalogue::tables())
        tables.push_back(JsonObject()
                             .add("table", table)
                             .add("rows", static_cast<std::int64_t>(catalogue.ids(table).size()))
                             .add("what", kTables.at(table).first));
    return catalog_object().add("tables", tables);
}

std::string rows_text(const Catalogue& catalogue, const std::string& table) {
    return aligned(table == "modules" ? module_list(catalogue) : other_list(catalogue, table));
}

JsonObject rows_json(const Catalogue& catalogue, const std::string& table) {
    std::vector<JsonObject> rows;
    for (const std::string& id : catalogue.ids(table)) rows.push_back(row_json(catalogue, table, id));
    return catalog_object().add("table", table).add("rows", rows);
}

std::string row_text(const Catalogue& catalogue, const std::string& table, const std::string& id) {
    const auto cells = catalogue.cells(table, id);
    std::size_t width = 0;
    for (const auto& [column, cell] : cells)
        if (!cell.empty()) width = std::max(width, column.size());
    std::string text = fmt::format("{} ({})\n", id, table);
    for (const auto& [column, cell] : cells)
        if (!cell.empty() && column != "id")
            text += fmt::format("  {:<{}}  {}\n", column, width, figure_text(column, cell));
    if (table != "modules") return text;
    const ModuleRow& module = *catalogue.module(id);
    if (!module.missing.empty())
        text += fmt::format("  missing, so that no budget can be made: {}\n", fmt::join(module.missing, ", "));
    return text + closure_text(module);
}

JsonObject cells_json(const std::vector<std::pair<std::string, std::string>>& cells) {
    JsonObject row;
    for (const auto& [column, cell] : cells) {
        if (const auto triple = assumed_in(cell)) {
            JsonObject assumed;
            for (const auto& [name, figure] :
                 {std::pair{"low", triple->low}, {"mid", triple->mid}, {"high", triple->high}})
                assumed.add(name, number_in(figure).value_or(0.0));
            row.add(column, JsonObject().add("assumed", assumed));
        } else if (const auto number = number_in(cell); number || cell.empty()) {
            row.add(column, number.value_or(std::numeric_limits<double>::quiet_NaN()));  // null
        } else {
            row.add(column, cell);
        }
    }
    return row;
}

JsonObject row_json(const Catalogue& catalogue, const std::string& table, const std::string& id) {
    JsonObject row = cells_json(catalogue.cells(table, id));
    if (table == "modules") row.add("missing", catalogue.module(id)->missing);
    return row;
}

}  // namespace lightloom
