#include "models/optics/catalogue.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "models/optics/catalogue_reading.hpp"
#include "models/optics/catalogue_table.hpp"

namespace lightloom {
namespace {

// In the order in which a user reads of them; modules are read last, since they name rows of the others.
constexpr std::array<std::string_view, 11> kTables{"modules",      "fibres",    "connectors", "passives",
                                                   "fec",          "grids",     "hosts",      "reflectances",
                                                   "transmitters", "receivers", "cages"};

template <class Table>
auto find(const Table& table, std::string_view id) {
    const auto at = std::find_if(table.begin(), table.end(), [id](const auto& row) { return row.id == id; });
    return at == table.end() ? nullptr : &*at;
}

// Reads tables one by one. What is wrong is gathered, one mistake a row, so that a user sees all of it.
class Reader {
public:
    Reader(const CatalogueText& text, std::span<const CatalogueChange> changes, const Assumption& assumption)
        : text_(text), changes_(changes), assumption_(assumption) {
        for (const CatalogueChange& change : changes)
            if (std::ranges::find(kTables, change.table) == kTables.end())
                mistakes_.push_back(fmt::format("{}: no table \"{}\"", change.place, change.table));
    }

    template <class RowType, class Check>
    void read(std::string_view name, std::vector<RowType>& rows, const Check& check) {
        std::optional<CatalogueTable> table;
        attempt([&] { table.emplace(std::string(name), text_of(name)); });
        if (!table) return;
        for (const CatalogueChange& change : changes_)
            if (change.table == name) attempt([&] { table->change(change); });
        CatalogueRow::Trace trace;
        for (const CatalogueTable::Line& line : table->lines()) {
            const CatalogueRow cells(*table, line, assumption_, trace);
            attempt([&] {
                RowType row{};
                read_row(cells, row);
                if (mistakes_.empty()) check(cells, row);  // what it names may be what was wrong
                rows.push_back(std::move(row));
            });
        }
        if (mistakes_.empty() && !rows.empty())
            for (const std::string& column : table->columns())
                if (!trace.asked.contains(column))
                    mistakes_.push_back(fmt::format("catalogue/{}.csv:1: no such column: \"{}\"", name, column));
        assumed_[std::string(name)] = std::move(trace.assumed);
        changed_.emplace(std::string(name), table->text());
    }
    template <class RowType>
    void read(std::string_view name, std::vector<RowType>& rows) {
        read(name, rows, [](const CatalogueRow&, const RowType&) {});
    }

    void throw_mistakes() const {
        if (!mistakes_.empty()) throw CatalogueError(fmt::format("{}", fmt::join(mistakes_, "\n")));
    }
    std::vector<AssumedFigure> assumed() const {
        std::vector<AssumedFigure> all;
        for (const std::string_view table : kTables) {
            const auto& of_table = assumed_.at(std::string(table));
            all.insert(all.end(), of_table.begin(), of_table.end());
        }
        return all;
    }
    CatalogueText changed() && { return std::move(changed_); }

private:
    const std::string& text_of(std::string_view name) const {
        const auto at = text_.find(name);
        if (at == text_.end()) throw CatalogueError(fmt::format("no table \"{}\"", name));
        return at->second;
    }

    template <class Act>
    void attempt(const Act& act) {
        try {
            act();
        } catch (const CatalogueError& error) {
            if (mistakes_.size() < kMostMistakes) mistakes_.emplace_back(error.what());
        }
    }

    static constexpr std::size_t kMostMistakes = 100;
    const CatalogueText& text_;
    std::span<const CatalogueChange> changes_;
    const Assumption& assumption_;
    std::vector<std::string> mistakes_;
    std::map<std::string, std::vector<AssumedFigure>> assumed_;
    CatalogueText changed_;
};

}  // namespace

const Catalogue& Catalogue::built_in() {
    static const Catalogue catalogue = [] {
        try {
            return Catalogue(built_in_catalogue_text());
        } catch (const CatalogueError& error) {
            std::fprintf(stderr, "the built-in catalogue is broken: %s\n", error.what());
            std::abort();
        }
    }();
    return catalogue;
}

Catalogue::Catalogue(const CatalogueText& text, std::span<const CatalogueChange> changes,
                     const Assumption& assumption) {
    Reader reader(text, changes, assumption);
    reader.read("fibres", fibres_);
    reader.read("connectors", connectors_);
    reader.read("passives", passives_);
    reader.read("fec", fec_);
    reader.read("grids", grids_);
    reader.read("hosts", hosts_);
    reader.read("reflectances", reflectances_);
    reader.read("transmitters", transmitters_);
    reader.read("receivers", receivers_);
    reader.read("cages", cages_);
    reader.read("modules", modules_,
                [this](const CatalogueRow& cells, const ModuleRow& module) { check_module(cells, module, *this); });
    reader.throw_mistakes();
    assumed_ = reader.assumed();
    text_ = std::move(reader).changed();
}

const ModuleRow* Catalogue::module(std::string_view id) const { return find(modules_, id); }
const FibreRow* Catalogue::fibre(std::string_view id) const { return find(fibres_, id); }
const ConnectorRow* Catalogue::connector(std::string_view id) const { return find(connectors_, id); }
const PassiveRow* Catalogue::passive(std::string_view id) const { return find(passives_, id); }
const FecRow* Catalogue::fec(std::string_view id) const { return find(fec_, id); }
const GridRow* Catalogue::grid(std::string_view id) const { return find(grids_, id); }
const HostChannelRow* Catalogue::host(std::string_view id) const { return find(hosts_, id); }
const ReflectanceRow* Catalogue::reflectance(std::string_view id) const { return find(reflectances_, id); }
const TransmitterRow* Catalogue::transmitter(std::string_view id) const { return find(transmitters_, id); }
const ReceiverRow* Catalogue::receiver(std::string_view id) const { return find(receivers_, id); }
const CageRow* Catalogue::cage(std::string_view id) const { return find(cages_, id); }

std::vector<std::string> Catalogue::tables() { return {kTables.begin(), kTables.end()}; }

std::vector<std::string> Catalogue::ids(std::string_view table) const {
    std::vector<std::string> all;
    const auto text = text_.find(table);
    if (text == text_.end()) return all;
    const CatalogueTable parsed(std::string(table), text->second);
    for (const auto& line : parsed.lines()) all.push_back(line.cells[0].text);
    return all;
}

std::vector<std::pair<std::string, std::string>> Catalogue::cells(std::string_view table, std::string_view id) const {
    std::vector<std::pair<std::string, std::string>> all;
    const auto text = text_.find(table);
    if (text == text_.end()) return all;
    const CatalogueTable parsed(std::string(table), text->second);
    const auto* line = parsed.line(id);
    if (line == nullptr) return all;
    for (std::size_t n = 0; n < parsed.columns().size(); ++n)
        all.emplace_back(parsed.columns()[n], line->cells[n].text);
    return all;
}

}  // namespace lightloom
