#include "models/optics/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace lightloom {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return pieces;
        text.remove_prefix(end + 1);
    }
}

// One line of a table: cells by the name of their column
class Row {
public:
    Row(const char* table, std::size_t line, const std::vector<std::string_view>& columns, std::string_view text)
        : table_(table), line_(line), columns_(columns), cells_(split(text, ',')) {
        if (text.find('"') != std::string_view::npos) throw error("quotes are not understood");
        if (cells_.size() != columns_.size())
            throw error(fmt::format("{} cells for {} columns", cells_.size(), columns_.size()));
    }

    CatalogueError error(const std::string& what) const {
        return CatalogueError(fmt::format("catalogue/{}.csv:{}: {}", table_, line_, what));
    }

    std::string_view cell(std::string_view column) const {
        const auto at = std::find(columns_.begin(), columns_.end(), column);
        if (at == columns_.end()) throw error(fmt::format("no column \"{}\"", column));
        return cells_[static_cast<std::size_t>(at - columns_.begin())];
    }
    bool empty(std::string_view column) const { return cell(column).empty(); }
    std::string text(std::string_view column) const { return std::string(cell(column)); }
    std::string some_text(std::string_view column) const {
        if (empty(column)) throw error(fmt::format("{} is empty", column));
        return text(column);
    }

    double number(std::string_view column) const { return parsed<double>(column); }
    double number_above(std::string_view column, double bound) const {
        const double value = number(column);
        if (!(value > bound)) throw error(fmt::format("{} must be more than {}, not {}", column, bound, value));
        return value;
    }
    int count(std::string_view column) const {
        const int value = parsed<int>(column);
        if (value < 1) throw error(fmt::format("{} must be at least 1, not {}", column, value));
        return value;
    }
    Medium medium(std::string_view column) const {
        if (cell(column) == "single-mode") return Medium::single_mode;
        if (cell(column) == "copper") return Medium::copper;
        throw error(fmt::format("{} must be single-mode or copper, not \"{}\"", column, cell(column)));
    }

private:
    template <class Number>
    Number parsed(std::string_view column) const {
        const std::string_view text = cell(column);
        Number value{};
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(static_cast<double>(value)))
            throw error(fmt::format("{} is no number: \"{}\"", column, text));
        return value;
    }

    const char* table_;
    std::size_t line_;
    const std::vector<std::string_view>& columns_;
    std::vector<std::string_view> cells_;
};

OpticalLevels levels_of(const Row& row) {
    return {.tx_oma_min = {row.number("tx_oma_min_dbm")},
            .tx_oma_minus_tdecq_min = {row.number("tx_oma_minus_tdecq_min_dbm")},
            .tdecq_max = {row.number("tdecq_max_db")},
            .rx_sensitivity_min = {row.number("rx_sensitivity_min_dbm")},
            .rx_sensitivity_at_zero_secq = {row.number("rx_sensitivity_at_zero_secq_dbm")},
            .rx_stressed_sensitivity = {row.number("rx_stressed_sensitivity_dbm")},
            .channel_loss_max = {row.number("channel_loss_max_db")}};
}

template <class Table>
auto find(const Table& table, std::string_view id) {
    const auto at = std::find_if(table.begin(), table.end(), [id](const auto& row) { return row.id == id; });
    return at == table.end() ? nullptr : &*at;
}

// What a module names must be in the other tables, and fit.
void check(const ModuleRow& module, const Row& row, const Catalogue& catalogue) {
    if (module.specified_ber >= 0.5) throw row.error("specified_ber must be below 0.5");
    if (module.lanes % module.fibres_per_direction != 0) throw row.error("lanes do not divide among the fibres");
    const FecRow* fec = catalogue.fec(module.fec);
    if (fec == nullptr) throw row.error(fmt::format("no fec \"{}\"", module.fec));
    if (fec->code.length % module.lanes != 0) throw row.error("a codeword's symbols do not divide among the lanes");
    if (module.captive_cable.empty()) return;
    const FibreRow* cable = catalogue.fibre(module.captive_cable);
    if (cable == nullptr) throw row.error(fmt::format("no fibre \"{}\"", module.captive_cable));
    if (cable->medium != module.medium) throw row.error("captive_cable is of another medium");
}

ModuleRow read_module(const Row& row) {
    ModuleRow module{.id = row.some_text("id"),
                     .name = row.some_text("name"),
                     .medium = row.medium("medium"),
                     .captive_cable = row.text("captive_cable"),
                     .rate = {std::llround(row.number_above("rate_gbps", 0.0) * 1e9)},
                     .lanes = row.count("lanes"),
                     .fibres_per_direction = row.count("fibres_per_direction"),
                     .fec = row.some_text("fec"),
                     .specified_ber = row.number_above("specified_ber", 0.0),
                     .reach = {row.number_above("reach_m", 0.0)},
                     .levels = std::nullopt,
                     .latency_ns = row.number("latency_ns"),
                     .power_max = {row.number("power_max_watt")},
                     .confidence = row.some_text("confidence"),
                     .source = row.some_text("source"),
                     .note = row.text("note")};
    if (module.captive_cable.empty()) module.levels = levels_of(row);
    return module;
}

FibreRow read_fibre(const Row& row) {
    FibreRow fibre{.id = row.some_text("id"),
                   .name = row.some_text("name"),
                   .medium = row.medium("medium"),
                   .attenuation_db_per_km = std::nullopt,
                   .group_index = row.number_above("group_index", 1.0),
                   .confidence = row.some_text("confidence"),
                   .source = row.some_text("source"),
                   .note = row.text("note")};
    if (fibre.medium != Medium::copper)
        fibre.attenuation_db_per_km = row.number_above("attenuation_max_db_per_km", 0.0);
    return fibre;
}

ConnectorRow read_connector(const Row& row) {
    return {.id = row.some_text("id"),
            .name = row.some_text("name"),
            .loss_median = {row.number_above("loss_median_db", 0.0)},
            .loss_sigma_ln = row.number_above("loss_sigma_ln", 0.0),
            .loss_max = {row.number_above("loss_max_db", 0.0)},
            .confidence = row.some_text("confidence"),
            .source = row.some_text("source"),
            .note = row.text("note")};
}

FecRow read_fec(const Row& row) {
    FecRow fec{.id = row.some_text("id"),
               .name = row.some_text("name"),
               .code = {row.count("length_symbols"), row.count("data_symbols"), row.count("bits_per_symbol")},
               .interleave = row.count("interleave"),
               .line_rate_gbps = row.number_above("line_rate_gbps", 0.0),
               .processing_ns = row.number("processing_ns"),
               .confidence = row.some_text("confidence"),
               .source = row.some_text("source"),
               .note = row.text("note")};
    if (fec.code.correctable() < 1 || fec.code.correctable() > kMostCorrectable)
        throw row.error(fmt::format("a code corrects 1 to {} symbols", kMostCorrectable));
    return fec;
}

template <class RowType, class Read>
void read_table(const char* name, std::string_view text, std::vector<RowType>& table, const Read& read) {
    const std::vector<std::string_view> lines = split(text, '\n');
    const std::vector<std::string_view> columns = split(lines[0], ',');
    for (std::size_t n = 1; n < lines.size(); ++n) {
        if (lines[n].empty()) continue;
        const Row cells(name, n + 1, columns, lines[n]);
        RowType row = read(cells);
        if (find(table, row.id) != nullptr) throw cells.error(fmt::format("a second \"{}\"", row.id));
        table.push_back(std::move(row));
    }
}

template <class Table>
std::vector<std::string> ids(const Table& table) {
    std::vector<std::string> all;
    for (const auto& row : table) all.push_back(row.id);
    return all;
}

}  // namespace

PowerDbm OpticalLevels::tx_oma() const { return std::max(tx_oma_min, tx_oma_minus_tdecq_min + tdecq_max); }

PowerDbm OpticalLevels::rx_sensitivity() const {
    return std::max(rx_sensitivity_min, rx_sensitivity_at_zero_secq + tdecq_max);
}

const Catalogue& Catalogue::built_in() {
    static const Catalogue catalogue = [] {
        try {
            return Catalogue(kBuiltInCatalogueText);
        } catch (const CatalogueError& error) {
            std::fprintf(stderr, "the built-in catalogue is broken: %s\n", error.what());
            std::abort();
        }
    }();
    return catalogue;
}

// Modules last: they name rows of the other tables.
Catalogue::Catalogue(const CatalogueText& text) {
    read_table("fec", text.fec, fec_, read_fec);
    read_table("fibres", text.fibres, fibres_, read_fibre);
    read_table("connectors", text.connectors, connectors_, read_connector);
    read_table("modules", text.modules, modules_, [this](const Row& row) {
        ModuleRow module = read_module(row);
        check(module, row, *this);
        return module;
    });
}

const ModuleRow* Catalogue::module(std::string_view id) const { return find(modules_, id); }
const FibreRow* Catalogue::fibre(std::string_view id) const { return find(fibres_, id); }
const ConnectorRow* Catalogue::connector(std::string_view id) const { return find(connectors_, id); }
const FecRow* Catalogue::fec(std::string_view id) const { return find(fec_, id); }

std::vector<std::string> Catalogue::module_ids() const { return ids(modules_); }
std::vector<std::string> Catalogue::fibre_ids() const { return ids(fibres_); }
std::vector<std::string> Catalogue::connector_ids() const { return ids(connectors_); }

}  // namespace lightloom
